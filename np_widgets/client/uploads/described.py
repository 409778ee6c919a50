"""One feature, described by words and numbers of the user's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

from np_widgets import checks
from np_widgets.client.given import read_examples
from np_widgets.client.unstored import refuse_unstored
from np_widgets.errors import InvalidRequest
from np_widgets.models import Explanation, Feature, FeatureRef, LogitWeights, frozen_array

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Next tokens: ``{token: weight}``, pairs of both, or :class:`LogitWeights`.
LogitsLike: TypeAlias = Any

KEYS = (
    "model",
    "source",
    "sae_id",
    "layer",
    "index",
    "activations",
    "density",
    "explanation",
    "promoted",
    "suppressed",
)
_WRITE = (
    'client.upload_feature(model="my-model", source="6-my-sae", index=0, activations=[(tokens, values), …]), or '
    "client.upload_features for many"
)


def check_fields(fields: Mapping[str, Any], method: str) -> None:
    """Refuse a description that lacks something, or has what the service has no place for.

    Parameters
    ----------
    fields : mapping
        As for :func:`describe_feature`.
    method : str
        What an error calls the description.

    Raises
    ------
    InvalidRequest
    """
    unstored = {key: value for key, value in fields.items() if key not in KEYS}
    needed = {name: fields.get(name) for name in ("model", "index", "activations")}
    refuse_unstored(method, unstored, needed | {"source": _source_of(fields)}, _WRITE, KEYS)


def describe_feature(fields: Mapping[str, Any]) -> Feature:
    """Make a feature of what is said about it.

    Parameters
    ----------
    fields : mapping
        ``index`` and ``activations``; ``model``; ``source``, or ``layer`` and ``sae_id``; and, where they are known,
        ``density``, ``explanation`` (one or several), ``promoted`` and ``suppressed``.

    Raises
    ------
    InvalidRequest
        When a value is not of its form.
    """
    ref = FeatureRef.parse((fields["model"], _source_of(fields), fields["index"]))
    return Feature(
        model=ref.model,
        source=ref.source,
        index=ref.index,
        density=read_density(fields.get("density"), str(ref)),
        activations=tuple(read_examples(fields["activations"], str(ref))),
        explanations=tuple(Explanation(text=text) for text in _texts(fields.get("explanation"), ref)),
        promoted=_logits(fields.get("promoted"), f"The promoted tokens of {ref}"),
        suppressed=_logits(fields.get("suppressed"), f"The suppressed tokens of {ref}"),
    )


def read_density(given: object, about: str) -> float | None:
    """Read the fraction of tokens on which a feature fires; None where it is not known.

    Raises
    ------
    InvalidRequest
        When it is no number.
    """
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, Real):
        raise InvalidRequest(f"The density of {about} is {given!r}.", remedy="Write a number from 0 to 1.")
    return float(given)


def _source_of(fields: Mapping[str, Any]) -> str | None:
    return source_name(fields.get("source"), fields.get("layer"), fields.get("sae_id"))


def source_name(source: str | None, layer: int | None, sae_id: str | None) -> str | None:
    """Name a source by its id, or by its layer and the name of its set; None when neither is whole."""
    if source is not None or layer is None or sae_id is None:
        return source
    return f"{checks.check_count(layer, 'layer', 0)}-{checks.check_name(sae_id, 'source set', 'res-jb')}"


def _texts(given: object, ref: FeatureRef) -> Sequence[str]:
    listed = [given] if isinstance(given, (str, Explanation)) else given
    if listed is None:
        return []
    texts = (
        [one.text if isinstance(one, Explanation) else one for one in listed] if isinstance(listed, Iterable) else []
    )
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise InvalidRequest(f"The explanation of {ref} is {given!r}.", remedy="Write a text, or a list of texts.")
    return texts


def _logits(given: LogitsLike, name: str) -> LogitWeights:
    if given is None:
        return LogitWeights()
    if isinstance(given, LogitWeights):
        return given
    try:
        pairs = [
            (str(token), float(value)) for token, value in (given.items() if isinstance(given, Mapping) else given)
        ]
    except (TypeError, ValueError, AttributeError):
        pairs = []
    if not pairs:
        raise InvalidRequest(f"{name} are {given!r}.", remedy='Write {" sat": 1.5, " ran": 0.7}, strongest first.')
    return LogitWeights(tokens=tuple(token for token, _ in pairs), values=frozen_array([value for _, value in pairs]))
