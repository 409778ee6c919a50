"""Where the service is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from np_widgets.errors import InvalidRequest

DEFAULT_BASE_URL = "https://www.neuronpedia.org"
_FORM = 'Write it as "https://www.neuronpedia.org" or "http://localhost:3000".'
_DEFAULT_PORTS = {"http": 80, "https": 443}
# The bare domain answers with a redirect to www, and a key does not follow a redirect to another origin. Nor should
# it ever travel unencrypted to the public service.
_ALIASES = {"neuronpedia.org", "www.neuronpedia.org"}


@dataclass(frozen=True, slots=True)
class Address:
    """A copy of the service.

    Attributes
    ----------
    base : str
        What every path is put behind, without a slash at its end.
    host : str
        Host and port, as provenance names the origin.
    origin : str
        Scheme, host and port: where the key may go.
    """

    base: str
    host: str
    origin: str

    @classmethod
    def find(cls, base_url: str | None = None) -> Address:
        """Take the argument, else ``NEURONPEDIA_BASE_URL``, else the public service.

        Raises
        ------
        InvalidRequest
            When it is not the address of a web server, or holds a user name or password.
        """
        given = (base_url or os.environ.get("NEURONPEDIA_BASE_URL") or DEFAULT_BASE_URL).strip()
        parts = _split(given)
        if parts is None or parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise InvalidRequest(f"{_without_login(given)!r} is not the address of a Neuronpedia server.", remedy=_FORM)
        if parts.username is not None or parts.password is not None:
            raise InvalidRequest("The base URL holds a user name or password, which would show in links.", remedy=_FORM)
        if parts.query or parts.fragment:
            raise InvalidRequest(f"The base URL {given!r} has a query or fragment.", remedy=_FORM)
        if parts.hostname in _ALIASES and parts.port in (None, 80, 443):
            return cls(DEFAULT_BASE_URL, "www.neuronpedia.org", DEFAULT_BASE_URL)
        path = parts.path.rstrip("/").removesuffix("/api")
        return cls(f"{parts.scheme}://{parts.netloc}{path}", parts.netloc, origin_of(given) or "")


def origin_of(url: str) -> str | None:
    """Scheme, host and port of a web address, in one spelling; None when it is no web address."""
    parts = _split(url)
    if parts is None or parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (a port that is no number raises here)
    except ValueError:
        return None
    # A control character or a space in an address is an accident or an attack, and either way no address.
    return parts if url.isprintable() and " " not in url and "\\" not in parts.netloc else None


def _without_login(url: str) -> str:
    return f"…@{url.rpartition('@')[2]}" if "@" in url else url
