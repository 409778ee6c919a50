"""The reference: every method of the client is described, with an example that runs."""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import np_widgets as npw
from np_widgets.models import Feature
from tests.client.uploading import dashboards, example, features
from tests.server import OWNER_KEY
from tests.server.fixtures import server
from tests.server.world import DIMENSION, TWIN_SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.server import LoopbackServer

__all__ = ["server"]

ROOT = Path(__file__).parent.parent


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / "reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = _generator()
METHODS = GENERATOR.methods(npw.NeuronpediaClient)
CALLED = {name: member for name, member in METHODS.items() if not isinstance(member, property)}


def examples(name: str) -> str:
    lines = re.findall(r"^(?:>>>|\.\.\.) ?(.*)$", inspect.getdoc(CALLED[name]) or "", flags=re.MULTILINE)
    return "\n".join(lines)


def test_reference_is_made_by_one_command_that_the_readme_names(tmp_path: Path) -> None:
    target = tmp_path / "made" / "reference.md"
    command = [sys.executable, "-m", "docs.reference", str(target)]
    subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603 (our own program)
    text = target.read_text(encoding="utf-8")
    assert "python -m docs.reference build/reference.md" in (ROOT / "README.md").read_text(encoding="utf-8")
    for name in npw.__all__:
        assert f"## `{name}`" in text
    for name in METHODS:
        assert f"### `NeuronpediaClient.{name}`" in text
    answers = text.partition("# What comes back")[2]
    for name in ("UploadReport", "ScoreReport", "Scored", "Refusal", "SavedList", "Vector", "Reply", "RateLimit"):
        assert f"\n## `{name}`\n" in answers, name
    assert "- `n_landed : int`: How many this run has uploaded." in answers
    assert "matches: tuple[Scored, ...] = ()" in answers
    assert "~" not in text
    headings = re.findall(r"^##+ `(.+)`$", text, flags=re.MULTILINE)
    led_to = set(re.findall(r"\]\(#(\w+)\)", text))
    assert led_to <= {heading.lower().replace(".", "") for heading in headings}
    assert led_to >= {f"neuronpediaclient{name}".lower() for name in METHODS}
    assert ":meth:" not in text
    assert "``f" not in text.replace("```", "")
    assert "- `strength : float`: The steering strength that the site begins with, -300 to 300." in text
    assert 'client.get_feature("gpt2-small/6-res-jb/650").explanation' in text


@pytest.mark.parametrize("name", METHODS)
def test_every_method_is_described(name: str) -> None:
    text = inspect.getdoc(METHODS[name]) or ""
    assert text
    if name in CALLED:
        for parameter in inspect.signature(CALLED[name]).parameters:
            assert parameter in {"self", *GENERATOR.WORDS} or re.search(rf"\b{parameter}\b", text), parameter
        assert f"client.{name}(" in examples(name)


@pytest.fixture
def names(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What the examples take for granted."""
    monkeypatch.setenv("NP_WIDGETS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dashboards").mkdir()
    metadata = SimpleNamespace(neuronpedia_id="demo-tiny/2-demo-sae")
    with npw.NeuronpediaClient(api_key=OWNER_KEY, base_url=server.url) as client:
        client.create_source_set("my-sae", model="demo-tiny")
        vector = np.ones(DIMENSION)
        ref = client.upload_vector(vector, model="demo-tiny", layer=2, hook="hook_resid_pre", name="ones")
        refs = [server.world.ref(index) for index in (8, 9)]
        explanation = client.generate_explanation(refs[0])
        made = client.create_list("Made", refs)
        yield {
            "np": np,
            "client": client,
            "ref": ref,
            "refs": refs,
            "vector": vector,
            "weights": vector,
            "sae": SimpleNamespace(cfg=SimpleNamespace(metadata=metadata)),
            "features": features(3),
            "tokens": ["a", " b"],
            "values": [0, 1.5],
            "made": made,
            "comment": client.add_comment("demo-tiny/2-demo-sae/7", "It fires."),
            "explanation": explanation,
            "id": explanation.id,
            "score": client.score_explanation(explanation),
            "lens": {},
            "dashboards": dashboards(tmp_path / "dashboards", 1),
            "example": example,
        }


def local(code: str, names: dict[str, Any]) -> str:
    """Point an example at the server on loopback, which has the demo model's features only."""
    code = code.replace("gemma-2-2b", "demo-tiny").replace("14-gemmascope-transcoder-16k", "2-demo-sae")
    code = (
        code.replace("2268", "7").replace("cm7cp63af00jx1q952neqg6e5", names["id"]).replace('set("my-sae"', 'set("new"')
    )
    code = code.replace("gpt2-small_my-sae", "").replace("gpt2-small", "demo-tiny").replace("gemma-2b", "demo-tiny")
    code = code.replace("6-res-jb/650", "2-demo-sae/7").replace("6-res-jb", "2-demo-sae").replace("res-jb", "demo-sae")
    code = code.replace("7-demo-sae", TWIN_SOURCE).replace("/651", "/10").replace("/652", "/11").replace("650", "7")
    code = code.replace("6-my-sae", "2-my-sae").replace("layer=6", "layer=2").replace("my-own", "my-sae")
    return code.replace("sources[6]", "sources[2]").replace("range(100)", "range(4)").replace("651", "10")


#: What an example needs before it, or what it is to end with.
BEFORE = {
    "remove_from_list": 'client.add_to_list(made, ["demo-tiny/2-demo-sae/11"])',
    "describe_in_list": 'client.add_to_list(made, ["demo-tiny/2-demo-sae/7"])',
    "delete_bookmark": 'client.add_bookmark("demo-tiny/2-demo-sae/7")',
    "delete_explanation": "made = explanation",
    "delete_list_comment": 'comment = client.comment_list(made, "so")',
    "unvote": 'client.generate_explanation("demo-tiny/2-demo-sae/7", method="np_max-act")\n'
    'client.vote(client.get_feature("demo-tiny/2-demo-sae/7", refresh=True).explanations[0].id or explanation)',
}
REFUSED = {"openapi": "publishes no OpenAPI schema", "export_explanations": "in its bulk exports"}


@pytest.mark.filterwarnings("ignore::np_widgets.client.UploadWarning")
@pytest.mark.parametrize("name", CALLED)
def test_every_example_runs(name: str, names: dict[str, Any]) -> None:
    if name == "load_steering":
        names["id"] = names["client"].steer({str(names["refs"][0]): 4}, "Once", n_tokens=2).id
    code = f"{BEFORE.get(name, '')}\n{local(examples(name), names)}"
    program = compile(code, name, "exec")
    if name in REFUSED:
        with pytest.raises(npw.InvalidRequest, match=REFUSED[name]):
            exec(program, names)  # noqa: S102 (our own docstring)
        return
    exec(program, names)  # noqa: S102 (as above)


def test_dry_run_of_the_example_is_a_feature(names: dict[str, Any]) -> None:
    shown = names["client"].upload_features(names["features"], dry_run=True)
    assert isinstance(shown[0], Feature)
