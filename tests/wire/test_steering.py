"""Steering on the wire: mixed names, two shapes of text, and what saved runs and presets have."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from np_widgets.errors import InvalidRequest, UnexpectedResponse
from np_widgets.models import ChatMessage, FeatureRef, GraphFeature, SteerRequest, SteerResult, TokenLogprob
from np_widgets.wire import (
    read_saved_steering,
    read_steer_result,
    read_steered_logits,
    read_steering_presets,
    source_set_of,
    write_graph_feature,
    write_steer_request,
)

FEATURES = {"gpt2-small/6-res-jb/5": 38.5}
PROMPT = SteerRequest.make(FEATURES, "Once", multiplier=4, n_tokens=12, method="orthogonal")
CHAT = SteerRequest.make(
    FEATURES,
    messages=["Hi", ChatMessage(role="assistant", content="meow"), "More"],
    default_messages=["Hi", ChatMessage(role="assistant", content="Hello"), "More"],
    special_tokens=False,
)


def body_of(reply: object) -> bytes:
    return json.dumps(reply).encode()


def read(reply: object, request: SteerRequest = PROMPT) -> SteerResult:
    return read_steer_result(body_of(reply), request)[0]


def side(text: str = "meow", **changes: Any) -> dict[str, Any]:
    template = [{"content": "Hi", "role": "user"}, {"content": text, "role": "model"}]
    return {"raw": f"<user>: Hi\n<model>: {text}", "chatTemplate": template, "logprobs": None, **changes}


def test_a_completion_is_asked_for_in_the_routes_own_names() -> None:
    assert write_steer_request(PROMPT, stream=True) == {
        "prompt": "Once",
        "modelId": "gpt2-small",
        "features": [{"modelId": "gpt2-small", "layer": "6-res-jb", "index": 5, "strength": 38.5}],
        "temperature": 0.5,
        "n_tokens": 12,
        "freq_penalty": 1,
        "seed": 16,
        "strength_multiplier": 4,
        "steer_method": "ORTHOGONAL_DECOMP",
        "stream": True,
    }
    assert "stream" not in write_steer_request(PROMPT, stream=False)


def test_a_chat_sends_both_conversations_and_says_whether_special_tokens_are_steered() -> None:
    body = write_steer_request(CHAT, stream=False)
    assert [row["content"] for row in body["defaultChatMessages"]] == ["Hi", "Hello", "More"]
    assert [row["content"] for row in body["steeredChatMessages"]] == ["Hi", "meow", "More"]
    assert body["steer_special_tokens"] is False
    assert "prompt" not in body
    assert "isAssistantAxis" not in body
    on_axis = SteerRequest.make(FEATURES, messages="Hi", assistant_axis=True)
    assert write_steer_request(on_axis, stream=False)["isAssistantAxis"] is True


def test_both_texts_are_read_and_neither_is_complete_by_itself() -> None:
    reply = {"STEERED": " a cat", "DEFAULT": None, "id": None, "limit": "239"}
    result, limit = read_steer_result(body_of(reply), PROMPT)
    assert result.steered is not None
    assert (result.steered.text, result.default, result.is_complete, limit) == (" a cat", None, False, "239")


def test_what_holds_no_text_is_no_answer() -> None:
    replies: list[Any] = [{}, {"message": "Unknown Error"}, {"STEERED": 7}, [], None]
    for reply in replies:
        with pytest.raises(UnexpectedResponse):
            read(reply)


@pytest.mark.parametrize(
    ("steered", "default", "expected"),
    [
        ("Once a cat", "Once a time", (" a cat", " a time", 1)),
        ("Once a cat", None, (" a cat", None, 1)),
        ("Once again", " upon a time", ("Once again", " upon a time", 0)),  # it repeats itself
        ("", " upon", ("", " upon", 0)),
    ],
)
def test_a_prompt_in_front_of_both_texts_is_taken_off(steered: str, default: str | None, expected: Any) -> None:
    result = read({"STEERED": steered, "DEFAULT": default})
    texts = [text and text.text for text in (result.steered, result.default)]
    assert (*texts, len(result.warnings)) == expected


def test_tokens_come_with_their_logarithms_where_the_service_tells() -> None:
    rows = [
        {"token": " a", "logprob": -0.5, "topLogprobs": [{"token": " the", "logprob": -0.25}]},
        {"token": " cat", "logprob": None, "topLogprobs": None},
    ]
    result = read({"STEERED": " a cat", "DEFAULT": " the", "steeredLogProbs": rows, "defaultLogProbs": None})
    assert result.steered is not None
    assert result.default is not None
    first, second = result.steered.tokens
    assert (first.token, first.logprob, first.candidates[0].token) == (" a", -0.5, " the")
    assert (second, result.default.tokens) == (TokenLogprob(token=" cat"), ())


def test_of_a_chat_the_last_turn_is_the_text_and_the_conversation_is_kept() -> None:
    result = read({"STEERED": side(), "DEFAULT": side("Hello")}, CHAT)
    assert result.steered is not None
    assert (result.steered.text, result.steered.raw) == ("meow", "<user>: Hi\n<model>: meow")
    assert [message.role for message in result.steered.messages] == ["user", "model"]


@pytest.mark.parametrize("role", ["assistant", "model", "gpt", None])
def test_whatever_a_template_calls_the_model_its_turn_is_the_text(role: str | None) -> None:
    said = side(chatTemplate=[{"content": "Hi", "role": "user"}, {"content": "purr", "role": role}])
    result = read({"STEERED": said, "DEFAULT": None}, CHAT)
    assert result.steered is not None
    assert (result.steered.text, result.steered.messages[-1].role) == ("purr", role or "assistant")


def test_before_the_model_speaks_there_is_no_text() -> None:
    begun = side(chatTemplate=[{"content": "Hi", "role": "user"}])
    result = read({"STEERED": begun, "DEFAULT": None}, CHAT)
    assert result.steered is not None
    assert result.steered.text == ""


@pytest.mark.parametrize("template", [None, []])
def test_a_chat_without_its_conversation_is_found_in_the_raw_text(template: list[Any] | None) -> None:
    bare = side(raw="<user>: Hi\n<model>: meow\n<user>: More\n<model>: purr", chatTemplate=template)
    result = read({"STEERED": bare, "DEFAULT": None}, CHAT)
    assert result.steered is not None
    assert result.steered.text == "\n<model>: purr"
    assert [message.content for message in result.steered.messages[:3]] == ["Hi", "meow", "More"]


def test_turns_on_the_axis_stand_with_their_side() -> None:
    axis = {
        "type": "STEERED",
        "pcTitles": ["role-playing", "warm"],
        "turns": [
            {"snippet": "Hi", "pcValues": {"warm": 0.5, "role-playing": -1}, "pcValuesPostCap": {"warm": 0.2}},
            {"snippet": None},
        ],
    }
    result = read({"STEERED": side(), "DEFAULT": side(), "assistant_axis": [axis]}, CHAT)
    assert result.steered is not None
    assert result.default is not None
    assert result.default.axes is None
    assert result.steered.axes is not None
    first, second = result.steered.axes.turns
    assert result.steered.axes.titles == ("role-playing", "warm")
    assert (first.values, first.capped_values) == ((-1, 0.5), (None, 0.2))
    assert (second.snippet, second.values) == ("", ())


def test_a_link_that_is_none_is_no_share_url() -> None:
    assert read({"STEERED": "", "shareUrl": "javascript:alert(1)"}).share_url is None
    assert read({"STEERED": "", "shareUrl": "https://x/steer/1"}).share_url == "https://x/steer/1"


def saved(**changes: Any) -> dict[str, Any]:
    neuron = {"explanations": [{"description": None}, {"description": "cats"}], "vector": [], "vectorLabel": None}
    feature = {"modelId": "gpt2-small", "layer": "6-res-jb", "index": "5", "strength": 400, "neuron": neuron}
    return {
        "STEERED": {"raw": " meow", "chatTemplate": None, "logprobs": None},
        "DEFAULT": {"raw": " hello", "chatTemplate": None, "logprobs": None},
        "inputText": "Once",
        "outputTextIncludesPrompt": False,
        "id": "run",
        "shareUrl": "https://x/steer/run",
        "limit": "0",
        "settings": {"temperature": 0, "n_tokens": 12, "freq_penalty": 1, "seed": 16, "strength_multiplier": 4}
        | {"steer_special_tokens": False, "steer_method": "PROJECTION_CAP"},
        "features": [feature],
        **changes,
    }


def test_a_saved_completion_comes_with_all_that_it_was_asked_for() -> None:
    result = read_saved_steering(body_of(saved()))
    assert result.is_complete
    assert result.default is not None
    assert result.steered is not None
    assert (result.default.text, result.steered.text) == (" hello", " meow")
    request = result.request
    assert (request.prompt, request.model, request.features[0].explanation) == ("Once", "gpt2-small", "cats")
    assert request.strengths == {FeatureRef("gpt2-small", "6-res-jb", 5): 400}  # the service saves any strength
    settings = request.settings
    assert (settings.method, settings.n_tokens, settings.multiplier) == ("projection-cap", 12, 4)
    assert settings.special_tokens is False


def test_the_label_of_a_vector_comes_before_what_was_said_of_it() -> None:
    reply = saved()
    reply["features"][0]["neuron"]["vectorLabel"] = "my cats"
    assert read_saved_steering(body_of(reply)).request.features[0].explanation == "my cats"


def test_an_old_saved_run_begins_with_its_prompt_and_says_so() -> None:
    sides = {"STEERED": {"raw": "Once a cat"}, "DEFAULT": {"raw": "Once upon"}}
    result = read_saved_steering(body_of(saved(outputTextIncludesPrompt=True, **sides)))
    assert result.default is not None
    assert result.steered is not None
    assert (result.default.text, result.steered.text) == (" upon", " a cat")


def test_an_old_server_does_not_say_whether_a_saved_run_begins_with_its_prompt() -> None:
    sides = {"STEERED": {"raw": "Once a cat"}, "DEFAULT": {"raw": "Once upon"}}
    old = read_saved_steering(body_of(saved(outputTextIncludesPrompt=None, **sides)))
    new = read_saved_steering(body_of(saved(outputTextIncludesPrompt=False, **sides)))
    assert [result.steered and result.steered.text for result in (old, new)] == [" a cat", "Once a cat"]
    assert [len(result.warnings) for result in (old, new)] == [1, 0]


def test_a_saved_chat_that_was_steered_by_nothing_has_one_text() -> None:
    reply = saved(DEFAULT=side("Hello"), STEERED=None, features=[])
    result = read_saved_steering(body_of(reply), model="gemma-2-2b-it")
    assert (result.is_complete, result.request.features, result.request.model) == (True, (), "gemma-2-2b-it")
    with pytest.raises(UnexpectedResponse, match="names no feature"):
        read_saved_steering(body_of(reply))


def test_a_saved_chat_knows_both_conversations() -> None:
    feature = {"modelId": "gemma-2-2b", "layer": "20-s", "index": "5", "strength": 40}
    reply = saved(STEERED=side(), DEFAULT=side("Hello"), features=[feature])
    for name, before in (("STEERED", "purr"), ("DEFAULT", "yes")):
        turns = [{"content": before, "role": "model"}, {"content": "Go on", "role": "user"}]
        reply[name]["chatTemplate"][1:1] = turns
    result = read_saved_steering(body_of(reply), model="gemma-2-2b-it")
    assert result.request.is_chat
    assert result.request.model == "gemma-2-2b-it"
    assert [message.content for message in result.request.steered_messages] == ["Hi", "purr", "Go on"]
    assert [message.content for message in result.request.default_messages] == ["Hi", "yes", "Go on"]
    request = result.reply("More")
    assert [message.content for message in request.default_messages] == ["Hi", "yes", "Go on", "Hello", "More"]
    assert [message.content for message in request.steered_messages] == ["Hi", "purr", "Go on", "meow", "More"]


def test_a_saved_run_of_which_one_side_is_lost_says_so() -> None:
    result = read_saved_steering(body_of(saved(DEFAULT=None)))
    assert not result.is_complete
    assert result.interrupted == "Only one of the two texts was saved."


@pytest.mark.parametrize(
    "changes",
    [
        {"features": []},
        {"features": [{"modelId": "m"}]},
        {"settings": {"temperature": 3}},
        {"STEERED": None, "DEFAULT": None},
    ],
)
def test_a_saved_run_that_cannot_be_one_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedResponse):
        read_saved_steering(body_of(saved(**changes)))


def test_presets_are_read_and_own_vectors_marked() -> None:
    feature = {"modelId": "m", "layer": "15-neuronpedia-resid-pre", "index": 0, "strength": 1, "explanation": "refusal"}
    rows = [
        {"name": "Mine", "features": [feature], "isUserVector": True},
        {
            "name": "Cap",
            "features": [feature],
            "isUserVector": False,
            "steerMethod": "PROJECTION_CAP",
            "exampleSteerOutputId": "run",
        },
        {"name": "Nothing", "features": []},
    ]
    mine, cap = read_steering_presets(body_of({"model": {}, "defaultPrompt": "", "featurePresets": rows}))
    assert (mine.name, mine.is_own, mine.method, mine.example) == ("Mine", True, "additive", None)
    assert (cap.is_own, cap.method, cap.example) == (False, "projection-cap", "run")
    assert cap.features[0].explanation == "refusal"
    assert read_steering_presets(body_of({"model": {}})) == ()


def test_steering_at_a_token_names_the_layer_as_a_number() -> None:
    ref = FeatureRef("gemma-2-2b", "14-gemmascope-transcoder-16k__l0-9", 2268)
    at = GraphFeature(ref=ref, active_position=9, position=8, delta=-200.0)
    assert write_graph_feature(at) == {
        "layer": 14,
        "index": 2268,
        "token_active_position": 9,
        "steer_position": 8,
        "steer_generated_tokens": False,
        "delta": -200.0,
        "ablate": False,
    }
    out = write_graph_feature(GraphFeature(ref=ref, active_position=9))
    assert (out["steer_generated_tokens"], out["steer_position"], out["ablate"], out["delta"]) == (
        True,
        None,
        True,
        None,
    )
    first = write_graph_feature(GraphFeature(ref=ref, active_position=0, position=0, delta=0.0))
    assert (first["steer_generated_tokens"], first["steer_position"], first["ablate"]) == (False, 0, False)
    assert source_set_of(at) == "gemmascope-transcoder-16k"
    for source in ("6", "e-res", "res-jb"):
        with pytest.raises(InvalidRequest, match="no transcoder"):
            source_set_of(GraphFeature(ref=FeatureRef("m", source, 1), active_position=1))


def test_probabilities_become_logarithms_and_each_token_finds_its_own() -> None:
    rows = [
        {"token": " a", "top_logits": [{"prob": 0.5, "token": " the"}, {"prob": 0.25, "token": " a"}]},
        {"token": " cat", "top_logits": [{"prob": 0, "token": " dog"}]},
    ]
    reply = {"DEFAULT_GENERATION": " the", "STEERED_GENERATION": " a cat", "STEERED_LOGITS_BY_TOKEN": rows}
    answer = read_steered_logits(body_of(reply), model="m", prompt="Once")
    first, second = answer.steered.tokens
    assert first.logprob == pytest.approx(math.log(0.25))
    assert (second.logprob, second.candidates[0].logprob) == (None, None)
    assert answer.default.tokens == ()
    with pytest.raises(UnexpectedResponse):
        read_steered_logits(b"{}", model="m", prompt="Once")
