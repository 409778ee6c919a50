"""The wire's odd values, each in its own field, and the way back."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from np_widgets import Feature
from tests.rows import activation_row, feature_row


def read(**changes: Any) -> Feature:
    return Feature.from_json(feature_row(**changes))


def test_minus_ten_thousand_is_missing_in_logits_and_a_number_elsewhere() -> None:
    feature = read(
        pos_values=[1.0, -10000, None],
        vector=[-10000.0],
        activations=[activation_row(values=[-10000.0] * 12, minValue=-10000.0)],
    )
    assert np.isnan(feature.promoted.values[1:]).all()
    assert feature.vector[0] == -10000
    assert feature.activations[0].values[0] == -10000


def test_density_of_an_uploaded_vector_is_unknown_where_nobody_has_counted() -> None:
    assert read(frac_nonzero=0, hasVector=True).density is None
    assert read(frac_nonzero=0.25, hasVector=True).density == 0.25
    assert read(frac_nonzero=0, hasVector=False).density == 0


def test_minus_one_is_unknown_in_density_bins_and_token_indices_only() -> None:
    row = activation_row(
        values=[-1.0] * 12, binMin=-1, binMax=99, binContains=-1, qualifyingTokenIndex=-1, maxValueTokenIndex=-1
    )
    feature = read(frac_nonzero=-1, topkCosSimValues=[-1, 0.5, 0.2], activations=[row])
    activation = feature.activations[0]
    assert feature.density is None
    assert feature.neighbours[0].cosine == -1
    assert activation.interval is not None
    assert activation.interval.is_top
    assert (activation.interval.low, activation.interval.high, activation.interval.fraction) == (None, None, None)
    assert activation.qualifying_index is None
    assert activation.peak_index == 0
    assert (activation.values == -1).all()


def test_ninety_nine_is_a_number_beside_a_real_lower_bound() -> None:
    interval = read(activations=[activation_row(binMin=50, binMax=99, binContains=0.1)]).activations[0].interval
    assert interval is not None
    assert (interval.low, interval.high, interval.fraction, interval.is_top) == (50, 99, 0.1, False)


@pytest.mark.parametrize("nothing", [None, 0])
def test_no_bin_information_is_no_interval(nothing: float | None) -> None:
    row = activation_row(binMin=nothing, binMax=nothing, binContains=nothing)
    assert read(activations=[row]).activations[0].interval is None


def test_lengths_that_disagree_are_mended_reported_and_nothing_is_lost() -> None:
    short = activation_row(values=[1.0, 2.0], maxValueTokenIndex=1)
    long = activation_row(values=[0.5] * 14)
    feature = read(activations=[short, long], pos_str=[" a"], pos_values=[1.0, 0.5], neg_values=[-1.0])
    assert np.isnan(feature.activations[0].values[2:]).all()
    assert len(feature.activations[1].values) == 12
    assert feature.activations[1].surplus["values"].tolist() == [0.5, 0.5]
    assert feature.promoted.tokens == (" a", None)
    assert math.isnan(feature.suppressed.values[1])
    warnings = "\n".join(feature.warnings)
    assert "values of example 1: 2 values for 12 tokens; the missing ones show as unknown" in warnings
    assert "values of example 2: 14 values for 12 tokens; the surplus is kept" in warnings
    assert "promoted: lists of 1 and 2 entries" in warnings


def test_bare_nan_and_null_tokens_are_read_too() -> None:
    text = json.dumps(feature_row(maxActApprox=float("nan"), activations=[activation_row(values=[float("inf")] * 12)]))
    feature = Feature.from_json(text.replace('" word0x0"', "null"))
    assert feature.max_activation is None
    assert np.isnan(feature.activations[0].values).all()
    assert feature.activations[0].tokens[0] == ""


def test_attribution_loss_and_attention_are_typed() -> None:
    row = activation_row(
        dfaValues=[0.5] + [0.0] * 11,
        dfaTargetIndex=4,
        dfaMaxValue=0.5,
        lossValues=[0.1] * 12,
        zQIndices=[1, 2],
        zKIndices=[4, 4],
        zValues=[0.3, 0.2],
    )
    activation = read(activations=[row]).activations[0]
    assert activation.dfa is not None
    assert (activation.dfa.target_index, activation.dfa.peak, activation.dfa.values[0]) == (4, 0.5, 0.5)
    assert activation.loss_values.shape == (12,)
    assert activation.z_pattern is not None
    assert activation.z_pattern.source_indices == (1, 2)
    assert activation.z_pattern.target_indices == (4, 4)


def test_a_row_without_attribution_has_none() -> None:
    row = activation_row(dfaValues=[0] * 12, dfaTargetIndex=-1, dfaMaxValue=0)
    assert read(activations=[row]).activations[0].dfa is None


@pytest.mark.parametrize("key", [key for key in feature_row() if key not in ("modelId", "layer", "index")])
def test_every_field_but_the_name_may_be_null_or_missing(key: str) -> None:
    row = feature_row()
    without = Feature.from_json({name: value for name, value in row.items() if name != key})
    assert Feature.from_json({**row, key: None}) == without
    assert Feature.from_json(without.to_json()) == without


@pytest.mark.parametrize("key", [*activation_row(), "binMin", "binMax", "dfaValues", "lossValues", "zValues"])
def test_every_field_of_an_activation_may_be_null_or_missing(key: str) -> None:
    full = activation_row(binMin=1, binMax=2, binContains=0.5, dfaValues=[1.0] * 12, lossValues=[1.0] * 12)
    row = {name: value for name, value in full.items() if name != key}
    feature = read(activations=[row])
    assert feature == read(activations=[{**full, key: None}])
    assert Feature.from_json(feature.to_json()) == feature


def test_unknown_fields_are_ignored() -> None:
    assert read(brand_new={"a": [1]}) == read()


number = st.one_of(st.none(), st.integers(-10000, 10000), st.floats(allow_nan=False, allow_infinity=False))
numbers = st.lists(number, max_size=6)
texts = st.lists(st.text(max_size=4), max_size=6)
indices = st.lists(st.integers(-1, 9), max_size=4)
examples = st.fixed_dictionaries(
    {
        "tokens": texts,
        **dict.fromkeys(["values", "dfaValues", "lossValues", "zValues"], numbers),
        **dict.fromkeys(["dfaMaxValue", "maxValue", "minValue", "binMin", "binMax", "binContains"], number),
        **dict.fromkeys(["zQIndices", "zKIndices"], indices),
        **dict.fromkeys(["maxValueTokenIndex", "dfaTargetIndex", "qualifyingTokenIndex"], st.integers(-1, 9)),
    }
)


def _example(row: Any) -> Any:
    return activation_row(**row)


features = st.fixed_dictionaries(
    {
        "activations": st.lists(examples.map(_example), max_size=3),
        **dict.fromkeys(["pos_str", "neg_str"], texts),
        **dict.fromkeys(["topkCosSimIndices", "neuron_alignment_indices", "correlated_neurons_indices"], indices),
        **dict.fromkeys(
            [
                "pos_values",
                "neg_values",
                "freq_hist_data_bar_values",
                "freq_hist_data_bar_heights",
                "topkCosSimValues",
                "neuron_alignment_values",
                "neuron_alignment_l1",
                "correlated_neurons_pearson",
                "correlated_neurons_l1",
                "decoder_weights_dist",
                "vector",
            ],
            numbers,
        ),
    }
)


@given(features)
def test_writing_and_reading_back_gives_an_equal_feature(changes: Any) -> None:
    feature = read(**changes)
    assert Feature.from_json(feature.to_json()) == feature
