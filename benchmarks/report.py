"""The table, on the terminal and in the README."""

from __future__ import annotations

import os
import platform
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.measure import Result

MARKS = ("<!-- benchmarks -->", "<!-- /benchmarks -->")


def table(results: Sequence[Result]) -> str:
    head = "| what | measured | floor | verdict |\n|---|---|---|---|\n"
    rows = (f"| {r.what} | {r.measured} | {r.floor} | {r.verdict} |" for r in results)
    return head + "\n".join(rows)


def aligned(results: Sequence[Result]) -> str:
    """The same for a terminal."""
    cells = [("what", "measured", "floor", "verdict")]
    cells += [(r.what, r.measured, r.floor, r.verdict.strip("*").upper() if r.holds is False else r.verdict)
              for r in results]  # fmt: skip
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    return "\n".join("  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip() for row in cells)


def machine(browser: str) -> str:
    """What the numbers were measured on; the ratios travel, the milliseconds do not."""
    return f"Python {platform.python_version()}, {browser}, {os.cpu_count()} cores."


def write_into(readme: Path, results: Sequence[Result], note: str) -> bool:
    """Put the table between the marks of a README; False where there are none."""
    text = readme.read_text(encoding="utf-8")
    first, last = map(re.escape, MARKS)
    body = f"{MARKS[0]}\n{table(results)}\n\n{note}\n{MARKS[1]}"
    changed, count = re.subn(f"{first}.*?{last}", lambda _: body, text, count=1, flags=re.DOTALL)
    if count:
        readme.write_text(changed, encoding="utf-8")
    return bool(count)
