"""Answers that grow: lines and events as they arrive, and a line to the service that any thread may cut."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from np_widgets.client.body import broken_off, read_pieces, too_large

if TYPE_CHECKING:
    from collections.abc import Generator

    import requests

T = TypeVar("T")


class Reader(Protocol):
    """Reads an answer part by part, as it arrives."""

    def __call__(self, response: requests.Response, about: str, *, max_bytes: int, seconds: float) -> Iterator[bytes]:
        """Yield the parts."""


def read_lines(response: requests.Response, about: str, *, max_bytes: int, seconds: float) -> Iterator[bytes]:
    """Yield the lines of an answer as they arrive, without their ends.

    Raises
    ------
    ConnectionFailed, UnexpectedResponse
        As :func:`np_widgets.client.body.read_pieces`, and when one line is longer than ``max_bytes``.
    """
    pending = bytearray()
    for piece in read_pieces(response, about, seconds=seconds):
        pending += piece
        if b"\n" in piece:
            *lines, pending = pending.split(b"\n")
            for line in lines:
                yield bytes(line.removesuffix(b"\r"))
        if len(pending) > max_bytes:
            raise too_large(about, max_bytes)
    if pending:
        yield bytes(pending)


def read_events(response: requests.Response, about: str, *, max_bytes: int, seconds: float) -> Iterator[bytes]:
    """Yield what server-sent events carry, as they arrive; the service names none, and marks no end.

    Raises
    ------
    ConnectionFailed
        When the connection breaks, or ends inside an event.
    UnexpectedResponse
        When one event is larger than ``max_bytes``.
    """
    data: list[bytes] = []
    for line in read_lines(response, about, max_bytes=max_bytes, seconds=seconds):
        if line.startswith(b"data:"):
            data.append(line.removeprefix(b"data:").removeprefix(b" "))
            if sum(map(len, data)) > max_bytes:
                raise too_large(about, max_bytes)
        elif not line and data:
            yield b"\n".join(data)
            data.clear()
        # All else is a comment, which only keeps the connection awake, or a field that the service does not use.
    if data:
        raise broken_off(about)


def read_rows(response: requests.Response, about: str, *, max_bytes: int, seconds: float) -> Iterator[bytes]:
    """Yield the lines of an answer in JSON Lines as they arrive; empty ones only keep the connection awake.

    Raises
    ------
    ConnectionFailed, UnexpectedResponse
        As :func:`read_lines`.
    """
    return filter(None, read_lines(response, about, max_bytes=max_bytes, seconds=seconds))


_GROWING = {"text/event-stream": read_events, "application/x-ndjson": read_rows}


def reader_of(response: requests.Response) -> Reader | None:
    """Find how an answer that grows is read; None for one that comes whole.

    Its type decides, and not what was asked for (contract, 5.4).
    """
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return _GROWING.get(kind) if 200 <= response.status_code < 300 else None


class Line:
    """The connection that a stream comes over.

    Attributes
    ----------
    is_live : bool
        Whether the answer grows; one that the service has kept from before comes at once.
    is_cut : bool
        Whether it was cut on this side, so that no failure of it means anything.
    """

    def __init__(self) -> None:
        self.is_live = False
        self.is_cut = False
        self._response: requests.Response | None = None
        self._lock = Lock()

    def hold(self, response: requests.Response) -> None:
        """Take the answer that has begun; it ends at once where the line was cut before."""
        with self._lock:
            self._response = response
            self.is_live = reader_of(response) is not None
        if self.is_cut:
            self.cut()

    def cut(self) -> None:
        """End the connection under whoever reads from it, on any thread; to close it is the reader's own part."""
        with self._lock:
            self.is_cut = True
            if self._response is not None:
                with suppress(AttributeError, ValueError, RuntimeError, OSError):  # it has ended already
                    _stop_reading(self._response.raw)


def _stop_reading(raw: Any) -> None:  # noqa: ANN401 (urllib3's, of any version)
    if hasattr(raw, "shutdown"):  # since urllib3 2.3
        raw.shutdown()
    else:
        raw.connection.sock.shutdown(socket.SHUT_RD)


class Growing(Iterator[T], Generic[T]):
    """What comes over a line, step by step; ``close()`` ends it at once, from any thread."""

    def __init__(self, line: Line, steps: Generator[T, None, None]) -> None:
        self._line = line
        self._steps = steps

    def __next__(self) -> T:
        return next(self._steps)

    def close(self) -> None:
        """End it; a second time does nothing."""
        self._line.cut()
        with suppress(ValueError):  # it is at work on another thread, and ends there
            self._steps.close()
