"""Chromium, and what is read off a page in it.

A page is *ready* when every text stands in it and two animation frames have passed since: the first of them draws what
was in view. Time counts from the start of the navigation, in a fresh process that has opened an empty page before: the
start of a process is not the page's. *Scrolled* means that all that scrolls stands at its end, where it stays for two
frames more.

Both are told twice: by the clock, and as the time that the page's main thread was at work. The clock is what a reader
waits for; but on a machine that does other things it measures those, so the floors are judged by the work.
"""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from benchmarks.pages import Maker
from tests.browser.chromium import find
from tests.browser.lab import QUIET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, CDPSession, Page, ViewportSize

    from benchmarks.pages import Drawing

SIZE: ViewportSize = {"width": 1280, "height": 900}
PROBE = (files("benchmarks") / "probe.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Reading:
    """What one load of a page gave; times in seconds."""

    ready: float
    ready_work: float
    longest_task: float
    elements: int
    listeners: int
    scrolled: float = 0
    scrolled_work: float = 0
    #: Texts that are not in the page, and coloured tokens in view that came after the page was said to be drawn.
    missing: int = 0
    late: int = 0


class Chromium:
    """A browser in which pages are opened one at a time, each in a context of its own."""

    def __init__(self, browser: Browser, empty: Drawing) -> None:
        self._browser = browser
        self._empty = empty
        self.version = f"Chromium {browser.version}"

    @contextlib.contextmanager
    def page(self) -> Iterator[Page]:
        """Open an empty page in a context of its own."""
        context = self._browser.new_context(viewport=SIZE)
        try:
            yield context.new_page()
        finally:
            context.close()

    def load(self, drawing: Drawing, *, scroll: bool = False, check: bool = False) -> Reading:
        with self.page() as page:
            page.goto(self._empty.address)
            return _read(page, _metered(page), drawing, scroll=scroll, check=check)

    def run(self, drawing: Drawing, script: str) -> tuple[Any, float]:
        """Run a script in a page that is drawn: what it gives, and the main thread's work meanwhile."""
        with self.page() as page:
            session = _metered(page)
            page.goto(drawing.address)
            page.evaluate("npwBench.ready(0, '')")
            start = _metrics(session)
            given = page.evaluate(script)
            return given, _metrics(session)["TaskDuration"] - start["TaskDuration"]

    def medians(self, drawings: Sequence[Drawing], repeats: int, *, scroll: bool = False) -> list[Reading]:
        """Load pages in turn; the median of each. The first turn only warms up, and looks closely."""
        checked = [self.load(drawing, scroll=scroll, check=True) for drawing in drawings]
        turns = [[self.load(drawing, scroll=scroll) for drawing in drawings] for _ in range(repeats)]
        return [_middle(first, own) for first, own in zip(checked, zip(*turns, strict=True), strict=True)]


def _metered(page: Page) -> CDPSession:
    """Count the main thread's work, and put the probe into what is opened next."""
    page.add_init_script(PROBE)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    return session


def _metrics(session: CDPSession) -> dict[str, float]:
    listed: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    return {metric["name"]: metric["value"] for metric in listed}


def _read(page: Page, session: CDPSession, drawing: Drawing, *, scroll: bool, check: bool) -> Reading:
    start = _metrics(session)
    page.goto(drawing.address, wait_until="commit")
    length = sum(map(len, drawing.texts))
    last = drawing.texts[-1][-20:] if drawing.texts else ""
    ready = page.evaluate("([length, last]) => npwBench.ready(length, last)", [length, last])
    drawn = _metrics(session)
    late, missing = 0, 0
    if check:
        late = page.evaluate("npwBench.late()")
        missing = page.evaluate("texts => npwBench.missing(texts)", drawing.texts)
    scrolled, scrolled_work = _scroll(page, session) if scroll else (0.0, 0.0)
    if scroll and check:
        late += page.evaluate("npwBench.late()")
    return Reading(
        ready=ready["time"] / 1e3,
        ready_work=drawn["TaskDuration"] - start["TaskDuration"],
        longest_task=ready["longest"] / 1e3,
        elements=page.evaluate("npwBench.elements()"),
        listeners=int(_metrics(session)["JSEventListeners"]),
        scrolled=scrolled,
        scrolled_work=scrolled_work,
        missing=missing,
        late=late,
    )


def _scroll(page: Page, session: CDPSession) -> tuple[float, float]:
    """To the end of all that scrolls: the time by the clock, and the main thread's."""
    page.evaluate("npwBench.look()")
    start = _metrics(session)
    time = page.evaluate("npwBench.scroll()")
    return time / 1e3, _metrics(session)["TaskDuration"] - start["TaskDuration"]


def _middle(checked: Reading, readings: Sequence[Reading]) -> Reading:
    middle: dict[str, Any] = {
        name: median(getattr(reading, name) for reading in readings)
        for name in ("ready", "ready_work", "longest_task", "scrolled", "scrolled_work")
    }
    return Reading(
        **middle,
        elements=max(r.elements for r in readings),
        listeners=max(r.listeners for r in readings),
        missing=checked.missing,
        late=checked.late,
    )


@contextlib.contextmanager
def chromium() -> Iterator[tuple[Chromium, Maker]]:
    """Start Chromium, and a folder for the pages that it opens."""
    path = find()
    if path is None:
        raise RuntimeError("There is no Chromium. Run `python tests/browser/chromium.py`.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        maker = Maker(Path(folder))
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        try:
            yield Chromium(browser, maker.empty()), maker
        finally:
            browser.close()
