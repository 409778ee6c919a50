"""Many writes of one kind: what fails for one leaves the others alone."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Generic, TypeVar

from np_widgets.client.progress import progress
from np_widgets.client.together import AT_ONCE
from np_widgets.errors import NeuronpediaError
from np_widgets.models.uploads import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Q = TypeVar("Q")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done(Generic[Q, T]):
    """What came of it.

    Attributes
    ----------
    results : tuple
        In the order asked for.
    failed : tuple of Refusal
    interrupted : str or None
        What ended it.
    remaining : tuple
        What was not tried because of it.
    """

    results: tuple[T, ...]
    failed: tuple[Refusal, ...]
    interrupted: str | None
    remaining: tuple[Q, ...]


def try_all(
    work: Callable[[Q], T], items: Sequence[Q], label: str, unit: str, is_final: Callable[[NeuronpediaError], bool]
) -> Done[Q, T]:
    """Do something with each, four at a time (in a browser one after the other), with a progress bar.

    Parameters
    ----------
    work : callable
    items : sequence
    label, unit : str
        Of the bar.
    is_final : callable
        Whether a failure is one of everything, after which nothing more is tried.
    """
    ended = Event()
    with progress(label, total=len(items), unit=f" {unit}", steps=len(items)) as count:

        def attempt(item: Q) -> T | NeuronpediaError | None:
            if ended.is_set():
                return None
            try:
                return work(item)
            except NeuronpediaError as error:
                if is_final(error):
                    ended.set()
                return error
            finally:
                count(1)

        outcomes = _each(attempt, items, ended)
    return _sorted_out(items, outcomes, is_final)


def _each(attempt: Callable[[Q], T], items: Sequence[Q], ended: Event) -> list[T]:
    if len(items) <= 1 or sys.platform == "emscripten":
        return [attempt(item) for item in items]
    with ThreadPoolExecutor(min(AT_ONCE, len(items)), thread_name_prefix="np_widgets") as pool:
        try:
            return list(pool.map(attempt, items))
        except BaseException:  # the user's own stop: what is under way ends, the rest is not begun
            ended.set()
            raise


def _sorted_out(
    items: Sequence[Q], outcomes: Sequence[T | NeuronpediaError | None], is_final: Callable[[NeuronpediaError], bool]
) -> Done[Q, T]:
    results: list[T] = []
    failed: list[Refusal] = []
    remaining: list[Q] = []
    interrupted: str | None = None
    for item, outcome in zip(items, outcomes, strict=True):
        if outcome is None:
            remaining.append(item)
        elif not isinstance(outcome, NeuronpediaError):
            results.append(outcome)
        elif is_final(outcome):
            remaining.append(item)
            interrupted = interrupted or str(outcome)
        else:
            failed.append(Refusal(name=str(item), reason=str(outcome)))
    return Done(tuple(results), tuple(failed), interrupted, tuple(remaining))
