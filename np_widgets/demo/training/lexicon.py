"""The words of the demo world: classes, inflected forms, and which class a word belongs to."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

CAPITALS = {
    "France": "Paris",
    "England": "London",
    "Italy": "Rome",
    "Spain": "Madrid",
    "Germany": "Berlin",
    "Egypt": "Cairo",
    "Japan": "Tokyo",
    "Norway": "Oslo",
    "Peru": "Lima",
    "Austria": "Vienna",
    "Greece": "Athens",
    "Ireland": "Dublin",
}
AMBIGUOUS = {"close", "light", "water", "rake", "shovel", "plant", "guard", "score", "trade", "tune"}
"""Verbs of which some form is also a noun or an adjective: they get no tag for their tense."""


@lru_cache
def read_text(name: str) -> dict[str, Any]:
    """Read one of the TOML files beside this module."""
    return tomllib.loads((files(__package__) / "text" / f"{name}.toml").read_text("utf-8"))


@lru_cache
def word_classes() -> dict[str, tuple[str, ...]]:
    """Return every word class with its words in their base form."""
    words = read_text("words")
    return {
        name: tuple(entry.split())
        for section in ("nouns", "words", "grammar", "verbs")
        for name, entry in words[section].items()
    }


@lru_cache
def inflect(base: str, form: str) -> str:
    """Return the ``past``, ``third`` person, ``ing`` or ``base`` form of a verb."""
    if form == "base":
        return base
    known = read_text("words")["forms"].get(base)
    past, third, ing = known.split() if known else _regular(base)
    return str({"past": past, "third": third, "ing": ing}[form])


def _regular(base: str) -> tuple[str, str, str]:
    if base.endswith("e"):
        return f"{base}d", f"{base}s", f"{base[:-1]}ing"
    if re.search(r"[^aeiou]y$", base):
        return f"{base[:-1]}ied", f"{base[:-1]}ies", f"{base}ing"
    if re.search(r"[^aeiou][aeiou][bdglmnprt]$", base):
        return f"{base}{base[-1]}ed", f"{base}s", f"{base}{base[-1]}ing"
    third = f"{base}es" if re.search(r"(s|x|z|ch|sh)$", base) else f"{base}s"
    return f"{base}ed", third, f"{base}ing"


@lru_cache
def plural(noun: str) -> str:
    """Return the plural of a noun; of a compound, that of its last word."""
    first, space, last = noun.rpartition(" ")
    known = read_text("words")["plurals"].get(last)
    if known:
        last = known
    elif re.search(r"[^aeiou]y$", last):
        last = f"{last[:-1]}ies"
    elif re.search(r"(s|x|z|ch|sh)$", last):
        last = f"{last}es"
    else:
        last = f"{last}s"
    return f"{first}{space}{last}"


@lru_cache
def tags_of_words() -> dict[str, frozenset[str]]:
    """Return for every known form, as written inside a sentence, the concepts it belongs to."""
    words = read_text("words")
    found: dict[str, set[str]] = {}
    for section in ("nouns", "words", "grammar"):
        for name, entry in words[section].items():
            for word in entry.split():
                found.setdefault(word, set()).add(name)
                if section == "nouns":
                    found.setdefault(plural(word), set()).update({name, "plural_noun"})
    for name, entry in words["verbs"].items():
        for base in entry.split():
            for form in ("base", "past", "third", "ing"):
                found.setdefault(inflect(base, form), set()).add(f"{name}_verb")
    for base in every_verb():
        for form, tag in (("past", "past_verb"), ("third", "present_verb"), ("ing", "ing_verb")):
            found.setdefault(inflect(base, form), set()).add(tag)
    return {word: frozenset(tags) for word, tags in found.items()}


@lru_cache
def every_verb() -> tuple[str, ...]:
    """Return the base forms of all verbs that the texts use."""
    words = read_text("words")
    bases = {base for entry in words["verbs"].values() for base in entry.split()}
    bases |= set(words["forms"])
    for topic in read_text("topics").values():
        bases |= {act.split()[0] for act in topic["acts"]}
    return tuple(sorted(bases - AMBIGUOUS))
