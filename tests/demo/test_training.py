"""Labels and strengths are computed right, and the whole program runs."""

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from np_widgets.demo import weights
from np_widgets.demo.tokenizer import Tokenizer
from np_widgets.demo.training.concepts import Tagger, concept_names
from np_widgets.demo.training.corpus import LABEL, make_documents, make_tokenizer
from np_widgets.demo.training.labelling import Evidence, Labelling, describe
from np_widgets.demo.training.settings import FULL, QUICK
from np_widgets.demo.training.steering import MULTIPLES, TARGET, crossing, word_lists


@lru_cache
def vocabulary() -> Tokenizer:
    return make_tokenizer(replace(FULL, vocabulary_documents=6000))


@pytest.fixture(scope="module")
def planted() -> tuple[Labelling, Evidence]:
    """Return evidence in which we know what each latent means."""
    tokenizer = vocabulary()
    tagged = [Tagger(tokenizer).tag(document) for document in make_documents(QUICK, LABEL, 150)]
    facts = np.concatenate([found for _, found in tagged])
    ids = np.concatenate([np.array(ids) for ids, _ in tagged])
    document = np.repeat(np.arange(len(tagged)), [len(ids) for ids, _ in tagged])
    rng = np.random.default_rng(0)
    colour = facts[:, concept_names().index("colour")]
    before = np.append(colour[1:] & (document[1:] == document[:-1]), False)
    full_stop = ids == tokenizer.encode(".")[0]
    noise = rng.random(len(ids)) < 0.02
    columns = [3 * colour + 0.5 * noise, 2 * before, 1.0 * full_stop, 1.0 * noise]
    evidence = Evidence(ids, document, facts, np.stack(columns, axis=1).astype(np.float32))
    return Labelling(evidence, tokenizer), evidence


def test_planted_latents_get_their_labels(planted: tuple[Labelling, Evidence]) -> None:
    labels = [planted[0].labels(latent)[0] for latent in range(4)]
    assert [label.description for label in labels[:3]] == ["colours", "before colours", '"."']
    assert all(label.overlap.f1 > 0.99 for label in labels[:3])
    assert labels[0].threshold > 0, "the noise below the threshold is not held against the latent"
    assert labels[3].overlap.f1 < 0.3


def test_concepts_find_their_latent(planted: tuple[Labelling, Evidence]) -> None:
    latent, label = planted[0].concepts()["colour"]
    assert (latent, round(label.overlap.precision, 2), round(label.overlap.recall, 2)) == (0, 1.0, 1.0)


def test_labels_read_like_words() -> None:
    assert describe("token", " fox") == 'the word "fox"'
    assert describe("before_token", "\n") == "before line break"
    assert describe("on", "topic:sea") == "texts about the sea"
    assert describe("after", "kind:recipe") == "after recipes"


def test_words_stand_for_their_concept(planted: tuple[Labelling, Evidence]) -> None:
    tokenizer = vocabulary()
    names, table = word_lists(planted[1], len(tokenizer))
    red = tokenizer.encode(" red")[0]
    assert table[red, names.index("colour")] == 1
    assert table[tokenizer.encode(" the")[0]].sum() == 0


def test_strength_is_where_the_text_becomes_odd() -> None:
    never = np.ones(len(MULTIPLES))
    at_once = np.full(len(MULTIPLES), 9.0)
    between = np.where(np.array(MULTIPLES) < 1, 1.0, 2 * TARGET - 1)
    found = crossing(np.stack([never, at_once, between]).astype(np.float32))
    assert found[0] == pytest.approx(MULTIPLES[-1])
    assert found[1] == pytest.approx(MULTIPLES[0])
    assert found[2] == pytest.approx((0.6 + 1.0) / 2)


@pytest.fixture(scope="module")
def card() -> dict[str, Any]:
    return weights.read_card()


def test_shipped_weights_pass_the_gates(card: dict[str, Any]) -> None:
    assert card["reconstruction"]["increase"] <= 0.024
    assert card["labels"]["summary"]["dead_latents"] == 0
    assert card["labels"]["summary"]["concepts_f1_80"] >= 13
    assert card["control"]["summary"]["concepts_f1_80"] < card["labels"]["summary"]["concepts_f1_80"]


def test_shipped_files_are_small_and_agree() -> None:
    folder = Path(weights.__file__).parent
    assert sum((folder / name).stat().st_size for name in (weights.WEIGHTS, weights.LABELS)) < 2_000_000
    labels = json.loads((folder / weights.LABELS).read_text("utf-8"))
    shipped = weights.read_shipped()
    assert len(labels["latents"]) == len(shipped.sae)
    assert len(labels["vectors"]) == len(shipped.vectors) >= 12
    assert all(one["strength"] > 0 and one["labels"] for one in labels["latents"])
    assert shipped.sae.threshold.dtype == np.float32


@pytest.mark.torch
def test_the_training_program_runs(tmp_path: Path) -> None:
    from np_widgets.demo.training.run import run

    figures = run(QUICK, tmp_path, tmp_path / "kept")
    assert figures["reconstruction"]["l0"] < 48
    again = run(QUICK, tmp_path, tmp_path / "kept")
    assert again["labels"] == figures["labels"]
    assert {path.name for path in tmp_path.iterdir()} >= {
        weights.WEIGHTS,
        weights.LABELS,
        weights.CARD,
        "model_card.md",
    }
