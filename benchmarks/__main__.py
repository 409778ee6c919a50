"""Measure what this package promises; fails where a floor is missed.

``python -m benchmarks [--feature PATH] [--quick] [--only NAME ...] [--write-readme]``, from the repository.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import data, drawing, framing, listing, matrices, panel, reading, report, sizes, starting, steering
from benchmarks.browser import chromium
from np_widgets import Feature

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.measure import Result

README = Path(__file__).parent.parent / "README.md"
DRAWN = {
    "dashboard": drawing.dashboard,
    "long": drawing.long_heatmaps,
    "very-long": drawing.very_long,
    "matrix": matrices.matrix,
    "list": listing.ten_thousand,
    "panel": panel.in_lab,
}


def main() -> int:
    options = _options()
    few = options.quick
    row = data.load(options.feature)
    results: list[Result] = []
    plain: dict[str, Callable[[], list[Result]]] = {
        "start": lambda: starting.measure(3 if few else 9),
        "read": lambda: reading.measure(row, 51 if few else 301),
        "frame": lambda: framing.measure(row, 3 if few else 7),
        "size": lambda: sizes.measure(row),
        "steer": lambda: steering.measure(11 if few else 51),
    }
    for name, measure in plain.items():
        if not options.only or name in options.only:
            results += _say(measure())
    version = "no browser"
    if not options.only or DRAWN.keys() & set(options.only):
        with chromium() as (browser, maker):
            version = browser.version
            repeats = {"dashboard": 3, "long": 1, "very-long": 1, "matrix": 3, "list": 1, "panel": 3}
            if not few:
                repeats = {"dashboard": 9, "long": 5, "very-long": 3, "matrix": 9, "list": 5, "panel": 15}
            for name, draw in DRAWN.items():
                if not options.only or name in options.only:
                    results += _say(draw(browser, maker, Feature.from_json(row), repeats[name]))
    print(f"\n{report.aligned(results)}\n\n{report.machine(version)}")
    if options.write_readme and not report.write_into(README, results, report.machine(version)):
        print(f"{README.name} has no place for the table.", file=sys.stderr)
        return 2
    return int(any(result.holds is False for result in results))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what this package promises.")
    parser.add_argument("--feature", type=Path, help="a feature reply to measure on; by default one is generated")
    parser.add_argument("--quick", action="store_true", help="few repetitions")
    names = ["start", "read", "frame", "size", "steer", *DRAWN]
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=names, help=", ".join(names))
    parser.add_argument("--write-readme", action="store_true", help="put the table into README.md")
    return parser.parse_args()


def _say(results: list[Result]) -> list[Result]:
    for result in results:
        print(f"{result.verdict.strip('*'):8} {result.what}: {result.measured}", file=sys.stderr)
    return results


if __name__ == "__main__":
    sys.exit(main())
