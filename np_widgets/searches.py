"""What is searched for: the checked parameters of a search, which its requests and its answers both need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from np_widgets import checks
from np_widgets.errors import InvalidRequest
from np_widgets.models import Feature, FeatureRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets.models import RefLike


@dataclass(frozen=True, slots=True)
class ExplanationSearch:
    """A search by meaning: of some sources of a model, of a model, of a release, or of everything."""

    query: str
    model: str | None
    sources: tuple[str, ...]
    release: str | None

    @classmethod
    def check(
        cls, query: str, model: str | None, sources: str | Sequence[str] | None, release: str | None
    ) -> ExplanationSearch:
        """Refuse what the service would refuse, and what makes no sense."""
        query = checks.check_query(query)
        named = checks.check_names(sources, "source", "6-res-jb")
        if named and model is None:
            raise InvalidRequest(
                f"sources is {', '.join(named)}, but no model is named.", remedy='Add theirs: model="gpt2-small".'
            )
        if release is not None and model is not None:
            raise InvalidRequest(
                f"Both the release {release!r} and the model {model!r} are named.",
                remedy="Search one of them: a release names its models and sources itself.",
            )
        if model is not None:
            model = checks.check_name(model, "model", "gpt2-small")
        if release is not None:
            release = checks.check_name(release, "release", "gpt2sm-res-jb")
        return cls(query, model, tuple(named), release)


@dataclass(frozen=True, slots=True)
class SetSearch:
    """A search for the features of a source set that fire on a text."""

    model: str
    source_set: str
    sources: tuple[str, ...]
    sort_positions: tuple[int, ...]
    density_threshold: float | None
    ignore_bos: bool
    limit: int

    @classmethod
    def check(
        cls,
        *,
        model: str,
        source_set: str,
        sources: str | Sequence[str] | None,
        sort_positions: Sequence[int],
        density_threshold: float | None,
        ignore_bos: bool,
        limit: int,
    ) -> SetSearch:
        """Refuse what the service would refuse."""
        return cls(
            model=checks.check_name(model, "model", "gpt2-small"),
            source_set=checks.check_name(source_set, "source set", "res-jb"),
            sources=tuple(checks.check_names(sources, "source", "6-res-jb")),
            sort_positions=tuple(checks.check_positions(sort_positions)),
            density_threshold=checks.check_density(density_threshold),
            ignore_bos=bool(ignore_bos),
            limit=checks.check_count(limit, "limit", 1, checks.MOST_FOR_SET),
        )


@dataclass(frozen=True, slots=True)
class TokenSearch:
    """A search for the features of a source that fire at each token of a text."""

    model: str
    source: str
    density_threshold: float | None
    ignore_bos: bool
    limit: int

    @classmethod
    def check(
        cls, *, model: str, source: str, density_threshold: float | None, ignore_bos: bool, limit: int
    ) -> TokenSearch:
        """Refuse what the service would refuse."""
        return cls(
            model=checks.check_name(model, "model", "gpt2-small"),
            source=checks.check_name(source, "source", "6-res-jb"),
            density_threshold=checks.check_density(density_threshold),
            ignore_bos=bool(ignore_bos),
            limit=checks.check_count(limit, "limit", 1, checks.MOST_FOR_TOKENS),
        )


@dataclass(frozen=True, slots=True)
class NearestSearch:
    """A search for the features of a source whose directions are closest to a feature's."""

    ref: FeatureRef
    model: str
    source: str

    @classmethod
    def check(cls, ref: RefLike, model: str | None, source: str | None) -> NearestSearch:
        """Refuse what makes no sense; what is not named is the feature's own."""
        feature = FeatureRef.parse(ref)
        if model is not None and source is None:
            raise InvalidRequest(f"The model {model!r} is named, but no source of it.", remedy='Add source="6-res-jb".')
        return cls(
            ref=feature,
            model=checks.check_name(feature.model if model is None else model, "model", "gpt2-small"),
            source=checks.check_name(feature.source if source is None else source, "source", "6-res-jb"),
        )

    @property
    def is_own(self) -> bool:
        """Whether it is among the features of its own source."""
        return (self.model, self.source) == (self.ref.model, self.ref.source)


def check_refs(refs: Iterable[RefLike]) -> list[FeatureRef]:
    """Read the names of many features; a single one in their place is a slip."""
    if isinstance(refs, (str, FeatureRef, Feature)):
        raise InvalidRequest("get_features takes a list of features.", remedy="For one, use get_feature.")
    return [FeatureRef.parse(ref) for ref in refs]
