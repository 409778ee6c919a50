"""A recording answers what was asked, in whichever form, and says clearly what it does not hold."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

import np_widgets as npw
from np_widgets import BundleSource, DemoSource, FeatureDashboard, FeatureRef, NotFound, UnexpectedResponse, record
from np_widgets.recordings import Question, Writer, pack
from np_widgets.sources import FeatureSource, default, resolve
from np_widgets.widgets.search import ExplanationSearch
from tests.sources.library import AT, MODEL, SOURCE, Library, feature, ref

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEMO = f"{DemoSource.model}/{DemoSource.source}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.jsonl.gz"


@pytest.fixture
def recorded(path: Path) -> Callable[..., BundleSource]:
    """Record what a function asks a source, and play it back."""

    def play(ask: Callable[[FeatureSource], object], source: FeatureSource | None = None) -> BundleSource:
        with record(path):
            ask(source or Library())
        return BundleSource(path)

    return play


Recorded = Any


def peaks(one: npw.Feature) -> list[float | None]:
    return [activation.peak for activation in one.activations]


@pytest.mark.parametrize(
    "form",
    [
        (MODEL, SOURCE, 7),
        {"model": MODEL, "source": SOURCE, "index": np.int64(7)},
        f"https://www.neuronpedia.org/{ref(7)}?embed=true",
        FeatureRef(MODEL, SOURCE, 7),
    ],
)
def test_a_feature_is_found_by_any_of_its_names(recorded: Recorded, form: Any) -> None:
    bundle = recorded(lambda source: source.get_feature(ref(7)))
    assert bundle.get_feature(form) == feature(7)
    assert bundle.get_feature(form, refresh=True) == feature(7)
    assert recorded(lambda source: source.get_feature(form)).get_feature(ref(7)) == feature(7)


def test_a_feature_alone_serves_a_batch_and_a_batch_serves_one(recorded: Recorded) -> None:
    bundle = recorded(lambda source: (source.get_feature(ref(1)), source.get_features([ref(2), ref(3)])))
    assert bundle.get_features([ref(3), ref(1), ref(3)]) == [feature(3), feature(1), feature(3)]
    assert bundle.get_feature(ref(2)) == feature(2)


def test_the_strongest_examples_are_cut_from_what_is_there(recorded: Recorded) -> None:
    def ask(source: FeatureSource) -> None:
        source.get_feature(ref(1))
        source.get_features([ref(2)])
        source.get_features([ref(3)], max_activations=4)
        source.get_features([ref(3)], max_activations=3)

    bundle = recorded(ask)
    for index in (1, 2, 3):
        assert peaks(bundle.get_features([ref(index)], max_activations=2)[0]) == [5.0, 4.0]
    assert peaks(bundle.get_features([ref(3)], max_activations=4)[0]) == [5.0, 4.0, 3.0, 2.0]
    with pytest.raises(NotFound, match=r"feature .*/3 \(max_activations=5\).*max_activations=4"):
        bundle.get_features([ref(3)], max_activations=5)
    for whole in (bundle.get_feature, lambda name: bundle.get_features([name])):
        with pytest.raises(NotFound, match=r"lesson\.jsonl\.gz does not hold the feature gpt2-small/6-res-jb/3"):
            whole(ref(3))


def test_a_feature_fetched_alone_is_not_hidden_by_a_poorer_one_of_a_batch(recorded: Recorded) -> None:
    class Poor(Library):
        def get_features(self, refs: Any, *, max_activations: int | None = None) -> list[npw.Feature]:
            features = super().get_features(refs, max_activations=max_activations)
            return [msgspec.structs.replace(f, density=0.5) for f in features]

    bundle = recorded(lambda source: (source.get_feature(ref(1)), source.get_features([ref(1)])), Poor())
    assert bundle.get_feature(ref(1)).density is None


def test_texts_are_found_one_by_one(recorded: Recorded) -> None:
    bundle = recorded(lambda source: (source.activate(ref(1), ["one", "two"]), source.activate(ref(1), "three")))
    assert bundle.activate(ref(1), "two") == Library().activate(ref(1), "two")
    assert bundle.activate(ref(1), ["three", "one"]) == Library().activate(ref(1), ["three", "one"])
    for wrong in ("four", "One", "one "):
        with pytest.raises(NotFound, match=f"on the text '{wrong}'"):
            bundle.activate(ref(1), ["one", wrong])


@pytest.mark.parametrize("hidden", [(), (1, 2, 25), range(20), range(40)])
def test_a_search_is_put_together_from_its_pages(recorded: Recorded, hidden: Any) -> None:
    source = Library(45, hidden)
    everything = [f"cats {n}" for n in range(45) if n not in source.hidden]

    def page_through(asked: FeatureSource, limit: int) -> list[str]:
        found, offset = [], 0
        while True:
            page = asked.search_explanations("cats", model=MODEL, limit=limit, offset=offset)
            found += [match.text for match in page]
            if page.next_offset is None:
                return found
            offset = page.next_offset

    bundle = recorded(lambda source: page_through(source, 20), source)
    assert len(bundle.contents) == 3
    for limit in (1, 7, 20, 30, 100):
        assert page_through(bundle, limit) == everything
    whole = bundle.search_explanations(" cats ", model=MODEL, limit=100)
    assert (len(whole), whole.next_offset, whole.interrupted) == (len(everything), None, None)


def test_a_longer_search_than_was_recorded_says_that_there_was_more(recorded: Recorded) -> None:
    bundle = recorded(lambda source: source.search_explanations("cats", limit=20))
    assert len(bundle.search_explanations("cats", limit=5)) == 5
    assert [match.index for match in bundle.search_explanations("cats", limit=5, offset=17)] == [17, 18, 19]
    longer = bundle.search_explanations("cats", limit=50)
    assert (len(longer), longer.next_offset) == (20, 20)
    assert longer.interrupted == "lesson.jsonl.gz holds no more of this search."
    with pytest.raises(NotFound, match=r"the search for 'cats' \(limit=50, offset=20\).*'cats' \(limit=20, offset=0\)"):
        bundle.search_explanations("cats", limit=50, offset=20)


def test_a_search_that_goes_in_circles_ends(path: Path) -> None:
    page = Library().search_explanations("cats", limit=5)
    writer = Writer(path)
    for offset, following in ((0, 5), (5, 0)):
        question = Question.of("search_explanations", query="cats", model=None, sources=None, release=None)
        question.arguments.update(limit=5, offset=offset)
        writer.keep(question, "someone", pack(msgspec.structs.replace(page, next_offset=following)))
    writer.close()
    assert len(BundleSource(path).search_explanations("cats", limit=50)) == 10


def test_where_is_searched_is_part_of_the_question_and_its_order_is_not(recorded: Recorded) -> None:
    bundle = recorded(lambda source: source.search_explanations("cats", model=MODEL, sources=["b", "a"]))
    assert len(bundle.search_explanations("cats", model=MODEL, sources=("a", "b"))) == 20
    one = recorded(lambda source: source.search_explanations("cats", model=MODEL, sources="a"))
    assert len(one.search_explanations("cats", model=MODEL, sources=["a"])) == 20
    for elsewhere in ({"sources": ["a"]}, {"model": MODEL}, {"release": "x"}, {}):
        with pytest.raises(NotFound, match="does not hold the search for 'cats'"):
            bundle.search_explanations("cats", **elsewhere)


def test_the_first_of_a_longer_answer_are_enough(recorded: Recorded) -> None:
    def ask(source: FeatureSource) -> None:
        source.top_features(["one two", "three"], model=MODEL, source_set="res-jb", sort_positions=[1, 0], limit=30)
        source.top_features("three", model=MODEL, source_set="res-jb", density_threshold=1.0)
        source.top_features_by_token("one two", model=MODEL, source=SOURCE)

    bundle = recorded(ask)
    asked: dict[str, Any] = {"model": MODEL, "source_set": "res-jb", "sort_positions": [0, 1]}
    (matches,) = bundle.top_features("three", limit=12, **asked)
    assert [match.index for match in matches] == list(range(12))
    assert len(bundle.top_features("three", model=MODEL, source_set="res-jb", density_threshold=1)[0]) == 50
    with pytest.raises(NotFound, match=r"fire on 'three' \(.*limit=31\).*holds .*limit=30"):
        bundle.top_features("three", limit=31, **asked)
    with pytest.raises(NotFound, match="ignore_bos=False"):
        bundle.top_features("three", limit=30, ignore_bos=False, **asked)
    (tokens,) = bundle.top_features_by_token("one two", model=MODEL, source=SOURCE, limit=3)
    assert [[match.index for match in token.matches] for token in tokens] == [[0, 1, 2], [0, 1, 2]]
    with pytest.raises(NotFound):
        bundle.top_features_by_token("one two", model=MODEL, source=SOURCE, limit=11)


def test_neighbours_of_the_own_source_are_asked_with_and_without_its_name(recorded: Recorded) -> None:
    bundle = recorded(lambda source: source.nearest_features(ref(1)))
    named = bundle.nearest_features(ref(1), model=MODEL, source=SOURCE)
    assert named == bundle.nearest_features((MODEL, SOURCE, 1), source=SOURCE) == bundle.nearest_features(ref(1))
    with pytest.raises(NotFound, match="the features of gpt2-small/7-res-jb near"):
        bundle.nearest_features(ref(1), source="7-res-jb")


def test_a_listing_goes_as_far_as_it_was_gone_through(recorded: Recorded) -> None:
    def ask(source: FeatureSource) -> None:
        list(source.iter_features(MODEL, SOURCE, limit=2))
        list(source.iter_features(MODEL, SOURCE, start=2, limit=2))

    bundle = recorded(ask, Library(5))
    assert [f.index for f in bundle.iter_features(MODEL, SOURCE, start=1, limit=3)] == [1, 2, 3]
    listing = iter(bundle.iter_features(MODEL, SOURCE, start=3))
    assert next(listing) == feature(3)
    with pytest.raises(NotFound, match=r"does not hold .* at place 4.*holds .* at place 3"):
        next(listing)
    assert bundle.get_feature(ref(2)) == feature(2)
    bundle = recorded(lambda source: list(source.iter_features(MODEL, SOURCE, start=4)), Library(5))
    assert len(list(bundle.iter_features(MODEL, SOURCE))) == 5


def test_answers_say_that_they_come_from_a_recording_and_keep_origin_and_time(recorded: Recorded) -> None:
    bundle = recorded(lambda source: (source.get_feature(ref(1)), source.search_explanations("cats")))
    one, found = bundle.get_feature(ref(1)), bundle.search_explanations("cats")
    for origin in (one.provenance, one.activations[0].provenance, found.provenance, found[0].feature.provenance):
        assert origin == msgspec.structs.replace(AT, cached=False, recording="lesson.jsonl.gz")
    assert str(one.provenance) == "fetched 2026-01-31 09:00 UTC from library (played back from lesson.jsonl.gz)"
    assert one.url == "https://www.neuronpedia.org/gpt2-small/6-res-jb/1"
    dashboard = FeatureDashboard(ref(1), source=bundle)
    assert "played back from lesson.jsonl.gz" in dashboard._repr_mimebundle_()[0]["text/html"]


def test_a_site_that_is_no_web_address_makes_no_link(path: Path) -> None:
    writer = Writer(path)
    evil = msgspec.structs.replace(feature(1), site="javascript:alert(1)//")
    writer.keep(Question.of("get_feature", ref=ref(1)), "someone", pack(evil))
    writer.close()
    assert BundleSource(path).get_feature(ref(1)).url is None


def test_the_nearest_that_it_holds_are_named(recorded: Recorded) -> None:
    def ask(source: FeatureSource) -> None:
        source.get_features([ref(index) for index in (3, 650, 652, 9000)])
        source.get_feature((MODEL, "7-res-jb", 651))
        source.activate(ref(3), ["The cat sat.", "The dog."])
        source.activate(ref(650), "London")
        source.search_explanations("cats", model=MODEL)

    bundle = recorded(ask)
    with pytest.raises(NotFound) as caught:
        bundle.get_feature(ref(651))
    assert caught.value.message == "lesson.jsonl.gz does not hold the feature gpt2-small/6-res-jb/651."
    names = (f"the feature {ref(index)}" for index in (650, 652, 3, 9000))
    assert caught.value.remedy == f"It is a recording, and holds {'; '.join(names)}."
    with pytest.raises(NotFound, match=r"holds the feature gpt2-small/7-res-jb/651\.$"):
        bundle.get_feature((MODEL, "7-res-jb", 1))
    with pytest.raises(NotFound) as caught:
        bundle.activate(ref(3), "The dog")
    assert caught.value.remedy == (
        "It is a recording, and holds the feature gpt2-small/6-res-jb/3 on the text 'The cat sat.'; "
        "the feature gpt2-small/6-res-jb/3 on the text 'The dog.'."
    )
    with pytest.raises(NotFound, match="holds the search for 'cats'"):
        bundle.search_explanations("dogs", model=MODEL)
    with pytest.raises(NotFound, match=r"holds 4 × get_features, 1 × get_feature, 3 × activate, 1 × search_explanat"):
        bundle.nearest_features(ref(3))


def test_of_many_near_ones_a_few_are_named(recorded: Recorded) -> None:
    bundle = recorded(lambda source: source.get_features([ref(index) for index in range(20)]))
    with pytest.raises(NotFound, match=r"/19; .*/14; and 14 more\."):
        bundle.get_feature(ref(100))


def test_it_lists_what_it_holds(recorded: Recorded) -> None:
    def ask(source: FeatureSource) -> None:
        source.get_features([ref(1)], max_activations=3)
        source.activate(ref(2), "The cat.")
        source.search_explanations("cats", model=MODEL, limit=5)

    bundle = recorded(ask)
    assert list(map(str, bundle.contents)) == [
        "the feature gpt2-small/6-res-jb/1 (max_activations=3)",
        "the feature gpt2-small/6-res-jb/2 on the text 'The cat.'",
        "the search for 'cats' (model='gpt2-small', limit=5, offset=0)",
    ]
    frame = bundle.to_dataframe()
    assert frame["action"].tolist() == ["get_features", "activate", "search_explanations"]
    assert frame["index"].tolist()[:2] == [1, 2]
    assert str(frame["index"].dtype) == "Int64"
    assert frame["model"].tolist() == [MODEL] * 3
    assert frame.loc[1, "text"] == "The cat."
    assert frame.loc[2, "query"] == "cats"
    assert frame["options"].tolist() == ["max_activations=3", "", "model='gpt2-small', limit=5, offset=0"]
    assert set(frame["origin"]) == {"library"}
    assert frame["recorded_at"].dt.tz is not None
    kinds = "1 × get_features, 1 × activate, 1 × search_explanations"
    assert repr(bundle) == f"<BundleSource lesson.jsonl.gz (recorded from library): {kinds}>"


def test_it_can_what_it_holds(recorded: Recorded) -> None:
    bundle = recorded(lambda source: source.get_features([ref(1)], max_activations=3))
    assert bundle.supports("get_features")
    assert not bundle.supports("get_feature")
    assert not bundle.supports("activate")
    assert recorded(lambda source: source.get_features([ref(1)])).supports("get_feature")


def test_an_empty_one_says_so(path: Path) -> None:
    record(path).close()
    bundle = BundleSource(path)
    assert bundle.name == "lesson.jsonl.gz (recorded from nothing)"
    assert len(bundle.to_dataframe()) == 0
    with pytest.raises(NotFound, match="holds nothing"):
        bundle.get_feature(ref(1))


def test_a_dashboard_plays_a_lesson_with_no_network(
    recorded: Recorded, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(lambda source: (source.get_feature(f"{DEMO}/7"), source.activate(f"{DEMO}/7", "The cat.")), DemoSource())
    monkeypatch.setattr(default, "_default", None)
    monkeypatch.setattr(socket, "socket", None)
    npw.use(str(path))
    dashboard = FeatureDashboard(f"{DEMO}/7", text="The cat.")
    assert dashboard.feature == DemoSource().get_feature(f"{DEMO}/7")
    assert dashboard.answer is not None
    assert dashboard.answer.values.tolist() == DemoSource().activate(f"{DEMO}/7", "The cat.")[0].values.tolist()
    assert dashboard.error is None
    dashboard.text = "The dog."
    dashboard.wait()
    assert dashboard.error is not None
    assert dashboard.error["message"] == f"lesson.jsonl.gz does not hold the feature {DEMO}/7 on the text 'The dog.'."
    assert dashboard.error["remedy"] == f"It is a recording, and holds the feature {DEMO}/7 on the text 'The cat.'."
    assert dashboard.error["retry"] is False
    dashboard.ref = f"{DEMO}/8"
    dashboard.wait()
    assert dashboard.feature is None
    assert f"does not hold the feature {DEMO}/8" in dashboard._repr_mimebundle_()[0]["text/html"]


def test_a_search_in_a_cell_plays_page_after_page_and_says_where_the_recording_ends(recorded: Recorded) -> None:
    def ask(source: FeatureSource) -> None:
        search = ExplanationSearch("cats", model=MODEL, source=source)
        search.more()
        search.wait()

    search = ExplanationSearch("cats", model=MODEL, source=recorded(ask))
    search.more()
    search.wait()
    assert search.matches is not None
    assert [match.index for match in search.matches] == list(range(40))
    search.more()
    search.wait()
    assert search.error is not None
    assert search.error["message"].startswith("lesson.jsonl.gz does not hold the search for 'cats'")
    assert len(search.matches) == 40


def test_a_dashboard_says_that_no_texts_were_recorded(recorded: Recorded) -> None:
    bundle = recorded(lambda source: source.get_feature(ref(1)))
    reason = FeatureDashboard(ref(1), source=bundle)._cannot["activate"]
    assert "lesson.jsonl.gz (recorded from library) cannot run texts" in reason


@pytest.mark.parametrize("form", [str, lambda path: path], ids=["str", "Path"])
def test_the_path_of_a_recording_is_a_source(path: Path, form: Any) -> None:
    with record(path):
        Library().get_feature(ref(1))
    assert isinstance(resolve(form(path)), BundleSource)
    assert npw.get_feature(ref(1), source=form(path)) == feature(1)


def test_the_environment_can_name_a_recording(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with record(path):
        Library().get_feature(ref(1))
    monkeypatch.setattr(default, "_default", None)
    monkeypatch.setenv("NP_WIDGETS_SOURCE", str(path))
    assert npw.get_feature(ref(1)) == feature(1)
    assert resolve() is resolve()


def test_what_is_no_recording_is_told_as_what_it_is(path: Path) -> None:
    with pytest.raises(npw.InvalidRequest, match=r"no source '.*lesson\.jsonl\.gz', and no file of that name"):
        npw.use(path)
    with pytest.raises(FileNotFoundError):
        BundleSource(path)
    path.write_text("notes")
    with pytest.raises(UnexpectedResponse, match="is not a recording"):
        npw.use(path)
