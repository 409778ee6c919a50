"""Every number that a training run depends on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple


class Group(NamedTuple):
    """One of the nested groups of latents: where it ends, its budget per token, what it describes."""

    end: int
    active: int
    wide: bool = False
    """Whether it describes the mean state of the text instead of the state of the token."""


@dataclass(frozen=True)
class Settings:
    """One training run. The defaults are the run that made the shipped weights."""

    seed: int = 20
    # The language model
    width: int = 96
    blocks: int = 3
    heads: int = 4
    context: int = 256
    documents: int = 140_000
    vocabulary_documents: int = 20_000
    epochs: float = 1.0
    rows_per_step: int = 16
    rate: float = 4e-3
    weight_decay: float = 0.1
    embedding_size: float = 0.02
    warm_up: int = 60
    # The sparse autoencoder
    hook: int = 2
    groups: tuple[Group, ...] = (Group(32, 3, wide=True), Group(160, 3), Group(512, 14))
    sae_documents: int = 20_000
    sae_steps: int = 6000
    sae_batch: int = 2048
    sae_rate: float = 2e-3
    tuning_steps: int = 400
    tuning_rows: int = 8
    tuning_rate: float = 5e-4
    tuning_fidelity: float = 1.0
    # Measuring
    label_documents: int = 4000
    test_documents: int = 800
    dashboard_documents: int = 1000
    steering_latents: int | None = None

    @property
    def latents(self) -> int:
        """How many latents the autoencoder has."""
        return self.groups[-1].end


FULL = Settings()
QUICK = replace(
    FULL,
    width=32,
    context=512,  # its small vocabulary spells most words, so that its texts are longer
    documents=600,
    vocabulary_documents=600,
    sae_documents=200,
    groups=(Group(8, 2, wide=True), Group(24, 2), Group(48, 4)),
    tuning_steps=3,
    sae_steps=60,
    sae_batch=256,
    label_documents=120,
    test_documents=40,
    dashboard_documents=60,
    steering_latents=6,
)
