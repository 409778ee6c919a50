"""Steering runs as frames."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from np_widgets import DemoSource, InvalidRequest, demo, to_dataframe
from np_widgets.models import FeatureRef, SteeredLogits, SteerRequest, SteerResult, SteerText, TokenLogprob

SOURCE = DemoSource()
SEA = FeatureRef(SOURCE.model, demo.VECTOR_SOURCE_ID, 0)
SPACE = SEA.with_index(3)


def run(**asked: Any) -> SteerResult:
    (result,) = SOURCE.steer(SteerRequest.make(**asked, n_tokens=12), stream=False)
    return result


@pytest.fixture(scope="module")
def results() -> list[SteerResult]:
    one = SteerRequest.make({"gpt2-small/6-res-jb/5": 40}, "Once", seed=3)
    broken = SteerResult(
        request=one, steered=SteerText(text="A"), interrupted="It broke.", id="x1", share_url="https://a/x1"
    )
    return [
        run(features={SEA: 3.5, SPACE: -2}, prompt="Yesterday we", temperature=0.8, multiplier=0.5),
        run(features=SOURCE.steering_presets(SOURCE.model)[0].features, messages="Where are you going?"),
        broken,
    ]  # fmt: skip


def test_one_row_per_run_with_all_that_was_set_and_said(results: list[SteerResult]) -> None:
    frame = to_dataframe(results)
    assert frame["run"].tolist() == [0, 1, 2]
    assert frame["model"].tolist() == ["demo-tiny", "demo-tiny", "gpt2-small"]
    assert frame["prompt"].tolist() == ["Yesterday we", "Where are you going?", "Once"]
    assert frame["is_chat"].tolist() == [False, True, False]
    assert frame["n_features"].tolist() == [2, 1, 1]
    assert frame["temperature"].tolist() == [0.8, 0.5, 0.5]
    assert frame["multiplier"].tolist() == [0.5, 1, 1]
    assert frame["n_tokens"].tolist() == [12, 12, 64]
    assert frame["seed"].tolist() == [16, 16, 3]
    assert frame["method"].tolist() == ["additive"] * 3
    assert frame["steered"].tolist() == [result.steered.text for result in results if result.steered]
    assert frame["default"].isna().tolist() == [False, False, True]
    assert frame["is_complete"].tolist() == [True, True, False]
    assert frame["interrupted"].tolist() == [None, None, "It broke."]
    assert (frame["id"].iloc[2], frame["share_url"].iloc[2]) == ("x1", "https://a/x1")


def test_columns_have_types_of_their_own(results: list[SteerResult]) -> None:
    frame = to_dataframe(results, "runs")
    assert (frame[["temperature", "multiplier", "frequency_penalty"]].dtypes == np.float64).all()
    assert (frame[["run", "n_features", "n_tokens", "seed"]].dtypes == np.int64).all()
    assert (frame[["is_chat", "is_complete", "special_tokens", "assistant_axis"]].dtypes == np.bool_).all()
    assert isinstance(frame["model"].dtype, pd.CategoricalDtype)


def test_one_row_per_run_and_feature_that_can_be_joined_with_the_features(results: list[SteerResult]) -> None:
    frame = to_dataframe(results, "features")
    assert frame["run"].tolist() == [0, 0, 1, 2]
    assert frame["strength"].tolist()[:2] == [3.5, -2]
    assert frame["multiplier"].tolist() == [0.5, 0.5, 1, 1]
    assert frame["explanation"].isna().tolist() == [True, True, False, True]
    assert frame["steered"].tolist()[0] == frame["steered"].tolist()[1]
    summary = to_dataframe(SOURCE.get_features([SEA, SPACE]))
    joined = frame.merge(summary, on=["model", "source", "index"], suffixes=("", "_of_feature"))
    assert joined["index"].tolist()[:2] == [0, 3]


def test_one_row_per_token_where_the_source_tells_of_them(results: list[SteerResult]) -> None:
    frame = to_dataframe(results, "tokens")
    assert set(frame["run"]) == {0, 1}
    assert frame["side"].cat.categories.tolist() == ["default", "steered"]
    for number, side in ((0, "default"), (0, "steered"), (1, "steered")):
        own = frame[(frame["run"] == number) & (frame["side"] == side)]
        assert own["position"].tolist() == list(range(len(own)))
        assert "".join(own["token"]) == getattr(results[number], side).text
    assert (frame["logprob"] <= 0).all()
    assert (frame["likeliest_logprob"] >= frame["logprob"]).all()
    is_best = frame["likeliest"] == frame["token"]
    assert is_best.any()
    assert (frame["logprob"] == frame["likeliest_logprob"])[is_best].all()


def test_runs_without_tokens_have_a_frame_without_rows(results: list[SteerResult]) -> None:
    frame = to_dataframe(results[2], "tokens")
    assert len(frame) == 0
    assert list(frame.columns) == list(to_dataframe(results[0], "tokens").columns)
    assert frame["logprob"].dtype == np.float64


def test_a_run_makes_its_own_frame_and_other_kinds_are_refused(results: list[SteerResult]) -> None:
    assert results[0].to_dataframe().equals(to_dataframe(results[0], "runs"))
    with pytest.raises(InvalidRequest, match=r"SteerResult has no frame 'wide'. Kinds: runs, features, tokens"):
        results[0].to_dataframe("wide")


def test_texts_steered_at_single_tokens_have_tokens_alone() -> None:
    text = SteerText(text="a", tokens=(TokenLogprob(token="a", logprob=-1.0),))
    frame = SteeredLogits(model="m", prompt="p", default=text, steered=text).to_dataframe()
    assert frame["side"].tolist() == ["default", "steered"]
    assert frame["likeliest"].tolist() == [None, None]
