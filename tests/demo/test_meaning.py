"""Search by meaning over the labels: what is found, and how like it is said to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from np_widgets.demo import DemoModel


def found(model: DemoModel, query: str) -> list[str]:
    results = model.search_explanations(query)["results"]
    return [result["description"] for result in results]


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("cities", "cities"),
        ("snow and ice", 'the word "snow"'),
        ("questions", "questions of a quiz"),
        ("  How Many? ", 'the word "Many"'),
    ],
)
def test_the_words_of_a_label_find_it_first(model: DemoModel, query: str, label: str) -> None:
    assert found(model, query)[0] == label


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("Paris", "cities"),  # it fires on them
        ("Monday", "days of the week"),
        ("monday", "days of the week"),  # a name is known with its capital alone
        ("guitar", "before musical instruments"),  # it promotes them
        ("bread", "before food"),
        ("doctor", "texts about the hospital"),
    ],
)
def test_a_label_is_found_by_words_that_it_does_not_contain(model: DemoModel, query: str, label: str) -> None:
    assert label in found(model, query)[:4]


@pytest.mark.parametrize("query", ["qqq", "🙂🙂🙂", "   ", "<b>"])
def test_what_has_nothing_in_common_with_any_label_finds_none(model: DemoModel, query: str) -> None:
    reply = model.search_explanations(query)
    assert (reply["results"], reply["resultsCount"], reply["hasMore"]) == ([], 0, False)
    assert "nextOffset" not in reply


def test_the_closest_stand_first_and_likeness_is_a_cosine(model: DemoModel) -> None:
    ranked = model._meanings.ranked("cities")
    likeness = [match[2] for match in ranked]
    assert likeness == sorted(likeness, reverse=True)
    assert all(0 < one <= 1 for one in likeness)
    assert len({match[:2] for match in ranked}) == len(ranked)


def test_an_unknown_word_makes_the_rest_of_a_query_count_less(model: DemoModel) -> None:
    alone = model._meanings.ranked("the weather")[0]
    beside = model._meanings.ranked("the weather zorblequax")[0]
    assert alone[:2] == beside[:2]
    assert beside[2] < alone[2]
