"""What has landed, in a file beside the data: a run that breaks off is gone on with by the next.

JSON Lines: the first says to where, each other what happened to which indices. A line is written before a batch is sent
and after it has landed, so that the file says of a batch whose answer was lost that it may be there.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from np_widgets.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_VERSION = 1


class Heading(msgspec.Struct, frozen=True):
    """To where the features go."""

    server: str
    model: str
    source: str
    np_widgets_upload: int = _VERSION


class Line(msgspec.Struct, frozen=True):
    """What happened: sent, landed, or found to be there already."""

    state: Literal["sent", "landed", "there"]
    indices: list[int]
    at: str


class Journal:
    """A file of what has landed; without a path it is kept in memory alone.

    Attributes
    ----------
    path : Path or None
    done : set of int
        What an earlier run has uploaded, or has found to be there.
    """

    def __init__(self, path: Path | None, heading: Heading) -> None:
        self.path = path
        self.done: set[int] = set()
        self._heading = heading
        if path is not None and path.exists():
            self._read(path)

    def note(self, state: Literal["sent", "landed", "there"], indices: Iterable[int]) -> None:
        """Write down what happened, at once and for good.

        Raises
        ------
        OSError
            When the file cannot be written.
        """
        listed = list(indices)
        if self.path is None or not listed:
            return
        is_new = not self.path.exists() or not self.path.stat().st_size
        line = msgspec.json.encode(Line(state, listed, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"))
        with self.path.open("ab") as file:
            if is_new:
                file.write(msgspec.json.encode(self._heading))
            file.write(b"\n" + line)  # the break goes before, so that a line that was cut off spoils no other
            file.flush()
            os.fsync(file.fileno())

    def _read(self, path: Path) -> None:
        first, *lines = path.read_bytes().split(b"\n")
        if not first:
            return
        try:
            heading = msgspec.json.decode(first, type=Heading)
        except msgspec.DecodeError:
            heading = None
        if heading != self._heading:
            where = f"{heading.model}/{heading.source} on {heading.server}" if heading else "no upload"
            raise InvalidRequest(
                f"{path.name} is the journal of {where}, and this goes to {self._heading.model}/"
                f"{self._heading.source} on {self._heading.server}.",
                remedy="Name another file: journal=….",
            )
        for line in lines:
            with suppress(msgspec.DecodeError):  # the last one may have been cut off with its run
                entry = msgspec.json.decode(line, type=Line)
                if entry.state != "sent":
                    self.done.update(entry.indices)
