"""Features side by side: each in short, the same texts through all of them, what they have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from np_widgets.examples import in_order
from np_widgets.models import LogitWeights
from np_widgets.payload.feature import histograms_payload, logits_side
from np_widgets.payload.matches import strongest
from np_widgets.payload.texts import texts_payload
from np_widgets.payload.variants import columns_payload

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from np_widgets.models import Activation, Feature, FeatureRef
    from np_widgets.overlap import Overlap
    from np_widgets.payload.packing import Payload

_EXAMPLES, _PROMOTED, _SUPPRESSED = 3, 8, 4
#: Of what two features share so much is named; the count tells of the rest.
_NAMED = 24


def cards_payload(refs: Sequence[FeatureRef], features: Mapping[FeatureRef, Feature], errors: Any) -> Payload:  # noqa: ANN401
    """Pack the features in short, each in its place; one that could not be had is an error there.

    Parameters
    ----------
    refs : sequence of FeatureRef
    features : mapping of FeatureRef to Feature
    errors : mapping of FeatureRef to dict
        Why the others could not be had, in the form of the widgets' errors.
    """
    examples = [strongest(features.get(ref), _EXAMPLES) for ref in refs]
    texts = [example for own in examples for example in own]
    cards = zip(refs, names(refs), examples, strict=True)
    return {
        "common": _common(refs),
        "notes": _notes(features.values()),
        "cards": [
            {
                "ref": str(ref),
                "name": name,
                "error": errors.get(ref),
                "examples": len(own),
                "feature": _short(features[ref]) if ref in features else None,
            }
            for ref, name, own in cards
        ],
        "texts": texts_payload(texts, in_order(texts)),
    }


def _notes(features: Iterable[Feature]) -> list[str]:
    notes = [feature.provenance.note for feature in features if feature.provenance]
    return [note for note in dict.fromkeys(notes) if note]


def _short(feature: Feature) -> Payload:
    explanation = next((e for e in feature.explanations if e.text), None)
    return {
        "url": feature.url,
        "explanation": explanation.text if explanation else None,
        "author": explanation.author_model if explanation else None,
        "density": feature.density,
        "max_activation": feature.max_activation,
        "dead": feature.is_dead,
        "promoted": logits_side(_first(feature.promoted, _PROMOTED)),
        "suppressed": logits_side(_first(feature.suppressed, _SUPPRESSED)),
        "histogram": histograms_payload(feature)["activation"],
    }


def _first(weights: LogitWeights, count: int) -> LogitWeights:
    return LogitWeights(tokens=weights.tokens[:count], values=weights.values[:count])


def names(refs: Sequence[FeatureRef]) -> list[str]:
    """Name each feature by what tells it from the others: the index, if need be with its source and its model."""
    for shorten in (lambda ref: f"{ref.index}", lambda ref: f"{ref.source}/{ref.index}"):
        short = list(map(shorten, refs))
        if len(set(short)) == len(short):
            return short
    return [str(ref) for ref in refs]


def _common(refs: Sequence[FeatureRef]) -> str:
    """What all features have in common: model and source, the model, or nothing."""
    models, sources = {ref.model for ref in refs}, {ref.source for ref in refs}
    if len(models) > 1:
        return ""
    return "/".join([*models, *(sources if len(sources) == 1 else ())])


def runs_payload(runs: Sequence[Mapping[int, Activation]], errors: Mapping[int, Any]) -> Payload:
    """Pack the same texts through several features, with columns that all of them share.

    Parameters
    ----------
    runs : sequence of mappings of int to Activation
        For each feature its runs, by the number of the text.
    errors : mapping of int to dict
        Why a feature was not run, by its number.
    """
    rows = [(feature, number, run) for feature, own in enumerate(runs) for number, run in own.items()]
    activations = [run for *_, run in rows]
    return {
        "texts": texts_payload(activations, in_order(activations)),
        "columns": columns_payload(activations),
        "rows": [[feature, number] for feature, number, _ in rows],
        "errors": {str(feature): error for feature, error in errors.items()},
    }


def overlap_payload(overlap: Overlap) -> Payload:
    """Pack how much each pair of features shares, and the first of it by name."""
    return {
        "sizes": list(overlap.sizes),
        "pairs": [
            [pair.one, pair.other, len(pair.shared), pair.either, list(pair.shared[:_NAMED])] for pair in overlap.pairs
        ],
    }
