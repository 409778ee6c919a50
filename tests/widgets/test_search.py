"""Searching by meaning: one request per question, the latest wins, and what has arrived stays."""

from __future__ import annotations

import json
from threading import Event
from typing import Any

import pytest
from traitlets import TraitError

from np_widgets import ExplanationSearch, InvalidRequest, NotFound, RateLimited
from tests.widgets.fakes import SlowSource
from tests.widgets.search_fakes import SearchSource

LIMITED = RateLimited("The limit of 200 requests is used up.", remedy="All are free after 60 minutes.", window="60 m")


def refs(search: ExplanationSearch) -> list[int]:
    assert search.matches is not None
    return [match.index for match in search.matches]


def cards(search: ExplanationSearch) -> list[dict[str, Any]]:
    found: Any = search._found
    return [card for page in found["pages"] for card in page["cards"]]


def press(search: ExplanationSearch, name: str) -> None:
    """What the front end's buttons send."""
    number = (search._command or {}).get("n", 0) + 1
    search.set_state({"_command": {"name": name, "n": number}})
    search.wait()


def test_a_constructor_asks_at_once_with_all_that_it_was_given() -> None:
    source = SearchSource()
    search = ExplanationSearch("religious text", model="gpt2-small", sources="6-res-jb", limit=7, source=source)
    assert source.questions == [
        {"query": "religious text", "model": "gpt2-small", "sources": ["6-res-jb"], "release": None, "limit": 7}
    ]
    assert refs(search) == list(range(7))
    assert search.sources == ["6-res-jb"]
    assert "7 explanations for 'religious text'" in repr(search)


def test_without_a_query_there_is_a_field_and_no_request() -> None:
    source = SearchSource()
    search = ExplanationSearch(source=source)
    assert (source.questions, search.matches, search.error) == ([], None, None)
    with pytest.raises(InvalidRequest, match="Nothing was searched for"):
        search.to_dataframe()
    assert "nothing yet" in repr(search)
    assert "Nothing was searched for" in search._static_html()


def test_a_card_holds_what_the_picture_needs_and_says_what_is_lost() -> None:
    search = ExplanationSearch("cities", source=SearchSource())
    first, lost = cards(search)[0], cards(search)[4]
    assert (first["ref"], first["cosine"], first["known"], first["examples"]) == ("gpt2-small/6-res-jb/0", 1, True, 3)
    assert first["promoted"] == [" Paris", " Berlin", " city"]
    assert (lost["known"], lost["density"], lost["examples"]) == (False, None, 0)
    found: Any = search._found
    texts = found["pages"][0]["texts"]
    assert len(texts["lengths"]) == sum(card["examples"] for card in cards(search))
    json.dumps(search.page_part().packed(), allow_nan=False)


def test_the_latest_question_wins_however_late_the_others_are_answered() -> None:
    source = SearchSource()
    search = ExplanationSearch(source=source)
    source.gates[("first one", 0)] = Event()
    search.query = "first one"
    assert search.busy == "query"
    search.query = "second one"
    search.wait()
    source.gates[("first one", 0)].set()
    search.query = "third one"
    search.wait()
    assert search.matches is not None
    assert search.matches.query == "third one"
    assert search.busy == ""


def test_pages_are_added_until_there_is_no_more() -> None:
    source = SearchSource(45)
    search = ExplanationSearch("cities", source=source)
    first: Any = search._found
    for _ in range(4):
        search.more()
        search.wait()
    assert refs(search) == list(range(45))
    assert [offset for _, offset in source.asked] == [0, 20, 40]
    found: Any = search._found
    assert [len(page["cards"]) for page in found["pages"]] == [20, 20, 5]
    assert found["pages"][0] == first["pages"][0]
    assert found["more"] is False
    assert len(search.to_dataframe()) == 45


def test_a_page_from_which_all_was_left_out_is_not_the_end() -> None:
    source = SearchSource()
    source.empty.add(("cities", 0))
    search = ExplanationSearch("cities", source=source)
    assert refs(search) == []
    search.more()
    search.wait()
    assert refs(search) == list(range(20, 40))


def test_more_is_asked_once_however_often_it_is_wished() -> None:
    source = SearchSource()
    search = ExplanationSearch("cities", source=source)
    gate = source.gates[("cities", 20)] = Event()
    for _ in range(3):
        search.more()
    assert search.busy == "more"
    gate.set()
    search.wait()
    assert refs(search) == list(range(40))


def test_a_limit_in_the_middle_leaves_what_arrived_and_says_when_to_go_on() -> None:
    source = SearchSource()
    search = ExplanationSearch("cities", source=source)
    source.errors[("cities", 20)] = LIMITED
    press(search, "more")
    assert refs(search) == list(range(20))
    assert search.error is not None
    assert (search.error["where"], search.error["retry"]) == ("more", True)
    assert "60 minutes" in search.error["remedy"]
    del source.errors[("cities", 20)]
    press(search, "retry")
    assert search.error is None
    assert refs(search) == list(range(40))


def test_what_broke_several_pages_off_stands_at_the_end_and_one_goes_on_where_it_broke() -> None:
    source = SearchSource()
    source.interrupts[("cities", 0)] = "The limit of 200 requests is used up."
    search = ExplanationSearch("cities", limit=40, source=source)
    found: Any = search._found
    assert "used up" in found["broken"]["message"]
    assert refs(search) == list(range(5))
    press(search, "retry")
    found = search._found
    assert found["broken"] is None
    assert refs(search) == list(range(45))


def test_another_question_fails_in_its_place_and_keeps_what_was_there() -> None:
    source = SearchSource()
    search = ExplanationSearch("cities", source=source)
    source.errors[("rivers", 0)] = NotFound("There is no model gpt9.", remedy="Check the name.")
    search.query = "rivers"
    search.wait()
    assert search.error is not None
    assert (search.error["where"], search.error["retry"]) == ("query", False)
    assert len(refs(search)) == 20
    del source.errors[("rivers", 0)]
    press(search, "run")
    assert search.error is None
    assert search.matches is not None
    assert search.matches.query == "rivers"


def test_an_error_in_the_constructor_is_shown_and_not_raised() -> None:
    source = SearchSource()
    source.errors[("cities", 0)] = LIMITED
    search = ExplanationSearch("cities", source=source)
    assert search.matches is None
    assert search.error is not None
    assert "used up" in repr(search)
    assert "used up" in search._static_html()
    with pytest.raises(InvalidRequest, match="used up"):
        search.to_dataframe()


def test_filters_ask_again_and_those_of_the_view_do_not() -> None:
    source = SearchSource()
    search = ExplanationSearch("cities", source=source)
    search.model = "gpt2-small"
    search.wait()
    search.sources = ["6-res-jb", "7-res-jb"]
    search.wait()
    search.sources, search.model, search.release = [], None, "res"
    search.wait()
    search.min_cosine, search.density_threshold = 0.5, 0.01
    assert source.questions[-1] == {"query": "cities", "model": None, "sources": None, "release": "res", "limit": 20}
    n_asked = len(source.questions)
    search.min_cosine = None
    assert len(source.questions) == n_asked
    assert len(search.to_dataframe()) == 20


def test_an_emptied_field_clears_the_results() -> None:
    search = ExplanationSearch("cities", source=SearchSource())
    search.query = ""
    search.wait()
    assert (search.matches, search._found, search.error) == (None, None, None)


def test_a_search_can_be_stopped() -> None:
    source = SearchSource()
    search = ExplanationSearch("cities", source=source)
    gate = source.gates[("rivers", 0)] = Event()
    search.query = "rivers"
    search.stop()
    gate.set()
    search.wait()
    assert search.busy == ""
    assert search.matches is not None
    assert search.matches.query == "cities"


def test_choosing_opens_one_dashboard_that_follows_the_choice() -> None:
    search = ExplanationSearch("cities", source=SearchSource(), scheme="cividis")
    search.selected = ("gpt2-small", "6-res-jb", 3)
    search.wait()
    first = search.dashboard
    assert first is not None
    assert first.feature is not None
    assert (search.selected, first.feature.index, first.scheme) == ("gpt2-small/6-res-jb/3", 3, "cividis")
    search.selected = "https://www.neuronpedia.org/gpt2-small/6-res-jb/2"
    search.wait()
    assert search.dashboard is first
    assert first.ref == "gpt2-small/6-res-jb/2"
    search.selected = None
    assert search.dashboard is None


def test_a_choice_given_to_the_constructor_is_opened() -> None:
    search = ExplanationSearch("cities", source=SearchSource(), selected="gpt2-small/6-res-jb/3")
    search.wait()
    assert search.dashboard is not None
    assert search.dashboard.feature is not None


def test_a_source_that_cannot_search_says_so() -> None:
    search = ExplanationSearch(source=CannotSearch())
    assert "searches no explanations" in search._cannot["ask"]
    search.query = "cities"
    search.wait()
    assert search.error is not None
    assert "searches no explanations" in search.error["message"]


class CannotSearch(SlowSource):
    def supports(self, action: str) -> bool:
        return action != "search_explanations"


@pytest.mark.parametrize(("name", "value"), [("limit", 0), ("query", 3), ("sources", [1]), ("scheme", "jet")])
def test_traits_refuse_what_is_not_theirs(name: str, value: Any) -> None:
    search = ExplanationSearch(source=SearchSource())
    with pytest.raises(TraitError, match=name):
        setattr(search, name, value)


def test_a_misspelt_option_is_refused() -> None:
    with pytest.raises(TypeError, match="min_cosine"):
        ExplanationSearch("cities", min_cosin=0.5, source=SearchSource())


def test_its_page_holds_the_results_and_the_dashboard() -> None:
    search = ExplanationSearch("cities", source=SearchSource())
    search.selected = "gpt2-small/6-res-jb/3"
    search.wait()
    page = search.to_html()
    assert "explanation 3" in page
    assert '"_dashboard":"IPY_MODEL__dashboard"' in page
