"""How strongly and how often a feature fires, and how its logit weights are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from np_widgets.html import histograms_html
from np_widgets.models import Feature
from np_widgets.payload import feature_provenance, histograms_payload
from np_widgets.widgets.base import BaseWidget, as_feature, built, json_trait, refuse_kind

if TYPE_CHECKING:
    import pandas as pd

    from np_widgets.models import RefLike
    from np_widgets.sources import SourceLike


class ActivationHistogram(BaseWidget):
    """The distributions of activations and of logit weights.

    Parameters
    ----------
    feature : Feature or a reference
    source : FeatureSource or str, optional
        Where to fetch a feature that is only named.
    **options
        The traits, such as ``log_counts=True``.
    """

    _bundle = "histogram"
    _esm = built("histogram.js")
    _css = built("histogram.css")

    _histograms = traitlets.Dict().tag(sync=True)
    _provenance = json_trait()
    value_range = traitlets.Tuple(
        traitlets.Float(),
        traitlets.Float(),
        default_value=None,
        allow_none=True,
        help="The bin that the reader chose: its two bounds.",
    ).tag(sync=True)
    marker = traitlets.Float(None, allow_none=True, help="A value to mark in the activation histogram.").tag(sync=True)
    log_counts = traitlets.Bool(default_value=False, help="Draw counts on a logarithmic scale.").tag(sync=True)
    feature = traitlets.Instance(Feature, read_only=True, help="What is shown.")

    def __init__(self, feature: Feature | RefLike, *, source: SourceLike = None, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.set_trait("feature", as_feature(feature, source))
        self._histograms = histograms_payload(self.feature)
        self._provenance = feature_provenance(self.feature)

    def to_dataframe(self, kind: str | None = "histograms") -> pd.DataFrame:
        """Turn both histograms into a frame, one row per bin."""
        if kind not in ("histograms", None):
            raise refuse_kind(kind, ("histograms",))
        return self.feature.to_dataframe("histograms")

    def _title(self) -> str:
        return f"{self.feature.ref}: histograms"

    def _static_html(self) -> str:
        return histograms_html(self.feature)

    def __repr__(self) -> str:
        bins = [self.feature.activation_histogram.centres.size, self.feature.logit_histogram.centres.size]
        return f"<ActivationHistogram of {self.feature.ref}: {bins[0]} activation bins, {bins[1]} logit bins>"
