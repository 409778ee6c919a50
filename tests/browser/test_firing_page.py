"""What fires on a text, as a stand-alone page: no kernel, no network, hostile tokens, any width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

from np_widgets import TokenFeatures, TopFeatures
from tests.browser.test_page import show
from tests.widgets.firing import MODEL, SAE, SET, FiringSource, tokens_of, values_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Show = Callable[[Any], Page]

__all__ = ["show"]

TEXT = "Anna lost her kite and she was sad"
LONG = " ".join(f"word{n % 67}" for n in range(199))
CELL = """([line, token]) => {
    const canvas = document.querySelector('.npw-matrix-plane');
    const rows = document.querySelectorAll('.npw-line-head').length;
    const high = canvas.height / rows;
    const { data } = canvas.getContext('2d').getImageData(token, line * high, 1, high);
    let strongest = 0;
    let filled = 0;
    for (let at = 3; at < data.length; at += 4) strongest = Math.max(strongest, data[at]);
    for (let at = 3; at < data.length; at += 4) filled += data[at] === strongest && strongest > 0;
    return [strongest / 255, filled / high];
}"""


def top(text: str = TEXT, **options: Any) -> TopFeatures:
    return TopFeatures(text, model=MODEL, source_set=SET, source=FiringSource(140), **options)


def by_token(text: str = TEXT, **options: Any) -> TokenFeatures:
    return TokenFeatures(text, model=MODEL, source=SAE, origin=FiringSource(140), **options)


def test_the_picture_holds_every_value_by_its_colour_and_its_height(show: Show) -> None:
    widget = top()
    page = show(widget)
    page.wait_for_function("() => document.querySelector('.npw-matrix-plane').height > 300")
    assert widget.matches is not None
    largest = widget.matches.values.max()
    for line in (0, 7, 30):
        values = values_of(widget.matches[line].index, tokens_of(TEXT))
        for token, value in enumerate(values):
            colour, height = page.evaluate(CELL, [line, token])
            wanted = 0.05 + 0.95 * np.log10(1 + 9 * value / largest) if value else 0
            assert colour == pytest.approx(wanted, abs=0.01)
            assert height == pytest.approx(wanted * 0.88, abs=0.06)


def test_a_cell_stands_below_its_token_however_far_it_is_scrolled(show: Show) -> None:
    page = show(top(LONG, limit=100))
    matrix = page.locator(".npw-matrix")
    matrix.evaluate("node => { node.scrollLeft = 1500; node.scrollTop = 900; }")
    head = page.locator(".npw-matrix-head").nth(130).bounding_box()
    field = page.locator(".npw-matrix-field").bounding_box()
    assert head is not None
    assert field is not None
    cell = field["width"] / 200
    assert head["x"] == pytest.approx(field["x"] + 130 * cell, abs=1)
    page.mouse.move(head["x"] + cell / 2, head["y"] + head["height"] + 100)
    expect(page.locator(".npw-readout")).to_contain_text("position 130")
    assert matrix.evaluate("node => node.getBoundingClientRect().top") <= head["y"]


def test_keys_bring_a_cell_into_view(show: Show) -> None:
    page = show(top(LONG, limit=100))
    page.locator(".npw-line-head").first.focus()
    for _ in range(120):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    expect(page.locator(".npw-readout")).to_contain_text("position 119")
    ring = page.locator(".npw-matrix-cell").bounding_box()
    box = page.locator(".npw-matrix").bounding_box()
    assert ring is not None
    assert box is not None
    assert box["x"] < ring["x"] < box["x"] + box["width"]
    assert box["y"] < ring["y"] < box["y"] + box["height"]


@pytest.mark.parametrize("width", [360, 700, 1100, 1600])
@pytest.mark.parametrize("widget", [top, by_token])
def test_only_the_matrix_scrolls_sideways(show: Show, widget: Any, width: int) -> None:
    page = show(widget(LONG))
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_without_a_kernel_tokens_still_sort_and_features_are_still_read(show: Show) -> None:
    page = show(top())
    expect(page.get_by_label("the text, Enter asks")).not_to_be_visible()
    first = page.locator(".npw-line-head").first
    before = first.get_attribute("data-arg")
    page.locator(".npw-word").nth(4).click()
    expect(first).not_to_have_attribute("data-arg", before or "")
    first.click()
    expect(page.locator(".npw-beside")).not_to_be_visible()
    page.locator("[data-act=form][data-arg=texts]").click()
    expect(page.locator(".npw-matrix-texts .npw-line").first).to_contain_text(TEXT)


def test_the_dashboard_of_a_chosen_feature_is_in_the_page(show: Show) -> None:
    widget = by_token(selected=(MODEL, SAE, 8))
    widget.wait()
    page = show(widget)
    expect(page.locator(".npw-beside .npw-row").first).to_be_visible()
    expect(page.locator(".npw-spread")).to_contain_text("8 the meaning of 8 fires at")


@pytest.mark.parametrize("widget", [top, by_token])
def test_hostile_tokens_are_seen_and_none_is_obeyed(show: Show, widget: Any) -> None:
    hostile = "<img/src=x/onerror=document.title='run'> </script><script>document.title='run'</script>"
    page = show(widget(f"{hostile} \u202eabc"))
    text = page.locator(".npw-text-tokens").inner_text()
    assert "<img/src=x" in text
    assert "</script><script>" in text
    assert "‹U+202E›abc" in text
    assert page.title() != "run"
    assert page.locator("img").count() == 0
