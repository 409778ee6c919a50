"""Answers that are not what was asked for, as errors of the one tree.

The service writes its errors in four shapes (contract, 1.4), and proxies before it write web pages; nothing that it
says is trusted to be text that can be shown, or free of the key that it was sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from np_widgets.client.rates import spelled
from np_widgets.errors import (
    InvalidRequest,
    NeuronpediaError,
    NotFound,
    RateLimited,
    ServerError,
    Unauthorized,
    UnexpectedResponse,
)

if TYPE_CHECKING:
    from np_widgets.client.address import Address
    from np_widgets.client.keys import Key
    from np_widgets.client.routes import Call

#: The gateway answered because the service behind it did not.
GATEWAY_STATUSES = frozenset({502, 503, 504})
_LONGEST_QUOTE = 300
#: An error in an envelope stands near its beginning.
_LONGEST_REPORT = 1 << 12
_PERHAPS_LATER = "This may pass; if it stays so, the service cannot answer this."
_WORDS = ("error", "message", "details", "detail")
_OPAQUE = ("Something went wrong on our end", "Unknown Error", "Internal server error")


class Faults:
    """Turns answers of one server into errors."""

    def __init__(self, address: Address, key: Key | None) -> None:
        self._address = address
        self._key = key

    def of_status(self, call: Call, status: int, body: bytes) -> NeuronpediaError:
        """Name the error that a status of 300 or above stands for."""
        if status == 429:
            return self._rate_limited(body)
        if status >= 500:
            return self._server_error(call, status, self.quote(body))
        if _is_page(body):  # not the service's word: it answers JSON, and the sentences below would mislead
            return self._page(call, status)
        return self._refusal(call, status, body)

    def _refusal(self, call: Call, status: int, body: bytes) -> NeuronpediaError:
        if status == 404:
            return self._not_found(call)
        if status in (401, 403):
            return self._unauthorized(status, self.quote(body))
        if status >= 400:
            moved_to = self._safe(_as_object(body).get("newUrl"), _LONGEST_QUOTE)
            refusal = InvalidRequest(
                f"{self._address.host} refused the request for {call.about} (HTTP {status})"
                f"{_after_colon(self.quote(body))}.",
                remedy=f"The data is now at {moved_to}." if moved_to else "Check what was asked for.",
                status=status,
            )
            refusal.moved_to = moved_to
            return refusal
        return UnexpectedResponse(
            f"{self._address.host} answered the request for {call.about} with HTTP {status}.",
            remedy=self._base_url_hint(),
            status=status,
        )

    def of_success(self, call: Call, status: int, body: bytes) -> NeuronpediaError | None:
        """Find the failure in an answer that claims success: a web page, nothing, or an error in an envelope."""
        start = body[:64].lstrip()
        if not start:
            return UnexpectedResponse(
                f"{self._address.host} answered the request for {call.about} with nothing.",
                remedy="Try again; if it stays so, check base_url.",
                status=status,
            )
        if _is_page(body):
            return self._page(call, status)
        if b'"error"' in body[:_LONGEST_REPORT] and _as_object(body).get("error"):
            return ServerError(
                f"{self._address.host} failed to answer the request for {call.about}{_after_colon(self.quote(body))}.",
                remedy=call.hint or _PERHAPS_LATER,
                status=status,
            )
        return None

    def of_part(self, call: Call, body: bytes) -> ServerError | None:
        """Find the failure in a part of a stream: an object of nothing but the keys that an error has."""
        said = _as_object(body) if len(body) <= _LONGEST_REPORT else {}
        if not said or not said.keys() <= set(_WORDS):
            return None
        return ServerError(
            f"{self._address.host} failed in the middle of the answer for {call.about}"
            f"{_after_colon(self.quote(body))}.",
            remedy=_PERHAPS_LATER,
        )

    def quote(self, body: bytes) -> str:
        """Find the server's own words: ``error``, else ``message``, else ``details``; safe to show, and short."""
        text = _own_words(body)
        if self._key:
            text = self._key.redact(text)
        shown = "".join(character if character.isprintable() else " " for character in text)
        shown = " ".join(shown.split()).rstrip(".")
        return shown if len(shown) <= _LONGEST_QUOTE else f"{shown[: _LONGEST_QUOTE - 1]}…"

    def _page(self, call: Call, status: int) -> UnexpectedResponse:
        code = "" if status == 200 else f" (HTTP {status})"
        return UnexpectedResponse(
            f"{self._address.host} answered the request for {call.about} with a web page instead of JSON{code}.",
            remedy=self._base_url_hint() + ("" if status == 200 else " A firewall or proxy on the way may answer too."),
            status=status,
        )

    def _not_found(self, call: Call) -> NotFound:
        return NotFound(
            f"{call.subject} does not exist on {self._address.host}, or is private.",
            remedy=f"Check the name; {self._address.base}/available-resources lists what is public.",
            status=404,
        )

    def _unauthorized(self, status: int, said: str) -> Unauthorized:
        account = f"{self._address.base}/account"
        if self._key is None:
            return Unauthorized(
                f"{self._address.host} asks for an API key.",
                remedy=f"Find yours on {account} and call np_widgets.login(), or set NEURONPEDIA_API_KEY.",
                status=status,
            )
        what = f" for what was asked{_after_colon(said)}" if status == 403 else ""
        return Unauthorized(
            f"{self._address.host} does not accept this API key{what}.",
            remedy=f"Compare it with the one on {account} and call np_widgets.login() again.",
            status=status,
        )

    def _rate_limited(self, body: bytes) -> RateLimited:
        said = _as_object(body)
        endpoint, limit, window = said.get("endpoint"), said.get("limitPerWindow"), said.get("requestWindow")
        endpoint = self._safe(endpoint)
        limit = limit if isinstance(limit, int) and not isinstance(limit, bool) else None
        window = self._safe(window)
        amount = f"limit of {limit:,} requests" if limit is not None else "limit of requests"
        span = f" in {spelled(window)}" if window else ""
        where = f" to {endpoint}" if endpoint else ""
        remedy = (
            f"The window is {spelled(window)}, sliding, and counts all requests from your network address: some are "
            f"free again within minutes, all of them after {spelled(window)}. Nothing is asked again by itself."
            if window
            else "Try again in some minutes. Nothing is asked again by itself."
        )
        return RateLimited(
            f"The {amount}{span}{where} on {self._address.host} is used up.",
            remedy=remedy,
            endpoint=endpoint,
            limit=limit,
            window=window,
        )

    def _server_error(self, call: Call, status: int, said: str) -> ServerError:
        if status in GATEWAY_STATUSES:
            return ServerError(
                f"The request for {call.about} failed: {self._address.host} is busy or down (HTTP {status})"
                f"{_after_colon(said)}.",
                remedy="Try again in a minute.",
                status=status,
            )
        words = "" if said.startswith(_OPAQUE) else said
        remedy = call.hint or _PERHAPS_LATER
        return ServerError(
            f"{self._address.host} failed to answer the request for {call.about} (HTTP {status}){_after_colon(words)}.",
            remedy=remedy,
            status=status,
        )

    def _safe(self, value: Any, longest: int = 80) -> str | None:  # noqa: ANN401 (any JSON)
        if not isinstance(value, str) or not value:
            return None
        shown = self._key.redact(value) if self._key else value
        return "".join(character for character in shown if character.isprintable())[:longest]

    def _base_url_hint(self) -> str:
        return f"Is {self._address.base} the address of a Neuronpedia server? Check base_url and NEURONPEDIA_BASE_URL."


def _is_page(body: bytes) -> bool:
    return body[:64].lstrip().startswith(b"<")


def _own_words(body: bytes) -> str:
    if words := _words(_as_object(body)):
        return words
    start = body[:_LONGEST_QUOTE].lstrip()
    return "" if start[:1] in (b"<", b"{", b"[", b"n", b"") else start.decode("utf-8", "replace")


def _words(said: dict[str, Any], depth: int = 2) -> str:
    """Find a sentence; an envelope holds the inference server's own object of these keys under ``error``."""
    for key in _WORDS:
        value = said.get(key)
        if isinstance(value, list):  # yup's messages
            value = "; ".join(str(item) for item in value[:10])
        if isinstance(value, dict) and depth:
            value = _words(value, depth - 1)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _as_object(body: bytes) -> dict[str, Any]:
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _after_colon(said: str) -> str:
    return f": {said}" if said else ""
