"""Which next tokens a feature promotes and suppresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from np_widgets.html import logits_html
from np_widgets.models import Feature
from np_widgets.payload import feature_provenance, logits_payload
from np_widgets.widgets.base import BaseWidget, as_feature, built, json_trait, refuse_kind

if TYPE_CHECKING:
    import pandas as pd

    from np_widgets.models import RefLike
    from np_widgets.sources import SourceLike


class LogitBars(BaseWidget):
    """Promoted and suppressed tokens as bars on one shared scale.

    Parameters
    ----------
    feature : Feature or a reference
    source : FeatureSource or str, optional
        Where to fetch a feature that is only named.
    **options
        The traits, such as ``top=5``.
    """

    _bundle = "logits"
    _esm = built("logits.js")
    _css = built("logits.css")

    _logits = traitlets.Dict().tag(sync=True)
    _provenance = json_trait()
    top = traitlets.Int(10, min=1, help="How many tokens on each side.").tag(sync=True)
    chosen = traitlets.Unicode(None, allow_none=True, help="The raw token that the reader chose.").tag(sync=True)
    feature = traitlets.Instance(Feature, read_only=True, help="What is shown.")

    def __init__(self, feature: Feature | RefLike, *, source: SourceLike = None, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.set_trait("feature", as_feature(feature, source))
        self._logits = logits_payload(self.feature)
        self._provenance = feature_provenance(self.feature)

    def to_dataframe(self, kind: str | None = "logits") -> pd.DataFrame:
        """Turn the logit weights into a frame, one row per token."""
        if kind not in ("logits", None):
            raise refuse_kind(kind, ("logits",))
        return self.feature.to_dataframe("logits")

    def _title(self) -> str:
        return f"{self.feature.ref}: logit weights"

    def _static_html(self) -> str:
        return logits_html(self.feature)

    def __repr__(self) -> str:
        promoted, suppressed = self.feature.promoted.tokens, self.feature.suppressed.tokens
        return f"<LogitBars of {self.feature.ref}: promotes {list(promoted[:3])}, suppresses {list(suppressed[:3])}>"
