"""What steering is asked with: features with strengths, messages; and the forms in which people have them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, SupportsIndex, TypeAlias

import msgspec

from np_widgets.errors import InvalidRequest
from np_widgets.models.record import Record
from np_widgets.models.ref import FeatureRef, RefLike

#: References, ``{reference: strength}``, :class:`SteeringFeature`, or one of them; or a whole :class:`SteerRequest`.
FeaturesLike: TypeAlias = Any
#: The user's message, or a list of messages: :class:`ChatMessage`, mappings, texts.
MessagesLike: TypeAlias = Any

#: The site's own slider ends here, on both sides of zero.
STRONGEST = 300.0


class SteeringFeature(Record, frozen=True, kw_only=True, eq=False):
    """One feature and how strongly it is added.

    Attributes
    ----------
    ref : FeatureRef
    strength : float
        -300 to 300. Strength times the request's multiplier times the feature's decoder row is added to the hidden
        state (contract, 5.4); it is not scaled by the feature's maximum activation.
    explanation : str or None
        What the feature is about, where a preset or a saved run says so; left out of equality.
    """

    ref: FeatureRef
    strength: float
    explanation: str | None = None

    _ignored_in_equality = frozenset({"explanation"})

    def __post_init__(self) -> None:
        if isinstance(self.strength, bool) or not isinstance(self.strength, Real):
            raise InvalidRequest(f"The strength of {self.ref} is {self.strength!r}; it must be a number.")
        msgspec.structs.force_setattr(self, "strength", float(self.strength))  # NumPy's and whole numbers become one


class ChatMessage(Record, frozen=True, kw_only=True, eq=False):
    """One turn of a conversation; ``role`` is user, assistant, system, model or developer."""

    role: str
    content: str


class SteeringPreset(Record, frozen=True, kw_only=True, eq=False):
    """Features with strengths that belong together, as the site offers them, or a vector of the user's own.

    Attributes
    ----------
    name : str
    features : tuple of SteeringFeature
    method : str
        One of the steering methods.
    is_own : bool
        Whether it is a vector that the user has uploaded.
    example : str or None
        The id of a saved run that shows it; :meth:`NeuronpediaClient.load_steering` loads it.
    """

    name: str
    features: tuple[SteeringFeature, ...] = ()
    method: str = "additive"
    is_own: bool = False
    example: str | None = None


def read_steering_features(
    given: FeaturesLike, strengths: float | Sequence[float] | None
) -> tuple[SteeringFeature, ...]:
    """Read features and their strengths in any of their forms."""
    if isinstance(given, Mapping) and "source" not in given:
        if strengths is not None:
            raise InvalidRequest("The strengths are given twice.", remedy="Write {feature: strength}, or a list.")
        given, strengths = list(given), list(given.values())
    listed = [given] if _is_one(given) else list(given)
    if strengths is None:
        if bare := next((item for item in listed if not isinstance(item, SteeringFeature)), None):
            raise InvalidRequest(
                f"The feature {FeatureRef.parse(bare)} has no strength.",
                remedy="Give strengths=40, or one for each feature: strengths=[40, -10].",
            )
        return tuple(listed)
    each = list(strengths) if isinstance(strengths, Iterable) else [strengths] * len(listed)
    if len(each) != len(listed):
        raise InvalidRequest(
            f"There are {len(listed)} features and {len(each)} strengths.", remedy="Give one for each, or one for all."
        )
    return tuple(_with_strength(item, strength) for item, strength in zip(listed, each, strict=True))


def _with_strength(item: SteeringFeature | RefLike, strength: object) -> SteeringFeature:
    ref = FeatureRef.parse(item)
    explanation = item.explanation if isinstance(item, SteeringFeature) else None
    return SteeringFeature(ref=ref, strength=check_strength(ref, strength), explanation=explanation)


def _is_one(given: FeaturesLike) -> bool:
    """Whether it names a single feature: a tuple that ends with a number does."""
    if isinstance(given, Sequence) and not isinstance(given, str):
        return isinstance(given, tuple) and bool(given) and isinstance(given[-1], SupportsIndex)
    return isinstance(given, (str, Mapping)) or not isinstance(given, Iterable)


def check_strength(ref: FeatureRef, value: object) -> float:
    """Check a number between the ends of the slider."""
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
    if not -STRONGEST <= number <= STRONGEST:
        raise InvalidRequest(
            f"The strength of {ref} is {value!r}; it must be a number from {-STRONGEST:g} to {STRONGEST:g}.",
            remedy="The multiplier makes it stronger still.",
        )
    return number


def read_messages(given: MessagesLike | None) -> tuple[ChatMessage, ...]:
    """Read messages in any of their forms; a text is the user's."""
    if given is None:
        return ()
    listed = [given] if isinstance(given, (str, ChatMessage, Mapping)) else list(given)
    messages = []
    for item in listed:
        if isinstance(item, str):
            messages.append(ChatMessage(role="user", content=item))
        elif isinstance(item, Mapping) and item.keys() == {"role", "content"}:
            messages.append(ChatMessage(**item))
        elif isinstance(item, ChatMessage):
            messages.append(item)
        else:
            raise InvalidRequest(
                f"{item!r} is not a message.", remedy='Write it as {"role": "user", "content": "Hello"}, or as a text.'
            )
    return tuple(messages)
