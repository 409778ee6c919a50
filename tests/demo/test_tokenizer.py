import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from np_widgets.demo.tokenizer import BOS, CAPS, UPPER, Tokenizer
from np_widgets.demo.weights import read_shipped


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return read_shipped().tokenizer


shipped = read_shipped().tokenizer


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_every_text_comes_back(text: str) -> None:
    ids = shipped.encode(text)
    assert shipped.decode(ids) == text
    assert "".join(reading.text for reading in shipped.read(ids)) == text


@pytest.mark.parametrize(
    "text",
    [
        "The fox",
        "the FOX and the Fox",
        "naïve café",
        "🙂🙃 family: 👨‍👩‍👧",
        "\u212a is the Kelvin sign",
        "İstanbul ß ŉ",
        "if x > 3:\n    print(x)\n\n\ty",
        "  two  spaces ",
        "x\r\ny\x00\x7f",
        "\u2028\u202eabc",
        "don't, we'll, it's",
    ],
)
def test_awkward_texts_come_back(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_a_lone_surrogate_is_replaced(tokenizer: Tokenizer) -> None:
    assert tokenizer.decode(tokenizer.encode("a\ud83d")) == "a?"


def test_known_words_are_one_token_and_not_found_inside_others(tokenizer: Tokenizer) -> None:
    assert len(tokenizer.encode(" fox")) == 1
    cat = tokenizer.encode(" cat")[0]
    assert cat not in tokenizer.encode(" catalog")


def test_other_spellings_are_markers_and_the_word(tokenizer: Tokenizer) -> None:
    fox = tokenizer.encode(" fox")[0]
    assert tokenizer.encode(" FOX") == [CAPS, fox]
    assert tokenizer.encode(" Fox") == [UPPER, fox]


def test_markers_and_bytes_are_no_readings_of_their_own(tokenizer: Tokenizer) -> None:
    text = " FOX 🙂"
    assert [reading.text for reading in tokenizer.read(tokenizer.encode(text))] == [" FOX", " ", "🙂"]


def test_readings_cover_every_token_once(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("Zorble met the FOX in Łódź 🙂.")
    readings = tokenizer.read(ids)
    assert readings[0].first == 0
    assert readings[-1].end == len(ids)
    assert all(a.end == b.first for a, b in itertools.pairwise(readings))


def test_any_ids_can_be_read(tokenizer: Tokenizer) -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        ids = rng.integers(0, len(tokenizer), 30).tolist()
        assert tokenizer.read(ids)[-1].end == 30


def test_half_a_character_is_open(tokenizer: Tokenizer) -> None:
    smile = tokenizer.encode("🙂")
    assert tokenizer.is_open(smile[:2])
    assert not tokenizer.is_open(smile)
    assert tokenizer.is_open([UPPER])
    assert not tokenizer.is_open([])
    assert tokenizer.text_of(BOS) == "<bos>"
