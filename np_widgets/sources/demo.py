"""The embedded demo model: every answer is computed here, and no network is needed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from np_widgets import checks, demo, wire
from np_widgets.demo import scope
from np_widgets.models import FeatureRef, Provenance
from np_widgets.searches import ExplanationSearch, NearestSearch, SetSearch, TokenSearch, check_refs
from np_widgets.sources.base import FeatureSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from np_widgets.models import (
        Activation,
        ExplanationMatches,
        Feature,
        NearestFeatures,
        RefLike,
        SourceActivations,
        SteeringPreset,
        SteerRequest,
        SteerResult,
        TokenFeatureMatches,
        TopFeatureMatches,
    )

NOTE = "A small demo model on generated text: the numbers are real, the world that it knows is a toy."

T = TypeVar("T")
A = TypeVar("A")


class DemoSource(FeatureSource):
    """Features of a tiny transformer and its sparse autoencoder, shipped with the package and run in NumPy.

    It holds the autoencoder's latents, and the directions of a few topics, which are vectors such as users upload to
    Neuronpedia. Every question is answered by computing; the searches are for latents alone.

    Raises
    ------
    NotFound
        By every method, when it is asked for a model, a source or a feature that is not the demo model's. The message
        says what there is.
    InvalidRequest
        By every method, when the service would refuse the question too, or when a text is longer than the model reads.
    """

    name = "demo"
    #: What references to its features begin with: ``f"{DemoSource.model}/{DemoSource.source}/0"``.
    model = demo.MODEL_ID
    source = demo.SOURCE_ID
    source_set = demo.SOURCE_SET_ID

    def get_feature(self, ref: RefLike, *, refresh: bool = False) -> Feature:  # noqa: ARG002 (nothing is cached)
        """Compute one feature's dashboard."""
        return _feature(FeatureRef.parse(ref))

    def get_features(self, refs: Iterable[RefLike], *, max_activations: int | None = None) -> list[Feature]:
        """Compute many features, in the order asked for."""
        wanted = check_refs(refs)
        if max_activations is not None:
            checks.check_count(max_activations, "max_activations", 1)
        return _each(wanted, lambda ref: _feature(ref, max_activations), "Features")

    def iter_features(self, model: str, source: str, start: int = 0, limit: int | None = None) -> Iterator[Feature]:
        """Go through the features of a source by their index, each computed when it is its turn; all of them fire."""
        first = checks.check_count(start, "start", 0)
        end = scope.size_of(model, source)
        if limit is not None:
            end = min(end, first + checks.check_count(limit, "limit", 0))
        return (_feature(FeatureRef(model, source, index)) for index in range(first, end))

    def activate(self, ref: RefLike, texts: str | Sequence[str]) -> list[Activation]:
        """Run texts through the tiny model and read one feature's activation at every token."""
        feature = FeatureRef.parse(ref)
        scope.check_feature(feature)
        rows = _each(
            checks.check_texts(texts), lambda text: demo.load().activate(feature.source, feature.index, text), "Texts"
        )
        return wire.read_activations(_body(rows), _provenance())

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
        """Find labels close to a query: by the letters that they share, and by what words mean to the demo model."""
        search = ExplanationSearch.check(query, model, sources, release)
        limit, offset = checks.check_count(limit, "limit", 1), checks.check_count(offset, "offset", 0)
        scope.check_explained(search.model, search.sources, search.release)
        results: list[Any] = []
        page: dict[str, Any] = {"nextOffset": offset}
        while "nextOffset" in page and len(results) < limit:
            page = demo.load().search_explanations(search.query, page["nextOffset"])
            results += page["results"]
        answer = wire.read_explanation_matches(
            _body({"results": results[:limit]}),
            query=search.query,
            model=search.model,
            sources=search.sources,
            offset=offset,
            provenance=_provenance(),
        )
        goes_on = page["hasMore"] or len(results) > limit
        return msgspec.structs.replace(answer, next_offset=offset + limit if goes_on else None)

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
        """Find the latents that fire most on a text; one answer per text, in their order."""
        search = SetSearch.check(
            model=model,
            source_set=source_set,
            sources=sources,
            sort_positions=sort_positions,
            density_threshold=density_threshold,
            ignore_bos=ignore_bos,
            limit=limit,
        )
        scope.check_set(search.model, search.source_set, search.sources)

        def ask(text: str) -> TopFeatureMatches:
            reply = demo.load().search_all(
                text,
                sort_positions=search.sort_positions,
                density_threshold=search.density_threshold,
                ignore_bos=search.ignore_bos,
                limit=search.limit,
            )
            (answer,) = wire.read_top_features(
                _body(reply),
                texts=[text],
                model=search.model,
                source_set=search.source_set,
                sources=search.sources,
                sort_positions=search.sort_positions,
                provenance=_provenance(),
            )
            return answer

        return _each(checks.check_texts(texts), ask, "Texts")

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
        """Find the latents that fire most at each token of a text; one answer per text.

        Notes
        -----
        In so small an autoencoder most latents fire on more than 1% of tokens: ``density_threshold=None`` shows them.
        """
        search = TokenSearch.check(
            model=model, source=source, density_threshold=density_threshold, ignore_bos=ignore_bos, limit=limit
        )
        scope.check_latents(search.model, search.source)

        def ask(text: str) -> TokenFeatureMatches:
            reply = demo.load().search_topk(
                text,
                density_threshold=search.density_threshold,
                ignore_bos=search.ignore_bos,
                limit=search.limit,
            )
            (answer,) = wire.read_token_features(
                _body(reply), texts=[text], model=search.model, source=search.source, provenance=_provenance()
            )
            return answer

        return _each(checks.check_texts(texts), ask, "Texts")

    def activate_source(self, texts: str | Sequence[str], *, model: str, source: str) -> list[SourceActivations]:
        """Run texts through all latents; one answer per text."""
        scope.check_latents(model, source)

        def ask(text: str) -> SourceActivations:
            body = _body(demo.load().activation_source(text))
            (answer,) = wire.read_source_activations(
                body, texts=[text], model=model, source=source, provenance=_provenance()
            )
            return answer

        return _each(checks.check_texts(texts), ask, "Texts")

    def nearest_features(self, ref: RefLike, *, model: str | None = None, source: str | None = None) -> NearestFeatures:
        """Find the latents or topic directions closest to either; in its own source, without the feature itself."""
        search = NearestSearch.check(ref, model, source)
        scope.check_feature(search.ref)
        scope.size_of(search.model, search.source)
        reply = demo.load().cossim(search.ref.source, search.ref.index, search.source)
        answer = wire.read_nearest_features(
            _body(reply), ref=search.ref, model=search.model, source=search.source, provenance=_provenance()
        )
        others = tuple(match for match in answer if match.ref != search.ref)
        return msgspec.structs.replace(answer, matches=others)

    def steer(self, request: SteerRequest, *, stream: bool = True) -> Iterator[SteerResult]:
        """Let the tiny model go on with a text, steered and unsteered, both by the same chance.

        Both texts grow together, token by token, with the likelihood of each. All is checked before the first of them.
        What the methods compute is told in :mod:`np_widgets.demo.pushing`. It is no chat model: a conversation is laid
        out as one of the talks that it has read, in which two people take turns (:mod:`np_widgets.demo.chat`).
        """
        scope.check_model(request.model)
        for feature in request.features:
            scope.check_feature(feature.ref)
        body = wire.write_steer_request(request.check(), stream=stream)
        model = demo.load()
        frames = model.steer_chat(body) if request.is_chat else model.steer(body)
        return _steered(frames, request, stream=stream)

    def steering_presets(self, model: str) -> tuple[SteeringPreset, ...]:
        """List the directions and latents that were measured to steer, each with its calibrated strength."""
        scope.check_model(model)
        return wire.read_steering_presets(_body(demo.load().steering_presets()))

    def __repr__(self) -> str:
        return "DemoSource()"


def _steered(frames: Iterator[Any], request: SteerRequest, *, stream: bool) -> Iterator[SteerResult]:
    last = next(frames)
    for frame in frames:
        if stream:
            yield _read(last, request)
        last = frame
    yield msgspec.structs.replace(_read(last, request), is_complete=True)


def _read(frame: Any, request: SteerRequest) -> SteerResult:  # noqa: ANN401 (any JSON)
    result, _limit = wire.read_steer_result(_body(frame), request, _provenance())
    return result


def _feature(ref: FeatureRef, max_activations: int | None = None) -> Feature:
    scope.check_feature(ref)
    row = demo.load().feature_in(ref.source, ref.index)
    if max_activations is not None:
        row["activations"] = row["activations"][:max_activations]  # the strongest stand first
    return wire.read_feature(_body(row), _provenance())


def _each(items: Sequence[T], ask: Callable[[T], A], what: str) -> list[A]:
    from tqdm.auto import tqdm

    # A single step has nothing to show between its start and its end.
    return [ask(item) for item in tqdm(items, desc=what, delay=1, leave=False, disable=len(items) < 2)]


def _body(reply: Any) -> bytes:  # noqa: ANN401 (any JSON)
    return msgspec.json.encode(reply)


def _provenance() -> Provenance:
    return Provenance(origin=DemoSource.name, fetched_at=datetime.now(UTC), note=NOTE)
