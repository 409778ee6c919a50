"""Where data came from, when, and what had to be mended."""

from __future__ import annotations

from datetime import datetime

from np_widgets.models.record import Record


class Provenance(Record, frozen=True, kw_only=True, eq=False):
    """Where and when something was read.

    Attributes
    ----------
    origin : str
        The service's host, ``"demo"``, or the file's name.
    url : str or None
        The exact address that was asked.
    fetched_at : datetime or None
        When the answer left its origin (UTC); for a cached answer this is not now.
    cached : bool
        Whether it came from the cache on this machine.
    stale : bool
        Whether it is older than the cache promises, served because the network was gone.
    note : str or None
        What every view must say of this origin, such as that it is a small model on generated text.
    recording : str or None
        The name of the file that the answer was played back from; origin, address and time are those of then.
    """

    origin: str
    url: str | None = None
    fetched_at: datetime | None = None
    cached: bool = False
    stale: bool = False
    note: str | None = None
    recording: str | None = None

    def __str__(self) -> str:
        when = f"{self.fetched_at:%Y-%m-%d %H:%M} UTC" if self.fetched_at else ""
        verb = "computed" if self.origin == "demo" else "fetched"
        source = "by the embedded demo model" if self.origin == "demo" else f"from {self.origin}"
        state = " (an old copy: the network is gone)" if self.stale else " (from the cache)" if self.cached else ""
        if self.recording:
            state = f" (played back from {self.recording})"
        return " ".join(filter(None, [verb, when, source])) + state


class LengthMismatch(Record, frozen=True, kw_only=True, eq=False):
    """Two lists that should be of one length and are not.

    Attributes
    ----------
    field : str
        What was mended, in this package's words: ``"values"``, ``"dfa_values"``, ``"promoted"``, …
    example : int or None
        The number of the activation in the feature, from 0; None for the feature's own lists.
    expected, got : int
        Both lengths, in entries.
    """

    field: str
    expected: int
    got: int
    example: int | None = None

    def __str__(self) -> str:
        where = "" if self.example is None else f" of example {self.example + 1}"
        if not self.field.endswith("values"):
            both = f"lists of {self.expected} and {self.got} entries"
            return f"{self.field}{where}: {both}; what is missing shows as unknown"
        fate = "the missing ones show as unknown" if self.got < self.expected else "the surplus is kept, but not drawn"
        return f"{self.field}{where}: {self.got} values for {self.expected} tokens; {fate}"
