"""Which features fire at each token, and where else: the filter, the chosen token and feature, what goes wrong."""

from __future__ import annotations

from threading import Event
from typing import Any

import numpy as np
import pytest
from traitlets import TraitError

from np_widgets import DemoSource, FeatureRef, InvalidRequest, ServerError, TokenFeatures
from np_widgets.models import Activation
from np_widgets.widgets.whereabouts import values_at
from tests.widgets.firing import LOST, MODEL, SAE, UNKNOWN, FiringSource, tokens_of, values_of

TEXT = "Anna lost her kite and she was sad"


def by_token(text: str = TEXT, origin: FiringSource | None = None, **options: Any) -> TokenFeatures:
    return TokenFeatures(text, model=MODEL, source=SAE, origin=origin or FiringSource(), **options)


def listed(widget: TokenFeatures) -> dict[int, list[int]]:
    assert widget.matches is not None
    return {token.position: [match.index for match in token.matches] for token in widget.matches}


def test_each_token_has_its_strongest_features_that_the_threshold_lets_pass() -> None:
    widget = by_token(limit=3, density_threshold=0.01)
    for position, indices in listed(widget).items():
        values = {index: values_of(index, tokens_of(TEXT))[position] for index in range(20)}
        values |= {index: values_of(index, tokens_of(TEXT))[position] for index in LOST | UNKNOWN}
        firing = sorted((index for index in values if values[index] > 0), key=lambda index: -values[index])
        assert indices == firing[:3]
    widget.keep_unknown = False
    assert not {index for indices in listed(widget).values() for index in indices} & (LOST | UNKNOWN)


def test_the_threshold_and_the_limit_ask_nothing() -> None:
    origin = FiringSource()
    widget = by_token(origin=origin)
    few = sum(map(len, listed(widget).values()))
    widget.density_threshold = None
    widget.limit = 20
    assert sum(map(len, listed(widget).values())) > few
    assert origin.asked == [(TEXT, 20)]


def test_a_place_must_be_a_token_s() -> None:
    widget = by_token(position=3)
    assert widget.position == 3
    with pytest.raises(TraitError, match="position is 0, but the tokens stand at 1 to 8"):
        widget.position = 0
    widget.text = "the kite"
    widget.wait()
    assert widget.position is None


def test_a_chosen_feature_is_run_where_the_lists_may_leave_it_out() -> None:
    origin = FiringSource(200)
    widget = by_token(origin=origin)
    widget.selected = (MODEL, SAE, 77)
    widget.wait()
    assert (77, TEXT) in origin.asked
    assert widget._where is not None
    np.testing.assert_allclose(widget._where["values"], values_of(77, tokens_of(TEXT))[1:])
    assert widget.dashboard is not None
    widget.selected = None
    assert widget._where is None


def test_what_the_lists_tell_is_not_asked_for() -> None:
    origin = FiringSource(10)
    widget = by_token(origin=origin, selected=(MODEL, SAE, 7))
    widget.wait()
    assert widget._where is None
    assert (7, TEXT) not in origin.asked


def test_a_run_that_fails_says_so_and_can_be_tried_again() -> None:
    origin = FiringSource(200)
    origin.errors["run", 77] = ServerError("No host.")
    widget = by_token(origin=origin, selected=(MODEL, SAE, 77))
    widget.wait()
    assert widget._where is not None
    assert widget._where["error"]["message"] == "No host."
    assert widget.error is None
    del origin.errors["run", 77]
    widget._command = {"name": "where", "n": 1}
    widget.wait()
    assert "values" in widget._where


def test_the_run_of_a_feature_that_was_left_is_dropped() -> None:
    origin = FiringSource(200)
    origin.gates["run", 77] = Event()
    widget = by_token(origin=origin, selected=(MODEL, SAE, 77))
    widget.selected = (MODEL, SAE, 78)
    origin.gates["run", 77].set()
    widget.wait()
    assert widget._where is not None
    assert widget._where["ref"] == f"{MODEL}/{SAE}/78"


def test_values_of_a_run_stand_at_the_tokens_that_the_answer_counts() -> None:
    answer = FiringSource().top_features_by_token(TEXT, model=MODEL, source=SAE, density_threshold=None)[0]
    tokens = tokens_of(TEXT)
    values = np.arange(len(tokens), dtype=np.float64)
    whole = Activation(tokens=tokens, values=values)
    without = Activation(tokens=tokens[1:], values=values[1:])
    assert values_at(answer, whole) == values_at(answer, without) == list(range(1, len(tokens)))
    with pytest.raises(Exception, match="cut the text into other tokens"):
        values_at(answer, Activation(tokens=("Anna",), values=values[:1]))


def test_a_value_that_is_not_known_stays_unknown() -> None:
    answer = FiringSource().top_features_by_token("Anna lost", model=MODEL, source=SAE, density_threshold=None)[0]
    run = Activation(tokens=("Anna", " lost"), values=np.array([np.nan, 2.0]))
    assert values_at(answer, run) == [None, 2.0]


def test_a_changed_text_is_asked_about_and_the_latest_wins() -> None:
    origin = FiringSource()
    widget = by_token(origin=origin)
    origin.gates["slow one"] = Event()
    widget.text = "slow one"
    assert widget.busy == "features"
    widget.text = "the kite"
    origin.gates["slow one"].set()
    widget.wait()
    assert widget.matches is not None
    assert widget.matches.text == "the kite"


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_text_is_refused_in_its_place_before_a_request(text: str) -> None:
    origin = FiringSource()
    widget = by_token(text, origin=origin)
    assert widget.error is not None
    assert "empty" in widget.error["message"]
    assert origin.asked == []


def test_an_error_stands_where_the_features_would_have_been() -> None:
    origin = FiringSource()
    origin.errors["too long"] = ServerError("Text too long: 900 tokens, max is 400.")
    widget = by_token(origin=origin)
    widget.text = "too long"
    widget.wait()
    assert widget.matches is None
    assert widget._answer is None
    with pytest.raises(InvalidRequest, match="900 tokens"):
        widget.to_dataframe()
    assert "900 tokens" in repr(widget)
    assert "900 tokens" in widget._repr_mimebundle_()[0]["text/html"]


def test_frames_are_long_and_wide() -> None:
    widget = by_token(limit=2)
    matches = widget.to_dataframe()
    assert len(matches) == sum(map(len, listed(widget).values()))
    wide = widget.to_dataframe("wide")
    assert len(wide) == len(tokens_of(TEXT)) - 1
    assert wide.notna().sum().sum() - 3 * len(wide) == len(matches)
    with pytest.raises(InvalidRequest, match="Kinds: matches, wide"):
        widget.to_dataframe("tokens")  # type: ignore[arg-type]


@pytest.mark.parametrize("source", ["demo", "neuronpedia", DemoSource(), f"{MODEL}/{SAE}", "", None, 6])
def test_where_the_data_comes_from_is_no_sae(source: Any) -> None:
    with pytest.raises(InvalidRequest, match=r'source names an SAE.*origin="demo"|source="6-res-jb"'):
        TokenFeatures(TEXT, model=MODEL, source=source)
    with pytest.raises((InvalidRequest, TraitError)):
        by_token().source = source


def test_an_sae_is_not_where_the_data_comes_from() -> None:
    with pytest.raises(InvalidRequest, match=r'origin= is where the data comes from.*source="6-res-jb"'):
        TokenFeatures(TEXT, model=MODEL, source=SAE, origin=SAE)
    with pytest.raises(InvalidRequest, match="is not a source"):
        TokenFeatures(TEXT, model=MODEL, source=SAE, origin=FeatureRef(MODEL, SAE, 1))  # type: ignore[arg-type]


def test_the_demo_answers_and_its_runs_fit_its_lists() -> None:
    widget = TokenFeatures(
        "Anna lost her kite and she was sad.",
        model=DemoSource.model,
        source=DemoSource.source,
        origin="demo",
    )
    assert widget.error is None
    assert widget.matches is not None
    widget.selected = widget.matches[0].matches[-1].ref
    widget.wait()
    if widget._where:
        at_first = widget.matches[0].matches[-1].value
        assert widget._where["values"][0] == pytest.approx(at_first, abs=1e-3)
