from __future__ import annotations

import pytest

from np_widgets import DemoSource, InvalidRequest, NeuronpediaSource, activate, get_feature, get_features, use
from np_widgets.sources import FeatureSource, default, resolve
from tests.widgets.fakes import SlowSource

REF = "gpt2-small/6-res-jb/650"


@pytest.fixture(autouse=True)
def _fresh_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default, "_default", None)
    monkeypatch.delenv("NP_WIDGETS_SOURCE", raising=False)


def test_without_a_word_neuronpedia_is_asked() -> None:
    assert resolve().name == "neuronpedia.org"


@pytest.mark.parametrize(("word", "name"), [("demo", "demo"), (" neuronpedia ", "neuronpedia.org")])
def test_the_environment_decides_before_anyone_else(word: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NP_WIDGETS_SOURCE", word)
    assert resolve().name == name


def test_a_wrong_word_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NP_WIDGETS_SOURCE", "demmo")
    with pytest.raises(InvalidRequest, match="'demmo'"):
        get_feature(REF)


def test_use_sets_the_default_and_returns_it() -> None:
    source = SlowSource()
    assert use(source) is source
    assert resolve() is source
    assert get_feature(REF).index == 650
    assert [f.index for f in get_features([REF, REF.replace("650", "7")])] == [650, 7]
    assert activate(REF, "a b")[0].tokens == ("a", "b")
    assert isinstance(use("demo"), DemoSource)


def test_one_call_can_take_another_source() -> None:
    use("demo")
    assert get_feature(REF, source=SlowSource()).index == 650


@pytest.mark.parametrize("wrong", ["neuronpedia.com", "", 3, object()])
def test_what_is_no_source_is_refused(wrong: object) -> None:
    with pytest.raises(InvalidRequest, match="source"):
        resolve(wrong)  # type: ignore[arg-type]


def test_every_source_keeps_the_protocol() -> None:
    for source in (DemoSource(), NeuronpediaSource(), SlowSource()):
        assert isinstance(source, FeatureSource)
        assert source.supports("activate")


def test_a_copy_of_the_service_is_named_by_its_host() -> None:
    assert NeuronpediaSource(base_url="http://localhost:3000").name == "localhost:3000"
