"""Rows in the service's shape, small and whole, for tests to change."""

from __future__ import annotations

import random
from typing import Any

Row = dict[str, Any]


def activation_row(number: Any = 0, *, n_tokens: Any = 12, peak: Any = 5.0, **changes: Any) -> Row:
    """One example whose peak stands at token ``number + 2``."""
    values = [0.0] * n_tokens
    at = (number + 2) % max(n_tokens, 1)
    values[at : at + 1] = [peak]
    return {
        "id": f"act{number}",
        "tokens": [f" word{number}x{position}" for position in range(n_tokens)],
        "values": values,
        "maxValue": peak,
        "minValue": 0.0,
        "maxValueTokenIndex": at,
        "modelId": "gpt2-small",
        "layer": "6-res-jb",
        "index": "650",
        **changes,
    }


def feature_row(**changes: Any) -> Row:
    """A feature with something in every panel."""
    groups = [(-1, 9.0, -1), (4.0, 6.0, 0.01), (2.0, 4.0, 0.04)]
    return {
        "modelId": "gpt2-small",
        "layer": "6-res-jb",
        "index": "650",
        "sourceSetName": "res-jb",
        "createdAt": "2026-07-01T12:00:00.123Z",
        "maxActApprox": 8.5,
        "frac_nonzero": 0.0012,
        "hasVector": False,
        "vector": [],
        "hookName": None,
        **_lists(),
        **_joined(),
        "explanations": [
            {
                "id": "e1",
                "description": "names of cities",
                "explanationModelName": "gpt-4o-mini",
                "typeName": "oai_token-act-pair",
                "scores": [{"id": "s1", "value": 0.71, "explanationScoreTypeName": "recall_alt", "jsonDetails": ""}],
                "triggeredByUser": None,
            }
        ],
        "activations": [
            activation_row(3 * g + n, peak=high - 0.5 - n / 10, binMin=low, binMax=high, binContains=share)
            for g, (low, high, share) in enumerate(groups)
            for n in range(3)
        ],
        **changes,
    }


def _lists() -> Row:
    """Lists that belong together by their places."""
    return {
        "pos_str": [" Paris", " Berlin", "Ġcity"],
        "pos_values": [1.92, 1.71, 1.11],
        "neg_str": [" himself", "ish"],
        "neg_values": [-1.12, -0.66],
        "freq_hist_data_bar_values": [1.0, 3.0, 5.0, 7.0],
        "freq_hist_data_bar_heights": [900, 300, 100, 20],
        "logits_hist_data_bar_values": [-1.0, 0.0, 1.0],
        "logits_hist_data_bar_heights": [10, 400, 12],
        "topkCosSimIndices": [650, 12, 7],
        "topkCosSimValues": [1.0, 0.81, 0.7],
        "neuron_alignment_indices": [2005],
        "neuron_alignment_values": [0.07],
        "neuron_alignment_l1": [0.006],
        "correlated_neurons_indices": [2792],
        "correlated_neurons_pearson": [0.18],
        "correlated_neurons_l1": [0.04],
        "decoder_weights_dist": [],
    }


def _joined() -> Row:
    """Rows of the service's other tables."""
    return {
        "model": {"id": "gpt2-small", "displayName": "GPT2-Small", "layers": 12, "dimension": 768},
        "source": {
            "id": "6-res-jb",
            "modelId": "gpt2-small",
            "inferenceEnabled": True,
            "saelensRelease": "gpt2-small-res-jb",
            "saelensSaeId": "blocks.6.hook_resid_pre",
            "saelensConfig": {"hook_name": "blocks.6.hook_resid_pre"},
        },
        "sourceSet": {"modelId": "gpt2-small", "name": "res-jb", "releaseName": "gpt2sm-res-jb"},
        "creator": {"name": "bot"},
        "lists": [
            {"listId": "l1", "description": "mine", "addedAt": "2026-01-01", "list": {"id": "l1", "name": "cities"}}
        ],
        "comments": [{"id": "c1", "text": "nice", "createdAt": "2026-01-02T00:00:00Z", "user": {"name": "ada"}}],
    }


def bench_row(n_examples: int = 45, n_tokens: int = 128, seed: int = 0) -> Row:
    """A feature of the size that peers were measured on: 13 % of the values are not zero."""
    rng = random.Random(seed)
    syllables = ["al", "er", "ing", "on", "the", "qu", "re", "ta", "vi", "mo", ",", ".", "of", "and"]
    activations = []
    for number in range(n_examples):
        tokens = [rng.choice(["", " "]) + "".join(rng.choices(syllables, k=rng.randint(1, 3))) for _ in range(n_tokens)]
        values = [round(rng.random() * 50, 4) if rng.random() < 0.13 else 0.0 for _ in range(n_tokens)]
        at = rng.randrange(n_tokens)
        values[at] = 60.0 - number
        activations.append(
            activation_row(number, tokens=tokens, values=values, maxValue=60.0 - number, maxValueTokenIndex=at)
        )
    centres = [0.6 + 1.2 * n for n in range(50)]
    heights = [int(9000 * 0.88**n) for n in range(50)]
    return feature_row(
        maxActApprox=60.0,
        activations=activations,
        freq_hist_data_bar_values=centres,
        freq_hist_data_bar_heights=heights,
        logits_hist_data_bar_values=[-1.5 + 0.07 * n for n in range(50)],
        logits_hist_data_bar_heights=heights[::-1],
    )
