"""What fires on a text, in a real JupyterLab: pick, point, press, choose, ask again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.browser.lab import Notebook

    OpenNotebook = Callable[..., Notebook]

TEXT = "Anna lost her kite and she was sad. Tom felt very happy."
TOP = f"""import np_widgets as npw
top = npw.TopFeatures("{TEXT}", model=npw.DemoSource.model, source_set="demo-sae")
top"""
BY_TOKEN = f"""import np_widgets as npw
tokens = npw.TokenFeatures(
    "{TEXT}", model=npw.DemoSource.model, source=npw.DemoSource.source
)
tokens"""


@pytest.fixture
def top(notebook: OpenNotebook) -> Notebook:
    book = notebook(TOP)
    book.run(0)
    expect(features(book).first).to_be_visible()
    return book


@pytest.fixture
def by_token(notebook: OpenNotebook) -> Notebook:
    book = notebook(BY_TOKEN)
    book.run(0)
    expect(root(book).locator(".npw-found[role]").first).to_be_visible()
    return book


def root(book: Notebook) -> Locator:
    return book.output(0).locator(".npw-root").first


def features(book: Notebook) -> Locator:
    return root(book).locator(".npw-line-head")


def words(book: Notebook) -> Locator:
    return root(book).locator(".npw-word")


def readout(book: Notebook) -> Locator:
    return root(book).locator(".npw-foot .npw-readout").first


def order(book: Notebook) -> list[str]:
    found: list[str] = features(book).evaluate_all("nodes => nodes.map(node => node.dataset.arg)")
    return found


def in_order_of_python(book: Notebook) -> None:
    """Wait until the rows on the screen are those of Python, in its order."""
    refs = book.say("print(*[match.ref for match in top.matches], sep='|')").split("|")
    book.page.wait_for_function(
        """refs => {
            const rows = [...document.querySelectorAll('.npw-matrix .npw-line-head')];
            return `${rows.map(row => row.dataset.arg)}` === `${refs}`;
        }""",
        arg=refs,
    )


def test_picked_tokens_sort_the_list_on_the_screen_and_in_python_alike(top: Notebook) -> None:
    before = order(top)
    words(top).nth(8).click()
    words(top).nth(12).click()
    top.wait_for("top.positions == [8, 12] and not top.busy")
    expect(root(top).locator(".npw-order")).to_contain_text("by the sum at")
    in_order_of_python(top)
    assert order(top) != before
    root(top).locator(".npw-matrix-head").nth(12).click()
    top.wait_for("top.positions == [8] and not top.busy")
    root(top).get_by_text("clear", exact=True).click()
    top.wait_for("top.positions == [] and not top.busy")
    in_order_of_python(top)
    assert order(top) == before


def test_keys_read_the_values_and_never_reach_the_notebook(top: Notebook) -> None:
    cells = top.page.locator(".jp-Notebook .jp-Cell")
    before = cells.count()
    features(top).first.focus()
    top.page.keyboard.press("ArrowRight")
    top.page.keyboard.press("ArrowRight")
    expect(readout(top)).to_contain_text("position 1")
    top.page.keyboard.press("ArrowDown")
    second = order(top)[1]
    expect(readout(top)).to_contain_text(second)
    for key in ("a", "b", "d", "d"):
        top.page.keyboard.press(key)
    assert cells.count() == before
    top.page.keyboard.press("Enter")
    top.wait_for(f"top.selected == {second!r}")


def test_a_chosen_feature_opens_below_and_is_closed_again(top: Notebook) -> None:
    root(top).locator(".npw-matrix-field").click(position={"x": 60, "y": 10})
    top.wait_for("top.selected == str(top.matches[0].ref) and top.dashboard.feature is not None")
    expect(root(top).locator(".npw-beside .npw-row").first).to_be_visible()
    root(top).get_by_label("close the dashboard").click()
    top.wait_for("top.selected is None")
    expect(root(top).locator(".npw-beside .npw-row")).to_have_count(0)


def test_a_changed_text_is_asked_about_and_an_empty_one_is_refused_in_its_place(top: Notebook) -> None:
    field = root(top).get_by_label("the text, Enter asks")
    field.fill("Tom has a red ball.")
    field.press("Enter")
    top.wait_for("top.matches is not None and top.matches.text == 'Tom has a red ball.' and not top.busy")
    expect(words(top).nth(1)).to_have_text("Tom")
    field.fill(" ")
    field.press("Enter")
    expect(root(top).get_by_role("alert").first).to_contain_text("empty")
    expect(features(top).first).not_to_be_visible()
    field.fill(TEXT)
    field.press("Enter")
    expect(features(top).first).to_be_visible()


def test_the_threshold_hides_while_the_slider_moves(top: Notebook) -> None:
    slider = root(top).locator("input[type=range]").first
    slider.focus()
    for _ in range(16):
        top.page.keyboard.press("ArrowLeft")
    expect(root(top).locator(".npw-notes").first).to_contain_text("hidden")
    top.wait_for("top.density_threshold is not None and top.density_threshold < 0.1")
    shown = int(top.say("print(len(top.matches))"))
    expect(features(top)).to_have_count(shown)


def test_the_picture_has_the_colours_of_the_notebook_s_theme(top: Notebook) -> None:
    ink = """() => {
        const canvas = document.querySelector('.npw-matrix-plane');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const at = data.findIndex((value, n) => n % 4 === 3 && value > 250);
        return at < 0 ? '' : data.slice(at - 3, at).join();
    }"""
    by_day = top.page.evaluate(ink)
    assert by_day
    try:
        top.theme("Dark")
        top.page.wait_for_function(f"before => {{ const now = ({ink})(); return now && now !== before; }}", arg=by_day)
    finally:
        top.theme("Light")
    top.page.wait_for_function(f"before => ({ink})() === before", arg=by_day)


def test_running_the_cell_again_leaves_one_view_that_works(top: Notebook) -> None:
    top.run(0)
    expect(book_roots(top)).to_have_count(1)
    expect(features(top).first).to_be_visible()
    words(top).nth(8).click()
    top.wait_for("top.positions == [8] and not top.busy")


def book_roots(book: Notebook) -> Locator:
    return book.output(0).locator(".npw-root")


def test_a_token_lists_its_features_and_a_feature_shows_where_else_it_fires(by_token: Notebook) -> None:
    words(by_token).nth(7).hover()
    expect(root(by_token).locator(".npw-found-heading")).to_contain_text("sad")
    words(by_token).nth(7).click()
    by_token.wait_for("tokens.position == 8")
    row = root(by_token).locator(".npw-found[role]").first
    row.hover()
    expect(root(by_token).locator(".npw-spread")).to_contain_text("token")
    assert root(by_token).locator(".npw-word.npw-pos").count() > 0
    row.click()
    by_token.wait_for("tokens.selected is not None and tokens.dashboard.feature is not None")
    expect(root(by_token).locator(".npw-spread")).to_contain_text("fires at")
    expect(root(by_token).locator(".npw-beside .npw-row").first).to_be_visible()
    root(by_token).locator("[data-arg=frequency]").click()
    by_token.wait_for("tokens.sort == 'frequency'")


def test_a_saved_notebook_keeps_a_static_form_of_what_fires(notebook: OpenNotebook, lab: tuple[str, Path]) -> None:
    book = notebook(TOP, BY_TOKEN)
    book.run_all()
    for number in (0, 1):
        expect(book.output(number).locator(".npw-word").first).to_be_visible()
    book.save()
    name = "test_a_saved_notebook_keeps_a_static_form_of_what_fires.ipynb"
    saved: Any = json.loads((lab[1] / name).read_text("utf-8"))
    for cell, said in zip(saved["cells"], ["that fire on the text", "that fire at each token"], strict=True):
        html = "".join(cell["outputs"][0]["data"]["text/html"])
        assert said in html
        assert "<script" not in html
