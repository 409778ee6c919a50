"""The feature that everything is measured on: 45 examples of 128 tokens."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

from tests.rows import bench_row

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]


def load(path: Path | None) -> Row:
    """The row in a file, or one generated to the same size and sparsity."""
    row: Row = bench_row() if path is None else json.loads(path.read_bytes())
    return row


def compact(value: Any) -> bytes:  # noqa: ANN401 (any JSON)
    """As the service sends it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def with_all_fields(row: Row, seed: int = 0) -> Row:
    """The same feature with every field of the contract's 2.2 in each example, and some nulls."""
    rng = random.Random(seed)  # noqa: S311 (not cryptography)
    return {**row, "activations": [_whole(a, n, rng) for n, a in enumerate(row["activations"])]}


def _whole(activation: Row, number: int, rng: random.Random) -> Row:
    n_tokens = len(activation["tokens"])
    values = list(activation["values"])
    values[rng.randrange(n_tokens)] = None if number % 5 == 0 else 0.0
    dfa = [round(rng.random(), 4) if rng.random() < 0.13 else 0.0 for _ in range(n_tokens)]
    loss: list[float | None] = [round(rng.gauss(0, 0.05), 5) for _ in range(n_tokens)]
    if number % 4 == 0:
        loss[rng.randrange(n_tokens)] = None
    z = range(24)
    side = [{"t": [f" t{n % 7}", "x"], "v": [1.25, 0.5]} for n in range(n_tokens)]
    peak = activation["maxValueTokenIndex"]
    return {
        "id": f"cm{number:022d}",
        **{key: activation[key] for key in ("tokens", "maxValue", "maxValueTokenIndex")},
        "values": values,
        "minValue": 0.0,
        "modelId": "gpt2-small",
        "layer": "6-res-jb",
        "index": "650",
        "creatorId": "clkht01d40000jv08hvalcvly",
        "createdAt": "2026-07-01T12:00:00.123Z",
        "dataIndex": None if number % 3 else str(number),
        "dataSource": None if number % 2 else "monology/pile-uncopyrighted",
        "dfaValues": dfa,
        "dfaTargetIndex": peak,
        "dfaMaxValue": max(dfa),
        "zQIndices": [n % n_tokens for n in z],
        "zKIndices": [peak] * len(z),
        "zValues": [round(0.01 * n, 2) for n in z],
        "lossValues": loss,
        "logitContributions": None if number % 3 else json.dumps({"pos": side, "neg": side}),
        "binMin": -1 if number < 15 else 10.0 * (number % 3),
        "binMax": 60.0 if number < 15 else 10.0 * (number % 3) + 10,
        "binContains": -1 if number < 15 else 0.013,
        "qualifyingTokenIndex": None if number % 2 else peak,
    }
