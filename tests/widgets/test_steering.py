"""Steering: what is set is asked, the latest wins, and what has come is kept."""

from __future__ import annotations

import json
from threading import Event
from time import perf_counter
from typing import Any

import pytest
from msgspec.structs import replace
from traitlets import TraitError

from np_widgets import InvalidRequest, NotFound, RateLimited, SteeringPanel
from np_widgets.models import Candidate, SteerResult, SteerSettings, SteerText, TokenLogprob
from np_widgets.payload import steer_result_payload
from tests.widgets.steering_fakes import CITIES, KINGS, Cut, SteeringSource

LIMITED = RateLimited("The limit of 240 requests is used up.", remedy="All are free after 60 minutes.", window="60 m")
PROMPT = "Once upon a time"


def panel(source: SteeringSource | None = None, features: Any = CITIES, **options: Any) -> SteeringPanel:
    return SteeringPanel(features, PROMPT, source=source or SteeringSource(), **options)


def press(widget: SteeringPanel, name: str, **more: Any) -> None:
    """What the front end's buttons send."""
    number = (widget._command or {}).get("n", 0) + 1
    widget.set_state({"_command": {"name": name, "n": number, **more}})


def steered(widget: SteeringPanel) -> str:
    assert widget.result is not None
    assert widget.result.steered is not None
    return widget.result.steered.text


def test_nothing_is_asked_before_it_is_wished() -> None:
    source = SteeringSource()
    widget = panel(source, strengths=40)
    assert (source.requests, widget.result, widget.running, widget.history) == ([], None, False, ())
    assert "0 runs" in repr(widget)
    assert "Nothing was run" in widget._static_html()
    with pytest.raises(InvalidRequest, match="Nothing was run"):
        widget.to_dataframe()


def test_a_run_asks_with_all_that_is_set_and_is_kept() -> None:
    source = SteeringSource()
    gate = Event()
    source.script[40] = [gate, "a", "city"]
    widget = panel(source, [CITIES, KINGS], strengths=[40, -10], settings={"seed": 3, "n_tokens": 20})
    start = perf_counter()
    widget.run()
    assert widget.running
    gate.set()
    widget.wait()
    (request,) = source.requests
    assert [(str(one.ref), one.strength) for one in request.features] == [(CITIES, 40), (KINGS, -10)]
    assert (request.prompt, request.settings) == (PROMPT, SteerSettings(seed=3, n_tokens=20))
    assert steered(widget) == " a city"
    assert not widget.running
    (run,) = widget.history
    assert (run.number, run.result, run.sweep) == (1, widget.result, None)
    assert 0 < run.seconds < perf_counter() - start
    assert widget._runs[0]["number"] == 1
    assert widget._run is None
    json.dumps(widget.page_part().packed(), allow_nan=False)


def test_the_button_does_what_run_does() -> None:
    source = SteeringSource()
    widget = panel(source, strengths=40)
    press(widget, "run")
    widget.wait()
    assert steered(widget) == " a city 40"


def test_a_slider_that_is_let_go_runs_with_its_strength_in_one_message() -> None:
    source = SteeringSource()
    widget = panel(source, strengths=40)
    widget.set_state({"strengths": {CITIES: 80}, "_command": {"name": "run", "n": 1}})
    widget.wait()
    assert [request.features[0].strength for request in source.requests] == [80]


def test_the_latest_run_wins_and_the_one_before_is_closed() -> None:
    source = SteeringSource()
    gate = Event()
    source.script[40] = ["first", gate, "late"]
    widget = panel(source, strengths=40)
    seen: list[str] = []
    widget.observe(lambda change: seen.append(change["new"].steered.text), "result")
    widget.run()
    widget.strengths = 80
    widget.run()
    widget.wait()
    gate.set()
    assert steered(widget) == " a city 80"
    assert [run.result.request.features[0].strength for run in widget.history] == [80]
    assert not any("late" in text for text in seen)


def test_a_run_that_waits_is_left_at_once_by_the_next() -> None:
    """Even many of them leave no work behind that would hold the next one up."""
    source = SteeringSource()
    gate = Event()
    widget = panel(source, strengths=0)
    for strength in range(1, 9):
        source.script[strength] = [gate]
        widget.strengths = strength
        widget.run()
    widget.strengths = 100
    widget.run()
    widget.wait()
    assert steered(widget) == " a city 100"
    gate.set()


def test_it_grows_while_it_is_said_and_the_page_sees_it() -> None:
    source = SteeringSource()
    gates = [Event(), Event()]
    source.script[40] = ["a", gates[0], "grey", gates[1], "wolf"]
    widget = panel(source, strengths=40)
    grown = {" a": Event(), " a grey": Event()}
    widget.observe(lambda change: grown[change["new"].steered.text].set(), "result")
    widget.run()
    assert grown[" a"].wait(20)
    live: Any = widget._run
    assert (live["state"], live["number"], live["steered"]["text"]) == ("running", None, " a")
    gates[0].set()
    assert grown[" a grey"].wait(20)
    widget.unobserve_all("result")
    gates[1].set()
    widget.wait()
    assert steered(widget) == " a grey wolf"


def test_stop_keeps_what_has_come_and_says_that_it_is_not_all() -> None:
    source = SteeringSource()
    gate, begun = Event(), Event()
    source.script[40] = ["a", gate, "wolf"]
    widget = panel(source, strengths=40)
    widget.observe(lambda _change: begun.set(), "result")
    widget.run()
    assert begun.wait(20)
    press(widget, "stop")
    assert (widget.running, steered(widget)) == (False, " a")
    gate.set()
    widget.wait()
    (run,) = widget.history
    assert run.result.interrupted == "It was stopped."
    assert not run.result.is_complete
    assert widget._runs[0]["state"] == "interrupted"


def test_a_stop_before_the_first_word_leaves_nothing() -> None:
    source = SteeringSource()
    gate = Event()
    source.script[40] = [gate]
    widget = panel(source, strengths=40)
    widget.run()
    widget.stop()
    assert (widget.running, widget._run, widget.history) == (False, None, ())
    gate.set()


@pytest.mark.parametrize("end", [Cut("The connection broke off."), NotFound("The connection broke off.")])
def test_a_cut_stream_keeps_its_text_and_says_why(end: Any) -> None:
    source = SteeringSource()
    source.script[40] = ["a", "grey", end]
    widget = panel(source, strengths=40)
    widget.run()
    widget.wait()
    assert widget.result is not None
    assert (steered(widget), widget.result.is_complete) == (" a grey", False)
    assert "broke off" in (widget.result.interrupted or "")
    assert (widget.error, widget.running) == (None, False)
    assert "broke off" in widget._runs[0]["why"]


@pytest.mark.parametrize("at_its_end", [False, True])
def test_an_observer_that_fails_leaves_the_panel_at_rest(*, at_its_end: bool) -> None:
    widget = panel(strengths=40)

    def fail(change: Any) -> None:
        if change["new"].is_complete is at_its_end:
            raise ValueError("the reader's own")

    widget.observe(fail, "result")
    widget.run()
    with pytest.raises(ValueError, match="own"):
        widget.wait()
    assert (widget.running, widget.busy, widget._run) == (False, "", None)
    (run,) = widget.history
    assert run.result.interrupted == (None if at_its_end else "ValueError: the reader's own")
    widget.unobserve(fail, "result")
    widget.run()
    widget.wait()
    assert widget.history[-1].result.is_complete


def test_an_observer_may_run_the_next_and_no_run_is_lost() -> None:
    widget = panel(strengths=1)

    def go_on(change: Any) -> None:
        if change["new"].is_complete and widget.strengths[CITIES] < 3:
            widget.strengths = widget.strengths[CITIES] + 1
            widget.run()

    widget.observe(go_on, "result")
    widget.run()
    widget.wait()
    assert [run.result.request.features[0].strength for run in widget.history] == [1, 2, 3]
    assert not widget.running


def test_a_panel_that_was_closed_waits_for_nothing() -> None:
    source = SteeringSource()
    gate = Event()
    source.script[40] = ["a", gate]
    widget = panel(source, strengths=40)
    widget.observe(lambda _change: widget.close(), "result")
    widget.run()
    widget.wait(20)
    gate.set()
    assert (widget.running, widget.history) == (False, ())


def test_to_wait_too_short_says_so_and_changes_nothing() -> None:
    source = SteeringSource()
    gate = Event()
    source.script[40] = [gate, "a", "city"]
    widget = panel(source, strengths=40)
    widget.run()
    with pytest.raises(TimeoutError, match="goes on in the background"):
        widget.wait(0)
    gate.set()
    widget.wait()
    assert steered(widget) == " a city"


def test_half_a_character_in_a_conversation_can_be_sent_to_the_page() -> None:
    source = SteeringSource(instruct=True)
    source.script[40] = ["\ud83d"]
    widget = panel(source, strengths=40)
    for said in ("Hello", "And then?"):
        widget.say(said)
        widget.wait()
    assert json.dumps(widget._runs, ensure_ascii=False).encode()


def test_an_error_stands_in_its_place_and_can_be_tried_again() -> None:
    source = SteeringSource()
    source.script[40] = [LIMITED]
    widget = panel(source, strengths=40)
    widget.run()
    widget.wait()
    assert widget.error is not None
    assert (widget.error["where"], widget.error["retry"]) == ("run", True)
    assert "60 minutes" in widget.error["remedy"]
    assert (widget._run, widget.history) == (None, ())
    del source.script[40]
    press(widget, "retry")
    widget.wait()
    assert widget.error is None
    assert steered(widget) == " a city 40"


def test_what_cannot_be_asked_is_said_in_the_panel_and_costs_nothing() -> None:
    source = SteeringSource()
    widget = SteeringPanel(source=source)
    widget.run()
    assert widget.error is not None
    assert "no feature" in widget.error["message"]
    widget.add(CITIES)
    widget.run()
    assert "prompt" in widget.error["message"]
    assert source.requests == []


def test_a_source_that_says_nothing_is_told_so() -> None:
    class Silent(SteeringSource):
        def steer(self, request: Any, *, stream: bool = True) -> Any:  # noqa: ARG002
            return iter(())

    widget = panel(Silent(), strengths=40)
    widget.run()
    widget.wait()
    assert widget.error is not None
    assert "nothing at all" in widget.error["message"]


def test_dragging_runs_where_it_is_wished() -> None:
    source = SteeringSource()
    widget = panel(source, strengths=40, run_while_dragging=True)
    widget.strengths = 50
    widget.wait()
    assert steered(widget) == " a city 50"
    widget.prompt = ""
    widget.strengths = 55  # there is nothing to go on with yet
    assert widget.error is None
    widget.prompt = PROMPT
    widget.run_while_dragging = False
    widget.strengths = 60
    assert len(source.requests) == 1


@pytest.mark.parametrize(
    ("name", "value", "error", "word"),
    [
        ("strengths", {KINGS: 3}, TraitError, "strengths names"),
        ("strengths", [1, 2], TraitError, "2 numbers"),
        ("strengths", 3000, InvalidRequest, "3000"),
        ("features", "nonsense", InvalidRequest, "nonsense"),
        ("settings", {"temprature": 1}, InvalidRequest, "temperature"),
        ("settings", {"seed": 0.5}, InvalidRequest, "seed"),
        ("show_as", "colours", TraitError, "show_as"),
        ("compared", [1, 2, 3], TraitError, "compared"),
    ],
)
def test_traits_refuse_what_is_not_theirs(name: str, value: Any, error: type[Exception], word: str) -> None:
    widget = panel(strengths=40)
    before = getattr(widget, name)
    with pytest.raises(error, match=word):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


def test_a_misspelt_option_is_refused() -> None:
    with pytest.raises(TypeError, match="settings"):
        panel(setings={})


def test_its_page_holds_both_texts_and_the_history() -> None:
    widget = panel(strengths=40)
    for strength in (40, 80):
        widget.strengths = strength
        widget.run()
        widget.wait()
    page = widget.to_html()
    assert "a city 40" in page
    assert "a city 80" in page


def test_the_page_has_the_latest_of_many_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("np_widgets.widgets.steering_runs._SHOWN", 2)
    widget = panel(strengths=40)
    for _ in range(3):
        widget.run()
        widget.wait()
    assert [run["number"] for run in widget._runs] == [2, 3]
    assert [run.number for run in widget.history] == [1, 2, 3]


def test_tokens_travel_where_they_are_the_text_and_what_might_have_stood_there_at_the_end() -> None:
    request = panel(strengths=40).request
    token = TokenLogprob(token=" a", logprob=-0.5, candidates=(Candidate(token=" the", logprob=-0.25),))
    growing = SteerResult(request=request, steered=SteerText(text=" a", tokens=(token,)))
    other = SteerResult(request=request, steered=SteerText(text=" a cat", tokens=(token,)), is_complete=True)
    ended = replace(growing, is_complete=True)
    sides = [steer_result_payload(result, {})["steered"] for result in (growing, ended, other)]
    assert sides == [
        {"text": " a", "tokens": [" a"], "logprobs": [-0.5]},
        {"text": " a", "tokens": [" a"], "logprobs": [-0.5], "others": [[[" the", -0.25]]]},
        {"text": " a cat"},
    ]


def test_frames_have_one_row_per_run_and_one_per_run_and_feature() -> None:
    widget = panel(features={CITIES: 40, KINGS: -10})
    widget.run()
    widget.wait()
    widget.strengths = {CITIES: 80}
    widget.settings = {"seed": 5}
    widget.run()
    widget.wait()
    runs = widget.to_dataframe()
    assert runs["run"].tolist() == [1, 2]
    assert runs["seed"].tolist() == [16, 5]
    assert runs["steered"].tolist() == [" a city 40", " a city 80"]
    assert runs["share_url"].str.startswith("https://").all()
    rows = widget.to_dataframe("features")
    assert rows["explanation"].tolist() == ["names of cities"] * 4
    assert rows["strength"].tolist() == [40, -10, 80, -10]
    assert rows["index"].tolist() == [650, 318, 650, 318]
    with pytest.raises(InvalidRequest, match="no frame 'words'"):
        widget.to_dataframe("words")  # type: ignore[arg-type]
