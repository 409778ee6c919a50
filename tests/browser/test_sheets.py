"""One page holds the style sheets of several widgets, in the order in which they were displayed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from np_widgets import (
    ActivationHeatmap,
    ActivationHistogram,
    DemoSource,
    ExplanationSearch,
    Feature,
    FeatureComparison,
    FeatureDashboard,
    FeatureList,
    LogitBars,
    NotFound,
    SteeringPanel,
)
from np_widgets.widgets.base import STATIC
from np_widgets.widgets.page import page as compose
from tests.rows import feature_row
from tests.widgets.fakes import SlowSource
from tests.widgets.steering_fakes import SteeringSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from np_widgets.widgets.base import BaseWidget

FEATURE = Feature.from_json(feature_row(pos_values=[1.0]))

#: Gives what a sheet changes when it comes after the widget's own.
CHANGES = """sheet => {
    const nodes = [...document.querySelectorAll('.npw-root, .npw-root *')];
    const looks = node => {
        const style = getComputedStyle(node);
        return Object.fromEntries([...style].map(name => [name, style.getPropertyValue(name)]));
    };
    const before = nodes.map(looks);
    const other = document.head.appendChild(document.createElement('style'));
    other.textContent = sheet;
    const changes = nodes.flatMap((node, i) => Object.entries(looks(node))
        .filter(([name, value]) => value !== before[i][name])
        .map(([name, value]) => `${node.className}: ${name} ${before[i][name]} -> ${value}`));
    other.remove();
    return changes;
}"""


def dashboard(**options: Any) -> FeatureDashboard:
    return FeatureDashboard(FEATURE, source=SlowSource(), text="one two", **options)


def lost() -> FeatureDashboard:
    source = SlowSource()
    source.errors[5] = NotFound("There is no feature 5.", remedy="Look for another.")
    return FeatureDashboard("gpt2-small/6-res-jb/5", source=source)


def steering() -> SteeringPanel:
    panel = SteeringPanel("gpt2-small/6-res-jb/5", "one two", source=SteeringSource(), guide=True)
    panel.sweep([0, 40])
    panel.wait()
    return panel


def waiting() -> FeatureDashboard:
    widget = dashboard()
    widget.busy, widget._feature = "feature", None
    return widget


def several(**options: Any) -> FeatureComparison:
    """Compare features, one of which is missing; what fires is their first token."""
    source = SlowSource()
    source.errors[5] = NotFound("There is no feature 5.", remedy="Look for another.")
    refs = [f"gpt2-small/6-res-jb/{index}" for index in (3, 4, 5)]
    return FeatureComparison(refs, source=source, text="one two three", texts=["one four"], **options)


MAKERS: dict[str, Callable[[], BaseWidget]] = {
    "dashboard": dashboard,
    "filtered dashboard": lambda: dashboard(value_range=(1, 9), next_token="x", guide=True),
    "waiting dashboard": waiting,
    "failed dashboard": lost,
    "heatmap": lambda: ActivationHeatmap(FEATURE, window="stacked", guide=True),
    "empty heatmap": lambda: ActivationHeatmap([], []),
    "bars": lambda: LogitBars(FEATURE),
    "histogram": lambda: ActivationHistogram(FEATURE),
    "dashboard with variants": lambda: dashboard(texts=["one three"]),
    "comparison": several,
    "comparison with a dashboard": lambda: several(selected="gpt2-small/6-res-jb/3", guide=True),
    "search": lambda: ExplanationSearch("space", source=DemoSource()),
    "steering": steering,
    "list": lambda: FeatureList([FEATURE] * 3, source=SlowSource(), selected=[FEATURE], sort="density", guide=True),
}


@pytest.mark.parametrize("state", MAKERS)
def test_a_widget_looks_the_same_beside_any_other(page: Page, tmp_path: Path, state: str) -> None:
    part = MAKERS[state]().page_part()
    # As in a notebook, with all that can be pressed there; and still, so that nothing is caught in between.
    part = replace(part, state=part.state | {"_live": True})
    (tmp_path / "page.html").write_text(compose(part, "sheets"), encoding="utf-8")
    page.emulate_media(reduced_motion="reduce")
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.locator(".npw-root").last).to_be_visible()
    sheets = {path.name: path.read_text("utf-8") for path in STATIC.glob("*.css")}
    assert len(sheets) > 3
    assert {name: changes for name, sheet in sheets.items() if (changes := page.evaluate(CHANGES, sheet))} == {}
