"""What answers tell of and writes change, by name: so a write finds the copies that it has made wrong.

A copy counts no longer when a write has concerned one of the things that it concerns. The names are coarse where a
write is wide, and fine where copies are dear: the explanation of one feature leaves alone what its neighbours have
cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from np_widgets.models import FeatureRef

#: Models, their source sets and sources.
MODELS = ("models",)
#: What explanations there are to be found.
EXPLANATIONS = ("explanations",)


def features_read(refs: Iterable[FeatureRef]) -> tuple[str, ...]:
    """Name what an answer about these features tells of."""
    named = list(refs)
    return tuple(dict.fromkeys([*map(str, named), *(_source(ref.model, ref.source) for ref in named)]))


def source_read(model: str, source: str) -> tuple[str, ...]:
    """Name what an answer tells of that has any features of a source in it."""
    return _source(model, source), _any_of(model, source)


def model_read(model: str) -> tuple[str, ...]:
    """Name what an answer tells of that has features of several sources of a model in it, or a user's own vectors."""
    return (_any_of(model, ""),)


def feature_written(ref: FeatureRef) -> tuple[str, ...]:
    """Name what a write to one feature changes."""
    return str(ref), _any_of(ref.model, ref.source), _any_of(ref.model, "")


def source_written(model: str, source: str) -> tuple[str, ...]:
    """Name what a write to many features of a source changes."""
    return _source(model, source), _any_of(model, "")


def _source(model: str, source: str) -> str:
    return f"{model}/{source}"


def _any_of(model: str, source: str) -> str:
    return f"{model}/{source}/…"
