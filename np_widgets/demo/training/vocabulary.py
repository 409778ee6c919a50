"""The vocabulary: the words of the texts in their usual spelling, and pieces for all others."""

from __future__ import annotations

import string
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from np_widgets.demo.tokenizer import PIECE, PRETOKEN, WORD

from .lexicon import word_classes

if TYPE_CHECKING:
    from collections.abc import Iterable

# Frequent beginnings, middles and ends of English words, so that an unknown word is not spelt out.
PIECES = """
th er on an re he in ed nd ha at en es of or nt ea ti to it st io le is ou ar as de rt ve
ing ion ent ter ers ate ies ness ment able tion ous ive al ly ght ch sh ck ll ss oo ee ai un
con com pro pre dis ex be ba bi bo bu ca co cu da di do fa fi fo ga go gra hi ho ja jo ka ke
ki la li lo ma me mi mo mu na ne ni no nu pa pe pi po ra ri ro ru sa se si so su ta te tra
tri tu va vi wa we wi wo za ze zo str qui pla pli spa fr br cr dr gr pr tr bl cl fl gl pl sl
"""
LETTERS = [*string.ascii_lowercase, *"éèêàçôîûäöüñ"]


def build_vocabulary(texts: Iterable[str], *, least: int = 24, least_variant: int = 300) -> list[str]:
    """Choose the vocabulary for some texts.

    Parameters
    ----------
    texts
        Clean texts: no invented words.
    least
        How often a word has to occur, in all its spellings, to get a token.
    least_variant
        How often another spelling of it (a capital, no space) has to occur for one of its own;
        rarer ones are written with markers.
    """
    spellings = Counter(part for text in texts for part in PRETOKEN.findall(text))
    totals: Counter[str] = Counter()
    for part, count in spellings.items():
        totals[_plain(part)] += count
    counts = {part: count for part, count in totals.items() if count >= least}
    for part, count in spellings.items():
        if count >= least_variant:
            counts.setdefault(part, count)
    words = {"    ": None} | dict.fromkeys(sorted(counts, key=lambda part: (-counts[part], part)))
    # Every printable ASCII character can be written; there are no byte tokens for them.
    for character in " \n" + string.digits + string.punctuation + string.ascii_uppercase:
        words.setdefault(character, None)
    for digit in string.digits:
        words.setdefault(" " + digit, None)
    pieces = [*LETTERS, *(" " + letter for letter in string.ascii_lowercase), *PIECES.split()]
    return [*words, *(PIECE + piece for piece in dict.fromkeys(pieces))]


def _plain(part: str) -> str:
    """Return the plain spelling of a word: after a space, and lower-case unless it is a name."""
    if not WORD.match(part):
        return part
    word = part.lstrip()
    return " " + (word if word in _names() else word.lower())


@lru_cache
def _names() -> frozenset[str]:
    return frozenset(word for words in word_classes().values() for word in words if word[0].isupper())
