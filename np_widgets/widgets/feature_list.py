"""Any number of features as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import traitlets

from np_widgets.html import table_html
from np_widgets.payload import provenance_payload, rows_payload
from np_widgets.widgets.asking import Asking, Reference
from np_widgets.widgets.base import built, json_trait, refuse_kind
from np_widgets.widgets.feeds import Feed, details
from np_widgets.widgets.order import shown
from np_widgets.widgets.questions import as_sae, where_from
from np_widgets.widgets.rows import EXAMPLE, HISTOGRAM, REF, cell, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from np_widgets.models import Feature
    from np_widgets.sources import SourceLike
    from np_widgets.widgets.feeds import Page

#: How many features of a source one asks for at a time, and how many rows the static form has.
_MORE, _STATIC = 100, 30
#: By how much what is known grows until it is sent again.
_GROWN = 1.5
#: How many rows are fetched before the list is shown, so that a saved notebook holds them.
_AT_ONCE = 50


class References(traitlets.List):  # type: ignore[type-arg]  # not generic in the oldest traitlets
    """Names of features, in any form or as a frame; kept as ``"model/source/index"``, each once."""

    def validate(self, obj: Any, value: Any) -> list[str]:  # noqa: ANN401 (traitlets' signature)
        """Take a list of whatever :meth:`FeatureRef.parse` takes, or what a list of features is made of."""
        if isinstance(value, Iterable) and not isinstance(value, (list, str)):
            value = rows_of(value).refs
        return list(dict.fromkeys(super().validate(obj, value) or []))


class FeatureList(Asking):
    """A table of any number of features: sort it, filter it, select in it, open the dashboard of one.

    Parameters
    ----------
    x : DataFrame, iterable of features or their names, or an answer
        A frame needs the columns ``model``, ``source`` and ``index``; any others are shown beside them, but for those
        that hold one value throughout. Of an answer, such as :class:`ExplanationMatches`, each match is a row.
    source : FeatureSource or str, optional
        Where details and dashboards come from; by default what :func:`np_widgets.use` set.
    fetch : bool, optional
        Whether to fetch what rows lack (explanation, density, peak, histogram, example), 50 rows per request: the first
        50 at once, the others in the background. By default only where ``x`` holds names alone; otherwise a button
        offers it, and :meth:`fetch` does it. What a frame says is never replaced.
    **options
        The traits, such as ``sort="-density"`` (a minus turns the order round) or ``filter="river bank"``.

    Raises
    ------
    InvalidRequest
        For a name that is none, or a frame that lacks a column.

    See Also
    --------
    FeatureList.from_source : page through a live source.
    """

    _bundle = "featurelist"
    _esm = built("featurelist.js")
    _css = built("featurelist.css")
    _opens = "opened"

    sort = traitlets.Unicode("", help="The column by which rows are sorted; a minus in front turns it round.").tag(
        sync=True
    )
    filter = traitlets.Unicode("", help="Words that a shown row's name or texts must hold.").tag(sync=True)
    selected: Any = References(Reference(), help="The features that the reader selected.").tag(sync=True)
    opened: Any = Reference(None, allow_none=True, help="The feature whose dashboard stands below.").tag(sync=True)
    _rows = json_trait()
    _progress = traitlets.List(traitlets.Int(), help="How many have arrived of how many; empty when none do.").tag(
        sync=True
    )

    def __init__(
        self,
        x: Any,  # noqa: ANN401 (rows_of says what it may be)
        *,
        source: SourceLike = None,
        fetch: bool | None = None,
        **options: Any,  # noqa: ANN401 (trait values)
    ) -> None:
        self._feed = x if isinstance(x, Feed) else None
        self._table = rows_of([] if isinstance(x, Feed) else x)
        self._drawn = 0
        selected = options.pop("selected", [])  # refers to what is shown, so it comes after that
        super().__init__(source=source, **options)
        lacks = self._feed is None and (self._table.bare if fetch is None else fetch)
        if self._feed is not None:
            self._ask_now("more", self._pages(_MORE), self._take_all)
        elif lacks:
            self._ask_now("details", self._details(_AT_ONCE), self._fill_all)
        self._draw()
        self.selected = selected
        if lacks and self.error is None:
            self.fetch()

    @classmethod
    def from_source(
        cls,
        model: str,
        source: str,
        *,
        origin: SourceLike = None,
        limit: int | None = None,
        **options: Any,  # noqa: ANN401 (trait values)
    ) -> FeatureList:
        """List the features of one source that ever fired, as one scrolls through them.

        Parameters
        ----------
        model, source : str
            Such as ``"gpt2-small"`` and ``"6-res-jb"``.
        origin : FeatureSource or str, optional
            Where they come from; by default what :func:`np_widgets.use` set.
        limit : int, optional
            How many to list at most. A hundred are fetched at a time, the first at once; see :meth:`more`.
        **options
            As for the class.
        """
        asked = where_from(origin, "origin", 'source="{}"')
        return cls(Feed(model, as_sae(source), limit), source=asked, **options)

    def more(self, count: int = _MORE) -> None:
        """Go on through the source by ``count`` features; :meth:`wait` waits for them, :meth:`stop` stops."""
        if self._feed is not None and not self._feed.ended and not self.busy:
            self._progress = [0, self._feed.left(count)]
            self._ask_each("more", self._pages(count), self._take, self._settle)

    def fetch(self) -> None:
        """Fetch what rows lack, in the background; :meth:`wait` waits for it, :meth:`stop` stops."""
        lacking = len(self._table.lacking)
        if lacking and not self.busy:
            self._progress = [0, lacking]
            self._ask_each("details", self._details(None), self._fill, self._settle)

    def stop(self) -> None:
        """Stop waiting for what is under way; what has arrived stays."""
        super().stop()
        self._settle()

    def to_dataframe(self, kind: Literal["rows", "selected"] = "rows") -> pd.DataFrame:
        """Turn the rows into a frame: those that are shown, or those that are selected, in the shown order.

        Raises
        ------
        InvalidRequest
            When there is no such kind.
        """
        if kind not in ("rows", "selected"):
            raise refuse_kind(kind, ("rows", "selected"))
        columns = self._table.columns()
        if kind == "rows":
            places = shown(self._table, columns, self.sort, self.filter)
        else:
            chosen = set(self._table.places(self.selected))
            places = [place for place in shown(self._table, columns, self.sort, "") if place in chosen]
        return self._table.frame().iloc[places].reset_index(drop=True)

    @traitlets.validate("selected")
    def _in_the_list(self, proposal: Any) -> Any:  # noqa: ANN401 (traitlets' own)
        stranger = next((name for name in proposal["value"] if name not in self._table), None)
        if stranger is not None:
            raise traitlets.TraitError(f"selected names {stranger}, and no row of this list does.")
        return proposal["value"]

    @traitlets.validate("sort")
    def _by_a_column(self, proposal: Any) -> Any:  # noqa: ANN401 (traitlets' own)
        known = ["", REF, HISTOGRAM, EXAMPLE, *(column.key for column in self._table.columns())]
        if proposal["value"].removeprefix("-") not in known:
            raise traitlets.TraitError(f"sort is {proposal['value']!r}; the columns are {', '.join(known[1:])}.")
        return proposal["value"]

    def _pages(self, count: int) -> Callable[[], Iterator[Page]]:
        feed, source = self._feed, self._source
        return lambda: iter(()) if feed is None else feed.pages(source, count)

    def _details(self, count: int | None) -> Callable[[], Iterator[dict[int, Feature | None]]]:
        rows, source = self._table.lacking[:count], self._source
        return lambda: details(source, rows)

    def _take_all(self, pages: Iterable[Page]) -> None:
        for page in pages:
            self._take(page)

    def _take(self, page: Page) -> None:
        if self._feed is not None:
            self._feed.take(page)
            self._table.grow(page.features)
            self._count(len(page.features))

    def _fill_all(self, chunks: Iterable[dict[int, Feature | None]]) -> None:
        for chunk in chunks:
            self._fill(chunk)

    def _fill(self, chunk: dict[int, Feature | None]) -> None:
        for place, feature in chunk.items():
            self._table.fill(place, feature)
        self._count(len(chunk))

    def _count(self, arrived: int) -> None:
        """Say how far it is; draw whenever there is half as much again, since every drawing sends all there is."""
        if self._progress:
            done, total = self._progress
            self._progress = [done + arrived, total]
        if len(self._table) - len(self._table.lacking) >= _GROWN * self._drawn:
            self._draw()

    def _draw(self) -> None:
        table, feed = self._table, self._feed
        lacking = len(table.lacking)
        self._drawn = len(table) - lacking
        self._rows = {
            **rows_payload(table.refs, table.columns(), table.details),
            "site": table.site,
            "more": feed is not None and not feed.ended,
            "lacking": lacking,
            "absent": len(table.absent),
            "provenance": provenance_payload(table.origins),
        }

    def _settle(self) -> None:
        self._progress = []
        self._draw()

    def _fail(self, where: str, error: Exception) -> None:
        self._settle()
        super()._fail(where, error)

    def _commands(self) -> dict[str, Callable[[], None]]:
        again = self.more if self._feed is not None else self.fetch
        return {**super()._commands(), "more": self.more, "fetch": self.fetch, "retry": again}

    def _title(self) -> str:
        where = f" of {self._feed.model}/{self._feed.source}" if self._feed is not None else ""
        return f"{len(self._table):,} features{where}"

    def _static_html(self) -> str:
        columns = self._table.columns()
        places = shown(self._table, columns, self.sort, self.filter)
        drawn = [
            [str(self._table.refs[place]), *(cell(column, place) for column in columns)] for place in places[:_STATIC]
        ]
        more = f"{len(places) - _STATIC:,} more rows" if len(places) > _STATIC else ""
        note = " · ".join(filter(None, [more, self.error["message"] if self.error else ""]))
        return table_html(self._title(), ["feature", *(column.label for column in columns)], drawn, note)

    def __repr__(self) -> str:
        error = f": {self.error['message']}" if self.error else ""
        return f"<FeatureList of {self._title()}, {len(self.selected):,} selected{error}>"
