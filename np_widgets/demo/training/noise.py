"""Disturbed documents, so that every way to spell a text is trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


def disturb(rng: random.Random, text: str) -> tuple[str, str]:
    """Rewrite a text so that the tokenizer's fallbacks occur; return it and what was done."""
    way = rng.random()
    if way < 0.35:
        return text.lower(), "lower"
    if way < 0.6:
        return text.upper(), "upper"
    words = text.split(" ")
    for position in range(len(words)):
        draw = rng.random()
        if draw < 0.12:
            words[position] = _invented(rng)
        elif draw < 0.14:
            words[position] = _symbols(rng)
    return " ".join(words), "invented"


SYLLABLES = """
ba ke zo lim tra ven qui mo sha rop ing ers tion ness dun pli gra fos hu wex jo ty ment able
ous ive al en or th st ch er un re pre con in at es ly ght ou ea oo ck ll ss
"""


def _invented(rng: random.Random) -> str:
    syllables = SYLLABLES.split()
    count = 2 + int(rng.random() * 3)
    word = "".join(syllables[int(rng.random() * len(syllables))] for _ in range(count))
    return word.capitalize() if rng.random() < 0.3 else word


def _symbols(rng: random.Random) -> str:
    draw = rng.random()
    if draw < 0.4:
        pool = "!?;:[]{}%&*#@/~^|<>=+$'\"_-\\`\t"
        return "".join(pool[int(rng.random() * len(pool))] for _ in range(1 + int(rng.random() * 2)))
    if draw < 0.7:
        return chr(0x1F300 + int(rng.random() * 0x350))
    # Any character of the planes in use: every byte of UTF-8 has to occur somewhere.
    return "".join(chr(0xA1 + int(rng.random() ** 3 * 0xD700)) for _ in range(2))
