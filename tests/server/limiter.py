"""The hosted service's limits (contract, 1.5): every limiter that matches is consumed, the last one is told of."""

from __future__ import annotations

from threading import Lock

from tests.server.exchange import Answer, json_answer


class Limiter:
    """Counts requests by the beginning of their paths.

    Attributes
    ----------
    limits : dict of str to int
        From the most general to the most specific.
    """

    def __init__(self) -> None:
        self.limits = {
            "/": 25_000,
            "/api": 25_000,
            "/api/activation/new": 1_000,
            "/api/explanation/search": 200,
            "/api/steer": 240,
            "/api/search-topk-by-token": 500,
            "/api/search-all": 1_600,
        }
        self._used: dict[str, int] = {}
        self._lock = Lock()

    def take(self, path: str) -> tuple[Answer | None, int | None]:
        """Count a request: a refusal, or what is left of the last limit that matched."""
        remaining: int | None = None
        if path == "/api/steer-load":  # exempt from all of them
            return None, None
        with self._lock:
            for prefix, limit in self.limits.items():
                if not path.startswith(prefix):
                    continue
                used = self._used[prefix] = self._used.get(prefix, 0) + 1
                if used > limit:
                    return self._refusal(prefix, limit), None
                remaining = limit - used
        return None, remaining

    @staticmethod
    def _refusal(prefix: str, limit: int) -> Answer:
        return json_answer(
            {
                "endpoint": prefix,
                "limitPerWindow": limit,
                "requestWindow": "60 m",
                "remainingRequests": 0,
                "error": "Rate limit exceeded for this endpoint. "
                f"The limit for this endpoint ({prefix}) is {limit} requests per 60 m.",
            },
            429,
        )
