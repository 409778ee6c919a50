"""Notebooks, executed as a reader would: the examples, and one that works with a key, which it must not keep."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

import np_widgets as npw
from np_widgets.sources import default
from np_widgets.wording import promoted_share, promoted_words
from tests.server import OWNER_KEY, LoopbackServer

FOLDER = Path(__file__).parent.parent / "example_notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
STEER = FOLDER / "04_steer.ipynb"


@cache
def run_all(path: Path) -> Any:
    notebook = nbformat.read(path, as_version=4)
    with TemporaryDirectory() as where:
        NotebookClient(
            notebook, timeout=300, store_widget_state=False, resources={"metadata": {"path": where}}
        ).execute()
    return notebook


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request: pytest.FixtureRequest) -> Any:
    return run_all(request.param)


@pytest.fixture(scope="module")
def steered(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the names of the notebook on steering stand for when its cells have been run, here and with no browser."""
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(default, "_default", None)
        patch.setenv("MPLBACKEND", "Agg")
        patch.chdir(tmp_path_factory.mktemp("steer"))
        for cell in nbformat.read(STEER, as_version=4).cells:
            if cell.cell_type == "code" and "%pip" not in cell.source:
                exec(compile(cell.source, f"{STEER.name}, {cell.id}", "exec"), names)  # noqa: S102 (our own notebook)
        yield names


def outputs(notebook: Any, kind: str) -> list[str]:
    found = (o.get("data", {}).get(kind) for cell in notebook.cells for o in cell.get("outputs", []))
    return [text for text in found if text]


def test_it_opens_with_the_words_run_all(executed: Any) -> None:
    assert "Run All" in executed.cells[0].source.splitlines()[0]


def test_it_draws_a_dashboard_and_ends_in_a_frame_and_a_plot(executed: Any) -> None:
    assert any("FeatureDashboard" in text for text in outputs(executed, "text/plain"))
    assert outputs(executed, "application/vnd.jupyter.widget-view+json")
    assert any("dataframe" in text for text in outputs(executed, "text/html"))
    assert outputs(executed, "image/png")


def test_no_cell_complains(executed: Any) -> None:
    streams = [o for cell in executed.cells for o in cell.get("outputs", []) if o.output_type in ("stream", "error")]
    assert [stream.get("text", stream.get("evalue")) for stream in streams] == []


def test_an_export_without_widgets_still_shows_the_feature(executed: Any) -> None:
    html, _ = HTMLExporter().from_notebook_node(executed)
    assert "When does it fire?" in html


def test_an_export_of_the_steering_panels_keeps_both_texts() -> None:
    notebook = run_all(STEER)
    panels = [text for text in outputs(notebook, "text/plain") if text.startswith("<SteeringPanel")]
    assert len(panels) == 5
    html, _ = HTMLExporter().from_notebook_node(notebook)
    assert html.count("steered words differ") == len(panels)
    assert html.count(">the concept appears<") == 2  # in both ladders
    assert html.count("telescope the galaxy is very clear") == 4  # at half the peak: run, swept, its rung, played back


def test_the_steered_text_is_about_space_and_the_default_one_is_not(steered: Any) -> None:
    result, promoted = steered["panel"].result, promoted_words(npw.get_feature(steered["space"]))
    default_share, share = (promoted_share(said.text, promoted) for said in (result.default, result.steered))
    assert default_share == 0
    assert share is not None
    assert share > 0.1


def test_the_ladder_has_the_steps_that_its_words_claim(steered: Any) -> None:
    rungs = steered["ladder"].to_dataframe("sweep")
    assert rungs["strength"].tolist() == steered["strengths"]
    step = rungs.set_index((rungs["strength"] / steered["peak"]).round(2))
    assert step["steered"][0.25] == step["default"][0.25]
    assert step["promoted_share"][0.5] > 0.1
    assert step["repeated_share"][0.5] < 0.4
    assert step["promoted_share"][2] > 0.5
    assert step["repeated_share"][2] > 0.5


def test_over_many_seeds_the_concept_grows_with_the_strength(steered: Any) -> None:
    means, n_seeds = steered["means"], 12
    assert len(steered["group"]) == n_seeds * len(steered["strengths"])
    assert means["promoted_share"].is_monotonic_increasing
    assert means["repeated_share"].is_monotonic_increasing
    assert means["promoted_share"][steered["strengths"][4]] > 10 * means["promoted_share"][0]


def test_below_zero_it_says_what_the_feature_suppresses(steered: Any) -> None:
    both = steered["both"]
    down, over, under = (run.result.steered.text for run in both.history)
    assert [run.result.request.features[0].strength for run in both.history] == [-12.08, 6.04, -6.04]
    assert both.compared == [2, 3]
    assert " chalk" in npw.get_feature(steered["space"]).suppressed.tokens
    assert "chalk" in under.casefold()
    assert "chalk" in down.casefold()
    assert "chalk" not in over.casefold()


def test_strength_and_multiplier_make_one_product(steered: Any) -> None:
    one, other = steered["twice"]
    assert one.request.strengths != other.request.strengths
    assert one.steered.text == other.steered.text


def test_the_factor_one_changes_nothing_and_zero_takes_the_concept_away(steered: Any) -> None:
    rungs = steered["factors"].to_dataframe("sweep").set_index("strength")
    assert rungs["steered"][1] == rungs["default"][1]
    assert rungs["promoted_share"][0] == 0
    assert rungs["promoted_share"][3] > 2 * rungs["promoted_share"][1] > 0


def test_the_recording_plays_the_run_back_and_holds_no_other_strength(steered: Any) -> None:
    played = steered["played"]
    assert played.result.steered.text == steered["panel"].result.steered.text
    assert played.result.provenance.recording == "steer.jsonl.gz"
    played.strengths = 5
    played.run()
    played.wait()
    assert "does not hold" in played.error["message"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_committed_small_and_without_results(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    assert path.stat().st_size < 20_000


#: Reads, writes, streams, fails, warns and logs, and shows whatever it gets.
WITH_KEY = """import logging, sys
import np_widgets as npw
logging.basicConfig(level=logging.DEBUG, force=True, stream=sys.stdout)
client = npw.NeuronpediaClient()
client

npw.FeatureDashboard("demo-tiny/2-demo-sae/7", text="The cat sat.")

panel = npw.SteeringPanel("demo-tiny/2-demo-sae/7", "Yesterday we")
panel.run(); panel.wait()
panel

npw.ExplanationSearch("feelings", model="demo-tiny")

client.create_list("mine", ["demo-tiny/2-demo-sae/7"])

client.generate_explanations(["demo-tiny/2-demo-sae/7", "demo-tiny/2-demo-sae/9999"])

vars(client), client.list_vectors(), client.rate_limits

client.delete_list("of-nobody")

%tb

npw.get_feature("demo-tiny/2-demo-sae/9999")"""


def test_a_notebook_that_was_saved_after_work_with_a_key_does_not_hold_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEURONPEDIA_API_KEY", OWNER_KEY)
    monkeypatch.setenv("NP_WIDGETS_CACHE_DIR", str(tmp_path / "cache"))
    with LoopbackServer() as server:
        monkeypatch.setenv("NEURONPEDIA_BASE_URL", server.url)
        notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, WITH_KEY.split("\n\n"))))
        NotebookClient(notebook, timeout=300, allow_errors=True, store_widget_state=True).execute()
        asked = [one.path for one in server.requests if one.key == OWNER_KEY]
    assert "/api/list/new-with-features" in asked
    errors = [o.ename for cell in notebook.cells for o in cell.outputs if o.output_type == "error"]
    assert errors == ["NotFound"] * 3  # the second one shown again
    assert len(notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]) > 6
    text = nbformat.writes(notebook)
    assert "DEBUG" in text
    assert OWNER_KEY not in text
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and OWNER_KEY.encode() in path.read_bytes()]
