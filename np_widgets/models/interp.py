"""Explanations and scores that language models have made, and what came of asking for many."""

from __future__ import annotations

from np_widgets.models.matches import Matches, Named
from np_widgets.models.parts import Explanation, ExplanationScore
from np_widgets.models.ref import FeatureRef
from np_widgets.models.uploads import Refusal


class Explained(Named, frozen=True, kw_only=True, eq=False):
    """A feature and one explanation of it."""

    explanation: Explanation


class Scored(Named, frozen=True, kw_only=True, eq=False):
    """A feature, one explanation of it, and how well that predicts the feature."""

    explanation: Explanation
    score: ExplanationScore


class ExplanationReport(Matches[Explained], frozen=True, kw_only=True, eq=False):
    """What came of explaining many features: those that were explained, in the order asked for, and the others.

    Attributes
    ----------
    failed : tuple of Refusal
        Which were not explained, and why.
    interrupted : str or None
        What stopped it before the end: a limit, the network, the key.
    remaining : tuple of FeatureRef
        Those that were not tried because of it; ask for these to go on.
    """

    failed: tuple[Refusal, ...] = ()
    interrupted: str | None = None
    remaining: tuple[FeatureRef, ...] = ()

    def __repr__(self) -> str:
        return _counted("explained", len(self), len(self.failed), len(self.remaining), self.interrupted)


class ScoreReport(Matches[Scored], frozen=True, kw_only=True, eq=False):
    """What came of scoring many explanations, as :class:`ExplanationReport`; ``remaining`` are ids of explanations."""

    failed: tuple[Refusal, ...] = ()
    interrupted: str | None = None
    remaining: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return _counted("scored", len(self), len(self.failed), len(self.remaining), self.interrupted)


def _counted(what: str, done: int, failed: int, remaining: int, interrupted: str | None) -> str:
    state = f", {remaining:,} not tried, interrupted: {interrupted}" if interrupted else ""
    return f"<{done:,} {what}, {failed:,} failed{state}>"
