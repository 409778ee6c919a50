"""The generator of the texts: what it writes is clean, and what it says of it is true."""

import random
import re
from dataclasses import replace
from itertools import islice, pairwise

import pytest

from np_widgets.demo.tokenizer import Tokenizer
from np_widgets.demo.training.concepts import Tagger, concept_names
from np_widgets.demo.training.corpus import make_documents, make_tokenizer, training_ids
from np_widgets.demo.training.documents import KINDS, TOPICS, Document, documents, write_document
from np_widgets.demo.training.grammar import Scene
from np_widgets.demo.training.labelling import describe_concept
from np_widgets.demo.training.lexicon import every_verb, inflect, plural, tags_of_words
from np_widgets.demo.training.settings import FULL, QUICK


@pytest.fixture(scope="module")
def texts() -> list[Document]:
    return list(islice(documents(5, noise=0), 1500))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return make_tokenizer(replace(FULL, vocabulary_documents=6000))


def test_a_seed_gives_one_world() -> None:
    assert list(islice(documents(3), 40)) == list(islice(documents(3), 40))
    assert list(islice(documents(3), 5)) != list(islice(documents(4), 5))


def test_every_kind_and_topic_is_written(texts: list[Document]) -> None:
    assert {document.kind for document in texts} == set(KINDS)
    assert {document.topic for document in texts} == {*TOPICS, None}


@pytest.mark.parametrize(
    "mistake",
    [
        r"[{}]\w|#\d",
        r"\b[Aa] [aeiou](?!ni|se|u)\w",
        r"\b[Aa]n [^aeiouAEIOU]",
        r"\bLe [aeiou]|\bLa [aeiou]",
        r"  \w",
        r"\w_\w",
        r" [.,!?]",
        r"\b(\w+) \1\b",
    ],
)
def test_texts_have_no_such_mistake(texts: list[Document], mistake: str) -> None:
    for document in texts:
        if document.kind != "code":
            found = re.search(mistake, document.text)
            assert not found, f"{found.group()!r} in {document.text!r}"


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("cherry", "cherries"),
        ("mouse", "mice"),
        ("sheep", "sheep"),
        ("box", "boxes"),
        ("shelf", "shelves"),
        ("donkey", "donkeys"),
        ("flower pot", "flower pots"),
        ("peach", "peaches"),
        ("leaf", "leaves"),
    ],
)
def test_plurals(noun: str, many: str) -> None:
    assert plural(noun) == many


def test_verbs_are_inflected() -> None:
    assert [inflect("chop", form) for form in ("past", "third", "ing")] == ["chopped", "chops", "chopping"]
    assert [inflect("fry", form) for form in ("past", "third", "ing")] == ["fried", "fries", "frying"]
    assert inflect("go", "past") == "went"
    assert not [verb for verb in every_verb() if re.search(r"(.)\1ened$|eed$", inflect(verb, "past"))]


def test_a_word_has_one_sense() -> None:
    nouns = {"animal", "bird", "insect", "fruit", "vegetable", "colour", "tool", "clothing", "food", "weather"}
    for word, tags in tags_of_words().items():
        assert len(tags & nouns) <= 1, word


def test_choices_are_kept_and_articles_fit() -> None:
    scene = Scene(random.Random(1), "sea", "past")
    kept = [scene.write("{thing#1}") for _ in range(5)]
    assert len(set(kept)) == 1
    assert scene.write("a oar and A anchor, a uniform") == "an oar and An anchor, a uniform"
    assert scene.write("[was|is] <x/x>") == "was x"
    assert scene.write("{Number}")[0].isupper()


def test_training_texts_come_back_from_their_ids(texts: list[Document], tokenizer: Tokenizer) -> None:
    for document in texts[:300]:
        assert tokenizer.decode(tokenizer.encode(document.text)) == document.text
    lengths = [len(ids) for ids in training_ids(tokenizer, QUICK)]
    assert max(lengths) > QUICK.context // 2, "the model has to see long texts too"


def test_tags_are_true(tokenizer: Tokenizer) -> None:
    tagger = Tagger(tokenizer)
    text = 'Anna saw a red fox. "Did it run?" asked Tom. It was not a dog (it was big).'
    ids, facts = tagger.tag(Document(text, "story", "forest", "past", "Anna"))
    readings = tokenizer.read(ids)

    def tagged(name: str) -> str:
        column = tagger.column[name]
        return "".join(r.text for r in readings if facts[r.first, column]).strip()

    assert tagged("colour") == "red"
    assert tagged("animal") == "fox dog"
    assert tagged("girl") == tagged("hero_name") == "Anna"
    assert tagged("opening_quote") == tagged("closing_quote") == '"'
    assert tagged("in_quotation") == "Did it run?"
    assert tagged("question") == '"Did it run?'
    assert tagged("speech_tag") == "asked Tom."
    assert tagged("negated_sentence") == "It was not a dog (it was big)."
    assert tagged("in_parentheses") == "it was big"
    assert tagged("sentence_start").startswith("Anna")
    assert tagged("kind:story") == tagged("topic:forest") == tagged("past_story") == text
    assert not tagged("topic:sea")


def test_every_concept_occurs_and_has_a_name(tokenizer: Tokenizer) -> None:
    tagger = Tagger(tokenizer)
    found = sum(tagger.tag(document)[1].sum(0) for document in make_documents(QUICK, 7, 1500, noise=0.3))
    missing = [name for name, count in zip(concept_names(), found, strict=True) if not count]
    assert not missing
    assert len({describe_concept(name) for name in concept_names()}) == len(concept_names())


def test_documents_end_as_they_should() -> None:
    rng = random.Random(0)
    for kind in KINDS:
        text = write_document(rng, kind).text
        assert text == text.strip()
        assert len(text) > 20


def test_noise_spells_what_is_rare(tokenizer: Tokenizer) -> None:
    noisy = list(islice(documents(8, noise=1), 400))
    assert {document.noise for document in noisy} == {"lower", "upper", "invented"}
    used = {index for document in noisy for index in tokenizer.encode(document.text)}
    assert {1, 2, 3} <= used
    assert all(a != b for a, b in pairwise(document.text for document in noisy))
