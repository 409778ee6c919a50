"""The rows of a list of features: what is said of each, wherever it came from."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from np_widgets.errors import InvalidRequest
from np_widgets.frames.columns import keys, numbers, texts
from np_widgets.models import Answer, Feature, FeatureRef
from np_widgets.payload.packing import speakable
from np_widgets.payload.rows import Column, Detail, detail_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets.models import Provenance

_KEYS = ("model", "source", "index")
_SAID = ("explanation", "density", "max_activation")
#: The columns that are drawn and have no values of their own in a frame.
REF, HISTOGRAM, EXAMPLE = "ref", "histogram", "top_example"
#: Of a feature that does not exist.
NOTHING = Detail(None, None)


class Rows:
    """What is known of each feature of a list.

    Attributes
    ----------
    refs : list of FeatureRef
    said : dict of str to list
        Explanation, density and maximum; None where unknown.
    others : dict of str to pandas.Series
        What else a frame said, by column.
    details : list of Detail or None
        None where a feature's own data is not there.
    site : str or None
        Where the features have their pages.
    """

    def __init__(self, refs: Sequence[FeatureRef], others: dict[str, pd.Series[Any]] | None = None) -> None:
        self.refs = list(refs)
        self.said: dict[str, list[Any]] = {name: [None] * len(self.refs) for name in _SAID}
        self.others = others or {}
        self.details: list[Detail | None] = [None] * len(self.refs)
        self.site: str | None = None
        self._origins: dict[tuple[Any, ...], Provenance] = {}
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, ref in enumerate(self.refs):
            self._places[str(ref)].append(place)

    def __len__(self) -> int:
        return len(self.refs)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def places(self, names: Iterable[str]) -> list[int]:
        """Find the rows of some features."""
        return [place for name in names for place in self._places.get(name, ())]

    @property
    def bare(self) -> bool:
        """Whether there are only names."""
        return not self.others and not any(value is not None for values in self.said.values() for value in values)

    @property
    def lacking(self) -> list[tuple[int, FeatureRef]]:
        """The rows whose feature's own data is not there, with their places."""
        return [(n, ref) for n, (ref, detail) in enumerate(zip(self.refs, self.details, strict=True)) if detail is None]

    def fill(self, place: int, feature: Feature | None) -> None:
        """Add a feature's own data to its row; what was said before stays. None: there is no such feature."""
        if feature is None:
            self.details[place] = NOTHING
            return
        for name in _SAID:
            if self.said[name][place] is None:
                self.said[name][place] = getattr(feature, name)
        self.details[place] = detail_of(feature)
        self.site = self.site or feature.site
        self.came_from(feature.provenance)

    def came_from(self, origin: Provenance | None) -> None:
        """Remember where something came from: of many requests to one place, the first stands for all."""
        if origin is not None:
            self._origins.setdefault((origin.origin, origin.stale, origin.cached, origin.recording), origin)

    @property
    def origins(self) -> list[Provenance]:
        """Where all that is known came from."""
        return list(self._origins.values())

    @property
    def absent(self) -> list[int]:
        """The rows whose feature does not exist."""
        return [place for place, detail in enumerate(self.details) if detail is NOTHING]

    def grow(self, features: Iterable[Feature]) -> None:
        """Add rows at the end."""
        for feature in features:
            self._places[str(feature.ref)].append(len(self.refs))
            self.refs.append(feature.ref)
            self.details.append(None)
            for values in self.said.values():
                values.append(None)
            self.fill(len(self.refs) - 1, feature)

    def frame(self) -> pd.DataFrame:
        """Lay the rows into a frame, in their own order."""
        said = {
            "explanation": texts(self.said["explanation"]),
            "density": numbers(self.said["density"]),
            "max_activation": numbers(self.said["max_activation"]),
        }
        return pd.DataFrame({**keys(self.refs), **said, **self.others})

    def columns(self) -> list[Column]:
        """List what a view shows: what every list shows, and of what a frame said all that differs between rows."""
        others = [_column(name, values) for name, values in self.others.items() if len(values) < 2 or _varies(values)]
        taken = {column.key for column in others}
        return [
            Column("explanation", "explanation", "text", list(self.said["explanation"])),
            Column("density", "density", "density", numbers(self.said["density"])),
            Column(
                "max_activation", "max" if "peak" in taken else "peak", "number", numbers(self.said["max_activation"])
            ),
            *others,
        ]


def rows_of(x: Any) -> Rows:  # noqa: ANN401 (checked here)
    """Make rows of features, of names, of an answer's matches, or of a frame.

    Raises
    ------
    InvalidRequest
        When a name is none, or a frame lacks a column.
    """
    if isinstance(x, pd.DataFrame):
        return _of_frame(x)
    if isinstance(x, Answer):
        rows = _of_frame(x.to_dataframe())
        rows.came_from(x.provenance)
        matches = list(getattr(x, "matches", ()))
        known = [getattr(match, "feature", None) for match in matches] if len(matches) == len(rows) else []
    else:
        if isinstance(x, (str, FeatureRef, Feature)) or not hasattr(x, "__iter__"):
            raise InvalidRequest(
                "A list takes several features.", remedy="For one, write [it], or FeatureDashboard(it)."
            )
        items = list(x)
        rows = Rows([FeatureRef.parse(item) for item in items])
        known = [item if isinstance(item, Feature) else getattr(item, "feature", None) for item in items]
    for place, feature in enumerate(known):
        if isinstance(feature, Feature):
            rows.fill(place, feature)
    return rows


def _of_frame(given: pd.DataFrame) -> Rows:
    levels = [name for name in given.index.names if name in _KEYS and name not in given.columns]
    frame = given.reset_index(level=levels) if levels else given
    absent = [name for name in _KEYS if name not in frame.columns]
    if absent:
        columns = ", ".join(map(str, given.columns)) or "none"
        raise InvalidRequest(
            f"The frame has no column {absent[0]!r}; it has {columns}.",
            remedy="A list of features needs the columns model, source and index; any others are shown beside them.",
        )
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise InvalidRequest(f"The frame has two columns {twice!r}.", remedy="Rename one of them.")
    refs = [_named(row, parts) for row, parts in enumerate(zip(*(frame[name] for name in _KEYS), strict=True))]
    others = {str(name): frame[name].reset_index(drop=True) for name in frame.columns if name not in (*_KEYS, *_SAID)}
    rows = Rows(refs, others)
    for name in _SAID:
        if name in frame.columns:
            rows.said[name] = _said(name, frame[name])
    return rows


def _said(name: str, values: pd.Series[Any]) -> list[Any]:
    if name == "explanation":
        return [None if _unknown(value) else speakable(str(value)) for value in values]
    try:
        array = values.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        remedy = "It is a number, or unknown. Rename the column if it is something else."
        raise InvalidRequest(f"The column {name!r} holds what is no number: {error}.", remedy=remedy) from None
    return [None if np.isnan(value) else value for value in array.tolist()]


def _named(row: int, parts: tuple[Any, ...]) -> FeatureRef:
    try:
        return FeatureRef.parse(parts)
    except InvalidRequest as error:
        raise InvalidRequest(f"Row {row} of the frame: {error.message}", remedy=error.remedy) from None


def _varies(values: pd.Series[Any]) -> bool:
    return len(set(map(str, values))) > 1


def _column(name: str, values: pd.Series[Any]) -> Column:
    # A name of a column that every list has would make two of one name.
    key = f"{name}_" if name in (REF, HISTOGRAM, EXAMPLE) else name
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        return Column(key, name, "text", [None if _unknown(value) else speakable(str(value)) for value in values])
    whole = pd.api.types.is_integer_dtype(values)
    return Column(key, name, "integer" if whole else "number", values.to_numpy(dtype=np.float64, na_value=np.nan))


def _unknown(value: Any) -> bool:  # noqa: ANN401 (any cell)
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value))


def cell(column: Column, place: int) -> str:
    """Write one value for the static form."""
    value = column.values[place]
    if isinstance(value, str):
        return value
    if value is None or np.isnan(value):
        return "unknown"
    if column.kind == "density":
        return f"{value:.3%}"
    return f"{value:,.0f}" if column.kind == "integer" else f"{value:.4g}"
