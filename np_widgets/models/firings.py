"""Answers to questions: which features fire on a text, how strongly, and at which of its tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from np_widgets.errors import InvalidRequest
from np_widgets.models.activation import DirectFeatureAttribution
from np_widgets.models.feature import Feature
from np_widgets.models.matches import Answer, Matches, Named
from np_widgets.models.record import FloatArray, Record

if TYPE_CHECKING:
    from scipy.sparse import coo_array


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

    def sparse(self, n_features: int | None = None) -> coo_array:
        """Hand the values to SciPy as a sparse matrix; rows are tokens, columns all features of the source.

        Parameters
        ----------
        n_features : int, optional
            How many features the source has; by default as many as it takes to hold the last that fires.

        Returns
        -------
        scipy.sparse.coo_array
            Of shape (tokens, n_features) and float64; the arrays are copies.

        Raises
        ------
        InvalidRequest
            When a feature fires that so narrow a matrix has no column for.
        ImportError
            When SciPy is not installed; it is not among this package's dependencies.
        """
        least = int(self.indices.max(initial=-1)) + 1
        width = least if n_features is None else n_features
        if width < least:
            raise InvalidRequest(
                f"n_features is {n_features}, but feature {least - 1} fires too.",
                remedy="Give the number of features of the whole source, or leave it out.",
            )
        try:
            from scipy.sparse import coo_array
        except ImportError as error:
            remedy = "Install it (pip install scipy), or use dense(), whose columns are the features that fire."
            raise ImportError(f"A sparse matrix is SciPy's, and SciPy is not installed. {remedy}") from error
        entries = self.values.copy(), (self.positions.copy(), self.indices.copy())
        return coo_array(entries, shape=(len(self.tokens), width))

    def __len__(self) -> int:
        return len(self.features)

    def __repr__(self) -> str:
        where = f"{self.model}/{self.source}"
        return f"<{len(self)} features of {where} fire on {_excerpt(self.text)}, {len(self.values)} values>"


def _excerpt(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:59]}…")
