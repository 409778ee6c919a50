"""Answers to questions: what all have in common, and those that name features, by meaning and by direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from np_widgets.models.feature import Feature
from np_widgets.models.provenance import Provenance
from np_widgets.models.record import Record
from np_widgets.models.ref import FeatureRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from np_widgets.frames import AnswerKind


M = TypeVar("M")


class Answer(Record, frozen=True, kw_only=True, eq=False):
    """What the answers share: where they came from, what is missing, and their frame.

    Attributes
    ----------
    provenance : Provenance or None
        Left out of equality.
    warnings : tuple of str
        What was left out or mended, one sentence each: features that the database lacks, lengths that disagreed.
    """

    provenance: Provenance | None = None
    warnings: tuple[str, ...] = ()

    _ignored_in_equality = frozenset({"provenance"})

    def to_dataframe(self, kind: AnswerKind | None = None) -> pd.DataFrame:
        """Turn the answer into a frame; see :func:`np_widgets.to_dataframe` for the kinds."""
        from np_widgets.frames import to_dataframe

        return to_dataframe(self, kind)

    def _repr_html_(self) -> str:
        from np_widgets.html import answer_html

        return answer_html(self)


class Matches(Answer, Generic[M], frozen=True, kw_only=True, eq=False):
    """An answer that is a list: it has a length, and can be looped over and indexed."""

    matches: tuple[M, ...] = ()

    def __len__(self) -> int:
        return len(self.matches)

    def __iter__(self) -> Iterator[M]:
        return iter(self.matches)

    def __getitem__(self, number: int) -> M:
        return self.matches[number]


class Named(Record, frozen=True, kw_only=True, eq=False):
    """Something that is said of one feature."""

    model: str
    source: str
    index: int

    @property
    def ref(self) -> FeatureRef:
        """The feature's name."""
        return FeatureRef(self.model, self.source, self.index)


class ExplanationMatch(Named, frozen=True, kw_only=True, eq=False):
    """An explanation close in meaning to a query.

    Attributes
    ----------
    text : str
        The explanation.
    cosine : float or None
        The cosine similarity between query and explanation, -1 to 1.
    feature : Feature or None
        The feature with up to three examples; None where the database has lost it.
    """

    text: str
    author_model: str | None = None
    method: str | None = None
    cosine: float | None = None
    feature: Feature | None = None


class ExplanationMatches(Matches[ExplanationMatch], frozen=True, kw_only=True, eq=False):
    """Explanations close in meaning to a query, closest first.

    Attributes
    ----------
    query : str
    model, sources, release
        Where was searched; all None and empty for everywhere.
    matches : tuple of ExplanationMatch
    next_offset : int or None
        Where to go on; None when there is no more.
    interrupted : str or None
        What broke a search of several pages off; what had arrived is here, and ``next_offset`` says where to go on.
    """

    query: str
    model: str | None = None
    sources: tuple[str, ...] = ()
    release: str | None = None
    next_offset: int | None = None
    interrupted: str | None = None

    def __repr__(self) -> str:
        first = f", first {self.matches[0].text!r}" if self.matches else ""
        state = f", interrupted: {self.interrupted}" if self.interrupted else ""
        return f"<{len(self)} explanations for {self.query!r}{first}{state}>"


class NearestFeature(Named, frozen=True, kw_only=True, eq=False):
    """A feature whose decoder direction is close to another's."""

    cosine: float | None = None


class NearestFeatures(Matches[NearestFeature], frozen=True, kw_only=True, eq=False):
    """The features of one source whose decoder directions are closest to a feature's, closest first."""

    ref: FeatureRef
    model: str
    source: str

    def __repr__(self) -> str:
        return f"<{len(self)} features of {self.model}/{self.source} near {self.ref}>"
