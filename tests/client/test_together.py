"""Questions that belong together: at once, in order, within the limit, and all given up at the first failure."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event, current_thread
from typing import TYPE_CHECKING, Any

import pytest

from np_widgets.client.rates import RateLimit, RateLimits
from np_widgets.errors import RateLimited, ServerError
from tests.server import LoopbackServer, faults

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient, Reply
    from tests.client.conftest import MakeClient
    from tests.server.exchange import Wire

TEXTS = [f"text {number}" for number in range(40)]


@dataclass
class Meeting:
    """Answers by the contract, four at a time: none of them before all four stand here."""

    four: Barrier = field(default_factory=lambda: Barrier(4))

    def strike(self, wire: Wire) -> None:
        self.four.wait(timeout=20)  # broken only if they never meet: then the connection is cut, and the test fails
        wire.whole(200, wire.answer.body, content_type="application/json")


def test_four_requests_are_under_way_at_once_and_answers_come_in_order(
    client: NeuronpediaClient, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[str] = set()
    send = client._transport.send

    def noting(*arguments: Any) -> Reply:
        threads.add(current_thread().name)
        return send(*arguments)

    monkeypatch.setattr(client._transport, "send", noting)
    server.always(Meeting())
    texts = [f"text {number}" for number in range(4 * 4 * 10)]
    results = client.activate(server.world.ref(0), texts)
    assert [activation.text for activation in results] == texts
    assert len(server.requests) == 40
    assert len(threads) == 4


def test_in_a_browser_one_is_asked_after_the_other(
    client: NeuronpediaClient, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "emscripten")
    results = client.activate(server.world.ref(0), TEXTS[:12])
    assert [activation.text for activation in results] == TEXTS[:12]
    sent = [request.json["customText"] for request in server.requests]
    assert sent == [TEXTS[:4], TEXTS[4:8], TEXTS[8:12]]


@dataclass
class HeldBack:
    """Fails the first request, and lets none of the others answer before."""

    failed: Event = field(default_factory=Event)

    def strike(self, wire: Wire) -> None:
        if "text 0" in wire.request.json["customText"]:
            wire.whole(500, b"{}", content_type="application/json")
            self.failed.set()
            return
        self.failed.wait(20)
        wire.whole(200, wire.answer.body, content_type="application/json")


def test_the_first_failure_is_raised_and_what_has_not_begun_is_not_asked(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.always(HeldBack())
    with pytest.raises(ServerError):
        client.activate(server.world.ref(0), [f"text {number}" for number in range(400)])
    assert len(server.requests) < 100
    before = len(server.requests)
    server.always(None)
    client.activate(server.world.ref(0), "after it")
    assert len(server.requests) == before + 1  # nothing was left running


def test_what_the_limit_does_not_allow_is_refused_before_it_is_sent(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.limiter.limits["/api/activation/new"] = 4
    client.activate(server.world.ref(0), "one")
    assert client.rate_limits["/api/activation/new"].remaining == 3
    before = len(server.requests)
    with pytest.raises(
        RateLimited, match=r"takes 4 requests to /api/activation/new, and the service has 3 left"
    ) as raised:
        client.activate(server.world.ref(0), TEXTS[:16])
    assert len(server.requests) == before
    assert raised.value.endpoint == "/api/activation/new"
    until = client.rate_limits["/api/activation/new"].seen_at + timedelta(minutes=60)
    assert f"{until:%Y-%m-%d %H:%M} UTC" in raised.value.remedy
    assert len(client.activate(server.world.ref(0), TEXTS[:12])) == 12  # as many as are left


def test_every_group_of_calls_is_held_to_its_own_limit(client: NeuronpediaClient, server: LoopbackServer) -> None:
    place: dict[str, Any] = {"model": "demo-tiny", "source": "2-demo-sae"}
    server.limiter.limits.update({"/api/search-all": 2, "/api/search-topk-by-token": 2})
    client.top_features("one", model="demo-tiny", source_set="demo-sae")
    client.top_features_by_token("one", **place)
    before = len(server.requests)
    with pytest.raises(RateLimited, match="/api/search-all"):
        client.top_features(TEXTS[:5], model="demo-tiny", source_set="demo-sae")
    with pytest.raises(RateLimited, match="/api/search-topk-by-token"):
        client.top_features_by_token(TEXTS[:5], **place)
    assert len(server.requests) == before
    client.activate(server.world.ref(0), TEXTS[:5])  # not touched by the others' limits


def test_one_request_alone_is_left_to_the_service(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.RateLimited())
    with pytest.raises(RateLimited):
        client.activate(server.world.ref(0), "one")
    assert len(client.activate(server.world.ref(0), "one")) == 1
    assert client.rate_limits["/api/activation/new"].remaining > 0


def test_answers_that_overtake_each_other_leave_the_lowest_count() -> None:
    limits, path = RateLimits(), "/api/activation/new"
    together = datetime.now(UTC)
    for remaining in ("3", "1", "2"):
        limits.note(path, {"x-limit-remaining": remaining}, together)
    assert limits.snapshot()[path].remaining == 1
    limits.note(path, {"x-limit-remaining": "5"}, datetime.now(UTC) + timedelta(seconds=1))  # the window slid
    assert limits.snapshot()[path].remaining == 5


def test_what_is_kept_here_counts_for_nothing(make_client: MakeClient, server: LoopbackServer) -> None:
    client = make_client(cache=True)
    server.limiter.limits["/api/activation/new"] = 5
    client.activate(server.world.ref(0), TEXTS[:16])
    assert client.rate_limits["/api/activation/new"].remaining == 1
    assert len(client.activate(server.world.ref(0), TEXTS[:20])) == 20  # four requests are kept, one is left
    with pytest.raises(RateLimited, match="takes 4 requests"):
        client.activate(server.world.ref(0), TEXTS[:16], refresh=True)


@pytest.mark.parametrize(("window", "minutes"), [("60 m", 60), (None, 60), ("2 h", 120), ("a while", 60)])
def test_a_limit_is_believed_for_as_long_as_its_window(window: str | None, minutes: int) -> None:
    limits = RateLimits()
    seen = datetime.now(UTC) - timedelta(minutes=minutes)
    limits._keep(RateLimit("/api/search-all", 0, seen + timedelta(minutes=1), 1600, window))
    with pytest.raises(RateLimited):
        limits.demand(["/api/search-all"] * 2)
    limits.demand(["/api/search-topk-by-token"] * 2)
    limits._keep(RateLimit("/api/search-all", 0, seen, 1600, window))
    limits.demand(["/api/search-all"] * 2)
