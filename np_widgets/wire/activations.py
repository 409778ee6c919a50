"""Activation rows to activations and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, repeat
from typing import Any, NamedTuple, TypeVar

import numpy as np

from np_widgets.models import (
    NO_NUMBERS,
    Activation,
    DirectFeatureAttribution,
    FloatArray,
    Provenance,
    QuantileInterval,
    ZPattern,
    frozen_array,
)
from np_widgets.wire.lengths import Repairs
from np_widgets.wire.rows import ActivationRow, Numbers

T = TypeVar("T")

#: ``binMax`` beside ``binMin`` -1 where the converter could not read the group's title (contract, 3).
UNREAD_TOP = 99.0


class Rare(NamedTuple):
    """Numbers that few sources have: attribution, loss, attention pattern."""

    dfa: FloatArray = NO_NUMBERS
    loss: FloatArray = NO_NUMBERS
    z: FloatArray = NO_NUMBERS


def build_activations(rows: Sequence[ActivationRow], provenance: Provenance | None = None) -> tuple[Activation, ...]:
    """Mend and type rows; the numbers of all rows are converted in one go, which is most of the cost."""
    rare: Iterable[Rare] = repeat(Rare())
    if any(row.dfa_values or row.loss_values or row.z_values for row in rows):
        rare = map(
            Rare,
            _arrays([row.dfa_values for row in rows]),
            _arrays([row.loss_values for row in rows]),
            _arrays([row.z_values for row in rows]),
        )
    values = _arrays([row.values for row in rows])
    return tuple(_build(row, own, more, provenance) for row, own, more in zip(rows, values, rare, strict=False))


def _arrays(lists: Sequence[Numbers | None]) -> list[FloatArray]:
    """Convert lists of numbers to views of one read-only array."""
    flat: list[float | None] = []
    ends = [0]
    for values in lists:
        if values:
            flat += values
        ends.append(len(flat))
    whole = frozen_array(flat)
    return [whole[start:end] for start, end in pairwise(ends)]


def _build(row: ActivationRow, values: FloatArray, rare: Rare, provenance: Provenance | None) -> Activation:
    tokens = row.tokens or ()
    more: dict[str, Any] = {}
    if len(values) != len(tokens) or row.dfa_values or row.loss_values or _has_z(row):
        values, more = _rare_parts(row, values, rare)
    peak, minimum, peak_index = row.max_value, row.min_value, row.max_value_token_index
    if peak is None or minimum is None or peak_index is None or not 0 <= peak_index < len(tokens):
        peak, minimum, peak_index = _extremes(values, peak, minimum, peak_index)
    if row.bin_min or row.bin_max or row.bin_contains:
        more["interval"] = _interval(row.bin_min, row.bin_max, row.bin_contains)
    if row.id is not None or row.model_id is not None:
        more.update(_identity(row))
    return Activation(
        tokens=tokens,
        values=values,
        peak=peak,
        minimum=minimum,
        peak_index=peak_index,
        qualifying_index=None if row.qualifying_token_index == -1 else row.qualifying_token_index,
        logit_contributions=row.logit_contributions,
        data_source=row.data_source,
        provenance=provenance,
        **more,
    )


def _identity(row: ActivationRow) -> dict[str, Any]:
    index = row.index
    return {
        "id": row.id,
        "model": row.model_id,
        "source": row.layer,
        "index": int(index) if isinstance(index, int) or (index is not None and index.isdecimal()) else None,
        "data_index": None if row.data_index is None else str(row.data_index),
        "creator": row.creator_id,
        "created_at": row.created_at,
    }


def _rare_parts(row: ActivationRow, values: FloatArray, rare: Rare) -> tuple[FloatArray, dict[str, Any]]:
    """Mend what most examples do not need or have: odd lengths, attribution, loss, attention pattern."""
    repairs = Repairs()
    n_tokens = len(row.tokens or ())
    values = repairs.fit("values", values, n_tokens)
    more: dict[str, Any] = {}
    if row.dfa_values:
        more["dfa"] = _dfa(row, rare.dfa, repairs)
    if row.loss_values:
        more["loss_values"] = repairs.fit("loss_values", rare.loss, n_tokens)
    if _has_z(row):
        more["z_pattern"] = _z_pattern(row, rare.z, repairs)
    if repairs.surplus:
        more["cut"] = tuple(repairs.surplus.items())
    return values, {**more, "mismatches": tuple(repairs.mismatches)}


def _extremes(
    values: FloatArray, peak: float | None, minimum: float | None, peak_index: int | None
) -> tuple[float | None, float | None, int | None]:
    """Fill what the row leaves open from the values; an index outside the text (-1 too) means unknown."""
    known = values[~np.isnan(values)]
    if known.size == 0:
        return peak, minimum, None
    if peak_index is None or not 0 <= peak_index < len(values):
        peak_index = int(np.nanargmax(values))
    return float(known.max()) if peak is None else peak, float(known.min()) if minimum is None else minimum, peak_index


def _interval(low: float | None, high: float | None, fraction: float | None) -> QuantileInterval:
    """Read the group's bounds; null or 0 in all three (older data, the user's own texts) never comes here."""
    known = None if fraction == -1 else fraction
    if low == -1:
        return QuantileInterval(high=None if high == UNREAD_TOP else high, fraction=known, is_top=not known)
    return QuantileInterval(low=low, high=high, fraction=known)


def _dfa(row: ActivationRow, values: FloatArray, repairs: Repairs) -> DirectFeatureAttribution | None:
    target, n_tokens = row.dfa_target_index, len(row.tokens or ())
    if target == -1 and not row.dfa_max_value:
        return None  # SAEDashboard's row for an example without attribution: [], -1, 0
    return DirectFeatureAttribution(
        values=repairs.fit("dfa_values", values, n_tokens),
        target_index=target if target is not None and 0 <= target < n_tokens else None,
        peak=row.dfa_max_value,
    )


def _has_z(row: ActivationRow) -> bool:
    return bool(row.z_values or row.z_q_indices or row.z_k_indices)


def _z_pattern(row: ActivationRow, values: FloatArray, repairs: Repairs) -> ZPattern:
    source, target = row.z_q_indices or [], row.z_k_indices or []
    if len(source) == len(target) == len(values):
        return ZPattern(source_indices=tuple(source), target_indices=tuple(target), values=values)
    sources, targets, filled = repairs.level(z_source_indices=source, z_target_indices=target, z_values=row.z_values)
    return ZPattern(
        source_indices=sources,  # type: ignore[arg-type]  # two lists of indices beside one of numbers
        target_indices=targets,  # type: ignore[arg-type]
        values=frozen_array(filled),
    )


def write_activation(activation: Activation) -> dict[str, Any]:
    """Write an activation in the service's shape, with the lengths that it came with."""
    dfa, z = activation.dfa, activation.z_pattern
    return {
        "id": activation.id,
        "tokens": list(activation.tokens),
        "values": _as_given(activation, "values", activation.values),
        "maxValue": activation.peak,
        "minValue": activation.minimum,
        "maxValueTokenIndex": activation.peak_index,
        "modelId": activation.model,
        "layer": activation.source,
        "index": None if activation.index is None else str(activation.index),
        **_write_interval(activation.interval),
        "qualifyingTokenIndex": activation.qualifying_index,
        "dfaValues": _as_given(activation, "dfa_values", dfa.values) if dfa else [],
        "dfaTargetIndex": dfa.target_index if dfa else None,
        "dfaMaxValue": dfa.peak if dfa else None,
        "lossValues": _as_given(activation, "loss_values", activation.loss_values),
        "zQIndices": _cut(activation, "z_source_indices", list(z.source_indices)) if z else [],
        "zKIndices": _cut(activation, "z_target_indices", list(z.target_indices)) if z else [],
        "zValues": _cut(activation, "z_values", numbers(z.values)) if z else [],
        "logitContributions": activation.logit_contributions,
        "dataSource": activation.data_source,
        "dataIndex": activation.data_index,
        "creatorId": activation.creator,
        "createdAt": activation.created_at,
    }


def _write_interval(interval: QuantileInterval | None) -> dict[str, float | None]:
    if interval is None:
        return {"binMin": None, "binMax": None, "binContains": None}
    if interval.is_top:
        high = UNREAD_TOP if interval.high is None else interval.high
        return {"binMin": -1, "binMax": high, "binContains": -1 if interval.fraction is None else interval.fraction}
    return {"binMin": interval.low, "binMax": interval.high, "binContains": interval.fraction}


def _as_given(activation: Activation, field: str, values: FloatArray) -> list[float | None]:
    """Undo a repair: the surplus put back, or the filling taken off."""
    surplus = activation.surplus.get(field)
    if surplus is not None:
        return numbers(values) + numbers(surplus)
    return _cut(activation, field, numbers(values))


def _cut(activation: Activation, field: str, listed: list[T]) -> list[T]:
    mismatch = next((m for m in activation.mismatches if m.field == field), None)
    return listed if mismatch is None else listed[: mismatch.got]


def numbers(values: FloatArray) -> list[float | None]:
    """Turn an array into JSON's numbers, NaN and infinities into null as the service does."""
    listed: list[float | None] = values.tolist()
    if np.isfinite(values).all():
        return listed
    return [value if value is not None and np.isfinite(value) else None for value in listed]
