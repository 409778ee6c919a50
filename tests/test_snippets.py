"""The Python of the service's own pages, run: it works, or one error says what to write, and that works."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import requests

import np_widgets as npw
from np_widgets.sources import default
from tests.client.uploading import example, feature, features
from tests.server import OWNER_KEY
from tests.server.fixtures import server
from tests.server.world import DIMENSION
from tests.snippets import SNIPPETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server import LoopbackServer

__all__ = ["server"]

ROOT = Path(__file__).parent.parent
TABLE = (ROOT / "docs" / "snippets.md").read_text(encoding="utf-8")
ROWS = {
    int(number): (said, write)
    for number, said, write in re.findall(r"^\| (\d+) \| .* \| ([^|]*) \| `([^`]*)` \|$", TABLE, flags=re.MULTILINE)
}
MODEL, SOURCE, SOURCE_SET, OWN_SET, OWN_SOURCE = "demo-tiny", "2-demo-sae", "demo-sae", "my-sae", "2-my-sae"
VECTOR = np.linspace(-1, 1, DIMENSION).tolist()

#: What each of the refused ones is told, all of it in one error.
REFUSED = {
    9: ["upload_vector needs model, layer and hook", "does not store description", "client.upload_vector("],
    10: [
        "upload_dashboard needs layer and hook",
        "does not store description and metadata",
        "client.upload_dashboard(",
    ],
    11: ["upload_feature needs activations", "does not store vector and metadata", "client.upload_feature("],
    12: ["upload_feature needs activations", "stores no vector; upload_vector uploads a vector"],
    14: ["needs model, layer and hook", "does not store description and tags", "create_list groups features"],
    15: ["upload_probe needs layer and hook", 'client.upload_probe(…, model="gpt2-small", layer=6'],
    16: ["Number 1 of the features needs activations and source", "does not store vector and metadata"],
    20: ["needs index, activations and source", "does not store vector and visibility", "Nothing private can be"],
    21: ["does not store vector and license", "Uploads carry no licence"],
    22: ["upload_feature needs activations", "does not store vector"],
    23: ["does not store description, tags and paper_url"],
    25: ["upload_dashboard needs layer and hook"],
}


@pytest.fixture
def names(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What stands before a snippet on its page, or is taken for granted there."""
    monkeypatch.setattr(default, "_default", None)
    monkeypatch.setenv("NEURONPEDIA_BASE_URL", server.url)
    monkeypatch.setenv("NEURONPEDIA_API_KEY", OWNER_KEY)
    monkeypatch.setenv("NP_WIDGETS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("NP_WIDGETS_SOURCE", raising=False)
    monkeypatch.chdir(tmp_path)
    np.save("my_sae_weights.npy", np.array([VECTOR] * 3))
    metadata = SimpleNamespace(neuronpedia_id=f"{MODEL}/{SOURCE}", model_name="someone/demo")
    with npw.NeuronpediaClient() as client:
        client.create_source_set(OWN_SET, model=MODEL)
        vector_id = client.upload_vector(VECTOR, model=MODEL, layer=2, hook="hook_resid_pre", name="before")
        yield {
            "np": np,
            "npw": npw,
            "requests": requests,
            "NeuronpediaClient": npw.NeuronpediaClient,
            "client": client,
            "sae": SimpleNamespace(cfg=SimpleNamespace(metadata=metadata)),
            "features": features(3),
            "crosscoder_features": [feature(index, source="0-elsewhere") for index in range(2)],
            "examples": [example(0, 1.5)],
            "vector_id": vector_id,
            "dashboard_id": vector_id,
            **dict.fromkeys(["vector", "feature_vector", "refusal_vector", "probe_weights"], VECTOR),
            **dict.fromkeys(["sae_vectors", "vectors"], [VECTOR] * 1000),
            **dict.fromkeys(["sparsity_values", "frequency_values", "max_acts"], [0.1] * 1000),
            "metadata": [{}] * 1000,
            "MODEL": MODEL,
            "SOURCE": SOURCE,
            "SOURCE_SET": SOURCE_SET,
            "OWN_SET": OWN_SET,
            "OWN_SOURCE": OWN_SOURCE,
        }


def local(code: str, server: LoopbackServer) -> str:
    """Point a snippet at the server on loopback, which has the demo model's features only."""
    code = re.sub(r"https://(www\.)?neuronpedia\.org", server.url, code)
    code = re.sub(r"22-gemmascope-2-res-65k|6-res-jb", SOURCE, code)
    code = re.sub(r"gemmascope-2-res-65k|res-jb", SOURCE_SET, code)
    code = re.sub(r"gemma-3-4b-it|gpt2-small|gemma-2b|your-model|my-model|llama-3-8b", MODEL, code)
    code = code.replace("17369", "7").replace("your-api-key", OWNER_KEY).replace("my-crosscoder", OWN_SET)
    code = code.replace("layer=6\n", "layer=1\n").replace('"n_tokens": 50', '"n_tokens": 5')
    return re.sub(r"\[([-0-9., ]*)\.\.\.\]", str(VECTOR), code)


def run(code: str, names: dict[str, Any]) -> None:
    exec(compile(code, "snippet", "exec"), names)  # noqa: S102 (it stands in this repository)


def test_the_table_lists_every_snippet() -> None:
    assert set(ROWS) == set(SNIPPETS) == set(range(1, 27))
    for number in SNIPPETS:
        assert ROWS[number][0].startswith("refused") == (number in REFUSED), number


@pytest.mark.parametrize("number", [number for number in SNIPPETS if number not in REFUSED])
def test_snippet_does_what_the_table_says(number: int, names: dict[str, Any], server: LoopbackServer) -> None:
    said = ROWS[number][0]
    if number == 8:
        with pytest.raises(requests.exceptions.JSONDecodeError):
            run(local(SNIPPETS[number], server), names)
        assert said.startswith("no such route")
        return
    run(local(SNIPPETS[number], server), names)
    if "resp" in names:
        assert names["resp"].status_code == (500 if "500" in said else 200)


@pytest.mark.parametrize("number", REFUSED)
def test_snippet_is_refused_in_one_error_that_says_what_to_write(
    number: int, names: dict[str, Any], server: LoopbackServer
) -> None:
    before = Counter(request.path for request in server.requests)
    with pytest.raises(npw.InvalidRequest) as caught:
        run(local(SNIPPETS[number], server), names)
    for words in REFUSED[number]:
        assert words in str(caught.value)
    assert "Nothing was sent" in caught.value.message
    assert Counter(request.path for request in server.requests) == before


@pytest.mark.parametrize("number", ROWS)
def test_what_the_table_says_to_write_works(number: int, names: dict[str, Any]) -> None:
    run(f"result = {ROWS[number][1]}", names)
    assert names["result"] is not None or number == 26


def test_results_are_there_afterwards(names: dict[str, Any], server: LoopbackServer) -> None:
    client = names["client"]
    run(local(SNIPPETS[13], server), names)
    assert client.get_feature((MODEL, "1-my-sae", 1)).explanation == "fires on 1"
    run(local(SNIPPETS[24], server), names)
    assert names["result"].steered.text
    assert names["result"].request.strengths == {names["vector_id"]: -5.0}
    run(f"dashboard_id = {ROWS[25][1]}", names)
    run(SNIPPETS[26], names)
    assert names["feature"].vector_label == "Possible measurement feature"
    assert names["feature"].explanations[0].method == "eleuther_acts_top20"
    assert len(names["feature"].activations) == 1
    run(f"result = {ROWS[12][1]}", names)
    assert str(names["result"]) == f"{MODEL}/{OWN_SOURCE}/1234"
    run(f"result = {ROWS[16][1]}", names)
    assert names["result"].n_landed == 3


def test_dashboard_whose_later_steps_fail_names_the_vector_that_is_there(
    names: dict[str, Any], server: LoopbackServer
) -> None:
    client = names["client"]
    place = {"model": MODEL, "layer": 2, "hook": "hook_resid_pre", "name": "x", "vector": VECTOR}
    with pytest.raises(npw.InvalidRequest, match="An explanation is made from examples"):
        client.upload_dashboard(**place, auto_interpret=True)
    with pytest.raises(npw.InvalidRequest, match="is not the name of a method"):
        client.upload_dashboard(**place, texts="a", auto_interpret=True, interpretation_method="guess")
    for broken in ({"activations": [(["a"], [1, 2])]}, {"texts": ["a", ""]}, {"activations": 5}):
        with pytest.raises(npw.InvalidRequest) as refused:
            client.upload_dashboard(**{**place, **broken})
        assert not hasattr(refused.value, "__notes__")
    assert len(client.list_vectors()) == 1
    server.world.with_model_key.clear()
    with pytest.raises(npw.InvalidRequest, match="/account") as caught:
        client.upload_dashboard(**place, activations=iter([(["a"], [1.0])]), auto_interpret=True)
    (note,) = caught.value.__notes__
    ref = client.list_vectors()[-1].ref
    assert note == f"The vector itself is uploaded: {ref}."
    assert len(client.get_feature(ref, refresh=True).activations) == 1


def test_dashboard_made_of_texts_begins_with_the_texts_and_not_with_what_the_service_puts_before_them(
    names: dict[str, Any],
) -> None:
    client = names["client"]
    place = {"model": MODEL, "layer": 2, "hook": "hook_resid_pre", "name": "x", "vector": VECTOR}
    there = client.get_feature(client.upload_dashboard(**place, texts=["The ship", "A cat"]), refresh=True)
    assert sorted(one.text for one in there.activations) == ["A cat", "The ship"]
