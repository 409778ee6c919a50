"""Keys of a reader's own JSON: the nearly right ones are reported, all others ignored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from np_widgets import Feature
from tests.client import recorded_exchanges
from tests.rows import activation_row, feature_row

RECORDED = [
    one
    for path in sorted(recorded_exchanges.folder().glob("feature_get_*.json"))
    if (one := recorded_exchanges.load(path)) and one.status == 200 and not one.is_page
]


def without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("activaton", "activations"),
        ("Activations", "activations"),
        ("explanation", "explanations"),
        ("max_activation", "maxActApprox"),
        ("max_act_approx", "maxActApprox"),
        ("fracNonzero", "frac_nonzero"),
        ("density", "frac_nonzero"),
        ("pos_string", "pos_str"),
        ("freq_hist_data_values", "freq_hist_data_bar_values"),
    ],
)
def test_a_key_that_is_nearly_right_is_reported_with_the_right_one(wrong: str, right: str) -> None:
    row = feature_row()
    given = {**without(row, right), wrong: row[right]}
    for form in (given, json.dumps(given), json.dumps(given).encode()):
        feature = Feature.from_json(form)
        assert feature.misspelt == (
            f"{wrong!r} of the feature is no known key, so it was not read; did you mean {right!r}?",
        )
        assert feature.warnings[0] == feature.misspelt[0]
    assert feature == Feature.from_json(without(row, right))


def test_keys_of_examples_and_explanations_are_reported_once() -> None:
    wrong = [{"tokns": [" a"], "values": [1.0]}, {"tokens": [" a"], "vals": [1.0]}, {"tokens": [" b"], "vals": [2.0]}]
    feature = Feature.from_json(feature_row(activations=wrong, explanations=[{"descripton": "cats"}, {"text": "dogs"}]))
    for told, key, where, meant in zip(
        feature.misspelt,
        ("tokns", "vals", "descripton", "text"),
        ("an activation", "an activation", "an explanation", "an explanation"),
        ("tokens", "values", "description", "description"),
        strict=True,
    ):
        assert told.startswith(f"{key!r} of {where} is no known key")
        assert told.endswith(f"did you mean {meant!r}?")


def test_a_misspelt_key_is_found_beside_a_bare_nan_too() -> None:
    text = json.dumps(without(feature_row(maxActApprox=float("nan"), comment=[]), "comments"))
    assert ["'comments'" in told for told in Feature.from_json(text).misspelt] == [True]


def test_what_is_like_no_key_or_stands_beside_the_right_one_is_ignored() -> None:
    row = feature_row(
        brand_new={"a": [1]},
        creatorName="ada",
        max_activation=8.5,
        umap_log_feature_sparsity=-3,
        activations=[activation_row(Tokens=[], firstTokenText="a")],
        explanations=[{"description": "cats", "text": "dogs", "votes": []}],
    )
    assert Feature.from_json(row).warnings == ()


def test_what_a_feature_writes_has_no_strange_keys() -> None:
    feature = Feature.from_json(without(feature_row(activaton=[]), "activations"))
    assert feature.misspelt
    assert Feature.from_json(feature.to_json()).warnings == ()


@pytest.mark.parametrize("recording", RECORDED, ids=lambda recording: str(recording.name))
def test_no_key_of_the_service_is_taken_for_a_mistake(recording: recorded_exchanges.Recording) -> None:
    row = json.loads(recording.answer)
    assert Feature.from_json(row).misspelt == ()
    for key in row:  # nor when the service leaves one of its fields out
        if key not in ("modelId", "layer", "index"):
            assert Feature.from_json(without(row, key)).misspelt == ()
