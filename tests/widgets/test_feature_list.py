"""A list of features: made of anything that names them, sorted and selected, growing from a live source."""

from __future__ import annotations

import json
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from traitlets import TraitError

from np_widgets import FeatureList, FeatureRef, InvalidRequest, NotFound, RateLimited, to_dataframe
from np_widgets.models import NearestFeature, NearestFeatures
from np_widgets.payload.rows import BINS, detail_of
from tests.widgets.search_fakes import MODEL, SOURCE, SearchSource, feature, matches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from np_widgets.models import Feature, RefLike

FEATURES = [feature(index) for index in range(4)]
LIMITED = RateLimited("The limit is used up.", remedy="All are free after 60 minutes.", window="60 m")


def name(index: int) -> str:
    return f"{MODEL}/{SOURCE}/{index}"


def rows(widget: FeatureList) -> dict[str, Any]:
    sent: Any = widget._rows
    return dict(sent)


def indices(widget: FeatureList, kind: Any = "rows") -> list[int]:
    return [int(index) for index in widget.to_dataframe(kind)["index"]]


def frame(**columns: Any) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    return pd.DataFrame({"model": [MODEL] * size, "source": [SOURCE] * size, "index": range(size), **columns})


def press(widget: FeatureList, command: str) -> None:
    widget.set_state({"_command": {"name": command, "n": (widget._command or {}).get("n", 0) + 1}})
    widget.wait()


class NamesAsked(SearchSource):
    """Has the features below 900, and refuses a list that names another."""

    def get_features(self, refs: Iterable[RefLike], *, max_activations: int | None = None) -> list[Feature]:
        parsed = [FeatureRef.parse(ref) for ref in refs]
        self._wait(parsed[0].index, (len(parsed), max_activations))
        if any(ref.index >= 900 for ref in parsed):
            raise NotFound("Some do not exist.")
        return [feature(ref.index) for ref in parsed]


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (FEATURES, [0, 1, 2, 3]),
        ([name(2), (MODEL, SOURCE, 1), FeatureRef(MODEL, SOURCE, 0)], [2, 1, 0]),
        (frame(cosine=[0.5, 0.25]), [0, 1]),
        (frame(cosine=[0.5, 0.25]).set_index(["model", "source", "index"]), [0, 1]),
        (to_dataframe(FEATURES), [0, 1, 2, 3]),
        (matches("cities", 0, 3), [0, 1, 2]),
        (list(matches("cities", 0, 3)), [0, 1, 2]),
        (NearestFeatures(ref=FeatureRef(MODEL, SOURCE, 9), model=MODEL, source=SOURCE,
                         matches=(NearestFeature(model=MODEL, source=SOURCE, index=5, cosine=0.5),)), [5]),
        ([], []),
        (pd.DataFrame({"model": [], "source": [], "index": []}), []),
    ],
)  # fmt: skip
def test_a_list_is_made_of_all_that_names_features(x: Any, expected: list[int]) -> None:
    widget = FeatureList(x, source=SearchSource())
    widget.wait()
    assert indices(widget) == expected
    json.dumps(widget.page_part().packed(), allow_nan=False)
    assert widget._static_html()


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (pd.DataFrame({"model": [MODEL], "source": [SOURCE]}), "has no column 'index'; it has model, source"),
        (pd.DataFrame({"a": [1]}), "has no column 'model'"),
        (frame(a=[1, 2]).assign(index=[1, -2]), "Row 1 of the frame: -2 is not a feature's index"),
        (frame(density=["rare", "common"]), "The column 'density' holds what is no number"),
        (pd.DataFrame([[MODEL, SOURCE, 1, 2, 3]], columns=["model", "source", "index", "a", "a"]), "two columns 'a'"),
        (name(1), "takes several features"),
        (FEATURES[0], "takes several features"),
        (7, "takes several features"),
        ([name(1), "gpt2-small/650"], "'gpt2-small/650' does not name a feature"),
    ],
)
def test_what_names_no_features_is_refused_where_it_was_written(x: Any, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        FeatureList(x, source=SearchSource())


def test_what_a_frame_says_is_shown_and_stays() -> None:
    given = frame(
        explanation=["mine", None], density=[0.5, np.nan], cosine=[0.5, 0.25], rank=[0, 1], query=["q", "q"],
        kind=pd.Categorical(["a", "b"]), flag=[True, False], noted=pd.array([1, None], dtype="Int64"),
        ref=["x", "y"], made=[["list"], {}],
    )  # fmt: skip
    widget = FeatureList(given, source=NamesAsked(), fetch=True)
    widget.wait()
    kinds = {column["key"]: column["kind"] for column in rows(widget)["columns"]}
    assert kinds == {
        "explanation": "text", "density": "density", "max_activation": "number", "cosine": "number",
        "rank": "integer", "kind": "text", "flag": "text", "noted": "integer", "ref_": "text", "made": "text",
    }  # fmt: skip
    shown = widget.to_dataframe()
    assert shown["explanation"].tolist() == ["mine", "explanation 1"]
    assert shown["density"].tolist() == [0.5, 0.001]
    assert shown["query"].tolist() == ["q", "q"]
    assert shown["max_activation"].tolist() == [8.5, 8.5]


def test_an_answer_brings_the_features_that_it_has() -> None:
    widget = FeatureList(matches("cities", 0, 5), source=SearchSource())
    assert rows(widget)["lacking"] == 1
    assert indices(widget) == [0, 1, 2, 3, 4]
    assert widget.to_dataframe()["cosine"].tolist() == [1.0, 0.99, 0.98, 0.97, 0.96]


def test_a_row_keeps_an_example_and_a_histogram_and_not_the_feature() -> None:
    detail = detail_of(FEATURES[0])
    assert detail.example is not None
    assert detail.heights is not None
    assert detail.example.peak == 8.5
    assert detail.heights.size == BINS
    assert detail.heights.max() == 255
    assert detail.heights.min() > 0
    assert detail_of(feature(0, activations=[], freq_hist_data_bar_values=[], freq_hist_data_bar_heights=[])) == (
        None,
        None,
    )


def test_a_histogram_of_other_bins_keeps_its_mass_where_it_is() -> None:
    values = list(range(40))
    heights = detail_of(
        feature(0, freq_hist_data_bar_values=values, freq_hist_data_bar_heights=[100] * 20 + [0] * 20)
    ).heights
    assert heights is not None
    assert heights[:12].tolist() == [255] * 12
    assert heights[13:].tolist() == [0] * 12
    rare = detail_of(feature(0, freq_hist_data_bar_values=[1, 2], freq_hist_data_bar_heights=[1_000_000, 1])).heights
    assert rare is not None
    assert rare[-1] == 1


@pytest.mark.parametrize(
    ("sort", "text", "expected"),
    [
        ("", "", [0, 1, 2, 3]),
        ("-density", "", [3, 2, 1, 0]),
        ("density", "", [0, 1, 2, 3]),
        ("-ref", "", [3, 2, 1, 0]),
        ("max_activation", "", [0, 1, 2, 3]),
        ("-histogram", "", [0, 1, 2, 3]),
        ("-top_example", "", [0, 1, 2, 3]),
        ("-explanation", "explanation", [3, 2, 1, 0]),
        ("", "EXPLANATION jb/2", [2]),
        ("", "res-jb/1", [1]),
        ("", "none of them", []),
    ],
)
def test_the_frame_is_in_the_shown_order(sort: str, text: str, expected: list[int]) -> None:
    widget = FeatureList(FEATURES, source=SearchSource(), sort=sort, filter=text)
    assert indices(widget) == expected


def test_what_is_unknown_comes_last_in_both_directions() -> None:
    widget = FeatureList(frame(cosine=[np.nan, 0.5, 0.75, 0.5], label=["b", None, "A", "c"]), source=SearchSource())
    orders = []
    for sort in ("cosine", "-cosine", "label", "-label"):
        widget.sort = sort
        orders.append(indices(widget))
    assert orders == [[1, 3, 2, 0], [2, 1, 3, 0], [2, 0, 3, 1], [3, 0, 2, 1]]


def test_a_column_that_is_not_there_cannot_be_sorted_by() -> None:
    widget = FeatureList(FEATURES, source=SearchSource())
    with pytest.raises(TraitError, match="sort is 'densty'; the columns are ref, histogram, top_example, explanation"):
        widget.sort = "densty"


@pytest.mark.parametrize(
    "value",
    [
        [name(3), name(1)],
        FEATURES[3:0:-2],
        (FEATURES[3], FEATURES[1]),
        [(MODEL, SOURCE, 3), f"https://www.neuronpedia.org/{name(1)}"],
        to_dataframe([FEATURES[3], FEATURES[1]]),
        [name(3), name(1), name(3)],
    ],
    ids=range(6),
)
def test_python_selects_in_any_form(value: Any) -> None:
    widget = FeatureList(FEATURES, source=SearchSource(), selected=value, sort="-density")
    assert widget.selected == [name(3), name(1)]
    assert indices(widget, "selected") == [3, 1]
    widget.sort = "density"
    assert indices(widget, "selected") == [1, 3]


def test_only_rows_can_be_selected() -> None:
    widget = FeatureList(FEATURES, source=SearchSource(), selected=[name(1)])
    with pytest.raises(TraitError, match=f"selected names {name(9)}, and no row of this list does"):
        widget.selected = [name(1), name(9)]
    with pytest.raises(InvalidRequest, match="does not name a feature"):
        widget.selected = ["gpt2-small"]
    assert widget.selected == [name(1)]


def test_what_the_front_end_selects_is_seen() -> None:
    widget = FeatureList(FEATURES, source=SearchSource())
    seen: list[Any] = []
    widget.observe(lambda change: seen.append(change["new"]), "selected")
    widget.set_state({"selected": [name(2)]})
    assert seen == [[name(2)]]


def test_selecting_opens_nothing_and_opening_selects_nothing() -> None:
    widget = FeatureList(FEATURES, source=SearchSource(), selected=[name(1)])
    assert widget.dashboard is None
    widget.opened = FEATURES[2]
    widget.wait()
    assert widget.dashboard is not None
    assert widget.dashboard.ref == name(2)
    assert (widget.selected, widget.opened) == ([name(1)], name(2))
    widget.opened = None
    assert widget.dashboard is None


def test_names_alone_are_fetched_in_pieces_with_one_example_each() -> None:
    source = NamesAsked()
    widget = FeatureList([name(index) for index in range(120)], source=source)
    assert rows(widget)["lacking"] == 70
    widget.wait()
    assert source.asked == [(50, 1), (50, 1), (20, 1)]
    assert (rows(widget)["lacking"], widget._progress, widget.busy) == (0, [], "")
    assert widget.to_dataframe()["explanation"].tolist() == [f"explanation {index}" for index in range(120)]


def test_a_frame_is_not_fetched_unless_it_is_wished() -> None:
    source = NamesAsked()
    widget = FeatureList(frame(cosine=[0.5, 0.25]), source=source)
    assert (source.asked, rows(widget)["lacking"]) == ([], 2)
    press(widget, "fetch")
    assert (source.asked, rows(widget)["lacking"]) == ([(2, 1)], 0)
    assert FeatureList([name(1)], source=source, fetch=False).to_dataframe()["explanation"].isna().all()
    assert len(source.asked) == 1


def test_a_feature_that_does_not_exist_is_found_out_and_the_others_come() -> None:
    widget = FeatureList([name(index) for index in (1, 2, 999, 3)], source=NamesAsked())
    widget.wait()
    assert (rows(widget)["lacking"], rows(widget)["absent"]) == (0, 1)
    assert widget.error is None
    assert widget.to_dataframe()["explanation"].tolist() == ["explanation 1", "explanation 2", None, "explanation 3"]


def test_fetching_says_how_far_it_is_and_can_be_stopped() -> None:
    source = NamesAsked()
    gate = source.gates[100] = Event()
    widget = FeatureList([name(index) for index in range(200)], source=source, fetch=False)
    progress: list[Any] = []
    reached = Event()

    def follow(change: dict[str, Any]) -> None:
        progress.append(change["new"])
        if change["new"] == [100, 200]:
            reached.set()

    widget.observe(follow, "_progress")
    widget.fetch()
    assert reached.wait(20)
    widget.stop()
    gate.set()
    widget.wait()
    assert progress == [[0, 200], [50, 200], [100, 200], []]
    assert (rows(widget)["lacking"], widget.busy) == (100, "")
    press(widget, "fetch")
    assert rows(widget)["lacking"] == 0


def test_a_limit_in_the_middle_leaves_what_arrived_and_says_when_to_go_on() -> None:
    source = NamesAsked()
    source.errors[100] = LIMITED
    widget = FeatureList([name(index) for index in range(120)], source=source)
    widget.wait()
    assert rows(widget)["lacking"] == 20
    assert widget.error is not None
    assert (widget.error["where"], widget.error["remedy"]) == ("details", LIMITED.remedy)
    del source.errors[100]
    press(widget, "retry")
    assert rows(widget)["lacking"] == 0
    assert widget.error is None


def test_everything_is_sent_few_times_however_many_pieces_it_comes_in() -> None:
    widget = FeatureList([name(index) for index in range(850)], source=NamesAsked(), fetch=False)
    sent: list[int] = []
    widget.observe(lambda change: sent.append(850 - change["new"]["lacking"]), "_rows")
    widget.fetch()
    widget.wait()
    assert sent[-1] == 850
    assert sum(sent) < 4 * 850


def test_a_live_source_is_paged_through_as_far_as_one_wishes() -> None:
    source = SearchSource(240)
    widget = FeatureList.from_source(MODEL, SOURCE, origin=source)
    assert (indices(widget), rows(widget)["more"]) == (list(range(100)), True)
    assert len(source.asked) == 4
    press(widget, "more")
    assert len(indices(widget)) == 200
    widget.more(1000)
    widget.wait()
    assert (indices(widget), rows(widget)["more"]) == (list(range(240)), False)
    widget.more()
    assert widget.busy == ""
    assert "240 features of gpt2-small/6-res-jb" in repr(widget)


@pytest.mark.parametrize("source", [SearchSource(), "demo", "gpt2-small/6-res-jb"])
def test_a_source_means_an_sae_where_one_is_paged_through(source: Any) -> None:
    with pytest.raises(InvalidRequest, match="SAE"):
        FeatureList.from_source(MODEL, source)


def test_a_list_says_once_where_its_rows_came_from() -> None:
    widget = FeatureList(matches("cities", 0, 5), source=SearchSource())
    assert rows(widget)["provenance"]["line"] == "fetched from test"
    assert rows(FeatureList(frame(a=[1, 2]), source=SearchSource()))["provenance"]["line"] == "read from memory"


def test_a_limit_of_ours_is_kept() -> None:
    source = SearchSource(240)
    widget = FeatureList.from_source(MODEL, SOURCE, origin=source, limit=30, sort="-density")
    assert (len(indices(widget)), rows(widget)["more"]) == (30, False)
    assert indices(widget)[0] == 29


def test_what_arrived_before_an_error_stays_and_one_goes_on_after_it() -> None:
    source = SearchSource(240)
    source.errors[("page", 50)] = LIMITED
    widget = FeatureList.from_source(MODEL, SOURCE, origin=source)
    assert indices(widget) == list(range(50))
    assert widget.error is not None
    assert widget.error["where"] == "more"
    del source.errors[("page", 50)]
    press(widget, "retry")
    assert indices(widget) == list(range(150))
    source.errors[("page", 200)] = LIMITED
    press(widget, "more")
    assert len(indices(widget)) == 200
    assert widget.error is not None


def test_paging_can_be_stopped() -> None:
    source = SearchSource(240)
    widget = FeatureList.from_source(MODEL, SOURCE, origin=source)
    gate, reached = Event(), Event()
    source.gates[("page", 125)] = gate

    def follow(change: dict[str, Any]) -> None:
        if change["new"] == [25, 100]:
            reached.set()

    widget.observe(follow, "_progress")
    widget.more()
    assert reached.wait(20)
    widget.stop()
    gate.set()
    widget.wait()
    assert indices(widget) == list(range(125))
    assert (widget.busy, widget._progress) == ("", [])


def test_a_frame_has_two_kinds() -> None:
    widget = FeatureList(FEATURES, source=SearchSource())
    with pytest.raises(InvalidRequest, match="no frame 'summary'"):
        widget.to_dataframe("summary")  # type: ignore[arg-type]
    assert widget.to_dataframe("selected").empty
    joined = widget.to_dataframe().merge(to_dataframe(FEATURES), on=["model", "source", "index"])
    assert len(joined) == 4


def test_ten_thousand_rows_are_few_bytes_each() -> None:
    many = [feature(index % 50) for index in range(50)] * 20
    widget = FeatureList(many, source=SearchSource())
    assert len(json.dumps(rows(widget))) < 300 * len(many)


def test_the_static_form_says_how_many_more_there_are() -> None:
    widget = FeatureList([feature(index) for index in range(40)], source=SearchSource(), sort="-density")
    html = widget._static_html()
    assert "10 more rows" in html
    assert html.index("explanation 39") < html.index("explanation 38")
    assert "explanation 9<" not in html
    hostile = FeatureList(frame(label=["<b>", "x"]), source=SearchSource())._static_html()
    assert "<b>&lt;" not in hostile
    assert "&lt;b&gt;" in hostile
