"""What a steering panel steers by: features with their strengths, found by name, by words or in another widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import ipywidgets
import traitlets

from np_widgets.errors import InvalidRequest, NeuronpediaError
from np_widgets.models import Feature, FeatureRef
from np_widgets.models.steering.parts import STRONGEST
from np_widgets.payload import steered_feature_payload
from np_widgets.payload.steering import label_of
from np_widgets.widgets.asking import Asking, failure
from np_widgets.widgets.jobs import Jobs
from np_widgets.widgets.steering_traits import References, Settings, Strengths, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from np_widgets.models import RefLike, SteeringPreset
    from np_widgets.sources import SourceLike

#: What the database gives a feature that nobody has suggested a strength for (contract, 2.1).
_NOBODY_S = 10.0
#: About where a sweep goes for a feature of which nothing is known: the site's own strength for one that was searched.
_UNKNOWN = 40.0
_TIMES = (0, 0.5, 1, 1.25, 1.5, 2, 4)
#: Where a strength multiplies what is there: from nothing of it, over what there is, to where texts fall apart.
_FACTORS = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0)

Known = Feature | NeuronpediaError


def suggested_strength(feature: Feature) -> float:
    """Find a strength to begin with: the source's own for this feature, or the largest activation seen."""
    own = feature.default_strength
    if own is None or (own == _NOBODY_S and not feature.has_vector):
        own = feature.max_activation or _NOBODY_S
    return _clipped(own)


def usual_strengths(feature: Feature | None, method: str) -> list[float]:
    """List the strengths that a sweep takes where none are given: from zero to where most texts have fallen apart."""
    if method == "orthogonal":
        return list(_FACTORS)
    unit = suggested_strength(feature) if feature else _UNKNOWN
    return sorted({_clipped(times * unit) for times in _TIMES})


def _clipped(strength: float) -> float:
    return round(max(-STRONGEST, min(strength, STRONGEST)), 2)


class SteeredFeatures(Asking):
    """The part of a steering panel in which features are chosen and their strengths set."""

    _lookups: Jobs
    _sliders: dict[str, ipywidgets.FloatSlider]

    model = traitlets.Unicode(
        None, allow_none=True, help="The model that is steered; without, that of the features."
    ).tag(sync=True)
    features: Any = References("The features to steer by, in the order of their sliders.").tag(sync=True)
    strengths: Any = Strengths(
        help="The strength of each feature, by its name; may be set as a list too, or as one for all."
    ).tag(sync=True)
    muted: Any = References("Features that are left out of runs, their strengths kept.").tag(sync=True)
    settings: Any = Settings(
        help="Temperature, tokens, seed and what else SteerSettings has; setting some leaves the others as they are."
    ).tag(sync=True)
    _features: Any = traitlets.List().tag(sync=True)

    def __new__(cls, *arguments: Any, **options: Any) -> Self:  # noqa: ANN401 (the constructor's)
        """Make a panel that can be closed: one whose constructor fails is."""
        widget = super().__new__(cls, *arguments, **options)
        widget._lookups, widget._sliders = Jobs(), {}
        return widget

    def __init__(self, features: Any, strengths: Any, *, source: SourceLike, **options: Any) -> None:  # noqa: ANN401
        self._known: dict[str, Known] = {}
        self._unset: set[str] = set()
        super().__init__(source=source, features=features, **options)
        self._ask_now("features", lambda: list(self._look_up(self.features)), lambda found: self._learn(*found))
        if strengths is not None:
            self.strengths = strengths
        self._begin_strengths()
        self.observe(self._on_features, "features")
        self.observe(self._on_strengths, "strengths")
        self.observe(lambda _change: self._show_features(), "settings")

    # In Python ----------------------------------------------------------------------------------------------------

    def add(self, feature: RefLike, strength: float | None = None) -> None:
        """Steer by one feature more.

        Parameters
        ----------
        feature : Feature or a reference
        strength : float, optional
            By default what the source suggests for it, or its largest activation.

        Raises
        ------
        InvalidRequest
            For a reference that names nothing, or a strength out of range.
        """
        ref = str(FeatureRef.parse(feature))
        self.features = [*self.features, ref]
        if strength is not None:
            self.strengths = {**self.strengths, ref: strength}

    def remove(self, feature: RefLike) -> None:
        """Steer by one feature less."""
        ref = str(FeatureRef.parse(feature))
        if ref not in self.features:
            raise InvalidRequest(f"{ref} is not among the panel's features.", remedy=f"They are {self._listed()}.")
        self.features = [name for name in self.features if name != ref]

    def follow(self, widget: traitlets.HasTraits, trait: str = "selected") -> None:
        """Add what the reader chooses in another widget, from now on.

        Parameters
        ----------
        widget : widget
            Such as an :class:`ExplanationSearch`, a :class:`TopFeatures` or a :class:`FeatureList`.
        trait : str
            The trait that names a feature, or a list of them; ``"ref"`` of a dashboard.
        """

        def chosen(change: dict[str, Any]) -> None:
            if self.comm is not None:  # a closed panel follows nobody
                self.features = [*self.features, *(listed(change["new"]) if change["new"] else [])]

        widget.observe(chosen, trait)

    def use(self, preset: SteeringPreset) -> None:
        """Take the features, strengths and method of a preset in place of the panel's own."""
        with self.hold_trait_notifications():  # what may be refused comes first, so that a preset is taken whole or not
            self.settings = {"method": preset.method}
            self.strengths = {one.ref: one.strength for one in preset.features}
            self.features = [one.ref for one in preset.features]

    @property
    def sliders(self) -> list[ipywidgets.FloatSlider]:
        """A slider of ipywidgets for each feature, in their order: to display, to link, to observe.

        Each moves a strength of the panel, and moves with it. ``ipywidgets.jslink((mine, "value"), (panel.sliders[0],
        "value"))`` links a slider of your own.
        """
        for ref in self.features:
            if ref not in self._sliders:
                self._sliders[ref] = self._slider(ref)
        return [self._sliders[ref] for ref in self.features]

    def wait(self, timeout: float | None = 60) -> None:
        """Wait until what was asked for last has arrived; for scripts, not for callbacks.

        Raises
        ------
        TimeoutError
            When it takes longer than ``timeout`` seconds.
        """
        self._lookups.wait(timeout)
        super().wait(timeout)

    def close(self) -> None:
        """Close the widget and its sliders; what is under way is dropped."""
        self._lookups.stop()
        for slider in self._sliders.values():
            slider.close()
        super().close()

    # How they keep in step ----------------------------------------------------------------------------------------

    @traitlets.validate("strengths")
    def _one_each(self, proposal: Any) -> Any:  # noqa: ANN401 (traitlets' own)
        given: dict[str, float] = proposal["value"]
        stranger = next((ref for ref in given if ref not in self.features), None)
        if stranger is not None:
            raise traitlets.TraitError(f"strengths names {stranger}; the panel's features are {self._listed()}.")
        return {ref: given.get(ref, self.strengths.get(ref, 0.0)) for ref in self.features}

    def _listed(self) -> str:
        return ", ".join(self.features) or "none"

    def _on_features(self, _change: object) -> None:
        self.muted = [ref for ref in self.muted if ref in self.features]
        self._begin_strengths()
        self._show_features()
        missing = [ref for ref in self.features if not isinstance(self._known.get(ref), Feature)]
        if missing:
            self._lookups.stream(lambda: self._look_up(missing), self._learn, lambda: None, self._no_lookup)

    def _begin_strengths(self) -> None:
        """Give every feature a strength; one of which nothing is known yet begins when it is."""
        new = [ref for ref in self.features if ref not in self.strengths]
        self._unset = {ref for ref in {*self._unset, *new} if ref in self.features}
        begun = {
            ref: suggested_strength(one) for ref in self._unset if isinstance(one := self._known.get(ref), Feature)
        }
        self._unset -= begun.keys()
        kept = {ref: strength for ref, strength in self.strengths.items() if ref in self.features}
        self.strengths = {**kept, **begun}

    def _on_strengths(self, change: dict[str, Any]) -> None:
        before = change["old"] or {}
        self._unset -= {ref for ref, strength in self.strengths.items() if before.get(ref, 0.0) != strength}
        for ref, slider in self._sliders.items():
            slider.value = self.strengths.get(ref, slider.value)

    def _slider(self, ref: str) -> ipywidgets.FloatSlider:
        slider = ipywidgets.FloatSlider(
            self.strengths[ref],
            min=-STRONGEST,
            max=STRONGEST,
            step=0.01,
            description=label_of(self._feature(ref)) or ref,
            continuous_update=False,
        )

        def moved(change: dict[str, Any]) -> None:
            if ref in self.features:
                self.strengths = {**self.strengths, ref: change["new"]}

        slider.observe(moved, "value")
        return slider

    # What is known of them ----------------------------------------------------------------------------------------

    def _feature(self, ref: str) -> Feature | None:
        known = self._known.get(ref)
        return known if isinstance(known, Feature) else None

    def _look_up(self, refs: list[str]) -> Iterator[tuple[str, Known]]:
        """Get features one by one: one that is not found does not hide the others, and can still be steered by."""
        for ref in refs:
            try:
                yield ref, self._source.get_feature(ref)
            except NeuronpediaError as error:
                yield ref, error

    def _learn(self, *found: tuple[str, Known]) -> None:
        self._known.update(found)
        self._begin_strengths()
        self._show_features()

    def _no_lookup(self, error: Exception) -> None:
        self.error = failure("features", error)

    def _show_features(self) -> None:
        self._features = [self._row(ref) for ref in self.features]

    def _row(self, ref: str) -> dict[str, Any]:
        known, feature = self._known.get(ref), self._feature(ref)
        note = known.message if isinstance(known, NeuronpediaError) else ""
        suggested = suggested_strength(feature) if feature else None
        usual = usual_strengths(feature, self.settings["method"])
        return steered_feature_payload(FeatureRef.parse(ref), feature, suggested=suggested, usual=usual, note=note)

    def _steered_model(self) -> str | None:
        return self.model or (FeatureRef.parse(self.features[0]).model if self.features else None)
