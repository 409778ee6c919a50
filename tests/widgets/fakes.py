"""A source for tests of widgets: real features, and answers that wait until the test lets them go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from np_widgets import Activation, Feature, FeatureRef, FeatureSource
from tests.rows import activation_row, feature_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from threading import Event

    from np_widgets.models import RefLike


class SlowSource(FeatureSource):
    """Answers at once, unless ``gates`` holds an event for the feature or the text; then it waits for it."""

    name = "slow"

    def __init__(self) -> None:
        self.gates: dict[Any, Event] = {}
        self.errors: dict[Any, Exception] = {}
        self.asked: list[Any] = []
        self.can_activate = True
        self.row_changes: dict[str, Any] = {}

    def supports(self, action: str) -> bool:
        return action != "activate" or self.can_activate

    def get_feature(self, ref: RefLike, *, refresh: bool = False) -> Feature:
        parsed = FeatureRef.parse(ref)
        self._wait(parsed.index, (parsed.index, refresh))
        return Feature.from_json(feature_row(index=str(parsed.index), **self.row_changes))

    def get_features(self, refs: Iterable[RefLike], *, max_activations: int | None = None) -> list[Feature]:  # noqa: ARG002
        return [self.get_feature(ref) for ref in refs]

    def activate(self, ref: RefLike, texts: str | Sequence[str]) -> list[Activation]:
        listed = [texts] if isinstance(texts, str) else list(texts)
        for text in listed:
            self._wait(text, (FeatureRef.parse(ref).index, text))
        rows = [activation_row(tokens=text.split(), values=[1.0] * len(text.split())) for text in listed]
        return list(Feature.from_json(feature_row(activations=rows)).activations)

    def _wait(self, key: Any, asked: Any) -> None:
        self.asked.append(asked)
        if key in self.gates:
            assert self.gates[key].wait(20), f"nobody opened the gate {key!r}"
        if key in self.errors:
            raise self.errors[key]
