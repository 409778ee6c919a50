"""A write: sent once, never again by itself, and honest about what is not known of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from np_widgets.client.faults import GATEWAY_STATUSES
from np_widgets.errors import ConnectionFailed, NeuronpediaError, ServerError, Unconfirmed, UnexpectedResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from np_widgets.client.address import Address
    from np_widgets.client.cache import Cache
    from np_widgets.client.keys import KeyRing
    from np_widgets.client.routes import Call
    from np_widgets.client.transport import Transport

T = TypeVar("T")


class Writer:
    """Writes past the cache, and drops from it what each write has changed."""

    def __init__(self, transport: Transport, address: Address, keys: KeyRing, cache: Cache | None) -> None:
        self._transport = transport
        self._address = address
        self._keys = keys
        self._cache = cache

    def write(self, call: Call, decode: Callable[[bytes], T]) -> T:
        """Send a write, once, and decode its answer.

        Raises
        ------
        Unconfirmed
            When the answer was lost, or cannot be read: the write may have happened, and the error says where to look.
        NeuronpediaError
            When it did not happen.
        """
        failure: NeuronpediaError
        try:
            return self._send(call, decode)
        except NeuronpediaError as error:
            failure = error
        finally:
            if self._cache:
                self._cache.drop(call, self._address.base, datetime.now(UTC).timestamp())
        # Raised out here, so that the error that was caught does not stand above it as its context.
        raise unconfirmed(call, failure) if may_have_happened(failure) else failure

    def _send(self, call: Call, decode: Callable[[bytes], T]) -> T:
        reply = self._transport.send(call, self._keys.current())
        try:
            return decode(reply.body)
        except Exception as error:  # noqa: BLE001 (hostile bodies reach everywhere)
            reason = error.message if isinstance(error, NeuronpediaError) else type(error).__name__
        raise UnexpectedResponse(
            f"The answer for {call.about} is not in the form that was expected ({reason.rstrip('.')}).",
            status=reply.status,
        )


def may_have_happened(failure: NeuronpediaError) -> bool:
    """Whether the service may have done what it was asked for: it got it, and what it said of it is not known."""
    if isinstance(failure, ConnectionFailed):
        return failure.was_sent
    if isinstance(failure, ServerError):
        return failure.status in GATEWAY_STATUSES
    return isinstance(failure, UnexpectedResponse) and failure.status is not None and 200 <= failure.status < 300


def unconfirmed(call: Call, failure: NeuronpediaError) -> Unconfirmed:
    """Say of a write that nobody knows whether it happened, and where to look."""
    return Unconfirmed(
        f"{failure.message} Whether it was done is not known, and it is not sent again by itself.",
        remedy=f"Look before you do it again: {call.look or 'the site shows what you have made'}.",
        status=failure.status,
    )
