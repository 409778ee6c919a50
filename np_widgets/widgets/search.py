"""Features by meaning: a field, and the explanations that are closest to what stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import traitlets

from np_widgets.errors import InvalidRequest
from np_widgets.html import answer_html, message_html
from np_widgets.models import ExplanationMatches
from np_widgets.payload import matches_payload, provenance_payload
from np_widgets.widgets.asking import Asking
from np_widgets.widgets.base import built, json_trait
from np_widgets.widgets.questions import as_sources, where_from

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from np_widgets.frames import AnswerKind
    from np_widgets.sources import SourceLike


class ExplanationSearch(Asking):
    """Find features by what their explanations mean, and open the dashboard of one.

    Parameters
    ----------
    query : str
        What to look for, at least three characters; empty to begin with the field alone.
    model : str, optional
        Search one model, such as ``"gemma-3-4b-it"``.
    sources : str or sequence of str, optional
        Search some sources of that model.
    release : str, optional
        Search all sources of a release; it names its models itself.
    limit : int
        How many to ask for at a time. More are fetched as one scrolls.
    source : FeatureSource or str, optional
        Where to search; by default what :func:`np_widgets.use` set.
    **options
        The traits, such as ``min_cosine=0.5`` or ``guide=True``.

    Notes
    -----
    A question is asked when the field is left alone for a moment, never with every key; the latest one wins. What
    goes wrong is shown where its result would have been, and what has arrived stays.
    """

    _bundle = "search"
    _esm = built("search.js")
    _css = built("search.css")

    query = traitlets.Unicode("", help="What is searched for; setting it asks.").tag(sync=True)
    model = traitlets.Unicode(None, allow_none=True, help="The model that is searched.").tag(sync=True)
    sources = traitlets.List(traitlets.Unicode(), help="The sources of the model that are searched; empty: all.").tag(
        sync=True
    )
    release = traitlets.Unicode(None, allow_none=True, help="The release that is searched.").tag(sync=True)
    limit = traitlets.Int(20, min=1, help="How many to ask for at a time.").tag(sync=True)
    min_cosine = traitlets.Float(None, allow_none=True, help="Show only what is at least so close.").tag(sync=True)
    density_threshold = traitlets.Float(
        None, allow_none=True, min=0, max=1, help="Hide features that fire on a larger fraction of tokens."
    ).tag(sync=True)
    keep_unknown = traitlets.Bool(
        default_value=True, help="Show features of unknown density, whatever the threshold."
    ).tag(sync=True)
    matches = traitlets.Instance(
        ExplanationMatches, allow_none=True, read_only=True, help="What has arrived, whatever the view leaves out."
    )
    _found = json_trait()

    def __init__(
        self,
        query: str = "",
        *,
        model: str | None = None,
        sources: str | Sequence[str] | None = None,
        release: str | None = None,
        limit: int = 20,
        source: SourceLike = None,
        **options: Any,  # noqa: ANN401 (trait values)
    ) -> None:
        self._searches = 0
        where = {"model": model, "sources": as_sources(sources), "release": release}
        asked = where_from(source, "source", 'sources=["{}"]')
        super().__init__(source=asked, query=query, limit=limit, **where, **options)
        if not self._source.supports("search_explanations"):
            self._cannot = {"ask": f"The source {self._source.name} searches no explanations."}
        if self.query.strip():
            self._ask_now("query", self._page(0), self._begin)
        self.observe(self._search, ["query", "model", "sources", "release"])

    def more(self) -> None:
        """Ask for what comes next; :meth:`wait` waits for it. Nothing happens when there is no more."""
        following = None if self.matches is None else self.matches.next_offset
        if following is not None and not self.busy:
            self._ask("more", self._page(following), self._go_on)

    def to_dataframe(self, kind: AnswerKind | None = None) -> pd.DataFrame:
        """Turn what has arrived into a frame, one row per explanation.

        Raises
        ------
        InvalidRequest
            When nothing has arrived, because nothing was asked or it failed.
        """
        if self.matches is None:
            reason = self.error["message"] if self.error else "Nothing was searched for."
            raise InvalidRequest(f"There are no explanations here to make a frame of. {reason}")
        return self.matches.to_dataframe(kind)

    def _search(self, _change: object = None) -> None:
        if self.query.strip():
            self._ask("query", self._page(0), self._begin)
        else:
            self.stop()
            self.error = None
            self._show(None)

    def _page(self, offset: int) -> Callable[[], ExplanationMatches]:
        """Keep a question as it is now: the traits may change while it is asked."""
        query, model, sources, release = self.query, self.model, self.sources or None, self.release
        ask, limit = self._source.search_explanations, self.limit
        return lambda: ask(query, model=model, sources=sources, release=release, limit=limit, offset=offset)

    def _begin(self, matches: ExplanationMatches) -> None:
        self._searches += 1
        self._show(matches)

    def _go_on(self, page: ExplanationMatches) -> None:
        so_far = self.matches
        if so_far is not None:
            grown = msgspec.structs.replace(
                page,
                matches=(*so_far.matches, *page.matches),
                warnings=(*so_far.warnings, *page.warnings),
                provenance=so_far.provenance,
            )
            self._show(grown)

    def _show(self, matches: ExplanationMatches | None) -> None:
        self._found = None if matches is None else self._with_the_new(matches)
        self.set_trait("matches", matches)

    def _with_the_new(self, matches: ExplanationMatches) -> dict[str, Any]:
        """Add what is new as a page of its own: what is drawn already stays as it is."""
        same = self._found is not None and self._found["search"] == self._searches
        pages: list[dict[str, Any]] = self._found["pages"] if self._found is not None and same else []
        n_shown = sum(len(page["cards"]) for page in pages)
        return {
            "search": self._searches,
            "query": matches.query,
            "where": _where(matches),
            "pages": [*pages, matches_payload(matches.matches[n_shown:])],
            "more": matches.next_offset is not None,
            "broken": _broken(matches),
            "provenance": provenance_payload([matches.provenance], matches.warnings),
        }

    def _commands(self) -> dict[str, Callable[[], None]]:
        again = self._search if self.error and self.error["where"] == "query" else self.more
        return {**super()._commands(), "run": self._search, "more": self.more, "retry": again}

    def _title(self) -> str:
        return f"Explanations close to {self.query!r}" if self.query else "Search explanations"

    def _static_html(self) -> str:
        if self.matches is not None:
            return answer_html(self.matches)
        error = self.error or {"title": "No results", "message": "Nothing was searched for."}
        return message_html(f"{self._title()}: {error['title']}", error["message"])

    def __repr__(self) -> str:
        if self.matches is not None:
            return f"<ExplanationSearch: {self.matches!r}>"
        return f"<ExplanationSearch {self.query!r}: {self.error['message'] if self.error else 'nothing yet'}>"


def _broken(matches: ExplanationMatches) -> dict[str, Any] | None:
    """Say in the form of an error what broke a search of several pages off."""
    if matches.interrupted is None:
        return None
    title = "The search was broken off"
    return {"where": "more", "title": title, "message": matches.interrupted, "remedy": "", "retry": True}


def _where(matches: ExplanationMatches) -> str:
    """Name what was searched."""
    if matches.sources:
        return ", ".join(f"{matches.model}/{source}" for source in matches.sources)
    return matches.model or (f"the release {matches.release}" if matches.release else "all models")
