"""The example notebooks, executed as a reader would, and as they are committed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

FOLDER = Path(__file__).parent.parent / "example_notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    notebook = nbformat.read(request.param, as_version=4)
    where = tmp_path_factory.mktemp("notebook")
    NotebookClient(
        notebook, timeout=300, store_widget_state=False, resources={"metadata": {"path": str(where)}}
    ).execute()
    return notebook


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


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_committed_small_and_without_results(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    assert path.stat().st_size < 20_000
