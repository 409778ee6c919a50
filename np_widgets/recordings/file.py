"""The file: written answer by answer, read whole and unpacked answer by answer."""

from __future__ import annotations

import errno
import gzip
import json
import os
import warnings
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

import np_widgets
from np_widgets.errors import UnexpectedResponse
from np_widgets.recordings.codec import pack, unpack
from np_widgets.recordings.questions import KINDS, Question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT = "np_widgets recording"
VERSION = 1
_CHUNK = 2**16
_AGAIN = "Get the file again, or record anew with np_widgets.record(path)."


class RecordingWarning(UserWarning):
    """Something is not in a recording that one might look for there."""


class Header(msgspec.Struct, frozen=True):
    """The first line: what the file is, when it was begun, and by which version of this package."""

    format: str
    version: int
    np_widgets: str = ""
    created_at: str = ""


class _Label(msgspec.Struct, frozen=True):
    """A line without its answer, which msgspec passes over without building it."""

    question: Question
    source: str
    recorded_at: datetime


class Entry(msgspec.Struct, frozen=True):
    """One line: a question and its answer, which stays packed until it is wanted.

    Attributes
    ----------
    question : Question
    source : str
        The name of the source that answered.
    recorded_at : datetime
        When (UTC).
    packed : bytes
        The line, compressed.
    """

    question: Question
    source: str
    recorded_at: datetime
    packed: bytes

    @classmethod
    def of(cls, question: Question, source: str, packed: bytes) -> Entry:
        """Make the line of an answer that was packed as JSON, now."""
        now = datetime.now(UTC)
        label = pack(_Label(question, source, now))
        return cls(question, source, now, _member(label[:-1] + b',"answer":' + packed + b"}"))

    def answer(self) -> Any:  # noqa: ANN401 (of the type that belongs to the action)
        """Unpack the answer.

        Raises
        ------
        UnexpectedResponse
            When it is not an answer to such a question.
        """
        try:
            return unpack(json.loads(gzip.decompress(self.packed))["answer"], KINDS[self.question.action])
        except (msgspec.ValidationError, LookupError) as error:
            raise UnexpectedResponse(
                f"The recorded answer for {self.question} is not one: {error}.", remedy=_AGAIN
            ) from None


def read(path: Path) -> list[Entry]:
    """Read a recording.

    Raises
    ------
    UnexpectedResponse
        When the file is no recording, is damaged, or was made by a newer version of this package.
    FileNotFoundError
        When there is no such file.

    Warns
    -----
    RecordingWarning
        When the last answer is cut off: a kernel died while it was written, or the file was not copied whole.
    """
    data = path.read_bytes()
    entries, end = _scan(data, path)
    if end < len(data):
        warnings.warn(
            f"The last answer in {path.name} is cut off; the {len(entries)} before it are whole.",
            RecordingWarning,
            stacklevel=3,
        )
    return entries


class Writer:
    """A recording that is written; may be used from several threads if each waits for the other.

    Parameters
    ----------
    path : Path
        A new file, or a recording, which is continued.

    Raises
    ------
    UnexpectedResponse
        When the file is there and cannot be continued, as in :func:`read`; it is left as it was.
    OSError
        When the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        data = path.read_bytes() if path.exists() else b""
        entries, end = _scan(data, path) if data else ([], 0)
        self.entries = {entry.question.key: entry for entry in entries}
        self._file = path.open("ab", buffering=0)
        self._file.truncate(end)  # behind an answer that was cut off nothing could be read
        if not data:
            made_at = datetime.now(UTC).isoformat(timespec="seconds")
            self._append(_member(pack(Header(FORMAT, VERSION, np_widgets.__version__, made_at))))

    def keep(self, question: Question, source: str, packed: bytes) -> None:
        """Write an answer that was packed as JSON, unless the file holds the same; another one takes its place."""
        entry, held = Entry.of(question, source, packed), self.entries.get(question.key)
        if held is None or held.answer() != entry.answer():
            self._append(entry.packed)
            self.entries[question.key] = entry

    def close(self) -> None:
        """Close the file, which is whole at any time."""
        self._file.close()

    def _append(self, member: bytes) -> None:
        """Write a member with one call to the system, or nothing of it."""
        end = self._file.seek(0, os.SEEK_END)
        if self._file.write(member) != len(member):
            self._file.truncate(end)
            raise OSError(errno.ENOSPC, "There is no room for another answer in the recording", str(self.path))


def _scan(data: bytes, path: Path) -> tuple[list[Entry], int]:
    """Read all that is whole; where it ends, in bytes."""
    from tqdm.auto import tqdm

    entries: list[Entry] = []
    header, end = None, 0
    try:
        for start, end, content in tqdm(_members(data), desc=path.name, unit=" answers", delay=1, leave=False):
            for line in content.splitlines():
                if header is None:
                    header = _header(line, path)
                else:
                    # One line is one member as long as nobody has packed the file anew.
                    is_alone = content.count(b"\n") == 1
                    entries.append(_entry(line, data[start:end] if is_alone else _member(line)))
    except (zlib.error, ValueError, msgspec.MsgspecError) as error:
        where = f"is damaged behind answer {len(entries)}" if header else "is not a recording"
        raise UnexpectedResponse(f"{path.name} {where}: {error}.", remedy=_AGAIN) from None
    if header is None:
        raise UnexpectedResponse(f"{path.name} is not a recording.", remedy=_AGAIN)
    return entries, end


def _header(line: bytes, path: Path) -> Header:
    header = msgspec.json.decode(line, type=Header)
    if header.format != FORMAT:
        raise ValueError("its first line says otherwise")
    if header.version > VERSION:
        raise UnexpectedResponse(
            f"{path.name} was recorded by np_widgets {header.np_widgets} in format {header.version}; "
            f"this is np_widgets {np_widgets.__version__}, which knows format {VERSION}.",
            remedy="Install a newer one: pip install --upgrade np_widgets.",
        )
    return header


def _entry(line: bytes, packed: bytes) -> Entry:
    try:
        label = msgspec.json.decode(line, type=_Label)
    except msgspec.DecodeError:  # half a character in a token, which only Python's own reader takes
        label = msgspec.convert(json.loads(line), _Label)
    return Entry(label.question, label.source, label.recorded_at, packed)


def _member(line: bytes) -> bytes:
    return gzip.compress(line + b"\n", mtime=0)


def _members(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Unpack the members of a gzip file, each with its bounds, up to one that is cut off."""
    view, start = memoryview(data), 0
    while start < len(data):
        stream, at, content = zlib.decompressobj(wbits=31), start, []
        while not stream.eof and at < len(data):
            # By chunks, since what lies behind a member's end is copied.
            content.append(stream.decompress(view[at : at + _CHUNK]))
            at = min(at + _CHUNK, len(data))
        if not stream.eof:
            return
        end = at - len(stream.unused_data)
        yield start, end, b"".join(content)
        start = end
