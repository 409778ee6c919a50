"""One question, one answer, at once or while it grows: the only place that speaks HTTP."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProtocolError

from np_widgets.client.address import Address, origin_of
from np_widgets.client.body import read_body
from np_widgets.client.faults import Faults
from np_widgets.client.rates import RateLimits, limited_group
from np_widgets.client.reply import Reply
from np_widgets.client.session import new_session, no_netrc
from np_widgets.client.streams import reader_of
from np_widgets.errors import ConnectionFailed, InvalidRequest, NeuronpediaError, RateLimited, UnexpectedResponse

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from np_widgets.client.keys import Key
    from np_widgets.client.routes import Call
    from np_widgets.client.streams import Line

#: Seconds to connect, and seconds of silence; the service's longest read takes 60 (contract, 1.7).
DEFAULT_TIMEOUT = (6.0, 65.0)
#: A body may drip for this many times the silence, and no longer.
_BODY_FACTOR = 10
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Timeout = float | tuple[float, float]


class Transport:
    """Asks one server."""

    def __init__(
        self,
        address: Address,
        *,
        timeout: Timeout,
        max_bytes: int,
        session: requests.Session | None = None,
    ) -> None:
        self.limits = RateLimits()
        self._address = address
        self._timeout = check_timeout(timeout)
        self._max_bytes = max_bytes
        self._session = session or new_session()
        # A forked process must not share its parent's connections (answers would cross).
        self._own = session is None
        self._process = os.getpid()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def send(self, call: Call, key: Key | None) -> Reply:
        """Ask, and return the answer if it is one.

        Raises
        ------
        NeuronpediaError
            The error of the tree that fits what happened.
        """
        asked_at = datetime.now(UTC)
        with self._answer(call, key) as response:
            return self._whole(response, call, key, asked_at)

    def stream(self, call: Call, key: Key | None, line: Line) -> Generator[bytes, None, None]:
        """Ask, and yield the answer while it grows: each event or line, or the whole where it comes at once.

        Nothing is sent before the first step, and leaving the iterator ends the connection.

        Raises
        ------
        NeuronpediaError
            Before the first step, or between two, the error of the tree that fits what happened.
        """
        asked_at = datetime.now(UTC)
        with self._answer(call, key) as response:
            line.hold(response)
            read = reader_of(response)
            if read is None:
                yield self._whole(response, call, key, asked_at).body
                return
            self.limits.note(call.path, response.headers, asked_at)
            yield from read(response, call.about, max_bytes=self._max_bytes, seconds=self._patience(call))

    def _whole(self, response: requests.Response, call: Call, key: Key | None, asked_at: datetime) -> Reply:
        """Read an answer to its end, and hold it to be one."""
        body = read_body(response, call.about, max_bytes=self._max_bytes, seconds=self._patience(call))
        url, status = f"{self._address.base}{call.path}", response.status_code
        self.limits.note(call.path, response.headers, asked_at)
        faults = Faults(self._address, key)
        find = faults.of_success if 200 <= status < 300 else faults.of_status
        failure = find(call, status, body)
        if isinstance(failure, RateLimited):
            self.limits.note_refusal(failure.endpoint or limited_group(call.path), failure.limit, failure.window)
        if failure:
            raise failure
        return Reply(body, url, status, response.headers, datetime.now(UTC))

    def _timeout_of(self, call: Call) -> tuple[float, float]:
        """Seconds to connect, and of silence; what takes the service long is waited for, unless the user is hasty."""
        connect, silence = self._timeout
        return connect, max(silence, call.seconds) if silence >= DEFAULT_TIMEOUT[1] else silence

    def _patience(self, call: Call) -> float:
        """Seconds that are spent waiting for one answer in all."""
        return self._timeout_of(call)[1] * _BODY_FACTOR

    @contextmanager
    def _answer(self, call: Call, key: Key | None) -> Iterator[requests.Response]:
        """Ask, and follow redirects as far as the key's safety allows."""
        url = f"{self._address.base}{call.path}"
        method, body = call.method, call.body
        for _ in range(_MOST_REDIRECTS + 1):
            with self._ask(method, url, body, call, key) as response:
                location = response.headers.get("location")
                if response.status_code not in _REDIRECTS or location is None:
                    yield response
                    return
                url = self._target(url, location, call, key)
                if response.status_code == 303:
                    method, body = "GET", None
        raise UnexpectedResponse(
            f"{self._address.host} sends the request for {call.about} in circles.",
            remedy="Check base_url and NEURONPEDIA_BASE_URL.",
        )

    def _target(self, url: str, location: str, call: Call, key: Key | None) -> str:
        """Where a redirect leads, if it may be followed."""
        target = urljoin(url, location)
        origin = origin_of(target)
        if origin is None or (key is not None and key.reveal() in target):
            raise UnexpectedResponse(
                f"{self._address.host} redirects the request for {call.about} to where nothing can be asked.",
                remedy="Check base_url and NEURONPEDIA_BASE_URL.",
            )
        if origin == self._address.origin:
            return target
        if key is not None:
            raise UnexpectedResponse(
                f"{self._address.origin} redirects to another origin, {origin}, where your API key must not go.",
                remedy=f'If you trust it, use base_url="{origin}"; or read without a key (api_key="").',
            )
        if not call.is_repeatable:
            raise UnexpectedResponse(
                f"{self._address.origin} redirects to another origin, {origin}, and only reads follow there.",
                remedy=f'If you trust it, use base_url="{origin}".',
            )
        return target

    def _ask(self, method: str, url: str, body: bytes | None, call: Call, key: Key | None) -> requests.Response:
        if self._own and self._process != os.getpid():
            self._session, self._process = new_session(), os.getpid()
        failure: NeuronpediaError
        try:
            prepared = self._session.prepare_request(
                requests.Request(method, url, headers=self._headers(url, body, call, key), data=body, auth=no_netrc)
            )
            proxies = self._session.merge_environment_settings(url, {}, True, None, None)  # noqa: FBT003 (stream)
            return self._session.send(prepared, allow_redirects=False, timeout=self._timeout_of(call), **proxies)
        except requests.RequestException as error:
            failure = self._unreachable(error, call, urlsplit(url).netloc)
        except (OSError, UnicodeError) as error:
            reason = f"{self._address.host} could not be asked ({type(error).__name__})"
            failure = ConnectionFailed(
                f"The request for {call.about} failed: {reason}.", remedy="Check the network and base_url."
            )
        # Raised out here, so that the exception from below, which holds the request and its key, is not attached.
        raise failure

    def _headers(self, url: str, body: bytes | None, call: Call, key: Key | None) -> dict[str, str]:
        # Compression may hold a stream's words back until there is enough to compress.
        encoding = "identity" if call.is_streamed else "gzip"
        headers = {"accept": "application/json", "accept-encoding": encoding, "user-agent": "np_widgets"}
        if body is not None:
            headers["content-type"] = "application/json"
        if key is not None and origin_of(url) == self._address.origin:
            headers["x-api-key"] = key.reveal()
        return headers

    def _unreachable(self, error: requests.RequestException, call: Call, host: str) -> NeuronpediaError:
        if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
            return InvalidRequest(
                f"{self._address.base!r} is not an address that can be asked.",
                remedy="Check base_url and NEURONPEDIA_BASE_URL.",
            )
        if isinstance(error, requests.exceptions.ReadTimeout):
            return ConnectionFailed(
                f"{host} did not answer the request for {call.about} within {self._timeout_of(call)[1]:g} s.",
                remedy="Try again, or give the client a longer timeout.",
            )
        if isinstance(error, requests.exceptions.SSLError):
            return ConnectionFailed(
                f"The request for {call.about} failed: the certificate of {host} could not be checked.",
                remedy="Check the clock and the network; a company's proxy may need REQUESTS_CA_BUNDLE.",
            )
        if _was_reached(error):
            return ConnectionFailed(
                f"{host} closed the connection without a word on the request for {call.about}.",
                remedy=call.hint or "Try again; if it stays so, the service cannot answer this.",
            )
        reason = "within the time" if isinstance(error, requests.exceptions.ConnectTimeout) else "at all"
        return ConnectionFailed(
            f"The request for {call.about} failed: {host} could not be reached {reason}.",
            remedy='Check the network; without one, np_widgets.use("demo") shows the embedded model.',
            was_sent=not isinstance(_below(error), (NewConnectionError, ConnectTimeoutError)),
        )


def _was_reached(error: requests.RequestException) -> bool:
    """Whether the request was sent, and the connection ended before an answer began."""
    return isinstance(_below(error), ProtocolError)


def _below(error: requests.RequestException) -> object:
    """Find urllib3's own error; after several attempts it is their reason."""
    below = error.args[0] if error.args else None
    return getattr(below, "reason", below)


def check_timeout(timeout: Timeout) -> tuple[float, float]:
    """Make a pair of positive seconds: to connect, and of silence."""
    pair = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if len(pair) != 2 or not all(isinstance(part, (int, float)) and 0 < part < float("inf") for part in pair):
        raise InvalidRequest(
            f"timeout is {timeout!r}; it must be seconds, or (seconds to connect, seconds of silence)."
        )
    connect = pair[0] if isinstance(timeout, tuple) else min(pair[0], DEFAULT_TIMEOUT[0])
    return float(connect), float(pair[1])
