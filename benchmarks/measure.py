"""Two things timed side by side, and what came of it."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class Result:
    """One row of the table; without a floor it is there to compare with."""

    what: str
    measured: str
    floor: str = ""
    holds: bool | None = None

    @property
    def verdict(self) -> str:
        return {True: "holds", False: "**missed**", None: ""}[self.holds]


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def interleaved(works: Sequence[Callable[[], object]], repeats: int, warm_up: int = 2) -> list[float]:
    """The median time of each work; they take turns, so that a busy machine slows all of them alike."""
    for work in list(works) * warm_up:
        work()
    times: list[list[float]] = [[] for _ in works]
    gc.collect()
    for _ in range(repeats):
        for work, own in zip(works, times, strict=True):
            own.append(seconds(work))
    return [median(own) for own in times]


def ratio(what: str, ours: float, theirs: float, floor: float, *, aim: float | None = None) -> Result:
    """Judge our time by another's of the same run."""
    wanted = f"≤ {floor:g} ×" + (f", aim {aim:g}" if aim else "")
    times = f"{ours / theirs:.2f} × ({milliseconds(ours)} / {milliseconds(theirs)})"
    return Result(what, times, wanted, ours <= floor * theirs)


def at_most(what: str, measured: float, floor: float, unit: str = "") -> Result:
    """Judge a plain number."""
    return Result(what, f"{measured:,.4g}{unit}" if measured < 1000 else f"{measured:,.0f}{unit}",
                  f"≤ {floor:,g}{unit}", measured <= floor)  # fmt: skip


def milliseconds(time: float) -> str:
    return f"{time * 1e3:.3g} ms" if time < 0.0995 else f"{time * 1e3:.0f} ms"
