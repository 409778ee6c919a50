"""Steering that is answered as a whole: what is asked, what comes back, what it costs, and what is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from np_widgets.errors import (
    ConnectionFailed,
    InvalidRequest,
    NeuronpediaError,
    NotFound,
    RateLimited,
    ServerError,
    UnexpectedResponse,
)
from np_widgets.models import FeatureRef, GraphFeature, SteerRequest, SteerResult
from tests.server import OWNER_KEY, LoopbackServer, faults
from tests.server.contract import answer_to
from tests.server.world import SILENT_SOURCE, TWIN_SOURCE

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient
    from tests.client.conftest import MakeClient

REF = "demo-tiny/2-demo-sae/7"
PROMPT = "The queen of France"
SHORT: dict[str, Any] = {"n_tokens": 5}


def texts(result: SteerResult) -> tuple[str, str]:
    assert result.default is not None
    assert result.steered is not None
    return result.default.text, result.steered.text


def test_both_texts_come_and_only_one_is_steered(client: NeuronpediaClient, server: LoopbackServer) -> None:
    result = client.steer({REF: 40}, PROMPT, **SHORT)
    default, steered = texts(result)
    assert default != steered
    assert result.is_complete
    assert result.share_url == f"{server.url}/steer/{result.id}"
    assert result.provenance is not None
    assert result.provenance.url == f"{server.url}/api/steer"
    assert texts(client.steer({REF: -3}, PROMPT, **SHORT))[0] == default


def test_a_request_says_all_that_keywords_say(client: NeuronpediaClient, server: LoopbackServer) -> None:
    request = SteerRequest.make({REF: 40}, PROMPT, seed=3, multiplier=2, method="orthogonal", **SHORT)
    client.steer(request)
    client.steer(REF, PROMPT, strengths=40, seed=3, multiplier=2, method="orthogonal", **SHORT)
    assert server.requests[0].body == server.requests[1].body
    assert server.requests[0].json["steer_method"] == "ORTHOGONAL_DECOMP"
    with pytest.raises(InvalidRequest, match="something beside it"):
        client.steer(request, seed=4)
    with pytest.raises(InvalidRequest, match="something beside it"):
        client.steer(request, "another prompt")


def test_nothing_is_sent_that_would_be_refused(client: NeuronpediaClient, server: LoopbackServer) -> None:
    by_hand = SteerRequest(model="demo-tiny", features=(), prompt="x")
    for stream in (False, True):
        with pytest.raises(InvalidRequest):
            client.steer({REF: 301}, PROMPT, stream=stream)
        with pytest.raises(InvalidRequest):
            client.steer(by_hand, stream=stream)
        with pytest.raises(InvalidRequest):
            client.steer_chat({REF: 3}, "", stream=stream)
    assert server.requests == []


BAD: list[tuple[dict[str, Any], int]] = [
    ({"prompt": ""}, 400),
    ({"prompt": "x" * 2049}, 400),
    ({"n_tokens": 0}, 400),
    ({"n_tokens": 257}, 400),
    ({"temperature": 3}, 400),
    ({"seed": None}, 400),
    ({"seed": 100_000_001}, 400),
    ({"strength_multiplier": 11}, 400),
    ({"freq_penalty": 3}, 400),
    ({"steer_method": "NOPE"}, 400),
    ({"features": []}, 500),
    ({"modelId": "gpt2-small"}, 404),
]


@pytest.mark.parametrize(("changes", "status"), BAD)
def test_what_the_client_refuses_the_server_refuses_too(
    changes: dict[str, Any], status: int, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    client.steer({REF: 40}, PROMPT, **SHORT)
    asked = {**server.requests[0].json, **changes}
    with pytest.raises(NeuronpediaError) as caught:
        client.request("POST", "/api/steer", asked)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("features", "error", "words"),
    [
        ({"demo-tiny/2-demo-sae/9999": 1}, NotFound, "9999 does not exist"),
        ({"demo-tiny/9-nothing/1": 1}, NotFound, "does not exist"),
        ({"gpt2-small/6-res-jb/1": 1}, NotFound, "does not exist"),
        ({f"demo-tiny/{SILENT_SOURCE}/1": 1}, ServerError, "cannot find the requested files"),
    ],
)
def test_features_that_are_not_there_are_named(
    features: dict[str, float], error: type[NeuronpediaError], words: str, client: NeuronpediaClient
) -> None:
    with pytest.raises(error, match=words):
        client.steer(features, PROMPT)


def test_a_text_of_too_many_tokens_is_refused_in_the_services_words(client: NeuronpediaClient) -> None:
    with pytest.raises(InvalidRequest, match="tokens"):
        client.steer({REF: 1}, "the fox " * 256)


def test_features_of_two_sources_steer_together(client: NeuronpediaClient) -> None:
    assert client.steer({REF: 40, f"demo-tiny/{TWIN_SOURCE}/9": -10}, PROMPT, **SHORT).is_complete


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_steering_is_asked_once(status: int, client: NeuronpediaClient, server: LoopbackServer) -> None:
    for fault in (faults.Status(status), faults.NoResponse()):
        server.fail(fault)
        with pytest.raises((ServerError, ConnectionFailed)):
            client.steer({REF: 40}, PROMPT, **SHORT)
    assert len(server.requests) == 2


def test_an_opaque_failure_names_likely_reasons(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Status(500, {"message": "Unknown Error"}))
    with pytest.raises(ServerError, match="no inference server"):
        client.steer({REF: 40}, PROMPT)


def test_an_answer_with_one_text_is_not_complete(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Body(json.dumps({"STEERED": " a", "DEFAULT": None, "id": None, "limit": None}).encode()))
    result = client.steer({REF: 40}, PROMPT)
    assert not result.is_complete
    assert result.interrupted == "The answer ended without the default text."
    assert result.steered is not None


def test_an_answer_without_texts_is_no_answer(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Body(b'{"id": "x"}'))
    with pytest.raises(UnexpectedResponse, match="holds no text"):
        client.steer({REF: 40}, PROMPT)


def test_a_run_that_is_not_saved_has_no_id(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.world.steering.saves = False
    result = client.steer({REF: 40}, PROMPT, **SHORT)
    assert (result.is_complete, result.id, result.share_url) == (True, None, None)


def test_what_is_left_of_the_limit_is_known_before_it_is_used_up(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    client.steer({REF: 40}, PROMPT, **SHORT)
    assert client.rate_limits["/api/steer"].remaining == 239
    client.steer_chat({REF: 40}, "Hello", **SHORT)
    client.steering_presets("demo-tiny")
    assert client.rate_limits["/api/steer"].remaining == 237
    client.load_steering("run0000")
    assert client.rate_limits["/api/steer"].remaining == 237  # which costs nothing
    server.limiter.limits["/api/steer"] = 3
    with pytest.raises(RateLimited, match="limit of 3 requests in 60 minutes") as caught:
        client.steer({REF: 41}, PROMPT)
    assert caught.value.endpoint == "/api/steer"
    known = client.rate_limits["/api/steer"]
    assert (known.remaining, known.limit, known.window) == (0, 3, "60 m")


def test_a_refusal_that_names_no_limit_counts_for_all_of_steering(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    client.steer({REF: 40}, PROMPT, **SHORT)
    server.fail(faults.Status(429, b"<html>", "text/html"))
    with pytest.raises(RateLimited):
        client.steer_chat({REF: 40}, "Hello", **SHORT)
    assert {name: limit.remaining for name, limit in client.rate_limits.items()} == {"/api/steer": 0}


def test_the_limit_in_the_body_counts_where_a_proxy_took_the_header(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.fail(faults.Body(json.dumps({"STEERED": " a", "DEFAULT": " b", "limit": "17"}).encode()))
    client.steer({REF: 40}, PROMPT)
    assert client.rate_limits["/api/steer"].remaining == 17


def test_the_key_goes_along_and_nowhere_else(
    make_client: MakeClient, server: LoopbackServer, other_server: LoopbackServer
) -> None:
    client = make_client(api_key=OWNER_KEY)
    client.steer({REF: 40}, PROMPT, **SHORT)
    assert server.requests[-1].key == OWNER_KEY
    for fault in (faults.Redirect(other_server.url), faults.Status(500, {"message": f"bad key {OWNER_KEY}"})):
        for stream in (False, True):
            server.fail(fault)
            with pytest.raises(NeuronpediaError) as caught:
                list(client.steer({REF: 40}, PROMPT, stream=True)) if stream else client.steer({REF: 40}, PROMPT)
            assert OWNER_KEY not in str(caught.value)
            assert caught.value.__context__ is None
    assert other_server.requests == []


def test_two_conversations_go_on_for_three_turns(client: NeuronpediaClient, server: LoopbackServer) -> None:
    result = client.steer_chat({REF: 40}, "Hello", special_tokens=False, **SHORT)
    for said in ("And then?", "Why?"):
        result = client.steer_chat(result.reply(said))
    asked = server.requests[-1].json
    told = [[row["content"] for row in asked[f"{side}ChatMessages"]] for side in ("default", "steered")]
    assert [turns[::2] for turns in told] == [["Hello", "And then?", "Why?"]] * 2
    assert told[0][1] != told[1][1]
    assert asked["steer_special_tokens"] is False
    assert result.steered is not None
    assert [message.role for message in result.steered.messages] == ["user", "assistant"] * 3
    assert texts(result) == tuple(side.messages[-1].content for side in (result.default, result.steered) if side)


def test_a_model_without_a_chat_template_is_said_to_have_none(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.world.steering.has_template = False
    with pytest.raises(InvalidRequest, match="no chat template"):
        client.steer_chat({REF: 40}, "Hello")


def test_a_chat_with_no_feature_is_answered_unsteered(client: NeuronpediaClient, server: LoopbackServer) -> None:
    result = client.steer_chat([], "Hello", model="demo-tiny", **SHORT)
    assert server.requests[0].json["features"] == []
    assert (result.is_complete, result.interrupted, result.steered) == (True, None, None)
    assert result.default is not None
    assert result.default.text
    with pytest.raises(InvalidRequest, match="steered by nothing"):
        result.reply("And then?")
    with pytest.raises(InvalidRequest, match="stream=False"):
        client.steer_chat([], "Hello", model="demo-tiny", stream=True)
    assert len(server.requests) == 1


def test_steer_takes_the_request_of_a_chat_too(client: NeuronpediaClient, server: LoopbackServer) -> None:
    client.steer(SteerRequest.make({REF: 40}, messages="Hello", **SHORT))
    assert server.requests[0].path == "/api/steer-chat"


def test_a_saved_run_is_loaded_by_its_id_or_address_and_can_be_run_again(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    result = client.steer({REF: 40}, PROMPT, multiplier=2, **SHORT)
    assert result.share_url is not None
    loaded = client.load_steering(result.share_url)
    assert texts(loaded) == texts(result)
    assert loaded.request == as_saved(result.request)
    assert loaded.request.features[0].explanation
    for name in (result.id, f" {result.share_url}/ ", f"{server.url}/demo-tiny/steer?saved={result.id}"):
        assert client.load_steering(str(name)) == loaded
    n_requests = len(server.requests)
    assert client.steer(loaded.request.check()).is_complete
    assert len(server.requests) == n_requests + 1


def as_saved(request: SteerRequest) -> SteerRequest:
    """A saved completion says that no special tokens were steered, whatever was asked."""
    return SteerRequest.make(request.features, request.prompt, settings=request.settings.changed(special_tokens=False))


def test_a_saved_chat_goes_on(client: NeuronpediaClient) -> None:
    result = client.steer_chat({REF: 40}, "Hello", **SHORT)
    assert result.id is not None
    loaded = client.load_steering(result.id)
    assert loaded.reply("And then?") == result.reply("And then?")


def test_the_model_of_a_saved_run_is_in_its_address(client: NeuronpediaClient, server: LoopbackServer) -> None:
    run = client.steer({REF: 40}, PROMPT, **SHORT).id
    assert client.load_steering(f"{server.url}/demo-tiny-it/steer?saved={run}").request.model == "demo-tiny-it"
    assert client.load_steering(str(run), model="demo-tiny-it").request.model == "demo-tiny-it"


@pytest.mark.parametrize("run", ["", "a b", "../x", None, 7, "https://x.org/steer/", "http://[", "ftp://x/steer/abc"])
def test_what_names_no_saved_run_is_refused(run: Any, client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(InvalidRequest):
        client.load_steering(run)
    assert server.requests == []


def test_a_run_of_another_service_is_not_looked_for_here(client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(InvalidRequest, match=r"kept on www.neuronpedia.org, and this client asks 127"):
        client.load_steering("https://neuronpedia.org/steer/cm7cp63af00jx1q952neqg6e5")
    assert server.requests == []


def test_an_unknown_run_is_said_to_be_one(client: NeuronpediaClient) -> None:
    with pytest.raises(ServerError, match="no saved run of this id"):
        client.load_steering("nope")


def test_presets_are_kept_as_they_count_towards_the_limit(make_client: MakeClient, server: LoopbackServer) -> None:
    client = make_client(cache=True)
    presets = client.steering_presets("demo-tiny")
    assert client.steering_presets("demo-tiny") == presets
    assert len(server.requests) == 1
    assert client.steer(list(presets[0].features), PROMPT, **SHORT).is_complete
    client.steering_presets("demo-tiny", refresh=True)
    assert len(server.requests) == 3
    own = make_client(cache=True, api_key=OWNER_KEY).steering_presets("demo-tiny")
    assert [preset.is_own for preset in own[:2]] == [True, False]
    with pytest.raises(NotFound, match="presets of gpt2-small"):
        client.steering_presets("gpt2-small")


def test_steering_at_tokens(client: NeuronpediaClient, server: LoopbackServer) -> None:
    ref = FeatureRef("demo-tiny", "2-demo-sae", 7)
    features = [GraphFeature(ref=ref, active_position=2, delta=-200.0), GraphFeature(ref=ref, active_position=2)]
    answer = client.steer_logits(features, "Once", n_tokens=3, n_candidates=2, seed=None)
    assert [len(token.candidates) for token in answer.steered.tokens] == [2, 2, 2]
    asked = server.requests[0].json
    assert (asked["modelId"], asked["sourceSetName"], asked["nTokens"]) == ("demo-tiny", "demo-sae", 3)
    assert (asked["seed"], asked["topK"], asked["freezeAttention"]) == (None, 2, True)
    assert [row["ablate"] for row in asked["features"]] == [False, True]


@pytest.mark.parametrize(
    ("features", "settings", "words"),
    [
        ([], {}, "no feature"),
        (["6-a", "6-b"], {}, "2 source sets: m/a, m/b"),
        (["6"], {}, "no transcoder"),
        (["6-a"], {"n_tokens": 257}, "n_tokens"),
        (["6-a"], {"n_candidates": 11}, "n_candidates"),
        (["6-a"], {"temperature": 3}, "temperature"),
        (["6-a"], {"seed": 0.5}, "seed"),
    ],
)
def test_steering_at_tokens_is_checked_first(
    features: list[str], settings: dict[str, Any], words: str, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    listed = [GraphFeature(ref=FeatureRef("m", source, 1), active_position=1) for source in features]
    with pytest.raises(InvalidRequest, match=words):
        client.steer_logits(listed, "Once", **settings)
    assert server.requests == []


def test_a_slow_run_is_waited_for_as_long_as_the_service_works_on_it(make_client: MakeClient) -> None:
    transport = make_client()._transport
    from np_widgets.client import calls

    request = SteerRequest.make({REF: 40}, PROMPT)
    assert transport._timeout_of(calls.steer(request, stream=False)) == (6, 185)
    assert transport._timeout_of(calls.models()) == (6, 65)
    assert make_client(timeout=0.2)._transport._timeout_of(calls.steer(request, stream=False)) == (0.2, 0.2)


def test_the_server_echoes_the_settings_of_a_chat(client: NeuronpediaClient, server: LoopbackServer) -> None:
    client.steer_chat({REF: 40}, "Hello", **SHORT)
    row = json.loads(answer_to(server.requests[0], server.world).body)
    assert row["settings"]["steer_special_tokens"] is True
