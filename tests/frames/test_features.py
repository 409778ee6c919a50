from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from np_widgets import Feature, InvalidRequest, to_dataframe
from tests.rows import activation_row, bench_row, feature_row

KINDS = ["summary", "activations", "tokens", "logits", "histograms", "explanations"]


@pytest.fixture
def features() -> list[Feature]:
    return [Feature.from_json(feature_row()), Feature.from_json(feature_row(index="7", layer="7-res-jb"))]


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_knows_its_feature_and_no_number_is_an_object(features: list[Feature], kind: Any) -> None:
    frame = to_dataframe(features, kind)
    assert list(frame.columns[:3]) == ["model", "source", "index"]
    assert set(frame["source"]) == {"6-res-jb", "7-res-jb"}
    assert set(frame["index"]) == {650, 7}
    for name in frame.columns:
        column = frame[name]
        if column.dtype == object:
            assert all(value is None or isinstance(value, str) for value in column), name


@pytest.mark.parametrize(
    ("kind", "rows"),
    [("summary", 2), ("activations", 18), ("tokens", 216), ("logits", 10), ("histograms", 14), ("explanations", 2)],
)
def test_each_kind_has_its_rows(features: list[Feature], kind: Any, rows: int) -> None:
    assert len(to_dataframe(features, kind)) == rows


@pytest.mark.parametrize("kind", KINDS)
def test_no_features_make_an_empty_frame_with_all_columns(features: list[Feature], kind: Any) -> None:
    empty = to_dataframe([], kind)
    assert len(empty) == 0
    assert list(empty.columns) == list(to_dataframe(features, kind).columns)


def test_the_tokens_frame_holds_each_token_with_its_value(features: list[Feature]) -> None:
    frame = features[0].to_dataframe("tokens")
    first = frame[frame["example"] == 0]
    assert first["token"].tolist() == list(features[0].activations[0].tokens)
    assert first["value"].tolist() == features[0].activations[0].values.tolist()
    assert first["position"].tolist() == list(range(12))
    assert frame["value"].dtype == np.float64


def test_texts_of_different_lengths_keep_their_positions() -> None:
    rows = [
        activation_row(0, n_tokens=3),
        activation_row(1, n_tokens=0, values=[]),
        activation_row(2, n_tokens=5),
    ]
    frame = Feature.from_json(feature_row(activations=rows)).to_dataframe("tokens")
    assert frame["position"].tolist() == [0, 1, 2, 0, 1, 2, 3, 4]
    assert frame["example"].tolist() == [0, 0, 0, 2, 2, 2, 2, 2]


def test_unknown_numbers_are_nan_and_unknown_indices_are_missing_integers() -> None:
    feature = Feature.from_json(feature_row(frac_nonzero=-1, pos_values=[-10000, 1, 2]))
    assert np.isnan(feature.to_dataframe()["density"][0])
    assert np.isnan(feature.to_dataframe("logits")["value"][0])
    assert feature.to_dataframe("activations")["dfa_target_index"].dtype == pd.Int64Dtype()


def test_logits_are_readable_beside_their_raw_form(features: list[Feature]) -> None:
    frame = features[0].to_dataframe("logits")
    city = frame[frame["token"] == "Ġcity"].iloc[0]
    assert (city["text"], city["side"], city["rank"], city["value"]) == (" city", "promoted", 2, 1.11)


def test_activations_make_frames_of_their_own(features: list[Feature]) -> None:
    activations = features[0].activations
    assert len(to_dataframe(activations[0])) == 1
    assert to_dataframe(list(activations), "tokens").equals(features[0].to_dataframe("tokens"))


@pytest.mark.parametrize(
    ("x", "kind"),
    [([1], None), (["gpt2-small/6-res-jb/650"], None), ([None], "tokens")],
)
def test_what_no_frame_can_be_made_of_is_refused(x: Any, kind: Any) -> None:
    with pytest.raises(InvalidRequest, match="No frame can be made"):
        to_dataframe(x, kind)


def test_kinds_that_do_not_exist_are_refused_with_those_that_do(features: list[Feature]) -> None:
    with pytest.raises(InvalidRequest, match="Kinds: summary"):
        to_dataframe(features, "logit")  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="Kinds: activations, tokens"):
        to_dataframe(features[0].activations[0], "logits")
    with pytest.raises(InvalidRequest, match="mixed"):
        to_dataframe([features[0], features[0].activations[0]])  # type: ignore[arg-type]


def test_many_features_share_no_memory_by_accident() -> None:
    feature = Feature.from_json(bench_row(4, 16))
    frame = to_dataframe([feature, feature], "tokens")
    frame.loc[0, "value"] = 999.0
    assert feature.activations[0].values[0] != 999.0


def test_variants_stand_beside_their_base_token_by_token() -> None:
    rows = [
        activation_row(0, tokens=["a", " b", " c"], values=[0.0, 2.0, 1.0]),
        activation_row(1, tokens=["a", " x", " c", " d"], values=[0.0, 5.0, 0.5, 3.0]),
        activation_row(2, tokens=["a", " c"], values=[0.0, 4.0]),
    ]
    frame = to_dataframe(Feature.from_json(feature_row(activations=rows)).activations, "variants")
    assert list(frame.columns[:3]) == ["model", "source", "index"]
    found = {number: frame[frame["variant"] == number] for number in range(3)}
    assert found[0]["difference"].tolist() == [0.0, 0.0, 0.0]
    assert found[1]["change"].tolist() == ["same", "replaced", "same", "inserted"]
    assert found[1]["difference"].tolist()[:3] == [0.0, 3.0, -0.5]
    assert np.isnan(found[1]["difference"].tolist()[3])
    assert found[1]["base_token"].tolist() == ["a", " b", " c", None]
    assert found[2]["change"].tolist() == ["same", "deleted", "same"]
    assert found[2]["position"].tolist() == [0, pd.NA, 1]
    assert found[2]["token"].tolist() == ["a", None, " c"]
    wide = frame.pivot_table(index="column", columns="variant", values="value")
    assert wide.to_numpy()[2].tolist() == [1.0, 0.5, 4.0]


def test_each_feature_has_a_base_of_its_own() -> None:
    def runs(index: str, *values: float) -> list[Any]:
        rows = [activation_row(tokens=["a"], values=[value], index=index) for value in values]
        return list(Feature.from_json(feature_row(activations=rows)).activations)

    frame = to_dataframe([*runs("1", 1.0, 3.0), *runs("2", 5.0, 4.0)], "variants")
    assert frame["difference"].tolist() == [0.0, 2.0, 0.0, -1.0]
    assert frame["index"].tolist() == [1, 1, 2, 2]
