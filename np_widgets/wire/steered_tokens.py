"""What is said of steered texts token by token and turn by turn; and steering at single tokens (contract, 5.4)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from np_widgets.errors import InvalidRequest, UnexpectedResponse
from np_widgets.models import (
    AxisReading,
    AxisTurn,
    Candidate,
    GraphFeature,
    Provenance,
    SteeredLogits,
    SteerText,
    TokenLogprob,
)
from np_widgets.wire.read import Body, decode
from np_widgets.wire.steering_rows import AxisRow, CandidateRow, LogprobRow, SteeredLogitsReply

_LOGITS = msgspec.json.Decoder(SteeredLogitsReply)


def read_logprobs(rows: Iterable[LogprobRow] | None) -> tuple[TokenLogprob, ...]:
    """Read the tokens of a text; the service leaves them out today (contract, 5.4)."""
    return tuple(
        TokenLogprob(
            token=row.token or "",
            logprob=row.logprob,
            candidates=tuple(map(_candidate, row.topLogprobs or row.top_logits or ())),
        )
        for row in rows or ()
    )


def _candidate(row: CandidateRow) -> Candidate:
    logprob = math.log(row.prob) if row.logprob is None and row.prob else row.logprob
    return Candidate(token=row.token or "", logprob=logprob)


def read_axes(row: AxisRow | None) -> AxisReading | None:
    """Read where the turns of one conversation lie."""
    if row is None:
        return None
    titles = tuple(row.pcTitles or ())
    turns = tuple(
        AxisTurn(
            snippet=turn.snippet or "",
            values=_in_order(turn.pcValues, titles),
            capped_values=_in_order(turn.pcValuesPostCap, titles),
        )
        for turn in row.turns or ()
    )
    return AxisReading(titles=titles, turns=turns)


def _in_order(values: Mapping[str, float | None] | None, titles: Sequence[str]) -> tuple[float | None, ...]:
    return tuple(values.get(title) for title in titles) if values else ()


def write_graph_feature(feature: GraphFeature) -> dict[str, Any]:
    """Write one feature of ``POST /api/steer-logits``, which wants the layer as a number."""
    layer, _ = _layer_and_set(feature)
    return {
        "layer": layer,
        "index": feature.ref.index,
        "token_active_position": feature.active_position,
        "steer_position": feature.position,
        "steer_generated_tokens": feature.position is None,
        "delta": feature.delta,
        "ablate": feature.delta is None,
    }


def source_set_of(feature: GraphFeature) -> str:
    """Name the source set of a feature, which steer-logits asks for beside the layer."""
    return _layer_and_set(feature)[1]


def _layer_and_set(feature: GraphFeature) -> tuple[int, str]:
    """Take a source's id apart, by its grammar (contract, 1.10)."""
    layer, _, rest = feature.ref.source.partition("-")
    source_set = rest.partition("__")[0]
    if not layer.isdecimal() or not source_set:
        raise InvalidRequest(
            f"{feature.ref.source!r} is no transcoder of a layer.",
            remedy='Name one of the model\'s graphs, such as "14-gemmascope-transcoder-16k".',
        )
    return int(layer), source_set


def read_steered_logits(body: Body, *, model: str, prompt: str, provenance: Provenance | None = None) -> SteeredLogits:
    """Read the answer of ``POST /api/steer-logits``; probabilities become their logarithms."""
    reply = decode(_LOGITS, body)
    if reply.DEFAULT_GENERATION is None or reply.STEERED_GENERATION is None:
        raise UnexpectedResponse("The answer does not hold both texts.")
    return SteeredLogits(
        model=model,
        prompt=prompt,
        default=SteerText(text=reply.DEFAULT_GENERATION, tokens=_chosen(reply.DEFAULT_LOGITS_BY_TOKEN)),
        steered=SteerText(text=reply.STEERED_GENERATION, tokens=_chosen(reply.STEERED_LOGITS_BY_TOKEN)),
        provenance=provenance,
    )


def _chosen(rows: Iterable[LogprobRow] | None) -> tuple[TokenLogprob, ...]:
    """Give each token its own logarithm, where it stands among its candidates."""
    return tuple(
        msgspec.structs.replace(
            token, logprob=next((c.logprob for c in token.candidates if c.token == token.token), None)
        )
        for token in read_logprobs(rows)
    )
