"""A sweep: one prompt over a range of strengths; and a conversation, which goes two ways."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from np_widgets import Feature, InvalidRequest
from np_widgets.wording import promoted_share, promoted_words, repeated_share
from tests.rows import feature_row
from tests.widgets.steering_fakes import CITIES, KINGS, Cut, SteeringSource
from tests.widgets.test_steering import LIMITED, panel, press, steered


def ladder(widget: Any) -> Any:
    return widget._ladder


def talking(source: SteeringSource | None = None) -> Any:
    return panel(source or SteeringSource(instruct=True), strengths=40)


def test_a_sweep_runs_the_range_from_below_and_keeps_each_step() -> None:
    source = SteeringSource()
    widget = panel(source, {CITIES: 40, KINGS: -10})
    widget.sweep([80, 0, 20])
    widget.wait()
    asked = [[one.strength for one in request.features] for request in source.requests]
    assert asked == [[0, -10], [20, -10], [80, -10]]
    assert [run.sweep for run in widget.history] == [1, 1, 1]
    assert [rung["number"] for rung in ladder(widget)["rungs"]] == [1, 2, 3]
    assert not widget.running
    assert widget.strengths[CITIES] == 40
    frame = widget.to_dataframe("sweep")
    assert frame["strength"].tolist() == [0, 20, 80]
    assert frame["index"].tolist() == [650] * 3
    assert widget.to_dataframe("runs")["sweep"].tolist() == [1, 1, 1]


def test_at_its_end_the_texts_of_the_strength_that_the_slider_stands_at_are_shown() -> None:
    widget = panel(strengths=20)
    widget.sweep([0, 20, 80])
    widget.wait()
    assert widget.shown == 2
    assert "at <b>20</b>" in widget._static_html()
    widget.sweep([0, 40])
    widget.wait()
    assert widget.shown is None
    widget.sweep([0, 20])
    widget.wait()
    widget.run()
    assert widget.shown is None


def test_without_strengths_it_goes_about_the_strength_that_is_suggested() -> None:
    source = SteeringSource()
    widget = panel(source)
    widget.sweep()
    widget.wait()
    assert [run.result.request.features[0].strength for run in widget.history] == [0, 4.25, 8.5, 10.62, 12.75, 17, 34]


def test_without_strengths_it_goes_over_factors_where_a_strength_is_one() -> None:
    widget = panel()
    widget.settings = {"method": "orthogonal"}
    assert widget._features[0]["usual"] == [0, 1, 2, 3, 4, 6]
    widget.sweep()
    widget.wait()
    assert widget.to_dataframe("sweep")["strength"].tolist() == [0, 1, 2, 3, 4, 6]


def test_it_says_where_the_concept_appears_and_where_the_text_falls_apart() -> None:
    source = SteeringSource()
    plain = ["there", "was", "a", "king", "who", "lived", "in", "his", "castle", "by", "the", "sea", "and", "had"]
    source.script |= {
        0: plain,
        20: [*plain[:-3], "in", "Paris", "Berlin"],
        40: ["Paris", "city", *plain[:6]],
        80: ["city", "Paris"] * 6,
    }
    widget = panel(source)
    widget.sweep([0, 20, 40, 80])
    widget.wait()
    assert (ladder(widget)["appears"], ladder(widget)["falls"]) == (20, 80)
    shares = [rung["promoted_share"] for rung in ladder(widget)["rungs"]]
    assert shares == pytest.approx([0, 2 / 14, 2 / 8, 1])


def test_of_factors_it_looks_outward_from_the_one_that_changes_nothing() -> None:
    source = SteeringSource()
    told = ["there", "was", "a", "king", "in", "a", "city", "by", "the", "sea"]
    source.script |= {0: ["city", "Paris"], 1: told, 3: ["Paris", "city", *told[:4]]}
    widget = panel(source)
    widget.settings = {"method": "orthogonal"}
    widget.sweep([0, 1, 3])
    widget.wait()
    assert ladder(widget)["appears"] == 0
    source.script[0] = told
    widget.sweep([0, 1, 3])
    widget.wait()
    assert ladder(widget)["appears"] == 3


def test_static_html_has_the_ladder_and_two_runs_that_were_laid_side_by_side() -> None:
    source = SteeringSource()
    source.script |= {0: ["a", "king"], 20: ["a", "king", "in", "Paris", "city"]}
    widget = panel(source)
    widget.sweep([0, 20])
    widget.wait()
    html = widget._static_html()
    assert "default" in html
    assert "Sweep" in html
    assert "the concept appears" in html
    assert "40%" in html
    widget.compared = [1, 2]
    html = widget._static_html()
    assert "Run 1: names of cities 0<" in html
    assert "Run 2: names of cities +20" in html
    assert "3 of the 5 steered words differ" in html
    assert "default" not in html


def test_its_progress_is_seen_and_a_stop_leaves_the_steps_that_were_made() -> None:
    source = SteeringSource()
    gate, begun = Event(), Event()
    source.script[20] = ["grey", gate, "late"]
    widget = panel(source)

    def watch(change: Any) -> None:
        if change["new"].steered.text == " grey":
            begun.set()

    widget.observe(watch, "result")
    widget.sweep([0, 20, 40])
    assert begun.wait(20)
    assert [rung["number"] for rung in ladder(widget)["rungs"]] == [1, None]
    assert widget.busy == "sweep"
    widget.stop()
    gate.set()
    assert [run.result.is_complete for run in widget.history] == [True, False]
    assert len(widget.to_dataframe("sweep")) == 1
    assert not widget.running


@pytest.mark.parametrize("trouble", [[LIMITED], ["a", Cut("The connection broke off.")]])
def test_a_sweep_that_breaks_goes_on_where_it_broke(trouble: list[Any]) -> None:
    source = SteeringSource()
    source.script[20] = trouble
    widget = panel(source)
    widget.sweep([0, 20, 40])
    widget.wait()
    assert widget.error is not None
    assert (widget.error["where"], widget.error["retry"], widget.running) == ("sweep", True, False)
    del source.script[20]
    press(widget, "retry")
    widget.wait()
    assert widget.error is None
    assert widget.to_dataframe("sweep")["strength"].tolist() == [0, 20, 40]
    assert [request.features[0].strength for request in source.requests] == [0, 20, 20, 40]


def test_a_run_overtakes_a_sweep() -> None:
    source = SteeringSource()
    gate = Event()
    source.script[20] = [gate]
    widget = panel(source, strengths=60)
    widget.sweep([20, 40])
    widget.run()
    widget.wait()
    gate.set()
    assert steered(widget) == " a city 60"
    assert len(source.requests) == 2


@pytest.mark.parametrize(
    ("strengths", "feature", "word"),
    [
        ([40], None, "at least two"),
        ([0, 3000], None, "3000"),
        ([0, "much"], None, "'much'"),
        ([0, None], None, "None"),
        ([0, 40], KINGS, "not in the panel"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused(strengths: list[Any], feature: Any, word: str) -> None:
    source = SteeringSource()
    widget = panel(source)
    with pytest.raises(InvalidRequest, match=word):
        widget.sweep(strengths, feature=feature)
    press(widget, "sweep", strengths=strengths, ref=feature or CITIES)
    assert widget.error is not None
    assert word in widget.error["message"]
    assert source.requests == []
    with pytest.raises(InvalidRequest, match="no runs"):
        widget.to_dataframe("sweep")


def test_a_muted_feature_takes_part_in_its_own_sweep() -> None:
    source = SteeringSource()
    widget = panel(source, {CITIES: 40, KINGS: -10})
    widget.muted = [CITIES]
    widget.sweep([0, 60], feature=CITIES)
    widget.wait()
    assert [list(request.strengths.values()) for request in source.requests] == [[0, -10], [60, -10]]
    assert widget.muted == [CITIES]


def test_words_are_counted_as_words() -> None:
    feature = Feature.from_json(feature_row(pos_str=[" Paris", "ĠBerlin", "-", None, " paris", "\u2581rome"]))
    assert promoted_words(feature) == ("paris", "berlin", "rome")
    assert promoted_words(None) == ()
    assert promoted_share("Paris, paris. In Rome!", ["paris"]) == 0.5
    assert repeated_share("a b a b") == 0.5
    assert promoted_share("...", ["paris"]) is None
    assert repeated_share("") is None


# A conversation --------------------------------------------------------------------------------------------------


def test_an_instruct_model_holds_a_conversation_and_another_one_does_if_it_shall() -> None:
    assert talking()._is_chat
    widget = panel()
    assert not widget._is_chat
    widget.chat = True
    assert widget._is_chat
    assert not panel(SteeringSource(instruct=True), chat=False)._is_chat
    with pytest.raises(InvalidRequest, match="chat=True"):
        panel().say("hello")


def test_three_turns_keep_two_histories_that_diverge() -> None:
    source = SteeringSource(instruct=True)
    widget = talking(source)
    for number, text in enumerate(["Who are you?", "Where?", "Why?"]):
        source.script[40] = [f"steered{number}"]
        widget.say(text)
        widget.wait()
    last = source.requests[-1]
    said = [[message.content for message in side] for side in (last.default_messages, last.steered_messages)]
    assert said == [
        ["Who are you?", " a castle", "Where?", " a castle", "Why?"],
        ["Who are you?", " steered0", "Where?", " steered1", "Why?"],
    ]
    assert widget._runs[-1]["turns"] == [
        ["user", "Who are you?"],
        ["assistant", " a castle", " steered0"],
        ["user", "Where?"],
        ["assistant", " a castle", " steered1"],
        ["user", "Why?"],
    ]
    assert widget.to_dataframe()["prompt"].tolist() == ["Who are you?", "Where?", "Why?"]


def test_a_slider_asks_the_last_turn_again() -> None:
    source = SteeringSource(instruct=True)
    widget = talking(source)
    widget.say("Who are you?")
    widget.wait()
    widget.say("Where?")
    widget.wait()
    widget.strengths = 60
    widget.run()
    widget.wait()
    assert [len(request.steered_messages) for request in source.requests] == [1, 3, 3]
    assert steered(widget) == " a city 60"


def test_a_turn_that_broke_off_is_asked_again_by_the_next_message() -> None:
    source = SteeringSource(instruct=True)
    widget = talking(source)
    source.script[40] = ["a", Cut("The connection broke off.")]
    widget.say("Who are you?")
    widget.wait()
    del source.script[40]
    widget.say("Who are you, then?")
    widget.wait()
    assert [message.content for message in source.requests[-1].steered_messages] == ["Who are you, then?"]


def test_a_conversation_begins_anew_and_its_runs_stay() -> None:
    source = SteeringSource(instruct=True)
    widget = talking(source)
    for text in ("Who are you?", "Where?"):
        press(widget, "say", text=text)
        widget.wait()
    press(widget, "reset")
    assert (widget.result, len(widget.history)) == (None, 2)
    press(widget, "say", text="Hello")
    widget.wait()
    assert len(source.requests[-1].steered_messages) == 1
