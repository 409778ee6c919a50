"""``import np_widgets`` beside ``import anywidget``, each in a fresh process."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

from benchmarks.measure import Result, ratio

HEAVY = ("numpy", "pandas", "requests", "msgspec")


def measure(repeats: int) -> list[Result]:
    statements = ["import np_widgets", "import anywidget", "from np_widgets import FeatureDashboard"]
    times: list[list[float]] = [[] for _ in statements]
    for _ in range(repeats + 1):
        for statement, own in zip(statements, times, strict=True):
            own.append(_import_time(statement))
    # The first round fills the file cache.
    ours, theirs, first_use = (median(own[1:]) for own in times)
    return [
        ratio("`import np_widgets` / `import anywidget`", ours, theirs, 1.15),
        heavy_modules(),
        Result("… with the first widget class", f"{first_use / theirs:.2f} ×"),
    ]


def heavy_modules() -> Result:
    loaded = _python(f"import np_widgets, sys; print(*(m for m in {HEAVY} if m in sys.modules))").split()
    return Result("heavy modules that it loads", ", ".join(loaded) or "none", "none", not loaded)


def _import_time(statement: str) -> float:
    """The whole statement, timed inside the process: the interpreter's own start is not ours."""
    return float(_python(f"from time import perf_counter as t; a = t(); {statement}; print(t() - a)"))


def _python(code: str) -> str:
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout
