"""A reader's own texts, run through the feature that a widget shows: one to try, and variants of it to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from np_widgets.errors import InvalidRequest
from np_widgets.frames import to_dataframe
from np_widgets.models import Activation
from np_widgets.payload import variants_payload
from np_widgets.widgets.asking import Reference, failure
from np_widgets.widgets.base import json_trait
from np_widgets.widgets.texts import OwnTexts
from np_widgets.widgets.view import ExamplesView

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from np_widgets.sources import FeatureSource
    from np_widgets.widgets.jobs import Jobs


class TryOut(ExamplesView, OwnTexts):
    """The part of a dashboard in which the reader runs texts of their own."""

    _source: FeatureSource
    _texts_jobs: Jobs

    ref = Reference(help="The feature that is shown; setting it goes to another.").tag(sync=True)
    busy = traitlets.Enum(["", "feature", "text"], "", help="What is being fetched or computed.").tag(sync=True)
    error = json_trait("What went wrong last, and what to do.")
    answer = traitlets.Instance(Activation, allow_none=True, read_only=True, help="The text's run, drawn last.")
    answers: Any = traitlets.Tuple(read_only=True, help="The runs of the text and of its variants, in their order.")
    _answer = json_trait()

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 (trait values)
        # What the feature that is shown has answered: a variant more costs one run more, not all of them again.
        self._known: dict[str, Activation] = {}
        super().__init__(**options)
        self.observe(self._on_texts, ["text", "texts"])

    def _on_texts(self, _change: object) -> None:
        self._run()

    def _run_now(self) -> None:
        """Run the texts before returning, so that a saved notebook holds the answers."""
        missing = list(dict.fromkeys(self._wanted()))
        if missing:
            self._learn(missing, self._source.activate(self.ref, missing))

    def _run(self, *, again: bool = False) -> None:
        """Run the texts that have no answer yet, or all of them; the latest wins."""
        if again:
            self._known = {}
        ref, missing = self.ref, [text for text in dict.fromkeys(self._wanted()) if text not in self._known]
        if not missing:
            self._texts_jobs.stop()
            self._show_answers()
            self.busy = "" if self.busy == "text" else self.busy
            self.error = None if self.error and self.error["where"] == "text" else self.error
            return
        if self.busy == "feature":
            return  # the texts run when the feature has arrived
        self.busy, self.error = "text", None
        self._texts_jobs.start(
            lambda: self._source.activate(ref, missing),
            lambda runs: self._learn(missing, runs),
            self._fail_texts,
        )

    def _learn(self, texts: Sequence[str], runs: Sequence[Activation]) -> None:
        self._known |= dict(zip(texts, runs, strict=True))
        self._show_answers()
        self.error, self.busy = None, ""

    def _show_answers(self) -> None:
        """Show the answers that there are; of no texts, none."""
        wanted = self._wanted()
        self._known = {text: self._known[text] for text in wanted if text in self._known}
        numbers = [number for number, text in enumerate(wanted) if text in self._known]
        answers = tuple(self._known[wanted[number]] for number in numbers)
        self._answer = {**variants_payload(answers), "numbers": numbers} if answers else None
        self.set_trait("answers", answers)
        self.set_trait("answer", self._known.get(wanted[0]) if wanted else None)

    def _variants_frame(self) -> pd.DataFrame:
        if not self.answers:
            reason = self.error["message"] if self.error else "Set `text` and `texts`."
            raise InvalidRequest(f"No text was run that a frame could be made of. {reason}")
        return to_dataframe(self.answers, "variants")

    def _forget_answers(self) -> None:
        self._known = {}
        self._show_answers()

    def _fail_texts(self, error: Exception) -> None:
        """Show the error where the answer would have been; the texts that were answered before stay."""
        self.error, self.busy = failure("text", error), ""
        self._show_answers()
