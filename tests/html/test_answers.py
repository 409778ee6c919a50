"""Answers to questions as static HTML."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from np_widgets import DemoSource, Feature
from np_widgets.html import answer_html
from np_widgets.models import (
    Answer,
    Explanation,
    ExplanationMatch,
    ExplanationMatches,
    ExplanationScore,
    FeatureRef,
    NearestFeature,
    NearestFeatures,
    SourceActivations,
    SteeredLogits,
    SteerResult,
    TokenFeatureMatch,
    TokenFeatureMatches,
    TokenMatches,
    TopFeatureMatch,
    TopFeatureMatches,
)
from np_widgets.models.interp import Explained, ExplanationReport, Scored, ScoreReport
from np_widgets.models.lists import ListEntry, SavedList
from np_widgets.models.uploads import Refusal
from tests.html.reading import ATTRIBUTES, HOSTILE, SEEN, TAGS, read
from tests.rows import activation_row, feature_row

NAME: dict[str, Any] = {"model": "m", "source": "s"}
SOURCE = DemoSource()
TEXT = "The sailor saw a whale beside the harbour."


def feature(**changes: Any) -> Feature:
    row = activation_row(tokens=HOSTILE, values=[1.0] * len(HOSTILE), maxValueTokenIndex=0)
    said = [{"description": HOSTILE[1], "explanationModelName": None, "typeName": None}]
    return Feature.from_json(feature_row(activations=[row], explanations=said, pos_str=HOSTILE[:3], **changes))


def hostile() -> list[Answer]:
    values = np.ones(len(HOSTILE))
    top = TopFeatureMatch(**NAME, index=1, values=values, peak=1.0, peak_index=0, feature=feature())
    by_token = TokenFeatureMatch(**NAME, index=1, value=2.0, feature=feature())
    explained = ExplanationMatch(
        **NAME, index=1, text=HOSTILE[1], author_model=HOSTILE[3], method=HOSTILE[2], cosine=0.5, feature=feature()
    )
    whole: dict[str, Any] = {"tokens": tuple(HOSTILE), "warnings": (HOSTILE[0],)}
    return [
        ExplanationMatches(query=HOSTILE[0], matches=(explained,), interrupted=HOSTILE[3], warnings=(HOSTILE[0],)),
        TopFeatureMatches(
            text=HOSTILE[0], model=HOSTILE[0], source_set=HOSTILE[1], matches=(top,), sort_positions=(0, 1), **whole
        ),
        TokenFeatureMatches(
            text=HOSTILE[0],
            model=HOSTILE[0],
            source=HOSTILE[3],
            matches=tuple(TokenMatches(position=n, token=t, matches=(by_token,)) for n, t in enumerate(HOSTILE)),
        ),
        SourceActivations(
            text=HOSTILE[0], **NAME, positions=np.arange(7), indices=np.zeros(7, np.int64), values=values, **whole
        ),
        NearestFeatures(
            ref=FeatureRef("m", "s", 1),
            model=HOSTILE[0],
            source=HOSTILE[3],
            matches=(NearestFeature(**NAME, index=2, cosine=0.5),),
        ),
        *own(),
    ]


def own() -> list[SavedList | ExplanationReport | ScoreReport]:
    """A list, and what came of explaining and of scoring, all with text that others wrote."""
    said = Explanation(text=HOSTILE[1], author_model=HOSTILE[3], method=HOSTILE[2], id="a")
    score = ExplanationScore(value=0.75, method=HOSTILE[2], scorer=HOSTILE[3])
    failed = (Refusal(name="m/s/2", reason=HOSTILE[0]),)
    entry = ListEntry(**NAME, index=1, description=HOSTILE[0], feature=feature())
    scored = Scored(**NAME, index=1, explanation=said, score=score)
    return [
        SavedList(id="a", name=HOSTILE[0], description=HOSTILE[1], matches=(entry,), warnings=(HOSTILE[0],)),
        ExplanationReport(
            matches=(Explained(**NAME, index=1, explanation=said),),
            failed=failed,
            interrupted=HOSTILE[3],
            remaining=(FeatureRef("m", "s", 3),),
        ),
        ScoreReport(matches=(scored,), failed=failed),
    ]


def test_every_answer_is_drawn_and_framed() -> None:
    kinds = {type(answer) for answer in hostile()} | {SteerResult, SteeredLogits}
    assert {kind for kind in descendants(Answer) if not descendants(kind) and "[" not in kind.__name__} == kinds
    for answer in own():
        (row,) = answer.to_dataframe().to_dict("records")
        assert (row["model"], row["source"], row["index"], row["explanation"]) == ("m", "s", 1, HOSTILE[1])
        assert answer_html(answer) == answer._repr_html_()


def descendants(kind: type) -> list[type]:
    children: list[type] = kind.__subclasses__()
    return [each for child in children for each in (child, *descendants(child))]


def test_list_and_reports_say_what_came_of_them() -> None:
    saved, explained, scored = (read(answer_html(answer)).text for answer in own())
    assert "1 feature" in saved
    assert "1 explanation made" in explained
    assert "1 failed" in explained
    assert "Interrupted, 1 not tried" in explained
    assert "score 0.75" in scored
    assert "feature" not in read(answer_html(SavedList(id="a", name="Listed without them"))).text


@pytest.mark.parametrize("answer", hostile(), ids=lambda answer: type(answer).__name__)
def test_hostile_text_is_shown_and_not_obeyed_by_tags_that_the_sanitiser_keeps(answer: Answer) -> None:
    reader = read(answer_html(answer))
    assert reader.tags <= TAGS
    assert reader.attributes <= ATTRIBUTES
    assert "var(" not in reader.styles
    assert HOSTILE[0] in reader.text
    if not isinstance(answer, (NearestFeatures, SavedList, ExplanationReport, ScoreReport)):  # these draw no tokens
        assert all(text in reader.text for text in SEEN)
    assert answer._repr_html_() == answer_html(answer)


def test_explanations_stand_with_what_is_known_of_their_features() -> None:
    answer = SOURCE.search_explanations("cities", model=SOURCE.model, sources=[SOURCE.source], limit=30)
    text = read(answer_html(answer)).text
    first = answer[0]
    assert first.feature is not None
    assert "30 explanations near cities · demo-tiny/2-demo-sae" in text
    assert f"{first.ref} cosine {first.cosine:.3f} · fires on {first.feature.density:.3%} of tokens" in text
    assert "promotes ·" in text
    assert "18 more explanations, and others from offset=30" in text
    assert "A small demo model on generated text" in text
    assert "by the embedded demo model" in text


def test_an_explanation_has_its_strongest_example_on_one_line() -> None:
    rows = [
        activation_row(tokens=["weak"], values=[1.0], maxValue=1.0, maxValueTokenIndex=0),
        activation_row(tokens=["a\n", "b"], values=[0.0, 4.0], maxValue=4.0, maxValueTokenIndex=1),
    ]
    match = ExplanationMatch(
        model="m", source="s", index=1, text="x", feature=Feature.from_json(feature_row(activations=rows))
    )
    html = answer_html(ExplanationMatches(query="x y z", matches=(match,)))
    assert "a↵" in read(html).text
    assert "<br>" not in html
    assert "weak" not in html


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"interrupted": "The limit is used up."}, "interrupted: The limit is used up."),
        ({"matches": ()}, "0 explanations near cities · everythingNone found."),
        ({"release": "gpt2sm-res-jb"}, "· gpt2sm-res-jb"),
        ({"model": "gpt2-small"}, "· gpt2-small"),
        ({"next_offset": 20}, "others from offset=20"),
        ({"warnings": ("One was left out.",)}, "1 warningOne was left out."),
        ({}, "no more is known of it"),
    ],
)
def test_a_search_says_where_and_what_is_missing(changes: dict[str, Any], said: str) -> None:
    match = ExplanationMatch(model="m", source="s", index=1, text="x")
    answer = ExplanationMatches(query="cities", matches=(match,))
    assert said in read(answer_html(msgspec.structs.replace(answer, **changes))).text


def test_top_features_repeat_the_text_with_each_features_colours() -> None:
    place: dict[str, Any] = {"model": SOURCE.model, "source_set": SOURCE.source_set}
    (answer,) = SOURCE.top_features(TEXT, **place, sort_positions=[4], limit=30)
    html = answer_html(answer)
    text = read(html).text
    assert text.count(TEXT) == 12
    assert f"{len(answer)} features of demo-tiny/demo-sae that fire on the text, sorted by their sum at ·a" in text
    assert f"peak {answer[0].peak:.4g} · fires on {answer[0].feature.density:.3%} of tokens" in text  # type: ignore[union-attr]
    largest = max(match.peak or 0 for match in answer.matches[:12])
    assert f"One scale for all: 0 to {largest:.4g}." in text
    assert f"{len(answer) - 12} more features" in text
    assert html.count("rgba(52,211,153,1.00)") == 1


def test_tokens_stand_with_their_strongest_features() -> None:
    (answer,) = SOURCE.top_features_by_token(TEXT, model=SOURCE.model, source=SOURCE.source, density_threshold=None)
    html = answer_html(answer)
    text = read(html).text
    for token in answer:
        assert f"{token.matches[0].index}: {token.matches[0].value:.3g}" in text
        assert ((token.matches[0].feature and token.matches[0].feature.explanation) or "missing") in text
    assert html.count("<tr>") == len(answer)
    assert "+5" in text


def test_a_token_at_which_nothing_fires_keeps_its_row() -> None:
    answer = TokenFeatureMatches(
        text="a b",
        model="m",
        source="s",
        matches=tuple(TokenMatches(position=n, token=f" t{n}") for n in range(102)),
    )
    html = answer_html(answer)
    assert html.count("<tr>") == 100
    assert "2 more tokens" in html
    assert "rgba(" not in html


def test_a_whole_source_shows_its_strongest_features() -> None:
    (answer,) = SOURCE.activate_source(TEXT, model=SOURCE.model, source=SOURCE.source)
    text = read(answer_html(answer)).text
    strongest = int(answer.indices[answer.values.argmax()])
    assert f"{len(answer)} features of demo-tiny/2-demo-sae fire on the text · the strongest first" in text
    assert f"is a toy.demo-tiny/2-demo-sae/{strongest}peak {answer.values.max():.4g}" in text
    assert text.count(TEXT) == 12


def test_near_features_have_bars_of_their_cosine() -> None:
    matches = tuple(NearestFeature(model="m", source="s", index=n, cosine=c) for n, c in enumerate((0.5, -0.25, None)))
    html = answer_html(NearestFeatures(ref=FeatureRef("m", "s", 9), model="m", source="s", matches=matches))
    assert "3 features of m/s near m/s/9" in read(html).text
    assert "rgba(52,211,153,0.8);width:60px" in html
    assert "rgba(251,113,133,0.8);width:30px" in html
    assert "+0.500" in html
    assert "-0.250" in html
    assert "unknown" in html


def test_features_of_a_site_are_linked() -> None:
    linked = msgspec.structs.replace(feature(), site="https://www.neuronpedia.org")
    match = TopFeatureMatch(model="m", source="s", index=1, values=np.ones(1), peak=1.0, peak_index=0, feature=linked)
    answer = TopFeatureMatches(text="a", model="m", source_set="s", tokens=("a",), matches=(match,))
    assert '<a href="https://www.neuronpedia.org/gpt2-small/6-res-jb/650">' in answer_html(answer)


@pytest.mark.parametrize(
    "answer",
    [
        TopFeatureMatches(text="a", model="m", source_set="s"),
        TokenFeatureMatches(text="a", model="m", source="s"),
        NearestFeatures(ref=FeatureRef("m", "s", 9), model="m", source="s"),
        SourceActivations(
            text="a",
            model="m",
            source="s",
            tokens=("<bos>", "a"),
            positions=np.array([], dtype=np.int64),
            indices=np.array([], dtype=np.int64),
            values=np.array([]),
        ),
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_nothing_found_says_so(answer: Answer) -> None:
    assert "None found." in read(answer_html(answer)).text
