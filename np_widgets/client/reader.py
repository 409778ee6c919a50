"""An answer from the cache or the service, decoded, and what it is worth said with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from np_widgets.client.faults import GATEWAY_STATUSES, Faults
from np_widgets.errors import ConnectionFailed, NeuronpediaError, ServerError, UnexpectedResponse
from np_widgets.models import Provenance

if TYPE_CHECKING:
    from np_widgets.client.address import Address
    from np_widgets.client.cache import Cache, Copy
    from np_widgets.client.keys import Key, KeyRing
    from np_widgets.client.routes import Call
    from np_widgets.client.transport import Transport

T = TypeVar("T")
Decode = Callable[[bytes, Provenance], T]


class Reader:
    """Reads through the cache.

    A fresh copy (of the last day) stands for an answer. An old copy serves, marked as stale, when the network is gone,
    and when a gateway (502, 503, 504) says that the service is; a 500 is the service's word about this very question,
    and is raised. ``refresh`` goes past a fresh copy, but a copy is still better than nothing: it then serves in the
    same two cases, marked in the same way. Only what decodes is kept, and errors never are.
    """

    def __init__(
        self, transport: Transport, address: Address, keys: KeyRing, cache: Cache | None, max_bytes: int
    ) -> None:
        self._transport = transport
        self._address = address
        self._keys = keys
        self._cache = cache
        self._max_bytes = max_bytes

    def holds(self, call: Call) -> bool:
        """Whether a fresh copy will stand for the answer, so that no request is needed."""
        copy = self._copy(call, self._keys.current())
        return copy is not None and self._cache is not None and self._cache.is_fresh(copy)

    def read(self, call: Call, decode: Decode[T], *, refresh: bool = False) -> T:
        """Ask the cache, then the service, and decode.

        Raises
        ------
        NeuronpediaError
            What the service or the network did.
        """
        key = self._keys.current()
        copy = self._copy(call, key)
        if self._cache and copy and not refresh and self._cache.is_fresh(copy):
            result = self._from_copy(copy, decode, stale=False)
            if result is not None:
                return result
        try:
            reply = self._transport.send(call, key)
        except (ConnectionFailed, ServerError) as failure:
            gone = isinstance(failure, ConnectionFailed) or failure.status in GATEWAY_STATUSES
            result = self._from_copy(copy, decode, stale=True) if copy and gone else None
            if result is None:
                raise
            return result
        result = _decoded(decode, reply.body, self._provenance(call, reply.fetched_at), call)
        if self._cache and call.is_cached:
            self._cache.put(call, self._address.base, key, reply.body, reply.fetched_at.timestamp())
        return result

    def decode(self, call: Call, decode: Decode[T], body: bytes) -> T:
        """Decode what has just come past the cache, such as one event of a stream.

        Raises
        ------
        UnexpectedResponse
            When it cannot be read.
        ServerError
            When it holds nothing but the service's word that it failed.
        """
        if failure := Faults(self._address, self._keys.current()).of_part(call, body):
            raise failure
        return _decoded(decode, body, self._provenance(call, datetime.now(UTC)), call)

    def _copy(self, call: Call, key: Key | None) -> Copy | None:
        return self._cache.get(call, self._address.base, key) if self._cache and call.is_cached else None

    def _from_copy(self, copy: Copy, decode: Decode[T], *, stale: bool) -> T | None:
        """Decode a copy; None when it is damaged, or of a form that this version does not read."""
        body = copy.unpack(self._max_bytes)
        if body is None:
            return None
        when = datetime.fromtimestamp(copy.fetched_at, UTC)
        origin = Provenance(origin=self._address.host, url=copy.url, fetched_at=when, cached=True, stale=stale)
        try:
            return decode(body, origin)
        except Exception:  # noqa: BLE001 (whatever a copy does, the service can still be asked)
            return None

    def _provenance(self, call: Call, when: datetime) -> Provenance:
        return Provenance(origin=self._address.host, url=f"{self._address.base}{call.path}", fetched_at=when)


def _decoded(decode: Decode[T], body: bytes, origin: Provenance, call: Call) -> T:
    """Decode, and hold that whatever a body makes the decoder do is the body's fault."""
    failure: UnexpectedResponse
    try:
        return decode(body, origin)
    except UnexpectedResponse as error:
        failure = UnexpectedResponse(
            f"{call.subject} cannot be read. {error.message}", remedy=error.remedy or _REMEDY, status=200
        )
    except NeuronpediaError:
        raise
    except Exception as error:  # noqa: BLE001 (hostile bodies reach everywhere)
        failure = UnexpectedResponse(
            f"{call.subject} cannot be read: the answer is not in the form that was expected ({type(error).__name__}).",
            remedy=_REMEDY,
            status=200,
        )
    raise failure


_REMEDY = "Try again; if it stays so, the service has changed, or base_url is not the address of a Neuronpedia server."
