"""What the README shows, run: its code against the server on loopback, its JSON through the reader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import np_widgets as npw
from np_widgets.sources import default
from tests.server import OWNER_KEY
from tests.server.fixtures import server
from tests.server.world import DIMENSION, TWIN_SOURCE

if TYPE_CHECKING:
    from tests.server import LoopbackServer

__all__ = ["server"]

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
HERE = f"{npw.DemoSource.model}/{npw.DemoSource.source}"
REAL, SOURCE, MODEL = "gpt2-small/6-res-jb/650", "6-res-jb", "gpt2-small"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def local(code: str, server: LoopbackServer) -> str:
    """Point the code at the server, which has the demo model's features only."""
    demo = npw.DemoSource
    code = code.replace(f"/{SOURCE}/650", f"/{demo.source}/7").replace('"6-res-jb", 650', f'"{demo.source}", 7')
    code = code.replace(MODEL, demo.model).replace(SOURCE, demo.source).replace("http://localhost:3000", server.url)
    code = code.replace("range(650, 655)", "range(7, 9)")
    code = code.replace("7-res-jb", TWIN_SOURCE).replace("gemma-2-9b-it/9-gemmascope-res-131k/62610", f"{HERE}/7")
    return code.replace('"res-jb"', '"demo-sae"').replace("range(100)", "range(4)").replace("limit=500", "limit=30")


@pytest.mark.parametrize(
    "code", [c for c in blocks("python") if "login()" not in c], ids=lambda code: code.split("\n")[0]
)
def test_the_code_runs(code: str, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(default, "_default", None)
    monkeypatch.delenv("NP_WIDGETS_SOURCE", raising=False)
    monkeypatch.delenv("NEURONPEDIA_API_KEY", raising=False)
    monkeypatch.setenv("NEURONPEDIA_BASE_URL", server.url)
    monkeypatch.setenv("NP_WIDGETS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "saved.json").write_text(blocks("json")[0], encoding="utf-8")
    ref = f"{npw.DemoSource.model}/{npw.DemoSource.source}/3"
    names: dict[str, Any] = {"npw": npw, "ref": ref, "refs": [ref], "vector": [0.5] * DIMENSION}
    if "upload_vector" in code:
        monkeypatch.setenv("NEURONPEDIA_API_KEY", OWNER_KEY)
    names["client"] = npw.NeuronpediaClient()
    exec(compile(local(code, server), "README.md", "exec"), names)  # noqa: S102 (our own README)


def test_the_json_is_a_feature() -> None:
    feature = npw.Feature.from_json(json.loads(blocks("json")[0]))
    assert feature.explanation == "cats"
    assert feature.activations[0].peak == 3.2
    assert feature.warnings == ()


def test_there_are_two_set_up_commands() -> None:
    assert re.findall(r"^make \w+", README, flags=re.MULTILINE) == ["make demo", "make test"]


def test_no_example_shows_a_key() -> None:
    assert not re.search(r"api_key\s*=\s*[\"']\w", README)


def test_every_page_it_links_to_exists() -> None:
    root = Path(__file__).parent.parent
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", README):
        assert (root / target).exists(), target


def test_every_error_that_it_explains_is_one_that_is_raised() -> None:
    of_others = ("No version of module anywidget", "Error displaying widget", "Loading widget")
    package = Path(npw.__file__).parent
    words = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    spoken = re.sub(r"\{[^{}]*\}", "…", words)
    explained = [
        text for text in re.findall(r"^\*\*`(.*?)`", README, flags=re.MULTILINE) if not text.startswith(of_others)
    ]
    assert len(explained) >= 5
    for text in explained:
        for part in filter(None, map(str.strip, text.split("…"))):
            assert part in spoken, text
