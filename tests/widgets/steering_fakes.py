"""A source that steers at the test's word: what it says for a strength is a script of words, waits and failures."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

import msgspec

from np_widgets import Feature, FeatureRef
from np_widgets.models import (
    ChatMessage,
    ExplanationMatches,
    SteeringFeature,
    SteeringPreset,
    SteerResult,
    SteerText,
)
from tests.rows import feature_row
from tests.widgets.fakes import SlowSource
from tests.widgets.search_fakes import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from np_widgets.models import RefLike, SteerRequest

CITIES, KINGS = "gpt2-small/6-res-jb/650", "gpt2-small/6-res-jb/318"


class Cut(str):
    """A step of a script: the stream ends here, and this is why."""

    __slots__ = ()


class SteeringSource(SlowSource):
    """Says what ``script`` holds for the first feature's strength.

    A step is a word that the steered side says, an event to wait for, an exception to raise, or a :class:`Cut`. The
    default side has said all it has to say with the first word.
    """

    name = "steering"

    def __init__(self, *, instruct: bool = False) -> None:
        super().__init__()
        self.script: dict[float, list[Any]] = {}
        self.requests: list[SteerRequest] = []
        self.closed: list[float] = []
        self.offered: tuple[SteeringPreset, ...] = (
            SteeringPreset(name="a town", features=(SteeringFeature(ref=FeatureRef.parse(CITIES), strength=60),)),
        )
        self.row_changes = {"model": {"id": "gpt2-small", "instruct": instruct}}

    def supports(self, action: str) -> bool:
        return action in ("get_feature", "steer", "search_explanations", "steering_presets")

    def get_feature(self, ref: RefLike, *, refresh: bool = False) -> Feature:
        parsed = FeatureRef.parse(ref)
        self._wait(parsed.index, (parsed.index, refresh))
        return Feature.from_json(
            feature_row(modelId=parsed.model, layer=parsed.source, index=str(parsed.index), **self.row_changes)
        )

    def search_explanations(
        self,
        query: str,
        *,
        model: str | None = None,
        sources: Sequence[str] | None = None,
        release: str | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> ExplanationMatches:
        self._wait(query, (query, model, sources, release))
        return matches(query, offset, limit)

    def steering_presets(self, model: str) -> tuple[SteeringPreset, ...]:
        self._wait("presets", ("presets", model))
        return self.offered

    def steer(self, request: SteerRequest, *, stream: bool = True) -> Iterator[SteerResult]:
        assert stream
        self.requests.append(request)
        strength = request.features[0].strength
        try:
            yield from self._said(request, self.script.get(strength, ["a", "city", f"{strength:g}"]))
        finally:
            self.closed.append(strength)

    def _said(self, request: SteerRequest, steps: list[Any]) -> Iterator[SteerResult]:
        result = SteerResult(request=request)
        words: list[str] = []
        for step in steps:
            if isinstance(step, Event):
                assert step.wait(20), "nobody let it go on"
            elif isinstance(step, Exception):
                raise step
            elif isinstance(step, Cut):
                yield msgspec.structs.replace(result, interrupted=str(step))
                return
            else:
                words.append(step)
                result = msgspec.structs.replace(
                    result,
                    default=_side(" a castle", request.default_messages),
                    steered=_side(" " + " ".join(words), request.steered_messages),
                )
                yield result
        yield msgspec.structs.replace(result, is_complete=True, share_url="https://www.neuronpedia.org/steer/x1")


def _side(text: str, before: tuple[ChatMessage, ...]) -> SteerText:
    messages = (*before, ChatMessage(role="assistant", content=text)) if before else ()
    return SteerText(text=text, messages=messages)
