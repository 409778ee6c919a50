"""Results that grow faster than they can be shown: whoever shows them gets the newest, and the last one always."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from threading import Condition, Thread
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

#: Seconds between two that are shown: twenty a second look steady, and leave the kernel and the page free.
PAUSE = 0.05


class Newest(Iterator[T], Generic[T]):
    """The results of slow work, read on a thread of their own.

    Each is the whole so far, so that those which come too fast may be skipped: only the newest is handed over, and
    the next one after a pause. Pyodide has no threads; there, each is read when it is asked for.

    Parameters
    ----------
    work : callable
        Begins the work, on that thread.
    pause : float
        Seconds from one result that is handed over to the next; the last one is not held back.
    """

    def __init__(self, work: Callable[[], Iterator[T]], pause: float = PAUSE) -> None:
        self._work, self._pause = work, pause
        self._changed = Condition()
        self._results: Iterator[T] | None = None
        self._waiting: list[T] = []  # the newest one that was not handed over yet, if any
        self._error: Exception | None = None
        self._ended = self._closed = False
        self._due = 0.0
        self._asked = 0  # how often the next one was asked for
        if sys.platform != "emscripten":
            Thread(target=self._read, name="np_widgets stream", daemon=True).start()

    def __next__(self) -> T:
        if sys.platform == "emscripten":
            return self._next_here()
        with self._changed:
            self._asked += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._closed or self._ended, max(0.0, self._due - monotonic()))
            self._changed.wait_for(lambda: self._closed or self._ended or self._waiting)
            if self._waiting and not self._closed:
                self._due = monotonic() + self._pause
                return self._waiting.pop()
            if self._error and not self._closed:
                raise self._error
            raise StopIteration

    def close(self) -> None:
        """End it, from any thread: nothing more is handed over, and the work is stopped as soon as it can be."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._stop()

    def _read(self) -> None:
        try:
            self._results = self._work()
            if self._closed:  # meanwhile, when there was nothing to stop yet
                self._stop()
            for number, result in enumerate(self._results):
                with self._changed:
                    self._waiting = [result]
                    self._changed.notify_all()
                    if not number:
                        # Work in this process would take turns with what draws the first result, and hold it up.
                        self._changed.wait_for(lambda: self._closed or self._asked > 1, self._pause)
                if self._closed:
                    return
        except Exception as error:  # noqa: BLE001 (whatever it is, it is raised where the results are shown)
            self._error = error
        finally:
            self._stop()
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _next_here(self) -> T:
        if self._closed:
            raise StopIteration
        if self._results is None:
            self._results = self._work()
        return next(self._results)

    def _stop(self) -> None:
        """Close the results where they can be; a plain iterator ends by not being asked any more."""
        if close := getattr(self._results, "close", None):
            with suppress(ValueError):  # a generator at work on the other thread, which closes it then
                close()
