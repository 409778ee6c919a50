"""Features side by side: each in its own place, with its own error; the same texts through all of them."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from traitlets import TraitError

from np_widgets import ConnectionFailed, Feature, FeatureComparison, FeatureRef, InvalidRequest, NotFound
from tests.rows import activation_row, feature_row
from tests.widgets.fakes import SlowSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets import Activation
    from np_widgets.models import RefLike


class Several(SlowSource):
    """Fires with a feature's own index at each token that is its letter; waits and fails by feature and text."""

    def __init__(self) -> None:
        super().__init__()
        self.together: list[list[int]] = []
        self.fires = {1: "a", 2: "b", 3: "a"}
        self.own: dict[int, dict[str, Any]] = {}

    def get_features(self, refs: Iterable[RefLike], *, max_activations: int | None = None) -> list[Feature]:  # noqa: ARG002
        parsed = [FeatureRef.parse(ref) for ref in refs]
        self.together.append([ref.index for ref in parsed])
        missing = [ref for ref in parsed if isinstance(self.errors.get(ref.index), NotFound)]
        if missing:
            raise NotFound(f"There are no features {missing}.")
        return [self.get_feature(ref) for ref in parsed]

    def get_feature(self, ref: RefLike, *, refresh: bool = False) -> Feature:
        parsed = FeatureRef.parse(ref)
        self._wait(parsed.index, (parsed.index, refresh))
        changes = self.row_changes | self.own.get(parsed.index, {})
        return Feature.from_json(feature_row(index=str(parsed.index), layer=parsed.source, **changes))

    def activate(self, ref: RefLike, texts: str | Sequence[str]) -> list[Activation]:
        index = FeatureRef.parse(ref).index
        listed = [texts] if isinstance(texts, str) else list(texts)
        for text in listed:
            self._wait((index, text), (index, text))
        rows = [
            activation_row(tokens=text.split(), values=[index * (word == self.fires[index]) for word in text.split()])
            for text in listed
        ]
        return list(Feature.from_json(feature_row(activations=rows)).activations)


def refs(*indices: int) -> list[str]:
    return [f"gpt2-small/6-res-jb/{index}" for index in indices]


@pytest.fixture
def source() -> Several:
    return Several()


@pytest.fixture
def comparison(source: Several) -> FeatureComparison:
    return FeatureComparison(refs(1, 2, 3), source=source, text="a b c")


def values(comparison: FeatureComparison) -> dict[int, list[list[float]]]:
    """For each feature the values of its runs."""
    return {
        FeatureRef.parse(ref).index: [run.values.tolist() for run in runs.values()]
        for ref, runs in comparison.answers.items()
    }


def cards(comparison: FeatureComparison) -> list[Any]:
    shown: Any = comparison._cards
    return list(shown["cards"])


def runs(comparison: FeatureComparison) -> Any:
    return comparison._runs


def test_features_come_in_one_go_and_keep_their_order(comparison: FeatureComparison, source: Several) -> None:
    assert source.together == [[1, 2, 3]]
    assert list(comparison.features) == comparison.refs == refs(1, 2, 3)
    assert [card["name"] for card in cards(comparison)] == ["1", "2", "3"]
    assert comparison._cards is not None
    assert comparison._cards["common"] == "gpt2-small/6-res-jb"


def test_the_text_runs_through_all_of_them(comparison: FeatureComparison) -> None:
    assert values(comparison) == {1: [[1, 0, 0]], 2: [[0, 2, 0]], 3: [[3, 0, 0]]}
    assert runs(comparison)["rows"] == [[0, 0], [1, 0], [2, 0]]
    assert comparison.busy == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (refs(1), "takes 2 to 12 features, and 1 came"),
        ([], "takes 2 to 12 features, and 0 came"),
        (refs(*range(13)), "takes 2 to 12 features, and 13 came"),
        (refs(1, 2, 1), "6-res-jb/1 is named twice"),
        ("gpt2-small/6-res-jb/1", "1 came. For one, use FeatureDashboard"),
        (FeatureRef("gpt2-small", "6-res-jb", 1), "is no list of features"),
        (3, "is no list of features"),
        (["gpt2-small/6-res-jb/1", "nonsense"], "does not name a feature"),
    ],
)
def test_what_cannot_be_compared_is_refused_where_it_is_written(
    comparison: FeatureComparison, source: Several, given: Any, said: str
) -> None:
    with pytest.raises(InvalidRequest, match=said):
        FeatureComparison(given, source=source)
    with pytest.raises(InvalidRequest, match=said):
        comparison.refs = given
    assert comparison.refs == refs(1, 2, 3)


def test_misspelt_options_and_scales_are_refused(source: Several) -> None:
    wrong: dict[str, Any] = {"txt": "a"}
    with pytest.raises(TypeError, match=r"no option 'txt'. Did you mean 'text'"):
        FeatureComparison(refs(1, 2), source=source, **wrong)
    with pytest.raises(TraitError, match="own"):
        FeatureComparison(refs(1, 2), source=source, scale="both")  # type: ignore[arg-type]


def test_one_variant_may_be_given_bare(source: Several) -> None:
    assert FeatureComparison(refs(1, 2), source=source, text="a", texts="a b").texts == ["a b"]


def test_features_that_are_there_already_are_not_fetched(source: Several) -> None:
    mine = Feature.from_json(feature_row(index="2"))
    comparison = FeatureComparison([mine, ("gpt2-small", "6-res-jb", 1)], source=source)
    assert source.together == [[1]]
    assert comparison.refs == refs(2, 1)
    assert comparison.features[refs(2)[0]] is mine


def test_a_missing_feature_has_its_error_in_its_own_place(source: Several) -> None:
    source.errors[2] = NotFound("There is no feature 2.")
    comparison = FeatureComparison(refs(1, 2, 3), source=source, text="a b")
    assert comparison.error is None
    assert [card["error"] and card["error"]["message"] for card in cards(comparison)] == [
        None,
        "There is no feature 2.",
        None,
    ]
    assert [card["feature"] is None for card in cards(comparison)] == [False, True, False]
    assert values(comparison) == {1: [[1, 0]], 3: [[3, 0]]}
    overlap: Any = comparison._overlap
    assert overlap["promoted"]["sizes"] == [3, None, 3]
    assert "There is no feature 2." in comparison._static_html()


def test_what_stands_in_the_way_of_all_is_said_once_and_can_be_retried(source: Several) -> None:
    source.errors[1] = ConnectionFailed("No answer.")
    comparison = FeatureComparison(refs(1, 2), source=source, text="a b")
    assert comparison.error is not None
    assert comparison.error["where"] == "features"
    assert "No answer." in comparison._static_html()
    with pytest.raises(InvalidRequest, match=r"No feature arrived: No answer."):
        comparison.to_dataframe()
    source.errors.clear()
    comparison._command = {"name": "retry", "n": 1}
    comparison.wait()
    assert comparison.error is None
    assert values(comparison) == {1: [[1, 0]], 2: [[0, 2]]}


def test_setting_the_features_fetches_the_new_ones_alone(comparison: FeatureComparison, source: Several) -> None:
    source.gates[1] = Event()
    comparison.refs = refs(3, 2)
    comparison.wait()
    assert source.together == [[1, 2, 3]]
    assert values(comparison) == {3: [[3, 0, 0]], 2: [[0, 2, 0]]}
    comparison.refs = refs(3, 1)
    assert comparison.busy == "features"
    assert [card["feature"] is None for card in cards(comparison)] == [False, True]
    source.gates[1].set()
    comparison.wait()
    assert source.together[1:] == [[1]]
    assert values(comparison) == {3: [[3, 0, 0]], 1: [[1, 0, 0]]}


def test_each_answer_is_shown_when_it_comes(comparison: FeatureComparison, source: Several) -> None:
    source.gates[2, "b a"] = Event()
    arrived = Event()

    def look(change: Any) -> None:
        if len(change["new"]) == 2:
            arrived.set()

    comparison.observe(look, "answers")
    comparison.text = "b a"
    assert comparison.busy == "text"
    assert arrived.wait(20)
    assert values(comparison) == {1: [[0, 1]], 3: [[0, 3]]}
    source.gates[2, "b a"].set()
    comparison.wait()
    assert values(comparison)[2] == [[2, 0]]
    assert comparison.busy == ""


def test_the_latest_text_wins(comparison: FeatureComparison, source: Several) -> None:
    source.gates[1, "slow"] = Event()
    comparison.text = "slow"
    late = comparison._jobs._running
    comparison.text = "b b"
    comparison.wait()
    source.gates[1, "slow"].set()
    assert late is not None
    late.result(20)
    assert values(comparison) == {1: [[0, 0]], 2: [[2, 2]], 3: [[0, 0]]}


def test_a_feature_that_fails_leaves_the_others(comparison: FeatureComparison, source: Several) -> None:
    source.errors[2, "b a"] = ConnectionFailed("No answer.")
    comparison.text = "b a"
    comparison.wait()
    assert comparison.error is None
    assert values(comparison) == {1: [[0, 1]], 3: [[0, 3]]}
    assert {at: error["message"] for at, error in runs(comparison)["errors"].items()} == {"1": "No answer."}
    assert "No answer." in comparison._static_html()
    source.errors.clear()
    source.asked.clear()
    comparison._command = {"name": "resume", "n": 1}
    comparison.wait()
    assert source.asked == [(2, "b a")]
    assert runs(comparison)["errors"] == {}
    assert values(comparison)[2] == [[2, 0]]


def test_whatever_is_raised_is_shown(comparison: FeatureComparison, source: Several) -> None:
    source.errors[1, "x"] = RuntimeError("boom")
    comparison.text = "x"
    comparison.wait()
    assert runs(comparison)["errors"]["0"]["message"] == "RuntimeError: boom"


def test_running_again_asks_all_of_them_again(comparison: FeatureComparison, source: Several) -> None:
    source.asked.clear()
    comparison._command = {"name": "run", "n": 1}
    comparison.wait()
    assert sorted(source.asked) == [(1, "a b c"), (2, "a b c"), (3, "a b c")]


def test_stopping_keeps_what_has_arrived(comparison: FeatureComparison, source: Several) -> None:
    source.gates[1, "b"] = Event()
    comparison.texts = ["b"]
    comparison._command = {"name": "stop", "n": 1}
    source.gates[1, "b"].set()
    comparison.wait()
    assert comparison.busy == ""
    assert values(comparison)[1] == [[1, 0, 0]]


def test_variants_run_through_every_feature_and_share_their_columns(
    comparison: FeatureComparison, source: Several
) -> None:
    source.asked.clear()
    comparison.texts = ["a a c", "a b a c"]
    comparison.wait()
    assert len(source.asked) == 6
    assert runs(comparison)["rows"] == [[f, n] for f in range(3) for n in range(3)]
    assert runs(comparison)["columns"][:3] == [[0, 1, -1, 2], [0, 1, -1, 2], [0, 1, 2, 3]]
    comparison.texts = ["a b a c"]
    comparison.wait()
    assert len(source.asked) == 6
    assert values(comparison)[1] == [[1, 0, 0], [1, 0, 1, 0]]


def test_no_text_shows_no_answers(comparison: FeatureComparison) -> None:
    comparison.text = ""
    assert (comparison.answers, comparison._runs, comparison.busy) == ({}, None, "")
    with pytest.raises(InvalidRequest, match="No text was run through them"):
        comparison.to_dataframe("wide")


def test_a_source_that_runs_no_texts_says_so(source: Several) -> None:
    source.can_activate = False
    comparison = FeatureComparison(refs(1, 2), source=source, text="a")
    assert "cannot run texts" in comparison._cannot["activate"]
    assert comparison.answers == {}
    assert len(comparison.features) == 2


def test_a_feature_whose_source_runs_no_texts_says_so_in_its_place(source: Several) -> None:
    source.own[2] = {"source": {"id": "6-res-jb", "inferenceEnabled": False}}
    comparison = FeatureComparison(refs(1, 2), source=source, text="a")
    assert runs(comparison)["errors"]["1"]["message"] == "slow runs no texts through 6-res-jb."
    assert runs(comparison)["errors"]["1"]["retry"] is False
    assert (2, "a") not in source.asked
    assert values(comparison) == {1: [[1]]}


def test_choosing_a_feature_opens_its_dashboard(comparison: FeatureComparison) -> None:
    comparison.selected = refs(2)[0]
    assert comparison.dashboard is not None
    comparison.wait()
    assert comparison.dashboard.feature is not None
    assert comparison.dashboard.feature.index == 2
    assert '"dashboard"' in comparison.to_html()
    comparison.selected = None
    assert comparison.dashboard is None


def test_names_tell_features_of_several_sources_apart(source: Several) -> None:
    names = ["gpt2-small/6-res-jb/1", "gpt2-small/7-res-jb/1"]
    comparison = FeatureComparison(names, source=source)
    assert [card["name"] for card in cards(comparison)] == ["6-res-jb/1", "7-res-jb/1"]
    assert comparison._cards is not None
    assert comparison._cards["common"] == "gpt2-small"


def test_each_frame_begins_with_its_feature(comparison: FeatureComparison) -> None:
    comparison.texts = ["a x c"]
    comparison.wait()
    summary = comparison.to_dataframe()
    assert summary["index"].tolist() == [1, 2, 3]
    tokens = comparison.to_dataframe("tokens")
    assert list(tokens.columns) == ["model", "source", "index", "variant", "text", "position", "token", "value"]
    assert len(tokens) == 18
    assert tokens[(tokens["index"] == 2) & (tokens["variant"] == 0)]["value"].tolist() == [0.0, 2.0, 0.0]
    variants = comparison.to_dataframe("variants")
    lost = variants[(variants["index"] == 2) & (variants["variant"] == 1)]
    assert lost["difference"].tolist() == [0.0, -2.0, 0.0]
    assert lost["change"].tolist() == ["same", "replaced", "same"]


def test_the_wide_frame_has_a_column_for_each_feature(comparison: FeatureComparison) -> None:
    comparison.texts = ["a x"]
    comparison.wait()
    wide = comparison.to_dataframe("wide")
    assert list(wide.columns) == ["variant", "text", "position", "token", *refs(1, 2, 3)]
    assert wide["token"].tolist() == ["a", "b", "c", "a", "x"]
    assert wide[refs(3)[0]].tolist() == [3, 0, 0, 3, 0]


def test_the_wide_frame_says_what_is_missing(comparison: FeatureComparison, source: Several) -> None:
    source.errors[2, "b"] = ConnectionFailed("No answer.")
    comparison.texts = ["b"]
    comparison.wait()
    last = comparison.to_dataframe("wide").iloc[-1]
    assert last[refs(1)[0]] == 0
    assert np.isnan(last[refs(2)[0]])


def test_the_overlap_frame_counts_what_pairs_share(comparison: FeatureComparison) -> None:
    overlap = comparison.to_dataframe("overlap")
    firing = overlap[overlap["kind"] == "firing"]
    assert firing["index"].tolist() == [1, 1, 2]
    assert firing["other"].tolist() == refs(2, 3, 3)
    assert firing["shared"].tolist() == [0, 1, 0]
    assert firing["either"].tolist() == [2, 1, 2]
    assert firing["jaccard"].tolist() == [0.0, 1.0, 0.0]
    assert firing["tokens"].tolist() == ["", "a", ""]
    promoted = overlap[overlap["kind"] == "promoted"]
    assert promoted["tokens"].tolist() == ["Paris Berlin city"] * 3


def test_a_frame_that_there_is_not_is_named(comparison: FeatureComparison) -> None:
    with pytest.raises(InvalidRequest, match=r"no frame 'logits'. Kinds: summary, tokens"):
        comparison.to_dataframe("logits")  # type: ignore[arg-type]


def test_the_static_form_and_the_page_hold_the_comparison(comparison: FeatureComparison) -> None:
    data, _ = comparison._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(data)
    assert data["text/html"].count("names of cities") == 3
    assert "On the same text" in data["text/html"]
    page = comparison.to_html()
    assert '"_live":false' in page
    assert '"rows":[[0,0],[1,0],[2,0]]' in page
    assert repr(comparison) == f"<FeatureComparison of {', '.join(refs(1, 2, 3))}, 1 text>"


def test_hostile_text_stays_text_in_the_static_form(source: Several) -> None:
    bad = "<script>alert(1)</script>"
    source.row_changes = {"explanations": [{"id": "e", "description": bad}], "pos_str": [bad], "pos_values": [1.0]}
    html = FeatureComparison(refs(1, 2), source=source, text=bad)._static_html()
    assert bad not in html
    assert "&lt;script&gt;" in html


def test_a_closed_comparison_takes_no_late_answer(comparison: FeatureComparison, source: Several) -> None:
    source.gates[1, "b"] = Event()
    comparison.text = "b"
    late = comparison._jobs._running
    before = values(comparison)
    comparison.close()
    source.gates[1, "b"].set()
    assert late is not None
    late.result(20)
    assert values(comparison) == before
