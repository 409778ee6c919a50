"""The dashboard beside the page that one would write by hand, and heatmaps of very long texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.measure import Result, at_most, milliseconds
from benchmarks.pages import long_texts, values_like

if TYPE_CHECKING:
    from benchmarks.browser import Chromium, Reading
    from benchmarks.pages import Maker
    from np_widgets import Feature

ELEMENTS, LISTENERS = 2500, 60
LONG, VERY_LONG = 100_000, 1_000_000
#: How much longer than the same text with nothing to colour.
COLOURED = {"sparse": 1.2, "dense": 2.0, "negative": 2.0}
SHAPES = {"one text": LONG, "texts of 128": 128}


def dashboard(browser: Chromium, maker: Maker, feature: Feature, repeats: int) -> list[Result]:
    pages = [maker.dashboard(feature), maker.by_hand(feature), maker.empty()]
    ours, hand, empty = browser.medians(pages, repeats, scroll=True)
    until_the_end, until_its_end = (r.ready_work + r.scrolled_work for r in (ours, hand))
    n_tokens = sum(len(a.tokens) for a in feature.activations)
    return [
        _ready("dashboard drawn / the same by hand", ours, hand, 1.0),
        _work("… drawn, then scrolled to its end", until_the_end, until_its_end, 1.0),
        _work("… scrolling alone", ours.scrolled_work, hand.scrolled_work, None),
        at_most("… elements, by hand " + f"{hand.elements:,}", ours.elements, ELEMENTS),
        at_most("… listeners", ours.listeners - empty.listeners, LISTENERS),
        _whole(f"… texts missing of {n_tokens:,} tokens", ours),
    ]


def long_heatmaps(browser: Chromium, maker: Maker, feature: Feature, repeats: int) -> list[Result]:
    return [result for shape in SHAPES for result in _long(browser, maker, feature, shape, repeats)]


def _long(browser: Chromium, maker: Maker, feature: Feature, shape: str, repeats: int) -> list[Result]:
    texts = long_texts(feature, LONG, SHAPES[shape])
    kinds = ["zero", *COLOURED]
    pages = [maker.heatmap(f"{kind}_{SHAPES[shape]}", texts, values_like(texts, kind)) for kind in kinds]
    plain, *rest = browser.medians(pages, repeats)
    results = [
        _ready(f"{LONG:,} tokens in {shape}, {kind} values / none", reading, plain, floor)
        for (kind, floor), reading in zip(COLOURED.items(), rest, strict=True)
    ]
    lost = sum(reading.missing for reading in (plain, *rest))
    return results + ([_whole(f"… texts missing of {LONG:,} tokens", rest[0])] if lost else [])


def very_long(browser: Chromium, maker: Maker, feature: Feature, repeats: int) -> list[Result]:
    results = []
    for shape, per_text in {**SHAPES, "one text": VERY_LONG}.items():
        texts = long_texts(feature, VERY_LONG, per_text)
        page = maker.heatmap(f"very_long_{per_text}", texts, values_like(texts, "sparse"))
        [reading] = browser.medians([page], repeats)
        what = f"{VERY_LONG:,} tokens in {shape}: longest task"
        whole = "" if reading.missing == 0 else f", {reading.missing} texts missing"
        measured = f"{reading.longest_task:.2f} s, all there after {reading.ready:.1f} s{whole}"
        results.append(Result(what, measured, "≤ 1 s", reading.longest_task <= 1 and not reading.missing))
    return results


def _ready(what: str, ours: Reading, theirs: Reading, floor: float) -> Result:
    by_clock = f"by the clock {ours.ready / theirs.ready:.2f} ×"
    late = f", {ours.late} tokens coloured late" if ours.late else ""
    judged = _work(what, ours.ready_work, theirs.ready_work, floor)
    return Result(what, f"{judged.measured}, {by_clock}{late}", judged.floor, bool(judged.holds) and not ours.late)


def _work(what: str, ours: float, theirs: float, floor: float | None) -> Result:
    measured = f"{ours / theirs:.2f} × ({milliseconds(ours)} / {milliseconds(theirs)})"
    return Result(what, measured) if floor is None else Result(what, measured, f"≤ {floor:g} ×", ours <= floor * theirs)


def _whole(what: str, reading: Reading) -> Result:
    return Result(what, str(reading.missing), "0", reading.missing == 0)
