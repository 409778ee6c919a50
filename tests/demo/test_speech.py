"""Text that grows: nothing is shown that still changes, and how likely it was adds up."""

import numpy as np
import pytest

from np_widgets.demo.speech import CANDIDATES, Speech
from np_widgets.demo.tokenizer import BOS, Tokenizer
from np_widgets.demo.weights import read_shipped


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return read_shipped().tokenizer


def logprobs(scores: np.ndarray) -> np.ndarray:
    return np.asarray(scores - np.log(np.exp(scores.astype(np.float64)).sum()))


@pytest.mark.parametrize("text", [" the fox", " The FOX", "née 🙂 日本!", "Zorble", " \t\n", "\x00é"])
def test_text_only_grows_by_whole_characters_and_is_all_there_in_the_end(tokenizer: Tokenizer, text: str) -> None:
    speech = Speech(tokenizer, (BOS,))
    rng = np.random.default_rng(1)
    total = 0.0
    for index in tokenizer.encode(text):
        scores = rng.normal(size=len(tokenizer)).astype(np.float32)
        total += logprobs(scores)[index]
        before = speech.text
        speech.add(index, scores)
        assert speech.text.startswith(before)
        assert text.startswith(speech.text)
    speech.end()
    assert speech.text == "".join(part["token"] for part in speech.tokens) == text
    assert sum(part["logprob"] for part in speech.tokens) == pytest.approx(total, abs=1e-3)


def test_the_parts_of_a_character_are_one_token_and_so_are_a_marker_and_its_word(tokenizer: Tokenizer) -> None:
    speech = Speech(tokenizer, (BOS,))
    for index in tokenizer.encode("🙂 FOX"):
        speech.add(index, np.zeros(len(tokenizer), dtype=np.float32))
    assert [part["token"] for part in speech.tokens] == ["🙂", " FOX"]


def test_what_was_held_back_comes_with_the_end(tokenizer: Tokenizer) -> None:
    speech = Speech(tokenizer, (BOS,))
    for index in tokenizer.encode("🙂")[:2]:
        speech.add(index, np.zeros(len(tokenizer), dtype=np.float32))
    assert (speech.text, speech.tokens) == ("", ())
    speech.end()
    assert speech.text == "��"
    assert len(speech.tokens) == 1


def test_it_ends_at_an_end_and_takes_no_more(tokenizer: Tokenizer) -> None:
    speech = Speech(tokenizer, (BOS, *tokenizer.encode("\n")))
    fox, line = *tokenizer.encode(" fox"), *tokenizer.encode("\n")
    scores = np.zeros(len(tokenizer), dtype=np.float32)
    for index in (fox, line, fox, BOS):
        speech.add(index, scores)
    assert (speech.text, speech.is_over) == (" fox", True)


def test_candidates_are_the_likeliest_in_order(tokenizer: Tokenizer) -> None:
    scores = np.zeros(len(tokenizer), dtype=np.float32)
    chosen = [tokenizer.encode(word)[0] for word in (" fox", " cat", " dog", " the", " and")]
    scores[chosen] = [5, 4, 3, 2, 1]
    speech = Speech(tokenizer, (BOS,))
    speech.add(chosen[2], scores)
    (said,) = speech.tokens
    assert [c["token"] for c in said["topLogprobs"]] == [" fox", " cat", " dog", " the", " and"]
    assert [c["logprob"] for c in said["topLogprobs"]] == np.round(logprobs(scores)[chosen], 4).tolist()
    assert said["logprob"] == said["topLogprobs"][2]["logprob"]
    assert len(said["topLogprobs"]) == CANDIDATES
