"""One prompt over a range of strengths: where a concept appears, and where the text falls apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from np_widgets.errors import InvalidRequest
from np_widgets.models.steering.parts import check_strength
from np_widgets.payload import rung_payload
from np_widgets.wording import promoted_share, repeated_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.models import FeatureRef, SteerRequest, SteerResult
    from np_widgets.widgets.steering_runs import SteeringRun

#: A concept has appeared when a tenth of the words are promoted ones, twice as many as at the strength
#: that changes least; a text has fallen apart when it has said half of its words before, half as many again as there.
_APPEARS, _TWICE = 0.1, 2.0
_FALLS_APART, _HALF_AGAIN = 0.5, 1.5


@dataclass
class Sweep:
    """A range of strengths, and the runs that have been made of it so far.

    Attributes
    ----------
    number : int
        Counts from 1.
    ref : FeatureRef
        The feature whose strength is varied.
    label : str
        What it is about.
    promoted : tuple of str
        The words that it promotes.
    requests : tuple of SteerRequest
        One for each strength, from the lowest to the highest.
    runs : list of SteeringRun
        Those that have come to their end, in the same order.
    """

    number: int
    ref: FeatureRef
    label: str
    promoted: tuple[str, ...]
    requests: tuple[SteerRequest, ...]
    runs: list[SteeringRun] = field(default_factory=list)

    @property
    def strengths(self) -> list[float]:
        """The range."""
        return [request.strengths[self.ref] for request in self.requests]

    @property
    def following(self) -> SteerRequest | None:
        """What is to be asked next; None at the end."""
        return self.requests[len(self.runs)] if len(self.runs) < len(self.requests) else None

    def payload(self, growing: SteerResult | None = None) -> dict[str, Any]:
        """Pack it as a ladder, the step that is under way included."""
        steps = [*((run.number, run.result) for run in self.runs), *([(None, growing)] if growing else [])]
        rungs = [
            {"number": number, **rung_payload(strength, _text(result), self._measures(result))}
            for strength, (number, result) in zip(self.strengths, steps, strict=False)
        ]
        appears, falls = self._turning_points(rungs)
        return {
            "number": self.number,
            "ref": str(self.ref),
            "label": self.label,
            "strengths": self.strengths,
            "promoted": list(self.promoted),
            "rungs": rungs,
            "appears": appears,
            "falls": falls,
        }

    def _measures(self, result: SteerResult) -> dict[str, Any]:
        text = _text(result) or ""
        return {"promoted_share": promoted_share(text, self.promoted), "repeated_share": repeated_share(text)}

    def _turning_points(self, rungs: Sequence[dict[str, Any]]) -> tuple[float | None, float | None]:
        """Find where, outward from what changes nothing, the concept appears and the text falls apart."""
        if not rungs:
            return None, None
        neutral = 1.0 if self.requests[0].settings.method == "orthogonal" else 0.0
        outward = sorted(rungs, key=lambda rung: abs(rung["strength"] - neutral))
        return (
            _first_beyond(outward, "promoted_share", _APPEARS, _TWICE) if self.promoted else None,
            _first_beyond(outward, "repeated_share", _FALLS_APART, _HALF_AGAIN),
        )


def _first_beyond(rungs: Sequence[dict[str, Any]], name: str, least: float, times: float) -> float | None:
    floor = max(least, times * (rungs[0][name] or 0.0))
    return next((rung["strength"] for rung in rungs[1:] if (rung[name] or 0.0) >= floor), None)


def _text(result: SteerResult) -> str | None:
    return result.steered.text if result.steered else None


def checked(ref: FeatureRef, strengths: Sequence[float]) -> tuple[float, ...]:
    """Put strengths in order, each once.

    Raises
    ------
    InvalidRequest
        When one is no number in range, or there are fewer than two: a range has two ends.
    """
    ordered = tuple(sorted({check_strength(ref, strength) for strength in strengths}))
    if len(ordered) < 2:
        raise InvalidRequest(
            f"A sweep goes over at least two strengths, and {list(strengths)!r} has fewer.",
            remedy="Give more: [0, 20, 40].",
        )
    return ordered
