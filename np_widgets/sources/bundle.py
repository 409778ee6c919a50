"""A recording, played back: a class behind one address, or with no network at all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from np_widgets.errors import NotFound
from np_widgets.models import Feature, Provenance
from np_widgets.recordings import Index, Question, changed, cut, put_together, read
from np_widgets.sources.base import FeatureSource

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from np_widgets.models import (
        Activation,
        ExplanationMatches,
        NearestFeatures,
        Record,
        RefLike,
        SourceActivations,
        TokenFeatureMatches,
        TopFeatureMatches,
    )
    from np_widgets.recordings import Entry
    from np_widgets.sources.base import Action

_NEAREST_TOLD = 6


class BundleSource(FeatureSource):
    """What :func:`np_widgets.record` has kept, played back without a network, a key or a model.

    It answers what was asked while it was recorded, in whichever form: each text of a batch alone and the reverse, a
    feature by any name, its strongest examples from all of them, the first of a longer search. Anything else is not
    found, and the error names what it holds nearest to it. The answers say in their provenance that they come from a
    recording, and keep their origin and time.

    Parameters
    ----------
    path : str or path
        The file. Its name alone is a source too: ``np_widgets.use("lesson.jsonl.gz")``,
        ``NP_WIDGETS_SOURCE=lesson.jsonl.gz``.

    Raises
    ------
    UnexpectedResponse
        When the file is no recording, is damaged, or was made by a newer version of this package.
    FileNotFoundError
        When there is no such file.

    Warns
    -----
    RecordingWarning
        When the last answer is cut off, as a kernel leaves it that dies while it writes.

    Notes
    -----
    The file is read once; what is recorded into it later is not seen. Data in it may come from anyone and is treated
    as a service's would be.
    """

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

    def get_feature(self, ref: RefLike, *, refresh: bool = False) -> Feature:  # noqa: ARG002 (there is nothing fresher)
        """Play back a feature that was fetched whole, alone or with others or in a listing.

        Raises
        ------
        NotFound
            When it was not recorded; the message names its nearest features that were.
        """
        alone = Question.of("get_feature", ref=ref)
        with_others = Question.of("get_features", ref=ref, max_activations=None)
        feature: Feature = self._play(self._index.get(alone) or self._index.get(with_others), alone)
        return feature

    def get_features(self, refs: Iterable[RefLike], *, max_activations: int | None = None) -> list[Feature]:
        """Play back many features, in the order asked for; their strongest examples also from all that were recorded.

        Raises
        ------
        NotFound
            When one was not recorded, or only with fewer examples.
        """
        return [self._with_others(ref, max_activations) for ref in refs]

    def iter_features(self, model: str, source: str, start: int = 0, limit: int | None = None) -> Iterator[Feature]:
        """Go through the features of a source as it was gone through when it was recorded.

        Raises
        ------
        NotFound
            At the place from which on nothing was recorded, unless the source itself ended there.
        """
        position = start
        while limit is None or position < start + limit:
            ref = self._answer(Question.of("iter_features", model=model, source=source, position=position))
            if ref is None:
                return
            yield self._with_others(ref, None)
            position += 1

    def activate(self, ref: RefLike, texts: str | Sequence[str]) -> list[Activation]:
        """Play back texts that were run through a feature."""
        return [self._answer(Question.of("activate", ref=ref, text=text)) for text in _listed(texts)]

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
        """Play back a search, or a part of it, put together from the pages that were recorded.

        Returns
        -------
        ExplanationMatches
            ``interrupted`` where the recording holds fewer than ``limit`` though there were more.
        """
        question = Question.of(
            "search_explanations",
            query=query,
            model=model,
            sources=sources,
            release=release,
            limit=limit,
            offset=offset,
        )
        pages = [
            (entry.question.arguments["offset"], self._play(entry, question)) for entry in self._index.about(question)
        ]
        found = put_together(pages, offset, limit)
        if found is None:
            raise self._lacking(question)
        if len(found) < limit and found.next_offset is not None:
            return msgspec.structs.replace(found, interrupted=f"{self.path.name} holds no more of this search.")
        return found

    def top_features(
        self,
        texts: str | Sequence[str],
        *,
        model: str,
        source_set: str,
        sources: Sequence[str] | None = None,
        sort_positions: Sequence[int] = (),
        density_threshold: float | None = None,
        ignore_bos: bool = True,
        limit: int = 50,
    ) -> list[TopFeatureMatches]:
        """Play back which features fire on a text, as many as were recorded or fewer."""
        asked: dict[str, Any] = {
            "model": model,
            "source_set": source_set,
            "sources": sources,
            "sort_positions": sort_positions,
        }
        asked |= {"density_threshold": density_threshold, "ignore_bos": ignore_bos, "limit": limit}
        return [self._first(Question.of("top_features", text=text, **asked)) for text in _listed(texts)]

    def top_features_by_token(
        self,
        texts: str | Sequence[str],
        *,
        model: str,
        source: str,
        density_threshold: float | None = None,
        ignore_bos: bool = True,
        limit: int = 10,
    ) -> list[TokenFeatureMatches]:
        """Play back which features fire at each token, as many as were recorded or fewer."""
        asked: dict[str, Any] = {"model": model, "source": source, "density_threshold": density_threshold}
        asked |= {"ignore_bos": ignore_bos, "limit": limit}
        return [self._first(Question.of("top_features_by_token", text=text, **asked)) for text in _listed(texts)]

    def activate_source(self, texts: str | Sequence[str], *, model: str, source: str) -> list[SourceActivations]:
        """Play back texts that were run through all features of a source."""
        asked = {"model": model, "source": source}
        return [self._answer(Question.of("activate_source", text=text, **asked)) for text in _listed(texts)]

    def nearest_features(self, ref: RefLike, *, model: str | None = None, source: str | None = None) -> NearestFeatures:
        """Play back which features are near."""
        nearest: NearestFeatures = self._answer(Question.of("nearest_features", ref=ref, model=model, source=source))
        return nearest

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


def _listed(texts: str | Sequence[str]) -> Sequence[str]:
    return [texts] if isinstance(texts, str) else texts
