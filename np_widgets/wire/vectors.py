"""Vectors that users upload: what is sent, and the two spellings in which they come back."""

from __future__ import annotations

import re

import msgspec

from np_widgets.errors import UnexpectedResponse
from np_widgets.models import NO_NUMBERS, Activation, Provenance, Vector, frozen_array
from np_widgets.wire.activations import numbers
from np_widgets.wire.read import Body, decode
from np_widgets.wire.rows import Row
from np_widgets.wire.vector_rows import VectorReply, VectorRow, VectorsReply

_COUNT = re.compile(r"([0-9]{1,9}) activations created")


_ONE = msgspec.json.Decoder(VectorReply)
_ALL = msgspec.json.Decoder(VectorsReply)
_MESSAGE = msgspec.json.Decoder(dict[str, str])


def read_vector(body: Body, provenance: Provenance | None = None, site: str | None = None) -> Vector:
    """Read the body of ``POST /api/vector/get`` or ``/api/vector/new`` (contract, 5.5)."""
    return _build(decode(_ONE, body).vector, provenance, site)


def read_vectors(body: Body, provenance: Provenance | None = None, site: str | None = None) -> list[Vector]:
    """Read the body of ``POST /api/vector/list-owned``."""
    return [_build(row, provenance, site) for row in decode(_ALL, body).vectors]


def _build(row: VectorRow, provenance: Provenance | None, site: str | None) -> Vector:
    source, values = row.layer or row.source, row.vector or row.values
    if source is None:
        raise UnexpectedResponse("The vector has no source.")
    strength = row.vectorDefaultSteerStrength
    return Vector(
        model=row.modelId,
        source=source,
        index=int(row.index),
        values=frozen_array(values) if values else NO_NUMBERS,
        label=row.vectorLabel or row.label or None,
        hook=row.hookName,
        default_strength=row.defaultSteerStrength if strength is None else strength,
        created_at=row.createdAt,
        provenance=provenance,
        site=site,
    )


def write_texts(activations: list[Activation]) -> list[Row]:
    """Write examples as ``POST /api/activation/upload-batch`` takes them: tokens and values, no more."""
    return [{"tokens": list(each.tokens), "values": numbers(each.values)} for each in activations]


def read_count(body: Body) -> int:
    """Read how many examples the service says it has made of an upload."""
    found = _COUNT.search(decode(_MESSAGE, body).get("message", ""))
    if found is None:
        raise UnexpectedResponse("The answer does not say how many were made.")
    return int(found[1])
