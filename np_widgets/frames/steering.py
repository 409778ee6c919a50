"""Steering runs as frames: run by run, feature by feature, token by token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from np_widgets.frames.columns import Columns, categories, keys, numbers, texts
from np_widgets.models import SteerSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from np_widgets.models import SteeredLogits, SteerRequest, SteerResult, SteerText, TokenLogprob

SIDES = ["default", "steered"]


def runs(results: Sequence[SteerResult]) -> Columns:
    """Lay one row per run."""
    requests = [result.request for result in results]
    return {
        "run": np.arange(len(results)),
        "model": categories([request.model for request in requests]),
        "prompt": texts(map(_prompt, requests)),
        "is_chat": np.array([request.is_chat for request in requests], dtype=bool),
        "n_features": np.array([len(request.features) for request in requests], dtype=np.int64),
        **_settings(requests),
        **_said(results),
        "is_complete": np.array([result.is_complete for result in results], dtype=bool),
        "interrupted": texts(result.interrupted for result in results),
        "id": texts(result.id for result in results),
        "share_url": texts(result.share_url for result in results),
    }


def run_features(results: Sequence[SteerResult]) -> Columns:
    """Lay one row per run and feature."""
    rows = [(number, result, one) for number, result in enumerate(results) for one in result.request.features]
    multipliers = np.array([result.request.settings.multiplier for _, result, _ in rows], dtype=np.float64)
    return {
        **keys([one.ref for *_, one in rows]),
        "run": np.array([number for number, *_ in rows], dtype=np.int64),
        "strength": numbers(one.strength for *_, one in rows),
        "multiplier": multipliers,
        "explanation": texts(one.explanation for *_, one in rows),
        **_said([result for _, result, _ in rows]),
        "is_complete": np.array([result.is_complete for _, result, _ in rows], dtype=bool),
    }


def run_tokens(results: Sequence[SteerResult | SteeredLogits]) -> Columns:
    """Lay one row per run, side and token, where a source tells of tokens."""
    rows = [
        (number, side, position, token)
        for number, result in enumerate(results)
        for side, text in zip(SIDES, (result.default, result.steered), strict=True)
        for position, token in enumerate(text.tokens if text else ())
    ]
    tokens = [token for *_, token in rows]
    return {
        "run": np.array([number for number, *_ in rows], dtype=np.int64),
        "side": categories([side for _, side, *_ in rows], SIDES),
        "position": np.array([position for _, _, position, _ in rows], dtype=np.int64),
        "token": texts(token.token for token in tokens),
        "logprob": numbers(token.logprob for token in tokens),
        "likeliest": texts(_likeliest(token, lambda one: one.token) for token in tokens),
        "likeliest_logprob": numbers(_likeliest(token, lambda one: one.logprob) for token in tokens),
    }


def _likeliest(token: TokenLogprob, of: Callable[[Any], Any]) -> Any:  # noqa: ANN401 (a text or a number)
    return of(token.candidates[0]) if token.candidates else None


def _prompt(request: SteerRequest) -> str | None:
    return request.steered_messages[-1].content if request.is_chat else request.prompt


def _settings(requests: Sequence[SteerRequest]) -> Columns:
    """Make a column of each setting, of the type that it has."""
    rows = [msgspec.structs.asdict(request.settings) for request in requests]
    return {name: np.array([row[name] for row in rows]) for name in SteerSettings.__struct_fields__}


def _said(results: Sequence[SteerResult]) -> Columns:
    return {side: texts(_text(getattr(result, side)) for result in results) for side in SIDES}


def _text(said: SteerText | None) -> str | None:
    return said.text if said else None
