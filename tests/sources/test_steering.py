"""Steering from a script, whichever source answers; and what the service's source passes on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

import np_widgets as npw
from np_widgets import DemoSource, FeatureRef, FeatureSource, InvalidRequest, NeuronpediaSource, SteerRequest
from np_widgets.recordings import RecordingWarning
from np_widgets.sources import default
from tests.server import faults
from tests.server.fixtures import server
from tests.server.steering import Gate
from tests.sources.library import Library, ref

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from np_widgets.models import SteerResult
    from tests.server import LoopbackServer

__all__ = ["server"]

REF = f"{DemoSource.model}/{DemoSource.source}/7"
PROMPT = "The queen of France"
CANARY = "canary-7f3a91c2d4"


@pytest.fixture
def service(server: LoopbackServer) -> Iterator[NeuronpediaSource]:
    source = NeuronpediaSource(base_url=server.url, api_key="", cache=False)
    with source.client:
        yield source


def said(result: SteerResult) -> tuple[str, str]:
    assert result.default is not None
    assert result.steered is not None
    return result.default.text, result.steered.text


def test_a_script_gets_the_result_or_watches_it_grow() -> None:
    asked: dict[str, Any] = {"strengths": [40, -1], "source": Library()}
    result = npw.steer([ref(1), ref(2)], "Once", **asked)
    assert said(result) == ("Once", "40 -1")
    results = list(npw.steer([ref(1), ref(2)], "Once", stream=True, **asked))
    assert [one.is_complete for one in results] == [False, True]
    assert results[-1] == result


def test_the_default_source_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default, "_default", None)
    npw.use("demo")
    result = npw.steer({REF: 40}, PROMPT, n_tokens=5)
    assert result.is_complete
    assert result.provenance is not None
    assert result.provenance.origin == "demo"


@pytest.mark.parametrize("source", ["demo", Library()])
def test_what_no_model_could_be_asked_is_refused_before_anyone_is(source: Any) -> None:
    for wrong in ({REF: 301}, {}, {REF: "much"}, 7):
        with pytest.raises(InvalidRequest):
            npw.steer(wrong, PROMPT, source=source)
    with pytest.raises(InvalidRequest, match="Is it temperature"):
        npw.steer({REF: 1}, PROMPT, source=source, temprature=1)


def test_a_source_that_does_not_steer_says_so() -> None:
    class Silent(FeatureSource):
        name = "silent"

    assert not Silent().supports("steer")
    with pytest.raises(InvalidRequest, match="silent does not steer"):
        npw.steer({REF: 1}, PROMPT, source=Silent())
    with pytest.raises(InvalidRequest, match="no steering presets"):
        Silent().steering_presets("demo-tiny")


def test_the_service_and_the_demo_say_the_same(service: NeuronpediaSource) -> None:
    request = SteerRequest.make({REF: 40}, PROMPT, n_tokens=12, method="orthogonal", seed=5)
    chat = SteerRequest.make({REF: 40}, messages="Hello", n_tokens=12)
    for one in (request, chat, npw.steer(chat, source="demo").reply("Why?")):
        runs = [[said(r) for r in source.steer(one) if r.default] for source in (DemoSource(), service)]
        assert runs[0][-1] == runs[1][-1]


def test_the_services_settings_are_passed_on(service: NeuronpediaSource, server: LoopbackServer) -> None:
    request = SteerRequest.make({REF: 40}, PROMPT, n_tokens=3, seed=7, temperature=0, multiplier=2)
    (whole,) = service.steer(request, stream=False)
    *_, last = service.steer(request)
    assert whole == last
    asked = [one.json for one in server.requests]
    assert asked[1] == {**asked[0], "stream": True}
    assert (asked[0]["seed"], asked[0]["temperature"], asked[0]["strength_multiplier"]) == (7, 0, 2)
    assert service.steering_presets("demo-tiny") == service.client.steering_presets("demo-tiny")


def test_a_run_of_the_service_is_recorded_whole_where_it_came_whole(
    service: NeuronpediaSource, server: LoopbackServer, tmp_path: Path
) -> None:
    request = SteerRequest.make({REF: 40}, PROMPT, n_tokens=6)
    with npw.record(tmp_path / "lesson") as kept:
        server.fail(faults.Events(most=2, ends=False))
        *_, cut = service.steer(request)
        next(service.steer(request))
        *_, whole = service.steer(request)
        assert (bool(cut.interrupted), whole.is_complete, len(kept)) == (True, True, 1)
    n_requests = len(server.requests)
    *_, played_back = npw.BundleSource(tmp_path / "lesson").steer(request)
    assert played_back == whole
    assert len(server.requests) == n_requests


def test_a_run_that_echoes_the_key_is_not_recorded(server: LoopbackServer, tmp_path: Path) -> None:
    source = NeuronpediaSource(base_url=server.url, api_key=CANARY, cache=False)
    with source.client, npw.record(tmp_path / "lesson") as kept:
        with pytest.warns(RecordingWarning, match="API key"):
            list(source.steer(SteerRequest.make({REF: 40}, f"My key is {CANARY}.", n_tokens=3)))
        assert len(kept) == 0


def test_to_leave_a_run_of_the_service_ends_its_connection(service: NeuronpediaSource, server: LoopbackServer) -> None:
    gate = server.world.steering.gate = Gate(after=2)
    for _ in npw.steer({REF: 40}, PROMPT, source=service, stream=True, n_tokens=9):
        break
    assert gate.left.wait(20)


def test_a_run_of_the_service_is_stopped_from_another_thread(
    service: NeuronpediaSource, server: LoopbackServer
) -> None:
    gate = server.world.steering.gate = Gate(after=2)
    run = service.steer(SteerRequest.make({REF: 40}, PROMPT, n_tokens=9))
    with ThreadPoolExecutor(1) as pool:
        results = pool.submit(list, run)
        assert gate.reached.wait(20)
        run.close()  # type: ignore[attr-defined]
        assert not any(result.is_complete for result in results.result(20))
    assert gate.left.wait(20)


def test_references_are_those_of_the_features() -> None:
    result = npw.steer({FeatureRef.parse(ref(1)): 2}, "Once", source=Library())
    assert result.request.strengths == {FeatureRef.parse(ref(1)): 2}
