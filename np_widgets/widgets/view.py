"""The traits by which example texts are viewed, shared by the heatmap and the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from np_widgets.widgets.base import BaseWidget

if TYPE_CHECKING:
    from collections.abc import Sequence


def _pair(element: type[traitlets.TraitType[Any, Any]], description: str) -> traitlets.TraitType[Any, Any]:
    return traitlets.Tuple(element(), element(), default_value=None, allow_none=True, help=description).tag(sync=True)


class ExamplesView(BaseWidget):
    """How example texts are shown, and what the reader picked."""

    window = traitlets.Enum(
        ["snippet", "full", "stacked"],
        "snippet",
        help="How much of each text: around the peak, all of it, or one line each, aligned on the peak.",
    ).tag(sync=True)
    selected = _pair(
        traitlets.Int,
        "The token that the reader picked: (example, position), both from 0; examples as they are numbered on the "
        "screen and in the widget's own frame.",
    )
    hovered = _pair(traitlets.Int, "The token under the pointer: (example, position).")
    value_range = _pair(traitlets.Float, "Show only examples with a token whose value lies between these two.")

    @traitlets.validate("selected")
    def _among_the_examples(self, proposal: Any) -> Any:  # noqa: ANN401 (traitlets' own)
        given = proposal["value"]
        if given is not None:
            example, position = given
            lengths = self._lengths()
            _check_place(given, example, len(lengths), "examples")
            _check_place(given, position, lengths[example], f"tokens of example {example}")
        return given

    @traitlets.validate("value_range")
    def _in_order(self, proposal: Any) -> Any:  # noqa: ANN401 (traitlets' own)
        given = proposal["value"]
        return given and (min(given), max(given))

    next_token = traitlets.Unicode(
        None, allow_none=True, help="Show only examples in which this raw token comes next after a firing one."
    ).tag(sync=True)
    threshold = traitlets.Float(0.0, help="Values whose size is below are not coloured.").tag(sync=True)
    scale = traitlets.Enum(
        ["feature", "row"], "feature", help="One colour scale for all examples, or one for each."
    ).tag(sync=True)
    curve = traitlets.Enum(["log", "linear"], "log", help="How colour grows with the value; log is the site's.").tag(
        sync=True
    )
    scheme = traitlets.Enum(
        ["emerald", "cividis"], "emerald", help="Colours: the site's, or ones safe for colour-blind readers."
    ).tag(sync=True)
    show_hidden = traitlets.List(
        traitlets.Enum(["duplicate", "not-positive", "mended"]),
        help="What the site does silently, undone: repeated texts, texts that never fire, intervals as given.",
    ).tag(sync=True)
    breaks = traitlets.Bool(default_value=True, help="Break lines after line-break tokens.").tag(sync=True)

    def _lengths(self) -> Sequence[int]:
        """How many tokens each example has, in display order."""
        raise NotImplementedError


def _check_place(given: tuple[int, int], place: int, count: int, what: str) -> None:
    if not 0 <= place < count:
        there = f"the {what} are numbered from 0 to {count - 1}" if count else f"there are no {what}"
        raise traitlets.TraitError(f"selected is {given}, but {there}.")
