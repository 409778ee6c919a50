"""Uploads under the names of the service's own upload page: thin uses of the others.

The page describes a client that does not exist, with fields that no route reads (contract, section 6, 26 to 32). What
it means works under the names and arguments that it has; what the service has no place for is refused in one error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from np_widgets import checks
from np_widgets.client.given import read_examples
from np_widgets.client.interp import InterpEndpoints
from np_widgets.client.texts import TextEndpoints
from np_widgets.client.unstored import refuse_unstored
from np_widgets.client.uploads.described import check_fields, describe_feature, source_name
from np_widgets.client.uploads.endpoints import OPTIONS, FeatureUploads
from np_widgets.client.vectors import VectorEndpoints
from np_widgets.errors import InvalidRequest, NeuronpediaError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from np_widgets.client.given import ExamplesLike
    from np_widgets.client.uploads.handed import FeaturesToUpload
    from np_widgets.models import FeatureRef, VectorLike
    from np_widgets.models.uploads import UploadReport

_DASHBOARD = (
    'client.upload_dashboard(model="gpt2-small", layer=6, hook="hook_resid_pre", vector=vector, name="…", '
    'texts=["The ship left the harbour"]) for a vector, client.upload_feature(…) for a feature of an SAE'
)
_CROSSCODER = 'client.upload_crosscoder_features(model="gemma-2b", crosscoder_id="my-crosscoder", features=…, layer=6)'
_BATCH = 'client.batch_upload_features(features, batch_size=100, model="gpt2-small", source="6-my-sae")'


class FamiliarUploads(FeatureUploads, VectorEndpoints, InterpEndpoints, TextEndpoints):
    """Thin uses of the uploads."""

    def upload_feature(self, **fields: Any) -> FeatureRef:  # noqa: ANN401 (each is described)
        """Upload the dashboard of one feature: :meth:`upload_features` of one.

        Parameters
        ----------
        **fields
            By their names, as follows.
        model : str
        source : str
            Such as ``"6-my-sae"``; or ``layer`` and ``sae_id``, which are its two parts.
        index : int
            0 to 10,000,000.
        activations : list
            Examples, at least one: :class:`Activation`, ``(tokens, values)``, or mappings with these keys.
        density : float, optional
            The fraction of tokens on which it fires, 0 to 1.
        explanation : str or list of str, optional
            Up to 512 characters each.
        promoted, suppressed : mapping or list of pairs, optional
            Up to 20 next tokens with their logit weights, strongest first.

        Returns
        -------
        FeatureRef

        Raises
        ------
        InvalidRequest
            Also for what the service does not store with a dashboard: a vector, metadata, licence, visibility.

        Examples
        --------
        >>> client.upload_feature(model="gpt2-small", sae_id="my-sae", layer=6, index=0, activations=[(tokens, values)])
        """
        check_fields(fields, "upload_feature")
        feature = describe_feature(fields)
        self.upload_features([feature])
        return feature.ref

    def batch_upload_features(
        self,
        features: FeaturesToUpload,
        batch_size: int = 128,
        **options: Any,  # noqa: ANN401 (upload_features' own)
    ) -> UploadReport:
        """Upload many features: :meth:`upload_features` with a size of its requests.

        Parameters
        ----------
        features, **options
            As for :meth:`upload_features`.
        batch_size : int
            1 to 128.

        Examples
        --------
        >>> rows = [{"model": "gpt2-small", "source": "6-my-sae", "index": 0, "activations": [(tokens, values)]}]
        >>> client.batch_upload_features(rows, batch_size=100)
        """
        _refuse_options("batch_upload_features", options, _BATCH)
        report: UploadReport = self.upload_features(features, batch_size=batch_size, **options)
        return report

    def upload_crosscoder_features(
        self,
        *,
        model: str | None = None,
        crosscoder_id: str | None = None,
        features: FeaturesToUpload | None = None,
        layer: int | None = None,
        **options: Any,  # noqa: ANN401 (upload_features' own)
    ) -> UploadReport:
        """Upload the dashboards of a crosscoder or transcoder: to the service it is a source set like any other.

        Parameters
        ----------
        model, crosscoder_id, layer
            The source is ``"{layer}-{crosscoder_id}"``; :meth:`create_source_set` makes it.
        features, **options
            As for :meth:`upload_features`.

        Examples
        --------
        >>> client.upload_crosscoder_features(model="gemma-2b", crosscoder_id="my-own", features=features, layer=6)
        """
        needed = {"model": model, "crosscoder_id": crosscoder_id, "features": features, "layer": layer}
        refuse_unstored("upload_crosscoder_features", {}, needed, _CROSSCODER)
        _refuse_options("upload_crosscoder_features", options, _CROSSCODER)
        source = source_name(None, layer, crosscoder_id)
        report: UploadReport = self.upload_features(features, model=model, source=source, **options)
        return report

    def upload_dashboard(  # noqa: PLR0913 (the page's own)
        self,
        *,
        model: str | None = None,
        vector: VectorLike | None = None,
        name: str | None = None,
        layer: int | None = None,
        hook: str | None = None,
        strength: float = 10.0,
        activations: ExamplesLike = (),
        texts: str | Sequence[str] = (),
        auto_interpret: bool = False,
        interpretation_method: str = "np_max-act-logits",
        explanation_model: str | None = None,
        **unstored: object,
    ) -> FeatureRef:
        """Upload a vector, then examples for its page, and then let a language model explain it.

        Parameters
        ----------
        model, vector, name, layer, hook, strength
            As for :meth:`upload_vector`.
        activations : list, optional
            As for :meth:`upload_activations`.
        texts : str or sequence of str, optional
            Texts that the service runs the vector on (:meth:`activate`), to make examples of.
        auto_interpret : bool
            Whether to generate an explanation afterwards, which takes examples.
        interpretation_method, explanation_model
            As ``method`` and ``model`` of :meth:`generate_explanation`.
        **unstored
            Refused, as by :meth:`upload_vector`.

        Returns
        -------
        FeatureRef

        Raises
        ------
        NeuronpediaError
            Where one of the later steps fails, a note on the error names the vector, which is uploaded by then.

        Examples
        --------
        >>> client.upload_dashboard(
        ...     model="gpt2-small",
        ...     vector=vector,
        ...     name="harbours",
        ...     layer=6,
        ...     hook="hook_resid_pre",
        ...     texts=["The ship left the harbour", "The cat sat"],
        ...     auto_interpret=True,
        ...     interpretation_method="eleuther",
        ... )
        """
        needed = {"model": model, "vector": vector, "name": name, "layer": layer, "hook": hook}
        refuse_unstored("upload_dashboard", unstored, needed, _DASHBOARD)
        examples = read_examples(activations, f"the vector {name!r}")  # all that can be refused is, before the upload
        texts = checks.check_texts(texts) if texts else []
        if auto_interpret:
            if not (examples or texts):
                raise InvalidRequest(
                    "An explanation is made from examples, and there are none. Nothing was sent.",
                    remedy='Give texts=["…"], on which the service runs the vector, or activations=[…].',
                )
            self._explainer(interpretation_method, explanation_model)
        ref = self.upload_vector(vector, model=model, layer=layer, hook=hook, name=name, strength=strength)
        try:
            if examples or texts:
                run = self.activate(ref, texts, ignore_bos=True) if texts else []
                self.upload_activations(ref, [*examples, *run])
            if auto_interpret:
                self.generate_explanation(ref, method=interpretation_method, model=explanation_model)
        except NeuronpediaError as error:
            error.add_note(f"The vector itself is uploaded: {ref}.")
            raise
        return ref


def _refuse_options(method: str, options: Mapping[str, object], write: str) -> None:
    """Refuse what :meth:`FeatureUploads.upload_features` does not take, also where the service's page names it."""
    refuse_unstored(method, {name: options[name] for name in options if name not in OPTIONS}, {}, write, OPTIONS)
