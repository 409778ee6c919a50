"""Searching by meaning in a real JupyterLab, and its stand-alone page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from np_widgets import ExplanationSearch
from tests.widgets.search_fakes import SearchSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.lab import Notebook

    OpenNotebook = Callable[..., Notebook]

#: Letter upon letter in one go: no machine is slow enough for a pause in between.
TYPE = """(node, texts) => {
    for (const text of texts) {
        node.value = text;
        node.dispatchEvent(new Event('input', { bubbles: true }));
    }
}"""
SEARCH = """import np_widgets as npw

class Counting(npw.DemoSource):
    asked, answered, gates, refuse_from = [], [], {}, 1000
    def search_explanations(self, query, *, model=None, sources=None, release=None, limit=20, offset=0):
        self.asked.append((query, offset))
        if offset >= self.refuse_from:
            raise npw.RateLimited("The limit is used up.", remedy="All are free after 60 minutes.")
        if query in self.gates:
            self.gates[query].wait(60)
        self.answered.append(query)
        return super().search_explanations(query, model=model, sources=sources, limit=limit, offset=offset)

search = npw.ExplanationSearch("feelings", model="demo-tiny", source=Counting())
search"""


@pytest.fixture
def opened(notebook: OpenNotebook) -> Notebook:
    book = notebook(SEARCH)
    book.run(0)
    expect(cards(book)).to_have_count(20)
    return book


def root(book: Notebook) -> Locator:
    return book.output(0).locator(".npw-root").first


def cards(book: Notebook) -> Locator:
    return root(book).locator(".npw-search-result")


def field(book: Notebook) -> Locator:
    return root(book).get_by_label("what to look for")


def asked(book: Notebook) -> str:
    return book.say("print(Counting.asked)")


def test_a_question_is_asked_when_it_is_written_and_never_with_a_key(opened: Notebook) -> None:
    field(opened).evaluate(TYPE, ["words for f", "words for fo", "words for food"])
    field(opened).press("Enter")
    expect(root(opened).locator(".npw-search-said")).to_contain_text("“words for food”")
    field(opened).evaluate(TYPE, ["words for a", "words for an", "words for animals"])
    expect(root(opened).locator(".npw-search-said")).to_contain_text("“words for animals”")
    assert asked(opened) == "[('feelings', 0), ('words for food', 0), ('words for animals', 0)]"


def test_the_latest_question_wins_however_late_the_others_are_answered(opened: Notebook) -> None:
    opened.say("import threading; gate = Counting.gates['slow one'] = threading.Event()")
    field(opened).fill("slow one")
    field(opened).press("Enter")
    opened.wait_for("('slow one', 0) in Counting.asked")
    expect(root(opened).locator("[data-act=stop]").first).to_be_visible()
    field(opened).fill("quick one")
    field(opened).press("Enter")
    expect(root(opened).locator(".npw-search-said")).to_contain_text("“quick one”")
    opened.say("gate.set()")
    opened.wait_for("Counting.answered[-1] == 'slow one' and search.matches.query == 'quick one'")
    expect(root(opened).locator(".npw-search-said")).to_contain_text("“quick one”")


def test_two_letters_say_so_in_the_field_and_ask_nothing(opened: Notebook) -> None:
    field(opened).fill("ab")
    field(opened).press("Enter")
    expect(root(opened).locator(".npw-search-hint")).to_have_text("at least 3 characters")
    expect(cards(opened)).to_have_count(20)
    assert asked(opened) == "[('feelings', 0)]"


def test_scrolling_brings_page_after_page_and_the_cards_before_stay(opened: Notebook) -> None:
    cards(opened).first.evaluate("node => { node.dataset.mine = 'kept' }")
    area = root(opened).locator(".npw-search-area")
    area.evaluate("node => { node.scrollTop = node.scrollHeight }")
    expect(cards(opened)).to_have_count(40)
    assert asked(opened) == "[('feelings', 0), ('feelings', 20)]"
    expect(cards(opened).first).to_have_attribute("data-mine", "kept")
    opened.wait_for("len(search.matches) == 40 and len(search.to_dataframe()) == 40")


def test_a_limit_in_the_middle_stands_at_the_end_and_is_not_hammered(opened: Notebook) -> None:
    opened.say("Counting.refuse_from = 20")
    area = root(opened).locator(".npw-search-area")
    area.evaluate("node => { node.scrollTop = node.scrollHeight }")
    error = root(opened).locator(".npw-search-end [role=alert]")
    expect(error).to_contain_text("All are free after 60 minutes.")
    for place in ("0", "node.scrollHeight"):
        area.evaluate(f"node => {{ node.scrollTop = {place} }}")
    expect(cards(opened)).to_have_count(20)
    assert asked(opened) == "[('feelings', 0), ('feelings', 20)]"
    opened.say("Counting.refuse_from = 1000")
    error.get_by_text("try again").click()
    expect(cards(opened)).to_have_count(40)
    expect(error).to_have_count(0)


def test_keys_go_from_the_field_through_the_cards_and_open_one(opened: Notebook) -> None:
    cells = opened.page.locator(".jp-Notebook .jp-Cell")
    before = cells.count()
    field(opened).press("ArrowDown")
    expect(cards(opened).nth(0)).to_be_focused()
    opened.page.keyboard.press("ArrowDown")
    expect(cards(opened).nth(1)).to_be_focused()
    for key in ("a", "b", "d"):
        opened.page.keyboard.press(key)
    assert cells.count() == before
    opened.page.keyboard.press("Enter")
    opened.wait_for("search.selected == str(search.matches[1].ref)")
    dashboard = root(opened).locator(".npw-child .npw-row").first
    expect(dashboard).to_be_visible()
    root(opened).get_by_label("close the dashboard").click()
    expect(dashboard).to_have_count(0)
    opened.wait_for("search.selected is None")


@pytest.mark.parametrize(("width", "beside"), [(1700, True), (900, False)])
def test_the_dashboard_stands_beside_where_there_is_room_and_else_below(
    opened: Notebook, *, width: int, beside: bool
) -> None:
    opened.page.set_viewport_size({"width": width, "height": 1000})
    cards(opened).nth(2).click()
    dashboard = root(opened).locator(".npw-child .npw-row").first
    expect(dashboard).to_be_visible()
    list_box, child_box = cards(opened).nth(2).bounding_box(), dashboard.bounding_box()
    assert list_box is not None
    assert child_box is not None
    assert (child_box["x"] > list_box["x"] + list_box["width"]) is beside
    # It goes to another feature, and is still one.
    cards(opened).nth(0).click()
    opened.wait_for("search.dashboard.feature and str(search.dashboard.feature.ref) == str(search.matches[0].ref)")
    expect(root(opened).locator(".npw-child .npw-root")).to_have_count(1)


def test_it_follows_python_the_theme_and_a_second_run(opened: Notebook) -> None:
    opened.say("search.min_cosine = 0.4")
    expect(root(opened).locator(".npw-search-said")).to_contain_text("of 20 explanations")
    opened.say("search.query = 'buildings'")
    expect(field(opened)).to_have_value("buildings")
    opened.theme("Dark")
    expect(root(opened)).to_have_attribute("data-theme", "dark")
    opened.theme("Light")
    expect(root(opened)).to_have_attribute("data-theme", "light")
    opened.run(0)
    expect(cards(opened)).to_have_count(20)
    expect(root(opened).locator(".npw-search-said")).to_contain_text("“feelings”")
    cards(opened).first.click()
    opened.wait_for("search.selected is not None")


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


def test_a_page_without_a_kernel_can_still_sift_and_holds_the_dashboard(show: Callable[[Any], Page]) -> None:
    search = ExplanationSearch("cities", source=SearchSource(), selected="gpt2-small/6-res-jb/1")
    search.wait()
    page = show(search)
    expect(page.locator(".npw-search-result")).to_have_count(20)
    expect(page.locator(".npw-child .npw-row").first).to_be_visible()
    expect(page.get_by_label("what to look for")).to_be_hidden()
    expect(page.get_by_label("close the dashboard")).to_be_hidden()
    page.get_by_label("cosine from").fill("0.95")
    page.get_by_label("cosine from").press("Enter")
    expect(page.locator(".npw-search-result:visible")).to_have_count(6)
    expect(page.get_by_text("there are more")).to_be_visible()


@pytest.mark.parametrize("width", [360, 700, 1600])
def test_nothing_sticks_out_at_any_width(show: Callable[[Any], Page], width: int) -> None:
    search = ExplanationSearch("x" * 300, model="m" * 80, sources=["s" * 80], source=SearchSource())
    page = show(search)
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.locator(".npw-search-result").first).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
