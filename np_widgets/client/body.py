"""Reading a body with bounds: on its size after decompression, and on the time it takes in all.

Compressed bodies are unpacked here and not by urllib3, whose older versions unpack a whole piece at once: 64 kB of
gzip can hold 64 MB. Only gzip is asked for, so only gzip is understood.
"""

from __future__ import annotations

import time
import zlib
from typing import TYPE_CHECKING, Protocol

import urllib3

from np_widgets.errors import ConnectionFailed, NeuronpediaError, UnexpectedResponse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

_PIECE = 1 << 16
_GZIP_OR_ZLIB = 47
_GZIP_MAGIC = b"\x1f\x8b"


class Decoder(Protocol):
    """What turns pieces as they travel into pieces of text."""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Decode a piece, bit by bit."""

    def finish(self) -> None:
        """Check that nothing is missing."""


class Plain:
    """No compression."""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Hand the piece on."""
        yield piece

    def finish(self) -> None:
        """Nothing can be missing: the length was checked on the way."""


class Gzip:
    """Compression, unpacked no further than is wanted."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Unpack a piece no faster than it is taken; what follows the end of the stream is no part of it."""
        while piece and not self._stream.eof:
            yield self._stream.decompress(piece, _PIECE)
            piece = self._stream.unconsumed_tail

    def finish(self) -> None:
        """Check the end mark."""
        if not self._stream.eof:
            raise zlib.error("the stream ends too early")


def read_body(response: requests.Response, about: str, *, max_bytes: int, seconds: float) -> bytes:
    """Read an answer's body; ``about`` is what an error calls it.

    Raises
    ------
    ConnectionFailed
        When the connection breaks, or the whole takes longer than ``seconds`` although it keeps dripping.
    UnexpectedResponse
        When it is larger than ``max_bytes`` after decompression (found while it streams in), or its compression is
        broken: then the server, not the network, is at fault, since TCP delivers what was sent.
    """
    declared = response.headers.get("content-length", "")
    is_packed = bool(response.headers.get("content-encoding"))
    if not is_packed and declared.isascii() and declared.isdigit() and int(declared[:18]) > max_bytes:
        raise too_large(about, max_bytes)
    body = bytearray()
    for piece in read_pieces(response, about, seconds=seconds):
        body += piece
        if len(body) > max_bytes:
            raise too_large(about, max_bytes)
    return bytes(body)


def read_pieces(response: requests.Response, about: str, *, seconds: float) -> Iterator[bytes]:
    """Yield an answer's body as it arrives, unpacked, in small pieces; it is for the caller to bound their sum.

    Raises
    ------
    ConnectionFailed
        When the connection breaks, or more than ``seconds`` are spent waiting in all.
    UnexpectedResponse
        When its compression is broken.
    """
    failure: NeuronpediaError | None = None
    try:
        yield from _unpacked(response, about, seconds)
    except zlib.error as error:
        failure = UnexpectedResponse(
            f"The answer for {about} arrived damaged ({error}).",
            remedy="Try again; if it stays so, a proxy on the way may be damaging answers.",
            status=response.status_code,
        )
    except urllib3.exceptions.ReadTimeoutError:
        failure = ConnectionFailed(
            f"The answer for {about} stopped arriving.", remedy="Check the network and try again."
        )
    except NeuronpediaError:  # one of them is an OSError too
        raise
    except (urllib3.exceptions.HTTPError, OSError):
        failure = broken_off(about)
    # Raised out here, so that urllib3's exception, which leads to the request and its key, is not attached.
    if failure:
        raise failure


def _unpacked(response: requests.Response, about: str, seconds: float) -> Iterator[bytes]:
    decoder: Decoder | None = None
    pieces = _pieces(response)
    while True:
        start = time.monotonic()
        piece = next(pieces, None)
        seconds -= time.monotonic() - start  # only of waiting: whoever reads a stream may take their time
        if piece is None:
            break
        decoder = decoder or _decoder_for(response, about, piece)
        yield from decoder.feed(piece)
        if seconds < 0:
            raise ConnectionFailed(f"The answer for {about} arrives too slowly to wait for.", remedy="Try again later.")
    if decoder:
        decoder.finish()


def _decoder_for(response: requests.Response, about: str, first: bytes) -> Decoder:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip", "deflate"):
        # In a browser (Pyodide) the body arrives unpacked under a header that still says gzip. No JSON starts with
        # gzip's two bytes, so they decide; a broken header shows as broken JSON.
        unpacked = encoding != "deflate" and not first.startswith(_GZIP_MAGIC[: len(first)])
        return Plain() if unpacked else Gzip()
    if encoding in ("identity", ""):
        return Plain()
    raise UnexpectedResponse(
        f"The answer for {about} is compressed in a way that was not asked for ({encoding[:20]!r}).",
        remedy="Only gzip is understood; a proxy on the way may be at fault.",
        status=response.status_code,
    )


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """Yield the body as it travels, each piece as soon as it is there."""
    raw = response.raw
    if not isinstance(raw, urllib3.response.HTTPResponse):  # from a transport that a test or a proxy put in
        yield from response.iter_content(_PIECE)
        return
    # `read` waits until a whole piece is there, and with it a stream and the check of the time: before urllib3 2.1,
    # which brought `read1`, a body in chunks is read chunk by chunk, and another one in small pieces.
    if raw.chunked and not hasattr(raw, "read1"):
        yield from raw.read_chunked(decode_content=False)
        return
    read, size = (raw.read1, _PIECE) if hasattr(raw, "read1") else (raw.read, 512)
    while piece := read(size, decode_content=False):
        yield piece


def broken_off(about: str) -> ConnectionFailed:
    """Say that the connection ended before the answer did."""
    return ConnectionFailed(
        f"The connection broke off in the middle of the answer for {about}.",
        remedy="Check the network and try again.",
    )


def too_large(about: str, max_bytes: int) -> UnexpectedResponse:
    """Say that an answer, or one part of a stream, is larger than the client reads."""
    return UnexpectedResponse(
        f"The answer for {about} is larger than {_megabytes(max_bytes)}, so the rest of it was not read.",
        remedy="If it should be that large, give the client a larger max_bytes; features can also be asked for with "
        "fewer examples (get_features with max_activations).",
    )


def _megabytes(count: int) -> str:
    return f"{count / 2**20:.0f} MB" if count >= 2**20 else f"{count:,} bytes"
