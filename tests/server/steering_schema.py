"""What steer and steer-chat accept (contract, 5.4), refused in the words of the real server's schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.server.exchange import MISSING
from tests.server.replies import OPAQUE, Refused, both, message

if TYPE_CHECKING:
    from tests.server.world import Row

_NUMBERS = {
    "temperature": (0, 2),
    "n_tokens": (1, 256),
    "freq_penalty": (-2, 2),
    "seed": (-100_000_000, 100_000_000),
    "strength_multiplier": (0, 10),
}
_METHODS = ("SIMPLE_ADDITIVE", "ORTHOGONAL_DECOMP", "PROJECTION_CAP")
_ROLES = ("user", "assistant", "system", "model", "developer")
LONGEST = 2048
TOO_LONG = (
    "Total conversation length exceeds the maximum number of characters allowed. Please click Reset to start a new "
    "conversation."
)


def check_completion(asked: Any) -> Row:
    """Check a body of steer; return it with what it leaves out."""
    body = _common(asked)
    if not body["features"]:
        raise Refused(message(500, "Unknown Error"))
    if not isinstance(body.get("prompt"), str) or not body["prompt"]:
        raise _required("prompt")
    if _length(body["prompt"]) > LONGEST:
        raise Refused(message(400, f"prompt must be at most {LONGEST} characters"))
    return body


def check_chat(asked: Any) -> Row:
    """Check a body of steer-chat; return it with what it leaves out."""
    body = _common(asked)
    for name in ("defaultChatMessages", "steeredChatMessages"):
        if not isinstance(body.get(name), list):
            raise _required(name)
        for number, row in enumerate(body[name]):
            if not row.get("content"):
                raise _required(f"{name}[{number}].content")
            if row.get("role") not in _ROLES:
                allowed = ", ".join(_ROLES)
                raise Refused(message(400, f"{name}[{number}].role must be one of the following values: {allowed}"))
        if sum(_length(row["content"]) for row in body[name]) > LONGEST:
            raise Refused(message(400, TOO_LONG))
    if not isinstance(body.get("steer_special_tokens"), bool):
        raise _required("steer_special_tokens")
    return body


def _common(asked: Any) -> Row:
    if asked is MISSING or not isinstance(asked, dict):
        raise Refused(both(500, OPAQUE))
    body = {"freq_penalty": 1, "stream": False, "steer_method": "SIMPLE_ADDITIVE", **asked}
    if not isinstance(body.get("modelId"), str):
        raise _required("modelId")
    for name, (low, high) in _NUMBERS.items():
        value = body.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _required(name)
        if value < low:
            raise Refused(message(400, f"{name} must be greater than or equal to {low}"))
        if value > high:
            raise Refused(message(400, f"{name} must be less than or equal to {high}"))
    if body["steer_method"] not in _METHODS:
        allowed = ", ".join(_METHODS)
        raise Refused(message(400, f"steer_method must be one of the following values: {allowed}"))
    if not isinstance(body.get("features"), list):
        raise _required("features")
    return body


def _required(name: str) -> Refused:
    return Refused(message(400, f"{name} is a required field"))


def _length(text: str) -> int:
    """As JavaScript counts."""
    return len(text.encode("utf-16-le")) // 2
