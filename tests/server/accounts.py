"""Who asks, and what they have made: the server keeps it, so that what is written can be read back."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from tests.server.replies import Refused, error

if TYPE_CHECKING:
    from tests.server.exchange import Request

Row = dict[str, Any]

#: The two keys that the server knows, and whose they are.
OWNER_KEY = "np-owner-key-0123456789"
OTHER_KEY = "np-other-key-0123456789"
USERS = {OWNER_KEY: "owner", OTHER_KEY: "other"}

LOGIN = (
    "This endpoint requires authorization. Specify your API key in the header x-api-key. "
    "Your API key is under Settings on neuronpedia.org."
)
DATE = "2026-11-21T02:15:15.526Z"

_ids = count(1)


def user_of(request: Request) -> str | None:
    """Name whoever asks; None for a key that is none, and for no key."""
    return USERS.get(request.key or "")


def authed(request: Request) -> str:
    """Name whoever asks, and refuse those who cannot be named."""
    user = user_of(request)
    if user is None:
        raise Refused(error(401, LOGIN))
    return user


def new_id() -> str:
    return f"cm{next(_ids):023d}"
