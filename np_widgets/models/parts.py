"""What a feature's dashboard is made of, besides its examples."""

from __future__ import annotations

from np_widgets.models.record import NO_NUMBERS, FloatArray, Record


class ExplanationScore(Record, frozen=True, kw_only=True, eq=False):
    """How well an explanation predicts the feature, by one method."""

    value: float | None = None
    method: str | None = None
    scorer: str | None = None
    details: str | None = None
    id: str | None = None


class Explanation(Record, frozen=True, kw_only=True, eq=False):
    """A hypothesis about a feature, with its author and scores."""

    text: str
    author_model: str | None = None
    method: str | None = None
    author: str | None = None
    scores: tuple[ExplanationScore, ...] = ()
    id: str | None = None


class LogitWeights(Record, frozen=True, kw_only=True, eq=False):
    """Next tokens that a feature promotes or suppresses, strongest first.

    Attributes
    ----------
    tokens : tuple of (str or None)
        Raw vocabulary strings; None where the service gave a value without a name.
    values : ndarray of float64, shape (tokens,)
        Logit weights; NaN where missing (the wire's -10000).
    """

    tokens: tuple[str | None, ...] = ()
    values: FloatArray = NO_NUMBERS


class Histogram(Record, frozen=True, kw_only=True, eq=False):
    """Bins of equal width: their centres and counts."""

    centres: FloatArray = NO_NUMBERS
    counts: FloatArray = NO_NUMBERS

    def __bool__(self) -> bool:
        return self.centres.size > 0 and self.counts.size > 0


class Neighbour(Record, frozen=True, kw_only=True, eq=False):
    """A feature of the same source whose decoder direction is close."""

    index: int | None
    cosine: float | None


class RelatedNeuron(Record, frozen=True, kw_only=True, eq=False):
    """A neuron aligned or correlated with a feature.

    ``value`` is the alignment, or Pearson's correlation; ``l1`` the share of the L1 norm for aligned neurons and,
    in SAEDashboard's output, the cosine similarity for correlated ones.
    """

    index: int | None
    value: float | None
    l1: float | None


class ListMembership(Record, frozen=True, kw_only=True, eq=False):
    """A list on the site that holds the feature."""

    id: str | None
    name: str | None
    description: str | None = None
    added_at: str | None = None


class Comment(Record, frozen=True, kw_only=True, eq=False):
    """A comment on the feature's page."""

    text: str
    author: str | None = None
    created_at: str | None = None
    id: str | None = None
