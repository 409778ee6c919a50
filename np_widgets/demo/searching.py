"""The demo model's answers to searches, in Neuronpedia's JSON shape and by its rules (contract, 5.1 to 5.3).

Texts are answered one at a time. What the service fills in from its database is here computed.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from np_widgets.errors import InvalidRequest

from . import MODEL_ID, SOURCE_ID, rows
from .meaning import Meanings
from .reading import ReadingModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .model import Array

Reply = dict[str, Any]

PAGE = 20
NEAREST = 10


class SearchingModel(ReadingModel):
    """The demo model as far as it answers which features are about something, or fire on something."""

    def search_explanations(self, query: str, offset: int = 0) -> Reply:
        """Return what ``POST /api/explanation/search`` returns: a page of labels close to a query, closest first.

        How close they are is computed by :class:`Meanings`; what has nothing in common with the query is left out.

        Parameters
        ----------
        query
            Any text.
        offset
            The number of matches to pass over.
        """
        ranked = self._meanings.ranked(query)
        page = ranked[offset : offset + PAGE]
        reply: Reply = {
            "request": {"modelId": MODEL_ID, "layers": [SOURCE_ID], "query": query, "offset": offset},
            "results": [self._explanation(*match) for match in page],
            "resultsCount": len(page),
            "hasMore": offset + PAGE < len(ranked),
        }
        return reply | ({"nextOffset": offset + PAGE} if reply["hasMore"] else {})

    def search_all(
        self,
        text: str,
        *,
        sort_positions: Sequence[int] = (),
        density_threshold: float | None = None,
        ignore_bos: bool = True,
        limit: int = 50,
    ) -> Reply:
        """Return what ``POST /api/search-all`` returns: the latents that fire most on a text.

        Parameters
        ----------
        text
            Any text that is not empty.
        sort_positions
            Tokens, counted from BOS, whose summed values sort the latents; by default their peaks do.
        density_threshold
            The largest density of a latent; None for any.
        ignore_bos
            Set the values at BOS, which stays among the tokens, to 0.
        limit
            How many latents, before those that are too dense or do not fire are taken off.

        Raises
        ------
        InvalidRequest
            If the text is empty or too long, or a position is beyond its end.
        """
        tokens, values = self.active_features(text, bos=True)
        for position in sort_positions:
            if not 0 <= position < len(tokens):
                last = len(tokens) - 1
                raise InvalidRequest(
                    f"There is no token {position} to sort by.",
                    remedy=f"The last one of this text is {last}; 0 is the one that marks the beginning.",
                )
        if ignore_bos:
            values[0] = 0
        strength = values[list(sort_positions)].sum(axis=0) if sort_positions else values.max(axis=0)
        strongest = np.argsort(-strength, kind="stable")[:limit]
        return {
            "tokens": tokens,
            "result": [
                row
                for index in strongest
                if strength[index] > 0 and (row := self._firing(int(index), values[:, index], density_threshold))
            ],
            "sortIndexes": list(sort_positions),
        }

    def search_topk(
        self, text: str, *, density_threshold: float | None = None, ignore_bos: bool = True, limit: int = 10
    ) -> Reply:
        """Return what ``POST /api/search-topk-by-token`` returns: at each token the latents that fire most.

        Lists are filled up with latents that do not fire, as the service's are, and a latent that the threshold
        takes off is not replaced. Positions count from BOS, which itself is left out if it is ignored.

        Raises
        ------
        InvalidRequest
            If the text is empty or too long.
        """
        tokens, values = self.active_features(text, bos=True)
        order = np.argsort(-values, axis=1, kind="stable")[:, :limit]
        results = [
            {
                "position": position,
                "token": token,
                "isSpecial": position == 0,
                "topFeatures": [
                    {"activationValue": float(values[position, index]), "featureIndex": int(index), "feature": feature}
                    for index in order[position]
                    if _is_sparse(feature := self._neuron(int(index), activations=0, explanations=1), density_threshold)
                ],
            }
            for position, token in enumerate(tokens)
            if position or not ignore_bos
        ]
        return {"source": SOURCE_ID, "results": results}

    def activation_source(self, text: str) -> Reply:
        """Return what ``POST /api/activation/source`` returns: every latent that fires on a text, and where.

        Values have three decimals, and BOS, which stands among the tokens, has none.

        Raises
        ------
        InvalidRequest
            If the text is empty or too long.
        """
        tokens, values = self.active_features(text, bos=True)
        values[0] = 0
        active: dict[str, list[tuple[int, float]]] = {}
        for index, position in np.argwhere(values.T).tolist():
            active.setdefault(str(index), []).append((position, round(float(values[position, index]), 3)))
        return {"data": {"results": [{"tokens": tokens, "activeFeatures": active}]}, "response": {}}

    def cossim(self, source: str, index: str | int, target_source: str) -> Reply:
        """Return what ``POST /api/cossim`` returns: the directions of a source that are closest to a feature's.

        Latents and topic directions live in the same space, so each can be compared with the others. In its own
        source a feature is closest to itself.

        Raises
        ------
        KeyError
            If there is no such feature, or no such source.
        """
        number = self._found(source, index)
        own, others = self._directions(source)[number], self._directions(target_source)
        cosines = (others @ own) / (np.linalg.norm(others, axis=1) * np.linalg.norm(own))
        order = np.argsort(-cosines, kind="stable")[:NEAREST]
        closest = [
            {"feature": _name(target_source, int(place)), "cosineSimilarity": float(cosines[place])} for place in order
        ]
        return {"data": {"feature": _name(source, number), "topkDecoderCossimFeatures": closest}, "response": {}}

    @cached_property
    def _meanings(self) -> Meanings:
        return Meanings(self._shipped, self._dashboards.firings())

    def _explanation(self, latent: int, number: int, likeness: float) -> Reply:
        neuron = self._neuron(latent)
        said = neuron["explanations"][number]
        return {
            **{name: neuron[name] for name in ("modelId", "layer", "index")},
            **{name: said[name] for name in ("description", "explanationModelName", "typeName")},
            "cosine_similarity": likeness,
            "neuron": neuron,
        }

    def _firing(self, index: int, values: Array, threshold: float | None) -> Reply | None:
        neuron = self._neuron(index, activations=1)
        if threshold is not None and neuron["frac_nonzero"] > threshold:
            return None
        peak = int(values.argmax())
        return {
            **{name: neuron[name] for name in ("modelId", "layer", "index")},
            "maxValue": float(values[peak]),
            "maxValueIndex": peak,
            "values": values.tolist(),
            "neuron": neuron | {"model": rows.model_row(self._shipped.labels["shape"], neuron["createdAt"])},
        }

    def _neuron(self, index: int, *, activations: int | None = None, explanations: int | None = None) -> Reply:
        row = self._dashboards.brief(index)
        return row | {
            "activations": row["activations"][:activations],
            "explanations": row["explanations"][:explanations],
        }


def _is_sparse(feature: Reply, threshold: float | None) -> bool:
    """Whether a threshold keeps a feature; one that is not known to fire is taken off too."""
    return threshold is None or 0 < feature["frac_nonzero"] <= threshold


def _name(source: str, index: int) -> Reply:
    return {"model": MODEL_ID, "source": source, "index": index}
