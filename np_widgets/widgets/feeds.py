"""What a list asks a source for, piece by piece: the next features of a source, and what rows lack."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from np_widgets.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from np_widgets.models import Feature, FeatureRef
    from np_widgets.sources import FeatureSource

#: Features per page of a source, and names per request (contract, 5.1).
_PAGE, _CHUNK = 25, 50


class Page(NamedTuple):
    """Features that arrived at once, and whether they are the last."""

    features: list[Feature]
    last: bool


@dataclass
class Feed:
    """A source whose features are paged through: how far one is, and how far one goes."""

    model: str
    source: str
    limit: int | None
    arrived: int = 0
    ended: bool = False

    def left(self, count: int) -> int:
        """How many of the next ``count`` the limit allows."""
        return count if self.limit is None else min(count, self.limit - self.arrived)

    def pages(self, asked: FeatureSource, count: int) -> Iterator[Page]:
        """Go on by ``count`` features."""
        start, stop = self.arrived, self.arrived + self.left(count)
        while start < stop:
            wanted = min(_PAGE, stop - start)
            features = list(islice(asked.iter_features(self.model, self.source, start=start, limit=wanted), wanted))
            start += len(features)
            last = len(features) < wanted or start == self.limit
            yield Page(features, last)
            if last:
                return

    def take(self, page: Page) -> None:
        """Remember that a page has arrived."""
        self.arrived += len(page.features)
        self.ended = page.last


def details(asked: FeatureSource, rows: Sequence[tuple[int, FeatureRef]]) -> Iterator[dict[int, Feature | None]]:
    """Get the features of numbered rows with their strongest example; None for one that does not exist."""
    for start in range(0, len(rows), _CHUNK):
        numbers, refs = zip(*rows[start : start + _CHUNK], strict=True)
        yield dict(zip(numbers, _those_there(asked, refs), strict=True))


def _those_there(asked: FeatureSource, refs: Sequence[FeatureRef]) -> list[Feature | None]:
    """Find those that exist: a source refuses a list for one that does not, so it is asked in halves."""
    try:
        return list(asked.get_features(refs, max_activations=1))
    except NotFound:
        if len(refs) == 1:
            return [None]
        middle = len(refs) // 2
        return _those_there(asked, refs[:middle]) + _those_there(asked, refs[middle:])
