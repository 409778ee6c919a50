"""Sliders that change what a model says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

import traitlets

from np_widgets.errors import InvalidRequest, NeuronpediaError, RateLimited
from np_widgets.html import answer_html, ladder_html, message_html, two_runs_html
from np_widgets.models import FeatureRef
from np_widgets.payload.steering import label_of
from np_widgets.widgets.base import built, refuse_kind
from np_widgets.widgets.steering_features import usual_strengths
from np_widgets.widgets.steering_frame import RunKind, runs_frame, sweep_frame
from np_widgets.widgets.steering_question import SteeringQuestion
from np_widgets.widgets.steering_sweep import Sweep, checked
from np_widgets.widgets.steering_traits import is_name
from np_widgets.wording import promoted_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from np_widgets.models import RefLike
    from np_widgets.sources import SourceLike


class SteeringPanel(SteeringQuestion):
    """Steer a model with sliders, and read what it says beside what it says unsteered.

    Parameters
    ----------
    features : list, mapping, or one feature
        What to steer by: references in any form, or ``{reference: strength}``. More can be added in the panel, with
        :meth:`add`, or from another widget with :meth:`follow`.
    prompt : str
        What the model goes on with; in a chat the user's message.
    strengths : float, sequence of float or mapping, optional
        By default what the source suggests for each feature, or its largest activation.
    source : FeatureSource or str, optional
        Which source steers; by default what :func:`np_widgets.use` set.
    **options
        The traits, such as ``settings={"n_tokens": 40, "seed": 3}`` or ``run_while_dragging=True``.

    Raises
    ------
    InvalidRequest
        For a reference that names nothing, a strength or a setting out of range. What goes wrong later is shown in
        the panel.

    Notes
    -----
    Nothing is run before the button, :meth:`run`, or a slider that is let go says so: the service allows 240 runs in
    an hour, which a class shares. The latest run wins; the one before it is closed. A slider of one's own, linked to
    one of :attr:`sliders`, moves the strength, and runs where ``run_while_dragging`` is set.
    """

    _bundle = "steering"
    _esm = built("steering.js")
    _css = built("steering.css")

    run_while_dragging = traitlets.Bool(
        default_value=False, help="Run with every change of a strength, not only when a slider is let go."
    ).tag(sync=True)
    show_as = traitlets.Enum(
        ["differences", "probability"], "differences", help="What is marked: words that differ, or unlikely tokens."
    ).tag(sync=True)

    def __init__(
        self,
        features: Any = (),  # noqa: ANN401 (one in any form, or many)
        prompt: str = "",
        *,
        strengths: Any = None,  # noqa: ANN401 (one, many, or by name)
        source: SourceLike = None,
        **options: Any,  # noqa: ANN401 (trait values)
    ) -> None:
        if isinstance(features, Mapping) and not is_name(features):
            if strengths is not None:
                raise InvalidRequest("The strengths are given twice.", remedy="Write {feature: strength}, or a list.")
            features, strengths = list(features), features
        super().__init__(features, strengths, prompt=prompt, source=source, **options)
        self.observe(self._on_drag, "strengths")

    def run(self) -> None:
        """Steer, as the button does; :meth:`wait` waits for the end, and ``result`` grows meanwhile."""
        try:
            request = self.request
        except NeuronpediaError as error:
            self.stop()
            self._fail("run", error)
        else:
            self._start(request)

    def say(self, message: str) -> None:
        """Go on with the conversation as it stands; where there is none yet, begin it.

        Raises
        ------
        InvalidRequest
            When this panel holds no conversation.
        """
        if not self._is_chat:
            raise InvalidRequest("This panel goes on with a prompt.", remedy="For a conversation, set chat=True.")
        if self.result is not None and self.result.is_complete and self.result.request.is_chat:
            self._said = self.result
        self.prompt = message
        self.run()

    def reset(self) -> None:
        """Begin a new conversation; the runs of the one before stay in the history."""
        self.stop()
        self._said, self.error, self.shown, self.compared = None, None, None, []
        self.set_trait("result", None)

    def sweep(self, strengths: Sequence[float] | None = None, *, feature: RefLike | None = None) -> None:
        """Run the prompt over a range of strengths of one feature; :meth:`wait` waits, :meth:`stop` stops.

        Parameters
        ----------
        strengths : sequence of float, optional
            By default those that a recording holds; else from zero to four times the strength that the feature begins
            with, or under the method ``"orthogonal"`` factors from 0 to 6. Each is one run.
        feature : Feature or a reference, optional
            By default the first that is not muted. The others keep their strengths.

        Raises
        ------
        InvalidRequest
            When there are fewer than two strengths, one is out of range, or the feature is not in the panel.
        RateLimited
            When the service has said that fewer requests are left than this takes.
        """
        ref = self._swept(feature)
        known = self._feature(str(ref))
        steps = checked(ref, self._usual(ref) if strengths is None else strengths)
        self._demand(len(steps))
        muted = [name for name in self.muted if name != str(ref)]
        requests = tuple(self._request({**self.strengths, str(ref): strength}, muted) for strength in steps)
        self._sweeps.append(
            Sweep(len(self._sweeps) + 1, ref, label_of(known) or str(ref), promoted_words(known), requests)
        )
        self._climb(self._sweeps[-1])

    def _usual(self, ref: FeatureRef) -> list[float]:
        recorded: list[float] = (self._recorded or {}).get(str(ref), [])
        return recorded or usual_strengths(self._feature(str(ref)), self.settings["method"])

    def _demand(self, needed: int) -> None:
        """Refuse a sweep that could not come to its end."""
        limit = self._source.steering_limit()
        if limit is not None and limit.remaining < needed:
            raise RateLimited(
                f"This sweep takes {needed} requests, and {limit.remaining} are left. Nothing was sent.",
                remedy=f"Sweep over fewer strengths, or after {limit.until:%H:%M} UTC.",
            )

    def to_dataframe(self, kind: RunKind = "runs") -> pd.DataFrame:
        """Turn the panel's runs into a frame.

        Parameters
        ----------
        kind : str
            ``"runs"``, one row per run, with its settings and both texts; ``"features"``, one row per run and
            feature; ``"tokens"``, one row per run, side and token, where the source tells of tokens; ``"sweep"``, one
            row per step of the last sweep, with the shares of the steered words that the feature promotes
            (``promoted_share``) and that the text has said before (``repeated_share``). ``run`` is the number in the
            panel's history.

        Raises
        ------
        InvalidRequest
            When nothing was run that such a frame could be made of.
        """
        if kind not in get_args(RunKind):
            raise refuse_kind(kind, get_args(RunKind))
        if kind != "sweep" and self.history:
            return runs_frame(self.history, kind)
        if kind == "sweep" and self._sweeps and self._sweeps[-1].runs:
            return sweep_frame(self._sweeps[-1])
        reason = self.error["message"] if self.error else "Nothing was run."
        raise InvalidRequest(f"There are no runs here to make a frame of. {reason}")

    def _swept(self, feature: RefLike | None) -> FeatureRef:
        if feature is None:
            return self.request.features[0].ref
        ref = FeatureRef.parse(feature)
        if str(ref) not in self.features:
            raise InvalidRequest(f"{ref} is not in the panel.", remedy="Add it first.")
        return ref

    def _on_drag(self, _change: object) -> None:
        if self.run_while_dragging and self.prompt:
            self.run()

    def _commands(self) -> dict[str, Callable[[], None]]:
        asked = self._command
        climbed = self._sweeps[-1] if self.error and self.error["where"] == "sweep" and self._sweeps else None
        own: dict[str, Callable[[], None]] = {
            "run": self.run,
            "say": lambda: self._try("run", lambda: self.say(asked["text"])),
            "reset": self.reset,
            "sweep": lambda: self._try("sweep", lambda: self.sweep(asked["strengths"], feature=asked["ref"])),
            "retry": lambda: self._climb(climbed) if climbed else self.run(),
        }
        return {**super()._commands(), **own}

    def _try(self, where: str, act: Callable[[], None]) -> None:
        """Do what was asked in the panel, where an error belongs too."""
        try:
            act()
        except NeuronpediaError as error:
            self._fail(where, error)

    def _title(self) -> str:
        by = ", ".join(label_of(self._feature(ref)) or ref for ref in self.features)
        return f"{self._steered_model() or 'A model'} steered by {by or 'nothing yet'}"

    def _static_html(self) -> str:
        runs = {run.number: run.result for run in self.history}
        pair = {number: runs[number] for number in self.compared if number in runs}
        shown = runs.get(self.shown or 0, self.result)
        ladder = ladder_html(self._ladder) if self._ladder else ""
        if len(pair) == 2:
            return two_runs_html(pair) + ladder
        if shown is not None:
            return answer_html(shown) + ladder
        error = self.error or {"title": "No run", "message": "Nothing was run."}
        return message_html(f"{self._title()}: {error['title']}", error["message"])

    def __repr__(self) -> str:
        runs = f"{len(self.history)} run{'' if len(self.history) == 1 else 's'}"
        state = self.error["message"] if self.error else self.busy or runs
        return f"<SteeringPanel, {self._title()}: {state}>"
