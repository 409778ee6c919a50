"""What a steering panel offers to steer by: features found by words, and the source's presets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from np_widgets.errors import InvalidRequest
from np_widgets.models import FeatureRef
from np_widgets.widgets.asking import failure
from np_widgets.widgets.base import json_trait
from np_widgets.widgets.jobs import Jobs
from np_widgets.widgets.steering_features import SteeredFeatures

if TYPE_CHECKING:
    from collections.abc import Callable

    from np_widgets.models import ExplanationMatches, SteeringPreset

#: How many features a search in the panel shows; for more there is the search of its own.
_HITS = 8


class SteeringOffers(SteeredFeatures):
    """The part of a steering panel that finds features: one field for names and for words, and a list of presets."""

    _searches: Jobs
    _offers: Jobs

    _hits = json_trait("What the field has found, or why not.")
    _presets = json_trait("What the source offers to begin with, or why not.")

    def __new__(cls, *arguments: Any, **options: Any) -> Self:  # noqa: ANN401 (the constructor's)
        """Make a panel that can be closed: one whose constructor fails is."""
        widget = super().__new__(cls, *arguments, **options)
        widget._searches, widget._offers = Jobs(), Jobs()
        return widget

    def __init__(self, features: Any, strengths: Any, **options: Any) -> None:  # noqa: ANN401
        self._offered: tuple[SteeringPreset, ...] = ()
        super().__init__(features, strengths, **options)
        reasons = {
            "steer": f"The source {self._source.name} does not steer.",
            "search_explanations": f"The source {self._source.name} searches no explanations: give a feature's name.",
            "steering_presets": f"The source {self._source.name} has no presets.",
        }
        self._cannot = {action: why for action, why in reasons.items() if not self._source.supports(action)}  # type: ignore[arg-type]

    @property
    def presets(self) -> tuple[SteeringPreset, ...]:
        """What the source offers, once it was asked; see :meth:`fetch_presets`."""
        return self._offered

    def wait(self, timeout: float | None = 60) -> None:
        """Wait until what was asked for last has arrived; for scripts, not for callbacks.

        Raises
        ------
        TimeoutError
            When it takes longer than ``timeout`` seconds.
        """
        for jobs in (self._searches, self._offers):
            jobs.wait(timeout)
        super().wait(timeout)

    def close(self) -> None:
        """Close the widget; what is under way is dropped."""
        for jobs in (self._searches, self._offers):
            jobs.stop()
        super().close()

    def fetch_presets(self) -> None:
        """Ask what the source offers for the model; :meth:`wait` waits for it."""
        model = self._steered_model()
        if model is None:
            reason = InvalidRequest("Presets are those of a model.", remedy="Add a feature, or set the panel's model.")
            self._presets = {"state": "failed", "presets": [], "error": failure("presets", reason)}
            return
        self._presets = {"state": "asking", "presets": [], "error": None}
        self._offers.start(lambda: self._source.steering_presets(model), self._offer, self._offer_failed)

    def _offer(self, presets: tuple[SteeringPreset, ...]) -> None:
        self._offered = presets
        packed = [
            {
                "name": preset.name,
                "method": preset.method,
                "own": preset.is_own,
                "features": [[str(one.ref), one.explanation, one.strength] for one in preset.features],
            }
            for preset in presets
        ]
        self._presets = {"state": "known", "presets": packed, "error": None}

    def _offer_failed(self, error: Exception) -> None:
        self._presets = {"state": "failed", "presets": [], "error": failure("presets", error)}

    def _find(self) -> None:
        """Take what stands in the panel's field: the name of a feature, its index alone, or words to look for."""
        text = str(self._command.get("text", "")).strip()
        if text.isdecimal() and self.features:
            text = str(FeatureRef.parse(self.features[-1]).with_index(int(text)))
        try:
            self.add(text)
        except InvalidRequest:
            self._search(text)
        else:
            self._hits = None

    def _search(self, text: str) -> None:
        model = self._steered_model()
        self._hits = {"query": text, "state": "asking", "hits": [], "error": None}
        self._searches.start(
            lambda: self._source.search_explanations(text, model=model, limit=_HITS),
            lambda matches: self._found(text, matches),
            lambda error: self._not_found(text, error),
        )

    def _found(self, text: str, matches: ExplanationMatches) -> None:
        hits = [{"ref": str(match.ref), "text": match.text, "cosine": match.cosine} for match in matches]
        self._hits = {"query": text, "state": "known", "hits": hits, "error": None}

    def _not_found(self, text: str, error: Exception) -> None:
        self._hits = {"query": text, "state": "failed", "hits": [], "error": failure("search", error)}

    def _forget_hits(self) -> None:
        self._searches.stop()
        self._hits = None

    def _commands(self) -> dict[str, Callable[[], None]]:
        own = {"find": self._find, "forget": self._forget_hits, "presets": self.fetch_presets}
        return {**super()._commands(), **own}
