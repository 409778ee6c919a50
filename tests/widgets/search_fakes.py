"""A source for tests of search and list: answers page by page, and at the test's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from np_widgets import Feature
from np_widgets.models import ExplanationMatch, ExplanationMatches, Provenance
from tests.rows import feature_row
from tests.widgets.fakes import SlowSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MODEL, SOURCE = "gpt2-small", "6-res-jb"


def feature(index: int, **changes: Any) -> Feature:
    explained = {"explanations": [{"description": f"explanation {index}"}]}
    return Feature.from_json(feature_row(index=str(index), frac_nonzero=index / 1000, **{**explained, **changes}))


def matches(query: str, start: int, stop: int, **changes: Any) -> ExplanationMatches:
    found = [
        ExplanationMatch(
            model=MODEL,
            source=SOURCE,
            index=index,
            text=f"explanation {index}",
            author_model="gpt-4o-mini",
            cosine=1 - index / 100,
            feature=feature(index) if index % 5 != 4 else None,
        )
        for index in range(start, stop)
    ]
    return ExplanationMatches(
        query=query, model=MODEL, matches=tuple(found), provenance=Provenance(origin="test"), **changes
    )


class SearchSource(SlowSource):
    """Finds ``size`` explanations for every query, 20 at a time; gates and errors go by ``(query, offset)``."""

    def __init__(self, size: int = 50) -> None:
        super().__init__()
        self.size = size
        self.interrupts: dict[Any, str] = {}
        self.empty: set[Any] = set()
        self.questions: list[dict[str, Any]] = []

    def search_explanations(
        self,
        query: str,
        *,
        model: str | None = None,
        sources: Sequence[str] | None = None,
        release: str | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> ExplanationMatches:
        self.questions.append({"query": query, "model": model, "sources": sources, "release": release, "limit": limit})
        self._wait((query, offset), (query, offset))
        stop = min(self.size, offset + limit)
        if (query, offset) in self.empty:
            return matches(query, offset, offset, next_offset=stop)
        interrupted = self.interrupts.get((query, offset))
        if interrupted:
            stop = min(stop, offset + 5)
        return matches(query, offset, stop, next_offset=stop if stop < self.size else None, interrupted=interrupted)

    def iter_features(self, model: str, source: str, start: int = 0, limit: int | None = None) -> Iterable[Feature]:
        stop = self.size if limit is None else min(self.size, start + limit)
        for index in range(start, stop):
            if index % 25 == 0 or index == start:
                self._wait(("page", index), ("page", index))
            yield feature(index, modelId=model, layer=source)
