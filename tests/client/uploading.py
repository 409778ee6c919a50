"""Features to upload, and a source to upload them to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from np_widgets.models import Activation, Explanation, Feature, LogitWeights, QuantileInterval, frozen_array

if TYPE_CHECKING:
    from pathlib import Path

    from np_widgets.client import NeuronpediaClient

MODEL, SOURCE = "demo-tiny", "2-my-sae"


def make_source(client: NeuronpediaClient) -> None:
    client.create_source_set("my-sae", model=MODEL)


def example(*values: float, **more: Any) -> Activation:
    tokens = tuple(f" t{number}" for number in range(len(values)))
    return Activation(**{"tokens": tokens, "values": frozen_array(values), **more})


def feature(index: int = 0, **more: Any) -> Feature:
    """A feature that has all that is stored, and nothing else."""
    top = QuantileInterval(high=3.5, is_top=True)
    whole = {
        "model": MODEL,
        "source": SOURCE,
        "index": index,
        "density": 0.25,
        "promoted": LogitWeights(tokens=(" a", "\n"), values=frozen_array([1.5, 1])),
        "suppressed": LogitWeights(tokens=(" b",), values=frozen_array([-1.5])),
        "explanations": (Explanation(text=f"fires on {index}"),),
        "activations": (
            example(0, 1.5, 3.5, interval=top),
            example(0.5, 2, interval=QuantileInterval(low=1, high=2, fraction=0.1)),
        ),
    }
    return Feature(**{**whole, **more})


def features(count: int) -> list[Feature]:
    return [feature(index) for index in range(count)]


def dashboards(folder: Path, *sizes: int, **more: Any) -> Path:
    """Write what SAEDashboard writes: a file for each number of features."""
    import json

    start = 0
    for number, size in enumerate(sizes):
        rows = [_dashboard(index) for index in range(start, start + size)]
        batch = {"model_id": MODEL, "layer": 2, "sae_set": "my-sae", "sae_id_suffix": None, "features": rows, **more}
        (folder / f"batch-{number}.json").write_text(json.dumps(batch), encoding="utf-8")
        start += size
    (folder / "run_settings.json").write_text("{}", encoding="utf-8")
    (folder / "skipped_indexes.json").write_text('{"skipped_indexes": []}', encoding="utf-8")
    return folder


def _dashboard(index: int) -> dict[str, Any]:
    strongest = {"bin_min": -1, "bin_max": 3.5, "bin_contains": -1, "qualifying_token_index": 2}
    return {
        "feature_index": index,
        "neuron_alignment_indices": [1],
        "neuron_alignment_values": [0.5],
        "neuron_alignment_l1": [0.1],
        "correlated_features_indices": [7],
        "neg_str": [" b"],
        "neg_values": [-1.5],
        "pos_str": [" a", "\n"],
        "pos_values": [1.5, 1.0],
        "frac_nonzero": 0.25,
        "freq_hist_data_bar_values": [0.5],
        "freq_hist_data_bar_heights": [3.0],
        "n_prompts_total": 10,
        "decoder_weights_dist": [],
        "vector": [],
        "activations": [
            {"tokens": ["The", " cat", " sat"], "values": [0.0, 1.5, 3.5], **strongest},
            {
                "tokens": ["a", " b"],
                "values": [0.5, 2.0],
                "bin_min": 1.0,
                "bin_max": 2.0,
                "bin_contains": 0.1,
                "qualifying_token_index": -1,
                "dfa_values": [],
                "dfa_maxValue": 0,
                "dfa_targetIndex": -1,
            },
        ],
    }
