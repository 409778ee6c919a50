"""What can go wrong. Each fault replaces one answer, and may use the one that the contract would have given."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from threading import Event
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.server.exchange import Wire

JSON = "application/json"


class Fault(Protocol):
    """Answers in place of the contract; afterwards the connection is closed."""

    def strike(self, wire: Wire) -> None: ...


@dataclass
class Pass:
    """No fault: the contract's own answer, where only a later request shall fail."""

    def strike(self, wire: Wire) -> None:
        content_type = {"content_type": wire.answer.content_type} if wire.answer.content_type else {}
        wire.whole(wire.answer.status, wire.answer.body, **content_type)


@dataclass
class Status:
    """A status with a body of one's own: by default an error in the shape of the central handler."""

    status: int
    body: object = None
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)

    def strike(self, wire: Wire) -> None:
        opaque = "Something went wrong on our end. The error has been reported."
        body = {"error": opaque, "message": opaque} if self.body is None else self.body
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        wire.whole(self.status, data, content_type=self.content_type, **self.headers)


@dataclass
class RateLimited:
    """429 as the limiter writes it: no Retry-After, no x-limit-remaining (contract, 9.15)."""

    endpoint: str = "/api/activation/new"
    limit: int = 1000
    window: str = "60 m"

    def strike(self, wire: Wire) -> None:
        body = {
            "endpoint": self.endpoint,
            "limitPerWindow": self.limit,
            "requestWindow": self.window,
            "remainingRequests": 0,
            "error": f"Rate limit exceeded for this endpoint ({self.endpoint}).",
        }
        wire.whole(429, json.dumps(body).encode(), content_type=JSON)


@dataclass
class Body:
    """200 with any body at all."""

    body: bytes
    content_type: str = JSON

    def strike(self, wire: Wire) -> None:
        wire.whole(200, self.body, content_type=self.content_type)


def html(size: int = 70_000) -> Body:
    """200 with a web page, as for an unknown route."""
    page = b"<!DOCTYPE html><html><head><title>Neuronpedia</title></head><body>" + b" " * size + b"</body></html>"
    return Body(page, "text/html; charset=utf-8")


@dataclass
class Cut:
    """The connection ends in the middle of the body."""

    chunked: bool = False

    def strike(self, wire: Wire) -> None:
        body = wire.answer.body
        half = body[: len(body) // 2]
        if self.chunked:
            wire.head(200, content_type=JSON, transfer_encoding="chunked")
            wire.send(b"%x\r\n%s\r\n" % (len(half), half))
        else:
            wire.head(200, content_type=JSON, content_length=len(body))
            wire.send(half)


@dataclass
class Hang:
    """Nothing comes, until the test sets ``released`` or the server stops; ``reached`` says that it is waited for."""

    in_body: bool = False
    reached: Event = field(default_factory=Event)
    released: Event = field(default_factory=Event)

    def strike(self, wire: Wire) -> None:
        if self.in_body:
            wire.head(200, content_type=JSON, content_length=len(wire.answer.body))
            wire.send(wire.answer.body[:10])
        self.reached.set()
        while not (self.released.wait(0.01) or wire.closing.is_set()):
            pass


@dataclass
class Drip:
    """The body comes byte by byte, never silent for longer than the pause, for as long as anyone listens."""

    pause: float = 0.005

    def strike(self, wire: Wire) -> None:
        wire.head(200, content_type=JSON, content_length=10_000_000)
        with suppress(OSError):
            while not wire.closing.wait(self.pause):
                wire.send(b" ")


@dataclass
class NoResponse:
    """The connection ends before an answer begins."""

    def strike(self, wire: Wire) -> None:
        pass


@dataclass
class Reset:
    """The connection is reset before an answer begins."""

    def strike(self, wire: Wire) -> None:
        wire.reset()


@dataclass
class Redirect:
    """The same path somewhere else."""

    to: str
    status: int = 308

    def strike(self, wire: Wire) -> None:
        location = self.to if self.to.count("/") > 2 or ":" not in self.to else f"{self.to}{wire.request.path}"
        wire.whole(self.status, location.encode(), location=location)


@dataclass
class BrokenGzip:
    """Compression that is damaged in the middle, or that ends too early although all that was promised arrived."""

    truncated: bool = False

    def strike(self, wire: Wire) -> None:
        packed = gzip.compress(wire.answer.body)
        half = len(packed) // 2
        damaged = packed[:half] if self.truncated else packed[:half] + b"\x00" * 40 + packed[half + 40 :]
        wire.whole(200, damaged, content_type=JSON, content_encoding="gzip")


@dataclass
class Flood:
    """JSON of a given size, piece by piece; ``sent`` counts what the other side took.

    ``declared`` sends its length in advance; ``packed`` compresses it a thousandfold.
    """

    size: int
    declared: bool = False
    packed: bool = False
    sent: int = 0

    def strike(self, wire: Wire) -> None:
        if self.declared:
            wire.head(200, content_type=JSON, content_length=self.size)
        else:
            encoding = {"content_encoding": "gzip"} if self.packed else {}
            wire.head(200, content_type=JSON, transfer_encoding="chunked", **encoding)
        with suppress(OSError):
            for piece in self._packed() if self.packed else self._pieces():
                wire.send(piece if self.declared else b"%x\r\n%s\r\n" % (len(piece), piece))
                self.sent += len(piece)
            wire.send(b"" if self.declared else b"0\r\n\r\n")

    def _pieces(self) -> Iterator[bytes]:
        left = self.size - 2
        yield b"["
        while left > 0:
            yield b" " * min(left, 1 << 16)
            left -= 1 << 16
        yield b"]"

    def _packed(self) -> Iterator[bytes]:
        stream = zlib.compressobj(9, wbits=31)
        for piece in self._pieces():
            if packed := stream.compress(piece):
                yield packed
        yield stream.flush()


@dataclass
class Events:
    """A stream of any pieces at all, each a chunk of its own; by default those of the contract.

    ``most`` pieces are sent, and then the connection is cut, unless ``ends`` lets it end well; it may be ``kept``.
    """

    pieces: Iterable[bytes] | None = None
    most: int | None = None
    ends: bool = True
    kept: bool = False

    def strike(self, wire: Wire) -> None:
        pieces = wire.answer.events or () if self.pieces is None else self.pieces
        connection = "keep-alive" if self.kept else "close"
        told = {"content_type": "text/event-stream", "transfer_encoding": "chunked", "connection": connection}
        wire.head(200, **told, **wire.answer.headers)
        gate = wire.answer.gate
        with suppress(OSError):
            for number, piece in enumerate(islice(pieces, self.most)):
                if gate and number == gate.after:
                    wire.hold(gate)
                wire.chunk(piece)
            if self.ends:
                wire.chunk(b"")


@dataclass
class WrongCharset:
    """The right text in the wrong alphabet."""

    charset: str = "utf-16"

    def strike(self, wire: Wire) -> None:
        body = wire.answer.body.decode().encode(self.charset, "replace")
        wire.whole(200, body, content_type=f"{JSON}; charset={self.charset}")


@dataclass
class BareNaN:
    """A number that JSON does not have, as Python writes it."""

    def strike(self, wire: Wire) -> None:
        body = re.sub(rb'"maxActApprox": ?[-0-9.e]+', b'"maxActApprox": NaN', wire.answer.body)
        wire.whole(200, body, content_type=JSON)


@dataclass
class Exact:
    """An answer byte for byte as it was recorded somewhere."""

    status: int
    headers: dict[str, str]
    body: bytes

    def strike(self, wire: Wire) -> None:
        wire.whole(self.status, self.body, **self.headers)
