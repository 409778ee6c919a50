"""The steering panel in JupyterLab: from a slider that is let go to the first new token, and a long stream drawn."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Result, milliseconds
from benchmarks.steering import FLOORS, PROMPT
from tests.browser.lab import Notebook, jupyter_lab, write_notebook

if TYPE_CHECKING:
    from benchmarks.browser import Chromium
    from benchmarks.pages import Maker
    from np_widgets import Feature

UPDATES = 200
SLOWEST = 30
ON_DEMO = f"""import np_widgets as npw
panel = npw.SteeringPanel({{"demo-tiny/2-demo-sae/0": 2}}, {PROMPT!r}, settings={{"n_tokens": 40, "temperature": 1}})
panel"""
#: As many results as a stream of the longest kind has, as fast as the panel hands them on.
LONG = f"""import time
import msgspec
import np_widgets as npw

class Long(npw.DemoSource):
    def steer(self, request):
        *_, whole = super().steer(request)
        def grown(side, count):
            tokens = (side.tokens * {UPDATES})[:count]
            return msgspec.structs.replace(side, text="".join(one.token for one in tokens), tokens=tokens)
        for count in range(1, {UPDATES} + 1):
            sides = grown(whole.default, count), grown(whole.steered, count)
            time.sleep(0.055)
            yield msgspec.structs.replace(
                whole, default=sides[0], steered=sides[1], is_complete=count == {UPDATES}
            )

panel = npw.SteeringPanel({{"demo-tiny/2-demo-sae/0": 2}}, "Yesterday we", source=Long())
panel"""

#: Looks at every frame from the slider's change on, until the run has its number.
WATCH = """number => {
    const root = document.querySelector('.npw-root');
    const column = () => [...root.querySelectorAll('.npw-steer-text')].at(-1);
    const foot = root.querySelector('.npw-foot');
    window.npwSeen = new Promise((done) => {
        root.addEventListener('change', () => {
            const start = performance.now();
            const frames = [start];
            let [first, updates] = [0, 0];
            const seen = new MutationObserver(() => updates++);
            seen.observe(root, { childList: true, subtree: true, characterData: true });
            const look = () => {
                const now = performance.now();
                frames.push(now);
                const ended = foot.textContent.includes(`run ${number} `);
                if (!first && (ended || column()?.matches('.npw-steer-writing'))) first = now - start;
                if (ended) done({ first, all: now - start, updates, frames });
                else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
        }, { once: true });
    });
}"""


def in_lab(browser: Chromium, _maker: Maker, _feature: Feature, repeats: int) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder, jupyter_lab(Path(folder), NP_WIDGETS_SOURCE="demo") as address:
        seen = {}
        for name, cell, times in (("demo", ON_DEMO, repeats), ("long", LONG, 1)):
            write_notebook(Path(folder) / f"{name}.ipynb", cell)
            with browser.page() as page:
                book = Notebook(page, address, f"{name}.ipynb")
                book.run_all()
                page.locator(".npw-steer-slider").wait_for()
                seen[name] = [_let_go(book, number) for number in range(1, times + 2)][1:]  # the first one warms up
                book.shut_down()
    times = [median(one[what] for one in seen["demo"]) / 1e3 for what in ("first", "all")]
    begun = [
        Result(f"slider let go in JupyterLab: {what}", milliseconds(time), f"≤ {milliseconds(floor)}", time <= floor)
        for (what, floor), time in zip(FLOORS.items(), times, strict=True)
    ]
    return [*begun, _drawn(seen["long"][0])]


def _let_go(book: Notebook, number: int) -> dict[str, Any]:
    """Drag the slider with the mouse, let it go, and read what was seen until the run ended."""
    book.page.evaluate(WATCH, number)
    slider = book.page.locator(".npw-steer-slider")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    places = [(float(slider.input_value()) + 1) / 2, 0.7 + 0.01 * (number % 2)]
    for place in places:
        book.page.mouse.move(box["x"] + 8 + (box["width"] - 16) * place, box["y"] + box["height"] / 2)
        book.page.mouse.down()
    book.page.mouse.up()
    seen: dict[str, Any] = book.page.evaluate("window.npwSeen")
    return seen


def _drawn(seen: dict[str, Any]) -> Result:
    """By the slowest second: a mean would hide one that stands still."""
    frames, second = seen["frames"], 1000
    begun = [at for at in frames if at + second <= frames[-1]]
    slowest = min(sum(1 for frame in frames if at < frame <= at + second) for at in begun)
    longest = max(after - before for before, after in pairwise(frames)) / 1e3
    return Result(
        f"a stream of {UPDATES} updates in JupyterLab: frames in its slowest second",
        f"{slowest}, longest {milliseconds(longest)}, {seen['updates']} updates seen",
        f"≥ {SLOWEST}",
        slowest >= SLOWEST and seen["updates"] >= UPDATES * 0.9,
    )
