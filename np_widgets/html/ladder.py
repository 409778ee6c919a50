"""Steering runs beside and below one another as static HTML: two of them, and the steps of a sweep."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from np_widgets.html.pieces import EMERALD, GREY, ROSE, box, question, quiet
from np_widgets.html.steering import beside, strengths_of
from np_widgets.tokens import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from np_widgets.models import SteerResult

_CELL = "vertical-align:top;text-align:left;padding:4px 12px 4px 0;font-size:13px"
_HEAD = f"{_CELL};white-space:nowrap;color:{GREY}"
_MEASURES = {"promoted_share": ("promoted", EMERALD), "repeated_share": ("said before", ROSE)}


def two_runs_html(runs: Mapping[int, SteerResult]) -> str:
    """Draw the steered texts of two runs side by side, with the words that differ marked.

    Parameters
    ----------
    runs : {int: SteerResult}
        Two, by their numbers.
    """
    names = [f"Run {number}: {strengths_of(result.request)}" for number, result in runs.items()]
    one, other = runs.values()
    return box(beside(one.steered, other.steered, (names[0], names[1])))


def ladder_html(ladder: Mapping[str, Any]) -> str:
    """Draw a sweep, one row for each strength, with what its words are and where it turns.

    Parameters
    ----------
    ladder : dict
        As the front end has it.
    """
    heads = "".join(f'<td style="{_HEAD}">{said}</td>' for said, _ in _MEASURES.values())
    rows = "".join(_rung(rung, ladder) for rung in ladder["rungs"])
    table = f'<table style="border-collapse:collapse"><tr><td></td>{heads}<td></td></tr>{rows}</table>'
    return box(question("Sweep", ladder["label"], table))


def _rung(rung: Mapping[str, Any], ladder: Mapping[str, Any]) -> str:
    turns = {"the concept appears": ladder["appears"], "the text falls apart": ladder["falls"]}
    turned = ", ".join(said for said, strength in turns.items() if strength == rung["strength"])
    shares = "".join(_share(rung[name], colour) for name, (_, colour) in _MEASURES.items())
    text = escape(visible(rung["text"] or ""))
    verdict = quiet(turned) if turned else ""
    return (
        f'<tr><td style="{_CELL};text-align:right;white-space:nowrap"><b>{rung["strength"]:g}</b></td>{shares}'
        f'<td style="{_CELL}">{verdict}{text}</td></tr>'
    )


def _share(value: float | None, colour: str) -> str:
    """Write a share, with a bar below it."""
    if value is None:
        return f'<td style="{_CELL}">–</td>'
    bar = f'<div style="width:{value * 60:.0f}px;height:4px;background-color:rgba({colour},0.8)"></div>'
    return f'<td style="{_CELL};min-width:64px">{value:.0%}{bar}</td>'
