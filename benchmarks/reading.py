"""Decode, check, repair and build every array, beside ``json.loads`` of the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks.data import compact, with_all_fields
from benchmarks.measure import Result, interleaved, ratio
from np_widgets import Feature

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.data import Row


def measure(row: Row, repeats: int) -> list[Result]:
    return [
        _read("read the feature / `json.loads`", compact(row), repeats),
        _read("… with all fields and some nulls", compact(with_all_fields(row)), repeats),
    ]


def _read(what: str, body: bytes, repeats: int) -> Result:
    read: Callable[[], object] = lambda: touch(Feature.from_json(body))  # noqa: E731 (a pair of works)
    ours, theirs = interleaved([read, lambda: json.loads(body)], repeats, warm_up=10)
    return ratio(what, ours, theirs, 0.9, aim=0.7)


def touch(feature: Feature) -> Feature:
    """Reach every array, so that one that is built late counts too."""
    for activation in feature.activations:
        assert activation.values is not None
        assert activation.loss_values is not None
        if activation.dfa is not None:
            assert activation.dfa.values is not None
        if activation.z_pattern is not None:
            assert activation.z_pattern.values is not None
    for histogram in (feature.activation_histogram, feature.logit_histogram):
        assert histogram.centres is not None
        assert histogram.counts is not None
    for weights in (feature.promoted, feature.suppressed):
        assert weights.values is not None
    return feature
