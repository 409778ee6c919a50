from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from traitlets import TraitError

from np_widgets import ConnectionFailed, Feature, FeatureDashboard, InvalidRequest, NotFound, RateLimited
from tests.rows import feature_row
from tests.widgets.fakes import SlowSource

REF = "gpt2-small/6-res-jb/650"


@pytest.fixture
def source() -> SlowSource:
    return SlowSource()


@pytest.fixture
def dashboard(source: SlowSource) -> FeatureDashboard:
    return FeatureDashboard(REF, source=source)


def go_to(dashboard: FeatureDashboard, index: int) -> None:
    dashboard.ref = f"gpt2-small/6-res-jb/{index}"


def shown(dashboard: FeatureDashboard) -> Any:
    return dashboard._feature["index"] if dashboard._feature else None


def test_it_holds_its_feature_before_it_is_displayed(dashboard: FeatureDashboard) -> None:
    assert dashboard.feature == Feature.from_json(feature_row())
    assert shown(dashboard) == 650
    assert dashboard.busy == ""
    assert "names of cities" in repr(dashboard)


def test_a_feature_that_was_fetched_before_is_not_fetched_again(source: SlowSource) -> None:
    dashboard = FeatureDashboard(Feature.from_json(feature_row()), source=source)
    assert source.asked == []
    assert dashboard.ref == REF


def test_every_form_of_a_reference_is_a_reference(dashboard: FeatureDashboard) -> None:
    dashboard.ref = ("gpt2-small", "6-res-jb", 7)
    assert dashboard.ref == "gpt2-small/6-res-jb/7"
    dashboard.wait()
    assert shown(dashboard) == 7


@pytest.mark.parametrize("nonsense", ["", "gpt2-small", 12])
def test_nonsense_is_refused_where_it_was_written(nonsense: Any, dashboard: FeatureDashboard) -> None:
    with pytest.raises(InvalidRequest, match="does not name a feature"):
        FeatureDashboard(nonsense)
    with pytest.raises(InvalidRequest, match="does not name a feature"):
        dashboard.ref = nonsense
    assert dashboard.ref == REF


def test_setting_the_reference_never_waits(dashboard: FeatureDashboard, source: SlowSource) -> None:
    source.gates[7] = Event()
    go_to(dashboard, 7)
    assert dashboard.busy == "feature"
    assert shown(dashboard) == 650
    source.gates[7].set()
    dashboard.wait()
    assert (shown(dashboard), dashboard.busy) == (7, "")


def test_the_latest_wins_and_a_late_answer_is_dropped(dashboard: FeatureDashboard, source: SlowSource) -> None:
    source.gates[7] = Event()
    go_to(dashboard, 7)
    late = dashboard._features._running
    go_to(dashboard, 8)
    dashboard.wait()
    assert shown(dashboard) == 8
    source.gates[7].set()
    assert late is not None
    late.result(20)
    assert shown(dashboard) == 8


def test_stopping_drops_what_is_under_way_and_says_what_is_shown(
    dashboard: FeatureDashboard, source: SlowSource
) -> None:
    source.gates[7] = Event()
    go_to(dashboard, 7)
    dashboard._command = {"name": "stop", "n": 1}
    source.gates[7].set()
    dashboard.wait()
    assert (dashboard.ref, shown(dashboard), dashboard.busy) == (REF, 650, "")


@pytest.mark.parametrize(
    ("error", "retry"),
    [
        (NotFound("There is no feature 7."), False),
        (ConnectionFailed("No answer from the service.", remedy="Check the network."), True),
        (RateLimited("Used up.", remedy="Come back within the hour."), True),
        (RuntimeError("boom"), True),
    ],
)
def test_an_error_stands_where_its_result_would_have_been(
    dashboard: FeatureDashboard, source: SlowSource, error: Exception, *, retry: bool
) -> None:
    source.errors[7] = error
    go_to(dashboard, 7)
    dashboard.wait()
    assert dashboard.error is not None
    assert dashboard.error["where"] == "feature"
    assert dashboard.error["retry"] is retry
    assert str(error).split(".")[0] in dashboard.error["message"]
    assert shown(dashboard) is None
    assert str(error).split(".")[0] in repr(dashboard)
    with pytest.raises(InvalidRequest, match="no feature here"):
        dashboard.to_dataframe()


def test_an_error_at_the_start_is_shown_too_and_can_be_retried(source: SlowSource) -> None:
    source.errors[650] = ConnectionFailed("No answer.")
    dashboard = FeatureDashboard(REF, source=source)
    assert dashboard.error is not None
    assert "No answer" in dashboard._repr_mimebundle_()[0]["text/html"]
    source.errors.clear()
    dashboard._command = {"name": "retry", "n": 1}
    dashboard.wait()
    assert dashboard.error is None
    assert shown(dashboard) == 650


def test_reloading_goes_past_the_cache(dashboard: FeatureDashboard, source: SlowSource) -> None:
    dashboard._command = {"name": "reload", "n": 1}
    dashboard.wait()
    assert source.asked[-1] == (650, True)


def test_a_text_runs_and_its_answer_is_drawn(dashboard: FeatureDashboard) -> None:
    dashboard.text = "a b c"
    dashboard.wait()
    assert dashboard._answer is not None
    assert dashboard.answer is not None
    assert dashboard.answer.tokens == ("a", "b", "c")


def test_the_text_runs_again_on_the_next_feature(dashboard: FeatureDashboard, source: SlowSource) -> None:
    dashboard.text = "a b"
    dashboard.wait()
    go_to(dashboard, 7)
    dashboard.wait()
    dashboard.wait()
    assert source.asked[-2:] == [(7, False), (7, "a b")]
    assert dashboard._answer is not None


def test_a_text_given_at_once_is_answered_before_display(source: SlowSource) -> None:
    dashboard = FeatureDashboard(REF, source=source, text="a b")
    assert dashboard._answer is not None


def test_a_failing_text_leaves_the_feature_alone(dashboard: FeatureDashboard, source: SlowSource) -> None:
    source.errors["bad"] = InvalidRequest("The text is too long.")
    dashboard.text = "bad"
    dashboard.wait()
    assert dashboard.error is not None
    assert dashboard.error["where"] == "text"
    assert shown(dashboard) == 650
    dashboard.text = ""
    assert dashboard._answer is None


def test_only_the_last_of_two_quick_texts_shows(dashboard: FeatureDashboard, source: SlowSource) -> None:
    source.gates["slow one"] = Event()
    dashboard.text = "slow one"
    late = dashboard._texts_jobs._running
    dashboard.text = "quick"
    dashboard.wait()
    source.gates["slow one"].set()
    assert late is not None
    late.result(20)
    assert dashboard.answer is not None
    assert dashboard.answer.tokens == ("quick",)


def test_what_a_source_cannot_do_is_said(source: SlowSource) -> None:
    source.can_activate = False
    assert "cannot run texts" in FeatureDashboard(REF, source=source)._cannot["activate"]
    source.can_activate = True
    source.row_changes = {"source": {"id": "6-res-jb", "inferenceEnabled": False}}
    assert "runs no texts" in FeatureDashboard(REF, source=source)._cannot["activate"]


def test_a_feature_whose_next_one_was_not_found_says_so_until_that_is_there(
    dashboard: FeatureDashboard, source: SlowSource
) -> None:
    assert dashboard._cannot == {}
    source.errors[651] = NotFound("gpt2-small/6-res-jb has no feature 651.")
    for index in (651, 650):
        go_to(dashboard, index)
        dashboard.wait()
    assert dashboard._cannot == {"next": "Nothing was found at 651: this may be the last feature."}
    del source.errors[651]
    for index in (651, 650):
        go_to(dashboard, index)
        dashboard.wait()
    assert dashboard._cannot == {}


def test_an_observer_may_start_the_next_work(dashboard: FeatureDashboard, source: SlowSource) -> None:
    source.gates[8] = Event()
    followed = Event()

    def follow(change: Any) -> None:
        if change["new"] and change["new"].index == 7:
            go_to(dashboard, 8)
            followed.set()

    dashboard.observe(follow, "feature")
    go_to(dashboard, 7)
    assert followed.wait(20)
    assert (shown(dashboard), dashboard.busy) == (7, "feature")
    source.gates[8].set()
    dashboard.wait()
    assert (shown(dashboard), dashboard.busy) == (8, "")


def test_what_a_constructor_is_told_stands_when_the_feature_has_come(source: SlowSource) -> None:
    dashboard = FeatureDashboard(REF, source=source, selected=(8, 2), value_range=(1, 5), next_token=" Paris")
    assert (dashboard.selected, dashboard.value_range, dashboard.next_token) == ((8, 2), (1, 5), " Paris")
    go_to(dashboard, 7)
    dashboard.wait()
    assert (dashboard.selected, dashboard.value_range, dashboard.next_token) == (None, None, None)


def test_nothing_is_selected_where_there_is_nothing(dashboard: FeatureDashboard, source: SlowSource) -> None:
    with pytest.raises(TraitError, match=r"selected is \(9, 0\), but the examples are numbered from 0 to 8"):
        dashboard.selected = (9, 0)
    source.errors[7] = NotFound("There is no feature 7.")
    go_to(dashboard, 7)
    dashboard.wait()
    with pytest.raises(TraitError, match="there are no examples"):
        dashboard.selected = (0, 0)


def test_a_text_given_at_once_runs_when_the_feature_comes_late(source: SlowSource) -> None:
    source.errors[650] = ConnectionFailed("No answer.")
    dashboard = FeatureDashboard(REF, source=source, text="a b")
    source.errors.clear()
    dashboard._command = {"name": "retry", "n": 1}
    dashboard.wait()
    dashboard.wait()
    assert dashboard.answer is not None


def test_a_closed_widget_takes_no_late_answer(dashboard: FeatureDashboard, source: SlowSource) -> None:
    source.gates[7] = Event()
    go_to(dashboard, 7)
    dashboard.close()
    source.gates[7].set()
    dashboard.wait()
    assert shown(dashboard) == 650


def test_examples_in_the_frame_are_numbered_as_on_the_screen(dashboard: FeatureDashboard) -> None:
    peaks = dashboard.to_dataframe("activations")["peak"].tolist()
    assert peaks == sorted(peaks, reverse=True)


def test_the_static_form_and_the_page_hold_the_feature(dashboard: FeatureDashboard, tmp_path: Any) -> None:
    data, _ = dashboard._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(data)
    assert "names of cities" in data["text/html"]
    page = dashboard.to_html(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page
    assert '"_live":false' in page


def test_two_displays_of_one_widget_share_its_state(dashboard: FeatureDashboard) -> None:
    first, second = dashboard._repr_mimebundle_()[0], dashboard._repr_mimebundle_()[0]
    view = "application/vnd.jupyter.widget-view+json"
    assert first[view]["model_id"] == second[view]["model_id"]
