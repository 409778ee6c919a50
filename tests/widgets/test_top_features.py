"""Which features fire on a text: the order by picked tokens, the threshold, texts that change, what goes wrong."""

from __future__ import annotations

from threading import Event
from typing import Any

import numpy as np
import pytest
from traitlets import TraitError

from np_widgets import InvalidRequest, ServerError, TopFeatures
from tests.widgets.firing import FEATURES, LOST, MODEL, SAE, SET, UNKNOWN, FiringSource, tokens_of, values_of

TEXT = "Anna lost her kite and she was sad"


def top(text: Any = TEXT, source: FiringSource | None = None, **options: Any) -> TopFeatures:
    return TopFeatures(text, model=MODEL, source_set=SET, source=source or FiringSource(), **options)


def shown(widget: TopFeatures) -> list[int]:
    assert widget.matches is not None
    return [match.index for match in widget.matches]


def test_the_strongest_features_stand_first_and_their_values_over_the_tokens() -> None:
    widget = top()
    assert widget.matches is not None
    assert widget.matches.tokens == tokens_of(TEXT)
    peaks = widget.matches.values.max(axis=1)
    assert list(peaks) == sorted(peaks, reverse=True)
    assert peaks[0] == max(values_of(index, tokens_of(TEXT)).max() for index in FEATURES)
    assert widget.error is None
    assert len(widget._answers) == 1


def test_picked_tokens_sort_at_once_and_ask_for_those_that_fire_more_there() -> None:
    source = FiringSource(200)
    widget = top(source=source, limit=20)
    held = shown(widget)
    source.gates[TEXT] = Event()
    widget.positions = [4, 8]
    assert widget.busy == "order"
    at_once = shown(widget)
    assert sorted(at_once) == sorted(held)
    assert at_once != held
    source.gates[TEXT].set()
    widget.wait()
    assert source.asked[-1] == (TEXT, (4, 8))
    everywhere = {index: values_of(index, tokens_of(TEXT))[[4, 8]].sum() for index in range(200)}
    assert shown(widget)[0] == max(everywhere, key=lambda index: everywhere[index])
    assert set(shown(widget)) - set(held)
    assert widget.busy == ""


def test_what_holds_all_that_fires_is_sorted_without_asking() -> None:
    source = FiringSource()
    widget = top(source=source)
    assert len(shown(widget)) < widget.limit
    widget.positions = [4]
    widget.wait()
    assert source.asked == [(TEXT, ())]
    sums = [values_of(index, tokens_of(TEXT))[4] for index in shown(widget)]
    assert sums == sorted(sums, reverse=True)


def test_the_order_by_peak_is_asked_for_again_when_another_one_left_strong_ones_out() -> None:
    source = FiringSource(200)
    widget = top(source=source, limit=20)
    first = shown(widget)
    widget.positions = [4]
    widget.wait()
    assert shown(widget) != first
    widget.positions = []
    widget.wait()
    assert shown(widget) == first


def test_positions_may_be_given_at_once_and_must_be_tokens() -> None:
    source = FiringSource(200)
    widget = top(["the kite", TEXT], source=source, positions=[2, 2, 1], limit=20)
    assert widget.positions == [2, 1]
    assert source.asked[-1] == ("the kite", (2, 1))
    assert widget.busy == ""
    with pytest.raises(TraitError, match="positions hold 3, but the tokens are numbered from 0 to 2"):
        widget.positions = [3]
    with pytest.raises(TraitError, match="positions hold -1"):
        top(positions=[-1])


def test_the_threshold_hides_on_this_side_and_keeps_what_is_unknown() -> None:
    source = FiringSource()
    widget = top(source=source)
    everything = set(shown(widget))
    widget.density_threshold = 0.005
    kept = set(shown(widget))
    assert {index for index in everything if index < 10} - LOST - UNKNOWN == kept - LOST - UNKNOWN
    assert everything & (LOST | UNKNOWN) == kept & (LOST | UNKNOWN) != set()
    widget.keep_unknown = False
    assert not set(shown(widget)) & (LOST | UNKNOWN)
    widget.density_threshold = None
    assert set(shown(widget)) == everything
    assert len(source.asked) == 1


def test_those_who_observe_hear_what_is_shown() -> None:
    widget = top()
    heard: list[int] = []
    widget.observe(lambda change: heard.append(len(change["new"])), "matches")
    widget.density_threshold = 0.005
    assert heard == [len(shown(widget))]


def test_a_changed_text_is_asked_about_and_the_latest_wins() -> None:
    source = FiringSource()
    widget = top(source=source, positions=[3])
    source.gates["slow one"] = Event()
    widget.text = "slow one"
    assert widget.busy == "features"
    widget.text = "the kite"
    source.gates["slow one"].set()
    widget.wait()
    assert widget.matches is not None
    assert widget.matches.text == "the kite"
    assert widget.positions == []
    assert widget._answers[0]["text"] == "the kite"


def test_stopping_drops_what_is_under_way() -> None:
    source = FiringSource()
    widget = top(source=source)
    source.gates["slow one"] = Event()
    widget.text = "slow one"
    widget.stop()
    source.gates["slow one"].set()
    widget.wait()
    assert widget.busy == ""
    assert widget.matches is not None
    assert widget.matches.text == TEXT


def test_several_texts_have_a_switch_and_are_asked_about_together() -> None:
    source = FiringSource()
    widget = top([TEXT, "the kite"], source=source)
    assert len(widget._answers) == 2
    widget.positions = [8]
    widget.shown = 1
    assert widget.positions == []
    assert widget.matches is not None
    assert widget.matches.text == "the kite"
    with pytest.raises(TraitError, match="numbered from 0 to 1"):
        widget.shown = 2
    widget.text = "alone"
    widget.wait()
    assert widget.shown == 0
    assert widget.matches.text == "alone"


@pytest.mark.parametrize("text", ["", "  ", ["a text", ""]])
def test_an_empty_text_is_refused_in_its_place_before_a_request(text: Any) -> None:
    source = FiringSource()
    widget = top(text, source=source)
    assert widget.error is not None
    assert "empty" in widget.error["message"]
    assert widget.error["where"] == "features"
    assert source.asked == []
    assert widget.matches is None


def test_an_error_stands_where_the_features_would_have_been() -> None:
    source = FiringSource()
    source.errors["too long"] = ServerError("The service failed.", remedy="The text may be too long.")
    widget = top(source=source)
    widget.text = "too long"
    widget.wait()
    assert widget.error is not None
    assert widget.error["remedy"] == "The text may be too long."
    assert widget.matches is None
    assert widget._answers == []
    with pytest.raises(InvalidRequest, match=r"no features here to make a frame of\. The service failed"):
        widget.to_dataframe()
    del source.errors["too long"]
    widget._command = {"name": "retry", "n": 1}
    widget.wait()
    assert widget.error is None
    assert widget.matches is not None


def test_an_error_of_the_order_leaves_what_is_there() -> None:
    source = FiringSource(200)
    widget = top(source=source, limit=20)
    source.errors[TEXT] = ServerError("The service failed.")
    widget.positions = [4]
    widget.wait()
    assert widget.error is not None
    assert widget.error["where"] == "order"
    assert len(shown(widget)) == 20
    del source.errors[TEXT]
    widget._command = {"name": "retry", "n": 1}
    widget.wait()
    assert widget.error is None
    assert source.asked[-1] == (TEXT, (4,))


def test_a_chosen_feature_opens_its_dashboard() -> None:
    widget = top(selected=(MODEL, SAE, 8))
    assert widget.selected == f"{MODEL}/{SAE}/8"
    widget.wait()
    assert widget.dashboard is not None
    assert widget.dashboard.feature is not None
    widget.selected = None
    assert widget.dashboard is None


def test_frames_are_what_the_screen_shows_in_its_order() -> None:
    widget = top(positions=[4], density_threshold=0.01)
    matches = widget.to_dataframe()
    assert matches["index"].tolist() == shown(widget)
    tokens = widget.to_dataframe("tokens")
    assert len(tokens) == len(matches) * len(tokens_of(TEXT))
    wide = widget.to_dataframe("wide")
    np.testing.assert_array_equal(wide["4 kite"], matches["sort_value"])
    with pytest.raises(InvalidRequest, match="Kinds: matches, tokens, wide"):
        widget.to_dataframe("summary")  # type: ignore[arg-type]


def test_one_sae_may_be_named_alone_and_its_name_is_no_place_that_data_comes_from() -> None:
    assert top(sources=SAE).sources == [SAE]
    with pytest.raises(InvalidRequest, match=r'source= is where the data comes from.*sources=\["6-res-jb"\]'):
        TopFeatures(TEXT, model=MODEL, source_set=SET, source="gpt2-small/6-res-jb/650")
    with pytest.raises(InvalidRequest, match="3 is not"):
        top(3)
    with pytest.raises(TypeError, match="Did you mean 'positions'"):
        top(position=[3])


def test_a_source_that_cannot_say_it_disables_the_field() -> None:
    class Mute(FiringSource):
        def supports(self, action: str) -> bool:
            return action != "top_features"

    assert "does not say which features fire" in top(source=Mute())._cannot["ask"]


def test_every_form_says_what_is_shown() -> None:
    widget = top([TEXT, "the kite"])
    data = widget._repr_mimebundle_()[0]
    assert data["text/plain"] == repr(widget)
    assert "text 1 of 2" in repr(widget)
    assert "that fire on the text" in data["text/html"]
    assert "the meaning of" in widget.to_html()
    assert "is empty" in top("")._repr_mimebundle_()[0]["text/html"]
