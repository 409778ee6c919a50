"""What came of an upload."""

from __future__ import annotations

from pathlib import Path

from np_widgets.models.record import Record


class Refusal(Record, frozen=True, kw_only=True, eq=False):
    """A feature that could not be uploaded or explained, and why.

    Attributes
    ----------
    name : str
        The feature, or its place where it has no name.
    reason : str
    """

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


class UploadReport(Record, frozen=True, kw_only=True, eq=False):
    """What came of an upload of features.

    Attributes
    ----------
    model, source : str
    n_features : int
        How many were handed over.
    n_landed : int
        How many this run has uploaded.
    n_landed_before : int
        How many the journal said had landed in an earlier run; nobody was asked about them.
    n_existing : int
        How many the service had already, so that they were not sent: a second upload would add to their examples.
    refused : tuple of Refusal
        Those that the service would not take, where ``invalid="skip"`` let the others go.
    not_stored : tuple of str
        What the features have and the service does not store, one sentence each.
    journal : Path or None
        The file that says what has landed.
    site : str or None
        Left out of equality.
    """

    model: str
    source: str
    n_features: int = 0
    n_landed: int = 0
    n_landed_before: int = 0
    n_existing: int = 0
    refused: tuple[Refusal, ...] = ()
    not_stored: tuple[str, ...] = ()
    journal: Path | None = None
    site: str | None = None

    _ignored_in_equality = frozenset({"site"})

    @property
    def url(self) -> str | None:
        """The source's page."""
        return f"{self.site}/{self.model}/{self.source}" if self.site else None

    def __repr__(self) -> str:
        noun = "feature" if self.n_features == 1 else "features"
        counts = [
            f"{self.n_landed:,} uploaded",
            *([f"{self.n_landed_before:,} landed before"] if self.n_landed_before else []),
            *([f"{self.n_existing:,} there already"] if self.n_existing else []),
            *([f"{len(self.refused):,} refused"] if self.refused else []),
        ]
        return f"<Upload to {self.model}/{self.source}: of {self.n_features:,} {noun} {', '.join(counts)}>"
