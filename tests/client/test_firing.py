"""From a text to features: what is asked of each route, and that one text and several give the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from np_widgets.errors import InvalidRequest, NotFound, RateLimited, ServerError, UnexpectedResponse
from np_widgets.models import FeatureRef
from tests.server import LoopbackServer, faults
from tests.server.world import N_FEATURES, SILENT_SOURCE

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient
    from np_widgets.models import TokenFeatureMatches, TopFeatureMatches
    from tests.client.conftest import MakeClient

MODEL, SOURCE, SET = "demo-tiny", "2-demo-sae", "demo-sae"
TEXTS = ["The queen of France was happy.", "First, open the door.", "He ran.", "At 7:30 they ate.", "It rained."]
PLACE: dict[str, Any] = {"model": MODEL, "source_set": SET}
HERE: dict[str, Any] = {"model": MODEL, "source": SOURCE}


def bodies(server: LoopbackServer, path: str) -> list[Any]:
    return [request.json for request in server.requests if request.path == path]


def test_one_text_takes_one_request_and_brings_its_features(client: NeuronpediaClient, server: LoopbackServer) -> None:
    (answer,) = client.top_features(TEXTS[0], **PLACE)
    (request,) = server.requests
    assert (request.path, request.json) == (
        "/api/search-all",
        {
            "modelId": MODEL,
            "sourceSet": SET,
            "text": TEXTS[0],
            "selectedLayers": [],
            "sortIndexes": [],
            "ignoreBos": True,
            "densityThreshold": -1,
            "numResults": 50,
        },
    )
    assert answer.tokens[:3] == ("<bos>", "The", " queen")
    assert answer.values.shape == (len(answer), len(answer.tokens))
    peaks = [match.peak for match in answer if match.peak is not None]
    assert peaks == sorted(peaks, reverse=True)
    held = [match for match in answer if match.feature is not None]
    assert held
    assert all(match.feature and match.feature.ref == match.ref and match.index < N_FEATURES for match in held)
    assert all(match.feature and len(match.feature.activations) <= 1 for match in held)
    n_lost = len(answer) - len(held)
    assert n_lost > 0
    assert answer.warnings[0].startswith(f"{n_lost} features are not in the service's database")


def test_all_settings_are_passed_on(client: NeuronpediaClient, server: LoopbackServer) -> None:
    settings: dict[str, Any] = {"sources": [SOURCE, SOURCE], "density_threshold": 0.05, "ignore_bos": False, "limit": 7}
    text = "one two three four five six seven eight nine ten"
    (answer,) = client.top_features(text, sort_positions=list(np.array([10, 2, 3, 2])), **PLACE, **settings)
    (sent,) = bodies(server, "/api/search-all")
    assert (sent["selectedLayers"], sent["sortIndexes"]) == ([SOURCE], [2, 3, 10])
    assert (sent["densityThreshold"], sent["ignoreBos"], sent["numResults"]) == (0.05, False, 7)
    assert (answer.sources, answer.sort_positions) == ((SOURCE,), (2, 3, 10))


def test_chosen_tokens_sort_by_their_sum(client: NeuronpediaClient) -> None:
    (answer,) = client.top_features("one two three four five six seven eight nine ten", sort_positions=[2, 10], **PLACE)
    sums = answer.values[:, [2, 10]].sum(1).tolist()
    assert sums == sorted(sums, reverse=True)


@pytest.mark.parametrize(
    "settings",
    [{}, {"density_threshold": 0.08}, {"sort_positions": [1, 2]}, {"sort_positions": [3], "density_threshold": 0.1}],
)
def test_several_texts_give_what_each_gives_alone(
    settings: dict[str, Any], client: NeuronpediaClient, server: LoopbackServer
) -> None:
    # So many that the list holds what does not fire on the text, which the service leaves out for one text only.
    settings = {"limit": 100, **settings}
    together = client.top_features(TEXTS, **PLACE, **settings)
    assert sorted(len(body["text"]) for body in bodies(server, "/api/search-all")) == [4, len(TEXTS[4])]
    assert all(
        row["maxActsToReturn"] == 1 and len(body) <= 50 for body in bodies(server, "/api/features") for row in body
    )
    alone = [client.top_features(text, **PLACE, **settings)[0] for text in TEXTS]
    assert list(map(seen, together)) == list(map(seen, alone))


def seen(answer: TopFeatureMatches) -> tuple[object, ...]:
    matches = [
        (match.ref, match.values.tolist(), match.peak, match.peak_index, match.feature is None)
        + (() if match.feature is None else (match.feature.density, match.feature.explanation))
        for match in answer
    ]
    return answer.text, answer.tokens, answer.warnings, matches


def test_a_long_text_goes_alone_since_texts_sent_together_get_a_quarter_of_the_tokens(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    long = "The queen of France was happy. " * 16
    answers = client.top_features(["He ran.", long, "It rained."], **PLACE)
    assert [answer.text for answer in answers] == ["He ran.", long, "It rained."]
    sent = [body["text"] for body in bodies(server, "/api/search-all")]
    assert sorted(sent, key=str) == sorted([["He ran.", "It rained."], long], key=str)


def test_unknown_density_is_kept_by_the_threshold_and_shown_as_none(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    row = server.world.row(MODEL, SOURCE, 3)
    assert row is not None
    (before,) = client.top_features(TEXTS[0], density_threshold=0.01, **PLACE)
    assert 3 not in [match.index for match in before]
    server.world.extra[MODEL, SOURCE, 3] = {**row, "frac_nonzero": -1}
    for texts in (TEXTS[0], TEXTS[:2]):
        answer = client.top_features(texts, density_threshold=0.01, limit=100, **PLACE)[0]
        (match,) = [match for match in answer if match.index == 3]
        assert match.feature is not None
        assert match.feature.density is None


def test_a_text_by_token_takes_one_request(client: NeuronpediaClient, server: LoopbackServer) -> None:
    (answer,) = client.top_features_by_token(TEXTS[0], **HERE, density_threshold=None, limit=20)
    (request,) = server.requests
    assert (request.path, request.json) == (
        "/api/search-topk-by-token",
        {
            "modelId": MODEL,
            "source": SOURCE,
            "text": TEXTS[0],
            "numResults": 20,
            "ignoreBos": True,
            "densityThreshold": 0,
        },
    )
    assert [token.token for token in answer] == ["The", " queen", " of", " France", " was", " happy", "."]
    assert [token.position for token in answer] == [1, 2, 3, 4, 5, 6, 7]
    for token in answer:
        values = [match.value for match in token.matches]
        assert values == sorted(values, reverse=True)
        assert min(values) > 0
    features = [match.feature for token in answer for match in token.matches if match.feature]
    assert features
    assert all(feature.activations == () for feature in features)
    assert "not in the service's database" in answer.warnings[0]


def test_by_token_defaults_and_the_special_tokens(client: NeuronpediaClient, server: LoopbackServer) -> None:
    (answer,) = client.top_features_by_token(TEXTS[0], ignore_bos=False, **HERE)
    (sent,) = bodies(server, "/api/search-topk-by-token")
    assert (sent["densityThreshold"], sent["numResults"], sent["ignoreBos"]) == (0.01, 10, False)
    assert (answer[0].position, answer[0].token, answer[0].is_special) == (0, "<bos>", True)


@pytest.mark.parametrize("threshold", [None, 0.05, 0.1, 0.99])
@pytest.mark.parametrize("ignore_bos", [True, False])
def test_several_texts_by_token_give_what_each_gives_alone(
    threshold: float | None, *, ignore_bos: bool, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    for index, density in ((0, 0), (3, -1)):  # never seen to fire, and unknown
        row = server.world.row(MODEL, SOURCE, index)
        server.world.extra[MODEL, SOURCE, index] = {**(row or {}), "frac_nonzero": density}
    settings: dict[str, Any] = {**HERE, "density_threshold": threshold, "ignore_bos": ignore_bos, "limit": 20}
    texts = TEXTS[:4]
    server.world.special.add(".")
    together = client.top_features_by_token(texts, **settings)
    alone = [client.top_features_by_token(text, **settings)[0] for text in texts]
    assert list(map(seen_by_token, together)) == list(map(seen_by_token, alone))


def seen_by_token(answer: TokenFeatureMatches) -> tuple[object, ...]:
    tokens = [
        (
            token.position,
            token.token,
            token.is_special,
            [(match.ref, match.value, bare(match)) for match in token.matches],
        )
        for token in answer
    ]
    return answer.text, answer.warnings, tokens


def bare(match: Any) -> object:
    """A feature as far as both routes send it: one of them sends one explanation only."""
    if match.feature is None:
        return None
    feature = msgspec.structs.replace(match.feature, explanations=(), model_info=None)
    return feature.ref, feature.density, feature.activations, feature.promoted.tokens


def test_a_source_is_run_on_many_texts(client: NeuronpediaClient, server: LoopbackServer) -> None:
    answers = client.activate_source(TEXTS, **HERE)
    assert [answer.text for answer in answers] == TEXTS
    sent = bodies(server, "/api/activation/source")
    assert sorted((body["customText"] for body in sent), key=str) == [TEXTS[4], TEXTS[:4]]
    (alone,) = client.activate_source(TEXTS[1], **HERE)
    assert alone == answers[1]
    matrix = alone.dense()
    assert matrix.shape == (len(alone.tokens), len(alone.features))
    assert (matrix[0] == 0).all()
    activation = client.activate(FeatureRef(MODEL, SOURCE, int(alone.features[0])), TEXTS[1])[0]
    assert np.allclose(matrix[1:, 0], activation.values, atol=0.001)


def test_a_failure_in_the_envelope_of_a_200_is_an_error(client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(ServerError, match="Text too long") as raised:
        client.activate_source(["a " * 150, "He ran."], **HERE)
    assert raised.value.status == 200
    server.fail(faults.Body(b'{"response": {}, "error": "Out of memory"}'))
    with pytest.raises(ServerError, match="Out of memory"):
        client.activate_source("He ran.", **HERE)


@pytest.mark.parametrize("ask", ["top_features", "top_features_by_token", "activate_source"])
def test_no_text_costs_no_request(ask: str, client: NeuronpediaClient, server: LoopbackServer) -> None:
    assert getattr(client, ask)([], **(PLACE if ask == "top_features" else HERE)) == []
    assert server.requests == []


@pytest.mark.parametrize(
    ("ask", "arguments"),
    [
        ("top_features", {"texts": ""}),
        ("top_features", {"texts": ["good", ""]}),
        ("top_features", {"texts": [None]}),
        ("top_features", {"texts": None}),
        ("top_features", {"texts": "x" * 801}),
        ("top_features", {"source_set": "res jb"}),
        ("top_features", {"source_set": ""}),
        ("top_features", {"model": None}),
        ("top_features", {"sources": []}),
        ("top_features", {"limit": 0}),
        ("top_features", {"limit": 101}),
        ("top_features", {"density_threshold": 0}),
        ("top_features", {"density_threshold": 1}),
        ("top_features", {"density_threshold": -1}),
        ("top_features", {"density_threshold": "0.1"}),
        ("top_features", {"density_threshold": float("nan")}),
        ("top_features", {"sort_positions": [-1]}),
        ("top_features", {"sort_positions": [1.5]}),
        ("top_features", {"sort_positions": 3}),
        ("top_features", {"sort_positions": "3"}),
        ("top_features_by_token", {"texts": ""}),
        ("top_features_by_token", {"texts": "x" * 1701}),
        ("top_features_by_token", {"source": "two words"}),
        ("top_features_by_token", {"limit": 21}),
        ("top_features_by_token", {"limit": True}),
        ("top_features_by_token", {"density_threshold": 1.5}),
        ("activate_source", {"texts": [""]}),
        ("activate_source", {"source": "/"}),
        ("nearest_features", {"ref": "x"}),
        ("nearest_features", {"model": "gpt2-small"}),
        ("nearest_features", {"source": ""}),
    ],
)
def test_what_cannot_be_asked_is_refused_before_it_is(
    ask: str, arguments: dict[str, Any], client: NeuronpediaClient, server: LoopbackServer
) -> None:
    good: dict[str, dict[str, Any]] = {
        "top_features": {"texts": "He ran.", **PLACE},
        "nearest_features": {"ref": server.world.ref(1)},
    }
    with pytest.raises(InvalidRequest):
        getattr(client, ask)(**{**good.get(ask, {"texts": "He ran.", **HERE}), **arguments})
    assert server.requests == []


def test_an_opaque_failure_is_given_its_likely_reasons(client: NeuronpediaClient) -> None:
    too_long = "a " * 390
    failing: list[dict[str, Any]] = [
        {"texts": too_long},
        {"texts": "He ran.", "sort_positions": [99]},
        {"texts": "He ran.", "source_set": "demo-silent"},
    ]
    for asked in failing:
        with pytest.raises(ServerError, match=r"no inference server.*longer than the server allows.*beyond its end"):
            client.top_features(**{**PLACE, **asked})
    with pytest.raises(ServerError, match=r"longer than the server allows"):
        client.top_features_by_token(too_long, **HERE)


def test_an_unknown_source_set_is_not_found(client: NeuronpediaClient) -> None:
    with pytest.raises(NotFound, match=r"The source set demo-tiny/2-demo-sae does not exist"):
        client.top_features("He ran.", model=MODEL, source_set=SOURCE)


def test_an_answer_for_another_number_of_texts_is_unexpected(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Body(b'{"results": [{"tokens": ["<bos>"], "result": []}]}'))
    with pytest.raises(UnexpectedResponse, match="1 results for 2 texts"):
        client.top_features(TEXTS[:2], **PLACE)


def test_answers_are_kept_for_a_day(make_client: MakeClient, server: LoopbackServer) -> None:
    client = make_client(cache=True)

    def ask() -> list[object]:
        return [
            client.top_features(TEXTS, **PLACE),
            client.top_features_by_token(TEXTS[0], **HERE),
            client.activate_source(TEXTS, **HERE),
            client.nearest_features(server.world.ref(1)),
            client.nearest_features(server.world.ref(1), source="4-demo-twin"),
        ]

    first, n_requests = ask(), len(server.requests)
    assert ask() == first
    assert len(server.requests) == n_requests


def test_neighbours_of_the_same_source_come_with_the_feature(client: NeuronpediaClient, server: LoopbackServer) -> None:
    feature = client.get_feature(server.world.ref(3))
    server.requests.clear()
    answer = client.nearest_features(feature)
    assert [request.path for request in server.requests] == [f"/api/feature/{feature.ref}"]
    assert [match.ref for match in answer] == [
        FeatureRef(MODEL, SOURCE, near.index) for near in feature.neighbours if near.index not in (None, 3)
    ]
    assert (answer.ref, answer.model, answer.source) == (feature.ref, MODEL, SOURCE)
    cosines = [match.cosine for match in answer if match.cosine is not None]
    assert cosines == sorted(cosines, reverse=True)
    assert cosines[0] < 1


def test_neighbours_in_another_source_are_asked_for(client: NeuronpediaClient, server: LoopbackServer) -> None:
    answer = client.nearest_features(server.world.ref(3), source="4-demo-twin")
    (request,) = server.requests
    assert (request.path, request.json) == (
        "/api/cossim",
        {"modelId": MODEL, "source": SOURCE, "index": 3, "targetModelId": MODEL, "targetSourceId": "4-demo-twin"},
    )
    assert answer[0].ref == FeatureRef(MODEL, "4-demo-twin", 3)
    assert len(answer) == 10


def test_neighbours_that_cannot_be_had_say_why(client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(ServerError, match=r"nothing runs the source"):
        client.nearest_features(server.world.ref(3), source=SILENT_SOURCE)
    server.fail(faults.Status(400, {"error": ["index is required", "source is required"]}))
    with pytest.raises(InvalidRequest, match="index is required; source is required"):
        client.nearest_features(server.world.ref(3), source="4-demo-twin")
    row = server.world.row(MODEL, SOURCE, 3)
    server.world.extra[MODEL, SOURCE, 3] = {**(row or {}), "topkCosSimIndices": [], "topkCosSimValues": []}
    answer = client.nearest_features(server.world.ref(3))
    assert (len(answer), answer.warnings) == (0, (f"The service keeps no neighbours of {server.world.ref(3)}.",))


def test_a_refusal_of_the_limiter_is_told(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.limiter.limits["/api/search-all"] = 0
    with pytest.raises(RateLimited, match="60 minutes"):
        client.top_features("He ran.", **PLACE)
