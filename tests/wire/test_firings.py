"""What fires on a text, from the wire: one text or many, bare or in an envelope, with odd lengths and lost features."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from np_widgets.errors import UnexpectedResponse
from np_widgets.wire import read_source_activations, read_token_features, read_top_features
from tests.rows import feature_row

if TYPE_CHECKING:
    from np_widgets.models import SourceActivations, TokenFeatureMatches, TopFeatureMatches

TOKENS = ["<bos>", "The", " fox"]


def top(reply: Any, *texts: str) -> list[TopFeatureMatches]:
    return read_top_features(json.dumps(reply), texts=texts or ("The fox",), model="gpt2-small", source_set="res-jb")


def result(**changes: Any) -> dict[str, Any]:
    row = {"modelId": "gpt2-small", "layer": "6-res-jb", "index": "650", "values": [0, 1.5, 4]}
    return {**row, "maxValue": 4, "maxValueIndex": 2, "neuron": feature_row(), **changes}


def top_reply(*results: dict[str, Any]) -> dict[str, Any]:
    return {"tokens": TOKENS, "result": list(results), "sortIndexes": []}


def test_top_features_of_one_text_come_with_their_features() -> None:
    (answer,) = top(top_reply(result()))
    match = answer[0]
    assert (answer.text, answer.tokens, answer.source_set) == ("The fox", tuple(TOKENS), "res-jb")
    assert match.values.tolist() == [0, 1.5, 4]
    assert (match.peak, match.peak_index) == (4, 2)
    assert match.feature is not None
    assert match.feature.ref == match.ref
    assert answer.warnings == ()


def test_top_features_of_several_texts_have_names_only_and_no_warning_of_lost_features() -> None:
    bare = {key: value for key, value in result().items() if key != "neuron"}
    first, second = top({"results": [top_reply(bare), top_reply()]}, "The fox", "A fox")
    assert first[0].feature is None
    assert (first.text, second.text) == ("The fox", "A fox")
    assert second.values.shape == (0, 3)
    assert first.warnings == second.warnings == ()


def test_features_that_the_database_lacks_stay_and_are_counted() -> None:
    (answer,) = top(top_reply(result(neuron=None), result(index="651", neuron=None), result()))
    assert [match.feature is None for match in answer] == [True, True, False]
    assert answer.warnings == (
        (
            "2 features are not in the service's database, only their values are known: "
            "gpt2-small/6-res-jb/650, gpt2-small/6-res-jb/651."
        ),
    )


@pytest.mark.parametrize(
    ("values", "expected", "said"),
    [
        ([0, 1.5], [0, 1.5, np.nan], "2 values for 3 tokens; the missing ones show as unknown"),
        ([0, 1.5, 4, 9], [0, 1.5, 4], "4 values for 3 tokens; the surplus is left out"),
        (None, [np.nan] * 3, "0 values for 3 tokens; the missing ones show as unknown"),
        ([0, None, 4], [0, np.nan, 4], None),
    ],
)
def test_values_of_odd_lengths_are_repaired_and_reported(
    values: list[float | None] | None, expected: list[float], said: str | None
) -> None:
    (answer,) = top(top_reply(result(values=values)))
    assert np.array_equal(answer[0].values, expected, equal_nan=True)
    assert answer.warnings == ((f"gpt2-small/6-res-jb/650: {said}.",) if said else ())


def test_a_missing_peak_is_found_in_the_values() -> None:
    (answer,) = top(top_reply(result(maxValue=None, maxValueIndex=7)))
    assert (answer[0].peak, answer[0].peak_index) == (4, 2)


def test_attributions_are_kept() -> None:
    (answer,) = top(top_reply(result(dfaValues=[0, 0.5, 0.25], dfaTargetIndex=2, dfaMaxValue=0.5)))
    dfa = answer[0].dfa
    assert dfa is not None
    assert (dfa.values.tolist(), dfa.target_index, dfa.peak) == ([0, 0.5, 0.25], 2, 0.5)


def test_unknown_density_is_none() -> None:
    (answer,) = top(top_reply(result(neuron=feature_row(frac_nonzero=-1))))
    assert answer[0].feature is not None
    assert answer[0].feature.density is None


def test_an_envelope_and_null_tokens_are_seen_through() -> None:
    (answer,) = top({"data": {**top_reply(result()), "tokens": [None, "The", " fox"]}, "response": {}})
    assert answer.tokens == ("", "The", " fox")


@pytest.mark.parametrize("reply", [{}, {"tokens": TOKENS}, {"result": []}, [], None])
def test_an_answer_without_tokens_or_results_is_unexpected(reply: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        top(reply)


def test_as_many_answers_as_texts_or_none_at_all() -> None:
    with pytest.raises(UnexpectedResponse, match="1 results for 2 texts"):
        top({"results": [top_reply()]}, "The fox", "A fox")
    with pytest.raises(UnexpectedResponse, match="0 results for 2 texts"):
        by_token({"results": []}, "The fox", "A fox")


def by_token(reply: Any, *texts: str) -> list[TokenFeatureMatches]:
    return read_token_features(json.dumps(reply), texts=texts or ("The fox",), model="gpt2-small", source="6-res-jb")


def token(position: int | None = 1, *features: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"position": position, "token": " fox", "isSpecial": False, "topFeatures": list(features), **changes}


def firing(index: object = 650, value: float | None = 2.5, **more: Any) -> dict[str, Any]:
    return {"activationValue": value, "featureIndex": index, **more}


def test_tokens_hold_the_features_that_fire_there() -> None:
    reply = {"source": "6-res-jb", "results": [token(1, firing(feature=feature_row()), firing(3, 0)), token(2)]}
    (answer,) = by_token(reply)
    assert [(row.position, row.token, row.is_special) for row in answer] == [(1, " fox", False), (2, " fox", False)]
    (match,) = answer[0].matches
    assert (match.value, match.index) == (2.5, 650)
    assert match.feature is not None
    assert answer.warnings == ()


def test_tokens_of_several_texts_have_names_only() -> None:
    part = {"source": "6-res-jb", "results": [token(1, firing())]}
    first, second = by_token({"results": [part, {**part, "results": []}]}, "The fox", "A fox")
    assert first[0].matches[0].feature is None
    assert first.warnings == ()
    assert len(second) == 0


def test_a_list_of_one_text_is_told_from_a_text() -> None:
    part = {"source": "6-res-jb", "results": [token(1, firing())]}
    assert by_token({"results": [part]})[0][0].matches[0].index == 650
    assert by_token({"results": [{**part, "results": []}]})[0].matches == ()
    assert by_token({**part, "results": []})[0].matches == ()


def test_firing_features_that_the_database_lacks_are_counted_once() -> None:
    (answer,) = by_token({"results": [token(1, firing()), token(2, firing(), firing(9, 0))]})
    assert answer.warnings == (
        "1 feature is not in the service's database, only its values are known: gpt2-small/6-res-jb/650.",
    )


def test_nulls_at_a_token_are_tolerated() -> None:
    odd = {"position": None, "token": None, "topFeatures": [firing("650", None)]}
    (answer,) = by_token({"results": [odd, {"topFeatures": None}]})
    assert (answer[0].position, answer[0].token) == (0, "")
    assert np.isnan(answer[0].matches[0].value)
    assert answer[1].position == 1


def test_a_firing_feature_without_a_number_is_unexpected() -> None:
    with pytest.raises(UnexpectedResponse, match="no number"):
        by_token({"results": [token(1, firing("x"))]})


def active(reply: Any, *texts: str) -> list[SourceActivations]:
    texts = texts or ("The fox",)
    return read_source_activations(json.dumps(reply), texts=texts, model="gpt2-small", source="6-res-jb")


@pytest.mark.parametrize("is_enveloped", [True, False])
def test_a_source_is_a_sparse_matrix_sorted_by_feature_and_token(*, is_enveloped: bool) -> None:
    part = {"tokens": TOKENS, "activeFeatures": {"77": [[2, 8.706], [1, 3.809]], "5": [[2, 2.25]]}}
    reply = {"results": [part]}
    (answer,) = active({"data": reply, "response": {}} if is_enveloped else reply)
    assert answer.indices.tolist() == [5, 77, 77]
    assert answer.positions.tolist() == [2, 1, 2]
    assert answer.values.tolist() == [2.25, 3.809, 8.706]
    assert answer.features.tolist() == [5, 77]
    assert answer.dense().tolist() == [[0, 0], [0, 3.809], [2.25, 8.706]]
    with pytest.raises(ValueError, match="read-only"):
        answer.indices[0] = 1


@pytest.mark.parametrize("nothing", [{}, None, {"5": []}, {"5": None}])
def test_a_text_on_which_nothing_fires_is_an_empty_matrix(nothing: object) -> None:
    (answer,) = active({"results": [{"tokens": TOKENS, "activeFeatures": nothing}]})
    assert len(answer) == 0
    assert answer.dense().shape == (3, 0)


def test_values_beyond_the_text_are_left_out_and_reported() -> None:
    (answer,) = active({"results": [{"tokens": TOKENS, "activeFeatures": {"5": [[3, 1.0], [-1, 1.0], [2, 2.0]]}}]})
    assert answer.positions.tolist() == [2]
    assert answer.warnings == ("2 values left out that stood beyond the text's tokens.",)


@pytest.mark.parametrize("part", [{}, {"tokens": TOKENS, "activeFeatures": {"x": [[1, 1.0]]}}])
def test_a_source_without_tokens_or_with_a_nameless_feature_is_unexpected(part: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedResponse):
        active({"results": [part]})
