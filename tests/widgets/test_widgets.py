from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from traitlets import TraitError

from np_widgets import ActivationHeatmap, ActivationHistogram, Feature, InvalidRequest, LogitBars
from tests.rows import bench_row, feature_row
from tests.widgets.fakes import SlowSource

FEATURE = Feature.from_json(feature_row())


@pytest.mark.parametrize(
    ("x", "values", "texts"),
    [
        ([" a", " b"], [0.0, 1.0], 1),
        ((" a", " b"), np.array([0, 1], dtype="f2"), 1),
        ([[" a"], [" b", " c"]], [[1.0], np.array([0.5, np.nan])], 2),
        ([], [], 0),
        (FEATURE, None, 9),
        (FEATURE.activations[0], None, 1),
        (list(FEATURE.activations[:2]), None, 2),
        ("gpt2-small/6-res-jb/650", None, 9),
        (("gpt2-small", "6-res-jb", 650), None, 9),
    ],
)
def test_a_heatmap_takes_all_that_has_tokens_and_values(x: Any, values: Any, texts: int) -> None:
    heatmap = ActivationHeatmap(x, values, source=SlowSource())
    assert len(heatmap._texts["lengths"]) == texts
    assert len(heatmap.activations) == texts


@pytest.mark.parametrize(
    ("x", "values", "message"),
    [
        ([" a", " b"], [1.0], r"2 tokens, but values of shape \(1,\)"),
        ([" a"], [[1.0, 2.0]], r"1 tokens, but values of shape \(1, 2\)"),
        ([" a"], None, "without values"),
        ([" a", 3], [1.0, 2.0], "3 is not"),
        ([" a"], ["x"], "not numbers"),
        ([], [1.0], "0 tokens"),
        ([1, 2], [1.0, 2.0], "A token is a string, and 1 is not"),
        ([b"a"], [1.0], "A token is a string"),
        ("a b", [1.0, 2.0], "not a list of tokens"),
        ([[" a"], [" b"]], [[1.0]], "2 texts, but values for 1"),
    ],
)
def test_bad_input_is_refused_where_it_was_written(x: Any, values: Any, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        ActivationHeatmap(x, values)


def test_what_is_picked_counts_as_on_the_screen_and_in_the_frame() -> None:
    heatmap = ActivationHeatmap(FEATURE)
    heatmap.selected = (0, 2)
    frame = heatmap.to_dataframe("tokens")
    row = frame[(frame["example"] == 0) & (frame["position"] == 2)].iloc[0]
    assert row["value"] == 8.5
    assert heatmap.activations[0].peak == 8.5


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ((9, 0), r"\(9, 0\), but the examples are numbered from 0 to 8"),
        ((-1, 0), r"\(-1, 0\), but the examples are numbered"),
        ((0, 12), r"\(0, 12\), but the tokens of example 0 are numbered from 0 to 11"),
        ((8, -1), r"\(8, -1\), but the tokens of example 8 are"),
    ],
)
def test_a_place_beyond_the_examples_is_refused(place: Any, message: str) -> None:
    heatmap = ActivationHeatmap(FEATURE, selected=(8, 11))
    with pytest.raises(TraitError, match=message):
        heatmap.selected = place
    assert heatmap.selected == (8, 11)
    with pytest.raises(TraitError, match=message):
        ActivationHeatmap(FEATURE, selected=place)


def test_nothing_can_be_picked_from_nothing() -> None:
    with pytest.raises(TraitError, match="there are no examples"):
        ActivationHeatmap([], [], selected=(0, 0))
    with pytest.raises(TraitError, match="there are no tokens of example 0"):
        ActivationHeatmap([[]], [[]], selected=(0, 0))


def test_a_place_that_a_front_end_sends_is_held_to_the_same() -> None:
    heatmap = ActivationHeatmap(FEATURE)
    heatmap.set_state({"selected": [8, 11]})
    assert heatmap.selected == (8, 11)
    with pytest.raises(TraitError, match="numbered from 0 to 8"):
        heatmap.set_state({"selected": [9, 0]})
    assert heatmap.selected == (8, 11)


def test_traits_refuse_what_is_not_theirs() -> None:
    heatmap = ActivationHeatmap([" a"], [1.0])
    for name, value in (("window", "half"), ("selected", (1, 2, 3)), ("scheme", "jet"), ("show_hidden", ["all"])):
        with pytest.raises(Exception, match=name):
            setattr(heatmap, name, value)


def test_a_heatmap_can_show_something_else() -> None:
    heatmap = ActivationHeatmap([" a"], [1.0], window="full")
    heatmap.selected = (0, 0)
    heatmap.show([" b", " c"], [1.0, 2.0])
    assert heatmap.selected is None
    assert heatmap.window == "full"
    assert "2 tokens" in repr(heatmap)


@pytest.mark.parametrize(
    ("widget", "kind"), [(LogitBars(FEATURE), "logits"), (ActivationHistogram(FEATURE), "histograms")]
)
def test_bars_and_histograms_give_their_frame_and_no_other(widget: Any, kind: str) -> None:
    assert widget.to_dataframe().equals(FEATURE.to_dataframe(kind))  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match=f"Kinds: {kind}"):
        widget.to_dataframe("tokens")


@pytest.mark.parametrize("widget", [ActivationHeatmap(FEATURE), LogitBars(FEATURE), ActivationHistogram(FEATURE)])
def test_every_widget_says_what_it_shows_in_every_form(widget: Any) -> None:
    data, _ = widget._repr_mimebundle_()
    assert data["text/plain"] == repr(widget)
    assert data["text/html"].startswith("<div")
    assert "<script" not in data["text/html"]
    assert widget.to_html().startswith("<!doctype html>")


def test_hostile_text_cannot_leave_the_page_s_data() -> None:
    heatmap = ActivationHeatmap(["</script><script>alert(1)</script>", "<!--", "\u2028"], [1.0, 1.0, 1.0])
    page = heatmap.to_html()
    data = page.split('id="npw-state">', 1)[1].split("</script>", 1)[0]
    assert "<" not in data
    assert "\u2028" not in data
    assert json.loads(data)["state"]["_texts"]["vocab"][0] == "</script><script>alert(1)</script>"


def test_a_page_of_the_usual_size_stays_small() -> None:
    from np_widgets import FeatureDashboard

    page = FeatureDashboard(Feature.from_json(bench_row()), source=SlowSource()).to_html()
    assert len(page.encode()) <= 120_000


def test_every_live_form_says_where_its_data_came_from_and_bare_values_say_nothing() -> None:
    heatmap = ActivationHeatmap([" a"], [1.0])
    assert heatmap._provenance is None
    mended = Feature.from_json(feature_row(pos_values=[1.0]))
    for widget in (ActivationHeatmap(mended), LogitBars(mended), ActivationHistogram(mended)):
        assert widget._provenance is not None
        assert widget._provenance["line"] == "read from memory · 1 warning"
        assert "promoted" in widget._provenance["more"][0]
    heatmap.show(mended)
    assert heatmap._provenance is not None
    heatmap.show(mended.activations[0])
    assert heatmap._provenance is None


def test_every_static_form_says_where_its_data_came_from() -> None:
    from np_widgets import DemoSource

    feature = DemoSource().get_feature(f"{DemoSource.model}/{DemoSource.source}/7")
    for widget in (ActivationHeatmap(feature), LogitBars(feature), ActivationHistogram(feature)):
        assert "by the embedded demo model" in widget._repr_mimebundle_()[0]["text/html"]
