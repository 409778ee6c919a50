"""What is refused on this side, before it costs a request: the server's own answer is often an opaque 500."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable
from numbers import Real
from typing import TYPE_CHECKING, SupportsIndex, TypeVar

from np_widgets.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

#: The site itself asks for no more at a time (contract, 5.1).
FEATURES_PER_CALL = 50
#: The inference server's limit (contract, 5.2).
TEXTS_PER_CALL = 4
#: The route's own limit (contract, 5.2).
LONGEST_PROMPT = 10_000
#: About how many tokens of a text the inference server takes; its own setting (contract, 5.2).
MOST_TOKENS, MOST_TOKENS_OF_SOURCE = 400, 1_024
#: In characters, as the site itself cuts them off (contract, 5.2); longer ones meet an opaque 500 there.
LONGEST_FOR_SET, LONGEST_FOR_TOKENS = 800, 1_700
#: Of a text sent with others the inference server takes a quarter of the tokens that it takes of one alone. A text of
#: up to this many characters is within that, at four characters per token and 400 tokens (contract, 5.2).
LONGEST_TOGETHER = 400
#: The routes' own limits on results, and on the letters of a query (contract, 5.2 and 5.3).
MOST_FOR_SET, MOST_FOR_TOKENS, SHORTEST_QUERY = 100, 20, 3

#: What is wrong with a model's name that has a slash, as those of Hugging Face do.
OWN_IDS = 'A model goes by Neuronpedia\'s own id, without a slash: "llama3.1-8b", not "meta-llama/Llama-3.1-8B".'
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


def check_name(value: object, what: str, example: str) -> str:
    """Check an id of a model, source or source set."""
    if not isinstance(value, str) or not _NAME.fullmatch(value.strip()):
        remedy = OWN_IDS if what == "model" and "/" in str(value) else f'Write it as "{example}".'
        raise InvalidRequest(f"{value!r} is not the id of a {what}.", remedy=remedy)
    return value.strip()


def check_names(values: str | Sequence[str] | None, what: str, example: str) -> list[str]:
    """Check ids of which there may be none (None), each kept once; an empty list is more likely a slip than a wish."""
    if values is None:
        return []
    names = [values] if isinstance(values, str) else list(values)
    if not names:
        raise InvalidRequest(f"The list of {what}s is empty.", remedy="Name some, or leave it out to ask all.")
    return list(dict.fromkeys(check_name(name, what, example) for name in names))


def check_count(value: object, what: str, least: int, most: int | None = None) -> int:
    """Check a whole number, NumPy's too."""
    number = operator.index(value) if isinstance(value, SupportsIndex) and not isinstance(value, bool) else None
    if number is None or number < least or (most is not None and number > most):
        span = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise InvalidRequest(f"{what} is {value!r}; it must be a whole number {span}.")
    return number


def check_positions(values: Sequence[int]) -> list[int]:
    """Check positions of tokens, each kept once: the service would count one that is named twice double."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidRequest(f"sort_positions is {values!r}.", remedy="Give a list of positions, such as [3, 4].")
    return sorted({check_count(value, "A sort position", 0) for value in values})


def check_density(value: object) -> float | None:
    """Check the largest density that a feature may have; None for any."""
    if value is None:
        return None
    density = float(value) if isinstance(value, Real) and not isinstance(value, bool) else 0.0
    if not 0 < density < 1:
        raise InvalidRequest(
            f"density_threshold is {value!r}; it must lie between 0 and 1, and be neither.",
            remedy="It is a fraction of tokens: 0.01 leaves out what fires on more than 1%. None leaves out nothing.",
        )
    return density


def check_query(query: object) -> str:
    """Check what explanations are searched for."""
    if not isinstance(query, str):
        raise InvalidRequest(f"A query is text, and {query!r} is not.")
    if len(query.strip()) < SHORTEST_QUERY:
        raise InvalidRequest(
            f"{query!r} is too short to search for.", remedy=f"Write at least {SHORTEST_QUERY} characters."
        )
    return query.strip()


def check_texts(texts: str | Sequence[str], longest: int | None = None) -> list[str]:
    """Check texts that features are to be run on; the server answers an empty one with an opaque 500."""
    if not isinstance(texts, Iterable):
        raise InvalidRequest(f"A text is a string, and {texts!r} is not.", remedy="Give a text, or a list of texts.")
    given = [texts] if isinstance(texts, str) else list(texts)
    for number, text in enumerate(given, 1):
        if not isinstance(text, str):
            raise InvalidRequest(
                f"A text is a string, and text {number} is of type {type(text).__name__}.", remedy="Give strings only."
            )
        if not text:
            raise InvalidRequest("An empty text has no tokens to run.", remedy="Give at least one character.")
        if longest is not None and len(text) > longest:
            raise InvalidRequest(
                f"Text {number} has {len(text):,} characters; at most {longest:,} can be searched.",
                remedy="Cut it into several texts.",
            )
    return given


def check_prompt(prompt: object) -> str:
    """Check a text to be cut into tokens."""
    if not isinstance(prompt, str) or not 1 <= len(prompt) <= LONGEST_PROMPT:
        given = f"has {len(prompt):,}" if isinstance(prompt, str) else f"is of type {type(prompt).__name__}"
        raise InvalidRequest(
            f"A text of 1 to {LONGEST_PROMPT:,} characters can be tokenized, and this one {given}.",
            remedy="Cut a longer one into several.",
        )
    return prompt


def in_chunks(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """Cut a list into pieces of at most ``size``."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def in_batches(texts: Sequence[str]) -> list[list[int]]:
    """Gather the numbers of the texts that go into one request: four short ones, or one long one alone."""
    alone = [[number] for number, text in enumerate(texts) if len(text) > LONGEST_TOGETHER]
    short = [number for number, text in enumerate(texts) if len(text) <= LONGEST_TOGETHER]
    return [*map(list, in_chunks(short, TEXTS_PER_CALL)), *alone]
