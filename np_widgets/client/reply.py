"""An answer as it came."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from np_widgets.errors import UnexpectedResponse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

#: What one route ends its events with; the others mark no end (contract, 5.12).
END_MARK = b"[DONE]"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the service.

    Attributes
    ----------
    body : bytes
        JSON, as it came.
    url : str
        The address that was asked.
    status : int
    headers : mapping of str to str
        Names in any case.
    fetched_at : datetime
        When it came (UTC).
    """

    body: bytes = field(repr=False)  # long, and what a server may echo belongs in no repr
    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    fetched_at: datetime

    def json(self) -> Any:  # noqa: ANN401 (any JSON)
        """Decode the body.

        Raises
        ------
        UnexpectedResponse
            When it is no JSON.
        """
        return decode_part(self.body, self.url)

    def parts(self) -> list[Any]:
        """Decode the body part by part: lines of JSON, or what server-sent events carry; one part of plain JSON.

        Raises
        ------
        UnexpectedResponse
            When a part is no JSON.
        """
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/x-ndjson":
            lines = self.body.split(b"\n")
        elif kind == "text/event-stream":
            lines = [line.removeprefix(b"data:") for line in self.body.split(b"\n") if line.startswith(b"data:")]
        else:
            return [self.json()]
        return [decode_part(line, self.url) for line in map(bytes.strip, lines) if line not in (b"", END_MARK)]


def decode_part(body: bytes, url: str) -> Any:  # noqa: ANN401 (any JSON)
    """Decode JSON; what strict JSON does not know (``NaN``) takes the slower, tolerant way.

    Raises
    ------
    UnexpectedResponse
        When it is no JSON.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        with suppress(ValueError, RecursionError):
            return json.loads(body)
    raise UnexpectedResponse(f"The answer of {url} is no JSON.", remedy="Its bytes are in `body`.")
