"""Words that differ are marked, the fewest that can be, and nothing of a text is lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from np_widgets.differences import Stretch, differences

TEXTS = st.lists(st.sampled_from(["a", "b", "fox", "fox.", "\n", " ", "\t", "é"]), max_size=12).map(" ".join)


def marked(one: str, other: str, *, is_whole: bool = True) -> tuple[str, str]:
    """Write what differs in brackets."""
    left, right = (
        "".join(f"[{text}]" if differs else text for text, differs in side)
        for side in differences(one, other, is_whole=is_whole)
    )
    return left, right


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("She saw the fox.", "She saw a fox.", ("She saw [the] fox.", "She saw [a] fox.")),
        ("a b c", "a b c", ("a b c", "a b c")),
        ("a b c", "x y", ("[a b c]", "[x y]")),
        ("a c", "a b c d", ("a c", "a [b] c [d]")),
        ("one\ntwo", "one two", ("one\ntwo", "one two")),
        ("Fox", "fox", ("[Fox]", "[fox]")),
        ("a  ", "a", ("a  ", "a")),
        ("", "a", ("", "[a]")),
        ("", "", ("", "")),
        ("a a a", "a b a", ("a [a] a", "a [b] a")),
    ],
)
def test_what_only_one_text_has_is_marked(one: str, other: str, expected: tuple[str, str]) -> None:
    assert marked(one, other) == expected


def test_what_only_one_text_has_reached_is_not_judged_yet() -> None:
    assert marked("The cat sat on it", "The dog", is_whole=False) == ("The [cat] sat on it", "The [dog]")
    assert marked("The cat sat on it", "", is_whole=False) == ("The cat sat on it", "")


@given(TEXTS, TEXTS)
def test_no_character_is_lost_and_what_is_not_marked_is_the_same_in_both(one: str, other: str) -> None:
    sides = differences(one, other)
    assert ["".join(text for text, _ in side) for side in sides] == [one, other]
    common = ["".join(text for text, differs in side if not differs).split() for side in sides]
    assert common[0] == common[1]
    assert all(a.differs != b.differs for side in sides for a, b in pairwise(side))


@given(TEXTS, TEXTS)
def test_nothing_more_is_marked_than_must_be(one: str, other: str) -> None:
    a, b = one.split(), other.split()
    best = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            best[i + 1][j + 1] = best[i][j] + 1 if x == y else max(best[i][j + 1], best[i + 1][j])
    kept = sum(len(text.split()) for text, differs in differences(one, other)[0] if not differs)
    assert kept == best[-1][-1]


def test_a_stretch_is_a_text_and_whether_it_differs() -> None:
    assert differences("a", "a")[0] == [Stretch("a", differs=False)]
