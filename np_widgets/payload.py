"""What travels to a front end: models as compact JSON, in the form that ``js/src/core/payload.ts`` reads.

Tokens travel once each, as a vocabulary with one number per token; values travel sparse (position, value) where most
are zero, as dense float32 otherwise. Arrays are base64 text inside the JSON and not binary buffers, so that a live
widget, a saved notebook and a stand-alone page hold the same thing.
"""

from __future__ import annotations

import base64
from itertools import accumulate
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from np_widgets.examples import Arrangement, arrange
from np_widgets.tokens import decode, is_special, joined, partial_bytes, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from np_widgets.models import Activation, Feature, Histogram, LogitWeights

Payload = dict[str, Any]

#: A sparse value costs 8 bytes and a dense one 4, so sparse pays below one half.
_SPARSE_BELOW = 0.5


def texts_payload(activations: Sequence[Activation], arrangement: Arrangement | None = None) -> Payload:
    """Pack example texts in display order.

    Parameters
    ----------
    activations : sequence of Activation
    arrangement : Arrangement, optional
        The display order; by default the site's, see :func:`np_widgets.examples.arrange`.
    """
    plan = arrange(activations) if arrangement is None else arrangement
    shown = [activations[number] for number in plan.order]
    values = np.concatenate([a.values for a in shown]) if shown else np.empty(0)
    known = values[np.isfinite(values)]
    return {
        **_tokens([a.tokens for a in shown]),
        "values": _values(values),
        "max": max(float(known.max(initial=0.0)), 0.0),
        "min": min(float(known.min(initial=0.0)), 0.0),
        "peaks": [_anchor(a) for a in shown],
        **_grouping(plan),
        **_optional(
            dfa=_per_text(shown, _dfa),
            loss=_per_text(shown, lambda a: _sparse(a.loss_values) if a.loss_values.size else None),
            z=_per_text(shown, _z_pattern),
            origin=_per_text(shown, lambda a: a.data_source) if len({a.data_source for a in shown}) > 1 else {},
        ),
    }


def _tokens(texts: Sequence[tuple[str, ...]]) -> Payload:
    flat = [token for text in texts for token in text]
    numbers = {token: number for number, token in enumerate(dict.fromkeys(flat))}
    wide = len(numbers) > 0xFFFF
    ids = np.fromiter(map(numbers.__getitem__, flat), dtype="<u4" if wide else "<u2", count=len(flat))
    spoken = {token: visible(decode(token)) for token in numbers}
    return {
        "vocab": [_speakable(token) for token in numbers],
        "ids": _base64(ids),
        "wide": wide,
        "lengths": [len(text) for text in texts],
        **_optional(
            shown={str(n): spoken[token] for token, n in numbers.items() if spoken[token] != token},
            breaks=[n for token, n in numbers.items() if "\n" in decode(token)],
            special=[n for token, n in numbers.items() if is_special(token)],
            joined=_joined(texts, numbers),
        ),
    }


def _joined(texts: Sequence[tuple[str, ...]], vocabulary: Iterable[str]) -> Payload:
    """Find split characters, by flat position; a vocabulary without parts of characters is not looked through."""
    if all(partial_bytes(token) is None for token in vocabulary):
        return {}
    starts = accumulate((len(text) for text in texts), initial=0)
    return {
        str(start + position): visible(text) if text else ""
        for start, tokens in zip(starts, texts, strict=False)
        for position, text in joined(tokens).items()
    }


def _speakable(token: str) -> str:
    """Replace lone surrogates, which cannot be sent; ``visible`` still names them."""
    return token if token.isascii() else token.encode("utf-8", "replace").decode()


def _values(values: npt.NDArray[np.float64]) -> Payload:
    return _sparse(values) if np.count_nonzero(values) < _SPARSE_BELOW * values.size else {"value": _float32(values)}


def _sparse(values: npt.NDArray[np.float64]) -> Payload:
    """Keep what is not zero; NaN counts as something to show."""
    at = np.flatnonzero(values)
    return {"at": _base64(at.astype("<u4")), "value": _float32(values[at])}


def _float32(values: npt.NDArray[np.float64]) -> str:
    largest = float(np.finfo(np.float32).max)
    return _base64(np.clip(values, -largest, largest).astype("<f4"))


def _base64(array: npt.NDArray[Any]) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")


def _anchor(activation: Activation) -> int:
    """Where the windows stand: the peak, or the strongest negative value of a ``bottom`` example."""
    if activation.data_source == "bottom" and np.isfinite(activation.values).any():
        return int(np.nanargmin(activation.values))
    return -1 if activation.peak_index is None or not activation.peak else activation.peak_index


def _grouping(plan: Arrangement) -> Payload:
    copies: dict[str, int] = {}
    for first in plan.duplicate_of.values():
        copies[str(first)] = copies.get(str(first), 0) + 1
    hidden = {str(place): "not-positive" for place in plan.not_positive}
    hidden |= {str(place): "duplicate" for place in plan.duplicate_of}
    return {
        "groups": [{"kind": g.kind, "low": g.low, "high": g.high, "fraction": g.fraction} for g in plan.groups],
        "group": list(plan.group),
        **_optional(given=list(plan.given) if plan.mended else [], hidden=hidden, copies=copies),
    }


def _dfa(activation: Activation) -> Payload | None:
    dfa = activation.dfa
    if dfa is None or not np.isfinite(dfa.values).any():
        return None
    return {
        **_sparse(dfa.values),
        "target": -1 if dfa.target_index is None else dfa.target_index,
        "source": int(np.nanargmax(dfa.values)),
        "max": dfa.peak,
    }


def _z_pattern(activation: Activation) -> Payload | None:
    z = activation.z_pattern
    if z is None:
        return None
    known = [
        (source, target, value)
        for source, target, value in zip(z.source_indices, z.target_indices, z.values.tolist(), strict=True)
        if source is not None and target is not None and np.isfinite(value)
    ]
    return dict(zip(("source", "target", "value"), map(list, zip(*known, strict=True)), strict=True)) if known else None


def _per_text(shown: Sequence[Activation], pack: Any) -> Payload:  # noqa: ANN401 (a function to any JSON)
    packed = ((str(number), pack(activation)) for number, activation in enumerate(shown))
    return {number: value for number, value in packed if value is not None}


def logits_payload(feature: Feature) -> Payload:
    """Pack promoted and suppressed tokens."""
    return {"promoted": _logit_side(feature.promoted), "suppressed": _logit_side(feature.suppressed)}


def _logit_side(weights: LogitWeights) -> Payload:
    names = [None if token is None else _speakable(token) for token in weights.tokens]
    spoken = [None if token is None else visible(decode(token)) for token in weights.tokens]
    return {
        "tokens": names,
        "values": _finite(weights.values),
        **_optional(shown={str(n): s for n, (t, s) in enumerate(zip(weights.tokens, spoken, strict=True)) if s != t}),
    }


def histograms_payload(feature: Feature) -> Payload:
    """Pack both histograms; None where there is none."""
    return {"activation": _histogram(feature.activation_histogram), "logit": _histogram(feature.logit_histogram)}


def _histogram(histogram: Histogram) -> Payload | None:
    if not histogram:
        return None
    known = np.isfinite(histogram.centres)
    return {"centres": histogram.centres[known].tolist(), "counts": _finite(histogram.counts[known])}


def feature_payload(feature: Feature) -> Payload:
    """Pack all that a dashboard shows of a feature."""
    return {
        "model": feature.model,
        "source": feature.source,
        "index": feature.index,
        "url": feature.url,
        "site": urlsplit(feature.site).netloc.removeprefix("www.") if feature.site else None,
        "title": str(feature.ref),
        "note": feature.provenance.note if feature.provenance else None,
        "facts": _facts(feature),
        "density": feature.density,
        "max_activation": feature.max_activation,
        "dead": feature.is_dead,
        "vector": feature.has_vector,
        "explanations": _explanations(feature),
        "texts": texts_payload(feature.activations),
        "logits": logits_payload(feature),
        "histograms": histograms_payload(feature),
        **_surroundings(feature),
        "provenance": _provenance(feature),
        "warnings": list(feature.warnings),
    }


def _surroundings(feature: Feature) -> Payload:
    return {
        "neighbours": [
            {
                "index": n.index,
                "cosine": n.cosine,
                "ref": str(feature.ref.with_index(n.index)),
                "url": f"{feature.site}/{feature.ref.with_index(n.index).path}" if feature.site else None,
            }
            for n in feature.neighbours
            if n.index is not None and n.index >= 0 and n.index != feature.index
        ],
        "neurons": [
            {"kind": kind, "index": neuron.index, "value": neuron.value, "l1": neuron.l1}
            for kind, neurons in (("aligned", feature.aligned_neurons), ("correlated", feature.correlated_neurons))
            for neuron in neurons
        ],
        "lists": [{"name": entry.name, "description": entry.description} for entry in feature.lists],
        "comments": [{"author": c.author, "text": c.text, "date": (c.created_at or "")[:10]} for c in feature.comments],
    }


def _explanations(feature: Feature) -> list[Payload]:
    return [
        {
            "text": explanation.text,
            "author": explanation.author_model,
            "method": explanation.method,
            "by": explanation.author,
            "scores": [{"value": s.value, "method": s.method, "model": s.scorer} for s in explanation.scores],
        }
        for explanation in feature.explanations
    ]


def _facts(feature: Feature) -> list[list[str]]:
    """List what is known of the source, label and value, what is unknown left out."""
    source = feature.source_info
    facts: list[tuple[str, Any]] = [
        ("hook", feature.hook),
        ("source set", feature.source_set),
        ("release", feature.release),
        ("vector label", feature.vector_label),
        ("vector dimension", feature.vector.size or None),
        ("default strength", feature.default_strength if feature.has_vector else None),
        ("texts from", " · ".join(sorted({a.data_source for a in feature.activations if a.data_source})[:3])),
        ("creator", feature.creator),
        ("created", (feature.created_at or "")[:10]),
    ]
    if source is not None:
        prompts = f"{source.n_prompts:,} × {source.n_tokens_in_prompt} tokens" if source.n_prompts else None
        facts += [
            ("SAELens release", source.saelens_release),
            ("SAELens id", source.saelens_id),
            ("Hugging Face", "/".join(filter(None, [source.hf_repo, source.hf_folder]))),
            ("data set", source.dataset),
            ("prompts", prompts),
        ]
    if feature.head_attribution.size:
        heads = ", ".join(f"{head}: {share:.2f}" for head, share in enumerate(feature.head_attribution.tolist()))
        facts.append(("head attribution", heads))
    return [[label, str(value)] for label, value in facts if value not in (None, "")]


def _provenance(feature: Feature) -> Payload:
    origin = feature.provenance
    if origin is None:
        return {"line": "read from memory", "stale": False, "cached": False, "url": None}
    return {"line": str(origin), "stale": origin.stale, "cached": origin.cached, "url": origin.url}


def _finite(values: npt.NDArray[np.float64]) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]


def _optional(**parts: Any) -> Payload:  # noqa: ANN401 (any JSON)
    """Leave out what is empty: absent keys cost a saved notebook nothing."""
    return {key: value for key, value in parts.items() if value}
