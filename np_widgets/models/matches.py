"""Answers to questions: which features are about something, which fire on a text, which are near."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from np_widgets.models.activation import DirectFeatureAttribution
from np_widgets.models.feature import Feature
from np_widgets.models.provenance import Provenance
from np_widgets.models.record import FloatArray, Record
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


class TopFeatureMatch(Named, frozen=True, kw_only=True, eq=False):
    """One feature that fires on a text.

    Attributes
    ----------
    values : ndarray of float64, shape (tokens,)
        Its activation at each token of the text.
    peak, peak_index
        The largest value and its position.
    feature : Feature or None
        The feature with one example; None where the database lacks it. Its density may be unknown (None).
    """

    values: FloatArray
    peak: float | None = None
    peak_index: int | None = None
    dfa: DirectFeatureAttribution | None = None
    feature: Feature | None = None


class TopFeatureMatches(Matches[TopFeatureMatch], frozen=True, kw_only=True, eq=False):
    """The features that fire most on one text.

    Attributes
    ----------
    text : str
    model, source_set
        Whose features were asked.
    sources : tuple of str
        The sources that were asked; empty for all of the set.
    tokens : tuple of str
        Raw vocabulary strings, the beginning-of-text token included where the service has put it.
    sort_positions : tuple of int
        The tokens whose summed values sort the features; empty: by peak.
    matches : tuple of TopFeatureMatch
        Strongest first.
    """

    text: str
    model: str
    source_set: str
    sources: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    sort_positions: tuple[int, ...] = ()

    @property
    def values(self) -> FloatArray:
        """The activations as one array, shape (matches, tokens)."""
        if not self.matches:
            return np.zeros((0, len(self.tokens)))
        return np.stack([match.values for match in self.matches])

    def __repr__(self) -> str:
        return f"<{len(self)} features of {self.model}/{self.source_set} on {_excerpt(self.text)}>"


class TokenFeatureMatch(Named, frozen=True, kw_only=True, eq=False):
    """One feature that fires at one token.

    Attributes
    ----------
    value : float
        Its activation there.
    feature : Feature or None
        The feature without examples; None where the database lacks it, or when several texts were asked at once.
    """

    value: float
    feature: Feature | None = None


class TokenMatches(Record, frozen=True, kw_only=True, eq=False):
    """A token and the features that fire most at it, strongest first.

    Attributes
    ----------
    position : int
        As the service counts, from the beginning-of-text token.
    token : str
        Raw.
    is_special : bool
        Whether it is one of the vocabulary's own marks.
    """

    position: int
    token: str
    is_special: bool = False
    matches: tuple[TokenFeatureMatch, ...] = ()


class TokenFeatureMatches(Matches[TokenMatches], frozen=True, kw_only=True, eq=False):
    """For each token of one text, the features of one source that fire most at it.

    Attributes
    ----------
    matches : tuple of TokenMatches
        One per token, in the text's order; the special ones are left out when they were ignored.
    """

    text: str
    model: str
    source: str

    def __repr__(self) -> str:
        found = {match.index for token in self.matches for match in token.matches}
        return f"<{len(found)} features of {self.model}/{self.source} at {len(self)} tokens of {_excerpt(self.text)}>"


class SourceActivations(Answer, frozen=True, kw_only=True, eq=False):
    """All features of one source that fire on one text, as a sparse matrix of tokens by features.

    Attributes
    ----------
    tokens : tuple of str
        Raw vocabulary strings, the beginning-of-text token first; it has no values.
    positions, indices : ndarray of int64, shape (entries,)
        Where a value stands: which token, which feature. Sorted by feature, then by position.
    values : ndarray of float64, shape (entries,)
        Activations above zero.
    """

    text: str
    model: str
    source: str
    tokens: tuple[str, ...] = ()
    positions: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int64]
    values: FloatArray

    @property
    def features(self) -> npt.NDArray[np.int64]:
        """The indices of the features that fire, ascending."""
        return np.unique(self.indices)

    def dense(self) -> FloatArray:
        """Lay the values out, shape (tokens, features that fire); the columns are :attr:`features`."""
        columns, number = np.unique(self.indices, return_inverse=True)
        matrix = np.zeros((len(self.tokens), len(columns)))
        matrix[self.positions, number] = self.values
        return matrix

    def __len__(self) -> int:
        return len(self.features)

    def __repr__(self) -> str:
        where = f"{self.model}/{self.source}"
        return f"<{len(self)} features of {where} fire on {_excerpt(self.text)}, {len(self.values)} values>"


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


def _excerpt(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:59]}…")
