"""The key is looked for wherever a notebook could keep it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from np_widgets import ExplanationSearch, FeatureDashboard, FeatureList, NeuronpediaSource
from tests.server.fixtures import server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import LoopbackServer

__all__ = ["server"]

CANARY = "canary-7f3a91c2d4"


def test_no_widget_ever_holds_the_key(server: LoopbackServer, tmp_path: Path) -> None:
    source = NeuronpediaSource(base_url=server.url, api_key=CANARY, cache=False)
    for ref in ("demo-tiny/2-demo-sae/7", "demo-tiny/2-demo-sae/99999"):
        dashboard = FeatureDashboard(ref, source=source, text="The cat sat.")
        dashboard.to_html(tmp_path / "page.html")
        places = [
            repr(dashboard),
            repr(source),
            json.dumps(dashboard.get_state(), default=repr),
            json.dumps(dashboard._repr_mimebundle_()),
            (tmp_path / "page.html").read_text(encoding="utf-8"),
            dashboard.feature.to_json() if dashboard.feature else str(dashboard.error),
        ]
        assert not [place for place in places if CANARY in place]


def test_neither_does_one_that_asks(server: LoopbackServer) -> None:
    source = NeuronpediaSource(base_url=server.url, api_key=CANARY, cache=False)
    search = ExplanationSearch("feelings", model="demo-tiny", source=source)
    lost = ExplanationSearch("feelings", model="demo-tiny", sources=["nowhere"], source=source)
    rows = FeatureList.from_source("demo-tiny", "2-demo-sae", origin=source, limit=30)
    search.selected = rows.opened = "demo-tiny/2-demo-sae/7"
    for widget in (search, lost, rows):
        widget.wait()
        assert bool(widget.error) is (widget is lost)
        places = [
            repr(widget),
            json.dumps(widget.get_state(), default=repr),
            json.dumps(widget._repr_mimebundle_()),
            widget.to_html(),
            str(widget.error),
        ]
        assert not [place for place in places if CANARY in place]
