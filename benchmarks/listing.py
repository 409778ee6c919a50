"""A list of ten thousand features: what it weighs, and what a frame of scrolling through it costs."""

from __future__ import annotations

import json
from statistics import median
from typing import TYPE_CHECKING, Any

import msgspec

from benchmarks.measure import Result, at_most, milliseconds
from np_widgets import Explanation, FeatureList

if TYPE_CHECKING:
    from benchmarks.browser import Chromium
    from benchmarks.pages import Maker
    from np_widgets import Feature

ROWS = 10_000
#: Sixty frames a second leave so much for each.
FRAME = 1 / 60
BYTES_PER_ROW = 400
#: Pixels per frame: as a wheel turns it, and as a hand drags the bar.
SPEEDS = {"by the wheel": 120, "by the bar": 3000}
FRAMES = 240

#: Scrolls a step a frame; the share of frames that came later than the next but one should have.
SCROLL = """async () => {
    const node = document.querySelector('.npw-list-scroll');
    let [late, before] = [0, await new Promise(requestAnimationFrame)];
    for (let frame = 0; frame < %d; frame++) {
        node.scrollTop += %d;
        const now = await new Promise(requestAnimationFrame);
        if (now - before > 34) late++;
        before = now;
    }
    return late;
}"""


def ten_thousand(browser: Chromium, maker: Maker, feature: Feature, repeats: int) -> list[Result]:
    features = [_another(feature, number) for number in range(ROWS)]
    widget = FeatureList(features, source="demo")
    state: Any = widget._rows  # noqa: SLF001 (what travels)
    page = maker.write("list", widget.to_html(), [])
    weight = len(json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode()) / ROWS
    results = [at_most(f"list of {ROWS:,} features: bytes a row", weight, BYTES_PER_ROW)]
    for how, step in SPEEDS.items():
        runs = [browser.run(page, SCROLL % (FRAMES, step)) for _ in range(repeats)]
        work = median(work for _, work in runs) / FRAMES
        late = median(late for late, _ in runs) / FRAMES
        measured = f"{milliseconds(work)}, {late:.0%} of frames late"
        results.append(Result(f"… a frame of scrolling {how}", measured, "≤ 16.7 ms", work <= FRAME))
    return results


def _another(feature: Feature, number: int) -> Feature:
    said = (Explanation(text=f"feature number {number}, which is like the others"),)
    return msgspec.structs.replace(feature, index=number, explanations=said, density=(number % 997) / 9970)
