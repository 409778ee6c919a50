"""Tokens shaded by how strongly a feature fires on each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import traitlets

from np_widgets.errors import InvalidRequest
from np_widgets.examples import Arrangement, arrange, in_order
from np_widgets.html import activations_html
from np_widgets.models import Activation, Feature, frozen_array
from np_widgets.payload import feature_provenance, texts_payload, texts_provenance
from np_widgets.widgets.base import as_feature, built, json_trait, refuse_kind
from np_widgets.widgets.view import ExamplesView

if TYPE_CHECKING:
    import pandas as pd

    from np_widgets.sources import SourceLike

_REMEDY = "Give ActivationHeatmap(tokens, values), a feature, activations, or the name of a feature."


class ActivationHeatmap(ExamplesView):
    """Example texts with a colour per token.

    Parameters
    ----------
    x : sequence of str, Feature, Activation, sequence of Activation, or a reference
        Tokens of one text (then ``values`` goes with them), tokens of several texts, or data that has both.
    values : array_like, optional
        One number per token: a list, a NumPy array, a tensor on the CPU. NaN is drawn hatched.
    source : FeatureSource or str, optional
        Where to fetch a feature that is only named.
    **options
        The traits, such as ``window="full"`` or ``scheme="cividis"``.

    Raises
    ------
    InvalidRequest
        When tokens and values are not of one length; the message gives both.
    """

    _bundle = "heatmap"
    _esm = built("heatmap.js")
    _css = built("heatmap.css")

    _texts = traitlets.Dict().tag(sync=True)
    _provenance = json_trait()

    def __init__(
        self,
        x: Any,  # noqa: ANN401 (checked below)
        values: Any = None,  # noqa: ANN401
        *,
        source: SourceLike = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        selected = options.pop("selected", None)  # refers to what is shown, so it comes after that
        super().__init__(**options)
        self._source = source
        self.show(x, values)
        self.selected = selected

    @property
    def activations(self) -> tuple[Activation, ...]:
        """What is shown, in display order: ``selected`` counts in it."""
        return self._activations

    def show(self, x: Any, values: Any = None) -> None:  # noqa: ANN401 (as the constructor)
        """Show something else in the same view."""
        given, plan, feature = _texts(x, values, self._source)
        self._given, self._plan = given, plan
        self._activations = tuple(given[number] for number in plan.order)
        self.selected = self.hovered = None
        self._texts = texts_payload(given, plan)
        self._provenance = feature_provenance(feature) if feature else texts_provenance(self._activations)

    def to_dataframe(self, kind: Literal["activations", "tokens"] | None = "tokens") -> pd.DataFrame:
        """Turn the shown texts into a frame, one row per token (or per text); examples as on the screen."""
        from np_widgets.frames import to_dataframe

        if kind not in ("activations", "tokens", None):
            raise refuse_kind(kind, ("activations", "tokens"))
        return to_dataframe(self._activations, kind)

    def _lengths(self) -> Sequence[int]:
        return [len(activation.tokens) for activation in self._activations]

    def _static_html(self) -> str:
        return activations_html(self._given, self._plan)

    def __repr__(self) -> str:
        if len(self._activations) == 1:
            return f"<ActivationHeatmap: {self._activations[0]!r}>"
        return f"<ActivationHeatmap: {len(self._activations)} texts, {sum(self._texts['lengths'])} tokens>"


def _texts(x: Any, values: Any, source: SourceLike) -> tuple[Sequence[Activation], Arrangement, Feature | None]:  # noqa: ANN401
    """Find what is meant, and its order: the site's for a feature's examples, the reader's own for anything else."""
    if values is not None:
        own = _own(x, values)
        return own, in_order(own), None
    if isinstance(x, Activation):
        return [x], in_order([x]), None
    if isinstance(x, Sequence) and not isinstance(x, str) and all(isinstance(item, Activation) for item in x):
        return list(x), in_order(x), None
    if isinstance(x, list):
        raise InvalidRequest("The tokens come without values.", remedy=_REMEDY)
    feature = as_feature(x, source)
    return feature.activations, arrange(feature.activations), feature


def _own(tokens: Any, values: Any) -> list[Activation]:  # noqa: ANN401
    """Take the user's own tokens and values: of one text, or of several."""
    if isinstance(tokens, str):
        raise InvalidRequest("The tokens are one text, not a list of tokens.", remedy=_REMEDY)
    listed = list(tokens)
    if listed and not isinstance(listed[0], str):
        if not isinstance(listed[0], (Sequence, np.ndarray)) or isinstance(listed[0], bytes):
            raise InvalidRequest(f"A token is a string, and {listed[0]!r} is not.", remedy=_REMEDY)
        rows = list(values)
        if len(rows) != len(listed):
            raise InvalidRequest(f"There are {len(listed)} texts, but values for {len(rows)}.", remedy=_REMEDY)
        return [_one(list(text), row) for text, row in zip(listed, rows, strict=True)]
    one = _one(listed, values)
    return [one] if listed else []


def _one(tokens: list[Any], values: Any) -> Activation:  # noqa: ANN401
    stranger = next((token for token in tokens if not isinstance(token, str)), None)
    if stranger is not None:
        raise InvalidRequest(f"A token is a string, and {stranger!r} is not.", remedy=_REMEDY)
    try:
        numbers = frozen_array(np.asarray(values, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise InvalidRequest(f"The values are not numbers: {error}.", remedy=_REMEDY) from None
    if numbers.shape != (len(tokens),):
        raise InvalidRequest(
            f"There are {len(tokens)} tokens, but values of shape {numbers.shape}.", remedy="Give one value per token."
        )
    known = np.flatnonzero(np.isfinite(numbers))
    peak = int(known[numbers[known].argmax()]) if known.size else None
    return Activation(
        tokens=tuple(tokens),
        values=numbers,
        peak=None if peak is None else float(numbers[peak]),
        minimum=float(numbers[known].min()) if known.size else None,
        peak_index=peak,
    )
