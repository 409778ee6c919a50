"""The floors that no clock is needed for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import data, pages, report, sizes, starting
from benchmarks.measure import Result
from np_widgets import Feature

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("result", sizes.measure(data.load(None)), ids=lambda result: result.what)
def test_nothing_is_larger_than_its_floor(result: Result) -> None:
    assert result.holds, f"{result.what}: {result.measured}, floor {result.floor}"


def test_importing_loads_nothing_heavy() -> None:
    assert starting.heavy_modules().holds


def test_the_row_with_all_fields_reads_without_a_repair() -> None:
    feature = Feature.from_json(data.with_all_fields(data.load(None)))
    assert feature.warnings == ()
    assert all(a.dfa and a.z_pattern and a.loss_values.size and a.interval for a in feature.activations)


def test_the_page_by_hand_has_a_span_for_every_token() -> None:
    feature = Feature.from_json(data.load(None))
    assert pages.by_hand(feature).count("<span") == sum(len(a.tokens) for a in feature.activations)


def test_the_table_goes_between_its_marks_and_nowhere_else(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{report.MARKS[0]}\nstale\n{report.MARKS[1]}\nafter\n", encoding="utf-8")
    assert report.write_into(readme, [Result("speed", "2 ×", "≤ 3 ×", holds=True)], "here")
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| speed | 2 × | ≤ 3 × | holds |" in text
    assert "stale" not in text
    readme.write_text("no marks", encoding="utf-8")
    assert not report.write_into(readme, [], "here")
