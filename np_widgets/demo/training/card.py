"""The model card: every measure, for programs (JSON) and for people (Markdown)."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from np_widgets.demo.weights import CARD

from .labelling import Evidence, Labelling, describe_concept
from .steering import LIMIT, TARGET, WANTED, Steered

if TYPE_CHECKING:
    from pathlib import Path

GOOD, FAIR = 0.8, 0.5


def label_figures(evidence: Evidence, labelling: Labelling) -> dict[str, Any]:
    """Summarise labels from both sides: the latents, and the concepts."""
    activations = evidence.activations
    firings = (activations > 0).sum(0)
    labels = [labelling.labels(latent, 1)[0] for latent in range(activations.shape[1])]
    families = Counter(label.family for label in labels if label.overlap.f1 >= GOOD)
    concepts = {
        name: {"latent": latent, "f1": round(label.overlap.f1, 3), "tokens": int(evidence.facts[:, column].sum())}
        for column, (name, (latent, label)) in enumerate(labelling.concepts().items())
    }
    scores = np.array([entry["f1"] for entry in concepts.values()])
    summary = {
        "latents": len(labels),
        "dead_latents": int((firings == 0).sum()),
        "latents_with_under_50_firings": int((firings < 50).sum()),
        "label_tokens": len(activations),
        "latents_with_label_f1_80": sum(families.values()),
        "of_those_by_family": dict(families),
        "concepts": len(concepts),
        "concepts_f1_80": int((scores >= GOOD).sum()),
        "concepts_f1_50": int((scores >= FAIR).sum()),
    }
    return {"summary": summary, "concepts": concepts}


def steering_figures(latents: list[Steered], topics: list[Steered]) -> dict[str, Any]:
    """Summarise what the directions do at their calibrated strengths."""
    working = [one for one in latents if one.works]
    summary = {
        "criterion": (
            f"concept rate >= {WANTED} and at least twice the unsteered rate, while the text is less than "
            f"{LIMIT} times as surprising to the unsteered model as its own; strengths calibrated to {TARGET}"
        ),
        "latents_measured": len(latents),
        "latents_that_steer": len(working),
        "concepts_steered": sorted({one.concept for one in working}),
        "directions_that_steer": sum(one.works for one in topics),
        "median_surprise_ratio": round(float(np.median([one.ratio for one in latents])), 2),
    }
    directions = [
        {
            "concept": one.concept,
            "rate": round(one.rate, 3),
            "base": round(one.base_rate, 3),
            "ratio": round(one.ratio, 2),
        }
        for one in topics
    ]
    return {"summary": summary, "directions": directions}


def write(folder: Path, figures: dict[str, Any]) -> None:
    """Write the card in both forms."""
    (folder / CARD).write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (folder / "model_card.md").write_text(readable(figures), "utf-8")


def readable(figures: dict[str, Any]) -> str:
    """Return the card for people."""
    s, r = figures["settings"], figures["reconstruction"]
    labels, control = figures["labels"]["summary"], figures["control"]["summary"]
    steering = figures["steering"]
    rows = [
        ("cross-entropy, nats per token", f"{r['cross_entropy']:.4f}"),
        ("the same through the autoencoder", f"{r['cross_entropy_with_sae']:.4f} (+{r['increase']:.4f})"),
        ("the same with the mean state instead", f"{r['cross_entropy_mean_ablation']:.2f}"),
        ("variance explained", f"{r['variance_explained']:.3f}"),
        ("active latents per token", f"{r['l0']:.1f}"),
        ("dead latents", f"{labels['dead_latents']} of {labels['latents']}"),
    ]
    return f"""# Model card: demo-tiny

A small model on generated text. It exists so that np_widgets can be used, taught and tested without
a network; it knows nothing of the world. Its labels are measured overlaps between a latent's firing
and facts that the generator of the texts knows ("this token is a colour"); nobody interpreted
anything, and the scores are no interpretability scores of a real language model.

## What it is

A transformer with {s["blocks"]} blocks of width {s["width"]}, {s["heads"]} heads, rotary positions, squared-ReLU MLPs and a
context of {s["context"]} tokens, trained on {s["documents"]:,} short texts of eighteen kinds (stories, letters, recipes,
quizzes, code, sums ...), many of them about one of fourteen topics. The sparse autoencoder has
{labels["latents"]} latents in nested groups of {", ".join(map(str, s["prefixes"]))} and reads the residual stream that enters
block {s["hook"]}. Weights ship in half precision, thresholds in single; all figures are measured with them,
on texts written from other seeds than the training texts.

## Fidelity

{_table(("measure", "value"), rows)}

## Labels

A label is the candidate with the highest F1 on even-numbered texts; scores are from odd-numbered
ones. "Control" is an autoencoder trained the same way on the same model before any training.

{_table(("measure", "trained", "control"), _label_rows(labels, control))}

{_table(("concept", "latent", "F1", "F1 of the control"), _concept_rows(figures))}

## Steering

{steering["summary"]["latents_that_steer"]} of {steering["summary"]["latents_measured"]} latents steer, by this criterion: {steering["summary"]["criterion"]}.
A concept is counted by words that belong to it at least half of the times they occur.
Strengths were calibrated on eight prompts and measured on eight others, sixteen texts of 24 tokens each.

{_table(("topic direction", "rate", "unsteered", "surprise, times its own"), [(d["concept"], d["rate"], d["base"], d["ratio"]) for d in steering["directions"]])}

## Skills

{_table(("test", "result"), [(name.replace("_", " "), value) for name, value in figures["skills"].items() if isinstance(value, str)])}

{_table(("kind of text", "nats per token"), list(figures["skills"]["nats_per_token_by_kind"].items()))}

## Made by

`python -m np_widgets.demo.training`, seed {s["seed"]}; seconds per step: {figures["seconds"]}.
"""


def _label_rows(labels: dict[str, Any], control: dict[str, Any]) -> list[tuple[Any, ...]]:
    rows = (
        ("latents whose label has F1 >= 0.8", "latents_with_label_f1_80"),
        ("concepts with a latent at F1 >= 0.8", "concepts_f1_80"),
        ("concepts with a latent at F1 >= 0.5", "concepts_f1_50"),
        ("concepts looked for", "concepts"),
        ("dead latents", "dead_latents"),
    )
    table: list[tuple[Any, ...]] = [(text, labels[key], control[key]) for text, key in rows]
    for family in ("on", "before", "after", "token", "before_token", "after_token"):
        counts = (part["of_those_by_family"].get(family, 0) for part in (labels, control))
        table.append((f"labels at F1 >= 0.8 of the form '{family.replace('_', ' ')}'", *counts))
    return table


def _concept_rows(figures: dict[str, Any]) -> list[tuple[Any, ...]]:
    concepts, control = figures["labels"]["concepts"], figures["control"]["concepts"]
    order = sorted(concepts, key=lambda name: -concepts[name]["f1"])
    return [
        (describe_concept(name), concepts[name]["latent"], concepts[name]["f1"], control[name]["f1"]) for name in order
    ]


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
