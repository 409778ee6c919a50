"""Every answer passes by the recordings that are open, whoever asked."""

from __future__ import annotations

import gzip
import inspect
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TYPE_CHECKING, Any, get_args

import pytest

import np_widgets as npw
from np_widgets import BundleSource, DemoSource, FeatureDashboard, FeatureSource, NeuronpediaSource, NotFound, record
from np_widgets.models import SteerRequest, SteerResult, SteerText
from np_widgets.recordings import KINDS, RecordingWarning
from np_widgets.sources import Action, default, recording
from tests.server import faults
from tests.server.fixtures import server
from tests.sources.library import MODEL, SOURCE, Library, ref
from tests.sources.test_neuronpedia import ASKED
from tests.widgets.fakes import SlowSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from np_widgets.models import Feature, RefLike
    from tests.server import LoopbackServer

__all__ = ["server"]

CANARY = "canary-7f3a91c2d4"
DEMO = f"{DemoSource.model}/{DemoSource.source}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.jsonl.gz"


@pytest.fixture(autouse=True)
def _nothing_stays_open() -> Iterator[None]:
    yield
    assert recording._active == ()


def kept(path: Path) -> list[str]:
    return [str(question) for question in BundleSource(path).contents]


def test_functions_sources_and_widgets_are_all_heard(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default, "_default", None)
    npw.use("demo")
    before = FeatureDashboard(f"{DEMO}/1")
    with record(path) as kept_here:
        npw.get_feature(f"{DEMO}/2")
        npw.activate(f"{DEMO}/2", "The cat.")
        DemoSource().get_features([f"{DEMO}/3"], max_activations=2)
        before.ref = f"{DEMO}/4"
        before.wait()
        before.text = "The dog."
        before.wait()
        FeatureDashboard(f"{DEMO}/5", text="The cat.")
        assert len(kept_here) == 7
        assert repr(kept_here) == "<Recording of 7 answers in lesson.jsonl.gz>"
    npw.get_feature(f"{DEMO}/6")
    assert kept(path) == [
        f"the feature {DEMO}/2",
        f"the feature {DEMO}/2 on the text 'The cat.'",
        f"the feature {DEMO}/3 (max_activations=2)",
        f"the feature {DEMO}/4",
        f"the feature {DEMO}/4 on the text 'The dog.'",
        f"the feature {DEMO}/5",
        f"the feature {DEMO}/5 on the text 'The cat.'",
    ]
    assert repr(kept_here) == "<Recording of 7 answers in lesson.jsonl.gz, closed>"


def test_it_begins_at_once_and_ends_when_it_is_closed(path: Path) -> None:
    kept_here = record(str(path))
    Library().get_feature(ref(1))
    assert kept(path) == [f"the feature {ref(1)}"]
    kept_here.close()
    kept_here.close()
    Library().get_feature(ref(2))
    assert len(kept(path)) == 1


def a_cell_that_fails(path: Path) -> None:
    with record(path):
        Library().get_feature(ref(1))
        raise ZeroDivisionError


def test_what_was_answered_before_a_cell_failed_is_kept(path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        a_cell_that_fails(path)
    assert kept(path) == [f"the feature {ref(1)}"]


def test_what_was_answered_before_the_kernel_died_is_kept(path: Path) -> None:
    code = f"""
import os, signal
from np_widgets import record
from tests.sources.library import Library, ref
record({str(path)!r})
Library().get_features([ref(1), ref(2)])
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603 (our own)
    assert len(kept(path)) == 2


def test_two_recordings_both_hear(path: Path, tmp_path: Path) -> None:
    with record(path), record(tmp_path / "other"):
        Library().get_feature(ref(1))
    with record(path):
        Library().get_feature(ref(2))
    assert (len(kept(path)), len(kept(tmp_path / "other"))) == (2, 1)


def test_asking_again_costs_nothing_and_a_new_answer_takes_the_place(path: Path) -> None:
    source = SlowSource()
    with record(path) as kept_here:
        for refresh in (False, True):
            source.get_feature(ref(1), refresh=refresh)
        size = path.stat().st_size
        source.get_feature((MODEL, SOURCE, 1))
        assert path.stat().st_size == size
        source.row_changes = {"maxActApprox": 99}
        source.get_feature(ref(1))
        assert len(kept_here) == 1
    assert BundleSource(path).get_feature(ref(1)).max_activation == 99


def test_many_threads_record_at_once(path: Path) -> None:
    together = Barrier(8)

    def ask(number: int) -> None:
        together.wait(20)
        for index in range(10):
            Library().get_feature(ref(number * 10 + index))
            Library().activate(ref(0), f"text {index}")

    with record(path), ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    bundle = BundleSource(path)
    assert len(bundle.contents) == 90
    assert [bundle.get_feature(ref(index)).index for index in range(80)] == list(range(80))


def test_an_answer_that_is_late_is_not_written(path: Path) -> None:
    source = SlowSource()
    source.gates[7] = Event()
    dashboard = FeatureDashboard(ref(7), source=source, wait=False)
    with record(path):
        source.get_feature(ref(1))
    source.gates[7].set()
    dashboard.wait()
    assert dashboard.feature is not None
    assert kept(path) == [f"the feature {ref(1)}"]


def test_an_answer_that_comes_meanwhile_is_written_though_it_was_asked_for_before(path: Path) -> None:
    source = SlowSource()
    source.gates[7] = Event()
    dashboard = FeatureDashboard(ref(7), source=source, wait=False)
    with record(path):
        source.gates[7].set()
        dashboard.wait()
    assert kept(path) == [f"the feature {ref(7)}"]


def test_errors_are_not_kept(path: Path) -> None:
    with record(path):
        with pytest.raises(NotFound):
            DemoSource().get_feature("gpt2-small/6-res-jb/1")
        assert kept(path) == []


def test_a_listing_is_kept_as_far_as_one_went(path: Path) -> None:
    with record(path):
        listing = iter(Library(4).iter_features(MODEL, SOURCE))
        assert [next(listing).index, next(listing).index] == [0, 1]
        assert len(kept(path)) == 4
        listing.close()  # type: ignore[attr-defined]
    assert [str(q) for q in BundleSource(path).contents if q.action == "iter_features"] == [
        f"the features of {MODEL}/{SOURCE} one after another, at place {place}" for place in (0, 1)
    ]


class Louder(Library):
    """A source that builds on another one's answer."""

    def get_feature(self, ref: RefLike, *, refresh: bool = False, loudly: bool = True) -> Feature:
        feature = super().get_feature(ref, refresh=refresh)
        return npw.Feature(model=feature.model, source=feature.source, index=feature.index + loudly)


class Borrowed:
    """Half of a source."""

    def get_feature(self, ref: RefLike, *, refresh: bool = False) -> Feature:
        return Library().get_feature(ref, refresh=refresh)


class Mixed(Borrowed, FeatureSource):
    name = "mixed"


def test_references_and_texts_that_come_from_an_iterator_are_kept_too(path: Path) -> None:
    with record(path):
        assert len(Library().get_features(iter([ref(1), ref(2)]))) == 2
        assert len(Library().activate(ref(1), (text for text in ("one", "two")))) == 2  # type: ignore[arg-type]
    assert len(kept(path)) == 4


def test_a_source_that_builds_on_another_has_the_last_word(path: Path) -> None:
    with record(path):
        Louder().get_feature(ref(1))
    assert BundleSource(path).get_feature(ref(1)).index == 2


def test_a_method_from_elsewhere_is_heard_too(path: Path) -> None:
    with record(path):
        Mixed().get_feature(ref(1))
    assert kept(path) == [f"the feature {ref(1)}"]
    assert Mixed().supports("get_feature")
    assert not Mixed().supports("activate")


def test_what_no_other_source_could_be_asked_is_not_kept_and_that_is_said(path: Path) -> None:
    with record(path), pytest.warns(RecordingWarning, match=r"library to get_feature is not recorded.*'loudly'"):
        assert Louder().get_feature(ref(1), loudly=False).index == 1
    assert kept(path) == [f"the feature {ref(1)}"]  # what it built on


def test_a_method_that_is_heard_keeps_its_signature_and_its_text() -> None:
    assert list(inspect.signature(DemoSource.get_features).parameters) == ["self", "refs", "max_activations"]
    assert DemoSource.get_features.__doc__ == "Compute many features, in the order asked for."


def test_the_key_is_in_no_file(path: Path, server: LoopbackServer, tmp_path: Path) -> None:
    source = NeuronpediaSource(base_url=server.url, api_key=CANARY, cache=tmp_path / "cache-of-someone")
    with record(path):
        source.get_feature(f"{DEMO}/7")
        source.get_features([f"{DEMO}/7", f"{DEMO}/8"])
        source.activate(f"{DEMO}/7", ["The cat sat.", "The dog."])
    source.client.close()
    assert {request.key for request in server.requests} == {CANARY}
    text = gzip.decompress(path.read_bytes())
    assert b"The cat sat." in text
    for secret in (CANARY, "cache-of-someone", str(tmp_path)):
        assert secret.encode() not in text


def test_an_answer_that_echoes_the_key_is_not_kept_and_that_is_said(path: Path, server: LoopbackServer) -> None:
    row = {"modelId": "a", "layer": "b", "index": "1", "vectorLabel": f"asked with {CANARY}"}
    source = NeuronpediaSource(base_url=server.url, api_key=CANARY, cache=False)
    server.fail(faults.Status(200, row))
    with record(path):
        with pytest.warns(RecordingWarning, match="to get_feature is not recorded, as your API key") as caught:
            assert source.get_feature("a/b/1").vector_label == f"asked with {CANARY}"
        with pytest.warns(RecordingWarning, match="to activate is not recorded"):
            source.activate(f"{DEMO}/7", f"My key is {CANARY}.")
        source.get_feature(f"{DEMO}/7")
    source.client.close()
    assert CANARY not in str(caught[0].message)
    assert kept(path) == [f"the feature {DEMO}/7"]
    assert CANARY.encode() not in gzip.decompress(path.read_bytes())


def test_a_file_that_is_no_recording_is_refused_before_anything_is_asked(path: Path) -> None:
    path.write_text("notes")
    with pytest.raises(npw.UnexpectedResponse, match="not a recording"):
        record(path)
    assert path.read_text() == "notes"


def test_a_recording_of_a_recording_is_an_extract(path: Path, tmp_path: Path) -> None:
    with record(path):
        Library().activate(ref(1), ["one", "two"])
    extract = tmp_path / "short.jsonl.gz"
    with record(extract):
        BundleSource(path).activate(ref(1), "two")
    (activation,) = BundleSource(extract).activate(ref(1), "two")
    assert kept(extract) == [f"the feature {ref(1)} on the text 'two'"]
    assert activation.provenance is not None
    assert (activation.provenance.origin, activation.provenance.recording) == ("library", "short.jsonl.gz")


def answers_of(source: FeatureSource) -> dict[str, Any]:
    """One answer of every action."""
    asked: dict[str, Any] = {"model": MODEL, "source": SOURCE}
    return {
        "get_feature": source.get_feature(ref(1)),
        "get_features": source.get_features([ref(2), ref(1)], max_activations=2),
        "iter_features": list(source.iter_features(MODEL, SOURCE, start=3, limit=2)),
        "activate": source.activate(ref(1), ["one two", "three"]),
        "search_explanations": source.search_explanations("cats", model=MODEL, sources=[SOURCE]),
        "top_features": source.top_features(["one two"], model=MODEL, source_set="res-jb", sort_positions=[1, 0]),
        "top_features_by_token": source.top_features_by_token("one two", **asked),
        "activate_source": source.activate_source(["one", "two"], **asked),
        "nearest_features": source.nearest_features(ref(1)),
    }


def test_every_action_is_kept_and_plays_back_the_same(path: Path) -> None:
    with record(path):
        given = answers_of(Library())
    bundle = BundleSource(path)
    assert answers_of(bundle) == given
    assert all(bundle.supports(action) for action in given)  # type: ignore[arg-type]


def test_every_action_of_the_service_plays_back_the_same(path: Path, server: LoopbackServer) -> None:
    source = NeuronpediaSource(base_url=server.url, api_key="", cache=False)

    def ask(answering: FeatureSource) -> dict[str, Any]:
        given = {action: getattr(answering, action)(**asked) for action, asked in ASKED.items()}
        return {action: list(answer) if action == "iter_features" else answer for action, answer in given.items()}

    with source.client, record(path):
        given = ask(source)
    n_requests = len(server.requests)
    assert ask(BundleSource(path)) == given
    assert len(server.requests) == n_requests


def test_whatever_a_source_can_be_asked_can_be_recorded() -> None:
    assert set(KINDS) == set(get_args(Action))


REQUEST = SteerRequest.make([ref(1), ref(2), ref(3)], "Once ", strengths=[40, -0.5, 8])
STEERED = f"{MODEL} steered by {ref(1)} at 40 and {ref(2)} at -0.5 and {ref(3)} at 8 on 'Once '"


def test_a_run_is_kept_as_its_last_result(path: Path) -> None:
    with record(path):
        results = list(Library().steer(REQUEST))
    assert [result.is_complete for result in results] == [False, False, True]
    (entry,) = BundleSource(path)._index.entries.values()
    assert str(entry.question) == STEERED, "what is as usual is not told"
    assert entry.answer() == results[-1]


def test_presets_are_kept(path: Path) -> None:
    with record(path):
        presets = Library().steering_presets(MODEL)
    (entry,) = BundleSource(path)._index.entries.values()
    assert entry.answer() == presets


def test_a_run_of_another_strength_or_setting_is_another_question(path: Path) -> None:
    others = [
        SteerRequest.make({ref(1): 41, ref(2): -0.5, ref(3): 8}, "Once "),
        SteerRequest.make({ref(1): 40, ref(2): -0.5, ref(3): 8}, "Once "),
        SteerRequest.make({ref(3): 8, ref(2): -0.5, ref(1): 40}, "Once "),  # the same in another order
        SteerRequest.make({ref(1): 40, ref(2): -0.5, ref(3): 8}, "Once"),
        SteerRequest.make({ref(1): 40, ref(2): -0.5, ref(3): 8}, "Once ", seed=3),
        SteerRequest.make({ref(1): 40}, messages=["a", "b"]),
        SteerRequest.make({ref(1): 40}, messages=["b", "a"]),
    ]
    with record(path) as kept_here:
        for request in others:
            list(Library().steer(request, stream=False))
        assert len(kept_here) == len(others) - 1


def broken(request: SteerRequest, words: str) -> SteerResult:
    return SteerResult(request=request, steered=SteerText(text=words), interrupted="The stream broke off.")


def test_an_interrupted_run_is_kept_where_there_is_nothing_better(path: Path) -> None:
    class Breaking(Library):
        words = "one"

        def steer(self, request: SteerRequest, *, stream: bool = True) -> Iterator[SteerResult]:  # noqa: ARG002
            yield SteerResult(request=request, steered=SteerText(text=self.words))
            yield broken(request, self.words)

    def answer() -> object:
        (entry,) = BundleSource(path)._index.entries.values()
        return entry.answer()

    source = Breaking()
    with record(path):
        list(source.steer(REQUEST))
        assert answer() == broken(REQUEST, "one")
        source.words = "two"
        list(source.steer(REQUEST))
        assert answer() == broken(REQUEST, "one")
        (whole,) = Library().steer(REQUEST, stream=False)
        assert answer() == whole
        list(source.steer(REQUEST))
        assert answer() == whole
    with record(path):
        list(source.steer(REQUEST))
    assert answer() == whole


def test_a_run_that_is_stopped_is_not_kept_and_stops_its_source(path: Path) -> None:
    stopped = []

    class Endless(FeatureSource):
        name = "endless"

        def steer(self, request: SteerRequest, *, stream: bool = True) -> Iterator[SteerResult]:  # noqa: ARG002
            try:
                while True:
                    yield SteerResult(request=request)
            finally:
                stopped.append(True)

    with record(path) as kept_here:
        run = Endless().steer(REQUEST)
        next(run)
        run.close()  # type: ignore[attr-defined]
        assert stopped == [True]
        assert list(run) == []
        for _ in Endless().steer(REQUEST):
            break
        assert stopped == [True, True]
        assert len(kept_here) == 0


def test_a_run_is_stopped_from_another_thread_after_its_next_result() -> None:
    waiting, go_on, ended = Event(), Event(), Event()

    class Slow(FeatureSource):
        name = "slow"

        def steer(self, request: SteerRequest, *, stream: bool = True) -> Iterator[SteerResult]:  # noqa: ARG002
            try:
                waiting.set()
                go_on.wait(20)
                yield SteerResult(request=request, is_complete=True)
            finally:
                ended.set()

    run = Slow().steer(REQUEST)
    with ThreadPoolExecutor(1) as pool:
        results = pool.submit(list, run)
        waiting.wait(20)
        run.close()  # type: ignore[attr-defined]
        go_on.set()
        assert results.result(20) == []
    assert ended.is_set()
