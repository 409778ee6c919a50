"""A list of features in a real JupyterLab, its stand-alone page, and ten thousand rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from playwright.sync_api import expect

from np_widgets import FeatureList
from tests.widgets.search_fakes import MODEL, SOURCE, SearchSource, feature

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.lab import Notebook

    OpenNotebook = Callable[..., Notebook]

LIST = """import np_widgets as npw
features = npw.FeatureList.from_source(npw.DemoSource.model, npw.DemoSource.source, sort="-density")
features"""
#: Turns the saving of widgets' state on, and off again.
SAVE_STATE = "@jupyter-widgets/jupyterlab-manager:saveWidgetState"
#: The rows in sight, as the reader sees them: by what is drawn at each height.
IN_SIGHT = """node => {
    const box = node.getBoundingClientRect();
    const head = node.querySelector('.npw-list-head').getBoundingClientRect();
    const seen = [];
    for (let y = head.bottom + 5; y < box.bottom - 5; y += 10) {
        const row = document.elementFromPoint(box.left + 20, y)?.closest('.npw-list-row');
        seen.push(row ? Number(row.dataset.place) : null);
    }
    return seen;
}"""
#: Scrolls from end to end, a step a frame, and looks at every frame.
SCROLL = f"""async (node, step) => {{
    const look = {IN_SIGHT};
    const last = node.scrollHeight - node.clientHeight;
    let [frames, blank, most] = [0, 0, 0];
    for (let at = 0; at < last + step; at += step) {{
        node.scrollTop = at;
        await new Promise(requestAnimationFrame);
        frames++;
        if (look(node).includes(null)) blank++;
        most = Math.max(most, node.querySelectorAll('.npw-list-row').length);
    }}
    return {{ frames, blank, most }};
}}"""


@pytest.fixture
def opened(notebook: OpenNotebook) -> Notebook:
    book = notebook(LIST)
    book.run(0)
    expect(rows(book).first).to_be_visible()
    return book


def root(book: Notebook) -> Locator:
    return book.output(0).locator(".npw-root").first


def rows(book: Notebook) -> Locator:
    return root(book).locator(".npw-list-row")


def table(book: Notebook) -> Locator:
    return root(book).get_by_role("grid")


def test_rows_are_selected_by_pointer_and_keys_and_known_in_python(opened: Notebook) -> None:
    cells = opened.page.locator(".jp-Notebook .jp-Cell")
    before = cells.count()
    rows(opened).nth(1).locator(".npw-list-main").click()
    rows(opened).nth(3).locator(".npw-list-main").click(modifiers=["Shift"])
    opened.wait_for("len(features.selected) == 3")
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Shift+ArrowDown")
    opened.say(
        "names = features.to_dataframe()[['model', 'source', 'index']].astype(str).agg('/'.join, axis=1).tolist()"
    )
    opened.wait_for("features.selected == names[4:6]")
    for key in ("b", "d", "d"):
        opened.page.keyboard.press(key)
    assert cells.count() == before
    opened.say("features.selected = features.to_dataframe()[:2]")
    expect(root(opened).locator("[role=row][aria-selected=true]")).to_have_count(2)
    expect(rows(opened).nth(0)).to_have_attribute("aria-selected", "true")


def test_a_row_opens_its_dashboard_and_the_selection_stays(opened: Notebook) -> None:
    rows(opened).nth(2).locator(".npw-list-main").click()
    opened.page.keyboard.press("Enter")
    child = root(opened).locator(".npw-child .npw-row").first
    expect(child).to_be_visible()
    opened.wait_for("features.opened == features.selected[0] and features.dashboard.feature is not None")
    rows(opened).nth(0).locator("[data-act=show]").click()
    opened.wait_for("features.opened != features.selected[0] and len(features.selected) == 1")
    rows(opened).nth(4).locator(".npw-list-main").dblclick()
    opened.wait_for("features.opened == features.selected[0]")
    root(opened).get_by_label("close the dashboard").click()
    opened.wait_for("features.opened is None and features.dashboard is None")
    expect(child).to_have_count(0)


def test_it_is_sorted_and_sifted_and_the_frame_is_in_that_order(opened: Notebook) -> None:
    root(opened).get_by_role("columnheader", name="peak").locator("button").click()
    opened.wait_for("features.sort == '-max_activation'")
    field = root(opened).get_by_label("filter the rows by words")
    field.fill("word the")
    field.press("Enter")
    opened.wait_for("features.filter == 'word the'")
    expect(root(opened).locator(".npw-list-said")).to_contain_text("of 100 features")
    first = rows(opened).first.locator(".npw-list-ref").inner_text()
    assert first == opened.say("print(features.to_dataframe()['index'].iloc[0])")
    field.press("Escape")
    opened.wait_for("features.filter == ''")


def test_it_grows_as_it_scrolls(opened: Notebook) -> None:
    table(opened).evaluate("node => { node.scrollTop = node.scrollHeight }")
    opened.wait_for("len(features.to_dataframe()) == 200 and not features.busy")
    expect(root(opened).locator(".npw-list-said")).to_contain_text("200 features")


def test_it_follows_the_theme_and_a_second_run_leaves_one_that_works(opened: Notebook) -> None:
    opened.theme("Dark")
    expect(root(opened)).to_have_attribute("data-theme", "dark")
    opened.theme("Light")
    expect(root(opened)).to_have_attribute("data-theme", "light")
    opened.run(0)
    expect(rows(opened).first).to_be_visible()
    rows(opened).first.locator(".npw-list-main").click()
    opened.wait_for("len(features.selected) == 1")


def test_saved_state_is_drawn_without_its_kernel(notebook: OpenNotebook) -> None:
    book = notebook(LIST)
    book.run(0)
    expect(rows(book).first).to_be_visible()
    book.command(SAVE_STATE)
    book.save()
    book.command(SAVE_STATE)
    book.shut_down()
    book.page.reload()
    expect(rows(book).first).to_be_visible()
    root(book).get_by_role("columnheader", name="density").locator("button").click()
    expect(root(book).locator("[aria-sort=ascending]")).to_contain_text("density")
    rows(book).nth(2).locator(".npw-list-main").click()
    expect(root(book).locator(".npw-list-said")).to_contain_text("1 selected")


@pytest.fixture
def show(page: Page, tmp_path: Path) -> Callable[[Any], Page]:
    """Open a widget's page from a file; it may ask for nothing and complain of nothing."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url) if not request.url.startswith("file:") else None)

    def open_page(widget: Any) -> Page:
        widget.to_html(tmp_path / "page.html")
        page.goto((tmp_path / "page.html").as_uri())
        expect(page.locator(".npw-root").first).to_be_visible()
        assert complaints == []
        return page

    return open_page


AWKWARD = [
    "Zebra", "apple", "Äpfel", None, "apple", "ångström", "", "10", "9", "İstanbul", "😀", "\uffee", "ß", "SS", "Σας",
]  # fmt: skip


def awkward() -> FeatureList:
    size = len(AWKWARD)
    frame = pd.DataFrame(
        {
            "model": ["b", "a", "a-b"] * (size // 3),
            "source": ["2", "10", "1", "1", "2"] * (size // 5),
            "index": [10, 9, 100, 1, 2] * (size // 5),
            "explanation": AWKWARD,
            "density": [0.1, None, 0.1, 0.3, 0.1 + 1e-12] * (size // 5),
            "score": [float("inf"), -1.0, 0.0, -0.0, None] * (size // 5),
        }
    )
    return FeatureList(frame, source=SearchSource())


@pytest.mark.parametrize("sort", ["", "ref", "explanation", "density", "score"])
@pytest.mark.parametrize("turned", ["", "-"])
def test_python_and_the_page_agree_on_the_order(show: Callable[[Any], Page], sort: str, turned: str) -> None:
    widget = awkward()
    widget.sort = turned + sort if sort else ""
    page = show(widget)
    seen = page.locator(".npw-list-row").evaluate_all("all => all.map(row => row.firstChild.textContent)")
    frame = widget.to_dataframe()
    assert seen == [f"{m}/{s}/{i}" for m, s, i in zip(frame["model"], frame["source"], frame["index"], strict=True)]


def test_python_and_the_page_agree_on_the_columns_that_are_drawn(show: Callable[[Any], Page]) -> None:
    spread = [[900, 300, 100, 20], [5, 0, 0, 80], [7, 7, 7, 7], []]
    widget = FeatureList(
        [feature(n, freq_hist_data_bar_heights=heights, freq_hist_data_bar_values=list(range(len(heights))))
         for n, heights in enumerate(spread)],
        source=SearchSource(),
    )  # fmt: skip
    for sort in ("histogram", "-histogram", "top_example", "-top_example"):
        widget.sort = sort
        page = show(widget)
        seen = page.locator(".npw-list-ref.npw-list-cell[role=gridcell]").all_inner_texts()
        assert seen == [str(index) for index in widget.to_dataframe()["index"]]


def test_without_a_kernel_it_sorts_sifts_and_selects(show: Callable[[Any], Page]) -> None:
    page = show(FeatureList([feature(n) for n in range(30)], source=SearchSource()))
    page.get_by_role("columnheader", name="density").locator("button").click()
    expect(page.locator(".npw-list-row").first.locator(".npw-list-ref")).to_have_text("29")
    page.get_by_role("grid").focus()
    page.keyboard.press("End")
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(".npw-list-said")).to_contain_text("2 selected")
    expect(page.locator(".npw-list-out")).to_contain_text("gpt2-small/6-res-jb/1")
    page.get_by_label("filter the rows by words").fill("explanation jb/7")
    expect(page.locator(".npw-list-row")).to_have_count(1)
    expect(page.get_by_text("fetch")).to_have_count(0)


def ten_thousand() -> FeatureList:
    known = [feature(n) for n in range(200)]
    return FeatureList([known[n % 200] for n in range(10_000)], source=SearchSource())


def test_ten_thousand_rows_scroll_without_a_blank_frame_and_few_are_on_the_page(show: Callable[[Any], Page]) -> None:
    page = show(ten_thousand())
    # About as fast as a wheel turns it, and then as a hand drags the bar.
    for step in (400, 9000):
        grid = page.get_by_role("grid")
        grid.evaluate("node => { node.scrollTop = 0 }")
        seen = grid.evaluate(SCROLL, step)
        assert seen["frames"] > 30
        assert seen["blank"] == 0
        assert seen["most"] < 80
    assert 9999 in page.get_by_role("grid").evaluate(IN_SIGHT)


def test_it_can_be_printed(show: Callable[[Any], Page]) -> None:
    page = show(FeatureList([feature(n) for n in range(60)], source=SearchSource()))
    page.emulate_media(media="print")
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".npw-list-row")).to_have_count(60)
    assert len(page.pdf(print_background=True)) > 10_000


@pytest.mark.parametrize("width", [360, 700, 1600])
def test_nothing_sticks_out_at_any_width(show: Callable[[Any], Page], width: int) -> None:
    frame = pd.DataFrame(
        {"model": [MODEL, "m" * 60], "source": [SOURCE, "s" * 60], "index": [1, 10**9], "explanation": ["x" * 400, "y"],
         "a_long_name_of_a_column": [1.5, 2], "another": ["z" * 200, "w"]}
    )  # fmt: skip
    page = show(FeatureList(frame, source=SearchSource()))
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.locator(".npw-list-row").first).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
