"""The demo model's searches: its own numbers, in the service's shape, by the service's rules."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from np_widgets.demo import MODEL_ID, SOURCE_ID, VECTOR_SOURCE_ID, DemoModel
from np_widgets.demo.dashboards import merge
from np_widgets.errors import InvalidRequest

TEXT = "The sailor saw a whale beside the harbour. On Monday Anna went to Paris."


@pytest.fixture(scope="module")
def values(model: DemoModel) -> np.ndarray[Any, Any]:
    return model.active_features(TEXT, bos=True)[1]


def test_every_reply_is_json(model: DemoModel) -> None:
    for reply in (
        model.search_explanations("cities"),
        model.search_all(TEXT),
        model.search_topk(TEXT),
        model.activation_source(TEXT),
        model.cossim(SOURCE_ID, 0, VECTOR_SOURCE_ID),
    ):
        assert json.dumps(reply, allow_nan=False)


def test_a_page_of_explanations_is_as_the_service_sends_it(model: DemoModel) -> None:
    reply = model.search_explanations("cities")
    assert reply["request"] == {"modelId": MODEL_ID, "layers": [SOURCE_ID], "query": "cities", "offset": 0}
    assert (reply["resultsCount"], reply["hasMore"], reply["nextOffset"]) == (20, True, 20)
    first = reply["results"][0]
    assert list(first) == [
        *("modelId", "layer", "index", "description", "explanationModelName", "typeName"),
        *("cosine_similarity", "neuron"),
    ]
    neuron = first["neuron"]
    assert (neuron["modelId"], neuron["layer"], neuron["index"]) == (MODEL_ID, SOURCE_ID, first["index"])
    assert first["description"] in [one["description"] for one in neuron["explanations"]]
    assert not {"model", "source", "sourceSet", "lists", "comments"} & set(neuron)
    assert len(neuron["activations"]) == 3


def test_pages_follow_each_other_to_the_last(model: DemoModel) -> None:
    seen: list[tuple[str, str]] = []
    offset: int | None = 0
    while offset is not None:
        reply = model.search_explanations("cities", offset)
        assert reply["resultsCount"] == len(reply["results"]) == (20 if reply["hasMore"] else reply["resultsCount"])
        seen += [(result["index"], result["description"]) for result in reply["results"]]
        offset = reply.get("nextOffset")
    assert len(seen) == len(set(seen)) == len(model._meanings.ranked("cities"))
    assert model.search_explanations("cities", 10_000)["results"] == []


def test_a_feature_beside_an_answer_is_that_of_its_dashboard(model: DemoModel) -> None:
    whole = model.feature(7)
    brief = model._dashboards.brief(7)
    assert brief["activations"] == [
        {**row, "binMin": -1, "binMax": whole["maxActApprox"], "binContains": -1} for row in whole["activations"][:3]
    ]
    assert all(whole[name] == brief[name] for name in brief if name != "activations")


def test_top_features_are_sorted_by_their_peak(model: DemoModel, values: np.ndarray[Any, Any]) -> None:
    reply = model.search_all(TEXT, limit=10)
    assert reply["tokens"][0] == "<bos>"
    assert "".join(reply["tokens"][1:]) == TEXT
    peaks = [row["maxValue"] for row in reply["result"]]
    assert peaks == sorted(peaks, reverse=True)
    assert len(peaks) == 10
    for row in reply["result"]:
        assert len(row["values"]) == len(reply["tokens"])
        assert row["values"][row["maxValueIndex"]] == row["maxValue"] == max(row["values"])
        assert row["values"][0] == 0
        np.testing.assert_allclose(row["values"][1:], values[1:, int(row["index"])], rtol=1e-6)
        assert len(row["neuron"]["activations"]) == 1
        assert row["neuron"]["model"]["id"] == MODEL_ID


def test_the_beginning_counts_when_it_is_not_ignored(model: DemoModel, values: np.ndarray[Any, Any]) -> None:
    kept = model.search_all(TEXT, ignore_bos=False, limit=1)["result"][0]
    assert kept["maxValue"] == pytest.approx(values.max())
    assert kept["maxValueIndex"] == 0
    assert model.search_all(TEXT, limit=1)["result"][0]["index"] != kept["index"]


def test_chosen_tokens_sort_by_their_sum_and_what_is_silent_there_is_left_out(model: DemoModel) -> None:
    reply = model.search_all(TEXT, sort_positions=[3, 5], limit=100)
    sums = [row["values"][3] + row["values"][5] for row in reply["result"]]
    assert sums == sorted(sums, reverse=True)
    assert sums[-1] > 0
    assert 0 < len(sums) < 100
    assert reply["sortIndexes"] == [3, 5]


@pytest.mark.parametrize("position", [-1, 400])
def test_a_position_beyond_the_text_is_refused(model: DemoModel, position: int) -> None:
    last = len(model.search_all(TEXT)["tokens"]) - 1
    with pytest.raises(InvalidRequest, match=f"no token {position} to sort by.* is {last}; 0 is"):
        model.search_all(TEXT, sort_positions=[1, position])


def test_the_threshold_takes_dense_features_off_and_replaces_none(model: DemoModel) -> None:
    everything = model.search_all(TEXT, limit=30)["result"]
    sparse = model.search_all(TEXT, density_threshold=0.03, limit=30)["result"]
    kept = [row for row in everything if row["neuron"]["frac_nonzero"] <= 0.03]
    assert sparse == kept
    assert 0 < len(kept) < 30


def test_tokens_name_their_strongest_features(model: DemoModel, values: np.ndarray[Any, Any]) -> None:
    reply = model.search_topk(TEXT, density_threshold=None, limit=4)
    assert reply["source"] == SOURCE_ID
    assert [row["position"] for row in reply["results"]] == list(range(1, len(values)))
    assert "".join(row["token"] for row in reply["results"]) == TEXT
    assert not any(row["isSpecial"] for row in reply["results"])
    for row in reply["results"]:
        strengths = [top["activationValue"] for top in row["topFeatures"]]
        np.testing.assert_allclose(strengths, np.sort(values[row["position"]])[::-1][:4], rtol=1e-6)
        for top in row["topFeatures"]:
            assert top["feature"]["index"] == str(top["featureIndex"])
            assert len(top["feature"]["explanations"]) == 1
            assert top["feature"]["activations"] == []


def test_the_beginning_is_special_and_stands_first_when_it_is_kept(model: DemoModel) -> None:
    first = model.search_topk(TEXT, ignore_bos=False)["results"][0]
    assert (first["position"], first["token"], first["isSpecial"]) == (0, "<bos>", True)


def test_lists_by_token_are_filled_up_and_a_threshold_shortens_them(model: DemoModel) -> None:
    row = model.search_topk(TEXT, density_threshold=None, limit=200)["results"][0]
    assert len(row["topFeatures"]) == 200
    assert row["topFeatures"][-1]["activationValue"] == 0
    sparse = model.search_topk(TEXT, density_threshold=0.03, limit=200)["results"][0]
    assert sparse["topFeatures"] == [top for top in row["topFeatures"] if top["feature"]["frac_nonzero"] <= 0.03]


def test_a_whole_source_answers_with_what_fires(model: DemoModel, values: np.ndarray[Any, Any]) -> None:
    (result,) = model.activation_source(TEXT)["data"]["results"]
    assert result["tokens"][0] == "<bos>"
    laid_out = np.zeros_like(values)
    for index, pairs in result["activeFeatures"].items():
        for position, value in pairs:
            assert round(value, 3) == value
            laid_out[position, int(index)] = value
    assert not laid_out[0].any()
    np.testing.assert_allclose(laid_out[1:], values[1:], atol=5.1e-4)


@pytest.mark.parametrize("source", [SOURCE_ID, VECTOR_SOURCE_ID])
@pytest.mark.parametrize("target", [SOURCE_ID, VECTOR_SOURCE_ID])
def test_directions_are_compared_within_and_between_sources(model: DemoModel, source: str, target: str) -> None:
    data = model.cossim(source, "3", target)["data"]
    assert data["feature"] == {"model": MODEL_ID, "source": source, "index": 3}
    cosines = [near["cosineSimilarity"] for near in data["topkDecoderCossimFeatures"]]
    assert cosines == sorted(cosines, reverse=True)
    assert len(cosines) == 10
    assert {near["feature"]["source"] for near in data["topkDecoderCossimFeatures"]} == {target}
    if source == target:
        assert data["topkDecoderCossimFeatures"][0]["feature"]["index"] == 3
        assert cosines[0] == pytest.approx(1, abs=1e-5)


def test_neighbours_are_the_same_asked_and_free(model: DemoModel) -> None:
    feature = model.feature(9)
    near = model.cossim(SOURCE_ID, 9, SOURCE_ID)["data"]["topkDecoderCossimFeatures"]
    assert [one["feature"]["index"] for one in near] == feature["topkCosSimIndices"]
    np.testing.assert_allclose([one["cosineSimilarity"] for one in near], feature["topkCosSimValues"], atol=1e-4)


@pytest.mark.parametrize("arguments", [("9-res-jb", 0, SOURCE_ID), (SOURCE_ID, 512, SOURCE_ID), (SOURCE_ID, 0, "x")])
def test_directions_that_do_not_exist_are_refused(model: DemoModel, arguments: tuple[str, int, str]) -> None:
    with pytest.raises(KeyError, match=r"only|0 to"):
        model.cossim(*arguments)


@pytest.mark.parametrize("text", ["", "the fox " * 200])
def test_texts_that_cannot_be_read_are_refused_by_every_search(model: DemoModel, text: str) -> None:
    for search in (model.search_all, model.search_topk, model.activation_source):
        with pytest.raises(InvalidRequest, match=r"no tokens to run|Shorten it"):
            search(text)


def test_readings_get_the_strongest_value_of_their_tokens(model: DemoModel) -> None:
    """A word in capitals is a marker and the word; its value is the larger of both."""
    tokens, merged = model.active_features("the FOX")
    assert tokens == ["the", " FOX"]
    residual, readings = model._read("the FOX")
    raw = model._shipped.sae.encode(residual[1:])
    for row, reading in zip(merged, readings, strict=True):
        assert row.tolist() == raw[reading.first : reading.end].max(axis=0).tolist()
    assert max(reading.end - reading.first for reading in readings) == 2


def test_a_negative_value_is_stronger_than_a_smaller_positive_one(model: DemoModel) -> None:
    _, readings = model._read("the FOX")
    assert [reading.end for reading in readings] == [2, 4]
    assert merge(np.array([1, -3, 2, 1], dtype=np.float32), readings).tolist() == [-3, 2]
    assert merge(np.array([], dtype=np.float32), []).tolist() == []
