"""The API key: where it is found, and how it is kept out of everything that is shown or saved."""

from __future__ import annotations

import os
from typing import NoReturn

from np_widgets.client.address import Address
from np_widgets.errors import InvalidRequest

ENVIRONMENT = "NEURONPEDIA_API_KEY"


class Key:
    """An API key that does not show itself: not in a repr, a verbose traceback, or a pickle."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the key, for the one header that carries it."""
        return self._text

    def redact(self, text: str) -> str:
        """Take the key out of text that came from outside: a server may echo what it was sent."""
        return text.replace(self._text, "[API key]")

    def __repr__(self) -> str:
        return "<API key>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("An API key is not pickled; give it anew where it is needed.")


def make_key(text: str | None) -> Key | None:
    """Strip a key and check it; None when nothing is left.

    A key with spaces around it is accepted by some routes and breaks others with a 500 (contract, 9.4).

    Raises
    ------
    InvalidRequest
        When it cannot stand in an HTTP header; the message does not show it.
    """
    stripped = (text or "").strip()
    if not stripped:
        return None
    if not all("!" <= character <= "~" for character in stripped):
        raise InvalidRequest(
            "The API key holds a space, a control character or a letter outside ASCII, so it cannot be a key.",
            remedy="Copy it again from https://www.neuronpedia.org/account.",
        )
    return Key(stripped)


class KeyRing:
    """Which key a client sends: its own argument (``""`` for none at all), else ``login``'s, else the environment's.

    What was typed in this session goes before the environment, which may hold an older key. ``login`` is looked up
    anew for every request, so that it reaches clients that were there before, such as the default source's.
    """

    def __init__(self, api_key: str | None, address: Address) -> None:
        self._is_given = api_key is not None
        self._own = make_key(os.environ.get(ENVIRONMENT) if api_key is None else api_key)
        self._origin = address.origin

    def current(self) -> Key | None:
        """Return the key for the next request."""
        return self._own if self._is_given else _of_session.get(self._origin) or self._own


# By origin, since a key that was given to one server is no other server's business.
_of_session: dict[str, Key] = {}


def keep_for_session(key: Key, address: Address) -> None:
    """Keep a key in memory, for the address that accepted it."""
    _of_session[address.origin] = key


def forget_session_keys() -> None:
    """Drop what ``login`` kept."""
    _of_session.clear()


def session_key(base_url: str | None = None) -> str | None:
    """Return the key that ``login`` keeps for an address, by default the default one; None without a login."""
    kept = _of_session.get(Address.find(base_url).origin)
    return kept.reveal() if kept else None
