"""The pages of a search, laid together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from np_widgets.models import ExplanationMatch, ExplanationMatches, FeatureRef


class Pages:
    """Collects matches, each once, up to a limit.

    Attributes
    ----------
    limit : int
    next_offset : int or None
        Where the next page begins; None when there is none.
    taken : list of ExplanationMatches
        The pages so far.
    """

    def __init__(self, limit: int, offset: int) -> None:
        self.limit = limit
        self.next_offset: int | None = offset
        self.taken: list[ExplanationMatches] = []
        self._found: dict[tuple[FeatureRef, str, str | None, str | None], ExplanationMatch] = {}
        self._repeats = False

    @property
    def is_full(self) -> bool:
        """Whether the limit is reached."""
        return len(self._found) >= self.limit

    def take(self, page: ExplanationMatches, start: int) -> int:
        """Add the page that began at ``start``; return how many of its matches are new."""
        before = len(self._found)
        self.next_offset = page.next_offset
        for place, match in enumerate(page):
            if self.is_full:
                # A filtered page leaves out some that were counted, so the place is this or a later one: to go on
                # from here skips nothing.
                self.next_offset = start + place
                break
            self._found.setdefault(_key(match), match)
        if len(page) and self.taken and list(map(_key, page)) == list(map(_key, self.taken[-1])):
            self.next_offset, self._repeats = None, True  # or a server that does not know offsets is asked for ever
        self.taken.append(page)
        return len(self._found) - before

    def answer(self, interrupted: str | None = None) -> ExplanationMatches:
        """Make one answer of all pages; where one of them is an old copy, its provenance is that of the answer."""
        warnings = [sentence for page in self.taken for sentence in page.warnings]
        if self._repeats:
            warnings.append("The service sent one page twice, so the search ended there.")
        origin = next((page for page in self.taken if page.provenance and page.provenance.stale), self.taken[0])
        return msgspec.structs.replace(
            origin,
            matches=tuple(self._found.values()),
            next_offset=self.next_offset,
            interrupted=interrupted,
            warnings=tuple(dict.fromkeys(warnings)),
        )


def _key(match: ExplanationMatch) -> tuple[FeatureRef, str, str | None, str | None]:
    return match.ref, match.text, match.author_model, match.method
