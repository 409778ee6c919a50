import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from np_widgets import demo
from np_widgets.demo import SOURCE_ID, VECTOR_SOURCE_ID, DemoModel
from np_widgets.errors import InvalidRequest

LATENTS = (0, 1, 77, 200, 511)


@pytest.mark.parametrize("index", LATENTS)
def test_a_feature_is_a_complete_reply(model: DemoModel, index: int) -> None:
    feature = model.feature(index)
    assert json.loads(json.dumps(feature, allow_nan=False)) == feature
    assert (feature["modelId"], feature["layer"], feature["index"]) == (demo.MODEL_ID, SOURCE_ID, str(index))
    assert len(feature["pos_str"]) == len(feature["pos_values"]) == len(feature["neg_str"]) == 10
    assert all(a >= b for a, b in pairwise(feature["pos_values"]))
    assert all(a <= b for a, b in pairwise(feature["neg_values"]))
    assert feature["topkCosSimIndices"][0] == index
    assert feature["topkCosSimValues"][0] == pytest.approx(1, abs=1e-3)
    assert len(feature["freq_hist_data_bar_heights"]) == len(feature["logits_hist_data_bar_values"]) == 50
    assert 0 < feature["frac_nonzero"] < 1
    assert feature["explanations"][0]["scores"][0]["explanationScoreTypeName"] == "np_demo-f1"
    assert feature["vectorDefaultSteerStrength"] > 0


@pytest.mark.parametrize("index", LATENTS)
def test_examples_hold_what_they_say(model: DemoModel, index: int) -> None:
    feature = model.feature(index)
    peaks = [row["maxValue"] for row in feature["activations"]]
    assert peaks == sorted(peaks, reverse=True)
    assert peaks[0] == feature["maxActApprox"]
    for row in feature["activations"]:
        assert len(row["tokens"]) == len(row["values"])
        assert row["values"][row["maxValueTokenIndex"]] == row["maxValue"] == max(row["values"])
        value = row["values"][row["qualifyingTokenIndex"]]
        if row["binMin"] == -1:
            assert row["binContains"] == -1
        else:
            assert row["binMin"] - 1e-4 <= value
            assert 0 < row["binContains"] < 1
    assert sum(row["binMin"] == -1 for row in feature["activations"]) <= 20


def test_stored_examples_are_what_the_model_says_of_their_text(model: DemoModel) -> None:
    for index in LATENTS:
        row = model.feature(index)["activations"][0]
        live = model.activate(SOURCE_ID, index, "".join(row["tokens"]))
        assert live["tokens"] == row["tokens"]
        np.testing.assert_allclose(live["values"], row["values"], atol=2e-3)


def test_histogram_counts_every_firing(model: DemoModel) -> None:
    feature = model.feature(5)
    n_tokens = sum(len(text) for text in model._shipped.corpus)
    assert sum(feature["freq_hist_data_bar_heights"]) == pytest.approx(feature["frac_nonzero"] * n_tokens, abs=1)


def test_no_latent_is_dead(model: DemoModel) -> None:
    firings = model._dashboards.firings()
    assert all(len(firings.of(index)[0]) for index in range(model.n_features))


@pytest.mark.parametrize("index", ["512", -1, "x", "", "٣", "1.0"])
def test_unknown_features_are_refused_with_what_there_is(model: DemoModel, index: str | int) -> None:
    with pytest.raises(KeyError, match="0 to"):
        model.feature_in(SOURCE_ID, index)
    with pytest.raises(KeyError, match="only"):
        model.feature_in("9-res-jb", 0)


def test_vectors_are_vector_features(model: DemoModel) -> None:
    for index in range(model.n_vectors):
        feature = model.feature_in(VECTOR_SOURCE_ID, str(index))
        assert feature["hasVector"]
        assert len(feature["vector"]) == feature["model"]["dimension"]
        assert feature["vectorLabel"]
        assert feature["hookName"] == "blocks.2.hook_resid_pre"
        assert feature["vectorDefaultSteerStrength"] > 0
        assert feature["sourceSet"] is None
        assert feature["activations"]
    json.dumps(feature, allow_nan=False)


def test_the_sea_fires_on_the_sea(model: DemoModel) -> None:
    labels = [model.vector_feature(index)["vectorLabel"] for index in range(model.n_vectors)]
    sea = labels.index("the sea")
    wet = model.activate(VECTOR_SOURCE_ID, sea, "The sailor saw a whale beside the harbour. The waves were high.")
    dry = model.activate(VECTOR_SOURCE_ID, sea, "The teacher wrote a sum on the blackboard. The lesson began.")
    assert np.mean(wet["values"]) > np.mean(dry["values"])


@pytest.mark.parametrize(
    "text", [" ", "\n", "🙂", "x", "The FOX\n\n    def f(x):\n\t<img src=x onerror=alert(1)>", "ÅÄÖ \u202e abc"]
)
def test_any_text_can_be_run(model: DemoModel, text: str) -> None:
    for source in (SOURCE_ID, VECTOR_SOURCE_ID):
        reply = model.activate(source, "3", text)
        assert "".join(reply["tokens"]) == text
        assert len(reply["tokens"]) == len(reply["values"])
        assert reply["maxValue"] == max(reply["values"]) == reply["values"][reply["maxValueTokenIndex"]]
        assert reply["createdAt"].endswith("Z")
        json.dumps(reply, allow_nan=False)


def test_bos_stays_with_vectors_only(model: DemoModel) -> None:
    assert model.activate(VECTOR_SOURCE_ID, 0, "fox", ignore_bos=False)["tokens"][0] == "<bos>"
    assert model.activate(VECTOR_SOURCE_ID, 0, "fox")["tokens"] == ["fox"]
    assert model.activate(SOURCE_ID, 0, "fox", ignore_bos=False)["tokens"] == ["fox"]


def test_no_text_and_too_much_text_are_refused_with_a_remedy(model: DemoModel) -> None:
    with pytest.raises(InvalidRequest, match=r"no tokens to run\. Give at least"):
        model.activate(SOURCE_ID, 0, "")
    long = "the fox " * 200
    n_tokens = len(model.tokenize(long)[0])
    with pytest.raises(InvalidRequest, match=f"has {n_tokens} tokens.* at most {model.context}.*Shorten it, or split"):
        model.activate(SOURCE_ID, 0, long)
    with pytest.raises(InvalidRequest, match="Shorten"):
        model.active_features(long)


def test_active_features_agree_with_activate(model: DemoModel) -> None:
    text = "Zorble gave the FOX a 🙂 and a red ball."
    tokens, table = model.active_features(text)
    assert table.shape == (len(tokens), model.n_features)
    for index in np.argsort(-table.max(0))[:5]:
        np.testing.assert_allclose(model.activate(SOURCE_ID, int(index), text)["values"], table[:, index], atol=1e-3)


def test_tokenize_gives_ids_and_vocabulary(model: DemoModel) -> None:
    ids, strings = model.tokenize(" the FOX")
    assert len(ids) == len(strings) == 3
    assert strings == [" the", "<caps>", " fox"]


def test_many_threads_get_one_answer() -> None:
    fresh = DemoModel()
    with ThreadPoolExecutor(8) as pool:
        features = list(pool.map(lambda _: fresh.feature(9), range(8)))
    assert all(feature == features[0] for feature in features)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, np_widgets.demo as d; d.SOURCE_ID; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603
    with pytest.raises(AttributeError, match="no attribute"):
        _ = demo.nothing
    assert demo.load() is demo.load()
