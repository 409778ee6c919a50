"""The demo source through the whole house: computed, decoded, framed, drawn."""

from __future__ import annotations

import numpy as np
import pytest

from np_widgets import DemoSource, Feature, FeatureDashboard, InvalidRequest, NotFound, demo, to_dataframe
from np_widgets.examples import arrange

REF = f"{DemoSource.model}/{DemoSource.source}/7"


@pytest.fixture(scope="module")
def source() -> DemoSource:
    return DemoSource()


@pytest.fixture(scope="module")
def feature(source: DemoSource) -> Feature:
    return source.get_feature(REF)


def test_a_demo_feature_has_something_in_every_panel(feature: Feature) -> None:
    assert feature.explanation
    assert feature.explanations[0].scores[0].value is not None
    assert len(feature.activations) >= 20
    assert len(feature.promoted.tokens) == len(feature.suppressed.tokens) == 10
    assert feature.activation_histogram
    assert feature.logit_histogram
    assert feature.neighbours
    assert feature.density is not None
    assert 0 < feature.density < 1
    assert feature.warnings == ()
    assert Feature.from_json(feature.to_json()) == feature


def test_it_says_that_it_is_a_small_model_on_generated_text(source: DemoSource, feature: Feature) -> None:
    assert feature.provenance is not None
    assert feature.provenance.note is not None
    assert "small demo model on generated text" in feature.provenance.note
    dashboard = FeatureDashboard(feature, source=source)
    assert dashboard._feature is not None
    assert "small demo model" in dashboard._feature["note"]
    assert "small demo model" in dashboard._repr_mimebundle_()[0]["text/html"]


def test_its_examples_are_what_the_model_itself_computes(source: DemoSource, feature: Feature) -> None:
    """No stored answer: an example's text, typed by hand, fires where the example says it does."""
    example = max(feature.activations, key=lambda activation: activation.peak or 0)
    again = source.activate(REF, example.text)[0]
    assert again.text == example.text
    assert again.peak is not None
    assert again.peak > 0


@pytest.mark.parametrize(
    "text", ["The cat sat.", "  ", "Ünïcödé 😀 你好", "def f(x):\n\treturn x", "ALL CAPS", "<bos>", "zzz qqq"]
)
def test_any_text_can_be_typed_and_reads_back_as_typed(source: DemoSource, text: str) -> None:
    activation = source.activate(REF, text)[0]
    assert activation.text == text
    assert np.isfinite(activation.values).all()


def test_many_texts_make_many_activations(source: DemoSource) -> None:
    texts = ["The cat.", "A red kite.", "The cat."]
    first, _, third = source.activate(REF, texts)
    assert first.values.tolist() == third.values.tolist()
    assert len(to_dataframe(source.activate(REF, texts), "tokens")["example"].unique()) == 3


@pytest.mark.parametrize("text", ["", "word " * 5000])
def test_texts_that_cannot_be_run_are_refused(source: DemoSource, text: str) -> None:
    with pytest.raises(InvalidRequest):
        source.activate(REF, text)


@pytest.mark.parametrize(
    "ref", ["gpt2-small/6-res-jb/650", f"{DemoSource.model}/9-other/0", REF.replace("/7", "/99999")]
)
def test_features_it_does_not_have_are_not_found_and_it_says_which_it_has(source: DemoSource, ref: str) -> None:
    for ask in (source.get_feature, lambda r: source.activate(r, "x")):
        with pytest.raises(NotFound, match=f"{DemoSource.model}/{DemoSource.source}/0"):
            ask(ref)


def test_features_come_in_the_order_asked_for_and_as_slim_as_asked_for(source: DemoSource) -> None:
    refs = [REF.replace("/7", f"/{index}") for index in (5, 3, 5)]
    features = source.get_features(refs, max_activations=2)
    assert [f.index for f in features] == [5, 3, 5]
    assert all(len(f.activations) == 2 for f in features)


def test_every_feature_can_be_shown_and_none_needs_mending(source: DemoSource) -> None:
    refs = [f"{DemoSource.model}/{DemoSource.source}/{index}" for index in range(demo.load().n_features)]
    for feature in source.get_features(refs):
        assert feature.activation_histogram
        assert feature.warnings == ()
        assert arrange(feature.activations).note() == ""
