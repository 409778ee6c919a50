"""What words a text is made of: those that a feature promotes, and those that it has said before.

Neither says what a text means. They tell at a glance where along a range of steering strengths a concept appears, and
where the text falls apart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from np_widgets.tokens import decode

if TYPE_CHECKING:
    from collections.abc import Collection

    from np_widgets.models import Feature

_WORD = re.compile(r"\w+(?:['\u2019]\w+)*")


def words(text: str) -> list[str]:
    """Split a text into its words, without marks and in lower case."""
    return _WORD.findall(text.casefold())


def promoted_words(feature: Feature | None) -> tuple[str, ...]:
    """List the whole words among the tokens that a feature promotes, strongest first.

    Parameters
    ----------
    feature : Feature or None
        None, of which nothing is known, promotes none.
    """
    names = feature.promoted.tokens if feature else ()
    spelt = [decode(name).strip().casefold() for name in names if name is not None]
    return tuple(dict.fromkeys(name for name in spelt if _WORD.fullmatch(name)))


def promoted_share(text: str, promoted: Collection[str]) -> float | None:
    """Count how much of a text are words that a feature promotes.

    Returns
    -------
    float or None
        A fraction, 0 to 1; None of a text without words.
    """
    found = words(text)
    return sum(word in promoted for word in found) / len(found) if found else None


def repeated_share(text: str) -> float | None:
    """Count how many of a text's words it has said before.

    Returns
    -------
    float or None
        A fraction, 0 to 1; None of a text without words. Of sixty tokens of plain language about a quarter are such
        words, of a text that turns in a circle most; a longer text repeats more.
    """
    found = words(text)
    return 1 - len(set(found)) / len(found) if found else None
