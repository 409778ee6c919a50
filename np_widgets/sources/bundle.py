"""A recording, played back: a class behind one address, or with no network at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from np_widgets.errors import NotFound
from np_widgets.recordings import Question, grown, other_strengths, put_together
from np_widgets.sources.playback import Playback

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from np_widgets.models import (
        Activation,
        ExplanationMatches,
        Feature,
        FeatureRef,
        NearestFeatures,
        RefLike,
        SourceActivations,
        SteeringPreset,
        SteerRequest,
        SteerResult,
        TokenFeatureMatches,
        TopFeatureMatches,
    )


class BundleSource(Playback):
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

    def steer(self, request: SteerRequest, *, stream: bool = True) -> Iterator[SteerResult]:
        """Play back a run, growing token by token, or word by word where the tokens are not known.

        It ends as it did when it was recorded: complete, or interrupted.

        Raises
        ------
        NotFound
            At once, when it was not recorded; the message names the strengths with which it was, or the nearest runs.
        """
        question = Question.of("steer", request=request.check())
        entry = self._index.get(question)
        if entry is None and (strengths := self.recorded_strengths(request)):
            told = "; ".join(" and ".join(f"{strength:g}" for strength in each.values()) for each in strengths)
            raise NotFound(
                f"{self.path.name} does not hold {question}.",
                remedy=f"It is a recording, and holds this run with the strengths {told}.",
            )
        result = msgspec.structs.replace(self._play(entry, question), request=request)
        return grown(result) if stream else iter([result])

    def recorded_strengths(self, request: SteerRequest) -> tuple[Mapping[FeatureRef, float], ...]:
        """List the strengths with which a run was recorded, all else being as it is asked for."""
        return other_strengths(Question.of("steer", request=request), self.contents)

    def steering_presets(self, model: str) -> tuple[SteeringPreset, ...]:
        """Play back what there was to steer a model by."""
        presets: tuple[SteeringPreset, ...] = self._answer(Question.of("steering_presets", model=model))
        return presets


def _listed(texts: str | Sequence[str]) -> Sequence[str]:
    return [texts] if isinstance(texts, str) else texts
