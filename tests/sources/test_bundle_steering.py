"""Recorded steering runs play back as they grew; with other strengths they are refused, and those there are named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from np_widgets import BundleSource, DemoSource, FeatureRef, NotFound, demo, record
from np_widgets.models import SteeringFeature, SteerRequest, SteerResult, SteerText
from tests.sources.library import MODEL, Library, ref

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEA = FeatureRef(DemoSource.model, demo.VECTOR_SOURCE_ID, 0)
ONE, TWO = FeatureRef.parse(ref(1)), FeatureRef.parse(ref(2))


class Saying(Library):
    """Says what it is told to."""

    def __init__(self, **said: Any) -> None:
        super().__init__()
        self.said = said

    def steer(self, request: SteerRequest, *, stream: bool = True) -> Iterator[SteerResult]:  # noqa: ARG002
        yield SteerResult(request=request, **self.said)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.jsonl.gz"


def recorded(path: Path, source: Library | DemoSource, *requests: SteerRequest) -> BundleSource:
    with record(path):
        for request in requests:
            list(source.steer(request))
    return BundleSource(path)


def texts(results: list[SteerResult]) -> list[tuple[str | None, str | None]]:
    return [(r.default.text if r.default else None, r.steered.text if r.steered else None) for r in results]


def test_a_run_that_is_played_back_answers_what_is_asked_now(path: Path) -> None:
    said = SteeringFeature(ref=ONE, strength=4, explanation="said of it now")
    bundle = recorded(path, Saying(is_complete=True), SteerRequest.make({ONE: 4}, "x"))
    (again,) = bundle.steer(SteerRequest.make([said], "x"))
    assert again.request.features[0].explanation == "said of it now"


def test_a_run_grows_again_token_by_token_as_it_did(path: Path) -> None:
    request = SteerRequest.make({SEA: 3.5}, "Yesterday we", n_tokens=20)
    bundle = recorded(path, DemoSource(), request)
    live, again = list(DemoSource().steer(request)), list(bundle.steer(request))
    for side in (0, 1):  # live, a side may wait for the other: a word that has several tokens is there with the last
        assert list(dict.fromkeys(said[side] for said in texts(again))) == list(
            dict.fromkeys(said[side] for said in texts(live))
        )
    assert again[-1] == live[-1]
    assert [result.is_complete for result in again] == [False] * (len(again) - 1) + [True]
    for result in again:
        assert result.steered
        assert "".join(token.token for token in result.steered.tokens) == result.steered.text
    assert "played back from lesson.jsonl.gz" in str(again[0].provenance)
    assert list(bundle.steer(request, stream=False)) == [live[-1]]


def test_a_run_without_tokens_grows_word_by_word_and_loses_no_character(path: Path) -> None:
    default, steered = SteerText(text="  The \ncat"), SteerText(text="A dog ran \t")
    said = {"default": default, "steered": steered, "is_complete": True, "id": "x1", "share_url": "https://a.b/x1"}
    request = SteerRequest.make({ONE: 4}, "Once")
    results = list(recorded(path, Saying(**said), request).steer(request))
    assert texts(results) == [
        ("  The", "A"),
        ("  The \ncat", "A dog"),
        ("  The \ncat", "A dog ran"),
        ("  The \ncat", "A dog ran \t"),
    ]
    assert [(result.id, result.share_url) for result in results] == [(None, None)] * 3 + [("x1", "https://a.b/x1")]


@pytest.mark.parametrize("steered", [None, SteerText(text=""), SteerText(text="A dog")])
def test_an_interrupted_run_ends_as_it_did(path: Path, steered: SteerText | None) -> None:
    request = SteerRequest.make({ONE: 4}, "Once")
    bundle = recorded(path, Saying(steered=steered, interrupted="The stream broke off."), request)
    results = list(bundle.steer(request))
    assert [result.interrupted for result in results] == [None] * (len(results) - 1) + ["The stream broke off."]
    assert not any(result.is_complete for result in results)
    assert (results[-1].default, results[-1].steered) == (None, steered)


def test_a_chat_grows_again_with_its_last_turn(path: Path) -> None:
    first = SteerRequest.make({SEA: 5}, messages="Hello! Where are you going?")
    (answered,) = DemoSource().steer(first, stream=False)
    second = answered.reply("Who is that?")
    bundle = recorded(path, DemoSource(), first, second)
    (live,) = DemoSource().steer(second, stream=False)
    results = list(bundle.steer(second))
    assert results[-1] == live
    assert live.steered
    for result in results:
        assert result.steered
        assert result.steered.messages[:-1] == live.steered.messages[:-1]
        assert result.steered.messages[-1].content == result.steered.text
        assert live.steered.text.startswith(result.steered.text)
        assert (live.steered.raw or "").startswith(result.steered.raw or "?")
    with pytest.raises(NotFound, match=r"in a chat, after 'And\?'.*holds .*after 'Hello! Where are you going\?'"):
        bundle.steer(answered.reply("And?"))


def test_the_strengths_that_were_recorded_are_known_and_others_refused_with_their_names(path: Path) -> None:
    asked = [SteerRequest.make({ONE: a, TWO: b}, "Once") for a, b in ((40, 5), (-2.5, 5), (40, 1))]
    elsewhere = [SteerRequest.make({ONE: 3, TWO: 3}, "Twice"), SteerRequest.make({ONE: 7}, "Once")]
    bundle = recorded(path, Library(), *asked, *elsewhere)
    new = SteerRequest.make({TWO: 2, ONE: 2}, "Once")
    assert bundle.recorded_strengths(new) == tuple({ONE: a, TWO: b} for a, b in ((40, 1), (-2.5, 5), (40, 5)))
    message = (
        rf"does not hold {MODEL} steered by {TWO} at 2 and {ONE} at 2 on 'Once'\. "
        r"It is a recording, and holds this run with the strengths 1 and 40; 5 and -2\.5; 5 and 40\."
    )
    with pytest.raises(NotFound, match=message):
        bundle.steer(new)
    assert bundle.recorded_strengths(SteerRequest.make({ONE: 1}, "Once")) == ({ONE: 7.0},)
    for stranger in (SteerRequest.make({TWO: 1}, "Once"), SteerRequest.make({ONE: 7}, "Once", seed=5)):
        assert bundle.recorded_strengths(stranger) == ()
        with pytest.raises(NotFound, match=r"It is a recording, and holds .* steered by"):
            bundle.steer(stranger)


def test_any_strength_can_be_asked_of_a_source_that_computes() -> None:
    assert DemoSource().recorded_strengths(SteerRequest.make({SEA: 1}, "Once")) is None


def test_a_run_is_found_however_its_features_are_explained(path: Path) -> None:
    (preset, *_) = DemoSource().steering_presets(DemoSource.model)
    explained = SteerRequest.make(preset.features, "Yesterday we", n_tokens=5)
    bare = SteerRequest.make({part.ref: part.strength for part in preset.features}, "Yesterday we", n_tokens=5)
    bundle = recorded(path, DemoSource(), explained)
    assert [result.request for result in bundle.steer(bare, stream=False)] == [bare]
    (result,) = bundle.steer(explained, stream=False)
    assert result.request.features[0].explanation == preset.features[0].explanation


def test_presets_and_the_list_of_contents(path: Path) -> None:
    with record(path):
        presets = Library().steering_presets(MODEL)
        list(Library().steer(SteerRequest.make({ONE: 4}, "Once", temperature=1)))
    bundle = BundleSource(path)
    assert bundle.supports("steer")
    assert bundle.steering_presets(MODEL) == presets
    frame = bundle.to_dataframe()
    assert frame["action"].tolist() == ["steering_presets", "steer"]
    assert frame["text"].tolist()[1] == "Once"
    assert frame["options"].tolist()[1] == f"{ONE} at 4, temperature=1"
    with pytest.raises(NotFound, match=f"the steering presets of gpt3.*holds the steering presets of {MODEL}"):
        bundle.steering_presets("gpt3")
