"""Rows in the shape of Neuronpedia's database, filled for the demo model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from . import MODEL_ID, SOURCE_ID, SOURCE_SET_ID, VECTOR_SOURCE_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Row = dict[str, Any]

AUTHOR = "np_widgets"
DATASET = "np_widgets generated texts"
DESCRIPTION = (
    "A sparse autoencoder on a tiny transformer, both trained on texts that a program generated. "
    "Labels are measured overlaps with what that program knows about its texts."
)


def round_all(values: Sequence[float] | NDArray[np.floating]) -> list[float]:
    """Round to the four decimals that replies carry."""
    rounded: list[float] = np.round(np.asarray(values, dtype=np.float64), 4).tolist()
    return rounded


def model_row(shape: Row, created: str) -> Row:
    """Return the Model row."""
    return {
        "id": MODEL_ID,
        "displayNameShort": "Demo",
        "displayName": "Demo Tiny (generated text)",
        "creatorId": AUTHOR,
        "tlensId": None,
        "openRouterId": None,
        "dimension": shape["width"],
        "thinking": False,
        "visibility": "PUBLIC",
        "defaultSourceSetName": SOURCE_SET_ID,
        "defaultSourceId": SOURCE_ID,
        "defaultGraphSourceSetName": None,
        "inferenceEnabled": True,
        "instruct": False,
        "layers": shape["blocks"],
        "neuronsPerLayer": 4 * shape["width"],
        "createdAt": created,
        "owner": AUTHOR,
        "updatedAt": created,
        "website": None,
    }


def source_row(source: str, shape: Row, created: str) -> Row:
    """Return the Source row of the autoencoder or of the topic directions."""
    is_sae = source == SOURCE_ID
    config = {
        "architecture": "jumprelu",
        "d_in": shape["width"],
        "d_sae": shape["latents"],
        "dtype": "float32",
        "hook_name": hook_name(shape),
        "apply_b_dec_to_input": True,
        "normalize_activations": "none",
        "context_size": shape["context"],
        "model_name": MODEL_ID,
    }
    return {
        "id": source,
        "modelId": MODEL_ID,
        "hasDashboards": True,
        "inferenceEnabled": True,
        "saelensConfig": config if is_sae else None,
        "saelensRelease": None,
        "saelensSaeId": None,
        "hfRepoId": None,
        "hfFolderId": None,
        "visibility": "PUBLIC",
        "defaultOfModelId": MODEL_ID if is_sae else None,
        "setName": source.partition("-")[2],
        "creatorId": AUTHOR,
        "hasUmap": False,
        "hasUmapLogSparsity": False,
        "hasUmapClusters": False,
        "num_prompts": shape["dashboard_documents"],
        "num_tokens_in_prompt": shape["context"],
        "dataset": DATASET,
        "notes": DESCRIPTION,
        "cosSimMatchModelId": None,
        "cosSimMatchSourceId": None,
        "createdAt": created,
    }


def source_set_row(created: str) -> Row:
    """Return the SourceSet row of the autoencoder; vectors have none."""
    return {
        "modelId": MODEL_ID,
        "name": SOURCE_SET_ID,
        "hasDashboards": True,
        "allowInferenceSearch": True,
        "visibility": "PUBLIC",
        "description": DESCRIPTION,
        "type": "Residual Stream",
        "creatorName": AUTHOR,
        "urls": [],
        "creatorEmail": None,
        "creatorId": AUTHOR,
        "releaseName": None,
        "hasGraphs": False,
        "graphEnabled": False,
        "similarityMatrixEnabled": False,
        "defaultOfModelId": MODEL_ID,
        "defaultGraphModelId": None,
        "defaultRange": 1,
        "defaultShowBreaks": True,
        "showDfa": False,
        "showCorrelated": False,
        "showHeadAttribution": False,
        "showUmap": False,
        "createdAt": created,
    }


def neuron_row(source: str, index: int, created: str) -> Row:
    """Return a Neuron row with everything empty that a feature may leave empty."""
    empty_lists = (
        "vector topkCosSimIndices topkCosSimValues neuron_alignment_indices neuron_alignment_values "
        "neuron_alignment_l1 correlated_neurons_indices correlated_neurons_pearson "
        "correlated_neurons_l1 correlated_features_indices correlated_features_pearson "
        "correlated_features_l1 neg_str neg_values pos_str pos_values decoder_weights_dist"
    )
    row: Row = {
        "modelId": MODEL_ID,
        "layer": source,
        "index": str(index),
        "sourceSetName": SOURCE_SET_ID if source == SOURCE_ID else None,
        "creatorId": AUTHOR,
        "createdAt": created,
        "maxActApprox": 0,
        "hasVector": source == VECTOR_SOURCE_ID,
        "vectorLabel": None,
    }
    row.update((name, []) for name in empty_lists.split())
    row.update(dict.fromkeys(("umap_cluster", "umap_log_feature_sparsity", "umap_x", "umap_y")))
    return row


def hook_name(shape: Row) -> str:
    """Return the name of the hook in TransformerLens' style."""
    return f"blocks.{shape['hook']}.hook_resid_pre"


def activation_row(source: str, index: int, tokens: list[str], values: Sequence[float] | NDArray[np.floating]) -> Row:
    """Return what ``POST /api/activation/new`` returns for one text."""
    rounded = round_all(values)
    largest = max(rounded, default=0.0)
    return {
        "tokens": tokens,
        "values": rounded,
        "maxValue": largest,
        "minValue": min(rounded, default=0.0),
        "maxValueTokenIndex": rounded.index(largest) if rounded else 0,
        "modelId": MODEL_ID,
        "layer": source,
        "index": str(index),
        "creatorId": AUTHOR,
        "dataIndex": None,
    }


def stored_activation_row(row: Row, document: int, created: str) -> Row:
    """Return an Activation row as it stands in a feature reply."""
    return {
        "id": f"demo-{row['layer']}-{row['index']}-{document}",
        **row,
        "dataIndex": str(document),
        "dataSource": DATASET,
        "dfaValues": [],
        "dfaTargetIndex": None,
        "dfaMaxValue": None,
        "zQIndices": [],
        "zKIndices": [],
        "zValues": [],
        "createdAt": created,
        "lossValues": [],
        "logitContributions": None,
    }


def explanation_row(source: str, index: int, number: int, label: Row, created: str) -> Row:
    """Return a label as an explanation in the reduced form of a feature reply."""
    identity = f"demo-{source}-{index}-{number}"
    details = {name: label[name] for name in ("precision", "recall", "threshold")}
    score = {
        "id": f"{identity}-f1",
        "initiatedByUserId": AUTHOR,
        "value": label["f1"],
        "explanationId": identity,
        "explanationScoreTypeName": "np_demo-f1",
        "explanationScoreModelName": None,
        "jsonDetails": json.dumps(details),
        "createdAt": created,
    }
    return {
        "id": identity,
        "description": label["description"],
        "explanationModelName": "ground-truth match",
        "typeName": "np_demo-overlap",
        "scores": [score],
        "triggeredByUser": None,
    }
