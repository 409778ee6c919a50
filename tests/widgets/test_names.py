"""A misspelt name is refused wherever it is written, and nothing else is."""

from __future__ import annotations

from typing import Any

import ipywidgets
import pytest
import traitlets

from np_widgets import ActivationHeatmap, ActivationHistogram, Feature, FeatureDashboard, LogitBars
from tests.rows import feature_row
from tests.widgets.fakes import SlowSource

FEATURE = Feature.from_json(feature_row())


@pytest.fixture(params=[FeatureDashboard, ActivationHeatmap, LogitBars, ActivationHistogram])
def widget(request: pytest.FixtureRequest) -> Any:
    return request.param(FEATURE, source=SlowSource())


class Remembering(FeatureDashboard):
    """What a user may write."""

    note = traitlets.Unicode("").tag(sync=True)
    seen: tuple[str, ...] = ()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._count = 0
        super().__init__(*arguments, **options)
        self.observe(self._remember, "ref")

    @traitlets.observe("note")
    def _count_notes(self, _change: object) -> None:
        self._count += 1

    def _remember(self, change: dict[str, Any]) -> None:
        self.seen = (*self.seen, change["new"])


def test_a_misspelt_attribute_is_refused_and_the_one_that_is_meant_is_named() -> None:
    dashboard = FeatureDashboard(FEATURE, source=SlowSource())
    with pytest.raises(AttributeError, match=r"FeatureDashboard has no attribute 'texxt'. Did you mean 'text'\?"):
        dashboard.texxt = "a b"
    with pytest.raises(AttributeError, match=r"no attribute 'weather'. Its traits: .*window"):
        dashboard.weather = "fine"


def test_every_widget_refuses(widget: Any) -> None:
    with pytest.raises(AttributeError, match="Did you mean 'theme'"):
        widget.theem = "dark"
    assert not hasattr(widget, "theem")


@pytest.mark.parametrize(("wrong", "right"), [("windw", "window"), ("guid", "guide"), ("sourc", "source")])
def test_a_misspelt_option_is_refused(wrong: str, right: str) -> None:
    options: dict[str, Any] = {wrong: "full"}
    with pytest.raises(TypeError, match=f"FeatureDashboard has no option {wrong!r}. Did you mean {right!r}"):
        FeatureDashboard(FEATURE, **options)


def test_what_no_option_is_like_lists_the_options() -> None:
    with pytest.raises(TypeError, match=r"no option 'weather'. Its traits: .*guide.*window"):
        FeatureDashboard(FEATURE, weather="fine")


def test_observing_a_trait_that_is_not_there_is_refused(widget: Any) -> None:
    with pytest.raises(AttributeError, match=r"no trait 'guid'. Did you mean 'guide'\?"):
        widget.observe(print, "guid")
    with pytest.raises(AttributeError, match="no trait 'guid'"):
        widget.observe(print, ["theme", "guid"])


def test_what_is_shown_is_changed_by_its_own_way_only(widget: Any) -> None:
    name = "activations" if isinstance(widget, ActivationHeatmap) else "feature"
    with pytest.raises((AttributeError, traitlets.TraitError), match=name):
        setattr(widget, name, None)


def test_traits_internals_and_private_names_are_taken_as_ever(widget: Any) -> None:
    changes: list[Any] = []
    widget.observe(changes.append)
    widget.observe(changes.append, "theme")
    widget.theme = "dark"
    assert len(changes) == 2
    widget.unobserve(changes.append, "theme")
    widget._scratch = 1
    widget.layout.width = "300px"
    widget.layout = ipywidgets.Layout(height="9em")
    widget.add_class("mine")
    widget.add_traits(later=traitlets.Int(3))
    widget.later = 4
    widget.on_msg(print)
    with widget.hold_trait_notifications(), widget.hold_sync():
        widget.guide = True


def test_widgets_link(widget: Any) -> None:
    other = LogitBars(FEATURE)
    for link in (traitlets.link, traitlets.dlink, ipywidgets.link, ipywidgets.jslink):
        bond = link((widget, "theme"), (other, "theme"))
        bond.unlink()
    traitlets.link((widget, "guide"), (other, "guide"))
    widget.guide = not widget.guide
    assert other.guide == widget.guide


def test_a_subclass_has_its_own_names() -> None:
    mine = Remembering(FEATURE, source=SlowSource(), note="first")
    mine.note = "second"
    mine.ref = "gpt2-small/6-res-jb/7"
    mine.wait()
    assert mine._count == 2
    assert mine.seen == ("gpt2-small/6-res-jb/7",)
    with pytest.raises(AttributeError, match=r"Remembering has no attribute 'notes'. Did you mean 'note'\?"):
        mine.notes = "third"
    with pytest.raises(TypeError, match="Did you mean 'note'"):
        Remembering(FEATURE, source=SlowSource(), notes="")
