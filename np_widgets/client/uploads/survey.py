"""Everything that is to be uploaded, looked through before anything is sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from np_widgets.client.routes import encode
from np_widgets.errors import InvalidRequest
from np_widgets.models.uploads import Refusal
from np_widgets.wire.uploads import not_stored, upload_faults, write_upload

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from np_widgets.client.uploads.handed import Handed
    from np_widgets.models import Feature

_MOST_NAMED = 5


@dataclass
class Survey:
    """What was found.

    Attributes
    ----------
    handed : Handed
    methods : container of str
        The kinds of explanation that the service knows.
    sources : Counter
        How many features say that they are of which (model, source).
    refused : list of Refusal
    places : set of int
        Where those stand that are not refused, from 0.
    dropped : Counter
        What the service does not store, and of how many features.
    """

    handed: Handed
    methods: Container[str]
    sources: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    places: set[int] = field(default_factory=set)
    dropped: Counter[str] = field(default_factory=Counter)
    n_features: int = 0

    def look(self) -> Survey:
        """Go through all of it once."""
        first: dict[int, int] = {}
        for place, feature in enumerate(self.handed):
            self.n_features += 1
            if isinstance(feature, Refusal):
                self.refused.append(feature)
                continue
            self.sources[feature.model, feature.source] += 1
            faults = [*upload_faults(feature), *_unwritable(feature)]
            if feature.index in first:
                faults.insert(0, f"the index stands twice, here and as number {first[feature.index] + 1}")
            first.setdefault(feature.index, place)
            if faults:
                self.refused.append(Refusal(name=f"feature {feature.index}", reason="; ".join(faults[:3])))
                continue
            self.places.add(place)
            self.dropped.update(not_stored(feature, self.methods))
        if not self.n_features:
            raise InvalidRequest("There are no features to upload.", remedy="Give at least one.")
        return self

    def fit(self) -> Iterator[Feature]:
        """Go through those that the service would take."""
        numbered = enumerate(self.handed)
        return (each for place, each in numbered if place in self.places and not isinstance(each, Refusal))

    def raise_refused(self) -> None:
        """Refuse the whole where a part is refused.

        Raises
        ------
        InvalidRequest
        """
        if not self.refused:
            return
        named = ". ".join(map(str, self.refused[:_MOST_NAMED]))
        more = f" And {len(self.refused) - _MOST_NAMED:,} more." if len(self.refused) > _MOST_NAMED else ""
        raise InvalidRequest(
            f"{len(self.refused):,} of {self.n_features:,} features cannot be uploaded, so nothing was sent: {named}."
            f"{more}",
            remedy='Mend them, or leave them out: invalid="skip" uploads the others and counts these.',
        )

    def sentences(self) -> tuple[str, ...]:
        """Say what the service does not store."""
        dropped = sorted(self.dropped.items())
        lost = [f"The service does not store {what}, which {self._of(count)}." for what, count in dropped]
        return (*lost, *(f"An upload does not read {what}." for what in self.handed.unread))

    def _of(self, count: int) -> str:
        if count == self.n_features == 1:
            return "this feature has"
        return "all features have" if count == self.n_features else f"{count:,} of {self.n_features:,} features have"


def _unwritable(feature: Feature) -> list[str]:
    """Say whether its text can be written at all: half of a surrogate pair cannot."""
    try:
        encode(write_upload(feature, ()))
    except InvalidRequest as error:
        return [error.message.rstrip(".")]
    return []
