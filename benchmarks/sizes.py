"""What a notebook and a page grow by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget

from benchmarks.data import compact
from benchmarks.measure import Result, at_most
from np_widgets import Feature, FeatureDashboard
from np_widgets.widgets.base import STATIC

if TYPE_CHECKING:
    from benchmarks.data import Row

BUNDLE_KB = {
    "heatmap": 16.0,
    "logits": 40.0,
    "histogram": 40.0,
    "dashboard": 40.0,
    "search": 40.0,
    "steering": 40.0,
    "featurelist": 40.0,
    "topfeatures": 40.0,
    "tokenfeatures": 40.0,
    "comparison": 40.0,
}
PAGE_KB = 120.0
STATE_SHARE = 0.75


def measure(row: Row) -> list[Result]:
    """Everything here that does not depend on the clock."""
    return [*_bundles(), state(row), page(row)]


def state(row: Row) -> Result:
    """The data in a dashboard's saved state, without the front end's source and ipywidgets' own."""
    dashboard = FeatureDashboard(Feature.from_json(row), source="demo")
    own = set(anywidget.AnyWidget.class_trait_names()) | {"_esm", "_css", "_anywidget_id"}
    saved: dict[str, Any] = {name: value for name, value in dashboard.get_state().items() if name not in own}
    share = len(compact(saved)) / len(compact(row))
    return Result(
        "saved state of a dashboard / the feature's compact JSON",
        f"{share:.2f} × ({len(compact(saved)) / 1e3:.1f} kB)",
        f"≤ {STATE_SHARE:g} ×",
        share <= STATE_SHARE,
    )


def page(row: Row) -> Result:
    size = len(FeatureDashboard(Feature.from_json(row), source="demo").to_html().encode())
    return at_most("self-contained page of a dashboard", size / 1e3, PAGE_KB, " kB")


def _bundles() -> list[Result]:
    return [
        at_most(f"`{name}.js`", (STATIC / f"{name}.js").stat().st_size / 1e3, limit, " kB")
        for name, limit in BUNDLE_KB.items()
    ]
