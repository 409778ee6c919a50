"""The forms that a steering panel's features, strengths and settings may be given in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, SupportsIndex

import msgspec
import traitlets

from np_widgets.models import FeatureRef, SteerSettings
from np_widgets.models.steering.parts import check_strength
from np_widgets.widgets.asking import Reference


class References(traitlets.List):  # type: ignore[type-arg]  # not generic in the oldest traitlets
    """Names of features, in any form; kept as ``"model/source/index"``, each once."""

    def __init__(self, description: str) -> None:
        super().__init__(Reference(), help=description)

    def validate(self, obj: Any, value: Any) -> list[str]:  # noqa: ANN401 (traitlets' signature)
        """Take one feature, or any number of them."""
        names = super().validate(obj, [str(FeatureRef.parse(one)) for one in listed(value)])
        return list(dict.fromkeys(names or ()))


class Strengths(traitlets.Dict):  # as above
    """A strength for each feature, by its name; given so, as a list in the features' order, or as one for all."""

    def validate(self, obj: Any, value: Any) -> dict[str, float]:  # noqa: ANN401 (traitlets' signature)
        """Bring any form to names and numbers.

        Raises
        ------
        InvalidRequest
            For a number out of range.
        TraitError
            When there are not as many as features.
        """
        if not isinstance(value, Mapping):
            each = list(value) if isinstance(value, Iterable) else [value] * len(obj.features)
            if len(each) != len(obj.features):
                raise traitlets.TraitError(f"strengths has {len(each)} numbers, and there are {len(obj.features)}"
                                           " features.")  # fmt: skip
            value = dict(zip(obj.features, each, strict=True))
        refs = {FeatureRef.parse(name): number for name, number in value.items()}
        named = {str(ref): check_strength(ref, number) for ref, number in refs.items()}
        return super().validate(obj, named) or {}


class Settings(traitlets.Dict):  # as above
    """What :class:`SteerSettings` holds; those that are given are changed, the others stay."""

    def validate(self, obj: Any, value: Any) -> dict[str, Any]:  # noqa: ANN401 (traitlets' signature)
        """Change single settings, or take all of them.

        Raises
        ------
        InvalidRequest
            For a setting that there is not, or a value out of its range.
        """
        if isinstance(value, SteerSettings):
            value = msgspec.structs.asdict(value)
        before = SteerSettings(**obj._trait_values.get(self.name, {}))  # noqa: SLF001 (no default is made on the way)
        return msgspec.structs.asdict(before.changed(**(super().validate(obj, value) or {})))


def listed(given: Any) -> list[Any]:  # noqa: ANN401 (one feature in any form, or many)
    """Make a list of one feature or of many; a tuple that ends with a number names one."""
    names_one = isinstance(given, tuple) and bool(given) and isinstance(given[-1], SupportsIndex)
    is_one = isinstance(given, str) or not isinstance(given, Iterable) or is_name(given)
    return [given] if names_one or is_one else list(given)


def is_name(given: Any) -> bool:  # noqa: ANN401 (whatever features are given as)
    """Whether a mapping names one feature, and does not give strengths to several."""
    return isinstance(given, Mapping) and "source" in given
