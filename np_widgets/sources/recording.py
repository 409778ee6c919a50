"""Keep what sources answer: every answer of every source passes by here."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator
from contextlib import suppress
from functools import wraps
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

from np_widgets.recordings import Question, RecordingWarning, Writer, pack, split

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from np_widgets.models import Feature, SteerResult
    from np_widgets.sources.base import FeatureSource

# Replaced and never changed, so that an answer on any thread finds a whole one.
_active: tuple[Recording, ...] = ()
_lock = Lock()


def record(path: str | os.PathLike[str]) -> Recording:
    """Keep every answer that sources give from now on, in one file, for :class:`np_widgets.BundleSource` to play back.

    Like ``open``, it begins at once, and is ended by leaving its ``with`` block or by ``close()``: what one clicks in
    widgets can be recorded over several cells.

    Parameters
    ----------
    path : str or path
        A new file, such as ``"lesson.jsonl.gz"``, or a recording, which is continued: answers are added, and one to
        the same question takes the place of the one before. Any other file is refused.

    Returns
    -------
    Recording

    Raises
    ------
    UnexpectedResponse
        When the file is there and is no recording, or is damaged.
    OSError
        When the file cannot be written, now or later.

    Notes
    -----
    Kept is what any source answers, whoever asks: functions, widgets made before or meanwhile, their background
    threads, a source called directly, another recording that is played back. An answer counts when it arrives; a
    widget's ``wait()`` waits for it. Not kept are errors, steering runs that one stops oneself (one that breaks off is
    kept, and marked as such, unless the recording has it whole), and what a :class:`NeuronpediaClient` is asked
    directly, since it is no source; ``NeuronpediaSource(client)`` is one that asks it.

    The file holds what was asked and what was answered, never an API key, and nothing of this machine. With a key,
    features that are private to you are answers like any other: look at what ``BundleSource(path).contents`` lists
    before you hand the file out. Its format is told in :mod:`np_widgets.recordings`. Each answer is written at once,
    so that a cell that fails and a kernel that dies lose nothing.
    """
    return Recording(path)


class Recording:
    """A file that answers are written to, until it is closed. :func:`record` makes it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._lock = Lock()
        self._writer = Writer(self.path)
        self._is_open = True
        _change(lambda active: (*active, self))

    def keep(self, question: Question, source: str, packed: bytes, *, is_whole: bool = True) -> None:
        """Write an answer that was packed as JSON; after the end, on a thread that is late, nothing.

        What is not whole is written where there is nothing else.
        """
        with self._lock:
            if self._is_open and (is_whole or question.key not in self._writer.entries):
                self._writer.keep(question, source, packed)

    def close(self) -> None:
        """End the recording; a second time does nothing."""
        _change(lambda active: tuple(one for one in active if one is not self))
        with self._lock:
            self._is_open = False
            self._writer.close()

    def __len__(self) -> int:
        return len(self._writer.entries)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "" if self._is_open else ", closed"
        return f"<Recording of {len(self)} answers in {self.path.name}{state}>"


def observed(action: str, method: Callable[..., Any], asked_as: Callable[..., Any]) -> Callable[..., Any]:
    """Let the answers of a source's method pass by the recordings that are open.

    Parameters
    ----------
    action : str
        The method's name.
    method : callable
        The source's own.
    asked_as : callable
        The protocol's, whose arguments and defaults a question is written in.
    """
    if hasattr(method, "__observed__"):  # inherited
        return method
    signature = inspect.signature(asked_as)

    @wraps(method)
    def ask(self: FeatureSource, *args: Any, **options: Any) -> Any:  # noqa: ANN401 (any action's)
        try:
            bound = signature.bind(self, *args, **options)
        except TypeError as error:
            answer = method(self, *args, **options)
            if _active:
                reason = f"as no other source could be asked so: {error}"
                _warn(f"An answer of {self.name} to {action} is not recorded, {reason}.")
            return answer
        asked = bound.arguments
        asked.update({name: list(value) for name, value in asked.items() if isinstance(value, Iterator)})
        answer = method(*bound.args, **bound.kwargs)
        if action == "steer":
            return Run(self, Question.of(action, request=asked["request"]), answer)
        if not _active:
            return answer
        bound.apply_defaults()
        question = {name: value for name, value in bound.arguments.items() if name not in ("self", "refresh")}
        if action == "iter_features":
            return _listing(self, question, answer)
        for single, own in split(action, question, answer):
            _keep(single, self, own)
        return answer

    ask.__observed__ = True  # type: ignore[attr-defined]
    return ask


def _listing(source: FeatureSource, asked: Mapping[str, Any], features: Iterator[Feature]) -> Iterator[Feature]:
    """Keep a listing feature by feature as it is gone through, and where it ends."""
    where = {"model": asked["model"], "source": asked["source"]}
    position, limit = asked["start"], asked["limit"]
    for feature in features:
        _keep(Question.of("get_features", ref=feature.ref, max_activations=None), source, feature)
        _keep(Question.of("iter_features", **where, position=position), source, feature.ref)
        position += 1
        yield feature
    if limit is None or position < asked["start"] + limit:
        _keep(Question.of("iter_features", **where, position=position), source, None)


class Run(Iterator["SteerResult"]):
    """A steering run under way: what a source's ``steer`` returns, with a stop that any thread may use.

    Its last result is recorded: a complete one, and one that was interrupted where the recording has no other. A run
    that is stopped by who asked for it is no answer.
    """

    def __init__(self, source: FeatureSource, question: Question, results: Iterator[SteerResult]) -> None:
        self._source = source
        self._question = question
        self._results = results
        self._is_closed = False

    def __next__(self) -> SteerResult:
        result = None if self._is_closed else next(self._results)
        if result is None or self._is_closed:  # closed before, or while it was waited for
            self.close()
            raise StopIteration
        if _active and (result.is_complete or result.interrupted):
            _keep(self._question, self._source, result, is_whole=result.is_complete)
        return result

    def close(self) -> None:
        """Stop: at once where the source can, else after its next result. A second time does nothing."""
        self._is_closed = True
        if close := getattr(self._results, "close", None):
            with suppress(ValueError):  # a generator that is at work on another thread, which closes it then
                close()


def _keep(question: Question, source: FeatureSource, answer: object, *, is_whole: bool = True) -> None:
    packed = pack(answer)
    if source.holds_secret(pack(question) + packed):
        _warn(f"An answer of {source.name} to {question.action} is not recorded, as your API key stands in it.")
        return
    for recording in _active:
        recording.keep(question, source.name, packed, is_whole=is_whole)


def _change(change: Callable[[tuple[Recording, ...]], tuple[Recording, ...]]) -> None:
    global _active  # noqa: PLW0603 (whoever asks, on any thread, is recorded)
    with _lock:
        _active = change(_active)


def _warn(message: str) -> None:
    warnings.warn(message, RecordingWarning, stacklevel=3)
