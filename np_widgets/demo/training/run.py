"""The whole training run: texts, tokenizer, model, autoencoder, labels, steering, files."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from np_widgets.demo.model import Transformer
from np_widgets.demo.sae import SparseAutoencoder
from np_widgets.demo.tokenizer import BOS, Tokenizer

from . import autoencoder, card, export, language_model, skills, steering
from .concepts import Tagger
from .corpus import DASHBOARD, LABEL, SAE, TEST, make_documents, make_tokenizer, training_ids
from .documents import TOPICS
from .labelling import Labelling
from .measure import gather, reconstruction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .settings import Settings

Weights = dict[str, NDArray[np.float32]]


class Run:
    """One training run. Slow steps are kept in a folder and not repeated, if one is given."""

    def __init__(self, settings: Settings, kept: Path | None = None) -> None:
        self.settings, self.kept = settings, kept
        self.start = time.perf_counter()
        self.seconds: dict[str, float] = {}
        self.tokenizer: Tokenizer = make_tokenizer(settings)
        self.log(f"vocabulary of {len(self.tokenizer)} tokens")

    def log(self, text: str) -> None:
        """Say what is being done."""
        print(f"[{time.perf_counter() - self.start:6.0f} s] {text}", flush=True)  # noqa: T201

    def step(self, name: str, make: Callable[[], Weights]) -> Weights:
        """Make some weights, or read them if this folder has them."""
        file = self.kept / f"{name}.npz" if self.kept else None
        if file and file.exists():
            with np.load(file) as archive:
                self.log(f"{name}: read from {file.name}")
                return {key: archive[key] for key in archive.files}
        self.log(f"{name}:")
        began = time.perf_counter()
        weights = make()
        self.seconds[name] = round(time.perf_counter() - began, 1)
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(file, **weights)  # type: ignore[arg-type]
        return weights

    def train_model(self) -> Weights:
        """Train the language model."""
        ids = training_ids(self.tokenizer, self.settings)
        rows = language_model.pack(ids, self.settings.context)
        self.log(f"  {len(ids)} texts, {sum(map(len, ids)):,} tokens")
        model = language_model.train(rows, len(self.tokenizer), self.settings, self.log)
        return _state(model)

    def untrained_model(self) -> Weights:
        """Return the control: the same model, never trained."""
        torch.manual_seed(self.settings.seed)
        return _state(language_model.LanguageModel(self.settings, len(self.tokenizer)))

    def train_autoencoder(self, weights: Weights) -> Weights:
        """Train the autoencoder on the hidden states of a model."""
        model = language_model.LanguageModel(self.settings, len(self.tokenizer))
        model.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
        documents = make_documents(self.settings, SAE, self.settings.sae_documents)
        ids = [self.tokenizer.encode(document.text) for document in documents]
        rows = language_model.pack(ids, self.settings.context)
        with torch.no_grad():
            parts = [text_states(model, some) for some in rows.split(32)]
        states, around = (torch.cat(part) for part in zip(*parts, strict=True))
        sae, scale, threshold = autoencoder.train(states, around, self.settings, self.log)
        autoencoder.tune(sae, scale, threshold, model, rows, self.settings, self.log)
        return autoencoder.in_model_units(sae, scale, threshold)

    def labelled(self, weights: Weights, sae: Weights) -> tuple[Any, Labelling]:
        """Lay facts and activations side by side and match them."""
        transformer, encoder = self.runtime(weights), SparseAutoencoder(sae)
        documents = make_documents(self.settings, LABEL, self.settings.label_documents, noise=0)
        evidence = gather(documents, Tagger(self.tokenizer), transformer, encoder)
        return evidence, Labelling(evidence, self.tokenizer)

    def runtime(self, weights: Weights) -> Transformer:
        """Return the model as the package runs it."""
        s = self.settings
        return Transformer(weights, heads=s.heads, hook=s.hook, context=s.context)


def text_states(model: language_model.LanguageModel, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the hidden states of packed texts without BOS, and for each its text's mean."""
    states, inside = model.residual(rows, model.settings.hook), rows != BOS
    text = (rows == BOS).flatten().cumsum(0)[inside.flatten()]
    states = states[inside]
    count = torch.zeros(int(text.max()) + 1).index_add(0, text, torch.ones(len(text)))
    total = torch.zeros(len(count), states.shape[1]).index_add(0, text, states)
    return states, (total / count.clamp(min=1)[:, None])[text]


def _state(model: torch.nn.Module) -> Weights:
    return {name: value.detach().numpy() for name, value in model.state_dict().items()}


def run(settings: Settings, folder: Path, kept: Path | None = None) -> dict[str, Any]:
    """Do everything and write the files that the package ships; return the model card."""
    job = Run(settings, kept)
    trained = job.step("language model", job.train_model)
    sae = job.step("autoencoder", lambda: job.train_autoencoder(trained))
    # From here on everything is measured with the rounded weights that ship.
    trained, sae = export.rounded(trained), export.rounded(sae)

    test = [job.tokenizer.encode(d.text) for d in make_documents(settings, TEST, settings.test_documents)]
    transformer, encoder = job.runtime(trained), SparseAutoencoder(sae)
    figures: dict[str, Any] = {"reconstruction": reconstruction(transformer, encoder, test)}
    job.log(f"reconstruction {figures['reconstruction']}")
    figures["skills"] = skills.measure(transformer, job.tokenizer, settings)
    evidence, labelling = job.labelled(trained, sae)
    figures["labels"] = card.label_figures(evidence, labelling)
    job.log(f"labels {figures['labels']['summary']}")
    states = _states(transformer, job, settings)
    vectors = steering.topic_directions(evidence, states, TOPICS).astype(np.float16).astype(np.float32)
    bench = steering.Bench(transformer, job.tokenizer, evidence)
    count = settings.steering_latents or settings.latents
    steered = steering.calibrate(bench, encoder.decoder[:count], labelling.peak[:count], settings.seed)
    topics = steering.calibrate(bench, vectors, np.full(len(vectors), 4.0, np.float32), settings.seed)
    figures["steering"] = card.steering_figures(steered, topics)
    job.log(f"steering {figures['steering']['summary']}")

    untrained = job.untrained_model()
    control = job.step("control", lambda: job.train_autoencoder(untrained))
    figures["control"] = card.label_figures(*job.labelled(untrained, control))
    job.log(f"control {figures['control']['summary']}")

    dashboard = make_documents(settings, DASHBOARD, settings.dashboard_documents, noise=0)
    texts = [job.tokenizer.encode(document.text) for document in dashboard]
    export.write(folder, job.tokenizer, trained, sae, vectors, texts)
    export.write_labels(folder, settings, labelling, steered, topics)
    figures["seconds"] = job.seconds | {"everything": round(time.perf_counter() - job.start, 1)}
    figures["settings"] = asdict(settings)
    card.write(folder, figures)
    return figures


def _states(transformer: Transformer, job: Run, settings: Settings) -> NDArray[np.float32]:
    from .measure import batches

    documents = make_documents(settings, LABEL, settings.label_documents, noise=0)
    texts = [job.tokenizer.encode(document.text) for document in documents]
    return np.concatenate([transformer.residual(ids)[inside] for ids, inside in batches(texts)])
