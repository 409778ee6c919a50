"""Example texts: tokens once each, as a vocabulary with one number per token, and their values."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

from np_widgets.examples import Arrangement, arrange
from np_widgets.payload.packing import Payload, base64_text, optional, packed, sparse, speakable
from np_widgets.tokens import decode, is_special, joined, partial_bytes, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets.models import Activation


def texts_payload(activations: Sequence[Activation], arrangement: Arrangement | None = None) -> Payload:
    """Pack example texts in display order.

    Parameters
    ----------
    activations : sequence of Activation
    arrangement : Arrangement, optional
        The display order; by default the site's, see :func:`np_widgets.examples.arrange`.
    """
    plan = arrange(activations) if arrangement is None else arrangement
    shown = [activations[number] for number in plan.order]
    values = np.concatenate([a.values for a in shown]) if shown else np.empty(0)
    known = values[np.isfinite(values)]
    return {
        **_tokens([a.tokens for a in shown]),
        "values": packed(values),
        "max": max(float(known.max(initial=0.0)), 0.0),
        "min": min(float(known.min(initial=0.0)), 0.0),
        "peaks": [anchor(a) for a in shown],
        **_grouping(plan),
        **optional(
            dfa=_per_text(shown, _dfa),
            loss=_per_text(shown, lambda a: sparse(a.loss_values) if a.loss_values.size else None),
            z=_per_text(shown, _z_pattern),
            origin=_per_text(shown, lambda a: a.data_source) if len({a.data_source for a in shown}) > 1 else {},
        ),
    }


def _tokens(texts: Sequence[tuple[str, ...]]) -> Payload:
    flat = [token for text in texts for token in text]
    numbers = {token: number for number, token in enumerate(dict.fromkeys(flat))}
    wide = len(numbers) > 0xFFFF
    ids = np.fromiter(map(numbers.__getitem__, flat), dtype="<u4" if wide else "<u2", count=len(flat))
    spoken = {token: visible(decode(token)) for token in numbers}
    return {
        "vocab": [speakable(token) for token in numbers],
        "ids": base64_text(ids),
        "wide": wide,
        "lengths": [len(text) for text in texts],
        **optional(
            shown={str(n): spoken[token] for token, n in numbers.items() if spoken[token] != token},
            breaks=[n for token, n in numbers.items() if "\n" in decode(token)],
            special=[n for token, n in numbers.items() if is_special(token)],
            joined=_joined(texts, numbers),
        ),
    }


def _joined(texts: Sequence[tuple[str, ...]], vocabulary: Iterable[str]) -> Payload:
    """Find split characters, by flat position; a vocabulary without parts of characters is not looked through."""
    if all(partial_bytes(token) is None for token in vocabulary):
        return {}
    starts = accumulate((len(text) for text in texts), initial=0)
    return {
        str(start + position): visible(text) if text else ""
        for start, tokens in zip(starts, texts, strict=False)
        for position, text in joined(tokens).items()
    }


def anchor(activation: Activation) -> int:
    """Where the windows stand: the peak, or the strongest negative value of a ``bottom`` example."""
    if activation.data_source == "bottom" and np.isfinite(activation.values).any():
        return int(np.nanargmin(activation.values))
    return -1 if activation.peak_index is None or not activation.peak else activation.peak_index


def _grouping(plan: Arrangement) -> Payload:
    copies: dict[str, int] = {}
    for first in plan.duplicate_of.values():
        copies[str(first)] = copies.get(str(first), 0) + 1
    hidden = {str(place): "not-positive" for place in plan.not_positive}
    hidden |= {str(place): "duplicate" for place in plan.duplicate_of}
    return {
        "groups": [{"kind": g.kind, "low": g.low, "high": g.high, "fraction": g.fraction} for g in plan.groups],
        "group": list(plan.group),
        **optional(given=list(plan.given) if plan.mended else [], hidden=hidden, copies=copies),
    }


def _dfa(activation: Activation) -> Payload | None:
    dfa = activation.dfa
    if dfa is None or not np.isfinite(dfa.values).any():
        return None
    return {
        **sparse(dfa.values),
        "target": -1 if dfa.target_index is None else dfa.target_index,
        "source": int(np.nanargmax(dfa.values)),
        "max": dfa.peak,
    }


def _z_pattern(activation: Activation) -> Payload | None:
    z = activation.z_pattern
    if z is None:
        return None
    known = [
        (source, target, value)
        for source, target, value in zip(z.source_indices, z.target_indices, z.values.tolist(), strict=True)
        if source is not None and target is not None and np.isfinite(value)
    ]
    return dict(zip(("source", "target", "value"), map(list, zip(*known, strict=True)), strict=True)) if known else None


def _per_text(shown: Sequence[Activation], pack: Any) -> Payload:  # noqa: ANN401 (a function to any JSON)
    packed = ((str(number), pack(activation)) for number, activation in enumerate(shown))
    return {number: value for number, value in packed if value is not None}
