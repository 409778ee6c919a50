"""Features in short: the few examples and tokens by which one is recognised in a list of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from np_widgets.examples import arrange, in_order
from np_widgets.models import Activation
from np_widgets.payload.texts import anchor, texts_payload
from np_widgets.tokens import decode, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.models import ExplanationMatch, Feature
    from np_widgets.payload.packing import Payload

#: A strip shows at most so many tokens on either side of the peak (``js/src/heatmap/plan.ts``).
_BEFORE, _AFTER = 11, 12
_EXAMPLES = 3
_PROMOTED = 6


def matches_payload(matches: Sequence[ExplanationMatch]) -> Payload:
    """Pack explanations as cards: each with its author, its feature's figures, and examples cut to a line."""
    examples = [strongest(match.feature, _EXAMPLES) for match in matches]
    texts = [example for own in examples for example in own]
    return {
        "cards": [_card(match, len(own)) for match, own in zip(matches, examples, strict=True)],
        "texts": texts_payload(texts, in_order(texts)),
    }


def _card(match: ExplanationMatch, n_examples: int) -> Payload:
    feature = match.feature
    return {
        "ref": str(match.ref),
        "url": feature.url if feature else None,
        "text": match.text,
        "author": match.author_model,
        "method": match.method,
        "cosine": match.cosine,
        "known": feature is not None,
        "density": feature.density if feature else None,
        "max_activation": feature.max_activation if feature else None,
        "promoted": promoted(feature),
        "examples": n_examples,
    }


def promoted(feature: Feature | None) -> list[str]:
    """List the readable names of the tokens that a feature promotes most."""
    names = feature.promoted.tokens if feature else ()
    return [visible(decode(name)) for name in names if name is not None][:_PROMOTED]


def strongest(feature: Feature | None, count: int) -> list[Activation]:
    """Find the examples that a dashboard shows at its top, cut to what a strip shows of them."""
    if feature is None:
        return []
    plan = arrange(feature.activations)
    hidden = plan.not_positive | plan.duplicate_of.keys()
    shown = [feature.activations[number] for place, number in enumerate(plan.order) if place not in hidden]
    return [around_the_peak(activation) for activation in shown[:count]]


def around_the_peak(activation: Activation) -> Activation:
    """Cut a text to the tokens that a strip shows."""
    at = anchor(activation)
    middle = len(activation.tokens) // 2 if at < 0 else at
    shown = slice(max(0, middle - _BEFORE), middle + _AFTER)
    return Activation(
        tokens=activation.tokens[shown],
        values=activation.values[shown],
        peak=activation.peak,
        peak_index=None if at < 0 else at - shown.start,
        data_source=activation.data_source,
    )
