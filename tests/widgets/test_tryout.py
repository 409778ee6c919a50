"""A text to try and its variants: run once each, laid below one another, whatever fails among them."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from np_widgets import ConnectionFailed, FeatureDashboard, InvalidRequest
from tests.widgets.fakes import SlowSource

REF = "gpt2-small/6-res-jb/650"


@pytest.fixture
def source() -> SlowSource:
    return SlowSource()


@pytest.fixture
def dashboard(source: SlowSource) -> FeatureDashboard:
    return FeatureDashboard(REF, source=source, text="she left home")


def read(dashboard: FeatureDashboard) -> list[str]:
    return [" ".join(answer.tokens) for answer in dashboard.answers]


def answer(dashboard: FeatureDashboard) -> Any:
    return dashboard._answer


def test_a_variant_is_run_and_laid_below_its_text(dashboard: FeatureDashboard) -> None:
    dashboard.texts = ["he left home", "he left his home"]
    dashboard.wait()
    assert read(dashboard) == ["she left home", "he left home", "he left his home"]
    assert answer(dashboard)["texts"]["lengths"] == [3, 3, 4]
    assert answer(dashboard)["columns"] == [[0, 1, -1, 2], [0, 1, -1, 2], [0, 1, 2, 3]]
    assert dashboard.answer == dashboard.answers[0]


def test_each_text_is_asked_once(dashboard: FeatureDashboard, source: SlowSource) -> None:
    dashboard.texts = ["he left"]
    dashboard.wait()
    dashboard.texts = ["he left", "they left", "he left", "she left home"]
    dashboard.wait()
    assert source.asked[1:] == [(650, "she left home"), (650, "he left"), (650, "they left")]
    assert read(dashboard) == ["she left home", "he left", "they left", "he left", "she left home"]


def test_running_again_asks_for_all_of_them_again(dashboard: FeatureDashboard, source: SlowSource) -> None:
    dashboard.texts = ["he left"]
    dashboard.wait()
    source.asked.clear()
    dashboard._command = {"name": "run", "n": 1}
    dashboard.wait()
    assert source.asked == [(650, "she left home"), (650, "he left")]


def test_without_a_text_the_first_variant_is_the_base(source: SlowSource) -> None:
    dashboard = FeatureDashboard(REF, source=source, texts=["she left", "he left"])
    assert read(dashboard) == ["she left", "he left"]
    assert answer(dashboard)["columns"] == [[0, 1], [0, 1]]


def test_taking_a_variant_away_asks_nothing(dashboard: FeatureDashboard, source: SlowSource) -> None:
    dashboard.texts = ["he left", "they left"]
    dashboard.wait()
    source.asked.clear()
    dashboard.texts = ["they left"]
    assert read(dashboard) == ["she left home", "they left"]
    dashboard.text, dashboard.texts = "", []
    assert (dashboard.answer, dashboard.answers, answer(dashboard), dashboard.busy) == (None, (), None, "")
    assert source.asked == []


def test_a_variant_that_fails_leaves_the_others(dashboard: FeatureDashboard, source: SlowSource) -> None:
    dashboard.texts = ["he left"]
    dashboard.wait()
    source.errors["too long"] = InvalidRequest("The text is too long.")
    dashboard.texts = ["too long", "he left"]
    dashboard.wait()
    assert dashboard.error is not None
    assert (dashboard.error["where"], dashboard.error["message"]) == ("text", "The text is too long.")
    assert read(dashboard) == ["she left home", "he left"]
    assert answer(dashboard)["numbers"] == [0, 2]
    dashboard.texts = ["he left"]
    assert dashboard.error is None


def test_a_failure_among_several_new_texts_can_be_retried(source: SlowSource) -> None:
    source.errors["he left"] = ConnectionFailed("No answer.")
    dashboard = FeatureDashboard(REF, source=source, text="she left", texts=["he left"])
    assert dashboard.error is not None
    assert dashboard.feature is not None
    source.errors.clear()
    dashboard._command = {"name": "retry", "n": 1}
    dashboard.wait()
    assert read(dashboard) == ["she left", "he left"]
    assert dashboard.error is None


def test_the_latest_texts_win(dashboard: FeatureDashboard, source: SlowSource) -> None:
    source.gates["slow one"] = Event()
    dashboard.texts = ["slow one"]
    assert dashboard.busy == "text"
    late = dashboard._texts_jobs._running
    dashboard.texts = ["quick one"]
    dashboard.wait()
    source.gates["slow one"].set()
    assert late is not None
    late.result(20)
    assert read(dashboard) == ["she left home", "quick one"]


def test_the_next_feature_answers_all_texts_anew(dashboard: FeatureDashboard, source: SlowSource) -> None:
    dashboard.texts = ["he left"]
    dashboard.wait()
    dashboard.ref = "gpt2-small/6-res-jb/7"
    dashboard.wait()
    dashboard.wait()
    assert source.asked[-2:] == [(7, "she left home"), (7, "he left")]
    assert len(dashboard.answers) == 2


@pytest.mark.parametrize("nonsense", [[""], ["a", "  "], ["a", 3]])
def test_what_is_no_text_is_refused_where_it_is_written(dashboard: FeatureDashboard, nonsense: Any) -> None:
    with pytest.raises(InvalidRequest, match="A variant is a text"):
        dashboard.texts = nonsense
    assert dashboard.texts == []


def test_the_frame_has_the_differences(dashboard: FeatureDashboard) -> None:
    dashboard.texts = ["he left home"]
    dashboard.wait()
    frame = dashboard.to_dataframe("variants")
    assert frame["token"].tolist() == ["she", "left", "home", "he", "left", "home"]
    assert frame["difference"].tolist() == [0.0] * 6
    assert frame["change"].tolist()[3:] == ["replaced", "same", "same"]


def test_there_is_no_frame_of_texts_that_were_not_run(source: SlowSource) -> None:
    with pytest.raises(InvalidRequest, match=r"No text was run .* Set `text`"):
        FeatureDashboard(REF, source=source).to_dataframe("variants")
    source.errors["she left"] = InvalidRequest("The text is too long.")
    with pytest.raises(InvalidRequest, match=r"No text was run .* too long"):
        FeatureDashboard(REF, source=source, text="she left").to_dataframe("variants")
