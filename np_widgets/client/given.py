"""Examples of the user's own, in the forms in which people have them, checked before they are sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from np_widgets.errors import InvalidRequest
from np_widgets.models import Activation, frozen_array

#: A list of :class:`Activation`, of ``(tokens, values)``, or of mappings with these two keys.
ExamplesLike: TypeAlias = Any

_FORMS = 'Write each as (["The", " cat"], [0, 3.2]), with one value for each token, or give Activation objects.'


def read_examples(given: ExamplesLike, about: str) -> list[Activation]:
    """Read examples in any of their forms.

    Parameters
    ----------
    given : iterable
    about : str
        Whose they are, for an error.

    Raises
    ------
    InvalidRequest
        When one has no tokens, or not as many values, or a value that JSON does not have.
    """
    if isinstance(given, (str, Activation, Mapping)) or not isinstance(given, Iterable):
        raise InvalidRequest(f"The examples of {about} are not a list of them: {_short(given)}.", remedy=_FORMS)
    return [_example(one, f"Example {number} of {about}") for number, one in enumerate(given, 1)]


def _example(given: object, name: str) -> Activation:
    if isinstance(given, Activation):
        activation = given
    else:
        tokens, values = _parts(given, name)
        activation = Activation(tokens=_tokens(tokens, name), values=_values(values, name))
    if not activation.tokens:
        raise InvalidRequest(f"{name} has no tokens.", remedy=_FORMS)
    if activation.surplus or len(activation.values) != len(activation.tokens):
        n_values = len(activation.values) + sum(map(len, activation.surplus.values()))
        raise InvalidRequest(f"{name} has {len(activation.tokens)} tokens and {n_values} values.", remedy=_FORMS)
    odd = np.flatnonzero(~np.isfinite(activation.values))
    if odd.size:
        raise InvalidRequest(f"{name} has no number for token {odd[0]}, counted from 0.", remedy=_FORMS)
    return activation


def _parts(given: object, name: str) -> tuple[object, object]:
    if isinstance(given, Mapping) and "tokens" in given and "values" in given:
        return given["tokens"], given["values"]
    if isinstance(given, Sequence) and not isinstance(given, str) and len(given) == 2:
        return given[0], given[1]
    raise InvalidRequest(f"{name} is {_short(given)}.", remedy=_FORMS)


def _tokens(given: object, name: str) -> tuple[str, ...]:
    listed = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    tokens = tuple(token for token in listed if isinstance(token, str))
    if isinstance(given, str) or len(tokens) < len(listed):
        raise InvalidRequest(f"{name} has tokens that are no list of texts: {_short(given)}.", remedy=_FORMS)
    return tokens


def _values(given: object, name: str) -> Any:  # noqa: ANN401 (an array)
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        values = np.zeros((0, 0))
    if values.ndim != 1:
        raise InvalidRequest(f"{name} has values that are no row of numbers: {_short(given)}.", remedy=_FORMS)
    return frozen_array(values)


def _short(value: object) -> str:
    shown = " ".join(repr(value).split())
    return shown if len(shown) <= 60 else f"{shown[:59]}…"
