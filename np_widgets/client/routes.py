"""Which routes are reads: these alone are asked again after a failure, and these alone are cached.

A route that is missing here is treated as a write: asked once, never kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from np_widgets.errors import InvalidRequest

_SEGMENT = r"/[^/?#]+"
_READS = (
    ("GET", rf"/api/feature{_SEGMENT}{_SEGMENT}{_SEGMENT}"),
    ("GET", rf"/api/source-set{_SEGMENT}{_SEGMENT}"),
    ("POST", "/api/features"),
    ("POST", "/api/features-offset"),
    ("POST", "/api/activation/get"),
    # Computed, but from nothing else than the body; an hour allows 500 to 1600 of them, and a notebook is run often.
    ("POST", "/api/activation/new"),
    ("POST", "/api/activation/source"),
    ("POST", "/api/search-all"),
    ("POST", "/api/search-topk-by-token"),
    ("POST", "/api/cossim"),
    # These are answered from what has been explained by then, which grows; a day late it still answers the question,
    # and an hour allows 200 of them.
    ("POST", "/api/explanation/search(-all|-model|-release)?"),
    ("POST", "/api/model/list"),
    ("POST", "/api/model/get"),
    ("POST", "/api/global"),
    ("POST", "/api/tokenize"),
    # A saved run stays as it is. Steering itself is no read, though the service keeps its answers: a request that
    # broke off may still run there, and each costs one of 240 in an hour.
    ("POST", "/api/steer-load"),
    ("POST", "/api/steer/presets"),
)
# Reads that may be repeated, but whose answer must be today's: for one's own things, and for a route that is gone.
_UNCACHED = (
    ("POST", "/api/vector/(get|list-owned)"),
    ("POST", "/api/list/(get|list)"),
    ("POST", "/api/user/bookmarks"),
    ("GET", rf"/api/explanation{_SEGMENT}(\?.*)?"),
)


def _pattern(routes: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"{method} {path}" for method, path in routes))


_CACHED = _pattern(_READS)
_REPEATABLE = _pattern(_READS + _UNCACHED)


def is_repeatable(method: str, path: str) -> bool:
    """Whether asking twice does no more than asking once. ``path`` begins with ``/api``."""
    return _REPEATABLE.fullmatch(f"{method} {path}") is not None


@dataclass(frozen=True, slots=True)
class Call:
    """One question to the service.

    Attributes
    ----------
    method, path : str
        The path begins with ``/api`` and is quoted.
    body : bytes or None
        JSON.
    about : str
        What an error message calls the thing that was asked for, such as ``"the feature a/b/1"``.
    hint : str
        Likely reasons for a failure of the server, where its own words are known to be opaque.
    is_streamed : bool
        Whether the answer is wanted while it grows.
    seconds : float
        How long the service may take until it answers, where that is longer than usual.
    concerns : tuple of str
        What the answer tells of, or what a write changes, as :mod:`np_widgets.client.concerns` names it: a copy
        counts no longer when a write has concerned the same.
    look : str
        Of a write, where to see whether it happened: a sentence.
    """

    method: str
    path: str
    body: bytes | None = None
    about: str = "this"
    hint: str = ""
    is_streamed: bool = False
    seconds: float = 0
    concerns: tuple[str, ...] = ()
    look: str = ""

    @property
    def is_cached(self) -> bool:
        """Whether the answer may be kept on this machine."""
        return _CACHED.fullmatch(f"{self.method} {self.path}") is not None

    @property
    def is_repeatable(self) -> bool:
        """Whether the question may be asked again after a failure."""
        return is_repeatable(self.method, self.path)

    @property
    def subject(self) -> str:
        """``about``, to begin a sentence with."""
        return self.about[:1].upper() + self.about[1:]


def get(path: str, about: str, concerns: tuple[str, ...] = ()) -> Call:
    """Ask by GET."""
    return Call("GET", path, None, about, concerns=concerns)


def post(path: str, json: Any, about: str, hint: str = "", concerns: tuple[str, ...] = ()) -> Call:  # noqa: ANN401 (any JSON)
    """Ask by POST."""
    return Call("POST", path, encode(json), about, hint, concerns=concerns)


def encode(json: Any) -> bytes:  # noqa: ANN401 (any JSON)
    """Write JSON.

    Raises
    ------
    InvalidRequest
        When it cannot be written, such as half of a surrogate pair, which is no character of UTF-8.
    """
    try:
        return msgspec.json.encode(json)
    except (UnicodeEncodeError, TypeError, OverflowError, ValueError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"
    raise InvalidRequest(f"This cannot be written as JSON ({reason}).", remedy="Use text, whole numbers and lists.")
