"""Minimal pairs and the comparison in a real JupyterLab: type, press, choose, run again, by day and by night."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from np_widgets import DemoSource, FeatureComparison, FeatureDashboard

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.lab import Notebook

    OpenNotebook = Callable[..., Notebook]

NAMES = ("7", "203", "422")
REFS = [f"{DemoSource.model}/{DemoSource.source}/{name}" for name in NAMES]
TEXT = "The astronaut looked at the moon and the alien was lonely."
VARIANT = "The astronaut looked at the board and the alien was lonely."
COMPARISON = f"""import np_widgets as npw
comparison = npw.FeatureComparison({REFS!r}, text={TEXT!r})
comparison"""
SAVE_STATE = "@jupyter-widgets/jupyterlab-manager:saveWidgetState"
DASHBOARD = f"""import np_widgets as npw
dashboard = npw.FeatureDashboard({REFS[0]!r}, text={TEXT!r})
dashboard"""


@pytest.fixture
def compared(notebook: OpenNotebook) -> Notebook:
    book = notebook(COMPARISON)
    book.run(0)
    expect(root(book).locator(".npw-cmp-guess")).to_have_count(3)
    return book


def root(book: Notebook) -> Locator:
    return book.output(0).locator(".npw-root").first


def lines(place: Locator) -> Locator:
    """The names of the lines, beside the first columns."""
    return place.locator(".npw-laid-column:first-child .npw-laid-name")


def readout(place: Locator) -> Locator:
    return place.locator(".npw-foot > .npw-readout").last


def add_variant(place: Locator, text: str) -> None:
    field = place.get_by_label("a variant of the text")
    if not field.is_visible():
        place.get_by_role("button", name="compare with a variant").click()
    field.fill(text)
    field.press("Enter")


def test_a_variant_of_a_tried_text_stands_below_it(notebook: OpenNotebook) -> None:
    book = notebook(DASHBOARD)
    book.run(0)
    place = root(book)
    expect(place.locator(".npw-answer")).to_be_visible()
    place.get_by_role("button", name="compare with a variant").click()
    expect(place.get_by_label("a variant of the text")).to_have_value(TEXT)
    add_variant(place, VARIANT)
    expect(lines(place)).to_have_count(2)
    expect(place.locator(".npw-laid-changed > .npw-t, .npw-laid-changed > span")).to_have_text([" board"])
    place.locator(".npw-laid-changed").hover()
    expect(readout(place)).to_contain_text("variant 1 · position 5")
    expect(readout(place)).to_contain_text("replaced · your text “ moon”")
    book.wait_for("dashboard.marker is not None and len(dashboard.answers) == 2")
    assert "replaced" in book.say("print(dashboard.to_dataframe('variants')['change'].tolist())")
    place.get_by_role("button", name="take variant 1 away").click()
    expect(place.locator(".npw-laid")).to_be_hidden()
    book.wait_for("dashboard.texts == [] and len(dashboard.answers) == 1")


def test_keys_move_over_tokens_and_variants_and_never_reach_the_notebook(compared: Notebook) -> None:
    cells = compared.page.locator(".jp-Notebook .jp-Cell")
    before = cells.count()
    grid = root(compared).locator(".npw-laid")
    grid.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        compared.page.keyboard.press(key)
    expect(readout(root(compared))).to_contain_text("203 · position 1")
    for key in ("a", "b", "d", "d"):
        grid.press(key)
    grid.press("Escape")
    expect(root(compared).locator(".npw-laid-lit")).to_have_count(0)
    assert cells.count() == before


def test_a_text_runs_through_all_features(compared: Notebook) -> None:
    place = root(compared)
    expect(lines(place)).to_have_count(3)
    field = place.get_by_label("a text for all features")
    field.fill("The moon and the stars")
    field.press("Enter")
    expect(place.locator(".npw-laid-columns")).to_contain_text("stars")
    compared.wait_for("comparison.text == 'The moon and the stars' and len(comparison.answers) == 3")
    add_variant(place, "The moon and the school")
    expect(lines(place)).to_have_count(6)
    compared.wait_for("comparison.to_dataframe('wide')['variant'].max() == 1")
    place.get_by_role("button", name="take variant 1 away").click()
    expect(lines(place)).to_have_count(3)


def test_a_text_that_cannot_be_run_says_so_for_each_feature_and_the_features_stay(compared: Notebook) -> None:
    field = root(compared).get_by_label("a text for all features")
    field.fill("moon " * 400)
    field.press("Enter")
    expect(root(compared).get_by_role("alert")).to_have_count(3)
    expect(root(compared).locator(".npw-cmp-guess")).to_have_count(3)
    field.fill(TEXT)
    field.press("Enter")
    expect(root(compared).get_by_role("alert")).to_have_count(0)
    expect(lines(root(compared))).to_have_count(3)


def test_choosing_a_feature_opens_its_dashboard_and_closing_it_leaves_the_rest(compared: Notebook) -> None:
    place = root(compared)
    place.get_by_role("button", name="203", exact=True).click()
    inner = place.locator(".npw-child .npw-root")
    expect(inner.locator(".npw-row").first).to_be_visible()
    expect(place.get_by_label("close the dashboard")).to_be_in_viewport()
    compared.wait_for(f"comparison.selected == {REFS[1]!r} and comparison.dashboard.feature.index == 203")
    place.get_by_role("button", name="422", exact=True).click()
    compared.wait_for("comparison.dashboard.feature.index == 422")
    place.get_by_label("close the dashboard").click()
    expect(inner).to_have_count(0)
    compared.wait_for("comparison.selected is None")


def test_features_come_and_go(compared: Notebook) -> None:
    place = root(compared)
    field = place.get_by_label("add a feature")
    field.fill("nonsense")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("291")
    field.press("Enter")
    expect(place.locator(".npw-cmp-guess")).to_have_count(4)
    expect(lines(place)).to_have_count(4)
    field.fill("99999")
    field.press("Enter")
    expect(place.locator(".npw-cmp-feature [role=alert]")).to_contain_text("has no feature")
    expect(place.locator(".npw-cmp-guess")).to_have_count(4)
    place.get_by_label(f"take {REFS[0].rsplit('/', 1)[0]}/99999 away").click()
    expect(place.locator(".npw-cmp-feature")).to_have_count(4)
    compared.wait_for("[ref.rsplit('/', 1)[1] for ref in comparison.refs] == ['7', '203', '422', '291']")


def test_scale_and_overlap_are_read_by_pointer_and_keys(compared: Notebook) -> None:
    place = root(compared)
    place.get_by_role("button", name="shared scale").click()
    compared.wait_for("comparison.scale == 'shared'")
    pairs = place.locator(".npw-cmp-pair")
    pairs.nth(1).hover()
    expect(place.locator(".npw-cmp-shared")).to_contain_text(re.compile(r"7 and 422 share \d+ of \d+ promoted tokens"))
    pairs.first.focus()
    compared.page.keyboard.press("ArrowRight")
    expect(pairs.nth(1)).to_be_focused()
    expect(place.locator(".npw-cmp-shared")).to_contain_text("7 and 422 share")


def test_it_can_be_run_again_and_shown_twice_by_day_and_by_night(compared: Notebook) -> None:
    compared.run(0)
    expect(root(compared).locator(".npw-cmp-guess")).to_have_count(3)
    compared.theme("Dark")
    expect(root(compared)).to_have_attribute("data-theme", "dark")
    compared.theme("Light")
    expect(root(compared)).to_have_attribute("data-theme", "light")


def test_saved_state_is_drawn_without_its_kernel(notebook: OpenNotebook) -> None:
    book = notebook(COMPARISON.replace(f"text={TEXT!r}", f"text={TEXT!r}, texts=[{VARIANT!r}]"))
    book.run(0)
    expect(lines(root(book))).to_have_count(6)
    book.command(SAVE_STATE)
    book.save()
    book.command(SAVE_STATE)
    book.shut_down()
    book.page.reload()
    expect(root(book).locator(".npw-cmp-guess")).to_have_count(3)
    expect(lines(root(book))).to_have_count(6)
    root(book).get_by_role("button", name="shared scale").click()
    expect(root(book).get_by_role("button", name="shared scale")).to_have_attribute("aria-pressed", "true")
    root(book).locator(".npw-laid-changed").first.hover()
    expect(readout(root(book))).to_contain_text("replaced")


@pytest.mark.parametrize("width", [360, 700, 1600])
def test_a_page_of_its_own_needs_no_kernel_and_fits(page: Page, tmp_path: Path, width: int) -> None:
    widget = FeatureComparison(REFS, text=TEXT, texts=[VARIANT], selected=REFS[1], source="demo")
    widget.wait()
    widget.to_html(tmp_path / "page.html")
    complaints: list[Any] = []
    page.on("pageerror", lambda error: complaints.extend([error]))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.locator(".npw-cmp-guess")).to_have_count(3)
    expect(lines(page.locator(".npw-root").first)).to_have_count(6)
    expect(page.locator(".npw-child .npw-row").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []


def test_a_tried_text_and_its_variant_are_in_the_page(page: Page, tmp_path: Path) -> None:
    FeatureDashboard(REFS[0], text=TEXT, texts=[VARIANT], source="demo").to_html(tmp_path / "page.html")
    page.goto((tmp_path / "page.html").as_uri())
    expect(lines(page.locator(".npw-root"))).to_have_text([re.compile(r"^text\d"), re.compile(r"^v1\d")])
    expect(page.get_by_role("button", name="compare with a variant")).to_be_hidden()
