"""Features by name, and what comes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from np_widgets import checks
from np_widgets.client import calls, decoding
from np_widgets.client.base import BaseClient
from np_widgets.client.progress import progress
from np_widgets.client.together import Question
from np_widgets.errors import InvalidRequest, NotFound, UnexpectedResponse
from np_widgets.models import Activation, Feature, FeatureRef, NearestFeature, NearestFeatures, RefLike
from np_widgets.searches import NearestSearch, check_refs

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence


class FeatureEndpoints(BaseClient):
    """The features' part of :class:`NeuronpediaClient`."""

    def get_feature(self, ref: RefLike, *, refresh: bool = False) -> Feature:
        """Fetch one feature with all that its dashboard shows.

        Parameters
        ----------
        ref : FeatureRef, str, tuple, …
            In any form that :meth:`FeatureRef.parse` reads.
        refresh : bool
            Go past the cache.

        Returns
        -------
        Feature

        Examples
        --------
        >>> client.get_feature("gpt2-small/6-res-jb/650").explanation
        """
        return self._reader.read(calls.feature(FeatureRef.parse(ref)), decoding.feature(self.base_url), refresh=refresh)

    def get_features(
        self,
        refs: Iterable[RefLike],
        *,
        max_activations: int | None = None,
        missing: Literal["raise", "skip"] = "raise",
        refresh: bool = False,
    ) -> list[Feature]:
        """Fetch many features, in the order asked for; a feature asked for twice comes twice.

        A request holds 50 of them, and four requests are under way at once.

        Parameters
        ----------
        refs : iterable of references
        max_activations : int, optional
            The number of strongest examples of each; by default all, strongest first.
        missing : {"raise", "skip"}
            What to do when some do not exist or are private: the service leaves them out without a word.
        refresh : bool
            Go past the cache.

        Raises
        ------
        NotFound
            Naming all that are missing.
        RateLimited
            Also before anything is sent, when the service has said that fewer requests are left than this takes.

        Examples
        --------
        >>> refs = [f"gpt2-small/6-res-jb/{index}" for index in range(100)]
        >>> client.get_features(refs, max_activations=5, missing="skip")
        """
        wanted = check_refs(refs)
        if missing not in ("raise", "skip"):
            raise InvalidRequest(f'missing is {missing!r}; it must be "raise" or "skip".')
        if max_activations is not None:
            checks.check_count(max_activations, "max_activations", 1)
        decode = decoding.features(self.base_url)
        questions = [
            Question(calls.features(chunk, max_activations), decode, len(chunk))
            for chunk in checks.in_chunks(wanted, checks.FEATURES_PER_CALL)
        ]
        chunks = self._ask_all(questions, "Features", "features", refresh=refresh)
        # By key, never by position: the service sorts by index alone, and leaves out what it does not have.
        found = {row.ref: row for rows in chunks for row in rows}
        lost = list(dict.fromkeys(ref for ref in wanted if ref not in found))
        if lost and missing == "raise":
            raise _missing(lost, self._address.host)
        return [found[ref] for ref in wanted if ref in found]

    def get_activations(self, ref: RefLike, *, refresh: bool = False) -> list[Activation]:
        """Fetch the stored examples of a feature, strongest first; an empty list when there are none.

        The service answers 404 both for a feature without examples and for one that does not exist (contract, 5.1),
        so a misspelt feature gives an empty list too; :meth:`get_feature` tells the two apart.

        Examples
        --------
        >>> client.get_activations("gpt2-small/6-res-jb/650")[0].peak
        """
        try:
            return self._reader.read(calls.activations(FeatureRef.parse(ref)), decoding.activations, refresh=refresh)
        except NotFound:
            return []

    def iter_features(
        self, model: str, source: str, start: int = 0, limit: int | None = None, *, refresh: bool = False
    ) -> Generator[Feature, None, None]:
        """Go through the features of a source that ever fired, with a progress bar.

        Parameters
        ----------
        model, source : str
        start : int
            How many to pass over. To resume after a stop or an error, give ``start`` plus the number that arrived.
        limit : int, optional
            How many to yield at most.
        refresh : bool
            Go past the cache.

        Yields
        ------
        Feature
            By pages of 25, fetched as they are needed: leaving the loop stops the fetching. The order is the
            service's own, not that of the index, within a page at least.

        Examples
        --------
        >>> for feature in client.iter_features("gpt2-small", "6-res-jb", limit=100): ...
        """
        model = checks.check_name(model, "model", "gpt2-small")
        source = checks.check_name(source, "source", "6-res-jb")
        start = checks.check_count(start, "start", 0)
        if limit is not None:
            checks.check_count(limit, "limit", 0)
        return self._pages(model, source, start, limit, refresh=refresh)

    def _pages(
        self, model: str, source: str, start: int, limit: int | None, *, refresh: bool
    ) -> Generator[Feature, None, None]:
        seen: set[FeatureRef] = set()
        with progress(f"{model}/{source}", total=limit, unit=" features") as count:
            while limit is None or len(seen) < limit:
                call = calls.page(model, source, start + len(seen))
                rows = self._reader.read(call, decoding.features(self.base_url), refresh=refresh)
                if not rows:
                    return
                for row in rows[: None if limit is None else limit - len(seen)]:
                    if row.ref in seen:
                        raise UnexpectedResponse(
                            f"The pages of {model}/{source} repeat: {row.ref} came twice.",
                            remedy="The source may be changing; start again, with refresh=True.",
                        )
                    seen.add(row.ref)
                    count(1)
                    yield row

    def nearest_features(
        self, ref: RefLike, *, model: str | None = None, source: str | None = None, refresh: bool = False
    ) -> NearestFeatures:
        """Find the features whose decoder directions are closest to a feature's, about ten of them.

        Parameters
        ----------
        ref : FeatureRef, str, tuple, …
        model, source : str, optional
            Where to look; by default in the feature's own source, whose neighbours come with the feature and cost no
            further request. Directions can be compared where they are of one length: in sources of the same model.
        refresh : bool
            Go past the cache.

        Returns
        -------
        NearestFeatures
            Closest first, the feature itself left out of its own source. Another source is asked by
            ``POST /api/cossim`` (contract, 5.1), which needs a server that runs it.

        Examples
        --------
        >>> client.nearest_features("gpt2-small/6-res-jb/650", source="7-res-jb")[0].cosine
        """
        search = NearestSearch.check(ref, model, source)
        if search.is_own:
            return _neighbours(self.get_feature(search.ref, refresh=refresh))
        call = calls.nearest(search.ref, search.model, search.source)
        decode = decoding.nearest(search.ref, search.model, search.source)
        return self._reader.read(call, decode, refresh=refresh)


def _neighbours(feature: Feature) -> NearestFeatures:
    """Turn what comes with a feature into an answer; the list that the service keeps begins with the feature itself."""
    named = [near for near in feature.neighbours if near.index is not None and near.index != feature.index]
    matches = tuple(
        NearestFeature(model=feature.model, source=feature.source, index=near.index, cosine=near.cosine)
        for near in named
        if near.index is not None
    )
    return NearestFeatures(
        ref=feature.ref,
        model=feature.model,
        source=feature.source,
        matches=matches,
        warnings=() if feature.neighbours else (f"The service keeps no neighbours of {feature.ref}.",),
        provenance=feature.provenance,
    )


def _missing(refs: Sequence[FeatureRef], host: str) -> NotFound:
    names = ", ".join(map(str, refs))
    is_one = len(refs) == 1
    return NotFound(
        f"{'This feature does' if is_one else f'These {len(refs)} features do'} not exist on {host}, "
        f"or {'is' if is_one else 'are'} private: {names}.",
        remedy='Check the names, or pass missing="skip" to get the others.',
        status=404,
    )
