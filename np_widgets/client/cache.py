"""Copies of answers on this machine.

Of requests-cache the storage is used, not the session: the session would read a body before ``max_bytes`` can stop
it, keep it before anyone knows whether it decodes, hand one user's answer to another (its default keys leave the
API key out), and unpickle what it finds. Here the file holds data, never code, and never the key: an entry's name is
a keyed hash of the question and the API key, under a salt of this cache alone.

Nothing here may break a read. What fails is left out, with one warning.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import time
import warnings
import zlib
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import msgspec
import platformdirs

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests_cache.backends.sqlite import SQLiteDict

    from np_widgets.client.keys import Key
    from np_widgets.client.routes import Call

FOLDER_VARIABLE = "NP_WIDGETS_CACHE_DIR"
#: Seconds for which a copy is as good as an answer.
FRESH_FOR = 24 * 60 * 60
#: At this size, found at the start of a session, the file is begun anew.
LARGEST_FILE = 2 * 2**30
_SALT_BYTES = 32
_BUSY_SECONDS = 2.0


class CacheWarning(UserWarning):
    """The cache cannot be used; everything works without it, more slowly, and not without a network."""


class Copy(msgspec.Struct, frozen=True):
    """A kept answer: the address that was asked, the time of the answer (Unix), and the compressed body."""

    url: str
    fetched_at: float
    packed: bytes

    def unpack(self, max_bytes: int) -> bytes | None:
        """Return the body; None when it is damaged or too large."""
        stream = zlib.decompressobj()
        try:
            body = stream.decompress(self.packed, max_bytes + 1)
        except zlib.error:
            return None
        return body if stream.eof and len(body) <= max_bytes else None


class Cache:
    """A folder with a file of answers and its salt. May be used from several threads and processes.

    Parameters
    ----------
    folder : Path, optional
        By default ``NP_WIDGETS_CACHE_DIR``, else the user's cache folder.
    clock : callable
        Seconds since 1970.
    """

    def __init__(self, folder: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        named = os.environ.get(FOLDER_VARIABLE)
        self.folder = folder or (Path(named) if named else platformdirs.user_cache_path("np_widgets"))
        self.file = self.folder / "answers.sqlite"
        self._clock = clock
        self._lock = Lock()
        self._table: SQLiteDict | None = None
        self._salt = b""
        self._broken = False

    def get(self, call: Call, base: str, key: Key | None) -> Copy | None:
        """Find the copy of an answer, however old; None when a write has since changed what it tells of."""
        with self._lock:
            table = self._open()
            if table is None:
                return None
            try:
                entry = table[self._name(call, base, key)]
                copy = msgspec.msgpack.decode(entry, type=Copy) if isinstance(entry, bytes) else None
                return copy if copy and copy.fetched_at > self._written_at(table, call, base) else None
            except (KeyError, msgspec.DecodeError, sqlite3.OperationalError):  # absent, damaged, busy
                return None
            except Exception as error:  # noqa: BLE001 (nothing here may break a read)
                self._give_up(error)
                return None

    def put(self, call: Call, base: str, key: Key | None, body: bytes, fetched_at: float) -> None:
        """Keep a copy. A server that echoes the API key is not quoted."""
        if key is not None and key.reveal().encode() in body:
            return
        entry = Copy(f"{base}{call.path}", fetched_at, zlib.compress(body, 1))
        self._write(lambda: {self._name(call, base, key): msgspec.msgpack.encode(entry)})

    def drop(self, call: Call, base: str, written_at: float) -> None:
        """Let the copies that a write has made wrong count no longer, whosever they are."""
        mark = msgspec.msgpack.encode(written_at)
        self._write(lambda: dict.fromkeys(self._marks(call, base), mark))

    def _write(self, entries: Callable[[], dict[str, bytes]]) -> None:
        with self._lock:
            table = self._open()
            if table is None:
                return
            try:
                if self._can_write():
                    table.update(entries())  # only now: names need the salt
            except Exception as error:  # noqa: BLE001 (nothing here may break a read)
                self._give_up(error)

    def _marks(self, call: Call, base: str) -> list[str]:
        """Name the entries that hold when a write last concerned what this call concerns."""
        return [self._hash("written", base, concern) for concern in call.concerns]

    def _written_at(self, table: SQLiteDict, call: Call, base: str) -> float:
        """When one of the things that a call concerns was last written to (Unix); 0 for never."""
        marks = (table.get(name) for name in self._marks(call, base))
        return max((msgspec.msgpack.decode(mark, type=float) for mark in marks if mark is not None), default=0.0)

    def is_fresh(self, copy: Copy) -> bool:
        """Whether a copy may stand for an answer; one from the future (a clock was set back) may not."""
        return 0 <= self._clock() - copy.fetched_at < FRESH_FOR

    def clear(self) -> None:
        """Remove every copy and the salt, also of a file that is damaged."""
        with self._lock:
            self._close()
            for name in (self.file.name, f"{self.file.name}-journal", "salt"):
                with suppress(FileNotFoundError):
                    (self.folder / name).unlink()
            self._broken = False

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._table is not None:
            with suppress(sqlite3.Error):
                self._table.close()  # type: ignore[no-untyped-call]
        self._table = None

    def _name(self, call: Call, base: str, key: Key | None) -> str:
        """Name an entry by its question and by who asks, in a way that gives neither away."""
        return self._hash(call.method, base, call.path, call.body or b"", key.reveal() if key else "")

    def _hash(self, *parts: str | bytes) -> str:
        return hashlib.blake2b(msgspec.msgpack.encode(parts), key=self._salt, digest_size=24).hexdigest()

    def _open(self) -> SQLiteDict | None:
        if self._broken or self._table is not None:
            return self._table
        try:
            self._prepare_folder()
            with closing(sqlite3.connect(self.file, timeout=_BUSY_SECONDS)) as probe:
                probe.execute("BEGIN IMMEDIATE")  # fails here when the file cannot be written or is no database
            from requests_cache.backends.sqlite import SQLiteDict

            self._table = SQLiteDict(self.file, table_name="answers", serializer=None, timeout=_BUSY_SECONDS)
        except Exception as error:  # noqa: BLE001 (nothing here may break a read)
            self._give_up(error)
        return self._table

    def _prepare_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.file.exists() and self.file.stat().st_size > LARGEST_FILE:
            self.file.unlink()
        # Made before SQLite makes it, since SQLite would let others read: answers may be private.
        os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600))
        self._salt = self._read_salt() or self._make_salt()

    def _read_salt(self) -> bytes:
        with suppress(FileNotFoundError):
            salt = (self.folder / "salt").read_bytes()
            if len(salt) == _SALT_BYTES:
                return salt
        return b""

    def _make_salt(self) -> bytes:
        salt = secrets.token_bytes(_SALT_BYTES)
        draft = self.folder / f"salt-{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(salt)
        # Two processes may do this at once; the loser's entries are not found again, which costs a request each.
        draft.replace(self.folder / "salt")
        return salt

    def _can_write(self) -> bool:
        """Try the write lock first: requests-cache would wait for it without end."""
        try:
            with closing(sqlite3.connect(self.file, timeout=_BUSY_SECONDS)) as probe:
                probe.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            return False
        return True

    def _give_up(self, error: Exception) -> None:
        self._close()
        self._broken = True
        warnings.warn(
            f"The cache in {self.folder} cannot be used ({type(error).__name__}: {error}); going on without it. "
            f"client.clear_cache() makes a new one, {FOLDER_VARIABLE} names another folder.",
            CacheWarning,
            stacklevel=2,
        )
