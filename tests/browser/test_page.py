"""The stand-alone page: the live front end with no kernel and no network, and hostile data in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from np_widgets import ActivationHeatmap, ActivationHistogram, Feature, FeatureDashboard, LogitBars
from np_widgets.models import Provenance
from tests.rows import activation_row, bench_row, feature_row
from tests.widgets.fakes import SlowSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

HOSTILE = [
    "<img src=x onerror=document.title='run'>",
    "</script><script>document.title='run'</script>",
    "&amp;",
    "<bos>",
    "<b>",
    "\u2028",
    "\u202eabc",
    "שלום",
    "",
    "\n",
    "\t",
    "\u200b",
    "Ã",
    "©",
    "${7*7}",
    "\\n",
]
SEEN = ["<img src=x", "</script><script>", "&amp;", "<bos>", "<b>", "‹U+2028›", "‹U+202E›abc", "שלום", "∅", "↵", "⇥",
        "‹U+200B›", "é", "${7*7}", "\\n"]  # fmt: skip


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


def dashboard(**changes: Any) -> FeatureDashboard:
    return FeatureDashboard(Feature.from_json(feature_row(**changes)), source=SlowSource())


def test_every_awkward_token_is_seen_and_none_is_obeyed(show: Callable[[Any], Page]) -> None:
    row = activation_row(tokens=HOSTILE, values=[1.0] * len(HOSTILE), maxValueTokenIndex=0, maxValue=1.0)
    page = show(
        dashboard(
            activations=[row],
            pos_str=HOSTILE[:3],
            explanations=[{"description": HOSTILE[0], "explanationModelName": HOSTILE[1]}],
            comments=[{"text": HOSTILE[0], "user": {"name": HOSTILE[1]}}],
        )
    )
    text = page.locator(".npw-root").inner_text()
    for seen in SEEN:
        assert seen in text, seen
    assert page.title() != "run"
    assert page.locator("img").count() == 0


def test_all_tokens_stand_in_the_page_and_few_elements_with_them(show: Callable[[Any], Page]) -> None:
    row = bench_row()
    page = show(FeatureDashboard(Feature.from_json(row), source=SlowSource(), window="full"))
    text = page.locator(".npw-root").evaluate("node => node.textContent")
    for example in row["activations"]:
        assert "".join(example["tokens"]).strip() in text
    assert page.evaluate("() => document.querySelectorAll('*').length") <= 2500


def test_windows_keys_and_hover_work_without_a_kernel(show: Callable[[Any], Page]) -> None:
    page = show(dashboard())
    page.locator(".npw-row .npw-peak").first.hover()
    expect(page.locator(".npw-readout").first).to_contain_text("8.5")
    for window in ("full", "stacked", "snippet"):
        page.locator(f"[data-arg={window}]").first.click()
        expect(page.locator(f"[data-arg={window}]").first).to_have_attribute("aria-pressed", "true")
    page.locator("[aria-label*='arrows move']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    expect(page.locator(".npw-readout").first).to_contain_text("position 11")


def test_without_a_kernel_there_is_nothing_to_press_that_needs_one(show: Callable[[Any], Page]) -> None:
    page = show(dashboard())
    expect(page.get_by_label("a text to try")).not_to_be_visible()
    expect(page.get_by_label("next feature")).to_have_count(0)
    expect(page.get_by_text("reload")).to_have_count(0)


def test_what_the_site_does_silently_is_counted_and_undone_by_a_click(show: Callable[[Any], Page]) -> None:
    same = {"tokens": [" a", " b"], "values": [1.0, 0.0], "maxValueTokenIndex": 0}
    silent = activation_row(2, values=[0.0] * 12, maxValue=0)
    page = show(dashboard(activations=[activation_row(0, peak=3, **same), activation_row(1, peak=2, **same), silent]))
    expect(page.locator(".npw-row")).to_have_count(1)
    page.locator("[data-act=hidden][data-arg=duplicate]").click()
    expect(page.locator(".npw-row")).to_have_count(2)
    page.locator("[data-act=hidden][data-arg=not-positive]").click()
    expect(page.locator(".npw-row")).to_have_count(3)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"maxActApprox": 0, "activations": []}, "never fired"),
        ({"explanations": []}, "no explanation"),
        ({"pos_str": [], "pos_values": [], "neg_str": [], "neg_values": []}, "no logit weights"),
        ({"frac_nonzero": -1}, "density unknown"),
        ({"pos_values": [-10000, 1, 2]}, "no value"),
    ],
)
def test_what_is_missing_says_so(show: Callable[[Any], Page], changes: dict[str, Any], said: str) -> None:
    expect(show(dashboard(**changes)).locator(".npw-root")).to_contain_text(said)


def test_unknown_values_are_hatched_and_all_zero_is_plain(show: Callable[[Any], Page]) -> None:
    page = show(ActivationHeatmap([" a", " b", " c"], [float("nan"), 1.0, -1.0]))
    backgrounds = page.locator(".npw-row span").evaluate_all("all => all.map(n => getComputedStyle(n).backgroundImage)")
    assert any("repeating-linear-gradient" in background for background in backgrounds)
    page = show(ActivationHeatmap([" a", " b"], [0.0, 0.0]))
    expect(page.locator(".npw-root")).to_contain_text("every value is zero")


@pytest.mark.parametrize("width", [360, 1600])
def test_nothing_sticks_out_at_any_width(show: Callable[[Any], Page], width: int) -> None:
    page = show(dashboard(activations=[activation_row(tokens=["x" * 400] * 12)]))
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.locator(".npw-root").first).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def test_it_can_be_printed(show: Callable[[Any], Page]) -> None:
    page = show(FeatureDashboard(Feature.from_json(bench_row(20, 64)), source=SlowSource(), window="full"))
    page.emulate_media(media="print")
    assert len(page.pdf(print_background=True)) > 10_000


@pytest.mark.parametrize("make", [LogitBars, ActivationHistogram, ActivationHeatmap, FeatureDashboard])
def test_a_view_says_in_one_line_where_its_data_came_from_and_unfolds_the_rest(
    show: Callable[[Any], Page], make: Callable[[Feature], Any]
) -> None:
    fetched = Provenance(origin="neuronpedia.org", url="https://www.neuronpedia.org/api/feature/m/s/1", cached=True)
    page = show(make(replace(Feature.from_json(feature_row(pos_values=[1.0])), provenance=fetched)))
    line = page.get_by_text("fetched from neuronpedia.org (from the cache) · 1 warning", exact=True)
    address = page.get_by_text(f"asked {fetched.url}", exact=True)
    expect(line).to_have_count(1)
    expect(address).not_to_be_visible()
    line.click()
    expect(address).to_be_visible()
    expect(page.get_by_text("promoted: lists of 3 and 1 entries")).to_be_visible()
    line.press("Enter")
    expect(address).not_to_be_visible()


SHADOW = """async ([code, style, state]) => {
    const host = document.body.appendChild(document.createElement('div'));
    const shadow = host.attachShadow({ mode: 'open' });
    shadow.appendChild(document.createElement('style')).textContent = style;
    const el = shadow.appendChild(document.createElement('div'));
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    const { default: widget } = await import(url);
    const heard = new Map();
    const model = {
        get: name => state[name],
        set: (name, value) => { state[name] = value; for (const f of heard.get(`change:${name}`) ?? []) f(); },
        on: (event, f) => heard.set(event, [...(heard.get(event) ?? []), f]),
        off: (event, f) => heard.set(event, (heard.get(event) ?? []).filter(g => g !== f)),
        save_changes() {},
    };
    window.end = widget.render({ model, el });
    window.heard = () => [...heard.values()].flat().length;
}"""


def in_shadow(page: Page, widget: FeatureDashboard) -> None:
    """Draw a live widget as marimo hosts it."""
    page.goto("about:blank")
    page.evaluate(SHADOW, [widget._esm, widget._css, widget.page_part().state | {"_live": True}])


def test_it_lives_in_a_shadow_root_without_a_signal_and_ends_with_its_clean_up(page: Page) -> None:
    in_shadow(page, dashboard())
    peak = page.locator(".npw-row .npw-peak").first
    expect(peak).to_be_visible()
    peak.hover()
    expect(page.locator(".npw-readout").first).to_contain_text("8.5")
    assert page.evaluate("() => { window.end(); return window.heard(); }") == 0
    expect(page.locator(".npw-root")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 1100])
@pytest.mark.parametrize("index", ["7", "6500", "1234567"])
def test_an_index_of_any_length_is_read_whole(page: Page, width: int, index: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    in_shadow(page, dashboard(index=index))
    field = page.get_by_label("feature index")
    expect(field).to_have_value(index)
    assert field.evaluate("node => node.scrollWidth <= node.clientWidth")
