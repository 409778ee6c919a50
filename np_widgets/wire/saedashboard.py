"""What SAEDashboard's runner for Neuronpedia writes: ``batch-N.json`` with its own names for the wire's.

Read from its source, version 0.8; the converter that makes Neuronpedia's exports maps the names in the same way.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from np_widgets.errors import InvalidRequest, UnexpectedResponse
from np_widgets.models import Feature, Provenance
from np_widgets.wire.features import build_feature
from np_widgets.wire.read import decode
from np_widgets.wire.rows import FeatureRow, Numbers, Row

_BATCH_NAME = re.compile(r"batch-([0-9]+)\.json")
#: One of SAEDashboard's keys is in another case than the others.
_ACTIVATION_KEYS = {
    "bin_min": "binMin",
    "bin_max": "binMax",
    "bin_contains": "binContains",
    "qualifying_token_index": "qualifyingTokenIndex",
    "dfa_values": "dfaValues",
    "dfa_maxValue": "dfaMaxValue",
    "dfa_targetIndex": "dfaTargetIndex",
    "loss_values": "lossValues",
    "logit_contributions": "logitContributions",
}


class BatchFile(msgspec.Struct):
    """One file."""

    features: list[Row]
    model_id: str | None = None
    layer: int | str | None = None
    sae_set: str | None = None
    sae_id_suffix: str | None = None


class Batch(NamedTuple):
    """A file's features, and which source they say that they are of."""

    model: str | None
    source: str | None
    features: list[Feature]


_BATCH = msgspec.json.Decoder(BatchFile)


def batch_files(folder: Path) -> list[Path]:
    """List a run's files, in the order of their numbers.

    Raises
    ------
    InvalidRequest
        When there is none.
    """
    found = {int(match[1]): path for path in folder.iterdir() if (match := _BATCH_NAME.fullmatch(path.name))}
    if not found:
        raise InvalidRequest(
            f"There is no batch-N.json in {folder.name}.",
            remedy="Give the folder that SAEDashboard's runner has written.",
        )
    return [found[number] for number in sorted(found)]


def read_batch(path: Path) -> Batch:
    """Read one file of a run.

    Raises
    ------
    InvalidRequest
        When it is not of that form; the file is named.
    """
    origin = Provenance(origin=path.name)
    try:
        batch = decode(_BATCH, path.read_bytes())
        source = None if batch.layer is None or not batch.sae_set else f"{batch.layer}-{batch.sae_set}"
        if source and batch.sae_id_suffix:
            source = f"{source}__{batch.sae_id_suffix}"
        named = {"modelId": batch.model_id or "unnamed", "layer": source or "unnamed"}
        rows = [msgspec.convert(_renamed(row, named), FeatureRow, strict=False) for row in batch.features]
        return Batch(batch.model_id, source, [build_feature(row, origin, None) for row in rows])
    except (UnexpectedResponse, msgspec.ValidationError, KeyError) as error:
        reason = str(error)
    raise InvalidRequest(f"{path.name} is not what SAEDashboard's runner writes: {reason}")


def _renamed(row: Row, named: Row) -> dict[str, Any]:
    """Give a feature the wire's names, and work out what SAEDashboard leaves to its readers."""
    activations = [
        {_ACTIVATION_KEYS.get(key, key): value for key, value in activation.items()}
        for activation in row.get("activations") or []
    ]
    peaks = [peak for activation in activations if (peak := _peak(activation.get("values"))) is not None]
    return {
        **row,
        **named,
        "index": str(row["feature_index"]),
        "activations": activations,
        "maxActApprox": max(peaks, default=0.0),
        "hasVector": bool(row.get("vector")),
    }


def _peak(values: Numbers | None) -> float | None:
    return max((value for value in values or () if value is not None), default=None)
