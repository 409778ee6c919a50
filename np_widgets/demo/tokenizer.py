"""From text to token ids and back, without loss, for any text that a person can type.

A known word is one token in the form in which the training texts usually write it (`` the``,
``The``). Another spelling of a known word is written with markers: ``<ns>`` (no space before),
``<up>`` (capital first letter), ``<caps>`` (all capitals). Unknown words fall apart into pieces
of a few letters, everything else into the bytes of its UTF-8 form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BOS, NO_SPACE, UPPER, CAPS = 0, 1, 2, 3
SPECIALS = ("<bos>", "<ns>", "<up>", "<caps>")
BYTES = (*range(32), *range(127, 256))
"""The bytes that are tokens; every printable ASCII character is a word of its own."""
FIRST_BYTE = len(SPECIALS)
FIRST_WORD = FIRST_BYTE + len(BYTES)
PIECE = "\x00"
"""Stands before a piece in the vocabulary: pieces and whole words must not be confused."""

PRETOKEN = re.compile(r"'(?:s|t|re|ll|ve|m|d)\b| ?[^\W\d_]+| ?\d|    |\n| ?[^\w\s]|_|\s|.", re.DOTALL)
WORD = re.compile(r" ?[^\W\d_]+\Z")


@dataclass(frozen=True)
class Reading:
    """A stretch of text as a person reads it, and the tokens that stand for it."""

    text: str
    first: int
    end: int


class Tokenizer:
    """Encode and decode text.

    Parameters
    ----------
    words
        The vocabulary after the special and byte tokens, in the order of their ids. Pieces are
        marked by a leading ``PIECE``.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._texts = [*SPECIALS, *(f"<0x{byte:02X}>" for byte in BYTES), *words]
        self._words: dict[str, int] = {}
        self._pieces: dict[str, int] = {}
        for index, word in enumerate(words, FIRST_WORD):
            if word.startswith(PIECE):
                self._pieces[word[1:]] = index
            else:
                self._words[word] = index
        self._longest = max((len(piece) for piece in self._pieces), default=0)
        self._known: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def encode(self, text: str) -> list[int]:
        """Return the token ids of a text, without a leading BOS."""
        # A lone surrogate has no UTF-8 form; it is what a cut-off emoji in JSON decodes to.
        text = text.encode("utf-8", "replace").decode("utf-8")
        ids: list[int] = []
        for match in PRETOKEN.finditer(text):
            part = match.group()
            known = self._known.get(part)
            if known is None:
                known = tuple(self._encode_part(part))
                if len(self._known) < 100_000:
                    self._known[part] = known
            ids.extend(known)
        return ids

    def _encode_part(self, part: str) -> Iterable[int]:
        if part in self._words:
            return (self._words[part],)
        if WORD.match(part):
            return self._respell(part) or self._spell(part)
        return self._spell(part)

    def _respell(self, part: str) -> tuple[int, ...]:
        """Write a form of a known word as markers and the word; empty if it is not one."""
        word = part.lstrip(" ")
        no_space = () if part.startswith(" ") else (NO_SPACE,)
        # A name is known with its capital only, so it is looked up in both forms.
        for plain, markers in ((word, ()), *_plain_forms(word), (word.capitalize(), (CAPS,))):
            if _respelled(plain, markers) != word:
                continue
            index = self._words.get(" " + plain)
            if index is not None:
                return (*no_space, *markers, index)
        return ()

    def _spell(self, part: str) -> list[int]:
        ids: list[int] = []
        start = 0
        while start < len(part):
            piece, markers = self._longest_piece(part, start)
            if piece:
                ids += [*markers, self._pieces[piece]]
                start += len(piece)
            else:
                character = part[start]
                index = self._words.get(character)
                ids += [index] if index is not None else [FIRST_BYTE + BYTES.index(b) for b in character.encode()]
                start += 1
        return ids

    def _longest_piece(self, part: str, start: int) -> tuple[str, tuple[int, ...]]:
        for length in range(min(self._longest, len(part) - start), 0, -1):
            piece = part[start : start + length]
            if piece in self._pieces:
                return piece, ()
            for plain, markers in _plain_forms(piece):
                if plain in self._pieces:
                    return plain, markers
        return "", ()

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of token ids; markers change the token after them."""
        return "".join(reading.text for reading in self.read(ids))

    def read(self, ids: Sequence[int]) -> list[Reading]:
        """Group token ids into stretches of text that stand on their own.

        A marker belongs to the token after it, the bytes of one character belong together, and
        the texts joined are the text that was encoded. A leading BOS is a stretch of its own.
        """
        readings: list[Reading] = []
        start = 0
        while start < len(ids):
            text, end = self._read_one(ids, start)
            readings.append(Reading(text, start, end))
            start = end
        return readings

    def _read_one(self, ids: Sequence[int], start: int) -> tuple[str, int]:
        end = start
        while end < len(ids) and ids[end] in (NO_SPACE, UPPER, CAPS):
            end += 1
        if end == len(ids):
            return "", end
        index = ids[end]
        if FIRST_BYTE <= index < FIRST_WORD:
            return self._read_bytes(ids, end)
        text = self._texts[index].removeprefix(PIECE)
        for marker in reversed(ids[start:end]):
            text = _mark(text, marker)
        return text, end + 1

    def _read_bytes(self, ids: Sequence[int], start: int) -> tuple[str, int]:
        first = BYTES[ids[start] - FIRST_BYTE]
        length = 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        found = bytearray()
        for index in ids[start : start + length]:
            if not FIRST_BYTE <= index < FIRST_WORD:
                break
            found.append(BYTES[index - FIRST_BYTE])
        try:
            return found.decode("utf-8"), start + len(found)
        except UnicodeDecodeError:
            # A model may well write bytes that are no character.
            return "\ufffd", start + 1

    def is_open(self, ids: Sequence[int]) -> bool:
        """Return whether the last reading of these ids may still change with the next token."""
        if not ids:
            return False
        last = self.read(ids)[-1]
        return last.text in ("", "�")

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every entry in the order of the ids, pieces marked."""
        return tuple(self._texts)

    def text_of(self, index: int) -> str:
        """Return what one token of the vocabulary looks like on its own."""
        return self._texts[index].removeprefix(PIECE)

    @cached_property
    def is_piece(self) -> list[bool]:
        """Whether each entry of the vocabulary is a piece, a byte or a special token."""
        return [index < FIRST_WORD or text.startswith(PIECE) for index, text in enumerate(self._texts)]


def _plain_forms(word: str) -> Iterable[tuple[str, tuple[int, ...]]]:
    """Yield the lower-case form of a word with the markers that give the word back."""
    plain = word.lower()
    if not word.strip().isascii():
        # Case folding of other alphabets is not always undone by upper(): the Kelvin sign is one.
        return
    if word == plain:
        yield plain, ()
    elif word == _mark(plain, UPPER):
        yield plain, (UPPER,)
    elif word == plain.upper():
        yield plain, (CAPS,)


def _respelled(text: str, markers: tuple[int, ...]) -> str:
    for marker in reversed(markers):
        text = _mark(text, marker)
    return text


def _mark(text: str, marker: int) -> str:
    if marker == NO_SPACE:
        return text.removeprefix(" ")
    if marker == CAPS:
        return text.upper()
    bare = text.lstrip(" ")
    return text[: len(text) - len(bare)] + bare[:1].upper() + bare[1:]
