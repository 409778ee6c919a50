"""The guide to steering says what is so: its figures are the labels', and what it shows is what the model says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from np_widgets.sources import default
from tests.demo.steering_guide import GUIDE, filled, rows

if TYPE_CHECKING:
    from np_widgets.demo import DemoModel

WRITTEN = GUIDE.read_text(encoding="utf-8")


def test_every_figure_is_the_labels_or_is_measured_again_about_the_same(model: DemoModel) -> None:
    apart = [float(value) for value in re.findall(r"× \| ([0-9.]+) \|$", WRITTEN, flags=re.MULTILINE)]
    measured = rows(model)
    # Sampled texts may differ from one machine to the next by a word.
    assert apart == pytest.approx([row.apart for row in measured], rel=0.15)
    assert all(row.apart > 1.2 * row.strength for row in measured)
    as_written = [row._replace(apart=value) for row, value in zip(measured, apart, strict=True)]
    assert filled(WRITTEN, model, as_written) == WRITTEN


def test_its_examples_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default, "_default", None)
    names: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", WRITTEN, flags=re.DOTALL):
        exec(compile(code, "steering.md", "exec"), names)  # noqa: S102 (our own)
    assert len(names["result"].steered.messages) == 4
    assert names["result"].default != names["result"].steered
