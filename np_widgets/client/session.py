"""The session below the transport: what is asked again, and that nothing is remembered.

One ``requests.Session`` serves all threads. Its documentation promises nothing of the kind, but what is not safe
there are its cookies and its settings: cookies are refused, the settings are made once and not touched again, and
what is left is urllib3's connection pool, which is safe. A session for every thread would open a connection for every
thread, and widgets call from short-lived ones.
"""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ReadTimeoutError
from urllib3.util import Retry

from np_widgets.client.routes import is_repeatable


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


def no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stand in the place of an authentication, so that requests does not look for one in the user's .netrc."""
    return request
