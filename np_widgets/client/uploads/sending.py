"""Features sent in batches, each looked for before, since the service adds to what it has already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from np_widgets import checks
from np_widgets.client import calls, decoding, writes
from np_widgets.client.progress import progress
from np_widgets.errors import NeuronpediaError
from np_widgets.models import FeatureRef
from np_widgets.wire.uploads import read_uploaded, write_upload

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from np_widgets.client.reader import Reader
    from np_widgets.client.uploads.journal import Journal
    from np_widgets.client.writer import Writer
    from np_widgets.models import Feature

#: Hosts in front of the service cut a body off at some MB; 128 features of 45 texts can have 8.
_LARGEST_BODY = 4_000_000

#: A feature's index, and what is sent of it.
Written = tuple[int, msgspec.Raw]


class Sending:
    """Sends features to one source.

    Attributes
    ----------
    n_landed, n_before, n_existing : int
        How many this run uploaded, the journal knew of, the service had.
    """

    def __init__(self, reader: Reader, writer: Writer, model: str, source: str, journal: Journal) -> None:
        self.n_landed = self.n_before = self.n_existing = 0
        self._reader, self._writer = reader, writer
        self._model, self._source = model, source
        self._journal = journal

    def send(self, features: Iterable[Feature], methods: Container[str], total: int, size: int) -> None:
        """Send all that has not landed yet.

        Raises
        ------
        NeuronpediaError
            The first failure; its note says how to go on.
        """
        steps = -(-total // size)
        with progress("Upload", total=total, unit=" features", steps=steps) as count:
            for batch in in_batches(self._written(features, methods, count), size):
                try:
                    self._send(batch)
                except NeuronpediaError as error:
                    error.add_note(self._how_to_go_on())
                    raise
                count(len(batch))

    def _written(
        self, features: Iterable[Feature], methods: Container[str], count: Callable[[int], object]
    ) -> Iterator[Written]:
        for feature in features:
            if feature.index in self._journal.done:
                self.n_before += 1
                count(1)
                continue
            yield feature.index, msgspec.Raw(msgspec.json.encode(write_upload(feature, methods)))

    def _send(self, batch: list[Written]) -> None:
        there = self._existing([index for index, _ in batch])
        self.n_existing += len(there)
        self._journal.note("there", there)
        rows = {index: row for index, row in batch if index not in there}
        if not rows:
            return
        self._journal.note("sent", rows)
        self._writer.write(writes.upload_features(self._model, self._source, list(rows.values())), read_uploaded)
        self._journal.note("landed", rows)
        self.n_landed += len(rows)

    def _existing(self, indices: list[int]) -> list[int]:
        """Ask which of them the service has: uploaded again, their examples would stand there twice."""
        refs = [FeatureRef(self._model, self._source, index) for index in indices]
        found: set[int] = set()
        for chunk in checks.in_chunks(refs, checks.FEATURES_PER_CALL):
            rows = self._reader.read(calls.features(chunk, 1), decoding.features(""), refresh=True)
            found |= {row.index for row in rows if (row.model, row.source) == (self._model, self._source)}
        return [index for index in indices if index in found]

    def _how_to_go_on(self) -> str:
        journal = f" {self._journal.path.name} says what has landed." if self._journal.path else ""
        return (
            f"{self.n_landed:,} features had been uploaded by then.{journal} The same call again goes on from there: "
            "what the service has is not sent a second time."
        )


def in_batches(written: Iterable[Written], size: int) -> Iterator[list[Written]]:
    """Gather features into requests of at most ``size``, and of no more bytes than pass everywhere."""
    batch: list[Written] = []
    n_bytes = 0
    for index, row in written:
        own = memoryview(row).nbytes
        if batch and (len(batch) == size or n_bytes + own > _LARGEST_BODY):
            yield batch
            batch, n_bytes = [], 0
        batch.append((index, row))
        n_bytes += own
    if batch:
        yield batch
