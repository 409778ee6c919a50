"""What is left of the service's limits, as its answers say (contract, 1.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# `x-limit-remaining` counts the last limiter that matched, which is the most specific of these.
_LIMITED = (
    "/api/activation/new",
    "/api/explanation/search",
    "/api/explanation/score",
    "/api/steer",
    "/api/search-topk-by-token",
    "/api/search-all",
    "/api/graph/generate",
    "/api/graph/tokenize",
    "/api/graph/parse-chat-prompt",
    "/api/lens/prompt",
    "/api/lens/share",
    "/api/saelens/latent-decoder",
    "/api/nla/explain-saelens",
    "/api/nla/completion",
    "/api/nla/explain",
    "/api/nla/sources",
    "/api/model/new",
    "/api/source-set/new",
)
_COUNT = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How much of one limit is left.

    Attributes
    ----------
    endpoint : str
        The group of routes that share the limit, by the beginning of their paths.
    remaining : int
        Requests left in the window when the service last said so.
    seen_at : datetime
        When that was (UTC). The window slides, so later there may be more.
    limit : int or None
        Requests per window; known only after a refusal.
    window : str or None
        The window's length as the service writes it, such as ``"60 m"``; known only after a refusal.
    """

    endpoint: str
    remaining: int
    seen_at: datetime
    limit: int | None = None
    window: str | None = None


def limited_group(path: str) -> str:
    """Name the most specific limit that a path falls under."""
    return max((prefix for prefix in _LIMITED if path.startswith(prefix)), key=len, default="/api")


class RateLimits:
    """The last known state of every limit that was met. May be used from several threads."""

    def __init__(self) -> None:
        self._known: dict[str, RateLimit] = {}
        self._lock = Lock()

    def note(self, path: str, headers: Mapping[str, str]) -> None:
        """Keep what an answer's header says."""
        text = headers.get("x-limit-remaining", "").strip()
        if _COUNT.fullmatch(text):
            group = limited_group(path)
            before = self._known.get(group)
            limit, window = (before.limit, before.window) if before else (None, None)
            self._keep(RateLimit(group, int(text), datetime.now(UTC), limit, window))

    def note_refusal(self, endpoint: str, limit: int | None, window: str | None) -> None:
        """Keep what a 429 says."""
        self._keep(RateLimit(endpoint, 0, datetime.now(UTC), limit, window))

    def snapshot(self) -> dict[str, RateLimit]:
        """Copy what is known."""
        with self._lock:
            return dict(self._known)

    def _keep(self, limit: RateLimit) -> None:
        with self._lock:
            self._known[limit.endpoint] = limit
