"""Vectors of the user's own: uploaded, listed, given examples, deleted."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING

from np_widgets import checks
from np_widgets.client import calls, decoding, writes
from np_widgets.client.catalogue import CatalogueEndpoints
from np_widgets.client.given import read_examples
from np_widgets.client.unstored import refuse_unstored
from np_widgets.errors import InvalidRequest, NotFound
from np_widgets.models import HOOKS, FeatureRef, RefLike, Vector, VectorLike, vector_values
from np_widgets.models.steering.parts import STRONGEST
from np_widgets.wire.vectors import read_count, read_vector, write_texts

if TYPE_CHECKING:
    from np_widgets.client.given import ExamplesLike
    from np_widgets.models import FloatArray, Model

_ARGUMENTS = '(…, model="gpt2-small", layer=6, hook="hook_resid_pre", {}="…")'
_KNOWN = ("vector", "model", "layer", "hook", "name", "strength", "concept")


class VectorEndpoints(CatalogueEndpoints):
    """The vectors' part of :class:`NeuronpediaClient`."""

    def upload_vector(
        self,
        vector: VectorLike,
        *,
        model: str | None = None,
        layer: int | None = None,
        hook: str | None = None,
        name: str | None = None,
        strength: float = 10.0,
        **unstored: object,
    ) -> FeatureRef:
        """Upload a direction of a model's residual stream, to try texts on and to steer by.

        Parameters
        ----------
        vector : array_like, shape (dimension,)
            A list, a NumPy array, a torch tensor, or anything else with ``__array__``; as many finite numbers as the
            model's residual stream has.
        model : str
            Such as ``"gpt2-small"``. The service takes vectors for models whose dimension it knows.
        layer : int
            From 0.
        hook : {"hook_resid_pre", "hook_resid_post"}
            Before or after the layer.
        name : str
            What it stands for; everyone who knows the vector's name can read this.
        strength : float
            The steering strength that the site begins with, -300 to 300.
        **unstored
            Refused: the service stores no description, tags, paper, licence or visibility of a vector.

        Returns
        -------
        FeatureRef
            Its name, which is accepted wherever a feature's is. The service chooses the index.

        Raises
        ------
        InvalidRequest
            When something is missing, refused or out of its range; nothing was uploaded.
        Unconfirmed
            When the answer was lost; :meth:`list_vectors` shows whether the vector is there.

        Notes
        -----
        ``POST /api/vector/new`` (contract, 5.5 and 9.13). It needs an API key.

        Examples
        --------
        >>> ref = client.upload_vector(vector, model="gpt2-small", layer=6, hook="hook_resid_pre", name="refusal")
        >>> client.activate(ref, "I cannot help with that")
        """
        needed = {"model": model, "layer": layer, "hook": hook, "name": name}
        refuse_unstored("upload_vector", unstored, needed, f"client.upload_vector{_ARGUMENTS.format('name')}", _KNOWN)
        return self._upload_vector(vector, model, layer, hook, name, strength)

    def upload_probe(
        self,
        probe_vector: VectorLike,
        *,
        model: str | None = None,
        layer: int | None = None,
        hook: str | None = None,
        concept: str | None = None,
        name: str | None = None,
        strength: float = 10.0,
        **unstored: object,
    ) -> FeatureRef:
        """Upload the direction of a linear probe: a vector with the probe's concept as its name.

        Parameters
        ----------
        probe_vector : array_like, shape (dimension,)
            As for :meth:`upload_vector`, which see for the others too.
        concept : str
            What the probe finds.
        name : str, optional
            The probe's own name, which goes before the concept.
        strength : float
            As for :meth:`upload_vector`.
        **unstored
            Refused, as there.

        Returns
        -------
        FeatureRef

        Examples
        --------
        >>> client.upload_probe(weights, model="gpt2-small", layer=6, hook="hook_resid_post", concept="truthfulness")
        """
        needed = {"model": model, "layer": layer, "hook": hook, "concept": concept}
        write = f"client.upload_probe{_ARGUMENTS.format('concept')}"
        refuse_unstored("upload_probe", unstored, needed, write, _KNOWN)
        label = f"{name}: {concept}" if name else concept
        return self._upload_vector(probe_vector, model, layer, hook, label, strength)

    def _upload_vector(
        self,
        vector: VectorLike,
        model: str | None,
        layer: int | None,
        hook: str | None,
        label: str | None,
        strength: float,
    ) -> FeatureRef:
        values = vector_values(vector)
        if hook is None or hook not in HOOKS:
            raise InvalidRequest(f"There is no hook {hook!r}.", remedy=f"The service takes {' and '.join(HOOKS)}.")
        if not isinstance(label, str) or not label.strip():
            raise InvalidRequest(f"{label!r} is not a vector's name.", remedy="Say in a few words what it stands for.")
        number = float(strength) if isinstance(strength, Real) and not isinstance(strength, bool) else math.nan
        if not -STRONGEST <= number <= STRONGEST:
            raise InvalidRequest(f"strength is {strength!r}; it must be a number from {-STRONGEST:g} to {STRONGEST:g}.")
        number_of_layer = checks.check_count(layer, "layer", 0)
        known = self.get_model(checks.check_name(model, "model", "gpt2-small"))
        _check_size(values, number_of_layer, known)
        call = writes.new_vector(known.id, number_of_layer, hook, values, label, number)
        return self._writer.write(call, read_vector).ref

    def get_vector(self, ref: RefLike) -> Vector:
        """Fetch a vector with its values, label, hook and strength.

        Of a feature that is not an uploaded vector the service computes the *encoder's* column, not the decoder's row
        that steering adds, where something runs its source (``POST /api/vector/get``; contract, 5.5). Never cached.

        Examples
        --------
        >>> np.asarray(client.get_vector(ref))
        """
        return self._reader.read(calls.vector(FeatureRef.parse(ref)), decoding.vector(self.base_url))

    def list_vectors(self) -> list[Vector]:
        """List your own vectors with their values (``POST /api/vector/list-owned``); it needs an API key.

        Examples
        --------
        >>> [vector.label for vector in client.list_vectors()]
        """
        return self._reader.read(calls.vectors(), decoding.vectors(self.base_url))

    def delete_vector(self, ref: RefLike) -> None:
        """Delete a vector of your own.

        The service answers "Success" to whatever it is asked to delete, also where nothing was there or it belongs to
        someone else (contract, 9.12); so your vectors are listed first.

        Raises
        ------
        NotFound
            When it is none of your vectors; nothing was deleted.

        Examples
        --------
        >>> client.delete_vector(ref)
        """
        vector = FeatureRef.parse(ref)
        if vector not in [own.ref for own in self.list_vectors()]:
            raise NotFound(
                f"{vector} is none of your vectors, so nothing was deleted.",
                remedy="list_vectors() lists yours; it may have been deleted already.",
                status=None,
            )
        self._writer.write(writes.delete_vector(vector), bytes)

    def upload_activations(self, ref: RefLike, activations: ExamplesLike) -> int:
        """Add examples to a vector of your own: texts with a value per token, which its page then shows.

        Parameters
        ----------
        ref : FeatureRef, str, tuple, …
            A vector that you have uploaded.
        activations : list
            Of :class:`Activation`, of ``(tokens, values)``, or of mappings with these keys. :meth:`activate` computes
            them; a beginning-of-text token, on which almost any vector is strongest, is best left out of them. Tokens
            and values are stored, and no more.

        Returns
        -------
        int
            How many the service says that it has made.

        Notes
        -----
        ``POST /api/activation/upload-batch``. Only :meth:`get_feature` shows them; :meth:`get_activations` does not
        (contract, 9.9). What is uploaded twice is there twice.

        Examples
        --------
        >>> client.upload_activations(ref, client.activate(ref, ["I cannot help", "Of course"], ignore_bos=True))
        """
        vector = FeatureRef.parse(ref)
        examples = read_examples(activations, f"the vector {vector}")
        if not examples:
            raise InvalidRequest("There are no examples to upload.", remedy="Give at least one.")
        return self._writer.write(writes.upload_activations(vector, write_texts(examples)), read_count)


def _check_size(values: FloatArray, layer: int, model: Model) -> None:
    """Hold a vector to its model."""
    if model.layers is not None and layer >= model.layers:
        raise InvalidRequest(f"{model.id} has the layers 0 to {model.layers - 1}, and no layer {layer}.")
    if model.dimension is None:
        raise InvalidRequest(
            f"The service does not know the dimension of {model.id}, and takes vectors only where it does.",
            remedy="Models that users have created have none.",
        )
    if len(values) != model.dimension:
        raise InvalidRequest(
            f"The vector has {len(values):,} numbers, and the residual stream of {model.id} has {model.dimension:,}."
        )
