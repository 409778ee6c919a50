"""The demo model steers for real: what it computes, what it yields, where it ends."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from np_widgets import demo
from np_widgets.demo import SOURCE_ID, VECTOR_SOURCE_ID, DemoModel
from np_widgets.demo.chat import Conversation
from np_widgets.demo.model import padded
from np_widgets.demo.pushing import METHODS
from np_widgets.errors import InvalidRequest

SEA = {"modelId": demo.MODEL_ID, "layer": VECTOR_SOURCE_ID, "index": 0, "strength": 4.0}
SIDES = ("DEFAULT", "STEERED")


def body(prompt: str = "One day, Anna went to the", **changes: Any) -> dict[str, Any]:
    asked = {"prompt": prompt, "modelId": demo.MODEL_ID, "features": [SEA], "temperature": 0.5, "n_tokens": 30}
    return asked | {"seed": 16, "strength_multiplier": 1, "freq_penalty": 1} | changes


def talk(*contents: str, **changes: Any) -> dict[str, Any]:
    said = [{"role": ("user", "assistant")[n % 2], "content": content} for n, content in enumerate(contents)]
    sides: dict[str, Any] = {"defaultChatMessages": said, "steeredChatMessages": said, "steer_special_tokens": True}
    return body(**sides | changes)


def last(frames: Any) -> dict[str, Any]:
    *_, frame = frames
    return dict(frame)


@pytest.mark.parametrize("seed", [0, 1, -1])
@pytest.mark.parametrize("temperature", [0, 0.5, 2])
def test_each_frame_is_the_whole_so_far(model: DemoModel, seed: int, temperature: float) -> None:
    frames = list(model.steer(body(seed=seed, temperature=temperature)))
    assert 15 < len(frames) <= 30
    assert all(json.loads(json.dumps(frame, allow_nan=False))["id"] is None for frame in frames)
    for before, after in pairwise(frames):
        assert before != after
        for side in SIDES:
            assert after[side].startswith(before[side] or "")
            assert len(after[f"{side.lower()}LogProbs"]) >= len(before[f"{side.lower()}LogProbs"] or [])
    for side in SIDES:
        assert "".join(said["token"] for said in frames[-1][f"{side.lower()}LogProbs"]) == frames[-1][side]


def test_a_side_that_has_not_begun_is_null(model: DemoModel) -> None:
    # A first token that is a marker has to wait for its word.
    asked = (body("BEN SAW THE BIG RED", temperature=2, seed=seed) for seed in range(300))
    frame = next(frame for frame in map(next, map(model.steer, asked)) if None in (frame["DEFAULT"], frame["STEERED"]))
    for side in SIDES:
        assert (frame[side] is None) == (frame[f"{side.lower()}LogProbs"] is None)


def test_strength_times_multiplier_is_added_at_the_layer_but_not_to_bos(model: DemoModel) -> None:
    shipped = model._shipped
    latent = {"modelId": demo.MODEL_ID, "layer": SOURCE_ID, "index": "7", "strength": 1.5}
    frame = last(model.steer(body(features=[latent], strength_multiplier=4, temperature=0, n_tokens=12)))
    prompt, written = (model.tokenize(text)[0] for text in (body()["prompt"], frame["STEERED"]))
    ids = padded([prompt + written])
    scores = shipped.transformer.logits(ids, added=6 * shipped.sae.decoder[7])[0, len(prompt) : -1]
    assert scores.argmax(-1).tolist() == written
    logprobs = scores.max(-1) - np.log(np.exp(scores).sum(-1))
    total = sum(said["logprob"] for said in frame["steeredLogProbs"])
    assert total == pytest.approx(float(logprobs.sum()), abs=0.01)


@pytest.mark.parametrize(
    ("method", "neutral"), [("SIMPLE_ADDITIVE", 0), ("ORTHOGONAL_DECOMP", 1), ("PROJECTION_CAP", 300)]
)
def test_without_an_effect_both_sides_say_the_same_by_the_same_chance(
    model: DemoModel, method: str, neutral: float
) -> None:
    frame = last(model.steer(body(features=[SEA | {"strength": neutral}], steer_method=method, temperature=1)))
    assert frame["STEERED"] == frame["DEFAULT"]
    effect = last(model.steer(body(features=[SEA | {"strength": -60}], steer_method=method, temperature=1)))
    assert effect["STEERED"] != effect["DEFAULT"] == frame["DEFAULT"]


def test_the_method_is_additive_unless_another_is_named(model: DemoModel) -> None:
    texts = {
        name: last(model.steer(body(steer_method=name, features=[SEA | {"strength": 20}])))["STEERED"]
        for name in (None, *METHODS)
    }
    assert texts[None] == texts["SIMPLE_ADDITIVE"]
    assert len(set(texts.values())) == 3


def test_the_same_seed_says_the_same_and_a_temperature_of_0_needs_none(model: DemoModel) -> None:
    def say(**changes: Any) -> tuple[str, str]:
        frame = last(model.steer(body(**changes)))
        return frame["DEFAULT"], frame["STEERED"]

    assert say(seed=5) == say(seed=5) != say(seed=-5)
    assert say(seed=1, temperature=0) == say(seed=2, temperature=0) == say(seed=1, temperature=1e-300)


def test_steering_towards_the_sea_speaks_of_the_sea(model: DemoModel) -> None:
    words = {"sea", "ship", "captain", "harbour", "wave", "waves", "beach", "pier", "bay", "sailor", "shells", "tide"}
    found = dict.fromkeys(SIDES, 0)
    for seed in range(8):
        frame = last(model.steer(body("Yesterday we", seed=seed, temperature=0.8)))
        for side in SIDES:
            found[side] += sum(word.strip('.,!?"') in words for word in frame[side].split())
    assert found["STEERED"] > 3 * found["DEFAULT"]


def test_it_ends_where_the_model_ends_its_text_and_where_its_room_ends(model: DemoModel) -> None:
    frame = last(model.steer(body(n_tokens=256)))
    assert len(model.tokenize(frame["DEFAULT"])[0]) < 200
    full = "the fox" + " the fox" * 126
    assert len(model.tokenize(full)[0]) == model.context
    frames = list(model.steer(body(full, n_tokens=256)))
    assert len(frames) == 1
    assert frames[0]["DEFAULT"]


def test_what_cannot_be_answered_is_refused_before_the_first_frame(model: DemoModel) -> None:
    with pytest.raises(InvalidRequest, match=r"prompt has 402 tokens.*at most 255.*Shorten it: what is written takes"):
        model.steer(body("the fox " * 200))
    with pytest.raises(InvalidRequest, match=r"conversation has .* tokens.*Begin a new one"):
        model.steer_chat(talk("the fox " * 200))
    with pytest.raises(KeyError, match="0 to 511"):
        model.steer(body(features=[{"layer": SOURCE_ID, "index": 512, "strength": 1}]))
    with pytest.raises(InvalidRequest, match="no message of the role 'system'"):
        model.steer_chat(body(defaultChatMessages=[], steeredChatMessages=[{"role": "system", "content": "Be kind"}]))
    with pytest.raises(InvalidRequest, match="no assistant axis"):
        model.steer_chat(talk("Hi", isAssistantAxis=True))


def test_an_empty_prompt_begins_a_text(model: DemoModel) -> None:
    assert last(model.steer(body("")))["DEFAULT"].strip()


def test_a_chat_is_a_text_in_which_two_people_take_turns(model: DemoModel) -> None:
    asked = talk("Hello! Where are\nyou going?", "To the bay. ", "<b>Why</b>?")
    frames = list(model.steer_chat(asked))
    for frame in frames:
        for side in SIDES:
            if said := frame[side]:
                *before, turn = said["chatTemplate"]
                assert before == asked["defaultChatMessages"]
                assert turn["role"] == "assistant"
                assert said["raw"] == (
                    "Anna: Hello! Where are you going?\nBen: To the bay.\nAnna: <b>Why</b>?\nBen: " + turn["content"]
                )
                assert "".join(part["token"] for part in said["logprobs"]) == turn["content"]
    assert frames[-1]["settings"] == {
        "temperature": 0.5,
        "n_tokens": 30,
        "freq_penalty": 1,
        "seed": 16,
        "strength_multiplier": 1,
        "steer_special_tokens": True,
        "steer_method": "SIMPLE_ADDITIVE",
    }


def test_an_answer_is_one_line_and_never_nothing(model: DemoModel) -> None:
    for seed in range(40):
        frame = last(model.steer_chat(talk("How was your day?", seed=seed, temperature=1.5)))
        for side in SIDES:
            answer = frame[side]["chatTemplate"][-1]["content"]
            assert answer
            assert "\n" not in answer


def test_two_conversations_diverge_over_three_turns(model: DemoModel) -> None:
    asked = talk(features=[SEA | {"strength": 5}], defaultChatMessages=[], steeredChatMessages=[])
    for question in ("Where are you going?", "What did you see?", "Who is that?"):
        for side in ("default", "steered"):
            asked[f"{side}ChatMessages"] = [*asked[f"{side}ChatMessages"], {"role": "user", "content": question}]
        frame = last(model.steer_chat(asked))
        asked["defaultChatMessages"] = frame["DEFAULT"]["chatTemplate"]
        asked["steeredChatMessages"] = frame["STEERED"]["chatTemplate"]
    default, steered = asked["defaultChatMessages"], asked["steeredChatMessages"]
    assert len(default) == len(steered) == 6
    assert [turn["content"] for turn in default[::2]] == [turn["content"] for turn in steered[::2]]
    assert default[1] != steered[1]


@pytest.mark.parametrize("longer", ["default", "steered"])
def test_a_side_says_what_it_would_say_beside_one_of_its_own_length(model: DemoModel, longer: str) -> None:
    short, long = ([{"role": "user", "content": text}] for text in ("Who is that?", "Hello! Where are you going?" * 3))
    histories = {"default": short, "steered": short, longer: long}
    beside = last(model.steer_chat(talk(temperature=0, **{f"{s}ChatMessages": h for s, h in histories.items()})))
    for side, history in histories.items():
        alone = last(model.steer_chat(talk(temperature=0, defaultChatMessages=history, steeredChatMessages=history)))
        assert beside[side.upper()]["raw"] == alone[side.upper()]["raw"]


def test_the_template_is_steered_only_if_it_shall_be(model: DemoModel) -> None:
    conversation = Conversation(talk("Where?", "There 🙂.", "Why?")["defaultChatMessages"], model._shipped.tokenizer)
    assert conversation.ids == model.tokenize(conversation.text)[0]
    words = [token for token, own in zip(model.tokenize(conversation.text)[1], conversation.is_template) if own]  # noqa: B905 (of one length, as above)
    assert words == ["Anna", ":", "\n", "Ben", ":", "\n", "Anna", ":", "\n", "Ben", ":"]
    strong = SEA | {"strength": 8}
    texts = {
        last(model.steer_chat(talk("Where?", features=[strong], steer_special_tokens=flag)))["STEERED"]["raw"]
        for flag in (True, False)
    }
    assert len(texts) == 2


def test_presets_are_what_was_measured_to_work(model: DemoModel) -> None:
    reply = model.steering_presets()
    assert reply["model"]["id"] == demo.MODEL_ID
    assert len({preset["name"] for preset in reply["featurePresets"]}) == len(reply["featurePresets"]) >= 6
    labels = model._shipped.labels
    for preset in reply["featurePresets"]:
        (feature,) = preset["features"]
        row = labels["vectors" if feature["hasVector"] else "latents"][feature["index"]]
        assert feature["strength"] == row["strength"]
        assert model.feature_in(feature["layer"], feature["index"])["vectorDefaultSteerStrength"] == row["strength"]
        assert row["effect"]["rate"] >= 0.1
        assert row["effect"]["rate"] >= 2 * row["effect"]["base"]
        assert row["effect"]["surprise_ratio"] < 2
