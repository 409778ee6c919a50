"""Steering runs as static HTML."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from np_widgets import DemoSource, demo
from np_widgets.html import answer_html, ladder_html, two_runs_html
from np_widgets.models import (
    ChatMessage,
    FeatureRef,
    SteeredLogits,
    SteeringFeature,
    SteerRequest,
    SteerResult,
    SteerText,
)
from tests.html.reading import ATTRIBUTES, HOSTILE, SEEN, TAGS, read

SEA = FeatureRef(DemoSource.model, demo.VECTOR_SOURCE_ID, 0)
ONE = (SteeringFeature(ref=FeatureRef("m", "s", 1), strength=-2.5, explanation="cats"),)
REQUEST = SteerRequest.make(ONE, "Once")
MARK = "text-decoration:underline"


def result(default: str | None, steered: str | None, **changes: Any) -> SteerResult:
    texts = {"default": default, "steered": steered}
    said: dict[str, Any] = {side: None if text is None else SteerText(text=text) for side, text in texts.items()}
    return msgspec.structs.replace(SteerResult(request=REQUEST, is_complete=True), **said, **changes)


def hostile() -> list[SteerResult | SteeredLogits]:
    every = " ".join(HOSTILE)
    named = (SteeringFeature(ref=FeatureRef("m", "s", 1), strength=1, explanation=every),)
    told = (ChatMessage(role=HOSTILE[3], content=every),)
    asked = SteerRequest(model=HOSTILE[0], features=named, prompt=every)
    chat = SteerRequest(model=HOSTILE[0], features=named, default_messages=told, steered_messages=told)
    texts: dict[str, Any] = {"default": SteerText(text=every), "steered": SteerText(text=every + HOSTILE[1])}
    return [
        SteerResult(request=asked, **texts, interrupted=every, share_url=f"https://x/{HOSTILE[3]}"),
        SteerResult(request=chat, **texts, warnings=(every,)),
        SteeredLogits(model=HOSTILE[0], prompt=every, **texts),
    ]


@pytest.mark.parametrize("answer", hostile(), ids=["prompt", "chat", "single tokens"])
def test_hostile_text_is_shown_and_not_obeyed_by_tags_that_the_sanitiser_keeps(answer: Any) -> None:
    reader = read(answer_html(answer))
    assert reader.tags <= TAGS
    assert reader.attributes <= ATTRIBUTES
    assert "var(" not in reader.styles
    assert all(text in reader.text for text in SEEN)
    assert answer._repr_html_() == answer_html(answer)


def test_hostile_text_is_shown_and_not_obeyed_in_a_ladder_and_beside_another_run() -> None:
    every = " ".join(HOSTILE)
    rung = {"strength": 1, "text": every, "promoted_share": 0.5, "repeated_share": None}
    ladder = {"label": every, "rungs": [rung], "appears": 1, "falls": None}
    runs = {1: hostile()[0], 2: hostile()[1]}
    for html in (ladder_html(ladder), two_runs_html(runs)):  # type: ignore[arg-type]  # both are runs
        reader = read(html)
        assert reader.tags <= TAGS
        assert reader.attributes <= ATTRIBUTES
        assert all(text in reader.text for text in SEEN)


def test_default_and_steered_stand_side_by_side_with_what_differs_marked() -> None:
    html = answer_html(result("She saw the fox.", "She saw a fox.", share_url="https://n.org/steer/x1"))
    text = read(html).text
    assert "m steered by m/s/1 at -2.5 (cats)" in text
    assert "Goes on with: Once" in text
    assert "defaultsteeredShe saw the fox.She saw a fox." in text
    assert html.count(MARK) == 2
    assert f'{MARK};background-color:rgba(52,211,153,0.25)">a</span>' in html
    assert "1 of the 4 steered words differ; they are marked." in text
    assert "temperature 0.5 · at most 64 tokens · seed 16 · strengths × 1 · additive" in text
    assert '<a href="https://n.org/steer/x1">open this run</a>' in html


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (result(None, "A", is_complete=False), "(nothing yet)A"),
        (result("", "A"), "(nothing)A"),
        (result("A", "B", is_complete=False), "Not yet complete."),
        (result(None, "A", is_complete=False, interrupted="It broke off."), "Interrupted: It broke off."),
        (result("A\nB", "A\nB"), "A\nB"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(shown: SteerResult, said: str) -> None:
    assert said in read(answer_html(shown)).text


def test_what_only_one_side_has_reached_is_not_marked_while_they_grow() -> None:
    assert MARK not in answer_html(result("The cat sat", "The", is_complete=False))
    assert MARK in answer_html(result("The cat sat", "The"))


@pytest.mark.parametrize("default", [None, ""])
def test_beside_nothing_nothing_is_marked(default: str | None) -> None:
    html = answer_html(result(default, "A fox", interrupted="It broke off."))
    assert MARK not in html
    assert "differ" not in html


def test_a_chat_shows_both_conversations_turn_beside_turn() -> None:
    source = DemoSource()
    asked = SteerRequest.make({SEA: 8}, messages="Where are you going?", special_tokens=False)
    (first,) = source.steer(asked, stream=False)
    (second,) = source.steer(first.reply("Who is that?"), stream=False)
    assert first.default
    assert first.steered
    assert second.steered
    text = read(answer_html(second)).text
    assert text.count("user: Where are you going?") == text.count("user: Who is that?") == 2
    for said in (first.default, first.steered):
        assert f"assistant: {said.text}" in text
    assert f"assistant: {second.steered.text}" in text
    assert "the template's tokens unsteered" in text
    assert "A small demo model on generated text" in text
    assert "Goes on with" not in text
