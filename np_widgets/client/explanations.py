"""Explanations, searched by meaning."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NoReturn

from np_widgets import checks
from np_widgets.client import calls, decoding
from np_widgets.client.base import BaseClient
from np_widgets.client.pages import Pages
from np_widgets.client.progress import progress
from np_widgets.errors import InvalidRequest, NeuronpediaError
from np_widgets.searches import ExplanationSearch
from np_widgets.wire import PAGE_SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.models import ExplanationMatches

#: What the service said in 2026; every source has a folder there, ``{model}/{source}/explanations``.
EXPORTS = "https://neuronpedia-datasets.s3.us-east-1.amazonaws.com/index.html?prefix=v1/"


class SearchInterrupted(UserWarning):
    """A search of several pages broke off, and what had arrived was returned."""


class ExplanationEndpoints(BaseClient):
    """The explanations' part of :class:`NeuronpediaClient`."""

    _exports = ""

    def search_explanations(
        self,
        query: str,
        *,
        model: str | None = None,
        sources: Sequence[str] | None = None,
        release: str | None = None,
        limit: int = 20,
        offset: int = 0,
        refresh: bool = False,
    ) -> ExplanationMatches:
        """Find explanations close in meaning to a query, closest first (``POST /api/explanation/search…``).

        Parameters
        ----------
        query : str
            At least three characters. Its meaning is compared, not its letters.
        model : str, optional
            Search one model; with ``sources``, those sources of it.
        sources : sequence of str, optional
        release : str, optional
            Search the sources of one release, such as ``"gpt2sm-res-jb"``. Without any of these all that is public is
            searched.
        limit : int
            How many at most. The service sends up to 20 per request, and allows 200 requests in an hour.
        offset : int
            Where to begin: 0, or the ``next_offset`` of an earlier answer.
        refresh : bool
            Go past the cache.

        Returns
        -------
        ExplanationMatches
            None comes twice. With ``next_offset`` the search goes on. It never skips a match; in a search of a model
            or of everything, whose pages the service filters after it has counted them (contract, 5.3), it may give
            some again that stood at the end.

        Warns
        -----
        SearchInterrupted
            When a page after the first could not be fetched. What had arrived is returned, with the reason in
            ``interrupted`` and in ``next_offset`` where to go on.

        Raises
        ------
        NeuronpediaError
            When the first page could not be fetched.

        Examples
        --------
        >>> found = client.search_explanations("big cities", model="gpt2-small", sources=["6-res-jb"], limit=50)
        >>> found.to_dataframe()
        """
        search = ExplanationSearch.check(query, model, sources, release)
        limit = checks.check_count(limit, "limit", 1)
        offset = checks.check_count(offset, "offset", 0)
        answer = self._search(search, Pages(limit, offset), refresh=refresh)
        if answer.interrupted:
            warnings.warn(
                f"The search for {search.query!r} broke off after {len(answer)} of {limit} explanations: "
                f"{answer.interrupted} It goes on with offset={answer.next_offset}.",
                SearchInterrupted,
                stacklevel=2,
            )
        return answer

    def _search(self, search: ExplanationSearch, pages: Pages, *, refresh: bool) -> ExplanationMatches:
        n_pages = -(-pages.limit // PAGE_SIZE)
        with progress("Explanations", total=pages.limit, unit=" explanations", steps=n_pages) as count:
            while (start := pages.next_offset) is not None and not pages.is_full:
                call, decode = calls.explanations(search, start), decoding.explanations(search, start, self.base_url)
                try:
                    page = self._reader.read(call, decode, refresh=refresh)
                except NeuronpediaError as error:
                    if not pages.taken:
                        raise
                    return pages.answer(interrupted=str(error))
                count(pages.take(page, start))
        return pages.answer()

    def export_explanations(self, model: str, source: str) -> NoReturn:
        """Say where all explanations of a source can be had, since the route that gave them out is gone.

        Parameters
        ----------
        model, source : str

        Raises
        ------
        InvalidRequest
            Always. Its remedy names the folder of the bulk exports, at the address that the service gives for them
            (``GET /api/explanation/export``; contract, 5.3 and 6.12). The service is asked once per client; when it
            cannot be asked, the address that it gave in 2026 stands for its answer.

        Examples
        --------
        >>> client.export_explanations("gpt2-small", "6-res-jb")
        """
        model = checks.check_name(model, "model", "gpt2-small")
        source = checks.check_name(source, "source", "6-res-jb")
        self._exports = self._exports or self._ask_for_exports(model, source)
        raise InvalidRequest(
            f"{self._address.host} no longer gives out all explanations of a source over its API.",
            remedy=f"Those of {model}/{source} are in its bulk exports, in the folder "
            f"v1/{model}/{source}/explanations of {self._exports}; client.iter_features goes through the features with "
            "their explanations.",
            status=400,
        )

    def _ask_for_exports(self, model: str, source: str) -> str:
        try:
            self._transport.send(calls.exported_explanations(model, source), self._keys.current())
        except InvalidRequest as refusal:
            return refusal.moved_to or EXPORTS
        except NeuronpediaError:  # the answer is worth having without a network too
            return EXPORTS
        return EXPORTS
