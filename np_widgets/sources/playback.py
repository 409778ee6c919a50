"""How a recording is played back: what it holds, the answer to a question, and what is said where there is none."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from np_widgets.errors import NotFound
from np_widgets.models import Feature, Provenance
from np_widgets.recordings import Index, Question, changed, cut, read
from np_widgets.sources.base import FeatureSource

if TYPE_CHECKING:
    import os

    import pandas as pd

    from np_widgets.models import Record, RefLike
    from np_widgets.recordings import Entry
    from np_widgets.sources.base import Action

_NEAREST_TOLD = 6


class Playback(FeatureSource):
    """The part of :class:`BundleSource` that all its answers share."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._index = Index(read(self.path))

    @property
    def name(self) -> str:
        """The file's name, and that it is a recording of which source."""
        origins = ", ".join(sorted({entry.source for entry in self._index.entries.values()}))
        return f"{self.path.name} (recorded from {origins or 'nothing'})"

    @property
    def contents(self) -> tuple[Question, ...]:
        """The questions that it holds an answer to, in the order of recording; each says itself in words."""
        return self._index.questions

    def to_dataframe(self) -> pd.DataFrame:
        """List what it holds, one row per answer.

        Returns
        -------
        pandas.DataFrame
            ``action``; of the question ``model``, ``source``, ``index``, ``text``, ``query`` and, in words,
            ``options``; ``origin``, the source that answered; ``recorded_at`` (UTC).
        """
        return self._index.to_dataframe()

    def supports(self, action: Action) -> bool:
        """Whether it holds an answer of this kind."""
        return self._index.answers(action)

    def _answer(self, question: Question) -> Any:  # noqa: ANN401 (of the type that belongs to the action)
        return self._play(self._index.get(question), question)

    def _first(self, question: Question) -> Any:  # noqa: ANN401 (as _answer)
        """Play back as many matches as are wanted, from an answer with as many or more."""
        return cut(self._play(self._index.enough(question), question), question.arguments["limit"])

    def _with_others(self, ref: RefLike, most: int | None) -> Feature:
        question = Question.of("get_features", ref=ref, max_activations=most)
        entry = self._index.enough(question) or self._index.get(Question.of("get_feature", ref=ref))
        feature: Feature = self._play(entry, question)
        return feature if most is None else cut(feature, most)

    def _play(self, entry: Entry | None, question: Question) -> Any:  # noqa: ANN401 (as _answer)
        if entry is None:
            raise self._lacking(question)
        return changed(entry.answer(), self._played_back)

    def _played_back(self, record: Record) -> Record:
        if isinstance(record, Provenance):
            return msgspec.structs.replace(record, cached=False, stale=False, recording=self.path.name)
        if isinstance(record, Feature) and not (record.site or "").startswith(("https://", "http://")):
            # The file may come from anyone, and the site becomes a link.
            return msgspec.structs.replace(record, site=None)
        return record

    def _lacking(self, question: Question) -> NotFound:
        nearest = list(dict.fromkeys(map(str, self._index.near(question)))) or [self._kinds()]
        told = "; ".join(nearest[:_NEAREST_TOLD])
        more = f"; and {len(nearest) - _NEAREST_TOLD} more" if len(nearest) > _NEAREST_TOLD else ""
        return NotFound(
            f"{self.path.name} does not hold {question}.", remedy=f"It is a recording, and holds {told}{more}."
        )

    def _kinds(self) -> str:
        kinds = Counter(question.action for question in self.contents)
        return ", ".join(f"{number} × {kind}" for kind, number in kinds.items()) or "nothing"

    def __repr__(self) -> str:
        return f"<BundleSource {self.name}: {self._kinds()}>"
