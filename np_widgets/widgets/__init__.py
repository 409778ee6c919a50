"""One widget class a module."""

from np_widgets.widgets.dashboard import FeatureDashboard
from np_widgets.widgets.heatmap import ActivationHeatmap
from np_widgets.widgets.histogram import ActivationHistogram
from np_widgets.widgets.logits import LogitBars

__all__ = ["ActivationHeatmap", "ActivationHistogram", "FeatureDashboard", "LogitBars"]
