"""What the service has: models, their source sets and sources, releases."""

from __future__ import annotations

from typing import Any

from np_widgets.models.record import Record


class Source(Record, frozen=True, kw_only=True, eq=False):
    """One SAE, transcoder or neuron layer. The wire also calls it *layer*."""

    id: str
    model: str | None = None
    source_set: str | None = None
    visibility: str | None = None
    has_dashboards: bool | None = None
    inference_enabled: bool | None = None
    saelens_release: str | None = None
    saelens_id: str | None = None
    saelens_config: Any = None
    hf_repo: str | None = None
    hf_folder: str | None = None
    n_prompts: int | None = None
    n_tokens_in_prompt: int | None = None
    dataset: str | None = None
    notes: str | None = None
    created_at: str | None = None

    @property
    def hook(self) -> str | None:
        """The hook point that SAELens' configuration names."""
        config = self.saelens_config if isinstance(self.saelens_config, dict) else {}
        metadata = config.get("metadata")
        nested = metadata if isinstance(metadata, dict) else {}
        return config.get("hook_name") or nested.get("hook_name") or config.get("hook_point")


class SourceSet(Record, frozen=True, kw_only=True, eq=False):
    """The sources of one family, one per layer."""

    name: str
    model: str | None = None
    description: str | None = None
    type: str | None = None
    release: str | None = None
    visibility: str | None = None
    creator: str | None = None
    urls: tuple[str, ...] = ()
    has_dashboards: bool | None = None
    allow_inference_search: bool | None = None
    default_range: int | None = None
    default_show_breaks: bool | None = None
    show_dfa: bool | None = None
    show_correlated: bool | None = None
    show_head_attribution: bool | None = None
    created_at: str | None = None
    sources: tuple[Source, ...] = ()


class Model(Record, frozen=True, kw_only=True, eq=False):
    """A language model that the service knows."""

    id: str
    name: str | None = None
    short_name: str | None = None
    owner: str | None = None
    layers: int | None = None
    neurons_per_layer: int | None = None
    dimension: int | None = None
    instruct: bool | None = None
    thinking: bool | None = None
    inference_enabled: bool | None = None
    visibility: str | None = None
    website: str | None = None
    tlens_id: str | None = None
    default_source_set: str | None = None
    default_source: str | None = None
    created_at: str | None = None
    source_sets: tuple[SourceSet, ...] = ()


class Release(Record, frozen=True, kw_only=True, eq=False):
    """A published group of source sets, usually of one paper."""

    name: str
    description: str | None = None
    short_description: str | None = None
    creator: str | None = None
    visibility: str | None = None
    featured: bool | None = None
    urls: tuple[str, ...] = ()
    default_source_set: str | None = None
    default_source: str | None = None
    created_at: str | None = None
    source_sets: tuple[SourceSet, ...] = ()


class MethodName(Record, frozen=True, kw_only=True, eq=False):
    """A kind of explanation or score, or a model that makes them, as the catalogue lists it."""

    name: str
    display_name: str | None = None
    description: str | None = None
    featured: bool | None = None


class Catalogue(Record, frozen=True, kw_only=True, eq=False):
    """All that is public, in one call."""

    models: tuple[Model, ...] = ()
    releases: tuple[Release, ...] = ()
    explanation_methods: tuple[MethodName, ...] = ()
    explanation_models: tuple[MethodName, ...] = ()
    score_methods: tuple[MethodName, ...] = ()
    score_models: tuple[MethodName, ...] = ()
