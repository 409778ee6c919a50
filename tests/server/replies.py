"""The shapes and sentences of refusals (contract, 1.4), and what several routes have in common."""

from __future__ import annotations

from typing import Any

from tests.server.exchange import Answer, json_answer

UNAVAILABLE = (
    "The model, source, or feature you specified is not available. Check available public models/sources "
    "(including which ones have inference enabled) at https://www.neuronpedia.org/available-resources"
)
OPAQUE = "Something went wrong on our end. The error has been reported."


class Refused(Exception):
    """Ends a route with the answer that it holds."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def both(status: int, text: str) -> Answer:
    return json_answer({"error": text, "message": text}, status)


def error(status: int, text: str) -> Answer:
    return json_answer({"error": text}, status)


def message(status: int, text: str) -> Answer:
    return json_answer({"message": text}, status)


def field(asked: Any, name: str) -> Any:
    """A field of a body, which may be anything."""
    return asked.get(name) if isinstance(asked, dict) else None


def neuron(row: dict[str, Any], n_activations: int) -> dict[str, Any]:
    """A feature as it stands with a result: its own row, some of the examples, the explanations, the model."""
    joined = ("lists", "comments", "source", "sourceSet", "creator")
    strongest = sorted(row["activations"], key=lambda activation: -activation["maxValue"])
    return {key: value for key, value in row.items() if key not in joined} | {"activations": strongest[:n_activations]}
