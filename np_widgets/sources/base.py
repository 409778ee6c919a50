"""What a source of features must be able to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets.models import Activation, Feature, RefLike

Action: TypeAlias = Literal["get_feature", "get_features", "activate"]


@runtime_checkable
class FeatureSource(Protocol):
    """Where features come from. One source is the default; every widget and function takes another."""

    @property
    def name(self) -> str:
        """What people call the source: ``"neuronpedia.org"``, ``"demo"``."""
        ...

    def supports(self, action: Action) -> bool:
        """Whether the source can do a thing; a widget disables the control of one it cannot."""
        ...

    def get_feature(self, ref: RefLike, *, refresh: bool = False) -> Feature:
        """Get one feature with all that its dashboard shows.

        Raises
        ------
        NotFound
            When the source has no such feature.
        """
        ...

    def get_features(self, refs: Iterable[RefLike], *, max_activations: int | None = None) -> list[Feature]:
        """Get many features, in the order asked for."""
        ...

    def activate(self, ref: RefLike, texts: str | Sequence[str]) -> list[Activation]:
        """Run the user's own texts through one feature; one activation per text, in their order."""
        ...
