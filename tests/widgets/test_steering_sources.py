"""The panel on real sources: the demo model, a recording, and the service over HTTP with its limits and failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from np_widgets import BundleSource, DemoSource, NeuronpediaSource, RateLimited, SteeringPanel, demo, record
from tests.server import faults
from tests.server.fixtures import server
from tests.server.steering import Gate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server import LoopbackServer

__all__ = ["server"]

SEA = f"{DemoSource.model}/{demo.VECTOR_SOURCE_ID}/0"
CASTLE = f"{DemoSource.model}/{demo.VECTOR_SOURCE_ID}/6"
LATENT = f"{DemoSource.model}/{DemoSource.source}/7"
SHORT = {"n_tokens": 12}


@pytest.fixture
def service(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[NeuronpediaSource]:
    monkeypatch.setenv("NP_WIDGETS_CACHE_DIR", str(tmp_path / "cache"))
    source = NeuronpediaSource(base_url=server.url, cache=False)
    yield source
    source.client.close()


def said(widget: Any) -> tuple[str, str]:
    return widget.result.default.text, widget.result.steered.text


def test_the_demo_model_is_steered_and_the_probability_of_its_tokens_is_known() -> None:
    panel = SteeringPanel(SEA, "Yesterday we", source=DemoSource(), settings={**SHORT, "seed": 3})
    panel.strengths = 3.35
    panel.run()
    panel.wait()
    default, steered = said(panel)
    assert default != steered
    shown: Any = panel._runs[0]
    assert "".join(shown["steered"]["tokens"]) == steered
    assert any(shown["steered"]["others"])
    assert len(panel.to_dataframe("tokens")) > 10
    assert steered.split()[0] in panel._static_html()


def test_the_demo_model_talks_over_three_turns() -> None:
    panel = SteeringPanel(SEA, source=DemoSource(), chat=True, settings=SHORT)
    for text in ("Where did Mia go?", "And then?", "What did she see?"):
        panel.say(text)
        panel.wait()
        assert panel.error is None
    shown: Any = panel._runs[-1]
    assert [turn[0] for turn in shown["turns"]] == ["user", "assistant", "user", "assistant", "user"]


def test_its_presets_are_offered_and_can_be_used() -> None:
    panel = SteeringPanel(SEA, "Yesterday we", source=DemoSource(), settings=SHORT)
    panel.fetch_presets()
    panel.wait()
    panel.use(panel.presets[0])
    panel.run()
    panel.wait()
    assert panel.result is not None
    assert panel.result.is_complete


def test_a_recording_marks_the_strengths_that_it_holds_and_plays_them_back(tmp_path: Path) -> None:
    path = tmp_path / "lesson.jsonl.gz"
    with record(path):
        live = SteeringPanel([SEA, CASTLE], "Yesterday we", strengths=[3, 0], settings=SHORT, source=DemoSource())
        live.sweep([0, 3, 6], feature=SEA)
        live.wait()
    panel = SteeringPanel([SEA, CASTLE], "Yesterday we", strengths=[3, 0], settings=SHORT, source=BundleSource(path))
    assert panel._recorded == {SEA: [0, 3, 6], CASTLE: [0]}
    panel.strengths = {SEA: 6}
    panel.run()
    panel.wait()
    assert said(panel) == said(live)
    panel.sweep()
    panel.wait()
    assert panel.to_dataframe("sweep")["steered"].tolist() == live.to_dataframe("sweep")["steered"].tolist()
    panel.strengths = {SEA: 5}
    panel.run()
    panel.wait()
    assert panel.error is not None
    assert "holds this run with the strengths" in panel.error["remedy"]
    panel.prompt = "Another prompt"
    assert panel._recorded == {SEA: [], CASTLE: []}


def test_over_http_it_says_what_is_left_of_the_limit(service: NeuronpediaSource, server: LoopbackServer) -> None:
    panel = SteeringPanel(LATENT, "Yesterday we", source=service, settings=SHORT)
    assert panel._left is None
    panel.run()
    panel.wait()
    assert panel._left == {"count": 239, "line": "239 requests left this hour"}
    assert SteeringPanel(LATENT, source=service)._left == panel._left
    panel.fetch_presets()
    panel.wait()
    assert panel._left == {"count": 238, "line": "238 requests left this hour"}
    assert panel.result is not None
    assert panel.result.share_url is not None
    assert panel._runs[0]["share"] == panel.result.share_url
    server.limiter.limits["/api/steer"] = 6
    panel.settings = {"seed": 5}
    panel.run()
    panel.wait()
    with pytest.raises(RateLimited, match="takes 4 requests, and 3 are left"):
        panel.sweep([1, 2, 3, 4])
    panel.sweep([1, 2, 3])
    panel.wait()
    assert panel._left == {"count": 0, "line": "0 requests left this hour"}


def test_a_limit_that_is_used_up_is_told_in_its_place(service: NeuronpediaSource, server: LoopbackServer) -> None:
    panel = SteeringPanel(LATENT, "Yesterday we", source=service, settings=SHORT)
    server.fail(faults.RateLimited("/api/steer", 240))
    panel.run()
    panel.wait()
    assert panel.error is not None
    assert (panel.error["title"], panel.error["retry"]) == ("The rate limit is used up", True)
    assert panel._left == {"count": 0, "line": "0 of 240 requests left this hour"}


def test_a_stream_that_is_cut_keeps_what_has_come(service: NeuronpediaSource, server: LoopbackServer) -> None:
    panel = SteeringPanel(LATENT, "Yesterday we", source=service, settings=SHORT)
    server.fail(faults.Events(most=4, ends=False))
    panel.run()
    panel.wait()
    assert panel.error is None
    (run,) = panel.history
    assert run.result.steered is not None
    assert run.result.interrupted
    assert panel._runs[0]["why"] == run.result.interrupted


def test_a_stream_that_is_overtaken_is_closed(service: NeuronpediaSource, server: LoopbackServer) -> None:
    panel = SteeringPanel(LATENT, "Yesterday we", source=service, settings=SHORT)
    gate = server.world.steering.gate = Gate(after=2)
    panel.run()
    assert gate.reached.wait(20)
    server.world.steering.gate = None
    panel.settings = {"seed": 5}
    panel.run()
    panel.wait()
    assert panel.result is not None
    assert panel.result.request.settings.seed == 5
    assert gate.left.wait(20)
    assert len(panel.history) == 1
