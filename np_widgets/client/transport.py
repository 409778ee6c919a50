"""One question, one answer: the only place that speaks HTTP.

One ``requests.Session`` serves all threads. Its documentation promises nothing of the kind, but what is not safe
there are its cookies and its settings: cookies are refused, the settings are made once and not touched again, and
what is left is urllib3's connection pool, which is safe. A session for every thread would open a connection for every
thread, and widgets call from short-lived ones.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ReadTimeoutError
from urllib3.util import Retry

from np_widgets.client.address import Address, origin_of
from np_widgets.client.body import read_body
from np_widgets.client.faults import Faults
from np_widgets.client.rates import RateLimits
from np_widgets.client.routes import Call, is_repeatable
from np_widgets.errors import ConnectionFailed, InvalidRequest, NeuronpediaError, RateLimited, UnexpectedResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from np_widgets.client.keys import Key

#: Seconds to connect, and seconds of silence; the service's own longest read takes 60 (contract, 1.7).
DEFAULT_TIMEOUT = (6.0, 65.0)
#: A body may drip for this many times the silence, and no longer.
_BODY_FACTOR = 10
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Timeout = float | tuple[float, float]


class ReadRetry(Retry):
    """urllib3's policy, but a server that stays silent is not asked again: the user has waited once already."""

    def increment(self, *arguments: Any, **named: Any) -> ReadRetry:  # noqa: ANN401 (urllib3's own)
        """Count one failure; urllib3 calls this."""
        if isinstance(error := named.get("error"), ReadTimeoutError):
            raise error
        return super().increment(*arguments, **named)


#: Waits 0, 0.6 and 1.2 s. A 500 is an answer about the question, a 429 asks for patience: neither is asked again. The
#: server's Retry-After is not obeyed, since it may ask for an hour in which a cell would stand still.
READ_RETRY = ReadRetry(
    total=3,
    connect=2,
    read=2,
    status=3,
    redirect=0,
    other=0,
    backoff_factor=0.3,
    status_forcelist=(502, 503, 504),
    allowed_methods=None,
    raise_on_status=False,
    respect_retry_after_header=False,
)


class Adapter(HTTPAdapter):
    """Sends reads with patience and everything else once."""

    def __init__(self, retry: Retry = READ_RETRY) -> None:
        super().__init__(pool_maxsize=8, max_retries=Retry(0, read=False, redirect=0, raise_on_status=False))
        self._patient = HTTPAdapter(pool_maxsize=8, max_retries=retry)

    def send(self, request: requests.PreparedRequest, **settings: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401
        """Send a request; requests calls this."""
        path = "/api" + urlsplit(request.url or "").path.partition("/api")[2]
        if is_repeatable(request.method or "", path):
            return self._patient.send(request, **settings)
        return super().send(request, **settings)

    def close(self) -> None:
        """Close both pools."""
        self._patient.close()
        super().close()


def new_session(retry: Retry = READ_RETRY) -> requests.Session:
    """Make a session that keeps no cookies."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = Adapter(retry)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


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
        reply = self._follow(call, key)
        faults = Faults(self._address, key)
        self.limits.note(call.path, reply.headers, asked_at)
        if 200 <= reply.status < 300:
            failure = faults.of_success(call, reply.status, reply.body)
        else:
            failure = faults.of_status(call, reply.status, reply.body)
        if isinstance(failure, RateLimited):
            self.limits.note_refusal(failure.endpoint or call.path, failure.limit, failure.window)
        if failure:
            raise failure
        return reply

    def _follow(self, call: Call, key: Key | None) -> Reply:
        """Ask, and follow redirects as far as the key's safety allows."""
        first = url = f"{self._address.base}{call.path}"
        method, body = call.method, call.body
        for _ in range(_MOST_REDIRECTS + 1):
            with self._ask(method, url, body, call, key) as response:
                location = response.headers.get("location")
                if response.status_code not in _REDIRECTS or location is None:
                    content = self._read(response, call)
                    return Reply(content, first, response.status_code, response.headers, datetime.now(UTC))
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
                requests.Request(method, url, headers=self._headers(url, body, key), data=body, auth=_no_netrc)
            )
            proxies = self._session.merge_environment_settings(url, {}, True, None, None)  # noqa: FBT003 (stream)
            return self._session.send(prepared, allow_redirects=False, timeout=self._timeout, **proxies)
        except requests.RequestException as error:
            failure = self._unreachable(error, call, urlsplit(url).netloc)
        except (OSError, UnicodeError) as error:
            reason = f"{self._address.host} could not be asked ({type(error).__name__})"
            failure = ConnectionFailed(
                f"The request for {call.about} failed: {reason}.", remedy="Check the network and base_url."
            )
        # Raised out here, so that the exception from below, which holds the request and its key, is not attached.
        raise failure

    def _headers(self, url: str, body: bytes | None, key: Key | None) -> dict[str, str]:
        headers = {"accept": "application/json", "accept-encoding": "gzip", "user-agent": "np_widgets"}
        if body is not None:
            headers["content-type"] = "application/json"
        if key is not None and origin_of(url) == self._address.origin:
            headers["x-api-key"] = key.reveal()
        return headers

    def _read(self, response: requests.Response, call: Call) -> bytes:
        silence = self._timeout[1]
        return read_body(response, call.about, max_bytes=self._max_bytes, seconds=silence * _BODY_FACTOR)

    def _unreachable(self, error: requests.RequestException, call: Call, host: str) -> NeuronpediaError:
        if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
            return InvalidRequest(
                f"{self._address.base!r} is not an address that can be asked.",
                remedy="Check base_url and NEURONPEDIA_BASE_URL.",
            )
        if isinstance(error, requests.exceptions.ReadTimeout):
            return ConnectionFailed(
                f"{host} did not answer the request for {call.about} within {self._timeout[1]:g} s.",
                remedy="Try again, or give the client a longer timeout.",
            )
        if isinstance(error, requests.exceptions.SSLError):
            return ConnectionFailed(
                f"The request for {call.about} failed: the certificate of {host} could not be checked.",
                remedy="Check the clock and the network; a company's proxy may need REQUESTS_CA_BUNDLE.",
            )
        reason = "within the time" if isinstance(error, requests.exceptions.ConnectTimeout) else "at all"
        return ConnectionFailed(
            f"The request for {call.about} failed: {host} could not be reached {reason}.",
            remedy='Check the network; without one, np_widgets.use("demo") shows the embedded model.',
        )


def check_timeout(timeout: Timeout) -> tuple[float, float]:
    """Make a pair of positive seconds: to connect, and of silence."""
    pair = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if len(pair) != 2 or not all(isinstance(part, (int, float)) and 0 < part < float("inf") for part in pair):
        raise InvalidRequest(
            f"timeout is {timeout!r}; it must be seconds, or (seconds to connect, seconds of silence)."
        )
    connect = pair[0] if isinstance(timeout, tuple) else min(pair[0], DEFAULT_TIMEOUT[0])
    return float(connect), float(pair[1])


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stand in the place of an authentication, so that requests does not look for one in the user's .netrc."""
    return request
