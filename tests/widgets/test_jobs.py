"""Slow work off the callback's thread."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from np_widgets.widgets.jobs import Jobs

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_waiting_lasts_until_what_a_delivery_has_started_is_delivered_too() -> None:
    jobs, begun, gate = Jobs(), Event(), Event()
    delivered: list[int] = []

    def second() -> int:
        begun.set()
        assert gate.wait(20)
        return 2

    def go_on(number: int) -> None:
        delivered.append(number)
        if number == 1:
            jobs.start(second, go_on, lambda error: pytest.fail(str(error)))

    jobs.start(lambda: 1, go_on, lambda error: pytest.fail(str(error)))
    waiting = Thread(target=jobs.wait)
    waiting.start()
    assert begun.wait(20)
    with pytest.raises(TimeoutError, match="goes on in the background"):
        jobs.wait(0.01)
    assert waiting.is_alive()
    gate.set()
    waiting.join(20)
    assert delivered == [1, 2]


def test_work_that_has_become_late_is_closed_and_its_results_are_dropped() -> None:
    jobs, begun, gate, closed = Jobs(), Event(), Event(), Event()
    delivered: list[str] = []

    class Stream:
        def __iter__(self) -> Iterator[str]:
            begun.set()
            assert gate.wait(20)
            yield "late"

        def close(self) -> None:
            closed.set()

    def fail(error: Exception) -> None:
        pytest.fail(str(error))

    jobs.stream(Stream, delivered.append, lambda: None, fail)
    assert begun.wait(20)
    jobs.start(lambda: "newer", delivered.append, fail)
    jobs.wait(20)
    gate.set()
    assert closed.wait(20)
    assert delivered == ["newer"]
