"""Slow work off the callback's thread: the latest wins, a late answer is dropped.

JupyterLab may call back on any thread, each with an event loop of its own, so nothing here knows of loops: a small
pool of plain threads, a generation per line of work, and a lock. Pyodide has no threads; there, work runs inline.
"""

from __future__ import annotations

import sys
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import lru_cache
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

_WORKERS = 4


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_WORKERS, thread_name_prefix="np_widgets")


class Jobs:
    """One line of work of one widget: starting the next makes the one before it late."""

    def __init__(self) -> None:
        # Re-entrant: what is delivered may set traits whose observers start the next work.
        self._lock = RLock()
        self._generation = 0
        self._running: Future[None] | None = None

    def start(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Run ``work`` in the background, then ``done`` or ``failed`` unless something newer was started.

        Parameters
        ----------
        work : callable
            The slow part; it must not touch the widget.
        done, failed : callable
            Called one at a time, with the result or the exception.
        """

        def once() -> Iterator[T]:
            yield work()

        self.stream(once, done, lambda: None, failed)

    def stream(
        self,
        work: Callable[[], Iterable[T]],
        arrived: Callable[[T], None],
        done: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run ``work`` in the background and deliver its results one by one, until something newer was started.

        Parameters
        ----------
        work : callable
            The slow part; it must not touch the widget. It is left where it stands when it has become late.
        arrived : callable
            Called with each result.
        done, failed : callable
            Called at the end, with nothing or with the exception. All three are called one at a time.
        """
        generation = self.stop()

        def run() -> None:
            try:
                results = work()
                for result in results:
                    if not self._deliver(generation, arrived, result):
                        if close := getattr(results, "close", None):
                            close()  # whoever started the newer work may not have known of this one
                        return
            except Exception as error:  # noqa: BLE001 (whatever it is, it is shown where the result would have been)
                self._deliver(generation, failed, error)
            else:
                self._deliver(generation, lambda _none: done(), None)

        if sys.platform == "emscripten":
            run()
        else:
            self._running = _pool().submit(run)

    def stop(self) -> int:
        """Make whatever runs late: its answer will be dropped."""
        with self._lock:
            self._generation += 1
            return self._generation

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the work that runs now has been delivered or dropped, and so has what its delivery started.

        Raises
        ------
        TimeoutError
            When it takes longer than ``timeout`` seconds.
        """
        end = None if timeout is None else monotonic() + timeout
        waited: Future[None] | None = None
        # What a delivery starts is there before the delivery ends.
        while (running := self._running) is not waited and running is not None:
            if not wait([running], None if end is None else max(0.0, end - monotonic())).done:
                raise TimeoutError("It takes longer than was to be waited, and goes on in the background.")
            running.result()
            waited = running

    def _deliver(self, generation: int, deliver: Callable[[T], None], result: T) -> bool:
        """Hand something over unless it is late; say whether it was handed over."""
        # The lock is kept while the traits are written: two late answers cannot interleave.
        with self._lock:
            if generation != self._generation:
                return False
            deliver(result)
            return True
