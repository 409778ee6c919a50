"""A small template language: how one sentence of a document is written.

``{slot}`` is filled from the scene, ``<a/b>`` is a free choice and ``[past|present]`` follows the
tense of the document. A slot may carry a form (``{act.ing}``), a number that keeps the choice for
the whole document (``{thing#1}``), and a capital first letter, which the filled word then gets.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from .lexicon import inflect, plural, read_text, word_classes

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

PART = re.compile(r"\{([^}]+)\}|<([^>]+)>|\[([^\]|]*)\|([^\]]*)\]")
ARTICLE = re.compile(r"\b([Aa]) (?=[aeiouAEIOU])(?!uni|use|eu|one)")

CHOICES = {
    "direction.lr": "left,right",
    "direction.nsew": "north,south,east,west",
    "emotion.good": "happy,proud,cheerful,grateful,excited",
    "emotion.bad": "sad,angry,afraid,tired,lonely,worried",
    "daytime.late": "evening,night,afternoon",
    "daytime.one": "morning,afternoon,evening,night",
    "quant": "some,many,several,all,most,both,few",
    "hello": "Hello,Good morning,Hi,Good evening",
}


class Scene:
    """What stays the same throughout one document: its topic, tense and people."""

    def __init__(self, rng: random.Random, topic: str, tense: str = "past") -> None:
        self.rng, self.topic, self.tense = rng, topic, tense
        self.entry = read_text("topics")[topic]
        self.female = self.chance(0.5)
        classes = word_classes()
        self.hero = self.choose(classes["girl" if self.female else "boy"])
        others = [n for n in classes["girl"] + classes["boy"] if n != self.hero]
        self.friend = self.choose(others)
        self._bound: dict[tuple[str, int], str] = {}
        self._used: set[str] = set()
        self.pending: dict[str, str] = {}

    def choose(self, items: Sequence[str]) -> str:
        """Choose one item. ``random()`` alone is used: its stream is the same in every Python."""
        return items[int(self.rng.random() * len(items))]

    def chance(self, probability: float) -> bool:
        """Return whether something of this probability happens."""
        return self.rng.random() < probability

    def fresh(self, items: Sequence[str]) -> str:
        """Choose an item that this document has not used yet, if that is not hard."""
        for _ in range(4):
            item = self.choose(items)
            if item not in self._used:
                break
        self._used.add(item)
        return item

    def write(self, template: str) -> str:
        """Fill a template."""
        text = "".join(part if isinstance(part, str) else self._fill(part) for part in parse(template))
        return ARTICLE.sub(r"\1n ", text)

    def _fill(self, part: tuple[str, ...]) -> str:
        if part[0] == "tense":
            return part[1] if self.tense == "past" else part[2]
        if part[0] == "choice":
            return self.choose(part[1:])
        slot, number = part[1], part[2]
        lower = slot[0].lower() + slot[1:]
        text = self._slot(lower, int(number) if number else None)
        return text if lower == slot else text[:1].upper() + text[1:]

    def _slot(self, slot: str, number: int | None) -> str:
        name, _, form = slot.partition(".")
        if slot in CHOICES:
            return self.choose(CHOICES[slot].split(","))
        if name in SPECIAL:
            return SPECIAL[name](self, form)
        if name == "act":
            return self._act(form, number)
        if name in TOPICAL:
            word = self._bind(name, number, self.entry[TOPICAL[name]].split()).replace("_", " ")
            return plural(word) if name in ("things", "beings", "jobs") else word
        word = self._bind(name, number, word_classes()["frequency" if name == "freq" else name])
        return plural(word) if form == "pl" else word

    def _bind(self, name: str, number: int | None, items: Sequence[str]) -> str:
        if number is None:
            return self.fresh(items)
        key = (name, number)
        if key not in self._bound:
            self._bound[key] = self.fresh(items)
        return self._bound[key]

    def _act(self, form: str, number: int | None) -> str:
        verb, _, rest = self._bind("act", number, self.entry["acts"]).partition(" ")
        form = form or ("past" if self.tense == "past" else "third")
        return f"{inflect(verb, form)} {rest}"


SPECIAL: dict[str, Callable[[Scene, str], str]] = {}
"""Slots that need more than a word class; ``slots.py`` fills it."""

TOPICAL = {
    "thing": "things",
    "things": "things",
    "sight": "sights",
    "being": "beings",
    "beings": "beings",
    "job": "people",
    "jobs": "people",
    "spot": "spots",
    "adj": "adjs",
}


@cache
def parse(template: str) -> tuple[str | tuple[str, ...], ...]:
    """Split a template into literal text and things to fill."""
    parts: list[str | tuple[str, ...]] = []
    end = 0
    for match in PART.finditer(template):
        if match.start() > end:
            parts.append(template[end : match.start()])
        end = match.end()
        slot, choice, past, present = match.groups()
        if slot is not None:
            name, _, number = slot.partition("#")
            parts.append(("slot", name, number))
        elif choice is not None:
            parts.append(("choice", *choice.split("/")))
        else:
            parts.append(("tense", past, present))
    parts.append(template[end:])
    return tuple(parts)
