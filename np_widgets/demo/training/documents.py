"""Documents of the demo world: eighteen kinds of text, most of them on one of fourteen topics."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .grammar import Scene
from .lexicon import read_text
from .noise import disturb
from .writers import WRITERS

if TYPE_CHECKING:
    from collections.abc import Iterator

TOPICS = tuple(read_text("topics"))
# How often each kind is written. Kinds on a topic come first.
KINDS = {
    "story": 30,
    "diary": 9,
    "letter": 9,
    "news": 9,
    "talk": 9,
    "howto": 7,
    "verse": 6,
    "facts": 7,
    "recipe": 6,
    "weather": 6,
    "french": 6,
    "quiz": 6,
    "timetable": 5,
    "shop": 5,
    "about": 12,
    "list": 9,
    "code": 7,
    "sums": 6,
}
TOPICAL_KINDS = ("story", "diary", "letter", "news", "talk", "howto", "verse", "facts")


@dataclass(frozen=True)
class Document:
    """A text and what its writer knows about it."""

    text: str
    kind: str
    topic: str | None
    tense: str | None
    hero: str | None
    noise: str | None = None


def documents(seed: int, *, noise: float = 0.07) -> Iterator[Document]:
    """Write documents without end; the same seed gives the same texts."""
    rng = random.Random(seed)  # noqa: S311
    kinds = [kind for kind, share in KINDS.items() for _ in range(share)]
    while True:
        document = write_document(rng, kinds[int(rng.random() * len(kinds))])
        if rng.random() < noise:
            text, way = disturb(rng, document.text)
            document = replace(document, text=text, noise=way)
        yield document


def write_document(rng: random.Random, kind: str) -> Document:
    """Write one document of a kind."""
    topic = TOPICS[int(rng.random() * len(TOPICS))]
    tense = "past" if rng.random() < 0.6 else "present"
    scene = Scene(rng, topic, tense)
    text = WRITERS[kind](scene).strip()
    narrated = kind == "story"
    return Document(
        text,
        kind,
        topic if kind in TOPICAL_KINDS else None,
        tense if narrated else None,
        scene.hero if narrated else None,
    )
