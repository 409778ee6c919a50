"""What there is to ask for: models, source sets, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from np_widgets import checks
from np_widgets.client import calls, decoding
from np_widgets.client.base import BaseClient

if TYPE_CHECKING:
    from np_widgets.models import Catalogue, Model, SourceSet


class CatalogueEndpoints(BaseClient):
    """The catalogue's part of :class:`NeuronpediaClient`."""

    def list_models(self, *, refresh: bool = False) -> list[Model]:
        """List the models that the service knows, with their source sets.

        Examples
        --------
        >>> [model.id for model in client.list_models()]
        """
        return self._reader.read(calls.models(), decoding.models, refresh=refresh)

    def get_model(self, model: str, *, refresh: bool = False) -> Model:
        """Fetch a model with its source sets and sources, SAELens ids included.

        Examples
        --------
        >>> client.get_model("gpt2-small").dimension
        """
        model = checks.check_name(model, "model", "gpt2-small")
        return self._reader.read(calls.model(model), decoding.model(model, self._address.host), refresh=refresh)

    def get_source_set(self, model: str, name: str, *, refresh: bool = False) -> SourceSet:
        """Fetch what is said of a source set by its name, such as ``"res-jb"`` of ``"gpt2-small"``.

        Examples
        --------
        >>> client.get_source_set("gpt2-small", "res-jb").description
        """
        model = checks.check_name(model, "model", "gpt2-small")
        name = checks.check_name(name, "source set", "res-jb")
        decode = decoding.source_set(f"{model}/{name}", self._address.host)
        return self._reader.read(calls.source_set(model, name), decode, refresh=refresh)

    def get_catalogue(self, *, refresh: bool = False) -> Catalogue:
        """Fetch all that is public: models, source sets, sources, releases, kinds of explanations and scores.

        Examples
        --------
        >>> [method.name for method in client.get_catalogue().explanation_methods]
        """
        return self._reader.read(calls.catalogue(), decoding.catalogue, refresh=refresh)
