"""The order in which a feature's examples are shown, and what the site does to them silently, done openly.

The site folds examples of the same tokens, drops those whose peak is not positive, and moves an example whose peak
lies above its interval into the next one (``activations-list.tsx``; a remedy for a fault of older SAEDashboard
versions). Here each is counted and can be undone: an :class:`Arrangement` says what happened to which example, and
nothing is left out of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from np_widgets.models import Activation, QuantileInterval, Record


class Group(Record, frozen=True, kw_only=True, eq=False):
    """Examples drawn from one interval of the activation.

    ``kind`` is ``"top"``, ``"interval"``, or ``"none"`` for examples without an interval.
    """

    kind: str
    low: float | None = None
    high: float | None = None
    fraction: float | None = None

    @property
    def title(self) -> str:
        """What stands above the group."""
        if self.kind == "interval":
            return f"{_bound(self.low)} – {_bound(self.high)}"
        return "Strongest" if self.kind == "top" else "Examples"


class Arrangement(Record, frozen=True, kw_only=True, eq=False):
    """A display order.

    Attributes
    ----------
    order : tuple of int
        Every example's number in the feature, groups first to last, strongest first in each.
    groups : tuple of Group
    group, given : tuple of int
        For each example *in display order*: its group as mended, and as the service gave it.
    duplicate_of : dict of int to int
        Place in the display order of a repeated text to the place of the text that it repeats.
    not_positive : frozenset of int
        Places of examples whose peak is not above 0.
    """

    order: tuple[int, ...]
    groups: tuple[Group, ...]
    group: tuple[int, ...]
    given: tuple[int, ...]
    duplicate_of: dict[int, int]
    not_positive: frozenset[int]

    @property
    def mended(self) -> int:
        """How many examples stand in another interval than the service gave them."""
        return sum(a != b for a, b in zip(self.group, self.given, strict=True))

    def note(self) -> str:
        """Say in one line what the site would have done silently; empty when nothing."""
        parts = [
            _count(len(self.duplicate_of), "repeated text folded", "repeated texts folded"),
            _count(len(self.not_positive), "example that never fires hidden", "examples that never fire hidden"),
            _count(self.mended, "example moved to its interval", "examples moved to their intervals"),
        ]
        return " · ".join(filter(None, parts))


def arrange(activations: Sequence[Activation]) -> Arrangement:
    """Group and order examples as the site does: intervals from the strongest down, peaks descending in each."""
    intervals = [activation.interval for activation in activations]
    highs = sorted({i.high for i in intervals if i is not None and i.high is not None and not i.is_top})
    mended = [_mend(activation, highs, intervals) for activation in activations]
    keys = sorted({_key(i) for i in [*intervals, *mended]})
    number = {key: place for place, key in enumerate(keys)}
    order = sorted(range(len(activations)), key=lambda n: (number[_key(mended[n])], -_peak(activations[n]), n))
    kept: dict[tuple[str, ...], int] = {}
    duplicates: dict[int, int] = {}
    for place, example in enumerate(order):
        first = kept.setdefault(activations[example].tokens, place)
        if first != place:
            duplicates[place] = first
    return Arrangement(
        order=tuple(order),
        groups=tuple(_group(key, [*intervals, *mended]) for key in keys),
        group=tuple(number[_key(mended[n])] for n in order),
        given=tuple(number[_key(intervals[n])] for n in order),
        duplicate_of=duplicates,
        not_positive=frozenset(place for place, n in enumerate(order) if _never_fires(activations[n])),
    )


def in_order(activations: Sequence[Activation]) -> Arrangement:
    """Leave texts as they are given: a reader's own are neither grouped nor folded nor dropped."""
    places = tuple(range(len(activations)))
    ungrouped = (0,) * len(activations)
    return Arrangement(
        order=places,
        groups=(Group(kind="none"),) if places else (),
        group=ungrouped,
        given=ungrouped,
        duplicate_of={},
        not_positive=frozenset(),
    )


Key = tuple[int, float, float]


def _key(interval: QuantileInterval | None) -> Key:
    """Sort key and identity of a group: the top first, intervals from high to low, examples without one last."""
    if interval is None:
        return (2, 0.0, 0.0)
    if interval.is_top:
        return (0, 0.0, 0.0)
    high = interval.high if interval.high is not None else float("inf")
    return (1, -high, interval.low if interval.low is not None else float("-inf"))


def _group(key: Key, intervals: Sequence[QuantileInterval | None]) -> Group:
    first = next(i for i in intervals if _key(i) == key)
    if first is None:
        return Group(kind="none")
    kind = "top" if first.is_top else "interval"
    return Group(kind=kind, low=first.low, high=first.high, fraction=first.fraction)


def _mend(
    activation: Activation, highs: Sequence[float], intervals: Sequence[QuantileInterval | None]
) -> QuantileInterval | None:
    """Move an example whose peak is above its interval into the first interval that reaches up to it."""
    interval = activation.interval
    if interval is None or interval.is_top or interval.high is None or len(highs) < 2:
        return interval
    peak = _peak(activation)
    if peak <= interval.high:
        return interval
    better = next((high for high in highs if high >= peak), highs[-1])
    return next(i for i in intervals if i is not None and not i.is_top and i.high == better)


def _peak(activation: Activation) -> float:
    return activation.peak if activation.peak is not None else float("-inf")


def _never_fires(activation: Activation) -> bool:
    """Whether the site would drop the example. Its strongest *negative* examples are shown for their minimum."""
    return activation.data_source != "bottom" and not _peak(activation) > 0


def _bound(value: float | None) -> str:
    return "?" if value is None else f"{value:.3g}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""
