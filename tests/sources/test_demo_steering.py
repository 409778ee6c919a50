"""The demo source steers: results that grow, in the package's own words."""

from __future__ import annotations

from itertools import pairwise

import pytest

from np_widgets import DemoSource, InvalidRequest, NotFound, demo
from np_widgets.models import FeatureRef, SteerRequest, SteerResult
from np_widgets.models.steering import METHODS

SEA = FeatureRef(DemoSource.model, demo.VECTOR_SOURCE_ID, 0)
LATENT = FeatureRef(DemoSource.model, DemoSource.source, 7)


@pytest.fixture(scope="module")
def source() -> DemoSource:
    return DemoSource()


def last(source: DemoSource, request: SteerRequest) -> SteerResult:
    *_, result = source.steer(request)
    return result


def test_results_grow_and_the_last_alone_is_complete(source: DemoSource) -> None:
    request = SteerRequest.make({SEA: 3.5}, "One day, Anna went to the", n_tokens=20)
    results = list(source.steer(request))
    assert len(results) > 10
    assert [result.is_complete for result in results] == [False] * (len(results) - 1) + [True]
    for before, after in pairwise(results):
        assert before.steered is not None
        assert after.steered is not None
        assert after.steered.text.startswith(before.steered.text)
    final = results[-1]
    assert final.default is not None
    assert final.default.text == "".join(token.token for token in final.default.tokens)
    assert all(token.logprob is not None and token.logprob <= 0 for token in final.default.tokens)
    assert len(final.default.tokens[0].candidates) == 5
    assert (final.request, final.interrupted, final.id, final.share_url) == (request, None, None, None)
    assert "small demo model" in str(final.provenance and final.provenance.note)


def test_without_a_stream_there_is_only_the_end_of_it(source: DemoSource) -> None:
    request = SteerRequest.make({SEA: 3.5, FeatureRef(SEA.model, SEA.source, 3): -2}, "Yesterday we", n_tokens=20)
    assert list(source.steer(request, stream=False)) == [last(source, request)]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_computed(source: DemoSource, method: str) -> None:
    request = SteerRequest.make({LATENT: 9}, "Yesterday we", method=method, n_tokens=20, multiplier=2)
    result = last(source, request)
    assert result.is_complete
    assert result.steered
    assert result.default
    assert (result.steered.text != result.default.text) == (method != "projection-cap"), "nothing is over that cap"


def test_it_stops_when_it_is_closed(source: DemoSource) -> None:
    run = source.steer(SteerRequest.make({SEA: 3}, "Yesterday we"))
    next(run)
    run.close()  # type: ignore[attr-defined]
    assert list(run) == []


def test_a_chat_goes_on_over_three_turns_on_both_sides(source: DemoSource) -> None:
    result = last(source, SteerRequest.make({SEA: 4}, messages="Hello! Where are you going?", multiplier=1.3))
    for question in ("What did you see there?", "Who is that?"):
        result = last(source, result.reply(question))
    assert result.default
    assert result.steered
    assert result.default.messages != result.steered.messages
    for text in (result.default, result.steered):
        assert [message.role for message in text.messages] == ["user", "assistant"] * 3
        assert text.messages[2].content == "What did you see there?"
        assert text.messages[-1].content == text.text.strip()


def test_what_it_cannot_do_is_refused_at_once(source: DemoSource) -> None:
    with pytest.raises(NotFound, match=r"no model gpt2-small.*demo-tiny/2-demo-sae/0 to /511"):
        source.steer(SteerRequest.make({"gpt2-small/6-res-jb/5": 3}, "Once"))
    with pytest.raises(NotFound, match="no feature demo-tiny/2-demo-sae/512"):
        source.steer(SteerRequest.make({LATENT.with_index(512): 3}, "Once"))
    with pytest.raises(InvalidRequest, match=r"prompt has .* tokens, and the demo model reads at most 255"):
        source.steer(SteerRequest.make({LATENT: 3}, "the fox " * 200))
    with pytest.raises(InvalidRequest, match="is empty"):
        source.steer(SteerRequest(model=SEA.model, features=SteerRequest.make({LATENT: 3}, "x").features, prompt=""))
    with pytest.raises(InvalidRequest, match="no assistant axis"):
        source.steer(SteerRequest.make({LATENT: 3}, messages="Hi", assistant_axis=True))
    with pytest.raises(NotFound, match="no model gpt2-small"):
        source.steering_presets("gpt2-small")


def test_its_presets_run_as_they_are_and_change_the_text(source: DemoSource) -> None:
    presets = source.steering_presets(DemoSource.model)
    assert {preset.features[0].ref.source for preset in presets} == {DemoSource.source, demo.VECTOR_SOURCE_ID}
    for preset in presets:
        feature = source.get_feature(preset.features[0].ref)
        assert preset.features[0].strength == feature.default_strength, "a slider's middle is the calibrated strength"
        assert preset.features[0].explanation in (feature.explanation, feature.vector_label)
        result = last(source, SteerRequest.make(preset.features, "Yesterday we", n_tokens=24))
        assert result.default != result.steered
