"""Explanations and neighbours from the wire, with its short pages, lost features and wrong names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from np_widgets.errors import UnexpectedResponse
from np_widgets.models import ExplanationMatches, FeatureRef, NearestFeatures
from np_widgets.wire import read_explanation_matches, read_nearest_features
from tests.rows import feature_row

REF = FeatureRef("gpt2-small", "6-res-jb", 5)


def explanation(**changes: Any) -> dict[str, Any]:
    return {
        "modelId": "gpt2-small",
        "layer": "6-res-jb",
        "index": "650",
        "description": "names of cities",
        "explanationModelName": "gpt-4o-mini",
        "typeName": "oai_token-act-pair",
        "cosine_similarity": 0.64,
        "neuron": feature_row(),
        **changes,
    }


def read(reply: dict[str, Any], **asked: Any) -> ExplanationMatches:
    return read_explanation_matches(json.dumps(reply), query="cities", **asked)


def page(*results: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"request": {}, "results": list(results), "resultsCount": len(results), **more}


def test_a_match_holds_its_explanation_and_its_feature() -> None:
    answer = read(page(explanation(), hasMore=False), model="gpt2-small", sources=["6-res-jb"])
    match = answer[0]
    assert (match.text, match.author_model, match.method) == ("names of cities", "gpt-4o-mini", "oai_token-act-pair")
    assert match.cosine == 0.64
    assert match.feature is not None
    assert match.feature.ref == match.ref == FeatureRef("gpt2-small", "6-res-jb", 650)
    assert (answer.query, answer.model, answer.sources, answer.release) == (
        "cities",
        "gpt2-small",
        ("6-res-jb",),
        None,
    )


@pytest.mark.parametrize("asked", [{"model": "gpt2-small", "sources": ["6-res-jb"]}, {"release": "res-jb"}])
def test_full_pages_are_believed_when_they_say_where_to_go_on(asked: dict[str, Any]) -> None:
    assert read(page(explanation(), hasMore=True, nextOffset=40), offset=20, **asked).next_offset == 40
    assert read(page(explanation(), hasMore=True), offset=20, **asked).next_offset == 40
    assert read(page(explanation(), hasMore=False), offset=20, **asked).next_offset is None
    assert read(page(hasMore=True, nextOffset=40), offset=20, **asked).next_offset is None


@pytest.mark.parametrize("asked", [{"model": "gpt2-small"}, {}])
def test_filtered_pages_go_on_until_one_is_empty(asked: dict[str, Any]) -> None:
    assert read(page(explanation(), hasMore=False), offset=20, **asked).next_offset == 40
    assert read(page(hasMore=False), offset=20, **asked).next_offset is None


def test_an_offset_that_does_not_advance_is_not_followed() -> None:
    reply = page(explanation(), hasMore=True, nextOffset=20)
    assert read(reply, release="res-jb", offset=20).next_offset is None


@pytest.mark.parametrize("lost", [{"neuron": None}, {}])
def test_a_lost_feature_leaves_its_explanation(lost: dict[str, Any]) -> None:
    row = {**{key: value for key, value in explanation().items() if key != "neuron"}, **lost}
    match = read(page(row))[0]
    assert match.feature is None
    assert match.text == "names of cities"


def test_nulls_missing_and_unknown_fields_are_tolerated() -> None:
    bare = {"layer": "6-res-jb", "index": 7, "surprise": [1], "description": None, "cosine_similarity": None}
    match = read(page(bare), model="gpt2-small")[0]
    assert match.ref == FeatureRef("gpt2-small", "6-res-jb", 7)
    assert (match.text, match.author_model, match.cosine) == ("", None, None)


@pytest.mark.parametrize("broken", [{"index": "seven"}, {"index": None}, {"index": -1}, {"layer": None}])
def test_a_result_that_names_no_feature_is_left_out_and_reported(broken: dict[str, Any]) -> None:
    answer = read(page(explanation(**broken), explanation()))
    assert len(answer) == 1
    assert answer.warnings == ("1 result left out that named no feature.",)


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b'{"results": 3}', b'{"results": null}', b"{"])
def test_what_holds_no_results_is_unexpected(body: bytes) -> None:
    with pytest.raises(UnexpectedResponse):
        read_explanation_matches(body, query="cities")


def near(reply: Any) -> NearestFeatures:
    return read_nearest_features(json.dumps(reply), ref=REF, model="gpt2-small", source="8-res-jb")


def neighbour(index: object, cosine: float | None) -> dict[str, Any]:
    feature = {"model": "openai-community/gpt2", "source": "8-res-jb", "index": index}
    return {"feature": feature, "cosineSimilarity": cosine}


@pytest.mark.parametrize("is_enveloped", [True, False])
def test_neighbours_are_named_by_what_was_asked_for(*, is_enveloped: bool) -> None:
    reply = {"feature": None, "topkDecoderCossimFeatures": [neighbour(5, 0.99), neighbour("71", None)]}
    answer = near({"data": reply, "response": {}} if is_enveloped else reply)
    assert [(match.ref, match.cosine) for match in answer] == [
        (FeatureRef("gpt2-small", "8-res-jb", 5), 0.99),
        (FeatureRef("gpt2-small", "8-res-jb", 71), None),
    ]
    assert (answer.ref, answer.model, answer.source) == (REF, "gpt2-small", "8-res-jb")


def test_neighbours_without_a_name_are_left_out_and_reported() -> None:
    reply = {"topkDecoderCossimFeatures": [{"feature": None, "cosineSimilarity": 0.5}, neighbour(3, 0.4), {}]}
    answer = near({"data": reply, "response": {}})
    assert [match.index for match in answer] == [3]
    assert answer.warnings == ("2 results left out that named no feature.",)


@pytest.mark.parametrize("reply", [{"data": {"topkDecoderCossimFeatures": None}, "response": {}}, {"data": {}}])
def test_no_neighbours_are_an_empty_answer(reply: dict[str, Any]) -> None:
    assert len(near(reply)) == 0
