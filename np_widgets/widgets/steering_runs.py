"""How a steering panel runs: in the background, the latest wins, and what has come is kept, also of a run cut short."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

import msgspec
import traitlets

from np_widgets.errors import ConnectionFailed, NeuronpediaError, UnexpectedResponse
from np_widgets.models import SteerResult
from np_widgets.payload import steer_result_payload
from np_widgets.payload.steering import label_of
from np_widgets.widgets.base import json_trait
from np_widgets.widgets.newest import Newest
from np_widgets.widgets.steering_offers import SteeringOffers

if TYPE_CHECKING:
    from np_widgets.models import SteerRequest
    from np_widgets.widgets.steering_sweep import Sweep

#: The front end has the latest of many runs, since all of them travel whenever there is one more.
_SHOWN = 40
_STOPPED = "It was stopped."


@dataclass(frozen=True)
class SteeringRun:
    """One run of a panel.

    Attributes
    ----------
    number : int
        Counts from 1 in the panel's history.
    result : SteerResult
        Both texts, and the request with features, strengths and settings; ``interrupted`` where it was cut short.
    started_at : datetime
        UTC.
    seconds : float
        From the request to its last answer.
    sweep : int or None
        The number of the sweep that it is a step of.
    """

    number: int
    result: SteerResult
    started_at: datetime
    seconds: float
    sweep: int | None = None

    def __repr__(self) -> str:
        return f"<run {self.number}: {self.result!r}>"


@dataclass
class Attempt:
    """A run that is under way: what was asked, as a step of which sweep, since when, and what has come."""

    stream: Newest[SteerResult]
    sweep: Sweep | None
    result: SteerResult | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float = field(default_factory=perf_counter)

    def ended(self, number: int, result: SteerResult) -> SteeringRun:
        """Make it a run of the history."""
        sweep = self.sweep.number if self.sweep else None
        return SteeringRun(number, result, self.started_at, perf_counter() - self.clock, sweep)


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, NeuronpediaError) else f"{type(error).__name__}: {error}"


class SteeringRuns(SteeringOffers):
    """The part of a steering panel that runs requests, one at a time, and keeps what was said."""

    _attempt: Attempt | None = None

    running = traitlets.Bool(default_value=False, read_only=True, help="Whether a run is under way.").tag(sync=True)
    result = traitlets.Instance(
        SteerResult, allow_none=True, read_only=True, help="What was said last; it grows while it is said."
    )
    shown = traitlets.Int(
        None, allow_none=True, help="The number of the run that is shown; without, that under way or the last."
    ).tag(sync=True)
    compared = traitlets.List(
        traitlets.Int(), maxlen=2, help="The numbers of two runs whose steered texts are laid side by side."
    ).tag(sync=True)
    _run = json_trait("The run that is under way.")
    _runs: Any = traitlets.List().tag(sync=True)
    _ladder = json_trait("The last sweep.")
    _left = json_trait("How many requests are left.")

    def __init__(self, features: Any, strengths: Any, **options: Any) -> None:  # noqa: ANN401
        self._history: list[SteeringRun] = []
        self._sweeps: list[Sweep] = []
        super().__init__(features, strengths, **options)
        self.observe(lambda change: self.set_trait("running", bool(change["new"])), "busy")
        self._count()
        self.observe(lambda _change: self._count(), "_presets")  # asking for them counts too

    @property
    def history(self) -> tuple[SteeringRun, ...]:
        """The runs that were finished, cut short or stopped, in their order; a run that was overtaken is none."""
        return tuple(self._history)

    def stop(self) -> None:
        """Stop what is under way; what has come so far is kept, and marked as incomplete."""
        attempt = self._give_up()
        kept = None
        if attempt is not None and attempt.result is not None:
            kept = self._keep(attempt, msgspec.structs.replace(attempt.result, interrupted=_STOPPED))
        self._run = None
        super().stop()
        if kept is not None:
            self.set_trait("result", kept.result)

    def close(self) -> None:
        """Close the widget; what is under way is dropped."""
        self._give_up()
        self.busy = ""
        super().close()

    # One run ------------------------------------------------------------------------------------------------------

    def _start(self, request: SteerRequest, sweep: Sweep | None = None) -> None:
        """Run a request; the one that is under way is overtaken, and closed."""
        self._give_up()
        steer = self._source.steer
        with self.hold_sync():  # as one message: each costs some of the time until the first word is there
            self.shown, self.compared, self.error = None, [], None
            attempt = self._attempt = Attempt(Newest(lambda: steer(request)), sweep)
            self._show(attempt, SteerResult(request=request))
            self.busy = "sweep" if sweep else "run"
        self._jobs.stream(
            lambda: attempt.stream,
            lambda result: self._arrived(attempt, result),
            lambda: self._ended(attempt, None),
            lambda error: self._ended(attempt, error),
        )

    def _arrived(self, attempt: Attempt, result: SteerResult) -> None:
        attempt.result = result
        self._show(attempt, result)
        if not (result.is_complete or result.interrupted):  # the last one is told of when it is in the history
            self.set_trait("result", result)

    def _ended(self, attempt: Attempt, error: Exception | None) -> None:
        """Keep what has come; where it is nothing, say why.

        Whoever observes ``result`` is told at the end: what they do, and what fails there, finds the panel at rest.
        """
        self._attempt = None
        self._count()
        result, where = attempt.result, "sweep" if attempt.sweep else "run"
        if result is None:
            self._run = None
            self._fail(where, error or UnexpectedResponse("The source said nothing at all.", remedy="Try again."))
            return
        if error is not None:
            result = msgspec.structs.replace(result, interrupted=_told(error))
        run = self._keep(attempt, result)
        if attempt.sweep is None:
            self.busy = ""
        elif result.is_complete:
            attempt.sweep.runs.append(run)
            self._climb(attempt.sweep)
        else:
            self._fail(where, ConnectionFailed(result.interrupted or "The text broke off.", remedy="Go on from here."))
        self.set_trait("result", result)

    def _count(self) -> None:
        """Say what is left of the limit that a class shares."""
        limit = self._source.steering_limit()
        if limit is None:
            self._left = None
        else:
            of = f" of {limit.limit:,}" if limit.limit else ""
            self._left = {"count": limit.remaining, "line": f"{limit.remaining:,}{of} requests left this hour"}

    def _climb(self, sweep: Sweep) -> None:
        """Take the next step of a sweep."""
        self._ladder = sweep.payload()
        if sweep.following is not None:
            self._start(sweep.following, sweep)
        else:
            self.busy = ""
            # The texts above the ladder are those of the strength that the slider stands at, where it was swept.
            at = self.strengths.get(str(sweep.ref))
            self.shown = next((run.number for run in sweep.runs if run.result.request.strengths[sweep.ref] == at), None)

    def _keep(self, attempt: Attempt, result: SteerResult) -> SteeringRun:
        """Put a run into the history."""
        run = attempt.ended(len(self._history) + 1, result)
        self._history.append(run)
        about = {"number": run.number, "at": f"{run.started_at:%Y-%m-%d %H:%M:%S} UTC", "seconds": run.seconds}
        with self.hold_sync():  # so that it never is in neither
            self._runs = [*self._runs, {**self._packed(result), **about, "sweep": run.sweep}][-_SHOWN:]
            self._run = None
        return run

    def _show(self, attempt: Attempt, result: SteerResult) -> None:
        """Draw what has come so far."""
        unfinished = {"number": None, "at": None, "seconds": None}
        sweep = attempt.sweep.number if attempt.sweep else None
        self._run = {**self._packed(result), **unfinished, "sweep": sweep}
        if attempt.sweep is not None:
            self._ladder = attempt.sweep.payload(result)

    def _packed(self, result: SteerResult) -> dict[str, Any]:
        labels = {ref: label_of(self._feature(ref)) for ref in self.features}
        return steer_result_payload(result, labels)

    def _give_up(self) -> Attempt | None:
        """Close what is under way, and say what it was; nothing of it arrives any more."""
        self._jobs.stop()
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            attempt.stream.close()
        return attempt
