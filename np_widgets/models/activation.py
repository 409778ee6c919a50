"""One example text with a value per token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from np_widgets.models.provenance import LengthMismatch, Provenance
from np_widgets.models.record import NO_NUMBERS, FloatArray, Record
from np_widgets.models.ref import FeatureRef

if TYPE_CHECKING:
    import pandas as pd


class QuantileInterval(Record, frozen=True, kw_only=True, eq=False):
    """The group that an example was drawn from.

    Attributes
    ----------
    low, high : float or None
        The bounds of the activation; None where the service does not say.
    fraction : float or None
        The share of *all* tokens whose value lies in it, 0 to 1.
    is_top : bool
        Whether this is the group of the strongest examples rather than an interval.
    """

    low: float | None = None
    high: float | None = None
    fraction: float | None = None
    is_top: bool = False


class DirectFeatureAttribution(Record, frozen=True, kw_only=True, eq=False):
    """Which earlier tokens an attention feature's activation comes from.

    Attributes
    ----------
    values : ndarray of float64, shape (tokens,)
        The contribution of each source token to the activation at the target.
    target_index : int or None
        The token at which the activation was explained.
    peak : float or None
        The largest contribution.
    """

    values: FloatArray
    target_index: int | None = None
    peak: float | None = None


class ZPattern(Record, frozen=True, kw_only=True, eq=False):
    """Sparse attention pattern: parallel lists of source token, target token and contribution.

    The wire's ``zQIndices`` are the *source* and ``zKIndices`` the *target*, as the site reads them.
    """

    source_indices: tuple[int | None, ...]
    target_indices: tuple[int | None, ...]
    values: FloatArray


class Activation(Record, frozen=True, kw_only=True, eq=False):
    """One example text for one feature: tokens, and how strongly the feature fires on each.

    Attributes
    ----------
    tokens : tuple of str
        Raw vocabulary strings, as the service has them; :mod:`np_widgets.tokens` makes them readable.
    values : ndarray of float64, shape (tokens,)
        One activation per token, NaN where unknown.
    peak, minimum : float or None
        The largest and smallest value.
    peak_index : int or None
        The position of the peak, from 0.
    interval : QuantileInterval or None
        The group that the example was drawn from.
    qualifying_index : int or None
        The token that put the example into its interval.
    dfa : DirectFeatureAttribution or None
    loss_values : ndarray of float64
        The effect of the feature on each token's loss (above 0: worse); empty where unknown.
    z_pattern : ZPattern or None
    logit_contributions : str or None
        JSON text of per-token promoted and suppressed tokens, as the service stores it.
    data_source, data_index : str or None
        Where the text comes from: a data set, ``"top"``, ``"bottom"``, ``"User …"``.
    cut : tuple of (str, ndarray)
        Values beyond the last token, by field; kept, not drawn. ``surplus`` has them as a dict.
    mismatches : tuple of LengthMismatch
        Lengths that disagreed and were mended.
    """

    tokens: tuple[str, ...]
    values: FloatArray
    peak: float | None = None
    minimum: float | None = None
    peak_index: int | None = None
    interval: QuantileInterval | None = None
    qualifying_index: int | None = None
    dfa: DirectFeatureAttribution | None = None
    loss_values: FloatArray = NO_NUMBERS
    z_pattern: ZPattern | None = None
    logit_contributions: str | None = None
    data_source: str | None = None
    data_index: str | None = None
    id: str | None = None
    model: str | None = None
    source: str | None = None
    index: int | None = None
    creator: str | None = None
    created_at: str | None = None
    cut: tuple[tuple[str, FloatArray], ...] = ()
    mismatches: tuple[LengthMismatch, ...] = ()
    provenance: Provenance | None = None

    _ignored_in_equality = frozenset({"provenance"})

    @property
    def ref(self) -> FeatureRef | None:
        """The feature that fired, where the answer says so."""
        if self.model is None or self.source is None or self.index is None:
            return None
        return FeatureRef(self.model, self.source, self.index)

    @property
    def surplus(self) -> dict[str, FloatArray]:
        """Values beyond the last token, by field: a service's fault, kept for those who look for it."""
        return dict(self.cut)

    @property
    def text(self) -> str:
        """The tokens as a person reads them, joined."""
        from np_widgets.tokens import readable

        return "".join(readable(self.tokens))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was mended, one sentence each."""
        return tuple(map(str, self.mismatches))

    def to_dataframe(self, kind: Literal["activations", "tokens"] = "tokens") -> pd.DataFrame:
        """Turn the activation into a frame; see :func:`np_widgets.to_dataframe`."""
        from np_widgets.frames import to_dataframe

        return to_dataframe(self, kind)

    def __repr__(self) -> str:
        from np_widgets.tokens import readable

        words = "".join(readable(self.tokens[:61]))  # not of all: a text can have a million tokens
        excerpt = words if len(words) <= 60 else f"{words[:59]}…"
        peak = "no peak" if self.peak is None else f"peak {self.peak:.4g} at token {self.peak_index}"
        return f"<Activation of {self.ref or 'a feature'}: {len(self.tokens)} tokens, {peak}: {excerpt!r}>"

    def _repr_html_(self) -> str:
        from np_widgets.html import activation_html

        return activation_html(self)
