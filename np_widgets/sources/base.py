"""What a source of features can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NoReturn, Protocol, TypeAlias, get_args, runtime_checkable

from np_widgets.errors import InvalidRequest
from np_widgets.sources.recording import observed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from np_widgets.client import RateLimit
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

Action: TypeAlias = Literal[
    "get_feature",
    "get_features",
    "activate",
    "search_explanations",
    "top_features",
    "top_features_by_token",
    "activate_source",
    "nearest_features",
    "iter_features",
    "steer",
    "steering_presets",
]


@runtime_checkable
class FeatureSource(Protocol):
    """Where features come from. One source is the default; every widget and function takes another.

    A source of your own is a subclass with the methods that it can answer; the others refuse, and say so through
    :meth:`supports`, so that a widget disables the control. What it answers can be recorded, see
    :func:`np_widgets.record`.
    """

    def __init_subclass__(cls, **options: Any) -> None:  # noqa: ANN401 (passed on)
        super().__init_subclass__(**options)
        for action in get_args(Action):
            own, asked_as = getattr(cls, action), getattr(FeatureSource, action)
            if own is not asked_as:
                setattr(cls, action, observed(action, own, asked_as))

    @property
    def name(self) -> str:
        """What people call the source: ``"neuronpedia.org"``, ``"demo"``."""
        ...

    def supports(self, action: Action) -> bool:
        """Whether the source can do a thing; a widget disables the control of one it cannot."""
        return getattr(type(self), action, None) is not getattr(FeatureSource, action)

    def get_feature(self, ref: RefLike, *, refresh: bool = False) -> Feature:
        """Get one feature with all that its dashboard shows.

        Raises
        ------
        NotFound
            When the source has no such feature.
        """
        self._refuse("gets no features")

    def get_features(self, refs: Iterable[RefLike], *, max_activations: int | None = None) -> list[Feature]:
        """Get many features, in the order asked for."""
        self._refuse("gets no features")

    def iter_features(self, model: str, source: str, start: int = 0, limit: int | None = None) -> Iterable[Feature]:
        """Go through the features of one source that ever fired, as they are needed."""
        self._refuse("does not list the features of a source")

    def activate(self, ref: RefLike, texts: str | Sequence[str]) -> list[Activation]:
        """Run the user's own texts through one feature; one activation per text, in their order."""
        self._refuse("runs no texts")

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
        """Find explanations close in meaning to a query: of some sources of a model, a model, a release, or all."""
        self._refuse("searches no explanations")

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
        """Find the features of a source set that fire most on a text; one answer per text, in their order."""
        self._refuse("does not say which features fire on a text")

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
        """Find the features of a source that fire most at each token of a text; one answer per text."""
        self._refuse("does not say which features fire at a token")

    def activate_source(self, texts: str | Sequence[str], *, model: str, source: str) -> list[SourceActivations]:
        """Run texts through all features of a source; one answer per text."""
        self._refuse("does not run texts through whole sources")

    def nearest_features(self, ref: RefLike, *, model: str | None = None, source: str | None = None) -> NearestFeatures:
        """Find the features of a source whose directions are closest to a feature's; by default of its own source."""
        self._refuse("does not compare directions")

    def steer(self, request: SteerRequest, *, stream: bool = True) -> Iterator[SteerResult]:
        """Let a model go on with a text, steered and unsteered.

        Parameters
        ----------
        request : SteerRequest
        stream : bool
            Whether the texts come while they grow; otherwise only the last result is yielded.

        Yields
        ------
        SteerResult
            The whole so far, each time more of it. The last one is complete; or it is ``interrupted``, when something
            had come and then nothing more. The iterator has a ``close()`` that stops it, from any thread.

        Raises
        ------
        NeuronpediaError
            When nothing came at all.
        """
        self._refuse("does not steer")

    def recorded_strengths(self, request: SteerRequest) -> tuple[Mapping[FeatureRef, float], ...] | None:
        """List the strengths that alone can be asked for, all else being as in a request; None where any can.

        Returns
        -------
        tuple of {FeatureRef: float}, or None
            One for each run, in ascending order.
        """
        return None

    def steering_presets(self, model: str) -> tuple[SteeringPreset, ...]:
        """List features with strengths that show something on a model."""
        self._refuse("has no steering presets")

    def steering_limit(self) -> RateLimit | None:
        """Say what is left of the limit that steering counts against; None where there is none, or none is known."""
        return None

    def holds_secret(self, data: bytes) -> bool:
        """Whether something of the user's that no file may hold stands in an answer that is about to be recorded."""
        return False

    def _refuse(self, what: str) -> NoReturn:
        remedy = 'Ask another: source="neuronpedia" or "demo".'
        raise InvalidRequest(f"The source {self.name} {what}.", remedy=remedy)
