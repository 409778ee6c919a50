"""The parts of a question about a text, checked where they are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from np_widgets.errors import InvalidRequest
from np_widgets.sources import FeatureSource, resolve

if TYPE_CHECKING:
    from np_widgets.sources import SourceLike


def as_text(text: object) -> str:
    """Take a text; an empty one is refused later, in the place of its answer."""
    if not isinstance(text, str):
        raise InvalidRequest(f"A text is a string, and {text!r} is not.", remedy="Give a text.")
    return text


def as_texts(texts: object) -> str | list[str]:
    """Take one text, or several."""
    if isinstance(texts, str) or not isinstance(texts, Sequence) or not texts:
        return as_text(texts)
    return [as_text(text) for text in texts]


def refuse_empty(texts: Sequence[str]) -> None:
    """Refuse texts with nothing in them, before they cost a request."""
    for number, text in enumerate(texts, 1):
        if not text.strip():
            which = "The text" if len(texts) == 1 else f"Text {number} of {len(texts)}"
            raise InvalidRequest(f"{which} is empty.", remedy="Write one in the field and press Enter.")


def as_sources(sources: str | Sequence[str] | None) -> list[str]:
    """Take the names of some SAEs, or of one."""
    return [sources] if isinstance(sources, str) else list(sources or ())


def as_sae(source: object) -> str:
    """Take the name of one SAE, where ``source`` means that and ``origin`` where the data comes from."""
    remedy = 'Here source names an SAE, such as source="6-res-jb"; where the data comes from is origin="demo".'
    if isinstance(source, FeatureSource) or source in ("demo", "neuronpedia", "neuronpedia.org"):
        raise InvalidRequest(f"{source!r} is where data comes from, and no SAE.", remedy=remedy)
    if not isinstance(source, str) or not source:
        raise InvalidRequest(f"{source!r} is not the name of an SAE.", remedy=remedy)
    if "/" in source:
        raise InvalidRequest(
            f"{source!r} is more than the name of an SAE.", remedy=f'Give its last part, source="{_last(source)}".'
        )
    return source


def where_from(given: SourceLike, word: str, saes: str) -> FeatureSource:
    """Find where the data comes from; an SAE that was written there is told its own word.

    Parameters
    ----------
    given : FeatureSource or str or None
    word : str
        The keyword by which it was given.
    saes : str
        The keyword by which an SAE is given, with a place for its name.
    """
    try:
        return resolve(given)
    except InvalidRequest as error:
        if not isinstance(given, str):
            raise
        where = f'{word}= is where the data comes from: "demo", "neuronpedia", or a source such as DemoSource().'
        raise InvalidRequest(error.message, remedy=f"{where} An SAE is named by {saes.format(_last(given))}.") from None


def _last(name: str) -> str:
    parts = name.strip("/").split("/")
    return next((part for part in reversed(parts) if not part.isdigit()), name)
