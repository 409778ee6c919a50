"""What each method asks, and what it makes of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pytest

from np_widgets.errors import InvalidRequest, NotFound, ServerError, UnexpectedResponse
from np_widgets.models import FeatureRef
from tests.server import LoopbackServer, faults
from tests.server.world import PRIVATE_SOURCE, SILENT_SOURCE, TWIN_SOURCE

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient

MODEL = "demo-tiny"


def bodies(server: LoopbackServer) -> list[Any]:
    return [request.json for request in server.requests]


def test_feature_comes_whole_and_says_where_it_is_from(client: NeuronpediaClient, server: LoopbackServer) -> None:
    feature = client.get_feature(server.world.ref(7))
    assert feature.ref == server.world.ref(7)
    assert feature.activations
    assert feature.promoted.tokens
    assert feature.url == f"{server.url}/{server.world.ref(7)}"
    origin = feature.provenance
    assert origin is not None
    assert server.url.endswith(origin.origin)
    assert origin.url == f"{server.url}/api/feature/{server.world.ref(7)}"
    assert origin.fetched_at is not None
    assert origin.fetched_at.utcoffset() is not None
    assert not origin.cached
    assert not origin.stale


@pytest.mark.parametrize(
    "form",
    [
        "{ref}",
        "https://www.neuronpedia.org/{ref}?embed=true",
        ("demo-tiny", "2-demo-sae", "7"),
        {"model": "demo-tiny", "source": "2-demo-sae", "index": 7},
        FeatureRef("demo-tiny", "2-demo-sae", 7),
    ],
    ids=["text", "url", "tuple", "mapping", "ref"],
)
def test_every_form_of_reference_is_taken(form: Any, client: NeuronpediaClient, server: LoopbackServer) -> None:
    ref = form.format(ref=server.world.ref(7)) if isinstance(form, str) else form
    assert client.get_feature(ref).ref == server.world.ref(7)


@pytest.mark.parametrize(
    "ref",
    ["gpt2-small", "gpt2-small/6-res-jb/-1", "a/b/c", "../../etc/1", ("gpt2", "x y", 1), ("gpt2", "x", 1.5), None],
)
def test_malformed_reference_costs_no_request(ref: Any, client: NeuronpediaClient, server: LoopbackServer) -> None:
    for ask in (client.get_feature, client.get_activations, lambda ref: client.get_features([ref])):
        with pytest.raises(InvalidRequest):
            ask(ref)
    with pytest.raises(InvalidRequest):
        client.activate(ref, "text")
    assert server.requests == []


def test_unknown_feature_is_not_found_by_its_name(client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(
        NotFound, match=r"The feature demo-tiny/2-demo-sae/9999999 does not exist .* or is private"
    ) as e:
        client.get_feature(server.world.ref(9_999_999))
    assert e.value.status == 404
    assert isinstance(e.value, LookupError)


def test_private_source_looks_like_a_missing_one(client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(NotFound, match="private"):
        client.get_feature(server.world.ref(1, PRIVATE_SOURCE))


def test_dead_feature_is_a_feature(client: NeuronpediaClient, server: LoopbackServer) -> None:
    row = {"modelId": MODEL, "layer": "2-demo-sae", "index": "888888", "maxActApprox": 0, "frac_nonzero": 0}
    server.world.extra[MODEL, "2-demo-sae", 888_888] = {**row, "activations": [], "explanations": []}
    ref = server.world.ref(888_888)
    assert client.get_feature(ref).is_dead
    assert client.get_activations(ref) == []


def test_features_come_in_the_order_asked_for(client: NeuronpediaClient, server: LoopbackServer) -> None:
    twin = server.world.ref(3, TWIN_SOURCE)
    wanted = [server.world.ref(9), twin, server.world.ref(3), server.world.ref(9), server.world.ref(0)]
    assert [feature.ref for feature in client.get_features(wanted)] == wanted
    assert len(server.requests) == 1


def test_features_are_asked_for_by_number_and_fifty_at_a_time(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    wanted = [server.world.ref(number % 40) for number in range(120)]
    features = client.get_features(wanted, max_activations=2)
    assert [feature.ref for feature in features] == wanted
    assert sorted(len(body) for body in bodies(server)) == [20, 50, 50]  # at once, so in any order
    first = {"modelId": MODEL, "layer": "2-demo-sae", "index": 0, "maxActsToReturn": 2}
    assert first in [body[0] for body in bodies(server)]
    assert {len(feature.activations) for feature in features} <= {0, 1, 2}


def test_examples_are_strongest_first_on_every_route(client: NeuronpediaClient, server: LoopbackServer) -> None:
    ref = server.world.ref(5)
    for feature in (client.get_features([ref])[0], client.get_features([ref], max_activations=3)[0]):
        peaks = [activation.peak or 0 for activation in feature.activations]
        assert len(peaks) > 1
        assert peaks == sorted(peaks, reverse=True)


def test_missing_features_are_all_named(client: NeuronpediaClient, server: LoopbackServer) -> None:
    lost = [server.world.ref(7_777_777), server.world.ref(2, PRIVATE_SOURCE)]
    wanted = [server.world.ref(1), *lost, server.world.ref(2), lost[0]]
    with pytest.raises(NotFound) as caught:
        client.get_features(wanted)
    assert all(str(caught.value).count(str(ref)) == 1 for ref in lost)
    assert [feature.ref.index for feature in client.get_features(wanted, missing="skip")] == [1, 2]


def test_no_features_are_no_request(client: NeuronpediaClient, server: LoopbackServer) -> None:
    assert client.get_features([]) == []
    assert client.activate(server.world.ref(1), []) == []
    assert server.requests == []


@pytest.mark.parametrize("count", [0, -1, True, 1.5, "3"])
def test_nonsense_number_of_examples_is_refused(count: Any, client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(InvalidRequest):
        client.get_features([server.world.ref(1)], max_activations=count)
    assert server.requests == []


def test_single_reference_is_not_a_list_of_letters(client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(InvalidRequest, match="get_feature"):
        client.get_features(str(server.world.ref(1)))


def test_activations_ask_with_the_index_as_text(client: NeuronpediaClient, server: LoopbackServer) -> None:
    activations = client.get_activations(server.world.ref(0))
    assert activations
    assert bodies(server) == [{"modelId": MODEL, "source": "2-demo-sae", "index": "0"}]
    assert activations[0].provenance is not None


def test_one_text_and_many_give_lists(client: NeuronpediaClient, server: LoopbackServer) -> None:
    ref = server.world.ref(0)
    assert len(client.activate(ref, "one")) == 1
    assert len(client.activate(ref, ["one"])) == 1
    texts = [f"text {number}" for number in range(9)]
    results = client.activate(ref, texts, ignore_bos=True)
    assert [activation.text.replace(" ", "") for activation in results] == [text.replace(" ", "") for text in texts]
    sent = [body["customText"] for body in bodies(server)]
    assert sent[:2] == ["one", "one"]
    assert sorted(sent[2:], key=str) == [texts[:4], texts[4:8], texts[8]]  # at once, so in any order
    assert bodies(server)[0]["feature"]["index"] == "0"
    assert [body.get("ignoreBos") for body in bodies(server)] == [None, None, True, True, True]


@pytest.mark.parametrize("texts", ["", ["good", ""], [3], "half a pair \ud800"])
def test_text_that_cannot_be_run_is_refused(texts: Any, client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(InvalidRequest):
        client.activate(server.world.ref(1), texts)
    assert server.requests == []


def test_opaque_failure_to_run_a_text_gets_likely_reasons(client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(ServerError, match=r"inference server.*400 tokens") as caught:
        client.activate(server.world.ref(1, SILENT_SOURCE), "text")
    assert caught.value.status == 500
    assert "Something went wrong" not in str(caught.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ("the fox " * 300, r"This text has \d{3} tokens, and the service reads about 400: shorten it, or split it"),
        ("the fox " * 2000, "This text has 16,000 characters, and the service reads about 400"),
        (["short", "the fox " * 300], r"The longest of these texts has \d{3} tokens"),
    ],
)
def test_text_that_is_too_long_is_counted(
    texts: Any, told: str, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    with pytest.raises(ServerError, match=told) as caught:
        client.activate(server.world.ref(1), texts)
    assert caught.value.status == 500
    assert caught.value.__context__ is None


def test_long_text_that_is_not_too_long_is_no_reason(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Status(500))
    with pytest.raises(ServerError, match="Likely reasons"):
        client.activate(server.world.ref(1), "the fox " * 60)
    server.fail(faults.Status(500), faults.Status(429))  # nor when nobody counts it
    with pytest.raises(ServerError, match="Likely reasons"):
        client.activate(server.world.ref(1), "the fox " * 300)


def test_fewer_results_than_texts_are_refused(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Body(b'[{"tokens": ["a"], "values": [1]}]'))
    with pytest.raises(UnexpectedResponse, match="1 results for 2 texts"):
        client.activate(server.world.ref(1), ["a", "b"])


def test_pages_are_fetched_as_they_are_needed(client: NeuronpediaClient, server: LoopbackServer) -> None:
    pages = client.iter_features(MODEL, "2-demo-sae")
    assert server.requests == []
    first = [next(pages) for _ in range(25)]
    assert len(server.requests) == 1
    assert [feature.index for feature in first] != sorted(feature.index for feature in first)
    pages.close()
    rest = [feature.index for feature in client.iter_features(MODEL, "2-demo-sae", start=25)]
    indices = [feature.index for feature in first] + rest
    assert sorted(indices) == [int(row["index"]) for row in server.world.alive(MODEL, "2-demo-sae")]
    assert {body["offset"] for body in bodies(server)} >= {0, 25}


def test_limit_ends_the_pages(client: NeuronpediaClient, server: LoopbackServer) -> None:
    assert len(list(client.iter_features(MODEL, "2-demo-sae", start=3, limit=27))) == 27
    assert [body["offset"] for body in bodies(server)] == [3, 28]
    assert list(client.iter_features(MODEL, "2-demo-sae", limit=0)) == []
    assert len(server.requests) == 2


def test_pages_that_repeat_end_in_an_error(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.always(faults.Body(b'[{"modelId": "demo-tiny", "layer": "2-demo-sae", "index": "1"}]'))
    with pytest.raises(UnexpectedResponse, match="repeat"):
        list(client.iter_features(MODEL, "2-demo-sae"))


@pytest.mark.parametrize("settings", [{"start": -1}, {"limit": -1}, {"start": 1.5}, {"limit": "3"}])
def test_nonsense_pages_are_refused_at_once(settings: Any, client: NeuronpediaClient) -> None:
    with pytest.raises(InvalidRequest):
        client.iter_features(MODEL, "2-demo-sae", **settings)


def test_unknown_source_has_no_pages(client: NeuronpediaClient) -> None:
    with pytest.raises(NotFound, match="99-nope"):
        next(client.iter_features(MODEL, "99-nope"))


def test_bar_counts_features_when_there_are_several_requests(
    client: NeuronpediaClient, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: list[int] = []
    totals: list[object] = []

    class Bar:
        def __init__(self, **settings: Any) -> None:
            totals.append(settings["total"])
            assert settings["delay"] == 1

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *error: object) -> None:
            counts.append(0)

        def update(self, count: int) -> None:
            counts.append(count)

    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    client.get_features([server.world.ref(1)])
    assert totals == []
    client.get_features([server.world.ref(number % 9) for number in range(60)])
    assert (totals, sorted(counts)) == ([60], [0, 10, 50])
