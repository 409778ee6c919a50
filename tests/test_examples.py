from __future__ import annotations

from typing import Any

from np_widgets import Feature
from np_widgets.examples import Arrangement, arrange, in_order
from tests.rows import activation_row, feature_row


def plan(*rows: dict[str, Any]) -> Arrangement:
    return arrange(Feature.from_json(feature_row(activations=list(rows))).activations)


def interval(low: float, high: float, share: float = 0.1) -> dict[str, float]:
    return {"binMin": low, "binMax": high, "binContains": share}


TOP = {"binMin": -1, "binMax": 9, "binContains": -1}


def test_groups_stand_from_the_strongest_down_and_peaks_descend_in_each() -> None:
    shown = plan(
        activation_row(0, peak=3, **interval(2, 4)),
        activation_row(1, peak=5, **interval(4, 6)),
        activation_row(2, peak=8, **TOP),
        activation_row(3, peak=9, **TOP),
        activation_row(4, peak=3.5, **interval(2, 4)),
        activation_row(5, peak=1),
    )
    assert shown.order == (3, 2, 1, 4, 0, 5)
    assert [group.title for group in shown.groups] == ["Strongest", "4 – 6", "2 – 4", "Examples"]
    assert shown.group == (0, 0, 1, 2, 2, 3)
    assert shown.note() == ""


def test_repeated_texts_are_folded_openly_but_anagrams_are_not() -> None:
    tokens = [" a", " b", " c"]
    same = {"tokens": tokens, "values": [1.0, 0, 0], "maxValueTokenIndex": 0}
    shown = plan(
        activation_row(peak=3, **same),
        activation_row(peak=2, **same),
        activation_row(peak=1, **same | {"tokens": tokens[::-1]}),
    )
    assert shown.duplicate_of == {1: 0}
    assert shown.note() == "1 repeated text folded"


def test_examples_that_never_fire_are_hidden_and_counted_but_the_strongest_negative_ones_are_not() -> None:
    silent = {"values": [0.0] * 12, "maxValue": 0}
    negative = {"values": [-2.0] * 12, "maxValue": -2, "minValue": -2, "dataSource": "bottom"}
    shown = plan(activation_row(0), activation_row(1, **silent), activation_row(2, **negative))
    assert {shown.order[place] for place in shown.not_positive} == {1}
    assert shown.note() == "1 example that never fires hidden"


def test_an_example_above_its_interval_is_moved_and_can_be_moved_back() -> None:
    shown = plan(
        activation_row(0, peak=5, **interval(4, 6)),
        activation_row(1, peak=5.5, **interval(2, 4)),
        activation_row(2, peak=3, **interval(2, 4)),
        activation_row(3, peak=7, **interval(2, 4)),
    )
    assert shown.mended == 2
    assert [shown.order[place] for place, group in enumerate(shown.group) if group == 0] == [3, 1, 0]
    assert shown.given == (1, 1, 0, 1)
    assert shown.note() == "2 examples moved to their intervals"


def test_an_example_on_the_bound_of_its_interval_stays() -> None:
    shown = plan(activation_row(0, peak=6, **interval(4, 6)), activation_row(1, peak=4, **interval(2, 4)))
    assert shown.mended == 0


def test_nothing_to_arrange_is_fine() -> None:
    assert plan().order == ()


def test_a_reader_s_own_texts_are_left_as_they_are() -> None:
    rows = [activation_row(0, values=[0.0] * 12, maxValue=0), activation_row(0, peak=9), activation_row(0, peak=3)]
    shown = in_order(Feature.from_json(feature_row(activations=rows)).activations)
    assert shown.order == (0, 1, 2)
    assert shown.note() == ""
