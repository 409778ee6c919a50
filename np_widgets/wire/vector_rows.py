"""Uploaded vectors as the service sends them."""

from __future__ import annotations

import msgspec

from np_widgets.wire.rows import Numbers


class VectorRow(msgspec.Struct):
    """A vector as vector/get and list-owned spell it, and as vector/new does (contract, 9.13)."""

    modelId: str
    index: str | int
    layer: str | None = None
    source: str | None = None
    vectorLabel: str | None = None
    label: str | None = None
    vector: Numbers | None = None
    values: Numbers | None = None
    vectorDefaultSteerStrength: float | None = None
    defaultSteerStrength: float | None = None
    hookName: str | None = None
    createdAt: str | None = None


class VectorReply(msgspec.Struct):
    """One vector."""

    vector: VectorRow


class VectorsReply(msgspec.Struct):
    """The caller's own."""

    vectors: list[VectorRow]
