"""Many features as columns: the numbers as arrays, the texts once each, of the examples what a strip shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from np_widgets.examples import in_order
from np_widgets.payload.matches import strongest
from np_widgets.payload.packing import Payload, base64_text, optional
from np_widgets.payload.texts import texts_payload

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from np_widgets.models import Activation, Feature, FeatureRef, Histogram

#: As many bars as are told apart in the width of a column.
BINS = 25


class Detail(NamedTuple):
    """What a row shows of a feature besides its columns: the strongest example's strip, a histogram's heights."""

    example: Activation | None
    heights: npt.NDArray[np.uint8] | None


class Column(NamedTuple):
    """A column: ``values`` are an array of float64, NaN where unknown, or strings, None where unknown."""

    key: str
    label: str
    kind: str
    values: npt.NDArray[np.float64] | list[str | None]


def detail_of(feature: Feature) -> Detail:
    """Keep of a feature what a row shows; a list of ten thousand must not keep all their examples."""
    return Detail(next(iter(strongest(feature, 1)), None), _heights(feature.activation_histogram))


def _heights(histogram: Histogram) -> npt.NDArray[np.uint8] | None:
    """Draw a histogram's counts again in bins of our own, as shares of the fullest; none that holds some is 0."""
    if not histogram:
        return None
    counts = np.nan_to_num(histogram.counts)
    edges = np.arange(counts.size + 1)
    below = np.concatenate([[0.0], np.cumsum(counts)])
    bins = np.diff(np.interp(np.linspace(0, counts.size, BINS + 1), edges, below))
    most = bins.max()
    return np.ceil(bins * (255 / most)).clip(0, 255).astype(np.uint8) if most > 0 else None


def rows_payload(refs: Sequence[FeatureRef], columns: Sequence[Column], details: Sequence[Detail | None]) -> Payload:
    """Pack the rows of a list.

    Parameters
    ----------
    refs : sequence of FeatureRef
    columns : sequence of Column
        Of as many values each.
    details : sequence of Detail or None
        None where a row's details are not known.
    """
    places: dict[tuple[str, str], int] = {}
    of_row = [places.setdefault((ref.model, ref.source), len(places)) for ref in refs]
    examples = [detail.example if detail else None for detail in details]
    known = [example for example in examples if example is not None]
    heights = [detail.heights if detail else None for detail in details]
    return {
        "count": len(refs),
        "sources": list(map(list, places)),
        **optional(source=base64_text(np.array(of_row, "<u4")) if len(places) > 1 else ""),
        "index": _doubles(np.array([ref.index for ref in refs], dtype=np.float64)),
        "columns": [
            {"key": column.key, "label": column.label, "kind": column.kind, "values": _values(column.values)}
            for column in columns
        ],
        **optional(
            texts=texts_payload(known, in_order(known)) if known else None,
            example=_numbered([example is not None for example in examples]) if known else "",
            heights=_bars(heights) if any(own is not None for own in heights) else "",
        ),
    }


def _values(values: npt.NDArray[np.float64] | list[str | None]) -> str | list[str | None]:
    return _doubles(values) if isinstance(values, np.ndarray) else values


def _doubles(values: npt.NDArray[np.float64]) -> str:
    # In full, since both sides sort by them and must agree.
    return base64_text(values.astype("<f8"))


def _numbered(there: Sequence[bool]) -> str:
    """Number what is there from 1; 0 stands for what is not."""
    return base64_text((np.cumsum(there) * np.array(there)).astype("<u4"))


def _bars(heights: Sequence[npt.NDArray[np.uint8] | None]) -> str:
    none = np.zeros(BINS, dtype=np.uint8)
    return base64_text(np.concatenate([none if own is None else own for own in heights]))
