"""Raw vocabulary strings to what a person can read.

Stored dashboards hold raw vocabulary strings with a partial clean-up; live answers hold each token decoded alone
(contract, section 4). Both can appear for one model, so every rule here looks at the string and not at the model.

Three vocabularies are read: *byte-level* (GPT-2's table: ``Ġ`` is a space, ``Ã©`` are the two bytes of é),
*SentencePiece* (``▁`` is a space, ``<0xE2>`` one byte) and plain text. A character whose bytes are split over tokens
is joined: it belongs to the token in which it begins, and the tokens that only continue it read as empty.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: How many tokens one character can be split over: UTF-8 has at most four bytes.
_LONGEST_SPLIT = 4


def _byte_alphabet() -> dict[str, int]:
    """GPT-2's table from printable stand-ins to bytes (openai/gpt-2, ``bytes_to_unicode``), upper half only.

    The lower half is ASCII as it stands, but for ``Ġ``, ``Ċ`` and ``ĉ``, and rarer controls whose stand-ins are
    common letters elsewhere (``č`` for carriage return): those are left alone.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in printable]
    table = {chr(byte): byte for byte in printable} | {chr(256 + n): byte for n, byte in enumerate(hidden)}
    return {character: byte for character, byte in table.items() if byte >= 0x80}


_HIGH_BYTES = _byte_alphabet()
_HIGH_RUN = re.compile(f"[{re.escape(''.join(_HIGH_BYTES))}]+")
_BYTE_PIECE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_WHITESPACE_MARKS = str.maketrans({"Ġ": " ", "▁": " ", "Ċ": "\n", "ĉ": "\t"})
_CARRIAGE_RETURN = re.compile("^[čĊĠĉ]*č(?=Ċ)[čĊĠĉ]*$")
_SPECIAL = re.compile(
    r"<\|[^|<>]+\|>|<｜[^<>]+｜>|</?s>|\[(?:CLS|SEP|PAD|UNK|MASK|BOS|EOS|INST|/INST)\]"
    r"|</?(?:bos|eos|pad|unk|mask|cls|sep|start_of_turn|end_of_turn|start_of_image|end_of_image|unused\d+)>"
)
_VISIBLE = {"\n": "↵", "\r": "␍", "\t": "⇥"}
_JOINERS = "\u200c\u200d"


def readable(tokens: Iterable[str]) -> list[str]:
    r"""Make a text's tokens readable, one string per token.

    Parameters
    ----------
    tokens : iterable of str
        Raw tokens of one text, in order.

    Returns
    -------
    list of str
        What each token says: real spaces and line breaks, real characters. A character split over tokens stands at
        its first token; tokens that only continue it are empty.

    Examples
    --------
    >>> readable(["ĠcafÃ", "©", "Ċ", "<0xE2>", "<0x82>", "<0xAC>"])
    [' café', '', '\n', '€', '', '']
    """
    raw = list(tokens)
    texts = [decode(token) for token in raw]
    for position, text in joined(raw).items():
        texts[position] = text
    return texts


@lru_cache(maxsize=65536)
def decode(token: str) -> str:
    """Make one token readable, as far as it can be without its neighbours."""
    if token.isascii():
        piece = _BYTE_PIECE.fullmatch(token)
        byte = int(piece[1], 16) if piece else 0x80
        return chr(byte) if byte < 0x80 else token
    if _CARRIAGE_RETURN.match(token):
        token = token.replace("č", "\r")
    return _HIGH_RUN.sub(_decode_run, token).translate(_WHITESPACE_MARKS)


def _decode_run(run: re.Match[str]) -> str:
    try:
        return bytes(_HIGH_BYTES[character] for character in run[0]).decode()
    except UnicodeDecodeError:
        return run[0]


def joined(tokens: Sequence[str]) -> dict[int, str]:
    """Find characters that are split over neighbouring tokens.

    Returns
    -------
    dict of int to str
        Position to readable text, only for tokens that take part in a join; an empty text continues a character.
    """
    pieces = [partial_bytes(token) for token in tokens]
    found: dict[int, str] = {}
    position = 0
    while position < len(pieces):
        texts = _join(pieces[position : position + 4 * _LONGEST_SPLIT]) if pieces[position] is not None else None
        if texts:
            found.update(enumerate(texts, position))
        position += len(texts) if texts else 1
    return found


@lru_cache(maxsize=65536)
def partial_bytes(token: str) -> bytes | None:
    """The bytes of a token that holds a part of a character; None for a token that reads well alone."""
    piece = _BYTE_PIECE.fullmatch(token)
    if piece:
        byte = int(piece[1], 16)
        return bytes([byte]) if byte >= 0x80 else None
    if token.isascii():
        return None
    edges = [run for run in _HIGH_RUN.finditer(token) if run.start() == 0 or run.end() == len(token)]
    if all(_decode_run(run) != run[0] for run in edges):
        return None
    plain = token.translate(_WHITESPACE_MARKS)
    if not all(character in _HIGH_BYTES or character < "\x80" for character in plain):
        return None
    return bytes(_HIGH_BYTES.get(character, ord(character)) for character in plain)


def _join(pieces: Sequence[bytes | None]) -> list[str] | None:
    """Decode the shortest run of at least two broken tokens that is valid UTF-8 together."""
    together = b""
    owners: list[int] = []
    for number, piece in enumerate(pieces):
        if piece is None:
            return None
        together += piece
        owners += [number] * len(piece)
        if number == 0:
            continue
        try:
            text = together.decode()
        except UnicodeDecodeError:
            continue
        texts = [""] * (number + 1)
        offset = 0
        for character in text:
            texts[owners[offset]] += character
            offset += len(character.encode())
        return texts
    return None


def is_special(token: str) -> bool:
    """Whether a raw token is one of the vocabulary's own marks, such as ``<bos>`` or ``<|endoftext|>``."""
    return _SPECIAL.fullmatch(token) is not None


@lru_cache(maxsize=65536)
def visible(text: str) -> str:
    r"""Show what would not be seen: line breaks, tabs, control and zero-width characters, an empty token.

    Spaces stay spaces. ``"\n"`` becomes ``"↵"``, a zero-width space ``"‹U+200B›"``, an empty text ``"∅"``. Joiners
    between two characters stay: scripts and emoji need them.
    """
    if text.isprintable() and text:
        return text
    if not text:
        return "∅"
    last = len(text) - 1
    return "".join(
        character if character in _JOINERS and 0 < place < last else _show(character)
        for place, character in enumerate(text)
    )


def _show(character: str) -> str:
    if character in _VISIBLE:
        return _VISIBLE[character]
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else f"‹U+{code:04X}›"
