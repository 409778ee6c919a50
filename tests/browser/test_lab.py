"""The widgets in a real JupyterLab: run, point, press, type, go on, run again, by day and by night."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from tests.browser.lab import Notebook

    OpenNotebook = Callable[..., Notebook]

EXAMPLES = Path(__file__).parent.parent.parent / "example_notebooks"
DASHBOARD = """import np_widgets as npw
dashboard = npw.FeatureDashboard(f"{npw.DemoSource.model}/{npw.DemoSource.source}/7")
dashboard"""


@pytest.fixture
def opened(notebook: OpenNotebook) -> Notebook:
    book = notebook(DASHBOARD)
    book.run(0)
    expect(root(book).locator(".npw-row").first).to_be_visible()
    return book


def root(book: Notebook) -> Locator:
    return book.output(0).locator(".npw-root")


def examples(book: Notebook) -> Locator:
    return root(book).locator("[aria-label*='arrows move']")


def readout(book: Notebook) -> Locator:
    return root(book).locator(".npw-readout").first


def test_a_token_under_the_pointer_is_read_out_and_known_in_python(opened: Notebook) -> None:
    root(opened).locator(".npw-row .npw-peak").first.hover()
    expect(readout(opened)).to_contain_text("position")
    opened.wait_for("dashboard.hovered is not None and dashboard.marker")
    expect(root(opened).locator(".npw-needle").first).to_be_visible()


def test_keys_move_over_tokens_and_never_reach_the_notebook(opened: Notebook) -> None:
    cells = opened.page.locator(".jp-Notebook .jp-Cell")
    before = cells.count()
    examples(opened).focus()
    opened.page.keyboard.press("ArrowRight")
    first = readout(opened).inner_text()
    opened.page.keyboard.press("ArrowRight")
    expect(readout(opened)).not_to_have_text(first)
    opened.page.keyboard.press("ArrowDown")
    expect(readout(opened)).to_contain_text("example 2")
    opened.page.keyboard.press("Enter")
    opened.wait_for("dashboard.selected and dashboard.selected[0] == 1")
    examples(opened).focus()
    opened.page.keyboard.press("Escape")
    opened.wait_for("dashboard.selected is None")
    for key in ("a", "b", "d", "d"):
        examples(opened).press(key)
    assert cells.count() == before


def test_a_typed_text_is_answered_in_the_colours_of_the_examples(opened: Notebook) -> None:
    text = opened.say("print(max(dashboard.feature.activations, key=lambda a: a.peak).text.split(chr(10))[0])")
    field = root(opened).get_by_label("a text to try")
    field.fill(text)
    field.press("Enter")
    expect(root(opened).locator(".npw-answer")).to_be_visible()
    opened.wait_for("dashboard.answer is not None and not dashboard.busy")
    expect(root(opened).locator(".npw-answer")).to_contain_text(text.split()[0])


def test_the_next_feature_comes_by_button_index_and_neighbour(opened: Notebook) -> None:
    root(opened).get_by_label("next feature").click()
    opened.wait_for("dashboard.feature and dashboard.feature.index == 8 and not dashboard.busy")
    root(opened).get_by_label("feature index").fill("3")
    root(opened).get_by_label("feature index").press("Enter")
    opened.wait_for("dashboard.feature and dashboard.feature.index == 3 and not dashboard.busy")
    expect(root(opened).get_by_label("feature index")).to_have_value("3")
    opened.say("dashboard.ref = dashboard.ref.rsplit('/', 1)[0] + '/7'")
    expect(root(opened).get_by_label("feature index")).to_have_value("7")


def test_a_feature_that_does_not_exist_says_so_in_its_place(opened: Notebook) -> None:
    root(opened).get_by_label("feature index").fill("99999")
    root(opened).get_by_label("feature index").press("Enter")
    alert = root(opened).get_by_role("alert")
    expect(alert).to_contain_text("has no feature")
    root(opened).get_by_label("feature index").fill("7")
    root(opened).get_by_label("feature index").press("Enter")
    expect(root(opened).locator(".npw-row").first).to_be_visible()
    expect(alert).to_have_count(0)


def test_the_last_feature_says_so_once_its_next_one_was_not_found(opened: Notebook) -> None:
    opened.say("from np_widgets import demo")
    opened.say("dashboard.ref = f'{npw.DemoSource.model}/{npw.DemoSource.source}/{demo.load().n_features - 1}'")
    opened.wait_for("dashboard.feature and dashboard.feature.index > 7 and not dashboard.busy")
    field, on = root(opened).get_by_label("feature index"), root(opened).get_by_label("next feature")
    last = opened.say("print(dashboard.feature.index)")
    on.click()
    expect(root(opened).get_by_role("alert")).to_contain_text("has no feature")
    root(opened).get_by_label("previous feature").click()
    expect(field).to_have_value(last)
    expect(on).to_have_attribute("aria-disabled", "true")
    expect(on).to_have_attribute("title", f"Nothing was found at {int(last) + 1}: this may be the last feature.")


def test_views_are_linked_by_bin_and_by_promoted_token(opened: Notebook) -> None:
    bins = root(opened).get_by_role("listbox", name="activation histogram").get_by_role("option")
    bins.last.click()
    opened.wait_for("dashboard.value_range is not None")
    expect(root(opened)).to_contain_text(" of ")
    bins.last.click()
    opened.wait_for("dashboard.value_range is None")
    tokens = root(opened).get_by_role("listbox", name="promoted and suppressed tokens").get_by_role("option")
    tokens.first.click()
    opened.wait_for("dashboard.next_token == dashboard.feature.promoted.tokens[0]")


def test_traits_set_in_python_are_seen_at_once(opened: Notebook) -> None:
    opened.say("dashboard.window = 'full'")
    expect(root(opened).locator("[data-arg=full]").first).to_have_attribute("aria-pressed", "true")
    root(opened).locator("[data-arg=stacked]").first.click()
    opened.wait_for("dashboard.window == 'stacked'")


def test_it_follows_the_notebook_s_theme(opened: Notebook) -> None:
    try:
        opened.theme("Dark")
        expect(root(opened)).to_have_attribute("data-theme", "dark")
        opened.theme("Light")
        expect(root(opened)).to_have_attribute("data-theme", "light")
        opened.say("dashboard.theme = 'dark'")
        expect(root(opened)).to_have_attribute("data-theme", "dark")
    finally:
        opened.theme("Light")


def test_running_the_cell_again_leaves_one_view_that_works(opened: Notebook) -> None:
    opened.run(0)
    expect(root(opened)).to_have_count(1)
    expect(root(opened).locator(".npw-row").first).to_be_visible()
    root(opened).get_by_label("next feature").click()
    opened.wait_for("dashboard.feature and dashboard.feature.index == 8 and not dashboard.busy")


def test_two_views_of_one_widget_do_not_know_of_each_other(notebook: OpenNotebook) -> None:
    book = notebook(DASHBOARD, "dashboard")
    book.run_all()
    for number in (0, 1):
        expect(book.output(number).locator(".npw-root .npw-row").first).to_be_visible()
    book.output(0).locator("[data-arg=full]").first.click()
    expect(book.output(1).locator("[data-arg=full]").first).to_have_attribute("aria-pressed", "true")


def test_every_widget_draws_and_says_once_where_its_data_came_from(notebook: OpenNotebook) -> None:
    book = notebook(
        DASHBOARD,
        "npw.ActivationHeatmap(['The', ' cat', '\\n', ' sat'], [0, 2.5, -1, float('nan')])",
        "npw.LogitBars(dashboard.feature)",
        "npw.ActivationHistogram(dashboard.feature)",
    )
    book.run_all()
    for number, origins in enumerate([1, 0, 1, 1]):
        expect(book.output(number).locator(".npw-root")).to_be_visible()
        expect(book.output(number).get_by_text("by the embedded demo model")).to_have_count(origins)


def test_a_saved_notebook_keeps_a_static_form_without_script(notebook: OpenNotebook, lab: tuple[str, Path]) -> None:
    book = notebook(DASHBOARD)
    book.run(0)
    expect(root(book).locator(".npw-row").first).to_be_visible()
    book.save()
    saved: Any = json.loads(
        (lab[1] / "test_a_saved_notebook_keeps_a_static_form_without_script.ipynb").read_text("utf-8")
    )
    data = saved["cells"][0]["outputs"][0]["data"]
    html = "".join(data["text/html"])
    assert "When does it fire?" in html
    assert "<script" not in html
    assert "".join(data["text/plain"]).startswith("<FeatureDashboard of")


def test_the_first_notebook_runs_all_and_its_dashboard_stands_in_its_cell(
    notebook: OpenNotebook,
) -> None:
    """What `make demo` promises."""
    first = EXAMPLES / "01_read_a_feature.ipynb"
    cells = [
        "".join(cell["source"]) for cell in json.loads(first.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"
    ]
    book = notebook(*cells)
    book.run_all()
    where = next(number for number, code in enumerate(cells) if "FeatureDashboard(" in code)
    dashboard = book.output(where).locator(".npw-root")
    expect(dashboard.locator(".npw-row").first).to_be_visible()
    expect(dashboard.locator(".npw-answer")).to_be_visible()
    expect(book.output(len(cells) - 1).locator("img")).to_be_visible()
