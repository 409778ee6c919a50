"""Searches by meaning: what is asked, how pages are laid together, and what is left when one of them fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from np_widgets.client import SearchInterrupted
from np_widgets.errors import InvalidRequest, NeuronpediaError, ServerError
from tests.rows import feature_row
from tests.server import LoopbackServer, faults, json_answer
from tests.server.meanings import EXPORTS
from tests.server.world import SILENT_SOURCE, TWIN_SOURCE

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient
    from np_widgets.models import ExplanationMatches
    from tests.client.conftest import MakeClient

MODEL, SOURCE = "demo-tiny", "2-demo-sae"
BROAD = [{}, {"model": MODEL}]
FULL = [{"model": MODEL, "sources": [SOURCE, TWIN_SOURCE]}, {"release": "demo-release"}]


def asked(server: LoopbackServer) -> list[tuple[str, Any]]:
    return [(request.path.removeprefix("/api/explanation/"), request.json) for request in server.requests]


def offsets(server: LoopbackServer) -> list[int]:
    return [body.get("offset", 0) for _, body in asked(server)]


def names(answer: ExplanationMatches) -> list[tuple[str, str]]:
    return [(str(match.ref), match.text) for match in answer]


@pytest.mark.parametrize(
    ("where", "route", "keys"),
    [
        ({"model": MODEL, "sources": [SOURCE]}, "search", {"modelId": MODEL, "layers": [SOURCE]}),
        ({"model": MODEL, "sources": SOURCE}, "search", {"modelId": MODEL, "layers": [SOURCE]}),
        ({"model": MODEL}, "search-model", {"modelId": MODEL}),
        ({"release": "demo-release"}, "search-release", {"releaseName": "demo-release"}),
        ({}, "search-all", {}),
    ],
)
def test_each_place_has_its_route(
    where: dict[str, Any], route: str, keys: dict[str, Any], client: NeuronpediaClient, server: LoopbackServer
) -> None:
    answer = client.search_explanations(" numbered steps ", limit=3, **where)
    assert asked(server)[0] == (route, {"query": "numbered steps", **keys})
    assert len(answer) == 3
    assert "steps" in answer[0].text
    assert answer[0].cosine is not None
    assert answer[0].feature is not None
    assert answer[0].feature.ref == answer[0].ref
    assert len(answer[0].feature.activations) == 3
    assert answer[0].feature.site == server.url
    assert answer.provenance is not None


@pytest.mark.parametrize("where", FULL)
def test_full_pages_take_as_few_requests_as_can_be(
    where: dict[str, Any], client: NeuronpediaClient, server: LoopbackServer
) -> None:
    answer = client.search_explanations("numbered steps", limit=50, **where)
    assert len(answer) == 50
    assert offsets(server) == [0, 20, 40]
    assert answer.next_offset == 50
    more = client.search_explanations("numbered steps", limit=50, offset=50, **where)
    both = names(answer) + names(more)
    assert len(set(both)) == len(both)
    assert names(client.search_explanations("numbered steps", limit=100, **where)) == both


@pytest.mark.parametrize("where", BROAD)
def test_short_pages_are_followed_past_the_end_that_they_claim(
    where: dict[str, Any], client: NeuronpediaClient, server: LoopbackServer
) -> None:
    answer = client.search_explanations("numbered steps", limit=50, **where)
    assert len(answer) == 50
    assert len(server.requests) > 3
    assert offsets(server) == [20 * number for number in range(len(server.requests))]
    assert {match.source for match in answer} <= {SOURCE, TWIN_SOURCE, SILENT_SOURCE}


@pytest.mark.parametrize("where", BROAD)
def test_going_on_skips_nothing_where_a_short_page_was_cut(where: dict[str, Any], client: NeuronpediaClient) -> None:
    first = client.search_explanations("numbered steps", limit=7, **where)
    assert first.next_offset is not None
    rest = client.search_explanations("numbered steps", limit=33, offset=first.next_offset, **where)
    whole = client.search_explanations("numbered steps", limit=30, **where)
    assert set(names(whole)) <= set(names(first)) | set(names(rest))


@pytest.mark.parametrize("where", [*BROAD, *FULL])
def test_a_search_ends_where_there_is_no_more(
    where: dict[str, Any], client: NeuronpediaClient, server: LoopbackServer
) -> None:
    answer = client.search_explanations("numbered steps", limit=10_000, **where)
    assert answer.next_offset is None
    assert answer.interrupted is None
    assert len(set(names(answer))) == len(answer) > 50
    assert len(server.requests) < 40


def test_a_source_without_explanations_has_none(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.world.extra["m", "6-bare", 0] = feature_row(modelId="m", layer="6-bare", index="0", explanations=[])
    answer = client.search_explanations("anything", model="m", sources=["6-bare"])
    assert len(answer) == 0
    assert answer.next_offset is None


class Recited:
    """Answers every request with the next of some pages, then with the last of them for ever."""

    def __init__(self, *pages: list[dict[str, Any]], has_more: bool = True) -> None:
        self._pages = list(pages)
        self._has_more = has_more

    def strike(self, wire: Any) -> None:
        page = self._pages.pop(0) if len(self._pages) > 1 else self._pages[0]
        offset = wire.request.json.get("offset", 0)
        reply = {"results": page, "hasMore": self._has_more, "nextOffset": offset + 20}
        wire.whole(200, json_answer(reply).body, content_type="application/json")


def row(index: int, text: str = "cities") -> dict[str, Any]:
    return {"modelId": "m", "layer": "6-s", "index": str(index), "description": text, "cosine_similarity": 0.5}


def test_a_match_that_comes_on_two_pages_comes_once(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.always(Recited([row(1), row(2)], [row(2), row(2, "towns"), row(3)], []))
    answer = client.search_explanations("cities", model="m", sources=["6-s"])
    assert [(match.index, match.text) for match in answer] == [
        (1, "cities"),
        (2, "cities"),
        (2, "towns"),
        (3, "cities"),
    ]
    assert answer.next_offset is None


def test_a_server_that_does_not_know_offsets_is_not_asked_for_ever(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.always(Recited([row(1), row(2)]))
    answer = client.search_explanations("cities", model="m", sources=["6-s"], limit=100)
    assert [match.index for match in answer] == [1, 2]
    assert answer.warnings == ("The service sent one page twice, so the search ended there.",)
    assert len(server.requests) == 2


def test_features_that_the_database_lost_leave_their_explanations(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.always(Recited([row(1)], has_more=False))
    answer = client.search_explanations("cities", model="m", sources=["6-s"])
    assert answer[0].feature is None
    assert answer[0].text == "cities"


FAILURES = [
    (faults.RateLimited("/api/explanation/search", 200), "used up"),
    (faults.Status(500), "does not exist"),
    (faults.Cut(), "broke off"),
]


@pytest.mark.parametrize(("fault", "said"), FAILURES)
def test_what_had_arrived_is_kept_when_a_later_page_fails(
    fault: faults.Fault, said: str, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    where: dict[str, Any] = {"model": MODEL, "sources": [SOURCE, TWIN_SOURCE]}
    whole = client.search_explanations("numbered steps", limit=60, **where)
    server.fail(Plain(), Plain(), fault)
    with pytest.warns(SearchInterrupted, match=r"broke off after 40 of 60 .* It goes on with offset=40"):
        answer = client.search_explanations("numbered steps", limit=60, **where)
    assert answer.interrupted is not None
    assert said in answer.interrupted
    assert names(answer) == names(whole)[:40]
    assert answer.next_offset == 40
    rest = client.search_explanations("numbered steps", limit=20, offset=answer.next_offset, **where)
    assert names(answer) + names(rest) == names(whole)


class Plain:
    """No fault: the answer of the contract."""

    def strike(self, wire: Any) -> None:
        wire.whole(200, wire.answer.body, content_type="application/json")


@pytest.mark.parametrize(("fault", "said"), FAILURES)
def test_a_first_page_that_fails_is_an_error(
    fault: faults.Fault, said: str, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.fail(fault)
    with pytest.raises(NeuronpediaError, match=said):
        client.search_explanations("numbered steps", limit=60, model=MODEL, sources=[SOURCE])


def test_the_limiter_ends_a_long_search_and_what_had_arrived_stays(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.limiter.limits["/api/explanation/search"] = 2
    with pytest.warns(SearchInterrupted, match="60 minutes"):
        answer = client.search_explanations("numbered steps", limit=60, model=MODEL, sources=[SOURCE, TWIN_SOURCE])
    assert (len(answer), answer.next_offset) == (40, 40)
    assert client.rate_limits["/api/explanation/search"].remaining == 0


@pytest.mark.parametrize(
    "arguments",
    [
        {"query": "ab"},
        {"query": " ab "},
        {"query": ""},
        {"query": None},
        {"limit": 0},
        {"limit": True},
        {"limit": 2.5},
        {"offset": -1},
        {"sources": ["6-s"]},
        {"model": "m", "sources": []},
        {"model": "m", "sources": [""]},
        {"model": "m", "release": "r"},
        {"model": "m", "sources": ["6-s"], "release": "r"},
        {"sources": ["6-s"], "release": "r"},
        {"model": "two words"},
        {"release": ""},
    ],
)
def test_what_cannot_be_searched_is_refused_before_it_is_asked(
    arguments: dict[str, Any], client: NeuronpediaClient, server: LoopbackServer
) -> None:
    with pytest.raises(InvalidRequest):
        client.search_explanations(**{"query": "cities", **arguments})
    assert server.requests == []


def test_unknown_names_are_an_opaque_failure_with_likely_reasons(client: NeuronpediaClient) -> None:
    with pytest.raises(
        ServerError, match=r"explanations of nope/6-s .*one of the sources or the release does not exist"
    ):
        client.search_explanations("cities", model="nope", sources=["6-s"])
    with pytest.raises(ServerError, match=r"explanations of the release nope"):
        client.search_explanations("cities", release="nope")


def test_searches_are_kept_for_a_day(make_client: MakeClient, server: LoopbackServer) -> None:
    client = make_client(cache=True)
    first, second = (client.search_explanations("cities", limit=30, model=MODEL, sources=[SOURCE]) for _ in range(2))
    assert first == second
    assert len(server.requests) == 2
    client.search_explanations("cities", limit=30, model=MODEL, sources=[SOURCE], refresh=True)
    assert len(server.requests) == 4


def test_an_old_copy_among_the_pages_is_said(make_client: MakeClient, server: LoopbackServer) -> None:
    client = make_client(cache=True)
    client.search_explanations("cities", limit=30, model=MODEL, sources=[SOURCE])
    server.fail(Plain(), *[faults.Status(503)] * 4)
    answer = client.search_explanations("cities", limit=30, model=MODEL, sources=[SOURCE], refresh=True)
    assert answer.provenance is not None
    assert answer.provenance.stale
    assert len(answer) == 30


def test_the_export_says_where_the_data_is_and_asks_once(client: NeuronpediaClient, server: LoopbackServer) -> None:
    for source in ("6-res-jb", "7-res-jb"):
        with pytest.raises(InvalidRequest, match=f"v1/gpt2-small/{source}/explanations of ") as raised:
            client.export_explanations("gpt2-small", source)
        assert EXPORTS in raised.value.remedy
    (request,) = server.requests
    assert (request.method, request.path) == (
        "GET",
        "/api/explanation/export?modelId=gpt2-small&saeId=6-res-jb",
    )


def test_the_export_believes_the_service_where_the_data_is(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Status(400, {"newUrl": "https://example.org/elsewhere", "message": "gone"}))
    with pytest.raises(InvalidRequest, match=r"https://example\.org/elsewhere"):
        client.export_explanations("gpt2-small", "6-res-jb")


@pytest.mark.parametrize("fault", [faults.NoResponse(), faults.Status(500), faults.Body(b"[]"), faults.html()])
def test_the_export_knows_where_the_data_is_without_the_service(
    fault: faults.Fault, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.always(fault)
    with pytest.raises(InvalidRequest) as raised:
        client.export_explanations("gpt2-small", "6-res-jb")
    assert EXPORTS in raised.value.remedy
