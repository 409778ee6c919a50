"""What a panel steers by: features come by name, by words, by presets and from other widgets, each with a strength."""

from __future__ import annotations

import json
from threading import Event
from typing import Any

import pytest
from traitlets import HasTraits, List, TraitError, Unicode

from np_widgets import DemoSource, ExplanationSearch, FeatureRef, InvalidRequest, NotFound, SteeringPanel
from np_widgets.models import SteeringFeature, SteeringPreset
from tests.widgets.fakes import SlowSource
from tests.widgets.steering_fakes import CITIES, KINGS, SteeringSource
from tests.widgets.test_steering import panel, press

RIVERS = "gpt2-small/6-res-jb/7"


def rows(widget: Any) -> Any:
    return widget._features


@pytest.mark.parametrize(
    ("features", "strengths", "wanted"),
    [
        ([CITIES, KINGS], [40, -10], {CITIES: 40, KINGS: -10}),
        ({CITIES: 40, KINGS: -10}, None, {CITIES: 40, KINGS: -10}),
        ([CITIES, KINGS], 12, {CITIES: 12, KINGS: 12}),
        ([CITIES, KINGS], {KINGS: 3}, {CITIES: 8.5, KINGS: 3}),
        (CITIES, None, {CITIES: 8.5}),
        (("gpt2-small", "6-res-jb", 650), 5, {CITIES: 5}),
        ({"model": "gpt2-small", "source": "6-res-jb", "index": 650}, 5, {CITIES: 5}),
        (f"https://www.neuronpedia.org/{CITIES}", 5, {CITIES: 5}),
        ((), None, {}),
    ],
)
def test_features_and_strengths_are_given_in_any_form(features: Any, strengths: Any, wanted: Any) -> None:
    widget = panel(features=features, strengths=strengths)
    assert widget.strengths == wanted
    assert widget.features == list(wanted)


def test_strengths_given_twice_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="given twice"):
        panel(features={CITIES: 3}, strengths=[3])


@pytest.mark.parametrize(
    ("changes", "strength"),
    [
        ({}, 8.5),
        ({"vectorDefaultSteerStrength": 31.5}, 31.5),
        ({"vectorDefaultSteerStrength": 10}, 8.5),
        ({"vectorDefaultSteerStrength": 10, "hasVector": True, "vector": [1.0]}, 10),
        ({"maxActApprox": 0}, 10),
        ({"maxActApprox": 4000}, 300),
    ],
)
def test_a_feature_begins_with_what_is_suggested_for_it(changes: dict[str, Any], strength: float) -> None:
    source = SteeringSource()
    source.row_changes |= changes
    widget = panel(source)
    assert widget.strengths == {CITIES: strength}
    assert rows(widget)[0]["suggested"] == strength


def test_a_row_says_what_the_feature_is_about_and_its_own_unit() -> None:
    (row,) = rows(panel())
    assert (row["name"], row["explanation"], row["max_activation"]) == ("6-res-jb/650", "names of cities", 8.5)
    assert row["usual"][0] == 0
    assert row["usual"][-1] == 34
    json.dumps(row, allow_nan=False)


def test_a_feature_that_is_not_found_says_so_and_can_still_be_steered_by() -> None:
    source = SteeringSource()
    source.errors[318] = NotFound("There is no feature 318.", remedy="Look for another.")
    widget = panel(source, [CITIES, KINGS], strengths=[3, 4])
    assert rows(widget)[1]["note"] == "There is no feature 318."
    widget.run()
    widget.wait()
    assert len(source.requests[0].features) == 2


def test_a_feature_that_is_added_is_looked_up_and_then_begins() -> None:
    source = SteeringSource()
    widget = panel(source, strengths=40)
    gate = source.gates[318] = Event()
    widget.add(("gpt2-small", "6-res-jb", 318))
    assert widget.strengths == {CITIES: 40, KINGS: 0}
    assert rows(widget)[1]["explanation"] is None
    gate.set()
    widget.wait()
    assert widget.strengths == {CITIES: 40, KINGS: 8.5}
    assert rows(widget)[1]["explanation"] == "names of cities"


def test_a_strength_that_was_set_while_it_was_looked_up_stays() -> None:
    source = SteeringSource()
    widget = panel(source, strengths=40)
    gate = source.gates[318] = Event()
    widget.add(KINGS, 5)
    widget.strengths = {KINGS: 6}
    gate.set()
    widget.wait()
    assert widget.strengths == {CITIES: 40, KINGS: 6}


def test_the_same_feature_is_not_added_twice() -> None:
    widget = panel(strengths=40)
    widget.add(CITIES)
    assert widget.features == [CITIES]


def test_a_removed_feature_takes_its_strength_with_it() -> None:
    widget = panel(features={CITIES: 40, KINGS: -10})
    widget.muted = [KINGS]
    widget.remove(KINGS)
    assert (widget.features, widget.strengths, widget.muted) == ([CITIES], {CITIES: 40}, [])
    with pytest.raises(InvalidRequest, match="not among"):
        widget.remove(KINGS)


def test_the_front_end_removes_with_features_and_strengths_at_once() -> None:
    widget = panel(features={CITIES: 40, KINGS: -10})
    widget.set_state({"features": [KINGS], "strengths": {KINGS: -10}, "muted": []})
    assert (widget.features, widget.strengths) == ([KINGS], {KINGS: -10})


def test_a_muted_feature_is_left_out_and_keeps_its_strength() -> None:
    source = SteeringSource()
    widget = panel(source, {CITIES: 40, KINGS: -10})
    widget.muted = [CITIES]
    widget.run()
    widget.wait()
    assert [(one.ref.index, one.strength) for one in source.requests[0].features] == [(318, -10)]
    assert widget.strengths[CITIES] == 40


@pytest.mark.parametrize("chat", [False, True])
def test_with_every_feature_muted_nothing_is_asked(*, chat: bool) -> None:
    source = SteeringSource()
    widget = panel(source, {CITIES: 40, KINGS: -10}, chat=chat, model="gpt2-small")
    widget.muted = [CITIES, KINGS]
    widget.run()
    assert widget.error is not None
    assert widget.error["message"] == "Every feature is muted."
    with pytest.raises(InvalidRequest, match="muted"):
        widget.sweep([0, 40])
    widget.features = []
    with pytest.raises(InvalidRequest, match="no feature to steer by"):
        widget.sweep([0, 40])
    assert source.requests == []


@pytest.mark.parametrize("text", [KINGS, f"https://www.neuronpedia.org/{KINGS}?embed=true", "318"])
def test_the_field_takes_a_name_an_address_or_an_index(text: str) -> None:
    source = SteeringSource()
    widget = panel(source, strengths=40)
    press(widget, "find", text=text)
    widget.wait()
    assert widget.features == [CITIES, KINGS]
    assert widget._hits is None


def test_the_field_looks_for_anything_else() -> None:
    source = SteeringSource()
    widget = panel(source, strengths=40)
    press(widget, "find", text="royal people")
    widget.wait()
    assert source.asked[-1] == ("royal people", "gpt2-small", None, None)
    hits: Any = widget._hits
    assert [hit["text"] for hit in hits["hits"]] == [f"explanation {n}" for n in range(8)]
    source.errors["kings"] = NotFound("There is no model gpt9.", remedy="Check the name.")
    press(widget, "find", text="kings")
    widget.wait()
    hits = widget._hits
    assert hits["state"] == "failed"
    assert "gpt9" in hits["error"]["message"]
    press(widget, "forget")
    assert widget._hits is None


def test_what_is_chosen_elsewhere_is_added() -> None:
    source = SteeringSource()
    widget = panel(source, strengths=40)
    search = ExplanationSearch(source=source)
    widget.follow(search)
    search.selected = KINGS
    search.selected = None
    widget.wait()
    assert widget.features == [CITIES, KINGS]

    class Several(HasTraits):
        selected = List(Unicode())

    several = Several()
    widget.follow(several)
    several.selected = [RIVERS, KINGS]
    widget.wait()
    assert widget.features == [CITIES, KINGS, RIVERS]
    widget.close()
    several.selected = ["gpt2-small/6-res-jb/8"]
    assert widget.features == [CITIES, KINGS, RIVERS]


def test_presets_are_asked_for_when_they_are_wished_and_taken() -> None:
    source = SteeringSource()
    widget = panel(source, strengths=40)
    assert not widget.presets
    press(widget, "presets")
    widget.wait()
    assert ("presets", "gpt2-small") in source.asked
    offered: Any = widget._presets
    assert offered["presets"][0]["features"] == [[CITIES, None, 60]]
    widget.use(widget.presets[0])
    assert (widget.features, widget.strengths) == ([CITIES], {CITIES: 60})


def test_a_preset_that_cannot_be_taken_changes_nothing() -> None:
    widget = SteeringPanel([KINGS], strengths=1, source=SteeringSource())
    by = {strength: SteeringFeature(ref=FeatureRef.parse(CITIES), strength=strength) for strength in (60, 600)}
    for preset in (
        SteeringPreset(name="new", features=(by[60],), method="NEW"),
        SteeringPreset(name="strong", features=(by[600],)),
    ):
        with pytest.raises(InvalidRequest):
            widget.use(preset)
        assert (widget.features, widget.strengths, widget.settings["method"]) == ([KINGS], {KINGS: 1}, "additive")


def test_presets_that_fail_say_so_in_their_place() -> None:
    source = SteeringSource()
    source.errors["presets"] = NotFound("There is no model gpt9.", remedy="Check the name.")
    widget = panel(source, strengths=40)
    widget.fetch_presets()
    widget.wait()
    offered: Any = widget._presets
    assert "gpt9" in offered["error"]["message"]
    bare = SteeringPanel(source=source)
    bare.fetch_presets()
    offered = bare._presets
    assert "those of a model" in offered["error"]["message"]


def test_what_a_source_cannot_do_is_said() -> None:
    class Dumb(SlowSource):
        def supports(self, action: str) -> bool:
            return action == "get_feature"

    widget = panel(Dumb(), strengths=40)  # type: ignore[arg-type]
    assert set(widget._cannot) == {"steer", "search_explanations", "steering_presets"}
    widget.run()
    widget.wait()
    assert widget.error is not None
    assert "does not steer" in widget.error["message"]


def test_the_sliders_move_the_strengths_and_move_with_them() -> None:
    widget = panel(features={CITIES: 40, KINGS: -10})
    first, second = widget.sliders
    assert (first.value, second.value, first.description) == (40, -10, "names of cities")
    first.value = 55.5
    assert widget.strengths == {CITIES: 55.5, KINGS: -10}
    widget.strengths = {KINGS: 7}
    assert second.value == 7
    assert widget.sliders[0] is first
    widget.remove(CITIES)
    assert [*widget.sliders] == [second]
    widget.close()
    assert second.comm is None


def test_choosing_a_feature_opens_its_dashboard() -> None:
    widget = panel(strengths=40)
    widget.selected = CITIES
    widget.wait()
    assert widget.dashboard is not None
    with pytest.raises(TraitError):
        widget.scheme = "jet"


def test_the_calibrated_strength_of_the_demo_is_suggested() -> None:
    ref = f"{DemoSource.model}/{DemoSource.source}/131"
    widget = SteeringPanel(ref, source=DemoSource())
    feature = DemoSource().get_feature(ref)
    assert feature.default_strength is not None
    assert widget.strengths[ref] == pytest.approx(feature.default_strength, abs=0.01)
