"""The answers of a recording, found by what was asked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from np_widgets.recordings.questions import options

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from np_widgets.recordings.file import Entry
    from np_widgets.recordings.questions import Question

_FEATURE = frozenset({"get_feature", "get_features"})
_COLUMNS = ("action", "model", "source", "index", "text", "query", "options", "origin", "recorded_at")


class Index:
    """Entries by their questions; of several with one question the last one counts."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = {entry.question.key: entry for entry in entries}
        self._by_subject: dict[str, list[Entry]] = {}
        for entry in self.entries.values():
            self._by_subject.setdefault(entry.question.subject, []).append(entry)
        self._actions = {entry.question.action for entry in self.entries.values()}

    @property
    def questions(self) -> tuple[Question, ...]:
        """What was asked, in the order of recording."""
        return tuple(entry.question for entry in self.entries.values())

    def answers(self, action: str) -> bool:
        """Whether there is any answer of a kind."""
        if action == "get_feature":
            return any(_is_whole(question) for question in self.questions)
        return bool(_kin(action) & self._actions)

    def get(self, question: Question) -> Entry | None:
        """Find the answer to just this question."""
        return self.entries.get(question.key)

    def about(self, question: Question) -> list[Entry]:
        """Find all answers to a question, whatever the extent."""
        return self._by_subject.get(question.subject, [])

    def enough(self, question: Question) -> Entry | None:
        """Find the shortest answer that is as long as the question wants it, or longer."""
        wanted = _extent(question)
        long_enough = (entry for entry in self.about(question) if _extent(entry.question) >= wanted)
        return min(long_enough, key=lambda entry: _extent(entry.question), default=None)

    def near(self, question: Question) -> list[Question]:
        """Choose the questions of the same kind that differ in the fewest arguments, the nearest first."""
        alike = [other for other in self.questions if other.action in _kin(question.action)]
        distances = [(*_distance(question, other), number) for number, other in enumerate(alike)]
        least = min(distances, default=())[:2]
        return [alike[distance[-1]] for distance in sorted(distances) if distance[:2] == least]

    def to_dataframe(self) -> pd.DataFrame:
        """List the entries, one row each."""
        import pandas as pd

        frame = pd.DataFrame([_row(entry) for entry in self.entries.values()], columns=list(_COLUMNS))
        return frame.astype({"index": "Int64", "recorded_at": "datetime64[us, UTC]"})


def _kin(action: str) -> frozenset[str]:
    """The actions whose questions are of one kind."""
    return _FEATURE if action in _FEATURE else frozenset({action})


def _extent(question: Question) -> float:
    """How much is wanted at most, of matches or examples."""
    limit = question.arguments.get("limit", question.arguments.get("max_activations"))
    return math.inf if limit is None else limit


def _is_whole(question: Question) -> bool:
    return question.action in _FEATURE and _extent(question) == math.inf


def _distance(a: Question, b: Question) -> tuple[int, bool, float]:
    """How many arguments differ, whether a feature is of another source, and by how much the numbers differ."""
    pairs = [(a.arguments.get(name), b.arguments.get(name)) for name in a.arguments.keys() | b.arguments.keys()]
    numbers = [(x, y) for x, y in pairs if isinstance(x, (int, float)) and isinstance(y, (int, float))]
    left, right = a.ref, b.ref
    if left is None or right is None:
        is_elsewhere = left is not right
    else:
        is_elsewhere = left.with_index(0) != right.with_index(0)
        numbers.append((left.index, right.index))
    return sum(x != y for x, y in pairs), is_elsewhere, sum(abs(x - y) for x, y in numbers)


def _row(entry: Entry) -> dict[str, Any]:
    question, ref = entry.question, entry.question.ref
    named = {} if ref is None else {"model": ref.model, "source": ref.source, "index": ref.index}
    told: dict[str, Any] = {"action": question.action, "options": options(question)}
    if question.action == "steer":
        told |= {"text": question.said, "options": ", ".join(filter(None, [question.steered_by, options(question)]))}
    return question.arguments | named | told | {"origin": entry.source, "recorded_at": entry.recorded_at}
