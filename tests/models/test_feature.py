from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from np_widgets import Feature, UnexpectedResponse
from np_widgets.models import Provenance
from tests.rows import activation_row, feature_row

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def feature() -> Feature:
    return Feature.from_json(feature_row())


def test_a_feature_tells_what_people_ask_of_it_first(feature: Feature) -> None:
    assert str(feature.ref) == "gpt2-small/6-res-jb/650"
    assert feature.explanation == "names of cities"
    assert feature.max_activation == 8.5
    assert feature.density == 0.0012
    assert feature.hook == "blocks.6.hook_resid_pre"
    assert (feature.source_set, feature.release) == ("res-jb", "gpt2sm-res-jb")
    assert not feature.is_dead
    assert "fires on 0.120% of tokens" in repr(feature)


def test_everything_in_it_is_immutable(feature: Feature) -> None:
    with pytest.raises(AttributeError):
        feature.density = 1.0  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        feature.activations[0].values[0] = 1.0


def test_a_feature_survives_pickling_and_copying(feature: Feature) -> None:
    long = Feature.from_json(feature_row(activations=[activation_row(values=[0.5] * 14)]))
    for one in (feature, long):
        assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 (our own bytes)
        assert copy.deepcopy(one) == one


def test_features_are_equal_by_value_and_not_by_where_they_came_from(feature: Feature, tmp_path: Path) -> None:
    path = tmp_path / "feature.json"
    path.write_text(feature.to_json(), encoding="utf-8")
    again = Feature.from_json(path)
    assert again == feature
    assert again.provenance is not None
    assert again.provenance.origin == "feature.json"
    assert again != msgspec.structs.replace(feature, density=0.5)


def test_a_saved_feature_still_knows_where_it_came_from(feature: Feature) -> None:
    origin = Provenance(origin="neuronpedia.org", url="https://x/api", fetched_at=datetime(2026, 1, 2, tzinfo=UTC))
    known = msgspec.structs.replace(feature, provenance=origin, site="https://www.neuronpedia.org")
    again = Feature.from_json(known.to_json())
    assert again.provenance == origin
    assert again.url == "https://www.neuronpedia.org/gpt2-small/6-res-jb/650"


def test_a_saved_feature_cannot_bring_an_address_that_is_not_of_the_web() -> None:
    saved = feature_row(_provenance={"origin": "x", "site": "javascript:alert(1)//"})
    assert Feature.from_json(saved).url is None


def test_json_is_read_in_every_form_in_which_it_comes(feature: Feature, tmp_path: Path) -> None:
    text = json.dumps(feature_row())
    path = tmp_path / "saved.json"
    path.write_text(text, encoding="utf-8")
    for form in (text, text.encode(), feature_row(), path, str(path)):
        assert Feature.from_json(form) == feature


def test_a_missing_file_is_a_missing_file() -> None:
    with pytest.raises(FileNotFoundError):
        Feature.from_json("no/such/feature.json")


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b"", b"<html>", b'{"modelId": 1, "layer": "a", "index": "0"}'])
def test_what_is_no_feature_is_refused(body: bytes) -> None:
    with pytest.raises(UnexpectedResponse, match="not the JSON that was expected"):
        Feature.from_json(body)


def test_a_list_of_features_is_not_taken_for_a_path() -> None:
    with pytest.raises(UnexpectedResponse, match="Expected `object`, got `array`"):
        Feature.from_json(json.dumps([feature_row()]))


def test_one_example_is_one() -> None:
    assert "1 example:" in repr(Feature.from_json(feature_row(activations=[activation_row()])))
    assert "9 examples:" in repr(Feature.from_json(feature_row()))


def test_dead_and_vector_and_unknown_are_three_things() -> None:
    dead = Feature.from_json(feature_row(maxActApprox=0, frac_nonzero=0, activations=[]))
    vector = Feature.from_json(feature_row(maxActApprox=0, hasVector=True, vector=[0.5, -0.5], activations=[]))
    unknown = Feature.from_json(feature_row(maxActApprox=None, frac_nonzero=-1, activations=[activation_row()]))
    assert dead.is_dead
    assert "dead" in repr(dead)
    assert not vector.is_dead
    assert vector.vector.tolist() == [0.5, -0.5]
    assert not unknown.is_dead
    assert unknown.density is None


def test_an_activation_reads_as_text() -> None:
    row = activation_row(tokens=["ĠcafÃ", "©", "Ċ"], values=[0, 2.5, 0], maxValueTokenIndex=1, maxValue=2.5)
    activation = Feature.from_json(feature_row(activations=[row])).activations[0]
    assert activation.text == " café\n"
    assert activation.tokens == ("ĠcafÃ", "©", "Ċ")
    assert "peak 2.5 at token 1" in repr(activation)
