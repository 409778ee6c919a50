"""Only the newest of what comes too fast, and the last one always."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from threading import Event

import pytest

from np_widgets.widgets.newest import Newest


def test_the_last_result_comes_at_once_and_those_before_it_may_be_skipped() -> None:
    """With a pause of a minute the test would not end if the last one were held back."""
    taken = list(Newest(lambda: iter(range(10_000)), pause=60))
    assert taken[-1] == 9_999
    assert len(taken) <= 2


def test_nothing_is_skipped_when_there_is_time() -> None:
    gates = [Event() for _ in range(3)]

    def work() -> Iterator[int]:
        for number, gate in enumerate(gates):
            assert gate.wait(20)
            yield number

    stream = Newest(work, pause=0)
    for number, gate in enumerate(gates):
        gate.set()
        assert next(stream) == number
    assert list(stream) == []


def test_an_error_is_raised_where_the_results_are_shown_after_what_came_before_it() -> None:
    def work() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    stream = Newest(work, pause=0)
    assert next(stream) == 1
    with pytest.raises(ValueError, match="broken"):
        next(stream)


def test_closing_frees_who_waits_and_ends_the_work() -> None:
    ended, begun, gate = Event(), Event(), Event()

    def work() -> Iterator[int]:
        try:
            begun.set()
            assert gate.wait(20)
            yield 1
        finally:
            ended.set()

    stream = Newest(work)
    assert begun.wait(20)
    stream.close()
    assert list(stream) == []
    gate.set()
    assert ended.wait(20)


def test_what_can_be_closed_from_outside_is_closed_at_once() -> None:
    class Line(Iterator[int]):
        def __init__(self) -> None:
            self.cut, self.asked = Event(), Event()

        def __next__(self) -> int:
            self.asked.set()
            assert self.cut.wait(20)
            raise StopIteration

        def close(self) -> None:
            self.cut.set()

    line = Line()
    stream: Newest[int] = Newest(lambda: line)
    assert line.asked.wait(20)
    stream.close()
    assert line.cut.is_set()


def test_without_threads_each_result_is_read_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "emscripten")
    stream = Newest(lambda: iter([1, 2, 3]))
    assert next(stream) == 1
    stream.close()
    assert list(stream) == []


def test_work_goes_on_when_its_first_result_was_shown_and_the_next_is_asked_for() -> None:
    """With a pause of a minute the test would not end if the work waited for anything else."""
    went_on = Event()

    def work() -> Iterator[int]:
        yield 1
        went_on.set()
        yield 2

    stream = Newest(work, pause=60)
    assert next(stream) == 1
    assert not went_on.is_set()
    assert list(stream) == [2]
