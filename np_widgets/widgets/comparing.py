"""Asking a source about several features at once: each has its answer, or its own error in its own place."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any, TypeAlias

import traitlets

from np_widgets.errors import InvalidRequest, NeuronpediaError, NotFound
from np_widgets.models import Feature, FeatureRef
from np_widgets.widgets.asking import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from np_widgets.models import Activation
    from np_widgets.sources import FeatureSource

#: The texts to run through each feature, by their numbers.
Wanted: TypeAlias = "Mapping[FeatureRef, Sequence[str]]"

_AT_ONCE = 4
_FEWEST, _MOST = 2, 12


class References(traitlets.List):  # type: ignore[type-arg]  # not generic in the oldest traitlets
    """Two to twelve features, each named once."""

    def __init__(self) -> None:
        super().__init__(Reference(), help="The features, in the order shown; setting it fetches those that are new.")

    def validate(self, obj: Any, value: Any) -> Any:  # noqa: ANN401 (traitlets' signature)
        """Refuse too few, too many, and one that is named twice."""
        if isinstance(value, Feature | FeatureRef) or not hasattr(value, "__iter__"):
            raise InvalidRequest(f"{value!r} is no list of features.", remedy="Give 2 to 12 features in a list.")
        refs = [str(FeatureRef.parse(ref)) for ref in value]
        if not _FEWEST <= len(refs) <= _MOST:
            raise InvalidRequest(
                f"A comparison takes {_FEWEST} to {_MOST} features, and {len(refs)} came.",
                remedy="For one, use FeatureDashboard." if len(refs) < _FEWEST else "Compare some of them at a time.",
            )
        twice = next((ref for n, ref in enumerate(refs) if ref in refs[:n]), None)
        if twice is not None:
            raise InvalidRequest(f"{twice} is named twice.", remedy="Name each feature once.")
        return super().validate(obj, refs)


def fetch(source: FeatureSource, refs: Sequence[FeatureRef]) -> list[Feature | NeuronpediaError]:
    """Get features in one go; where some are missing, one by one, to learn which.

    Raises
    ------
    NeuronpediaError
        What stands in the way of all of them.
    """
    try:
        return list(source.get_features(refs))
    except NotFound:
        return [_one(source, ref) for ref in refs]


def _one(source: FeatureSource, ref: FeatureRef) -> Feature | NeuronpediaError:
    try:
        return source.get_feature(ref)
    except NeuronpediaError as error:
        return error


def run_all(source: FeatureSource, wanted: Wanted) -> Iterator[tuple[FeatureRef, Mapping[str, Activation] | Exception]]:
    """Run texts through several features at once, four at a time; each answers when it has, or with its error."""

    def run(ref: FeatureRef) -> dict[str, Activation] | Exception:
        try:
            return dict(zip(wanted[ref], source.activate(ref, wanted[ref]), strict=True))
        except Exception as error:  # noqa: BLE001 (whatever it is, it is shown where the result would have been)
            return error

    if sys.platform == "emscripten":
        yield from ((ref, run(ref)) for ref in wanted)
        return
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="np_widgets")
    try:
        runs = {pool.submit(run, ref): ref for ref in wanted}
        for done in as_completed(runs):
            yield runs[done], done.result()
    finally:  # also when nobody waits for the rest any more
        pool.shutdown(wait=False, cancel_futures=True)
