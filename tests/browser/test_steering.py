"""The steering panel in a real JupyterLab: drag, let go, stop, talk; on the demo model, and over HTTP, which fails."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from np_widgets import DemoSource, SteeringPanel, demo
from tests.server import faults
from tests.server.fixtures import server
from tests.server.steering import Gate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.lab import Notebook
    from tests.server import LoopbackServer

    OpenNotebook = Callable[..., Notebook]

__all__ = ["server"]

SEA = f"{DemoSource.model}/{demo.VECTOR_SOURCE_ID}/0"
LATENT = f"{DemoSource.model}/{DemoSource.source}/7"
ON_DEMO = f"""import np_widgets as npw
panel = npw.SteeringPanel({{"{SEA}": 3}}, "Yesterday we", settings={{"n_tokens": 20, "seed": 3}})
panel"""


def over_http(server: LoopbackServer, **options: Any) -> str:
    return f"""import np_widgets as npw
source = npw.NeuronpediaSource(base_url="{server.url}", cache=False)
panel = npw.SteeringPanel("{LATENT}", "Yesterday we", source=source, settings={{"n_tokens": 20}}, **{options!r})
panel"""


@pytest.fixture
def opened(notebook: OpenNotebook) -> Notebook:
    return shown(notebook(ON_DEMO))


def shown(book: Notebook) -> Notebook:
    book.run(0)
    expect(root(book).locator("[data-ref]").first).to_be_visible()
    return book


def root(book: Notebook) -> Locator:
    return book.output(0).locator(".npw-root")


def steered(book: Notebook) -> Locator:
    return root(book).locator(".npw-steer-block").last.locator(".npw-steer-text").last


def status(book: Notebook) -> Locator:
    return root(book).locator(".npw-steer-status")


def press(book: Notebook, name: str) -> None:
    root(book).get_by_role("button", name=name, exact=True).click()


def drag(book: Notebook, *places: float) -> None:
    """Take the slider by its thumb and move it over places of its width, 0 to 1; it is not let go."""
    slider = root(book).get_by_role("slider").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    thumb = (float(slider.input_value()) + 1) / 2
    for number, place in enumerate([thumb, *places]):
        book.page.mouse.move(box["x"] + 8 + (box["width"] - 16) * place, box["y"] + box["height"] / 2, steps=4)
        if not number:
            book.page.mouse.down()


def let_go(book: Notebook) -> None:
    book.page.mouse.up()


def test_a_slider_that_moves_changes_what_it_reads_and_runs_when_it_is_let_go(opened: Notebook) -> None:
    read = root(opened).locator(".npw-steer-read")
    before = read.inner_text()
    drag(opened, 0.9, 0.7)
    expect(read).not_to_have_text(before)
    assert opened.say("print(panel.strengths, len(panel.history), panel.running)") == f"{{'{SEA}': 3.0}} 0 False"
    let_go(opened)
    opened.wait_for("len(panel.history) == 1 and not panel.running")
    expect(status(opened)).to_contain_text("words differ")
    strength = opened.say("print(panel.result.request.features[0].strength)")
    expect(root(opened).get_by_label("as a number")).to_have_value(f"+{float(strength):g}")
    assert opened.say("print(panel.result.steered.text)") in " ".join(steered(opened).inner_text().split())


def test_a_run_is_stopped_in_the_middle_and_its_text_stays(notebook: OpenNotebook, server: LoopbackServer) -> None:
    book = shown(notebook(over_http(server)))
    gate = server.world.steering.gate = Gate(after=6)
    press(book, "Steer")
    expect(steered(book)).to_have_class(re.compile("writing"))
    expect(steered(book)).to_contain_text(re.compile(r"Yesterday we\W+\w"))
    press(book, "Stop")
    expect(status(book)).to_contain_text("Incomplete. It was stopped.")
    assert gate.left.wait(20)
    book.wait_for("not panel.running and panel.history[0].result.interrupted")
    expect(steered(book)).to_contain_text(re.compile(r"Yesterday we\W+\w"))


def test_of_two_quick_releases_only_the_last_shows(notebook: OpenNotebook, server: LoopbackServer) -> None:
    book = shown(notebook(over_http(server)))
    gate = server.world.steering.gate = Gate(after=2)
    drag(book, 0.9)
    let_go(book)
    assert gate.reached.wait(20)
    server.world.steering.gate = None
    drag(book, 0.3)
    let_go(book)
    book.wait_for("len(panel.history) == 1 and not panel.running")
    assert gate.left.wait(20)
    gate.opened.set()
    assert float(book.say("print(panel.result.request.features[0].strength)")) < 0
    expect(root(book).locator(".npw-steer-heads")).to_contain_text("\u2212")
    assert len([one for one in server.requests if one.path == "/api/steer"]) == 2


def test_the_kernel_runs_another_cell_while_a_text_streams(notebook: OpenNotebook, server: LoopbackServer) -> None:
    book = shown(notebook(over_http(server), "print(6 * 7, panel.running)"))
    gate = server.world.steering.gate = Gate(after=3)
    press(book, "Steer")
    assert gate.reached.wait(20)
    book.run(1)
    expect(book.output(1)).to_contain_text("42 True")
    gate.opened.set()
    book.wait_for("not panel.running and panel.result.is_complete")


def test_a_limit_that_is_used_up_stands_in_its_place_until_it_is_tried_again(
    notebook: OpenNotebook, server: LoopbackServer
) -> None:
    book = shown(notebook(over_http(server)))
    server.fail(faults.RateLimited("/api/steer", 240))
    press(book, "Steer")
    expect(root(book).get_by_role("alert")).to_contain_text("240")
    expect(root(book).locator(".npw-steer-left")).to_have_text("0 of 240 requests left this hour")
    press(book, "try again")
    book.wait_for("len(panel.history) == 1 and not panel.running")
    expect(root(book).get_by_role("alert")).to_have_count(0)
    expect(root(book).locator(".npw-steer-left")).to_contain_text("238")
    expect(root(book).get_by_role("link", name="share")).to_have_attribute("href", re.compile("/steer/run"))


def test_a_stream_that_is_cut_keeps_its_text_and_says_so(notebook: OpenNotebook, server: LoopbackServer) -> None:
    book = shown(notebook(over_http(server)))
    server.fail(faults.Events(most=6, ends=False))
    press(book, "Steer")
    expect(status(book)).to_contain_text("Incomplete.")
    expect(steered(book)).to_contain_text(re.compile(r"Yesterday we\W+\w"))
    press(book, "try again")
    expect(status(book)).to_contain_text("words differ")


def test_two_conversations_over_three_turns(notebook: OpenNotebook, server: LoopbackServer) -> None:
    book = shown(notebook(over_http(server, chat=True, strengths=12)))
    field = root(book).get_by_label("your message")
    for number, text in enumerate(["Yesterday we", "And then?", "Why was that?"], 1):
        field.fill(text)
        field.press("Enter")
        book.wait_for(f"len(panel.history) == {number} and not panel.running")
    asked = [one.json for one in server.requests if one.path == "/api/steer-chat"]
    assert [len(one["steeredChatMessages"]) for one in asked] == [1, 3, 5]
    assert asked[-1]["steeredChatMessages"][1] != asked[-1]["defaultChatMessages"][1]
    expect(root(book).locator(".npw-steer-block")).to_have_count(3)
    expect(root(book).locator(".npw-steer-message")).to_have_text(["Yesterday we", "And then?", "Why was that?"])


def test_the_keyboard_moves_a_slider_and_the_notebook_does_not_notice(opened: Notebook) -> None:
    cells = opened.page.locator(".jp-Notebook .jp-Cell")
    before = cells.count()
    slider = root(opened).get_by_role("slider").first
    slider.focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowRight", "a", "b"):
        opened.page.keyboard.press(key)
    opened.wait_for("len(panel.history) == 1 and not panel.running")
    assert float(opened.say("print(panel.result.request.features[0].strength)")) > 3
    opened.page.keyboard.press("Home")
    opened.page.keyboard.press("Enter")
    opened.wait_for(f"len(panel.history) == 2 and panel.strengths['{SEA}'] == -300")
    assert cells.count() == before
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^−300, .* its peak"))


def test_a_feature_is_found_by_words_added_and_taken_away_again(opened: Notebook) -> None:
    field = root(opened).get_by_label("add a feature's name, or what it is about")
    field.fill("texts about space")
    field.press("Enter")
    root(opened).locator(".npw-steer-hit").first.click()
    opened.wait_for("len(panel.features) == 2 and all(panel.strengths.values())")
    expect(root(opened).get_by_role("slider")).to_have_count(2)
    field.fill("131")
    field.press("Enter")
    opened.wait_for("panel.features[-1].endswith('/131')")
    root(opened).get_by_role("button", name=re.compile("^remove")).last.click()
    opened.wait_for("len(panel.features) == 2")
    root(opened).get_by_label(re.compile("^steer by")).first.uncheck()
    opened.wait_for(f"panel.muted == ['{SEA}']")


def test_a_preset_is_taken(opened: Notebook) -> None:
    root(opened).get_by_text("presets").click()
    root(opened).locator(".npw-steer-presets .npw-steer-hit").nth(1).click()
    opened.wait_for("panel.presets and panel.features == [str(one.ref) for one in panel.presets[1].features]")


def test_a_slider_of_ipywidgets_moves_a_strength(notebook: OpenNotebook) -> None:
    link = """import ipywidgets
mine = ipywidgets.FloatSlider(3, min=-300, max=300)
ipywidgets.jslink((mine, "value"), (panel.sliders[0], "value"))
mine"""
    book = notebook(ON_DEMO, link)
    book.run_all()
    number = book.output(1).locator(".widget-readout")
    number.fill("4.5")
    number.press("Enter")
    book.wait_for(f"panel.strengths['{SEA}'] == 4.5")
    expect(root(book).get_by_label("as a number")).to_have_value("+4.5")
    book.say("panel.strengths = 7")
    book.wait_for("panel.sliders[0].value == 7")


def test_a_sweep_shows_its_steps_and_each_can_be_looked_at(opened: Notebook) -> None:
    press(opened, "Sweep…")
    field = root(opened).get_by_label("strengths", exact=True)
    field.fill("0, 3, 7")
    press(opened, "run 3 requests")
    opened.wait_for("len(panel.to_dataframe('sweep')) == 3 and not panel.running")
    expect(root(opened).locator(".npw-steer-rung")).to_have_count(3)
    expect(root(opened).locator(".npw-steer-promoted").first).to_be_visible()
    press(opened, "+3")
    opened.wait_for("panel.shown == 2")
    expect(root(opened).locator(".npw-foot")).to_contain_text("run 2")


def test_two_views_of_one_panel_show_the_same_run_and_strength(notebook: OpenNotebook) -> None:
    book = notebook(ON_DEMO, "panel")
    book.run_all()
    one, other = (book.output(number).locator(".npw-root") for number in (0, 1))
    number = other.get_by_label("as a number")
    number.fill("6")
    number.press("Enter")
    book.wait_for("len(panel.history) == 1 and not panel.running")
    for view in (one, other):
        expect(view.get_by_role("slider")).to_have_attribute("aria-valuetext", re.compile(r"^\+6, "))
        expect(view.locator(".npw-steer-status")).to_contain_text("words differ")
        expect(view.locator(".npw-steer-heads")).to_contain_text("+6")
    assert one.locator(".npw-steer-text").last.inner_text() == other.locator(".npw-steer-text").last.inner_text()


def test_while_dragging_on_a_slow_source_only_the_last_place_is_kept(
    notebook: OpenNotebook, server: LoopbackServer
) -> None:
    book = shown(notebook(over_http(server, run_while_dragging=True)))
    gate = server.world.steering.gate = Gate(after=2)
    drag(book, 0.8)
    assert gate.reached.wait(20)
    server.world.steering.gate = None
    drag(book, 0.6)
    let_go(book)
    book.wait_for("panel.history and not panel.running")
    gate.opened.set()
    strength = book.say("print(panel.strengths[panel.features[0]])")
    assert book.say("print(panel.history[-1].result.request.features[0].strength)") == strength
    expect(root(book).locator(".npw-steer-heads")).to_contain_text(f"{float(strength):+g}")
    assert book.say("print(all(run.result.is_complete for run in panel.history))") == "True"  # one overtaken is none


def test_two_runs_are_laid_side_by_side(opened: Notebook) -> None:
    opened.say("for strength in (3, 7):\n    panel.strengths = strength\n    panel.run()\n    panel.wait()")
    root(opened).get_by_text("history (2)").click()
    for number in (1, 2):
        root(opened).get_by_label(f"lay run {number} beside another").check()
    expect(root(opened).locator(".npw-steer-heads")).to_contain_text("Run 1")
    opened.wait_for("panel.compared == [1, 2]")


def test_running_the_cell_again_leaves_one_panel_that_works_by_day_and_by_night(opened: Notebook) -> None:
    opened.run(0)
    expect(root(opened)).to_have_count(1)
    try:
        opened.theme("Dark")
        expect(root(opened)).to_have_attribute("data-theme", "dark")
    finally:
        opened.theme("Light")
    press(opened, "Steer")
    opened.wait_for("len(panel.history) == 1 and not panel.running")


def test_a_saved_notebook_keeps_both_texts_without_script(notebook: OpenNotebook, lab: tuple[str, Path]) -> None:
    book = notebook(ON_DEMO.removesuffix("panel") + "panel.run()\npanel.wait()\npanel")
    shown(book)
    book.save()
    path = lab[1] / "test_a_saved_notebook_keeps_both_texts_without_script.ipynb"
    data = json.loads(path.read_text("utf-8"))["cells"][0]["outputs"][0]["data"]
    html = "".join(data["text/html"])
    assert "Yesterday we" in html
    assert "words differ" in html
    assert "<script" not in html


def test_a_page_of_its_own_shows_runs_and_sweep_without_a_kernel(page: Page, tmp_path: Path) -> None:
    panel = SteeringPanel({SEA: 3}, "Yesterday we", source=DemoSource(), settings={"n_tokens": 20, "seed": 3})
    panel.run()
    panel.wait()
    panel.sweep([0, 3, 7])
    panel.wait()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    panel.to_html(tmp_path / "page.html")
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.get_by_role("button", name="Steer")).to_have_count(0)
    expect(page.get_by_role("slider")).to_be_disabled()
    expect(page.locator(".npw-steer-rung")).to_have_count(3)
    page.get_by_text("history (4)").click()
    page.locator(".npw-steer-past-line").last.click()
    expect(page.locator(".npw-foot")).to_contain_text("run 1")
    assert complaints == []
