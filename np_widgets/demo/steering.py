"""The demo model's answers to steering, in Neuronpedia's JSON shape and by its rules (contract, 5.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from np_widgets.errors import InvalidRequest

from . import MODEL_ID, SOURCE_ID, VECTOR_SOURCE_ID, rows
from .chat import END_OF_TURN, Conversation, trimmed
from .pushing import Push
from .reading import ReadingModel
from .tokenizer import BOS
from .writing import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from .speech import Speech

Reply = dict[str, Any]
Offered = tuple[str, int, str, Reply]
"""A source, an index, a label, and what was measured."""

STEERED = 1
"""The row of the steered text; the other one is as the model writes by itself."""
ECHOED = ("temperature", "n_tokens", "freq_penalty", "seed", "strength_multiplier", "steer_special_tokens")

PRESETS = 6
"""How many directions, and how many latents, are offered."""
PLAIN_RATE, READABLE = 0.1, 2.0
"""The least share of the words that is the concept's; how many times as surprising as the model's own a text is not."""


class SteeringModel(ReadingModel):
    """The demo model as far as it is steered."""

    def steer(self, body: Mapping[str, Any]) -> Iterator[Reply]:
        """Go on with a prompt: yield what ``POST /api/steer`` sends while it streams, each time the whole so far.

        Parameters
        ----------
        body
            The request, in the service's names, with all that is required there. ``freq_penalty`` has no effect, as
            it has none there. How ``steer_method`` works is told in :mod:`np_widgets.demo.pushing`.

        Yields
        ------
        dict
            The last one is complete. The log-probabilities, which the service leaves out today, are filled. There is
            no id and no address, as nothing is kept.

        Raises
        ------
        InvalidRequest
            At once, if the prompt is longer than the model reads.
        KeyError
            At once, if there is no such feature.
        """
        ids = self._shipped.tokenizer.encode(body["prompt"])
        self._fit(ids, "This prompt has", "Shorten it: what is written takes room too.")
        push = self._push(body, len(ids), np.zeros(len(ids), dtype=bool))
        written = self._writer(body, BOS).write([ids, ids], push)
        return (_completion(default, steered) for default, steered in written)

    def steer_chat(self, body: Mapping[str, Any]) -> Iterator[Reply]:
        """Go on with two conversations: yield what ``POST /api/steer-chat`` sends while it streams.

        See :mod:`np_widgets.demo.chat` for how it talks, and :meth:`steer` for the rest.

        Raises
        ------
        InvalidRequest
            At once, if a conversation is longer than the model reads, a role has no place in it, or the assistant's
            axis is asked for.
        KeyError
            At once, if there is no such feature.
        """
        if body.get("isAssistantAxis"):
            raise InvalidRequest("The demo model has no assistant axis.", remedy="Leave assistant_axis out.")
        tokenizer = self._shipped.tokenizer
        remedy = "Begin a new one, or leave out its beginning."
        told = [Conversation(body[f"{side}ChatMessages"], tokenizer) for side in ("default", "steered")]
        texts = [self._fit(one.ids, "This conversation has", remedy) for one in told]
        spared = told[STEERED].is_template & (not body["steer_special_tokens"])
        push = self._push(body, max(map(len, texts)), spared)
        writer = self._writer(body, BOS, *tokenizer.encode(END_OF_TURN), begins_anyhow=True)
        settings = {name: body.get(name) for name in ECHOED} | {"steer_method": _method(body)}
        return (_chat(told, both, settings) for both in writer.write(texts, push))

    def steering_presets(self) -> Reply:
        """Return what ``POST /api/steer/presets`` returns: features that were measured to show something.

        Those at whose calibrated strength their concept's words are plainly there, and at least twice as often as
        unsteered, in a text that still reads; for each concept the one that adds most of them.
        """
        labels = self._shipped.labels
        vectors: list[Offered] = [
            (VECTOR_SOURCE_ID, index, row["label"], row) for index, row in enumerate(labels["vectors"])
        ]
        latents: list[Offered] = [
            (SOURCE_ID, index, row["labels"][0]["description"], row) for index, row in enumerate(labels["latents"])
        ]
        return {
            "model": rows.model_row(labels["shape"], str(labels["created"])),
            "defaultPrompt": "",
            "featurePresets": [_preset(*entry) for kind in (vectors, latents) for entry in _most_effective(kind)],
        }

    def _writer(self, body: Mapping[str, Any], *ends: int, begins_anyhow: bool = False) -> Writer:
        return Writer(
            self._shipped.transformer,
            self._shipped.tokenizer,
            n_tokens=body["n_tokens"],
            temperature=body["temperature"],
            seed=body["seed"],
            ends=ends,
            begins_anyhow=begins_anyhow,
        )

    def _push(self, body: Mapping[str, Any], longest: int, spared: NDArray[np.bool_]) -> Push:
        """Make the change of the steered text; what it is filled up with, BOS and ``spared`` stay as they are.

        BOS is left alone since its hidden state is unlike any other, and everything attends to it.
        """
        named = body["features"]
        directions = [self._directions(one["layer"])[self._found(one["layer"], one["index"])] for one in named]
        amounts = [one["strength"] * body["strength_multiplier"] for one in named]
        before = np.ones(1 + longest - len(spared), dtype=bool)
        return Push(
            STEERED,
            _method(body),
            np.array(directions, dtype=np.float32),
            np.array(amounts, dtype=np.float32),
            np.concatenate([before, spared]),
        )


def _method(body: Mapping[str, Any]) -> str:
    return body.get("steer_method") or "SIMPLE_ADDITIVE"


def _completion(default: Speech, steered: Speech) -> Reply:
    return {
        "STEERED": _begun(steered, steered.text),
        "DEFAULT": _begun(default, default.text),
        "steeredLogProbs": _begun(steered, steered.tokens),
        "defaultLogProbs": _begun(default, default.tokens),
        "id": None,
        "limit": None,
    }


def _chat(told: list[Conversation], both: tuple[Speech, ...], settings: Reply) -> Reply:
    default, steered = (
        _begun(
            speech,
            {
                "raw": conversation.text + speech.text,
                "chatTemplate": conversation.answered(speech.text),
                "logprobs": _turn(speech),
            },
        )
        for conversation, speech in zip(told, both, strict=True)
    )
    return {"STEERED": steered, "DEFAULT": default, "id": None, "limit": None, "settings": settings}


def _turn(speech: Speech) -> list[Reply]:
    """Return the tokens of a turn, which stands without the space before it."""
    return [said | {"token": trimmed(said["token"])} if n == 0 else said for n, said in enumerate(speech.tokens)]


def _begun(speech: Speech, said: Any) -> Any:  # noqa: ANN401 (any JSON)
    """Null is what has not begun."""
    return said if speech.tokens or speech.is_over else None


def _most_effective(entries: list[Offered]) -> list[Offered]:
    best: dict[str, Offered] = {}
    for entry in sorted(entries, key=_added, reverse=True):
        effect = entry[-1]["effect"]
        if effect["rate"] >= max(PLAIN_RATE, 2 * effect["base"]) and effect["surprise_ratio"] < READABLE:
            best.setdefault(effect["concept"], entry)
    return list(best.values())[:PRESETS]


def _added(entry: Offered) -> float:
    effect = entry[-1]["effect"]
    return float(effect["rate"] - effect["base"])


def _preset(source: str, index: int, label: str, row: Reply) -> Reply:
    feature = {
        "modelId": MODEL_ID,
        "layer": source,
        "index": index,
        "explanation": label,
        "strength": row["strength"],
        "hasVector": source == VECTOR_SOURCE_ID,
    }
    return {"name": label[:1].upper() + label[1:], "features": [feature]}
