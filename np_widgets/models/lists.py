"""What users keep on the site: lists of features, bookmarks, votes."""

from __future__ import annotations

from np_widgets.models.activation import Activation
from np_widgets.models.feature import Feature
from np_widgets.models.matches import Matches, Named
from np_widgets.models.record import Record


class ListEntry(Named, frozen=True, kw_only=True, eq=False):
    """A feature in a list.

    Attributes
    ----------
    description : str or None
        Why it is there, in its author's words.
    added_at : str or None
        In ISO's form.
    feature : Feature or None
        With up to three examples and its explanations, where the whole list was asked for.
    activation : Activation or None
        The list's test text, run on it.
    """

    description: str | None = None
    added_at: str | None = None
    feature: Feature | None = None
    activation: Activation | None = None


class SavedList(Matches[ListEntry], frozen=True, kw_only=True, eq=False):
    """A list of features on the site; it has a length, and can be looped over and indexed.

    Attributes
    ----------
    id : str
    name : str
    description : str or None
    test_text : str or None
        A text that is run on every feature of the list.
    creator : str or None
    created_at, updated_at : str or None
        In ISO's form.
    site : str or None
        Left out of equality.
    """

    id: str
    name: str
    description: str | None = None
    test_text: str | None = None
    creator: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    site: str | None = None

    _ignored_in_equality = frozenset({"provenance", "site"})

    @property
    def url(self) -> str | None:
        """The list's page, which everyone who knows its address can read."""
        return f"{self.site}/list/{self.id}" if self.site else None

    def __repr__(self) -> str:
        # One that is listed, or was changed, comes without its features, which is not to say that it has none.
        count = f", {len(self)} feature{'' if len(self) == 1 else 's'}" if len(self) else ""
        return f"<SavedList {self.name!r}{count}, {self.url or self.id}>"


class Bookmark(Named, frozen=True, kw_only=True, eq=False):
    """A feature that its user wants to find again."""

    id: str | None = None
    created_at: str | None = None


class Vote(Record, frozen=True, kw_only=True, eq=False):
    """A vote for an explanation."""

    explanation_id: str | None = None
    points: int | None = None
    id: str | None = None
    created_at: str | None = None
