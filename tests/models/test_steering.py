"""A steering request is refused here when the service would refuse it, and reads what people have at hand."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from np_widgets.errors import InvalidRequest
from np_widgets.models import (
    ChatMessage,
    FeatureRef,
    SteeringFeature,
    SteerRequest,
    SteerResult,
    SteerSettings,
    SteerText,
)

CATS, DOGS = "gpt2-small/6-res-jb/650", "gpt2-small/6-res-jb/651"
VECTOR = "gpt2-small/6-neuronpedia-resid-pre/7"


def make(*given: Any, **more: Any) -> SteerRequest:
    return SteerRequest.make(*(given or ({CATS: 40}, "Once")), **more)


@pytest.mark.parametrize(
    ("features", "strengths", "expected"),
    [
        (CATS, 40, {CATS: 40}),
        (("gpt2-small", "6-res-jb", 650), 40, {CATS: 40}),
        (FeatureRef.parse(CATS), [40], {CATS: 40}),
        ({"model": "gpt2-small", "source": "6-res-jb", "index": 650}, 40, {CATS: 40}),
        ([CATS, DOGS], 40, {CATS: 40, DOGS: 40}),
        ((CATS, DOGS), np.array([40, -10]), {CATS: 40, DOGS: -10}),
        ({CATS: 40, DOGS: -0.5}, None, {CATS: 40, DOGS: -0.5}),
        ({FeatureRef.parse(CATS): np.float32(0.5)}, None, {CATS: 0.5}),
        (SteeringFeature(ref=FeatureRef.parse(CATS), strength=3), None, {CATS: 3}),
        ([SteeringFeature(ref=FeatureRef.parse(CATS), strength=3)], [4], {CATS: 4}),
        ((CATS, DOGS) * 1, 0, {CATS: 0, DOGS: 0}),
        ({VECTOR: 1}, None, {VECTOR: 1}),
    ],
)
def test_features_come_in_many_forms(features: Any, strengths: Any, expected: dict[str, float]) -> None:
    request = make(features, "Once", strengths=strengths)
    assert {str(ref): strength for ref, strength in request.strengths.items()} == expected
    assert all(type(strength) is float for strength in request.strengths.values())
    assert request.model == "gpt2-small"


def test_what_is_said_of_a_feature_stays_with_it() -> None:
    feature = SteeringFeature(ref=FeatureRef.parse(CATS), strength=3, explanation="cats")
    assert make([feature], "Once", strengths=4).features[0].explanation == "cats"


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ("Hello", [("user", "Hello")]),
        ([{"role": "system", "content": "Be brief."}, "Hello"], [("system", "Be brief."), ("user", "Hello")]),
        (ChatMessage(role="developer", content="x"), [("developer", "x")]),
        ({"role": "user", "content": "x"}, [("user", "x")]),
    ],
)
def test_messages_come_in_many_forms(messages: Any, expected: list[tuple[str, str]]) -> None:
    request = make({CATS: 40}, messages=messages)
    assert request.is_chat
    assert [(message.role, message.content) for message in request.steered_messages] == expected
    assert request.default_messages == request.steered_messages


def test_settings_have_the_sites_defaults_and_take_numbers_of_numpy() -> None:
    settings = make(seed=np.int64(3), temperature=np.float32(0.5), multiplier=2).settings
    assert settings == SteerSettings(seed=3, temperature=0.5, multiplier=2)
    assert (type(settings.seed), type(settings.temperature), type(settings.multiplier)) == (int, float, float)
    assert make(settings=settings, seed=4).settings == settings.changed(seed=4)
    default = SteerSettings()
    assert (default.temperature, default.seed, default.multiplier, default.special_tokens) == (0.5, 16, 1, True)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("temperature", [-0.1, 2.1, float("nan"), "0.5", None, True]),
        ("n_tokens", [0, 257, 12.0, True, "12"]),
        ("seed", [100_000_001, -100_000_001, 0.5, None]),
        ("multiplier", [-1, 11, float("inf")]),
        ("frequency_penalty", [-2.1, 2.1]),
        ("method", ["NOPE", "SIMPLE_ADDITIVE", None, ["additive"]]),
        ("special_tokens", [None, 1]),
        ("assistant_axis", ["yes"]),
    ],
)
def test_settings_out_of_range_are_refused_by_name(name: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(InvalidRequest) as caught:
            make(**{name: value})
        assert name in str(caught.value) or repr(value) in str(caught.value)


@pytest.mark.parametrize(
    ("given", "more", "words"),
    [
        (([], "x"), {}, "no feature"),
        (({}, "x"), {}, "no feature"),
        (([], "x"), {"model": "gpt2-small"}, "no feature"),
        (([],), {"messages": "x"}, "no feature"),
        ((CATS, "x"), {}, f"The feature {CATS} has no strength"),
        (({CATS: 1}, "x"), {"strengths": 2}, "given twice"),
        (([CATS, DOGS], "x"), {"strengths": [1]}, "2 features and 1 strengths"),
        (({CATS: 301}, "x"), {}, "from -300 to 300"),
        (({CATS: -300.1}, "x"), {}, "from -300 to 300"),
        (({CATS: float("nan")}, "x"), {}, "nan"),
        (({CATS: "40"}, "x"), {}, "'40'"),
        (({CATS: True}, "x"), {}, "True"),
        (([CATS, CATS], "x"), {"strengths": 1}, "named twice"),
        (([CATS, VECTOR], "x"), {"strengths": 1}, "is an uploaded vector and"),
        (([CATS, "gemma-2-2b/6-s/1"], "x"), {"strengths": 1}, "2 models: gemma-2-2b, gpt2-small"),
        (({CATS: 1}, ""), {}, "is empty"),
        (({CATS: 1}, 7), {}, "of type int"),
        (({CATS: 1}, "x" * 2049), {}, "2,049 characters; at most 2,048"),
        (({CATS: 1}, "😀" * 1025), {}, "2,050 characters"),
        (({CATS: 1}, "x"), {"messages": "y"}, "both a prompt and messages"),
        (({CATS: 1},), {}, "nothing to go on with"),
        (({CATS: 1},), {"messages": []}, "nothing to go on with"),
        (({CATS: 1},), {"messages": [""]}, "empty or no text"),
        (({CATS: 1},), {"messages": [7]}, "7 is not a message"),
        (({CATS: 1},), {"messages": [{"role": "user"}]}, "is not a message"),
        (({CATS: 1},), {"messages": [{"role": "robot", "content": "x"}]}, "'robot' is no role"),
        (({CATS: 1},), {"messages": ["x" * 2000, "y" * 49]}, "2,049 characters"),
        (({CATS: 1},), {"messages": "x", "default_messages": ["y" * 2049]}, "The default conversation"),
        (({CATS: 1},), {"messages": "x", "n_tokens": 769}, "at most 768 tokens in a chat"),
        (({CATS: 1}, "x"), {"temprature": 1}, "Is it temperature"),
        (({CATS: 1}, "x"), {"volume": 11}, "There are temperature, n_tokens"),
        (({CATS: 1}, "x"), {"model": "a/b"}, "'a/b' is not the id of a model"),
        (("cats", "x"), {"strengths": 1}, "'cats' does not name a feature"),
    ],
)
def test_what_the_service_would_refuse_is_refused_here(
    given: tuple[Any, ...], more: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        make(*given, **more)
    assert words in str(caught.value)
    assert caught.value.remedy or "must" in str(caught.value) or "at most" in str(caught.value)


def test_the_longest_is_taken() -> None:
    assert make({CATS: -300}, "x" * 2048, n_tokens=256, temperature=2, multiplier=10)
    assert make({CATS: 300}, messages=["x" * 2048], n_tokens=768)


def test_some_models_and_the_axis_take_longer_chats() -> None:
    large = {"llama3.3-70b-it/50-s/1": 1}
    assert make(large, messages="x" * 8192, n_tokens=1024)
    assert make(large, messages="x" * 24_576, n_tokens=768, assistant_axis=True)
    assert make({CATS: 1}, messages="x" * 24_576, n_tokens=768, assistant_axis=True)
    with pytest.raises(InvalidRequest, match="at most 8,192"):
        make(large, messages="x" * 8193)
    with pytest.raises(InvalidRequest, match="at most 768"):
        make(large, messages="x", n_tokens=1024, assistant_axis=True)
    with pytest.raises(InvalidRequest, match="at most 256"):
        make(large, "x", n_tokens=257)


def test_a_tuned_model_is_steered_by_the_features_of_its_origin() -> None:
    request = make({"gemma-2-2b/20-gemmascope-res-16k/12082": 1}, messages="Hi", model="gemma-2-2b-it")
    assert request.model == "gemma-2-2b-it"


def test_a_request_that_was_put_together_by_hand_is_checked_too() -> None:
    with pytest.raises(InvalidRequest, match="no feature"):
        SteerRequest(model="gpt2-small", features=(), prompt="x").check()


def chat(**changes: Any) -> SteerResult:
    said: dict[str, Any] = {
        side: SteerText(text=side, messages=(*make({CATS: 1}, messages="Hi").steered_messages, turn(side)))
        for side in ("default", "steered")
    }
    return msgspec.structs.replace(
        SteerResult(request=make({CATS: 1}, messages="Hi"), is_complete=True, **said), **changes
    )


def turn(text: str) -> ChatMessage:
    return ChatMessage(role="assistant", content=text)


def test_a_reply_goes_on_with_both_conversations() -> None:
    request = chat().reply("And then?", seed=7)
    told = [[message.content for message in side] for side in (request.default_messages, request.steered_messages)]
    assert told == [["Hi", "default", "And then?"], ["Hi", "steered", "And then?"]]
    assert request.settings.seed == 7
    assert request.features == chat().request.features


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (chat(is_complete=False, interrupted="cut"), "has not come to its end"),
        (chat(steered=None, is_complete=False), "has not come to its end"),
        (SteerResult(request=make(), is_complete=True), "is no chat"),
    ],
)
def test_only_a_chat_that_is_complete_is_replied_to(result: SteerResult, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        result.reply("And then?")


def test_a_reply_that_makes_the_conversation_too_long_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="at most 2,048"):
        chat().reply("x" * 2040)


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        (SteerResult(request=make()), "<gpt2-small steered by 1 (so far): no text yet>"),
        (chat(), "<gpt2-small steered by 1 (complete): default 'default', steered 'steered'>"),
        (chat(is_complete=False, interrupted="cut."), "(interrupted: cut.)"),
    ],
)
def test_a_result_shows_how_far_it_came(result: SteerResult, shown: str) -> None:
    assert shown in repr(result)
