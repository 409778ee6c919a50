"""Lists, bookmarks, votes and comments, from the service's shape to models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from np_widgets.models import Activation, Comment, FeatureRef, Provenance
from np_widgets.models.lists import Bookmark, ListEntry, SavedList, Vote
from np_widgets.wire.activations import build_activations
from np_widgets.wire.features import build_feature
from np_widgets.wire.list_rows import BookmarkRow, CountReply, EntryRow, ListRow, VoteRow
from np_widgets.wire.read import Body, decode
from np_widgets.wire.rows import Row
from np_widgets.wire.tables import read_comment

_LIST = msgspec.json.Decoder(ListRow)
_LISTS = msgspec.json.Decoder(list[ListRow])
_ENTRY = msgspec.json.Decoder(EntryRow)
_ENTRIES = msgspec.json.Decoder(list[EntryRow])
_BOOKMARK = msgspec.json.Decoder(BookmarkRow)
_BOOKMARKS = msgspec.json.Decoder(list[BookmarkRow])
_VOTE = msgspec.json.Decoder(VoteRow)
_COUNT = msgspec.json.Decoder(CountReply)
_ROW = msgspec.json.Decoder(dict[str, Any])


def read_list(body: Body, provenance: Provenance | None = None, site: str | None = None) -> SavedList:
    """Read the body of ``POST /api/list/get``, ``/new``, ``/new-with-features`` or ``/update`` (contract, 5.6)."""
    return _build(decode(_LIST, body), provenance, site)


def read_lists(body: Body, provenance: Provenance | None = None, site: str | None = None) -> list[SavedList]:
    """Read the body of ``POST /api/list/list``: without the features."""
    return [_build(row, provenance, site) for row in decode(_LISTS, body)]


def _build(row: ListRow, provenance: Provenance | None, site: str | None) -> SavedList:
    tested = [one.activation for one in row.activations or () if one.activation]
    by_ref = {activation.ref: activation for activation in build_activations(tested, provenance)}
    entries = tuple(_entry(one, by_ref, provenance, site) for one in row.neurons or ())
    return SavedList(
        id=row.id,
        name=row.name or "",
        description=row.description,
        test_text=row.defaultTestText,
        creator=(row.user or {}).get("name"),
        created_at=row.createdAt,
        updated_at=row.updatedAt,
        matches=entries,
        provenance=provenance,
        site=site,
    )


def _entry(
    row: EntryRow,
    tested: dict[FeatureRef | None, Activation] | None = None,
    provenance: Provenance | None = None,
    site: str | None = None,
) -> ListEntry:
    ref = FeatureRef(row.modelId, row.layer, int(row.index))
    return ListEntry(
        model=ref.model,
        source=ref.source,
        index=ref.index,
        description=row.description or None,
        added_at=row.addedAt,
        feature=build_feature(row.neuron, provenance, site) if row.neuron else None,
        activation=(tested or {}).get(ref),
    )


def read_entry(body: Body) -> ListEntry:
    """Read the body of ``POST /api/list/remove`` or ``/edit-feature``."""
    return _entry(decode(_ENTRY, body))


def read_entries(body: Body) -> list[ListEntry]:
    """Read the body of ``POST /api/list/add-features``."""
    return [_entry(row) for row in decode(_ENTRIES, body)]


def write_entries(refs: Sequence[FeatureRef], descriptions: Sequence[str | None], *, as_text: bool) -> list[Row]:
    """Write the features of a list; their index is text on one route and a number on another (contract, 1.8)."""
    return [
        {
            "modelId": ref.model,
            "layer": ref.source,
            "index": str(ref.index) if as_text else ref.index,
            **({} if description is None else {"description": description}),
        }
        for ref, description in zip(refs, descriptions, strict=True)
    ]


def read_bookmark(body: Body) -> Bookmark:
    """Read the body of ``POST /api/bookmark/add``."""
    return _bookmark(decode(_BOOKMARK, body))


def read_bookmarks(body: Body) -> list[Bookmark]:
    """Read the body of ``POST /api/user/bookmarks``."""
    return [_bookmark(row) for row in decode(_BOOKMARKS, body)]


def _bookmark(row: BookmarkRow) -> Bookmark:
    return Bookmark(model=row.modelId, source=row.layer, index=int(row.index), id=row.id, created_at=row.createdAt)


def read_vote(body: Body) -> Vote:
    """Read the body of ``POST /api/explanation/{id}/vote`` or ``/unvote``."""
    row = decode(_VOTE, body)
    return Vote(explanation_id=row.explanationId, points=row.points, id=row.id, created_at=row.createdAt)


def read_deleted(body: Body) -> int:
    """Read how many were deleted."""
    return decode(_COUNT, body).count


def read_new_comment(body: Body) -> Comment:
    """Read the body of ``POST /api/comment/new`` or ``/api/list/comment/new``."""
    row = decode(_ROW, body)
    return read_comment(row)
