"""What a client has before it asks anything: an address, a key, a transport and a cache."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from np_widgets import checks
from np_widgets.client.address import Address
from np_widgets.client.cache import Cache
from np_widgets.client.keys import KeyRing
from np_widgets.client.reader import Reader
from np_widgets.client.together import Question, ask_all
from np_widgets.client.transport import DEFAULT_TIMEOUT, Timeout, Transport, check_timeout
from np_widgets.client.writer import Writer

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    import requests

    from np_widgets.client.rates import RateLimit

T = TypeVar("T")

#: The largest answer that is read, counted after decompression.
MAX_BYTES = 64 * 2**20


class BaseClient:
    """The parts, and the door to them; the endpoints stand in :class:`NeuronpediaClient`."""

    def __init__(
        self,
        api_key: str | None = None,
        base_url: str | None = None,
        cache: bool | str | os.PathLike[str] | None = None,  # noqa: FBT001 (a name that every client has)
        timeout: Timeout = DEFAULT_TIMEOUT,
        max_bytes: int = MAX_BYTES,
        session: requests.Session | None = None,
    ) -> None:
        self._address = Address.find(base_url)
        self._keys = KeyRing(api_key, self._address)
        self._timeout = check_timeout(timeout)
        self._max_bytes = checks.check_count(max_bytes, "max_bytes", 1)
        folder = None if cache is None or isinstance(cache, bool) else Path(cache)
        is_kept = session is None if cache is None else cache is not False
        self._cache = Cache(folder) if is_kept else None
        self._transport = Transport(self._address, timeout=self._timeout, max_bytes=self._max_bytes, session=session)
        self._reader = Reader(self._transport, self._address, self._keys, self._cache, self._max_bytes)
        self._writer = Writer(self._transport, self._address, self._keys, self._cache)

    @property
    def base_url(self) -> str:
        """The address of the service, without a slash at its end."""
        return self._address.base

    @property
    def has_key(self) -> bool:
        """Whether requests carry an API key."""
        return self._keys.current() is not None

    def holds_key(self, data: bytes) -> bool:
        """Whether the API key stands in data that are about to leave memory: a server may echo what it was sent.

        Examples
        --------
        >>> client.holds_key(b"what is about to be written")
        """
        key = self._keys.current()
        return key is not None and key.reveal().encode() in data

    @property
    def rate_limits(self) -> Mapping[str, RateLimit]:
        """What is left of the service's limits, by group of routes, as its answers last said."""
        return self._transport.limits.snapshot()

    def _ask_all(self, questions: Sequence[Question[T]], label: str, unit: str, *, refresh: bool) -> list[T]:
        """Ask questions that belong together; see :func:`np_widgets.client.together.ask_all`."""
        limits = self._transport.limits
        return ask_all(questions, self._reader, limits, label=label, unit=unit, refresh=refresh)

    def clear_cache(self) -> None:
        """Remove all copies on this machine, those of other clients with the same folder too.

        Examples
        --------
        >>> client.clear_cache()
        """
        if self._cache:
            self._cache.clear()

    def close(self) -> None:
        """Close the connections and the cache. A client that is used again opens them again.

        Examples
        --------
        >>> client.close()
        """
        self._transport.close()
        if self._cache:
            self._cache.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"NeuronpediaClient(base_url={self.base_url!r}, api_key={'set' if self.has_key else 'none'})"

    def __reduce__(self) -> tuple[Any, ...]:
        # The key stays behind: a pickle is a file, and this one finds its key where it is unpacked.
        folder: bool | str = str(self._cache.folder) if self._cache else False
        return (type(self), (None, self.base_url, folder, self._timeout, self._max_bytes))
