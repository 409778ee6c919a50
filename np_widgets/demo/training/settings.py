"""Every number that a training run depends on."""

from __future__ import annotations

from dataclasses import dataclass, replace


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
    context_latents: int = 64
    context_active: int = 4
    context_weight: float = 2.0
    prefixes: tuple[int, ...] = (160, 288, 512)
    prefix_weight: float = 0.3
    active: int = 16
    sae_documents: int = 60_000
    sae_steps: int = 6000
    sae_batch: int = 2048
    sae_rate: float = 2e-3
    # Measuring
    label_documents: int = 6000
    test_documents: int = 800
    dashboard_documents: int = 1000
    steering_latents: int | None = None

    @property
    def latents(self) -> int:
        """How many latents the autoencoder has."""
        return self.prefixes[-1]


FULL = Settings()
QUICK = replace(
    FULL,
    width=32,
    documents=600,
    vocabulary_documents=600,
    sae_documents=200,
    context_latents=8,
    context_active=2,
    prefixes=(24, 48),
    active=8,
    sae_steps=60,
    sae_batch=256,
    label_documents=120,
    test_documents=40,
    dashboard_documents=60,
    steering_latents=6,
)
