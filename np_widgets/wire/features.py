"""Feature rows to features and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from np_widgets.errors import UnexpectedResponse
from np_widgets.models import (
    NO_NUMBERS,
    Explanation,
    ExplanationScore,
    Feature,
    FloatArray,
    Histogram,
    LogitWeights,
    Neighbour,
    Provenance,
    RelatedNeuron,
    frozen_array,
)
from np_widgets.wire.activations import build_activations, numbers, write_activation
from np_widgets.wire.lengths import Repairs, without_missing_logits
from np_widgets.wire.rows import FeatureRow, Numbers, Row
from np_widgets.wire.tables import (
    MODEL,
    SOURCE,
    SOURCE_SET,
    read_comment,
    read_list_membership,
    read_model_row,
    read_source,
    read_source_set_row,
    write_comment,
    write_list_membership,
    write_row,
)


def _density(row: FeatureRow) -> float | None:
    """Read how often it fires; of an uploaded vector nobody has counted, and the database's own 0 says nothing."""
    is_unknown = row.frac_nonzero == -1 or (row.hasVector and row.frac_nonzero == 0)
    return None if is_unknown else row.frac_nonzero


def build_feature(row: FeatureRow, provenance: Provenance | None, site: str | None) -> Feature:
    """Mend and type one feature row."""
    repairs = Repairs()
    return Feature(
        model=row.modelId,
        source=row.layer,
        index=_index(row),
        max_activation=row.maxActApprox,
        density=_density(row),
        activations=build_activations(row.activations or (), provenance),
        explanations=tuple(map(build_explanation, row.explanations or ())),
        **_read_pairs(row, repairs),
        mismatches=tuple(repairs.mismatches),  # after the pairs, which find them
        head_attribution=_array(row.decoder_weights_dist),
        has_vector=bool(row.hasVector),
        vector=_array(row.vector),
        vector_label=row.vectorLabel,
        default_strength=row.vectorDefaultSteerStrength,
        hook_name=row.hookName,
        umap_x=row.umap_x,
        umap_y=row.umap_y,
        umap_cluster=None if row.umap_cluster == -1 else row.umap_cluster,
        created_at=row.createdAt,
        **_read_joined(row),
        provenance=_read_provenance(row) or provenance,
        site=site or _read_site(row),
    )


def _read_pairs(row: FeatureRow, repairs: Repairs) -> dict[str, Any]:
    """Type all the parallel lists; :func:`_write_pairs` is the way back."""
    aligned = row.neuron_alignment_indices, row.neuron_alignment_values, row.neuron_alignment_l1
    correlated = row.correlated_neurons_indices, row.correlated_neurons_pearson, row.correlated_neurons_l1
    firings = row.freq_hist_data_bar_values, row.freq_hist_data_bar_heights
    logits = row.logits_hist_data_bar_values, row.logits_hist_data_bar_heights
    return {
        "promoted": _logits(repairs, "promoted", row.pos_str, row.pos_values),
        "suppressed": _logits(repairs, "suppressed", row.neg_str, row.neg_values),
        "activation_histogram": _histogram(repairs, "activation_histogram", *firings),
        "logit_histogram": _histogram(repairs, "logit_histogram", *logits),
        "neighbours": _neighbours(repairs, row),
        "aligned_neurons": _neurons(repairs, "aligned_neurons", *aligned),
        "correlated_neurons": _neurons(repairs, "correlated_neurons", *correlated),
    }


def _read_joined(row: FeatureRow) -> dict[str, Any]:
    """Type what the service joins to the feature from its other tables."""
    return {
        "source_set_name": row.sourceSetName,
        "model_info": read_model_row(row.model) if row.model else None,
        "source_info": read_source(row.source) if row.source else None,
        "source_set_info": read_source_set_row(row.sourceSet) if row.sourceSet else None,
        "lists": tuple(map(read_list_membership, row.lists or ())),
        "comments": tuple(map(read_comment, row.comments or ())),
        "creator": (row.creator or {}).get("name"),
    }


def _index(row: FeatureRow) -> int:
    try:
        return int(row.index)
    except ValueError:
        raise UnexpectedResponse(f"The feature's index is {row.index!r}, which is no number.") from None


def _array(values: Numbers | None) -> FloatArray:
    return frozen_array(values) if values else NO_NUMBERS


def _logits(repairs: Repairs, field: str, names: list[str | None] | None, values: Numbers | None) -> LogitWeights:
    tokens, weights = repairs.pair(field, names, values)
    return LogitWeights(tokens=tokens, values=without_missing_logits(weights))


def _histogram(repairs: Repairs, field: str, centres: Numbers | None, counts: Numbers | None) -> Histogram:
    bins, heights = repairs.pair(field, centres, counts)
    return Histogram(centres=frozen_array(bins) if bins else NO_NUMBERS, counts=heights)


def _neighbours(repairs: Repairs, row: FeatureRow) -> tuple[Neighbour, ...]:
    indices, cosines = repairs.pair("neighbours", row.topkCosSimIndices, row.topkCosSimValues)
    return tuple(
        Neighbour(index=index, cosine=_known(cosine)) for index, cosine in zip(indices, cosines.tolist(), strict=True)
    )


def _neurons(
    repairs: Repairs, field: str, indices: list[int | None] | None, values: Numbers | None, l1: Numbers | None
) -> tuple[RelatedNeuron, ...]:
    columns = repairs.level(**{f"{field}.index": indices, f"{field}.value": values, f"{field}.l1": l1})
    return tuple(
        RelatedNeuron(index=index, value=value, l1=share) for index, value, share in zip(*columns, strict=True)
    )


def _known(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124 (NaN is the number unequal to itself)


def build_explanation(row: Row) -> Explanation:
    """Type an explanation row, reduced or whole (contract, 2.3)."""
    author = row.get("triggeredByUser") or row.get("author") or {}
    return Explanation(
        text=row.get("description") or "",
        author_model=row.get("explanationModelName"),
        method=row.get("typeName"),
        author=author.get("name"),
        scores=tuple(map(build_score, row.get("scores") or ())),
        id=row.get("id"),
    )


def build_score(row: Row) -> ExplanationScore:
    """Type an ExplanationScore row (contract, 2.4)."""
    return ExplanationScore(
        value=row.get("value"),
        method=row.get("explanationScoreTypeName"),
        scorer=row.get("explanationScoreModelName"),
        details=row.get("jsonDetails") or None,
        id=row.get("id"),
    )


def _read_provenance(row: FeatureRow) -> Provenance | None:
    """Read where a file written by this package had its data from; the service sends no such key."""
    saved = row._provenance  # noqa: SLF001 (the key's own name)
    if not saved:
        return None
    when = saved.get("fetched_at")
    return Provenance(
        origin=str(saved.get("origin")),
        url=saved.get("url"),
        fetched_at=datetime.fromisoformat(when) if when else None,
        note=saved.get("note"),
    )


def _read_site(row: FeatureRow) -> str | None:
    """Read the site that a saved feature belongs to; a file may come from anyone, so only web addresses count."""
    site = (row._provenance or {}).get("site")  # noqa: SLF001 (as above)
    return site if isinstance(site, str) and site.startswith(("https://", "http://")) else None


def write_feature(feature: Feature) -> Row:
    """Write a feature in the service's shape, lists with the lengths that they came with."""
    return {
        "modelId": feature.model,
        "layer": feature.source,
        "index": str(feature.index),
        "sourceSetName": feature.source_set_name,
        "createdAt": feature.created_at,
        "maxActApprox": feature.max_activation,
        "frac_nonzero": -1 if feature.density is None else feature.density,
        "hasVector": feature.has_vector,
        "vector": numbers(feature.vector),
        "vectorLabel": feature.vector_label,
        "vectorDefaultSteerStrength": feature.default_strength,
        "hookName": feature.hook_name,
        **_write_pairs(feature),
        "decoder_weights_dist": numbers(feature.head_attribution),
        "umap_x": feature.umap_x,
        "umap_y": feature.umap_y,
        "umap_cluster": feature.umap_cluster,
        "model": write_row(feature.model_info, MODEL) if feature.model_info else None,
        "source": write_row(feature.source_info, SOURCE) if feature.source_info else None,
        "sourceSet": write_row(feature.source_set_info, SOURCE_SET) if feature.source_set_info else None,
        "creator": {"name": feature.creator} if feature.creator else None,
        "lists": [write_list_membership(entry) for entry in feature.lists],
        "comments": [write_comment(comment) for comment in feature.comments],
        "explanations": [_write_explanation(explanation) for explanation in feature.explanations],
        "activations": [write_activation(activation) for activation in feature.activations],
        **_write_provenance(feature),
    }


def _write_pairs(feature: Feature) -> Row:
    """Write all the parallel lists, each cut back to the length that it came with."""
    given = {mismatch.field: (mismatch.expected, mismatch.got) for mismatch in feature.mismatches}

    def cut(field: str, names: list[Any], values: list[Any]) -> tuple[list[Any], list[Any]]:
        n_names, n_values = given.get(field, (len(names), len(values)))
        return names[:n_names], values[:n_values]

    pos_str, pos_values = cut("promoted", list(feature.promoted.tokens), numbers(feature.promoted.values))
    neg_str, neg_values = cut("suppressed", list(feature.suppressed.tokens), numbers(feature.suppressed.values))
    row: Row = {"pos_str": pos_str, "pos_values": pos_values, "neg_str": neg_str, "neg_values": neg_values}
    for field, key in (("activation_histogram", "freq_hist_data_bar"), ("logit_histogram", "logits_hist_data_bar")):
        histogram: Histogram = getattr(feature, field)
        row[f"{key}_values"], row[f"{key}_heights"] = cut(field, numbers(histogram.centres), numbers(histogram.counts))
    row["topkCosSimIndices"], row["topkCosSimValues"] = cut(
        "neighbours", [n.index for n in feature.neighbours], [n.cosine for n in feature.neighbours]
    )
    for field, key, second in (
        ("aligned_neurons", "neuron_alignment", "values"),
        ("correlated_neurons", "correlated_neurons", "pearson"),
    ):
        neurons: tuple[RelatedNeuron, ...] = getattr(feature, field)
        for column, name in (("index", "indices"), ("value", second), ("l1", "l1")):
            _, n_given = given.get(f"{field}.{column}", (0, len(neurons)))
            row[f"{key}_{name}"] = [getattr(neuron, column) for neuron in neurons[:n_given]]
    return row


def _write_explanation(explanation: Explanation) -> Row:
    return {
        "id": explanation.id,
        "description": explanation.text,
        "explanationModelName": explanation.author_model,
        "typeName": explanation.method,
        "triggeredByUser": {"name": explanation.author} if explanation.author else None,
        "scores": [
            {
                "id": score.id,
                "value": score.value,
                "explanationScoreTypeName": score.method,
                "explanationScoreModelName": score.scorer,
                "jsonDetails": score.details or "",
            }
            for score in explanation.scores
        ],
    }


def _write_provenance(feature: Feature) -> Row:
    provenance = feature.provenance
    if provenance is None:
        return {}
    when = provenance.fetched_at
    saved = {
        "origin": provenance.origin,
        "url": provenance.url,
        "fetched_at": when.isoformat() if when else None,
        "note": provenance.note,
        "site": feature.site,
    }
    return {"_provenance": saved}
