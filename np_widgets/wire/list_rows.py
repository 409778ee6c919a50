"""Lists, bookmarks and votes as the service sends them (contract, 2.4 and 5.6)."""

from __future__ import annotations

import msgspec

from np_widgets.wire.rows import ActivationRow, FeatureRow, Row


class EntryRow(msgspec.Struct):
    """A ListsOnNeurons row, with the feature where the whole list was asked for."""

    modelId: str
    layer: str
    index: str | int
    description: str | None = None
    addedAt: str | None = None
    neuron: FeatureRow | None = None


class TestedRow(msgspec.Struct):
    """The list's test text, run on one of its features."""

    activation: ActivationRow | None = None


class ListRow(msgspec.Struct):
    """A List row, with its features where the whole list was asked for."""

    id: str
    name: str | None = None
    description: str | None = None
    defaultTestText: str | None = None
    createdAt: str | None = None
    updatedAt: str | None = None
    user: Row | None = None
    neurons: list[EntryRow] | None = None
    activations: list[TestedRow] | None = None


class BookmarkRow(msgspec.Struct):
    """A Bookmark row."""

    modelId: str
    layer: str
    index: str | int
    id: str | None = None
    createdAt: str | None = None


class VoteRow(msgspec.Struct):
    """A Vote row."""

    id: str | None = None
    explanationId: str | None = None
    points: int | None = None
    createdAt: str | None = None


class CountReply(msgspec.Struct):
    """How many rows were deleted."""

    count: int
