"""A feature, as a dashboard shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from np_widgets.payload.packing import Payload, finite, optional, speakable
from np_widgets.payload.provenance import feature_provenance
from np_widgets.payload.texts import texts_payload
from np_widgets.tokens import decode, visible

if TYPE_CHECKING:
    from np_widgets.models import Feature, Histogram, LogitWeights


def logits_payload(feature: Feature) -> Payload:
    """Pack promoted and suppressed tokens."""
    return {"promoted": logits_side(feature.promoted), "suppressed": logits_side(feature.suppressed)}


def logits_side(weights: LogitWeights) -> Payload:
    """Pack the tokens of one side."""
    names = [None if token is None else speakable(token) for token in weights.tokens]
    spoken = [None if token is None else visible(decode(token)) for token in weights.tokens]
    return {
        "tokens": names,
        "values": finite(weights.values),
        **optional(shown={str(n): s for n, (t, s) in enumerate(zip(weights.tokens, spoken, strict=True)) if s != t}),
    }


def histograms_payload(feature: Feature) -> Payload:
    """Pack both histograms; None where there is none."""
    return {"activation": _histogram(feature.activation_histogram), "logit": _histogram(feature.logit_histogram)}


def _histogram(histogram: Histogram) -> Payload | None:
    if not histogram:
        return None
    known = np.isfinite(histogram.centres)
    return {"centres": histogram.centres[known].tolist(), "counts": finite(histogram.counts[known])}


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
        "provenance": feature_provenance(feature),
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
