"""What features have in common, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from np_widgets import Activation, Feature
from np_widgets.overlap import Pair, example_overlap, firing_overlap, promoted_overlap
from tests.rows import activation_row, feature_row


def feature(*promoted: str | None, texts: tuple[tuple[list[str], list[float]], ...] = ()) -> Feature:
    rows = [activation_row(tokens=tokens, values=values) for tokens, values in texts]
    return Feature.from_json(feature_row(pos_str=list(promoted), pos_values=[1.0] * len(promoted), activations=rows))


def run(tokens: list[str], values: list[float]) -> Activation:
    return feature(texts=((tokens, values),)).activations[0]


def test_promoted_tokens_are_compared_as_they_read() -> None:
    found = promoted_overlap([feature(" Paris", "Ġcity", "x"), feature(" city", " Paris", None), feature("y")])
    assert found.sizes == (3, 2, 1)
    assert found.pairs[0] == Pair(0, 1, (" Paris", " city"), 3)
    assert found.pairs[0].jaccard == pytest.approx(2 / 3)
    assert [pair.jaccard for pair in found.pairs[1:]] == [0.0, 0.0]


def test_features_that_have_nothing_are_neither_alike_nor_unlike() -> None:
    assert promoted_overlap([feature(), feature()]).pairs[0].jaccard is None


def test_a_feature_that_is_not_known_is_in_no_pair() -> None:
    found = promoted_overlap([feature("a"), None, feature("a")])
    assert found.sizes == (1, None, 1)
    assert [(pair.one, pair.other) for pair in found.pairs] == [(0, 2)]


def test_firing_is_compared_position_by_position_over_all_texts() -> None:
    first = [run(["a", " a", " b"], [1, 0, 2]), run(["c"], [1])]
    second = [run(["a", " a", " b"], [0, 3, 4]), run(["c"], [2])]
    found = firing_overlap([first, second, []])
    assert found.sizes == (3, 3, None)
    assert found.pairs == (Pair(0, 1, (" b", "c"), 4),)


def test_what_is_unknown_or_negative_does_not_fire() -> None:
    found = firing_overlap([[run(["a", "b", "c"], [float("nan"), -1, 2])], [run(["a", "b", "c"], [1, 1, 1])]])
    assert found.pairs == (Pair(0, 1, ("c",), 3),)


def test_models_that_split_a_text_differently_are_compared_by_column() -> None:
    whole = [run(["in", " Nairobi", "."], [0, 1, 0])]
    split = [run(["in", " N", "airobi", "."], [0, 0, 1, 0])]
    assert firing_overlap([whole, split]).pairs == (Pair(0, 1, (" Nairobi",), 1),)


def test_a_run_that_is_missing_leaves_the_others() -> None:
    found = firing_overlap([[run(["a"], [1]), run(["b"], [1])], [run(["a"], [1])]])
    assert found.pairs == (Pair(0, 1, ("a",), 2),)


def test_examples_are_compared_on_the_texts_that_both_have() -> None:
    shared: Any = ["a", " b"]
    one = feature(texts=((shared, [1, 2]), (["only", "one"], [5, 5])))
    other = feature(texts=((shared, [0, 2]), (["the", "other"], [5, 5]), (["a"], [1])))
    found = example_overlap([one, other, None])
    assert found.sizes == (2, 3, None)
    assert found.pairs == (Pair(0, 1, (" b",), 2),)
    assert example_overlap([one, feature()]).pairs[0].jaccard is None


def test_nothing_to_compare_is_no_error() -> None:
    assert firing_overlap([[], []]).pairs == ()
    assert firing_overlap([]).sizes == ()
