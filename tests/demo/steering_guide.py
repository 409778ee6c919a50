"""Fill in the guide to steering the demo model: every figure is measured, or read from its labels.

Run from the repository's root: ``python -m tests.demo.steering_guide``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from np_widgets import DemoSource, demo
from np_widgets.demo.model import padded
from np_widgets.demo.steering import PLAIN_RATE, READABLE
from np_widgets.demo.tokenizer import BOS
from np_widgets.demo.training.steering import FRESH_PROMPTS, TEMPERATURE, TOKENS
from np_widgets.models import SteerRequest

if TYPE_CHECKING:
    from np_widgets.demo import DemoModel
    from np_widgets.demo.model import Array
    from np_widgets.models import FeatureRef

GUIDE = Path(demo.__file__).parent / "steering.md"
MULTIPLES = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
OWN = 32
"""How many texts of each prompt the model writes by itself, for comparison."""
APART = 4.0
"""Above this many times the model's own surprise, what is left are the concept's words, one after another."""
LADDER = (0, 0.5, 1, 1.25, 1.5, 2, 3)
SHOWN = (("the sea", 3), ("French lessons", 16))
"""The presets whose ladders are shown, and with which seed."""


class Row(NamedTuple):
    """What was measured of one feature."""

    ref: FeatureRef
    label: str
    strength: float
    rate: float
    base: float
    surprise: float
    apart: float


def rows(model: DemoModel) -> list[Row]:
    """Read the presets' effects from the labels, and measure where their texts fall apart."""
    parts = [preset.features[0] for preset in DemoSource().steering_presets(demo.MODEL_ID)]
    tried = [part.strength * model._directions(part.ref.source)[part.ref.index] for part in parts]
    added = [np.zeros_like(tried[0])] * OWN + [direction * k for direction in tried for k in MULTIPLES]
    found = surprise(model, np.stack(added).astype(np.float32))
    ratios = np.maximum.accumulate(found[OWN:].reshape(len(parts), -1), axis=1) / found[:OWN].mean()
    measured = []
    for part, own in zip(parts, ratios, strict=True):
        labels = model._shipped.labels["vectors" if part.ref.source == demo.VECTOR_SOURCE_ID else "latents"]
        effect = labels[part.ref.index]["effect"]
        told = str(part.explanation), part.strength, effect["rate"], effect["base"], effect["surprise_ratio"]
        measured.append(Row(part.ref, *told, apart=part.strength * float(np.interp(APART, own, MULTIPLES))))
    return measured


def surprise(model: DemoModel, added: Array) -> Array:
    """Let the model write with each of some directions added; return how surprising it finds that by itself.

    Parameters
    ----------
    model : DemoModel
    added : ndarray of float32, shape (directions, width)

    Returns
    -------
    ndarray of float32, shape (directions,)
        Nats per token, as they are measured for the labels, on the same prompts.
    """
    transformer, tokenizer = model._shipped.transformer, model._shipped.tokenizer
    means = []
    with threadpool_limits(1, user_api="blas"):
        for number, prompt in enumerate(FRESH_PROMPTS * 2):
            start = np.repeat(padded([tokenizer.encode(prompt)]), len(added), axis=0)
            rng = np.random.default_rng((1, number))
            drawn = transformer.sample(start, n_tokens=TOKENS, temperature=TEMPERATURE, rng=rng, added=added)
            text = np.stack(list(drawn), axis=1)
            written = np.cumsum(text == BOS, axis=1) == 0
            loss = transformer.loss(np.concatenate([start, text], axis=1))[:, start.shape[1] - 1 :]
            means.append((loss * written).sum(1) / np.maximum(written.sum(1), 1))
    return np.asarray(np.mean(means, axis=0), dtype=np.float32)


def filled(text: str, model: DemoModel, measured: list[Row]) -> str:
    """Put what was measured between the guide's marks."""
    by_label = {row.label: row for row in measured}
    blocks = {
        "effects": f"{_effects(measured)}\n\n{_counts(model._shipped.labels)}",
        "ladders": "\n\n".join(_ladder(by_label[label], seed) for label, seed in SHOWN),
    }
    for name, block in blocks.items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        text = text.partition(start)[0] + start + block + "\n" + end + text.partition(end)[2]
    return text


def _effects(measured: list[Row]) -> str:
    head = (
        "feature",
        "about",
        "strength to try",
        "its words, of 100 tokens",
        "unsteered",
        "surprise",
        "falls apart from",
    )
    lines = [
        (f"`{row.ref}`", row.label, f"{row.strength:g}", f"{100 * row.rate:.1f}", f"{100 * row.base:.1f}",
         f"{row.surprise:g} ×", f"{row.apart:.1f}")
        for row in measured
    ]  # fmt: skip
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ("---",) * len(head), *lines))


def _counts(labels: dict[str, Any]) -> str:
    vectors, latents = labels["vectors"], labels["latents"]
    return (
        f"Of the {len(vectors)} topic directions {_n_plain(vectors)}, and of the {len(latents)} latents "
        f"{_n_plain(latents)}, put their concept into at least {100 * PLAIN_RATE:g} of 100 tokens,\nand at least twice "
        f"as often as without, in texts less than {READABLE:g} times as surprising as the model's own; the presets\n"
        "are the best of each kind, one for each concept."
    )


def _n_plain(labels: list[dict[str, Any]]) -> int:
    effects = [row["effect"] for row in labels]
    return sum(e["rate"] >= max(PLAIN_RATE, 2 * e["base"]) and e["surprise_ratio"] < READABLE for e in effects)


def _ladder(row: Row, seed: int) -> str:
    head = f"**{row.label}**, `{row.ref}`, seed {seed}\n\n| strength | Yesterday we … |\n| --- | --- |\n"
    steps = (round(multiple * row.strength, 2) for multiple in LADDER)
    return head + "\n".join(f"| {strength:g} | {_said(row.ref, strength, seed)} |" for strength in steps)


def _said(ref: FeatureRef, strength: float, seed: int) -> str:
    request = SteerRequest.make({ref: strength}, "Yesterday we", n_tokens=22, seed=seed)
    (result,) = DemoSource().steer(request, stream=False)
    text = result.steered.text if result.steered else ""
    return text.strip().replace("\n", " ↵ ").replace("|", "\\|")


if __name__ == "__main__":
    shipped = demo.load()
    GUIDE.write_text(filled(GUIDE.read_text(encoding="utf-8"), shipped, rows(shipped)), encoding="utf-8")
