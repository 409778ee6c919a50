"""Slow work off the callback's thread."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from np_widgets.widgets.jobs import Jobs


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
