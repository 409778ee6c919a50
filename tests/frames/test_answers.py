"""Answers to questions as frames, made of the demo model's own answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from np_widgets import DemoSource, InvalidRequest, to_dataframe
from np_widgets.models import (
    ExplanationMatch,
    ExplanationMatches,
    NearestFeatures,
    SourceActivations,
    TokenFeatureMatches,
    TokenMatches,
    TopFeatureMatches,
)

if TYPE_CHECKING:
    from np_widgets.models import Answer

KEYS = ["model", "source", "index"]
TEXTS = ["The sailor saw a whale.", "On Monday Anna went to Paris."]
SOURCE = DemoSource()
PLACE: dict[str, Any] = {"model": DemoSource.model, "source": DemoSource.source}
REF = f"{DemoSource.model}/{DemoSource.source}/7"
KINDS = [
    ("explanations", "matches"),
    ("top", "matches"),
    ("top", "tokens"),
    ("by_token", "matches"),
    ("source", "values"),
    ("near", "matches"),
]


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    place: dict[str, Any] = {"model": DemoSource.model, "source_set": DemoSource.source_set}
    return {
        "explanations": [SOURCE.search_explanations("cities", limit=5), SOURCE.search_explanations("snow", limit=3)],
        "top": SOURCE.top_features(TEXTS, **place, limit=4, sort_positions=[3, 2]),
        "by_token": SOURCE.top_features_by_token(TEXTS, **PLACE, density_threshold=None, limit=3),
        "source": SOURCE.activate_source(TEXTS, **PLACE),
        "near": [SOURCE.nearest_features(REF), SOURCE.nearest_features((*REF.split("/")[:2], 9))],
    }


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_every_row_knows_its_feature_and_can_be_joined_with_the_summary(
    answers: dict[str, Any], name: str, kind: Any
) -> None:
    frame = to_dataframe(answers[name], kind)
    refs = [SOURCE.model + f"/{SOURCE.source}/{index}" for index in frame["index"].unique()]
    summary = to_dataframe(SOURCE.get_features(refs, max_activations=1))
    assert list(frame.columns[:3]) == KEYS
    for key in KEYS:
        assert isinstance(frame[key].dtype, type(summary[key].dtype))
    joined = frame.merge(summary, on=KEYS, how="left", suffixes=("", "_of_feature"), validate="many_to_one")
    assert len(joined) == len(frame) > 0
    assert joined["max_activation"].notna().all()


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_columns_have_types_of_their_own(answers: dict[str, Any], name: str, kind: Any) -> None:
    frame = to_dataframe(answers[name], kind)
    for column in frame.columns:
        if frame[column].dtype == object:
            assert all(value is None or isinstance(value, str) for value in frame[column]), column
    numbers = frame.columns.intersection(["value", "cosine", "peak", "sort_value", "density", "max_activation"])
    assert len(numbers) > 0
    assert (frame[numbers].dtypes == np.float64).all()
    assert (frame[frame.columns.intersection(["index", "rank", "position"])].dtypes == np.int64).all()


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_one_answer_has_the_rows_that_it_has_among_several(answers: dict[str, Any], name: str, kind: Any) -> None:
    several = to_dataframe(answers[name], kind)
    alone = [answer.to_dataframe(kind) for answer in answers[name]]
    assert len(several) == sum(map(len, alone))
    for column in several.columns:
        assert several[column].tolist() == [value for frame in alone for value in frame[column]]


def test_the_first_kind_is_the_default(answers: dict[str, Any]) -> None:
    kind: Any
    for name, kind in KINDS:
        if (name, kind) != ("top", "tokens"):
            assert answers[name][0].to_dataframe().equals(to_dataframe(answers[name][0], kind))


def test_explanations_stand_by_query_and_rank(answers: dict[str, Any]) -> None:
    frame = to_dataframe(answers["explanations"])
    assert frame["query"].tolist() == ["cities"] * 5 + ["snow"] * 3
    assert frame["rank"].tolist() == [0, 1, 2, 3, 4, 0, 1, 2]
    first = answers["explanations"][0][0]
    row = frame.iloc[0]
    assert (row["explanation"], row["cosine"], row["method"]) == (first.text, first.cosine, "np_demo-overlap")
    assert (row["density"], row["promoted"]) == (first.feature.density, first.feature.promoted.tokens[0])


def test_the_explanation_is_the_one_that_matched_and_not_the_features_first() -> None:
    feature = SOURCE.get_feature(REF)
    match = ExplanationMatch(model="m", source="s", index=1, text="its second", feature=feature)
    answer = ExplanationMatches(query="x y z", matches=(match,))
    assert answer.to_dataframe()["explanation"].tolist() == ["its second"]


def test_top_features_have_their_peak_and_what_sorts_them(answers: dict[str, Any]) -> None:
    frame = to_dataframe(answers["top"])
    matches = [(answer, match) for answer in answers["top"] for match in answer]
    for (answer, match), (_, row) in zip(matches, frame.iterrows(), strict=True):
        assert (row["text"], row["index"], row["peak"]) == (answer.text, match.index, match.peak)
        assert (row["peak_index"], row["peak_token"]) == (match.peak_index, answer.tokens[match.peak_index])
        assert row["sort_value"] == match.values[[2, 3]].sum()
        assert (row["explanation"], row["density"]) == (match.feature.explanation, match.feature.density)


def test_without_chosen_tokens_the_peak_sorts() -> None:
    (answer,) = SOURCE.top_features(TEXTS[0], model=SOURCE.model, source_set=SOURCE.source_set, limit=3)
    assert answer.to_dataframe()["sort_value"].tolist() == [match.peak for match in answer]


def test_every_token_of_every_top_feature_is_a_row(answers: dict[str, Any]) -> None:
    frame = to_dataframe(answers["top"], "tokens")
    rows = [
        (match.index, answer.text, position, token, match.values[position])
        for answer in answers["top"]
        for match in answer
        for position, token in enumerate(answer.tokens)
    ]
    columns = ["index", "text", "position", "token", "value"]
    assert list(frame[columns].itertuples(index=False, name=None)) == rows


def test_tokens_name_their_features_in_order(answers: dict[str, Any]) -> None:
    frame = to_dataframe(answers["by_token"])
    rows = [
        (match.index, answer.text, token.position, token.token, rank, match.value)
        for answer in answers["by_token"]
        for token in answer
        for rank, match in enumerate(token.matches)
    ]
    columns = ["index", "text", "position", "token", "rank", "value"]
    assert list(frame[columns].itertuples(index=False, name=None)) == rows
    assert not frame["is_special"].any()
    assert frame["explanation"].notna().all()


def test_values_of_a_source_are_those_that_are_not_zero(answers: dict[str, Any]) -> None:
    frame = to_dataframe(answers["source"])
    first = answers["source"][0]
    mine = frame[frame["text"] == first.text]
    assert mine["value"].tolist() == first.values.tolist()
    assert mine["token"].tolist() == [first.tokens[position] for position in first.positions]
    assert (mine["value"] > 0).all()
    pivot = mine.pivot_table(index="position", columns="index", values="value", fill_value=0.0)
    np.testing.assert_array_equal(pivot.to_numpy(), first.dense()[pivot.index])


def test_near_features_know_to_what(answers: dict[str, Any]) -> None:
    frame = to_dataframe(answers["near"])
    assert frame["near_to"].unique().tolist() == [REF, REF.replace("/7", "/9")]
    assert frame["cosine"].tolist() == [match.cosine for answer in answers["near"] for match in answer]


@pytest.mark.parametrize(
    ("nothing", "kinds"),
    [
        (ExplanationMatches(query="x y z"), ["matches"]),
        (TopFeatureMatches(text="a", model="m", source_set="s", tokens=("<bos>", "a")), ["matches", "tokens"]),
        (TopFeatureMatches(text="", model="m", source_set="s"), ["matches", "tokens"]),
        (TokenFeatureMatches(text="a", model="m", source="s"), ["matches"]),
        (
            TokenFeatureMatches(
                text="a",
                model="m",
                source="s",
                matches=(TokenMatches(position=1, token="a"),),
            ),
            ["matches"],
        ),
        (NearestFeatures(ref=SOURCE.get_feature(REF).ref, model="m", source="s"), ["matches"]),
        (
            SourceActivations(
                text="a",
                model="m",
                source="s",
                tokens=("<bos>",),
                positions=np.array([], dtype=np.int64),
                indices=np.array([], dtype=np.int64),
                values=np.array([]),
            ),
            ["values"],
        ),
    ],
)
def test_nothing_found_is_an_empty_frame_with_all_columns(
    answers: dict[str, Any], nothing: Answer, kinds: list[Any]
) -> None:
    whole = next(group for group in answers.values() if type(group[0]) is type(nothing))
    for kind in kinds:
        frame, full = to_dataframe(nothing, kind), to_dataframe(whole, kind)
        assert len(frame) == 0
        assert list(frame.columns) == list(full.columns)
        for column in frame.columns:
            assert type(frame[column].dtype) is type(full[column].dtype), column


def test_what_the_database_lacks_is_missing_and_not_zero() -> None:
    match = ExplanationMatch(model="m", source="s", index=1, text="x")
    frame = ExplanationMatches(query="x y z", matches=(match,)).to_dataframe()
    assert frame[["cosine", "density", "max_activation"]].isna().all(axis=None)
    assert frame["promoted"].tolist() == [None]


def test_a_frame_can_be_changed_and_the_answer_stays_as_it_is(answers: dict[str, Any]) -> None:
    answer = answers["source"][0]
    frame = answer.to_dataframe()
    frame.loc[0, "value"] = 999.0
    frame.loc[0, "index"] = 999
    assert 999 not in answer.values
    assert 999 not in answer.indices
    tokens = answers["top"][0].to_dataframe("tokens")
    tokens["value"] += 1
    assert answers["top"][0].values.min() == 0


def test_kinds_that_an_answer_has_not_are_refused_with_those_it_has(answers: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match=r"ExplanationMatches has no frame 'tokens'\. Kinds: matches\."):
        answers["explanations"][0].to_dataframe("tokens")
    with pytest.raises(InvalidRequest, match="Kinds: matches, tokens, wide"):
        to_dataframe(answers["top"], "summary")


def test_answers_to_different_questions_make_no_frame_together(answers: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match="NearestFeatures mixed with TopFeatureMatches"):
        to_dataframe([answers["top"][0], answers["near"][0]])
    with pytest.raises(InvalidRequest, match="No frame can be made of ExplanationMatch"):
        to_dataframe(list(answers["explanations"][0]))
    with pytest.raises(InvalidRequest, match="Activation mixed with Answer"):
        to_dataframe([answers["top"][0], SOURCE.activate(REF, "x")[0]])


def test_a_hundred_features_on_two_hundred_tokens_stay_small() -> None:
    """Text and names are one number a row each, however long they are."""
    (answer,) = SOURCE.top_features("the fox " * 100, model=SOURCE.model, source_set=SOURCE.source_set, limit=100)
    frame = answer.to_dataframe("tokens")
    assert len(frame) == len(answer) * len(answer.tokens) > 15_000
    assert isinstance(frame["text"].dtype, pd.CategoricalDtype)
    assert frame.drop(columns="token").memory_usage(index=False).sum() < 40 * len(frame)
