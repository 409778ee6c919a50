"""Everything the service offers, typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from np_widgets.client import calls, checks, decoding
from np_widgets.client.base import BaseClient
from np_widgets.client.progress import progress
from np_widgets.errors import InvalidRequest, NotFound, UnexpectedResponse
from np_widgets.models import Activation, Catalogue, Feature, FeatureRef, Model, RefLike, SourceSet

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from np_widgets.wire import Tokenization


class NeuronpediaClient(BaseClient):
    """Reads from neuronpedia.org, or from a self-hosted copy of it. May be used from several threads.

    Parameters
    ----------
    api_key : str, optional
        By default the key that ``np_widgets.login()`` keeps for this address, else ``NEURONPEDIA_API_KEY``; ``""``
        for none at all. Reading needs none. It goes to the origin of ``base_url`` alone, in the header ``x-api-key``.
    base_url : str, optional
        By default ``NEURONPEDIA_BASE_URL``, else ``https://www.neuronpedia.org``.
    cache : bool or path, optional
        Whether answers are kept on this machine for a day, or in which folder. By default they are, unless
        ``session`` is given, since what that answers need not be the service.
    timeout : float or (float, float)
        Seconds of silence before giving up, or seconds to connect and seconds of silence.
    max_bytes : int
        The largest answer that is read, counted after decompression.
    session : requests.Session, optional
        A transport of your own, for a proxy or a test; retries are then its own matter too.

    Notes
    -----
    Every method raises the errors of :mod:`np_widgets.errors`: ``InvalidRequest`` before anything is sent,
    ``NotFound``, ``Unauthorized``, ``RateLimited``, ``ServerError``, ``ConnectionFailed``, ``UnexpectedResponse``.
    Reads are asked again after connection errors and 502, 503 or 504, at most three times in about two seconds.
    With ``refresh=True`` a read goes past the cache. A copy from the cache serves, marked ``stale`` in its
    provenance, when the network or the service is gone.
    """

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
        """Fetch many features, 50 per request, in the order asked for; a feature asked for twice comes twice.

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
        """
        if isinstance(refs, (str, FeatureRef, Feature)):
            raise InvalidRequest("get_features takes a list of features.", remedy="For one, use get_feature.")
        if missing not in ("raise", "skip"):
            raise InvalidRequest(f'missing is {missing!r}; it must be "raise" or "skip".')
        if max_activations is not None:
            checks.check_count(max_activations, "max_activations", 1)
        wanted = [FeatureRef.parse(ref) for ref in refs]
        chunks = checks.in_chunks(wanted, checks.FEATURES_PER_CALL)
        found: dict[FeatureRef, Feature] = {}
        with progress("Features", total=len(wanted), unit=" features", steps=len(chunks)) as count:
            for chunk in chunks:
                rows = self._reader.read(
                    calls.features(chunk, max_activations), decoding.features(self.base_url), refresh=refresh
                )
                # By key, never by position: the service sorts by index alone, and leaves out what it does not have.
                found.update((row.ref, row) for row in rows)
                count(len(chunk))
        lost = list(dict.fromkeys(ref for ref in wanted if ref not in found))
        if lost and missing == "raise":
            raise _missing(lost, self._address.host)
        return [found[ref] for ref in wanted if ref in found]

    def get_activations(self, ref: RefLike, *, refresh: bool = False) -> list[Activation]:
        """Fetch the stored examples of a feature, strongest first; an empty list when there are none.

        The service answers 404 both for a feature without examples and for one that does not exist (contract, 5.1),
        so a misspelt feature gives an empty list too; :meth:`get_feature` tells the two apart.
        """
        try:
            return self._reader.read(calls.activations(FeatureRef.parse(ref)), decoding.activations, refresh=refresh)
        except NotFound:
            return []

    def activate(
        self, ref: RefLike, texts: str | Sequence[str], *, ignore_bos: bool = False, refresh: bool = False
    ) -> list[Activation]:
        """Run a feature on your own text.

        Parameters
        ----------
        ref : FeatureRef, str, tuple, …
        texts : str or sequence of str
            None may be empty. At most four go into one request; the server allows about 400 tokens each.
        ignore_bos : bool
            Leave out a beginning-of-text token that the server puts in front, for raw neurons and vectors (for
            SAE features it always does). Attributions (``dfa``) are only right without it.
        refresh : bool
            Go past the cache: the answer to the same text is kept for a day.

        Returns
        -------
        list of Activation
            One for each text, in their order, also when there is only one.
        """
        feature = FeatureRef.parse(ref)
        chunks = checks.in_chunks(checks.check_texts(texts), checks.TEXTS_PER_CALL)
        results: list[Activation] = []
        with progress("Texts", total=sum(map(len, chunks)), unit=" texts", steps=len(chunks)) as count:
            for chunk in chunks:
                rows = self._reader.read(
                    calls.activate(feature, chunk, ignore_bos=ignore_bos), decoding.as_many(len(chunk)), refresh=refresh
                )
                results += rows
                count(len(chunk))
        return results

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

    def tokenize(self, text: str, model: str, *, prepend_bos: bool = True, refresh: bool = False) -> Tokenization:
        """Cut a text (at most 10,000 characters) into a model's tokens."""
        model = checks.check_name(model, "model", "gpt2-small")
        call = calls.tokenize(checks.check_prompt(text), model, prepend_bos=prepend_bos)
        return self._reader.read(call, decoding.tokenization, refresh=refresh)

    def list_models(self, *, refresh: bool = False) -> list[Model]:
        """List the models that the service knows, with their source sets."""
        return self._reader.read(calls.models(), decoding.models, refresh=refresh)

    def get_model(self, model: str, *, refresh: bool = False) -> Model:
        """Fetch a model with its source sets and sources, SAELens ids included."""
        model = checks.check_name(model, "model", "gpt2-small")
        return self._reader.read(calls.model(model), decoding.model(model, self._address.host), refresh=refresh)

    def get_source_set(self, model: str, name: str, *, refresh: bool = False) -> SourceSet:
        """Fetch what is said of a source set, such as ``"res-jb"`` of ``"gpt2-small"``."""
        model = checks.check_name(model, "model", "gpt2-small")
        name = checks.check_name(name, "source set", "res-jb")
        decode = decoding.source_set(f"{model}/{name}", self._address.host)
        return self._reader.read(calls.source_set(model, name), decode, refresh=refresh)

    def get_catalogue(self, *, refresh: bool = False) -> Catalogue:
        """Fetch all that is public: models, source sets, sources, releases, kinds of explanations and scores."""
        return self._reader.read(calls.catalogue(), decoding.catalogue, refresh=refresh)


def _missing(refs: Sequence[FeatureRef], host: str) -> NotFound:
    names = ", ".join(map(str, refs))
    is_one = len(refs) == 1
    return NotFound(
        f"{'This feature does' if is_one else f'These {len(refs)} features do'} not exist on {host}, "
        f"or {'is' if is_one else 'are'} private: {names}.",
        remedy='Check the names, or pass missing="skip" to get the others.',
        status=404,
    )
