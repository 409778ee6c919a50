"""Texts laid below one another: each token in one place, in order, beside the one that it stands for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from np_widgets.variants import align, cells, columns


def words(text: str) -> list[str]:
    """Split a text as byte-level vocabularies do: a word carries the space before it."""
    first, *rest = text.split(" ")
    return [first, *(f" {word}" for word in rest)]


def laid(*texts: str) -> list[str]:
    """Write each text as it stands in its columns, a gap as an underscore."""
    tokens = [words(text) if text else [] for text in texts]
    rows = zip(*columns(tokens), strict=True)
    return [
        " ".join("_" if at is None else own[at].strip() for at in row) for own, row in zip(tokens, rows, strict=True)
    ]


def test_a_replaced_token_stands_below_the_one_that_it_replaces() -> None:
    assert laid("the doctor said she left", "the doctor said he left") == [
        "the doctor said she left",
        "the doctor said he left",
    ]
    changes = [cell.change for cell in cells([words("a b c"), words("a x c")]) if cell.text == 1]
    assert changes == ["same", "replaced", "same"]


def test_an_inserted_token_leaves_a_gap_in_the_base() -> None:
    assert laid("landed in Nairobi", "landed in big Nairobi") == ["landed in _ Nairobi", "landed in big Nairobi"]


def test_a_deleted_token_leaves_a_gap_in_the_variant() -> None:
    assert laid("landed in big Nairobi", "landed in Nairobi") == ["landed in big Nairobi", "landed in _ Nairobi"]


def test_gaps_stand_at_the_ends_too() -> None:
    assert laid("b c", "a b c d") == ["_ b c _", "a b c d"]
    assert laid("a b c d", "b c") == ["a b c d", "_ b c _"]


def test_repeated_tokens_keep_their_order() -> None:
    assert laid("the cat and the cat", "the cat and the dog") == ["the cat and the cat", "the cat and the dog"]
    assert laid("go go go", "go go go go") == ["go go go _", "go go go go"]
    assert align(["a"] * 300, ["a"] * 150 + ["b"] + ["a"] * 149) == [(n, n) for n in range(300)]


def test_a_split_word_stands_below_its_whole_where_it_is_complete() -> None:
    assert align(["in", " Nairobi", "."], ["in", " N", "airobi", "."]) == [(0, 0), (None, 1), (1, 2), (2, 3)]
    assert align(["in", " N", "airobi", "."], ["in", " Nairobi", "."]) == [(0, 0), (1, None), (2, 1), (3, 2)]


def test_the_first_word_is_known_again_inside_a_sentence() -> None:
    assert align(["London", " is"], ["In", " London", " is"]) == [(None, 0), (0, 1), (1, 2)]
    assert align(["ĠLondon", "Ġis"], ["Ġin", "ĠOld", "Ġlondon", "Ġis"]) == [(None, 0), (None, 1), (0, 2), (1, 3)]


def test_the_first_stands_for_the_first_and_what_is_left_over_comes_last() -> None:
    assert laid("said he left", "said she has gone") == ["said he left _", "said she has gone"]
    assert laid("in Paris today", "in New York today") == ["in Paris _ today", "in New York today"]


def test_a_word_stands_for_a_word_and_not_for_a_mark() -> None:
    assert laid("the cat sat", "the , dog sat") == ["the _ cat sat", "the , dog sat"]


def test_what_moved_is_not_said_to_be_replaced() -> None:
    assert laid("then he ran home", "he ran home then") == ["then he ran home _", "_ he ran home then"]


def test_variants_share_the_columns_of_what_they_insert() -> None:
    assert laid("I saw him", "I saw him there", "today I really saw him", "I once saw her now") == [
        "_ I _ saw him _",
        "_ I _ saw him there",
        "today I really saw him _",
        "_ I once saw her now",
    ]


@pytest.mark.parametrize("tokens", [[], ["a"], ["a", "b"]])
def test_an_empty_text_is_all_gaps(tokens: list[str]) -> None:
    assert align([], tokens) == [(None, n) for n in range(len(tokens))]
    assert align(tokens, []) == [(n, None) for n in range(len(tokens))]
    assert columns([tokens]) == [(n,) for n in range(len(tokens))]


def test_no_texts_have_no_cells() -> None:
    assert cells([]) == []


def test_a_column_that_is_empty_for_a_text_and_the_base_is_no_cell_of_it() -> None:
    texts = [words("a b"), words("a b"), words("a x y b")]
    assert [(c.text, c.column, c.position, c.base_position, c.change) for c in cells(texts)[2:]] == [
        (1, 0, 0, 0, "same"),
        (1, 3, 1, 1, "same"),
        (2, 0, 0, 0, "same"),
        (2, 1, 1, None, "inserted"),
        (2, 2, 2, None, "inserted"),
        (2, 3, 3, 1, "same"),
    ]


TEXT = st.lists(st.sampled_from(["a", " a", "ab", "b", " c", "", "Ġb", "<bos>"]), max_size=14)


@given(TEXT, TEXT)
def test_every_token_of_both_stands_once_and_in_order(base: list[str], variant: list[str]) -> None:
    pairs = align(base, variant)
    assert [i for i, _ in pairs if i is not None] == list(range(len(base)))
    assert [j for _, j in pairs if j is not None] == list(range(len(variant)))
    assert (None, None) not in pairs


@given(st.lists(TEXT, min_size=1, max_size=4))
def test_every_text_reads_as_it_is_through_the_columns(texts: list[list[str]]) -> None:
    rows = list(zip(*columns(texts), strict=True)) or [()] * len(texts)
    for text, row in zip(texts, rows, strict=True):
        assert [text[at] for at in row if at is not None] == text
