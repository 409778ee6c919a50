"""Where features are uploaded to: models and source sets of the user's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from np_widgets import checks
from np_widgets.client import writes
from np_widgets.client.catalogue import CatalogueEndpoints
from np_widgets.errors import InvalidRequest, NeuronpediaError, UnexpectedResponse
from np_widgets.wire import read_model, read_source_set

if TYPE_CHECKING:
    from np_widgets.models import Model, SourceSet

T = TypeVar("T")

#: The routes' own rules (contract, 5.7).
_MODEL = re.compile(r"[a-z][a-z0-9.-]{0,30}[a-z0-9]")
_SET = re.compile(r"[a-z](?:-?[a-z0-9])*|[0-9]")
_MOST_LAYERS, _LONGEST_NAME, _LONGEST_DESCRIPTION = 127, 64, 128


class PlaceEndpoints(CatalogueEndpoints):
    """The part of :class:`NeuronpediaClient` that makes room for uploads."""

    def create_model(self, model: str, *, layers: int, name: str | None = None, url: str | None = None) -> Model:
        """Make a model to upload features of; five in an hour (``POST /api/model/new``; contract, 5.7).

        Parameters
        ----------
        model : str
            Its id: 2 to 32 small letters, digits, hyphens and periods, a letter first, no hyphen or period last.
        layers : int
            1 to 127.
        name : str, optional
            As people read it, up to 64 characters.
        url : str, optional
            Where the model is described.

        Returns
        -------
        Model
            Unlisted. The service does not learn its dimension, so it takes no vectors for it.

        Examples
        --------
        >>> client.create_model("my-model", layers=12, name="My model")
        """
        if not isinstance(model, str) or not _MODEL.fullmatch(model):
            near = re.sub(r"[^a-z0-9.]+", "-", str(model).rpartition("/")[2].lower())
            such = near if _MODEL.fullmatch(near) else "my-model"
            raise InvalidRequest(
                f"{model!r} can be no model's id.",
                remedy=f'Write 2 to 32 small letters, digits, hyphens and periods, such as "{such}".',
            )
        layers = checks.check_count(layers, "layers", 1, _MOST_LAYERS)
        if name is not None and not 1 <= len(name) <= _LONGEST_NAME:
            raise InvalidRequest(f"The name has {len(name)} characters; it may have 1 to {_LONGEST_NAME}.")
        call = writes.new_model(model, layers, name, _check_url(url))
        return self._writer.write(call, lambda body: _made(read_model(body)))

    def create_source_set(
        self, name: str, *, model: str, description: str | None = None, url: str | None = None
    ) -> SourceSet:
        """Make a source set with a source for every layer of a model; ten in an hour (``POST /api/source-set/new``).

        Parameters
        ----------
        name : str
            Small letters, digits and single hyphens, such as ``"my-sae"``; its sources are then ``"0-my-sae"``, …
        model : str
            A model of your own, or anyone's.
        description : str, optional
            Up to 128 characters.
        url : str, optional
            Where the SAEs are described.

        Returns
        -------
        SourceSet
            Unlisted: whoever knows its name can read it. Nothing runs its sources, so texts cannot be tried on them.

        Examples
        --------
        >>> client.create_source_set("my-sae", model="gpt2-small").sources[6].id
        """
        if not isinstance(name, str) or not _SET.fullmatch(name) or name == "neurons":
            raise InvalidRequest(
                f"{name!r} can be no source set's name.",
                remedy='Write small letters, digits and single hyphens, a letter first, such as "my-sae".',
            )
        if description is not None and len(description) > _LONGEST_DESCRIPTION:
            raise InvalidRequest(
                f"The description has {len(description)} characters; it may have {_LONGEST_DESCRIPTION}."
            )
        model = checks.check_name(model, "model", "gpt2-small")
        made = self._writer.write(
            writes.new_source_set(name, model, description, _check_url(url)), lambda body: _made(read_source_set(body))
        )
        try:
            sets = self.get_model(model, refresh=True).source_sets  # the answer itself leaves out the sources
        except NeuronpediaError as error:
            error.add_note(f"The source set itself is made: {model}/{name}.")
            raise
        return next((one for one in sets if one.name == name), made)


def _check_url(url: str | None) -> str | None:
    if url is not None and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
        raise InvalidRequest(f"{url!r} is no web address.")
    return url


def _made(row: T | None) -> T:
    if row is None:
        raise UnexpectedResponse("The answer holds nothing that was made.")
    return row
