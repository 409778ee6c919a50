from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from np_widgets import tokens
from np_widgets.tokens import decode, is_special, joined, readable, visible


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (["Ġthe", "Ġcat", "Ċ"], [" the", " cat", "\n"]),
        (["▁the", "<0x0A>", "▁▁x"], [" the", "\n", "  x"]),
        (["Ã©", "naÃ¯ve", "âĢĶ"], ["é", "naïve", "—"]),
        (["cafÃ", "©!"], ["café", "!"]),
        (["ä½", "łå¥½"], ["你", "好"]),
        (["ðŁ", "ĺ", "Ģ", "."], ["😀", "", "", "."]),
        (["<0xE2>", "<0x82>", "<0xAC>", "5"], ["€", "", "", "5"]),
        (["a<0xE2>b"], ["a<0xE2>b"]),
        (["é", "č", "čas", "Ć", "NÃ", "O"], ["é", "č", "čas", "Ć", "NÃ", "O"]),
        (["čĊ"], ["\r\n"]),
        (["Ã", "Ã"], ["Ã", "Ã"]),
        (["<0xE2>"], ["<0xE2>"]),
        (["\ufffd", "\ufffd"], ["\ufffd", "\ufffd"]),
        ([], []),
        ([""], [""]),
    ],
)
def test_every_vocabulary_becomes_readable(raw: list[str], said: list[str]) -> None:
    assert readable(raw) == said


@given(st.text(alphabet="aé你😀—ñ ", min_size=1, max_size=8), st.data())
def test_a_byte_level_text_reads_the_same_however_it_is_cut(text: str, data: st.DataObject) -> None:
    stand_ins = {byte: character for character, byte in tokens._HIGH_BYTES.items()}
    spelled = [stand_ins.get(byte, "Ġ" if byte == 0x20 else chr(byte)) for byte in text.encode()]
    cuts = sorted(data.draw(st.sets(st.integers(1, len(spelled)))))
    pieces = ["".join(spelled[a:b]) for a, b in zip([0, *cuts], [*cuts, len(spelled)], strict=True)]
    assert "".join(readable([piece for piece in pieces if piece])) == text


@given(st.lists(st.text(max_size=6), max_size=8))
def test_no_token_is_lost_and_one_stays_one(raw: list[str]) -> None:
    said = readable(raw)
    assert len(said) == len(raw)
    assert all(
        text or token == "" or place in joined(raw) for place, (token, text) in enumerate(zip(raw, said, strict=True))
    )


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\n", "↵"),
        ("\r\n\t", "␍↵⇥"),
        ("", "∅"),
        (" ", " "),
        ("\u200b", "‹U+200B›"),
        ("a\u2028b", "a‹U+2028›b"),
        ("\u202eabc", "‹U+202E›abc"),
        ("\x00", "␀"),
        ("\ud83d", "‹U+D83D›"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("\u200d", "‹U+200D›"),
        ("\\n", "\\n"),
        ("<img src=x>", "<img src=x>"),
        ("שלום", "שלום"),
    ],
)
def test_what_cannot_be_seen_is_shown(text: str, seen: str) -> None:
    assert visible(text) == seen


@pytest.mark.parametrize("token", ["<bos>", "<|endoftext|>", "<|begin_of_text|>", "</s>", "[PAD]", "<start_of_turn>"])
def test_the_vocabulary_s_own_marks_are_known(token: str) -> None:
    assert is_special(token)


@pytest.mark.parametrize("token", ["<b>", "<img src=x>", " bos", "<", "[1]", "<|", ""])
def test_ordinary_tokens_are_not_marks(token: str) -> None:
    assert not is_special(token)


def test_single_tokens_keep_what_they_cannot_know() -> None:
    assert decode("Ã") == "Ã"


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(tokens).failed == 0
