"""A reader's own texts: one to run, and variants of it to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from np_widgets.errors import InvalidRequest
from np_widgets.widgets.base import BaseWidget

if TYPE_CHECKING:
    from np_widgets.models import Feature
    from np_widgets.sources import FeatureSource


class Variants(traitlets.List):  # type: ignore[type-arg]  # not generic in the oldest traitlets
    """Texts to lay below another one, none of them empty."""

    def __init__(self) -> None:
        super().__init__(
            traitlets.Unicode(),
            help="Variants of `text`, laid below it token by token; without a `text`, of the first of them.",
        )

    def validate(self, obj: Any, value: Any) -> Any:  # noqa: ANN401 (traitlets' signature)
        """Refuse what cannot be run, naming it."""
        for text in value:
            if not isinstance(text, str) or not text.strip():
                raise InvalidRequest(
                    f"A variant is a text, and {text!r} is not.", remedy="Give a list of texts, none of them empty."
                )
        return super().validate(obj, value)


class OwnTexts(BaseWidget):
    """A widget in which the reader runs texts of their own."""

    text = traitlets.Unicode("", help="The reader's own text; setting it runs it.").tag(sync=True)
    texts = Variants().tag(sync=True)

    def _wanted(self) -> list[str]:
        """The base, which is the first, and its variants."""
        return [text for text in (self.text, *self.texts) if text]


def no_texts(source: FeatureSource, feature: Feature) -> str | None:
    """Say why a source cannot run texts through a feature; None where it can."""
    of = feature.source_info
    if not source.supports("activate"):
        return f"The source {source.name} cannot run texts."
    if of is not None and of.inference_enabled is False and not feature.has_vector:
        return f"{source.name} runs no texts through {feature.source}."
    return None
