"""From a text to features: what is asked of each route, and that one text and several give the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from np_widgets.models import FeatureRef
from tests.server.world import N_FEATURES

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient
    from np_widgets.models import TokenFeatureMatches, TopFeatureMatches
    from tests.client.conftest import MakeClient
    from tests.server import LoopbackServer

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
    assert (sent["densityThreshold"], sent["numResults"], sent["ignoreBos"]) == (0, 10, False)
    assert (answer[0].position, answer[0].token, answer[0].is_special) == (0, "<bos>", True)


@pytest.mark.parametrize("threshold", [None, 0.05, 0.1, 0.99])
@pytest.mark.parametrize("ignore_bos", [True, False])
def test_several_texts_by_token_give_what_each_gives_alone(
    threshold: float | None, *, ignore_bos: bool, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    texts = TEXTS[:4]
    known = client.top_features_by_token(texts[0], **HERE, density_threshold=None)[0]
    firing = sorted({match.index for token in known for match in token.matches if match.feature})
    for index, density in zip(firing, (0, -1), strict=False):  # never seen to fire, and unknown
        row = server.world.row(MODEL, SOURCE, index)
        server.world.extra[MODEL, SOURCE, index] = {**(row or {}), "frac_nonzero": density}
    settings: dict[str, Any] = {**HERE, "density_threshold": threshold, "ignore_bos": ignore_bos, "limit": 20}
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
