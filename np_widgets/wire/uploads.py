"""Features as ``POST /api/feature/upload-batch`` takes them, and as they will appear (contract, 5.7)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

import msgspec
import numpy as np

from np_widgets.errors import UnexpectedResponse
from np_widgets.models import Activation, Explanation, Feature, LogitWeights, Provenance, QuantileInterval
from np_widgets.wire.activations import numbers
from np_widgets.wire.features import build_feature
from np_widgets.wire.read import Body, decode
from np_widgets.wire.rows import FeatureRow, Row

#: The route's own limits.
MOST_FEATURES, LARGEST_INDEX, MOST_LOGITS, LONGEST_TEXT, LONGEST_EXPLANATION = 128, 10_000_000, 20, 1_024, 512
_LARGEST_BOUND = 99_999_999

_CREATED = re.compile(r"([0-9]{1,9}) features created")
_MESSAGE = msgspec.json.Decoder(dict[str, str])


def write_upload(feature: Feature, methods: Container[str]) -> Row:
    """Write what the service stores of a feature.

    Parameters
    ----------
    feature : Feature
    methods : container of str
        The kinds of explanation that the service knows; it fails on any other, and on the name of any model that
        wrote one (contract, 9.11).
    """
    top, bottom = _write_logits(feature.promoted), _write_logits(feature.suppressed)
    explanations = [_write_explanation(each, methods) for each in feature.explanations if each.text]
    return {
        "index": feature.index,
        **({} if feature.density is None else {"density": feature.density}),
        **({"topLogits": top} if top else {}),
        **({"bottomLogits": bottom} if bottom else {}),
        **({"explanations": explanations} if explanations else {}),
        "activations": [_write_example(each) for each in feature.activations],
    }


def _write_logits(weights: LogitWeights) -> list[Row]:
    pairs = zip(weights.tokens, weights.values.tolist(), strict=True)
    known = [{"token": token, "value": value} for token, value in pairs if token and np.isfinite(value)]
    return known[:MOST_LOGITS]


def _write_explanation(explanation: Explanation, methods: Container[str]) -> Row:
    method = {"methodName": explanation.method} if explanation.method in methods else {}
    return {"text": explanation.text, **method}


def _write_example(activation: Activation) -> Row:
    return {
        "tokens": list(activation.tokens),
        "values": numbers(activation.values),
        **_write_interval(activation.interval),
    }


def _write_interval(interval: QuantileInterval | None) -> Row:
    """Write an interval; the group of the strongest is told by its lower bound alone, as -1 is no share."""
    if interval is None:
        return {}
    low = -1 if interval.is_top else interval.low
    bounds = {"quantileMin": low, "quantileMax": interval.high, "quantileFraction": interval.fraction}
    return {key: value for key, value in bounds.items() if value is not None}


def upload_faults(feature: Feature) -> Iterator[str]:
    """Say what the service would refuse of a feature, or fail on without a word."""
    if not 0 <= feature.index <= LARGEST_INDEX:
        yield f"the index is beyond {LARGEST_INDEX:,}"
    if feature.density is not None and not 0 <= feature.density <= 1:
        yield f"the density is {feature.density:g}; it must lie between 0 and 1"
    if not feature.activations:
        yield "it has no examples, and the service takes no feature without one"
    for explanation in feature.explanations:
        if len(explanation.text) > LONGEST_EXPLANATION:
            yield f"an explanation has {len(explanation.text):,} characters; it may have {LONGEST_EXPLANATION}"
    for number, activation in enumerate(feature.activations, 1):
        if fault := _example_fault(activation):
            yield f"example {number} {fault}"


def _example_fault(activation: Activation) -> str:
    n_tokens = len(activation.tokens)
    if not 1 <= n_tokens <= LONGEST_TEXT:
        return f"has {n_tokens:,} tokens; it must have 1 to {LONGEST_TEXT:,}"
    if activation.mismatches:
        return f"does not fit: {activation.mismatches[0]}"
    if "" in activation.tokens:
        return f"has an empty token at position {activation.tokens.index('')}, which the service refuses"
    odd = np.flatnonzero(~np.isfinite(activation.values))
    if odd.size:
        return f"has no number for the token at position {odd[0]}"
    return _interval_fault(activation.interval)


def _interval_fault(interval: QuantileInterval | None) -> str:
    if interval is None:
        return ""
    if interval.fraction is not None and not 0 <= interval.fraction <= 1:
        return f"is of an interval with the share {interval.fraction:g}; it must lie between 0 and 1"
    bounds = [bound for bound in (interval.low, interval.high) if bound is not None]
    return "is of an interval whose bounds are too large" if any(bound > _LARGEST_BOUND for bound in bounds) else ""


def not_stored(feature: Feature, methods: Container[str]) -> set[str]:
    """Name what a feature has that the service has no place for in an upload."""
    said = [explanation for explanation in feature.explanations if explanation.text]
    texts = feature.activations
    dropped = {
        "its vector": feature.has_vector or feature.vector.size,
        "the histogram of activations": feature.activation_histogram,
        "the histogram of logits": feature.logit_histogram,
        "neighbours": feature.neighbours,
        "aligned and correlated neurons": feature.aligned_neurons or feature.correlated_neurons,
        "the attribution to attention heads": feature.head_attribution.size,
        "the hook": feature.hook_name,
        "a place on the map": feature.umap_x is not None or feature.umap_y is not None,
        "lists and comments": feature.lists or feature.comments,
        f"logit weights beyond {MOST_LOGITS}, or without a token or a value": _loses_logits(feature),
        "the model that wrote an explanation": any(each.author_model for each in said),
        "scores of explanations": any(each.scores for each in said),
        "attributions of examples (DFA)": any(text.dfa for text in texts),
        "effects on the loss": any(text.loss_values.size for text in texts),
        "effects on logits": any(text.logit_contributions for text in texts),
        "attention patterns": any(text.z_pattern for text in texts),
    }
    strange = {each.method for each in said if each.method and each.method not in methods}
    return {name for name, there in dropped.items() if there} | {f"the kind of explanation {one!r}" for one in strange}


def _loses_logits(feature: Feature) -> bool:
    return any(len(_write_logits(side)) < len(side.tokens) for side in (feature.promoted, feature.suppressed))


def as_stored(row: Row, model: str, source: str, provenance: Provenance | None, site: str | None) -> Feature:
    """Build the feature that the service will show of what was written, by the service's own arithmetic."""
    examples = [_stored_example(example) for example in row["activations"]]
    top, bottom = row.get("topLogits") or [], row.get("bottomLogits") or []
    said = [{"description": each["text"], "typeName": each.get("methodName")} for each in row.get("explanations") or []]
    stored = {
        "modelId": model,
        "layer": source,
        "index": str(row["index"]),
        "sourceSetName": source.partition("-")[2].partition("__")[0],
        "frac_nonzero": row.get("density", -1),
        "maxActApprox": max(0.0, *(example["maxValue"] for example in examples)),
        "pos_str": [one["token"] for one in top],
        "pos_values": [one["value"] for one in top],
        "neg_str": [one["token"] for one in bottom],
        "neg_values": [one["value"] for one in bottom],
        "explanations": said,
        "activations": sorted(examples, key=lambda example: -float(example["maxValue"])),
    }
    return build_feature(msgspec.convert(stored, FeatureRow), provenance, site)


def _stored_example(example: Row) -> Row:
    values = example["values"]
    return {
        "tokens": example["tokens"],
        "values": values,
        "maxValue": max(values),
        "minValue": min(values),
        "maxValueTokenIndex": values.index(max(values)),
        "binMin": example.get("quantileMin"),
        "binMax": example.get("quantileMax"),
        "binContains": example.get("quantileFraction"),
    }


def read_uploaded(body: Body) -> int:
    """Read how many the service says that it has made: those that were there already among them."""
    found = _CREATED.match(decode(_MESSAGE, body).get("message", ""))
    if found is None:
        raise UnexpectedResponse("The answer does not say that features were created.")
    return int(found[1])
