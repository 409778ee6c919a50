"""What is left of the service's limits, as its answers say (contract, 1.5)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from np_widgets.errors import RateLimited

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
_WINDOW = re.compile(r"\s*([0-9]{1,6})\s*(ms|s|m|h|d)\s*")
_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
#: The window of every limit; an answer names it only when it refuses.
_USUAL_WINDOW = "60 m"


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

    @property
    def until(self) -> datetime:
        """When a window has passed since then, and all requests are free again."""
        return self.seen_at + _length(self.window or _USUAL_WINDOW)


def limited_group(path: str) -> str:
    """Name the most specific limit that a path falls under."""
    return max((prefix for prefix in _LIMITED if path.startswith(prefix)), key=len, default="/api")


def spelled(window: str | None) -> str:
    """Spell the wire's ``"60 m"`` for a reader."""
    match = _WINDOW.fullmatch(window or "")
    return f"{match[1]} {_UNITS[match[2]]}" if match else window or ""


def _length(window: str) -> timedelta:
    match = _WINDOW.fullmatch(window) or _WINDOW.fullmatch(_USUAL_WINDOW)
    return timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta(0)


class RateLimits:
    """The last known state of every limit that was met. May be used from several threads."""

    def __init__(self) -> None:
        self._known: dict[str, RateLimit] = {}
        self._lock = Lock()

    def note(self, path: str, headers: Mapping[str, str], asked_at: datetime) -> None:
        """Keep what an answer's header says; of answers that were under way together, what the lowest one says."""
        self.note_remaining(path, headers.get("x-limit-remaining", ""), asked_at)

    def note_remaining(self, path: str, text: str, asked_at: datetime) -> None:
        """Keep what an answer says of how many requests are left, as its header or its body has it."""
        if not _COUNT.fullmatch(text.strip()):
            return
        group, remaining = limited_group(path), int(text)
        with self._lock:
            before = self._known.get(group)
            if before and before.seen_at >= asked_at:  # they may arrive in another order than they were counted in
                remaining = min(remaining, before.remaining)
            limit, window = (before.limit, before.window) if before else (None, None)
            self._keep(RateLimit(group, remaining, datetime.now(UTC), limit, window))

    def note_refusal(self, endpoint: str, limit: int | None, window: str | None) -> None:
        """Keep what a 429 says."""
        with self._lock:
            self._keep(RateLimit(endpoint, 0, datetime.now(UTC), limit, window))

    def demand(self, paths: Iterable[str]) -> None:
        """Refuse what cannot be answered whole: requests to these paths, all of which are needed.

        Raises
        ------
        RateLimited
            When the service has said, less than a window ago, that fewer are left.
        """
        now = datetime.now(UTC)
        for group, needed in Counter(map(limited_group, paths)).items():
            known = self.snapshot().get(group)
            if known is None or known.remaining >= needed:
                continue
            window = known.window or _USUAL_WINDOW
            if now < known.until:
                raise RateLimited(
                    f"This takes {needed:,} requests to {group}, and the service has {known.remaining:,} left for you. "
                    "Nothing was sent.",
                    remedy=f"The window is {spelled(window)}, sliding: ask for less at once, or for all of it from "
                    f"{known.until:%Y-%m-%d %H:%M} UTC on.",
                    status=None,
                    endpoint=group,
                    limit=known.limit,
                    window=known.window,
                )

    def snapshot(self) -> dict[str, RateLimit]:
        """Copy what is known."""
        with self._lock:
            return dict(self._known)

    def _keep(self, limit: RateLimit) -> None:
        self._known[limit.endpoint] = limit
