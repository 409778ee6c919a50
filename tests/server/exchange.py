"""What goes in and comes out, and the wire below it."""

from __future__ import annotations

import json
import os
import socket
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from threading import Event

    from tests.server.steering import Gate

MISSING = object()


@dataclass(frozen=True)
class Request:
    """A request as it arrived. Header names are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The decoded body; ``MISSING`` when it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return MISSING

    @property
    def key(self) -> str | None:
        return self.headers.get("x-api-key")


@dataclass(frozen=True)
class Answer:
    """An answer as the contract has it, before a fault touches it.

    ``events`` come one after the other in place of a body; ``gate`` is where they are held.
    """

    status: int
    body: bytes = b""
    content_type: str | None = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    events: Iterator[bytes] | None = None
    gate: Gate | None = None


#: The connection ends without an answer.
SILENCE = Answer(0)


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    """JSON as JavaScript writes it: not-a-number is null."""
    return Answer(status, json.dumps(_finite(value), ensure_ascii=False, allow_nan=False).encode(), headers=headers)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return value


class Wire:
    """The connection under one exchange, for a fault to play with.

    Attributes
    ----------
    request : Request
    answer : Answer
        What the contract would answer.
    closing : Event
        Set when the server stops: nothing may wait any longer.
    """

    def __init__(self, connection: socket.socket, request: Request, answer: Answer, closing: Event) -> None:
        self.request = request
        self.answer = answer
        self.closing = closing
        self._connection = connection

    def send(self, data: bytes) -> None:
        """Put bytes on the wire."""
        self._connection.sendall(data)

    def chunk(self, data: bytes) -> None:
        """Put one chunk of a chunked body on the wire; an empty one ends it."""
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def reset(self) -> None:
        """Break the connection off, as a crash or a firewall does: whoever reads from it gets an error, and no end."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self._connection.detach())

    def is_left(self) -> bool:
        """Whether the other side has closed the connection."""
        try:
            return self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def hold(self, gate: Gate) -> None:
        """Wait at a gate until it is opened, or the other side has gone away, or the server stops."""
        gate.reached.set()
        while not (gate.opened.wait(0.01) or self.closing.is_set()):
            if self.is_left():
                gate.left.set()
                return

    def head(self, status: int, **headers: str | int) -> None:
        """Send a status line and headers; underscores in names stand for hyphens."""
        lines = [
            f"HTTP/1.1 {status} Whatever",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def whole(self, status: int, body: bytes, **headers: str | int) -> None:
        """Send a complete answer, after which the connection ends."""
        self.head(status, content_length=len(body), connection="close", **headers)
        self.send(body)
