"""Questions that belong together, asked at once: the one place where the client uses threads.

Four at a time: the service runs a text on one machine, and the limits count requests, not seconds. In a browser
(Pyodide) there are no threads; there the same questions are asked one after the other.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from np_widgets.client.progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from np_widgets.client.rates import RateLimits
    from np_widgets.client.reader import Decode, Reader
    from np_widgets.client.routes import Call

T = TypeVar("T")

AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """A call, how its answer is read, and how many things it asks for."""

    call: Call
    decode: Decode[T]
    size: int = 1


def ask_all(
    questions: Sequence[Question[T]], reader: Reader, limits: RateLimits, *, label: str, unit: str, refresh: bool
) -> list[T]:
    """Ask at once, with one progress bar, and return the answers in the order of the questions.

    Raises
    ------
    RateLimited
        Before anything is sent, when the service has said that fewer requests are left than this takes.
    NeuronpediaError
        The first failure; what has not begun by then is not asked.
    """
    if len(questions) > 1:
        limits.demand(question.call.path for question in questions if refresh or not reader.holds(question.call))
    total = sum(question.size for question in questions)
    with progress(label, total=total, unit=f" {unit}", steps=len(questions)) as count:

        def ask(question: Question[T]) -> T:
            return reader.read(question.call, question.decode, refresh=refresh)

        def done(question: Question[T]) -> None:
            count(question.size)

        return _run_all(ask, questions, done)


Q = TypeVar("Q")


def _run_all(work: Callable[[Q], T], items: Sequence[Q], done: Callable[[Q], object]) -> list[T]:
    if len(items) <= 1 or sys.platform == "emscripten":
        results = []
        for item in items:
            results.append(work(item))
            done(item)
        return results
    with ThreadPoolExecutor(min(AT_ONCE, len(items)), thread_name_prefix="np_widgets") as pool:
        futures = {pool.submit(work, item): item for item in items}
        try:
            for future in as_completed(futures):
                future.result()
                done(futures[future])
        except BaseException:  # a failure, or the user's own stop
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]
