"""Steer the demo model through its source: until the first new token, and until forty of both texts are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.measure import Result, interleaved, milliseconds
from np_widgets import DemoSource
from np_widgets.models import SteerRequest

if TYPE_CHECKING:
    from collections.abc import Callable

PROMPT = "Yesterday Anna went to the bay with her brother and saw a ship. " * 5
FLOORS = {"first token": 0.15, "40 tokens": 1.0}


def measure(repeats: int) -> list[Result]:
    source = DemoSource()
    ref = f"{source.model}/{source.source}/0"
    # Hot, so that the text does not end before its time.
    request = SteerRequest.make({ref: 2}, PROMPT, n_tokens=40, temperature=1)
    works: list[Callable[[], object]] = [lambda: next(source.steer(request)), lambda: list(source.steer(request))]
    times = zip(FLOORS.items(), interleaved(works, repeats), strict=True)
    return [
        Result(f"demo model steered: {what}", milliseconds(time), f"≤ {milliseconds(floor)}", time <= floor)
        for (what, floor), time in times
    ]
