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
        name: {
            "latent": latent,
            "f1": round(label.overlap.f1, 3),
            "tokens": int(evidence.facts[:, column].sum()),
        }
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
    settings, reconstruction = figures["settings"], figures["reconstruction"]
    labels, control = figures["labels"]["summary"], figures["control"]["summary"]
    steering, skills = figures["steering"], figures["skills"]
    directions = [(one["concept"], one["rate"], one["base"], one["ratio"]) for one in steering["directions"]]
    tests = [(name.replace("_", " "), found) for name, found in skills.items() if isinstance(found, str)]
    return TEXT.format(
        **settings,
        n_latents=labels["latents"],
        n_groups=", ".join(str(group[0]) for group in settings["groups"]),
        fidelity=_table(("measure", "value"), _fidelity_rows(reconstruction, labels)),
        labels=_table(("measure", "trained", "control"), _label_rows(labels, control)),
        concepts=_table(("concept", "latent", "F1", "F1 of the control"), _concept_rows(figures)),
        steers=steering["summary"]["latents_that_steer"],
        criterion=steering["summary"]["criterion"],
        steered=", ".join(describe_concept(name) for name in steering["summary"]["concepts_steered"]) or "none",
        directions=_table(("topic direction moves", "rate", "unsteered", "surprise, times its own"), directions),
        skills=_table(("test", "result"), tests),
        kinds=_table(("kind of text", "nats per token"), list(skills["nats_per_token_by_kind"].items())),
        made=_made(figures["seconds"]),
    )


def _made(seconds: dict[str, float]) -> str:
    """Say how long each step took, and which were not made in this run."""
    kept = [step for step in STEPS if step not in seconds]
    if kept:
        return f"the {' and the '.join(kept)} kept from an earlier run of the same program (`--keep`)"
    return "in one piece: " + ", ".join(f"{step} {seconds[step] / 60:.0f} min" for step in [*STEPS, "everything"])


STEPS = ("language model", "autoencoder", "control")

TEXT = """# Model card: demo-tiny

A small model on generated text. It exists so that np_widgets can be used, taught and tested without
a network; it knows nothing of the world. Its labels are measured overlaps between a latent's firing
and facts that the generator of the texts knows ("this token is a colour"); nobody interpreted
anything, and the scores are no interpretability scores of a real language model.

## What it is

A transformer with {blocks} blocks of width {width}, {heads} heads, rotary positions, squared-ReLU MLPs and a
context of {context} tokens, trained on {documents:,} short texts of eighteen kinds (stories, letters,
recipes, quizzes, code, sums ...), many of them about one of fourteen topics. The sparse autoencoder has
{n_latents} latents in nested groups (up to {n_groups}) and reads the residual stream that enters block {hook};
the first two were trained to describe the text around a token, the others the token. Weights ship in
half precision, thresholds in single; all figures are measured with the shipped weights, on texts
written from other seeds than the training texts.

## Fidelity

{fidelity}

## Labels

A label is the candidate with the highest F1 on even-numbered texts; scores are from odd-numbered
ones. The texts are clean: those with invented words or odd spelling, on which the model was also
trained, are left out here and in dashboards. "Control" is an autoencoder trained the same way on the
same model before any training: labels
that it reaches too (single tokens above all) say nothing about what the model learned.

{labels}

{concepts}

## Steering

{steers} of {n_latents} latents steer, by this criterion: {criterion}.
A concept is counted by words that belong to it at least half of the times they occur. Strengths
were calibrated on eight prompts and measured on eight others, sixteen texts of 24 tokens each.
Concepts that some latent steers: {steered}.

{directions}

## Skills

{skills}

{kinds}

## Made by

`python -m np_widgets.demo.training`, seed {seed},
{made}.
How many latents each group has, how many of them may be active and how long the autoencoder is
trained was chosen on texts of other seeds, by the figures of several runs.
"""


def _fidelity_rows(found: dict[str, float], labels: dict[str, Any]) -> list[tuple[Any, ...]]:
    through = f"{found['cross_entropy_with_sae']:.4f} (+{found['increase']:.4f})"
    return [
        ("cross-entropy, nats per token", f"{found['cross_entropy']:.4f}"),
        ("the same through the autoencoder", through),
        ("the same with the mean state instead", f"{found['cross_entropy_mean_ablation']:.2f}"),
        ("variance explained", f"{found['variance_explained']:.3f}"),
        ("active latents per token", f"{found['l0']:.1f}"),
        ("dead latents", f"{labels['dead_latents']} of {labels['latents']}"),
    ]


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
