from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from np_widgets import Feature, FeatureRef, InvalidRequest
from tests.rows import feature_row

WANTED = FeatureRef("gpt2-small", "6-res-jb", 650)


def sae(neuronpedia_id: str | None) -> Any:
    return SimpleNamespace(cfg=SimpleNamespace(metadata=SimpleNamespace(neuronpedia_id=neuronpedia_id)))


@pytest.mark.parametrize(
    "form",
    [
        WANTED,
        "gpt2-small/6-res-jb/650",
        "  gpt2-small/6-res-jb/650/ ",
        "https://www.neuronpedia.org/gpt2-small/6-res-jb/650",
        "https://neuronpedia.org/gpt2-small/6-res-jb/650?embed=true&embedexplanation=true&defaulttesttext=a%20b",
        "www.neuronpedia.org/gpt2-small/6-res-jb/650#top",
        "http://localhost:3000/gpt2-small/6-res-jb/650",
        "https://www.neuronpedia.org/api/feature/gpt2-small/6-res-jb/650",
        ("gpt2-small", "6-res-jb", 650),
        ["gpt2-small", "6-res-jb", "650"],
        ("gpt2-small", "6-res-jb", np.int64(650)),
        {"model": "gpt2-small", "source": "6-res-jb", "index": 650, "density": 0.1},
        (sae("gpt2-small/6-res-jb"), 650),
        (SimpleNamespace(cfg=SimpleNamespace(neuronpedia_id="gpt2-small/6-res-jb")), 650),
        (SimpleNamespace(cfg={"neuronpedia_id": "gpt2-small/6-res-jb"}), 650),
        ("gpt2-small/6-res-jb", 650),
        Feature.from_json(feature_row()),
    ],
)
def test_every_form_names_the_same_feature(form: Any) -> None:
    assert FeatureRef.parse(form) == WANTED


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "gpt2-small",
        "gpt2-small/6-res-jb",
        "gpt2-small/6-res-jb/",
        "gpt2-small//650",
        "gpt2-small/6-res-jb/650/7",
        "gpt2-small/6-res-jb/-1",
        "gpt2-small/6-res-jb/1.5",
        "gpt2-small/6-res-jb/abc",
        "gpt2-small/6-res-jb/99999999999999999999",
        "gpt2 small/6-res-jb/1",
        "../../etc/1",
        "https://www.neuronpedia.org/",
        "https://www.neuronpedia.org/gpt2-small",
        ("gpt2-small", "6-res-jb", True),
        ("gpt2-small", "6-res-jb", 1.0),
        ("gpt2-small", "6-res-jb", None),
        ("gpt2-small", "", 1),
        (1, 2, 3),
        ("a", "b", 1, 2),
        {"model": "gpt2-small"},
        12,
        None,
        object(),
        sae("gpt2-small/6-res-jb"),
        (object(), 1),
        (sae("no-slash"), 1),
    ],
)
def test_nonsense_is_refused_with_a_sentence_that_shows_the_right_form(nonsense: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"\(sae, 650\)"):
        FeatureRef.parse(nonsense)


def test_an_sae_without_an_id_is_told_so_and_no_id_is_made_up() -> None:
    with pytest.raises(InvalidRequest, match="has no neuronpedia_id"):
        FeatureRef.parse((sae(None), 650))


def test_a_reference_is_a_key_and_reads_as_it_is_written() -> None:
    assert str(WANTED) == "gpt2-small/6-res-jb/650"
    assert {WANTED: 1}[FeatureRef.parse(str(WANTED))] == 1
    assert WANTED.with_index(3) == FeatureRef("gpt2-small", "6-res-jb", 3)
