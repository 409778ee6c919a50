"""A feature with all that its dashboard shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from np_widgets.errors import UnexpectedResponse
from np_widgets.models.activation import Activation
from np_widgets.models.catalogue import Model, Source, SourceSet
from np_widgets.models.parts import (
    Comment,
    Explanation,
    Histogram,
    ListMembership,
    LogitWeights,
    Neighbour,
    RelatedNeuron,
)
from np_widgets.models.provenance import LengthMismatch, Provenance
from np_widgets.models.record import NO_NUMBERS, FloatArray, Record
from np_widgets.models.ref import FeatureRef

if TYPE_CHECKING:
    import pandas as pd

    from np_widgets.frames import Kind


_JSON_REMEDY = (
    "from_json takes the JSON of one feature as the service sends it, with modelId, layer (the source) and index."
)


class Feature(Record, frozen=True, kw_only=True, eq=False):
    """One feature: when it fires, what it does, what it might be.

    Attributes
    ----------
    model, source : str
        Neuronpedia's ids.
    index : int
    max_activation : float or None
        The largest activation seen; 0 for a dead feature.
    density : float or None
        The fraction of tokens on which the feature fires, 0 to 1; None where unknown.
    activations : tuple of Activation
        Examples, in the order of the reply.
    promoted, suppressed : LogitWeights
        Next tokens, strongest first.
    activation_histogram, logit_histogram : Histogram
        Empty (false) where the service has none.
    explanations : tuple of Explanation
        In the service's order.
    neighbours : tuple of Neighbour
        Closest decoder directions of the same source, the feature itself left in if the service sent it.
    aligned_neurons, correlated_neurons : tuple of RelatedNeuron
    head_attribution : ndarray of float64
        Share of the decoder's norm per attention head; empty for most sources.
    has_vector : bool
        Whether this is an uploaded vector; then ``vector``, ``vector_label`` and ``default_strength`` tell of it.
    hook : str or None
        The hook point, from the feature or its source.
    mismatches : tuple of LengthMismatch
        The feature's own lists whose lengths disagreed; ``warnings`` has all, the examples' too.
    misspelt : tuple of str
        Keys that :meth:`from_json` did not read although they are nearly known ones, one sentence each. Left out of
        equality: it is said of a file.
    provenance : Provenance or None
        Left out of equality: the same feature from a file is the same feature.
    """

    model: str
    source: str
    index: int
    max_activation: float | None = None
    density: float | None = None
    activations: tuple[Activation, ...] = ()
    promoted: LogitWeights = LogitWeights()
    suppressed: LogitWeights = LogitWeights()
    activation_histogram: Histogram = Histogram()
    logit_histogram: Histogram = Histogram()
    explanations: tuple[Explanation, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    aligned_neurons: tuple[RelatedNeuron, ...] = ()
    correlated_neurons: tuple[RelatedNeuron, ...] = ()
    head_attribution: FloatArray = NO_NUMBERS
    has_vector: bool = False
    vector: FloatArray = NO_NUMBERS
    vector_label: str | None = None
    default_strength: float | None = None
    hook_name: str | None = None
    source_set_name: str | None = None
    model_info: Model | None = None
    source_info: Source | None = None
    source_set_info: SourceSet | None = None
    lists: tuple[ListMembership, ...] = ()
    comments: tuple[Comment, ...] = ()
    umap_x: float | None = None
    umap_y: float | None = None
    umap_cluster: int | None = None
    creator: str | None = None
    created_at: str | None = None
    mismatches: tuple[LengthMismatch, ...] = ()
    misspelt: tuple[str, ...] = ()
    provenance: Provenance | None = None
    site: str | None = None

    _ignored_in_equality: ClassVar[frozenset[str]] = frozenset({"misspelt", "provenance", "site"})

    @property
    def ref(self) -> FeatureRef:
        """The feature's name."""
        return FeatureRef(self.model, self.source, self.index)

    @property
    def url(self) -> str | None:
        """The feature's page on the site it came from; None for the demo model."""
        return f"{self.site}/{self.ref.path}" if self.site else None

    @property
    def explanation(self) -> str | None:
        """The text of the first explanation; None when there is none."""
        return next((explanation.text for explanation in self.explanations if explanation.text), None)

    @property
    def is_dead(self) -> bool:
        """Whether the feature never fired on the sampled text (and is not an uploaded vector)."""
        return not self.has_vector and self.max_activation == 0

    @property
    def hook(self) -> str | None:
        """The hook point at which the feature is read."""
        return self.hook_name or (self.source_info.hook if self.source_info else None)

    @property
    def source_set(self) -> str | None:
        """The name of the source's family."""
        return self.source_set_name or (self.source_set_info.name if self.source_set_info else None)

    @property
    def release(self) -> str | None:
        """The release that the source set was published in."""
        return self.source_set_info.release if self.source_set_info else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was not read or had to be mended, one sentence each: key and likely key; field, example, lengths."""
        own = (*self.misspelt, *map(str, self.mismatches))
        return own + tuple(
            str(LengthMismatch(field=m.field, example=number, expected=m.expected, got=m.got))
            for number, activation in enumerate(self.activations)
            for m in activation.mismatches
        )

    @classmethod
    def from_json(cls, data: bytes | str | dict[str, Any] | Path) -> Feature:
        """Read a feature reply in the service's shape.

        Parameters
        ----------
        data : bytes, str, dict or Path
            The JSON body of ``GET /api/feature/{model}/{source}/{index}``: its text, its bytes, the decoded
            object, or the path of a file that holds it. A string that begins with no bracket is taken for a path.

        Raises
        ------
        UnexpectedResponse
            When the JSON is not of that shape; the message names the field.
        FileNotFoundError
            When the path does not exist.

        Notes
        -----
        The only fields that must be there are ``modelId``, ``layer`` and ``index``. A dashboard of one's own needs
        ``activations`` (each with ``tokens`` and ``values``), and, for the other panels, ``pos_str``, ``pos_values``,
        ``neg_str``, ``neg_values``, ``freq_hist_data_bar_values`` and ``_heights``, ``logits_hist_data_bar_values``
        and ``_heights``, ``explanations`` (each with ``description``), ``maxActApprox`` and ``frac_nonzero``.
        Other keys are ignored; one that is nearly a known key stands in ``warnings``.
        """
        from np_widgets.wire.spelling import read_own_feature

        if isinstance(data, str) and not data.lstrip().startswith(("{", "[")):
            data = Path(data)
        name = data.name if isinstance(data, Path) else f"this {type(data).__name__}"
        if not isinstance(data, (bytes, str, dict, Path)):
            raise UnexpectedResponse(f"There is no feature in {name}.", remedy=_JSON_REMEDY)
        origin = Provenance(origin=data.name) if isinstance(data, Path) else None
        body = data.read_bytes() if isinstance(data, Path) else json.dumps(data) if isinstance(data, dict) else data
        try:
            return read_own_feature(body, origin)
        except UnexpectedResponse as error:
            raise UnexpectedResponse(f"There is no feature in {name}. {error.message}", remedy=_JSON_REMEDY) from None

    def to_json(self, *, indent: int | None = None) -> str:
        """Write the feature in the service's shape; :meth:`from_json` reads it back equal.

        Parameters
        ----------
        indent : int, optional
            Spaces per level; by default the text is compact.
        """
        from np_widgets.wire import write_feature

        separators = (",", ":") if indent is None else None
        return json.dumps(
            write_feature(self), ensure_ascii=False, allow_nan=False, indent=indent, separators=separators
        )

    def to_dataframe(self, kind: Kind = "summary") -> pd.DataFrame:
        """Turn the feature into a frame; see :func:`np_widgets.to_dataframe` for the kinds."""
        from np_widgets.frames import to_dataframe

        return to_dataframe(self, kind)

    def __repr__(self) -> str:
        density = "density unknown" if self.density is None else f"fires on {self.density:.3%} of tokens"
        state = "dead" if self.is_dead else density
        label = f": {self.explanation!r}" if self.explanation else ""
        count = len(self.activations)
        return f"<Feature {self.ref}, {state}, {count} example{'' if count == 1 else 's'}{label}>"

    def _repr_html_(self) -> str:
        from np_widgets.html import feature_html

        return feature_html(self)
