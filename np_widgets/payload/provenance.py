"""Where data came from and what was mended, as every view says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from np_widgets.examples import arrange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets.models import Activation, Feature, Provenance
    from np_widgets.payload.packing import Payload


def feature_provenance(feature: Feature) -> Payload:
    """Say where a feature came from, with its warnings, which count the examples as on the screen."""
    shown = tuple(feature.activations[number] for number in arrange(feature.activations).order)
    return provenance_payload([feature.provenance], msgspec.structs.replace(feature, activations=shown).warnings)


def texts_provenance(shown: Sequence[Activation]) -> Payload | None:
    """Say where texts came from, given in display order; None for those that the reader made."""
    mismatches = [
        msgspec.structs.replace(mismatch, example=number)
        for number, activation in enumerate(shown)
        for mismatch in activation.mismatches
    ]
    origins = [activation.provenance for activation in shown]
    return provenance_payload(origins, [*map(str, mismatches)]) if any(origins) or mismatches else None


def provenance_payload(origins: Iterable[Provenance | None], warnings: Sequence[str] = ()) -> Payload:
    """Pack one line, and what it unfolds: notes, the addresses that were asked, and the warnings.

    Parameters
    ----------
    origins : iterable of Provenance or None
        Where and when each part was read; None for what was in memory.
    warnings : sequence of str
        What was mended, one sentence each.
    """
    known = [origin for origin in origins if origin]
    lines = dict.fromkeys(map(str, known)) or ["read from memory"]
    count = [f"{len(warnings)} warning{'' if len(warnings) == 1 else 's'}"] if warnings else []
    notes = [origin.note for origin in known if origin.note]
    asked = [f"asked {origin.url}" for origin in known if origin.url]
    return {
        "line": " · ".join([*lines, *count]),
        "stale": any(origin.stale for origin in known),
        "more": [*dict.fromkeys(notes + asked), *(warnings or ["no warnings"])],
    }
