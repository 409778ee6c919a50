"""What is set beside text and features, in the ranges of the contract (5.4)."""

from __future__ import annotations

import operator
from difflib import get_close_matches
from numbers import Real
from typing import Any, SupportsIndex

import msgspec

from np_widgets.errors import InvalidRequest
from np_widgets.models.record import Record

METHODS = ("additive", "orthogonal", "projection-cap")
#: From the smallest to the largest. Of ``n_tokens`` most models take less, which a request checks.
RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "n_tokens": (1, 1024),
    "seed": (-100_000_000, 100_000_000),
    "multiplier": (0, 10),
    "frequency_penalty": (-2, 2),
}
_WHOLE = ("n_tokens", "seed")
_FLAGS = ("special_tokens", "assistant_axis")


class SteerSettings(Record, frozen=True, kw_only=True, eq=False):
    """All that is set beside text and features, in the ranges of the contract (5.4), with the site's own defaults.

    Attributes
    ----------
    temperature : float
        0 to 2; 0 always takes the likeliest token.
    n_tokens : int
        The most tokens to write, 1 to 256; in the chat of a thinking model to 768, of two large models to 1024.
    seed : int
        -100,000,000 to 100,000,000. The same seed gives the same text.
    multiplier : float
        0 to 10; every strength is multiplied by it.
    frequency_penalty : float
        -2 to 2. It has no effect: the service takes it, and nothing behind it reads it.
    method : {"additive", "orthogonal", "projection-cap"}
        How the directions change the hidden state.
    special_tokens : bool
        In a chat: whether the template's own tokens are steered too.
    assistant_axis : bool
        In a chat of a model that has this axis: measure where on it each turn lies.

    Raises
    ------
    InvalidRequest
        When a value is of another type, or outside of its range.
    """

    temperature: float = 0.5
    n_tokens: int = 64
    seed: int = 16
    multiplier: float = 1.0
    frequency_penalty: float = 1.0
    method: str = "additive"
    special_tokens: bool = True
    assistant_axis: bool = False

    def __post_init__(self) -> None:
        for name in RANGES:  # numbers of NumPy become Python's
            msgspec.structs.force_setattr(self, name, _number(name, getattr(self, name)))
        if self.method not in METHODS:
            raise InvalidRequest(
                f"There is no steering method {self.method!r}.", remedy=f"There are {', '.join(METHODS)}."
            )
        for name in _FLAGS:
            if not isinstance(getattr(self, name), bool):
                raise InvalidRequest(f"{name} is {getattr(self, name)!r}; it must be True or False.")

    def changed(self, **changes: Any) -> SteerSettings:  # noqa: ANN401 (any field)
        """Change single settings.

        Raises
        ------
        InvalidRequest
            When there is no setting of a name, or its value is not in its range.
        """
        known = self.__struct_fields__
        if strange := next((name for name in changes if name not in known), None):
            near = get_close_matches(strange, known, 1)
            remedy = f"Is it {near[0]}?" if near else f"There are {', '.join(known)}."
            raise InvalidRequest(f"Steering has no setting {strange!r}.", remedy=remedy)
        return msgspec.structs.replace(self, **changes)


def _number(name: str, value: object) -> float:
    low, high = RANGES[name]
    is_whole = name in _WHOLE
    if isinstance(value, bool) or not isinstance(value, SupportsIndex if is_whole else Real):
        raise InvalidRequest(f"{name} is {value!r}; it must be a {'whole ' if is_whole else ''}number.")
    number = operator.index(value) if is_whole else float(value)  # type: ignore[arg-type]
    if not low <= number <= high:
        raise InvalidRequest(f"{name} is {value!r}; it must lie between {low:,} and {high:,}.")
    return number
