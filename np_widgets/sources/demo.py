"""The embedded demo model: every answer is computed here, and no network is needed."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from np_widgets import demo
from np_widgets.errors import NotFound
from np_widgets.models import FeatureRef, Provenance
from np_widgets.sources.base import FeatureSource
from np_widgets.wire import read_activations, read_feature

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets.models import Activation, Feature, RefLike

NOTE = "A small demo model on generated text: the numbers are real, the world that it knows is a toy."


class DemoSource(FeatureSource):
    """Features of a tiny transformer and its sparse autoencoder, shipped with the package and run in NumPy."""

    name = "demo"
    #: What references to its features begin with: ``f"{DemoSource.model}/{DemoSource.source}/0"``.
    model = demo.MODEL_ID
    source = demo.SOURCE_ID

    def get_feature(self, ref: RefLike, *, refresh: bool = False) -> Feature:  # noqa: ARG002 (nothing is cached)
        """Compute one feature's dashboard.

        Raises
        ------
        NotFound
            When the demo model has no such feature; the message says which it has.
        """
        return self._get(FeatureRef.parse(ref))

    def get_features(self, refs: Iterable[RefLike], *, max_activations: int | None = None) -> list[Feature]:
        """Compute many features, in the order asked for."""
        from tqdm.auto import tqdm

        parsed = [FeatureRef.parse(ref) for ref in refs]
        return [self._get(ref, max_activations) for ref in tqdm(parsed, desc="features", delay=1, leave=False)]

    def activate(self, ref: RefLike, texts: str | Sequence[str]) -> list[Activation]:
        """Run texts through the tiny model and read one feature's activation at every token.

        Raises
        ------
        InvalidRequest
            When a text is empty, or longer than the model's window.
        """
        parsed = FeatureRef.parse(ref)
        self._row(parsed)
        listed = [texts] if isinstance(texts, str) else texts
        rows = [demo.load().activate(parsed.source, parsed.index, text) for text in listed]
        return read_activations(_body(rows), self._provenance())

    def _get(self, ref: FeatureRef, max_activations: int | None = None) -> Feature:
        row = self._row(ref)
        if max_activations is not None:
            strongest = sorted(row["activations"], key=lambda activation: -activation["maxValue"])
            row = {**row, "activations": strongest[:max_activations]}
        return read_feature(_body(row), self._provenance())

    def _row(self, ref: FeatureRef) -> dict[str, Any]:
        model = demo.load()
        if ref.model == demo.MODEL_ID:
            with suppress(LookupError):
                return model.feature_in(ref.source, ref.index)
        raise NotFound(
            f"The demo model has no feature {ref}.",
            remedy=f"It has {demo.MODEL_ID}/{demo.SOURCE_ID}/0 to /{model.n_features - 1}. "
            'For features of neuronpedia.org: np_widgets.use("neuronpedia").',
        )

    def _provenance(self) -> Provenance:
        return Provenance(origin=self.name, fetched_at=datetime.now(UTC), note=NOTE)

    def __repr__(self) -> str:
        return "DemoSource()"


def _body(rows: Any) -> bytes:  # noqa: ANN401 (any JSON)
    return json.dumps(rows).encode()
