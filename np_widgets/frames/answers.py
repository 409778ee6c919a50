"""Answers to questions as frames: what matched, where it fires, how strongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from np_widgets.errors import InvalidRequest
from np_widgets.frames.columns import Columns, categories, integers, keys, numbers, text_column, texts
from np_widgets.frames.features import first_token
from np_widgets.frames.steering import run_features, run_tokens, runs
from np_widgets.frames.wide import token_matrix, top_matrix
from np_widgets.models import (
    NO_NUMBERS,
    Answer,
    ExplanationMatches,
    Feature,
    NearestFeatures,
    SourceActivations,
    SteeredLogits,
    SteerResult,
    TokenFeatureMatches,
    TopFeatureMatch,
    TopFeatureMatches,
)
from np_widgets.models.interp import ExplanationReport, ScoreReport
from np_widgets.models.lists import SavedList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt
    import pandas as pd

#: A list of one class of answers, laid into columns.
Builder: TypeAlias = "Callable[[Sequence[Any]], Columns]"


def answer_frame(answers: Sequence[Answer], kind: str | None) -> pd.DataFrame:
    """Lay answers to the same question into rows of one kind; by default the first that they have."""
    import pandas as pd

    builders = _KINDS.get(type(answers[0]))
    names = sorted({type(answer).__name__ for answer in answers})
    if builders is None or len(names) > 1:
        raise InvalidRequest(
            f"No frame can be made of {' mixed with '.join(names)}.",
            remedy="Give answers to one kind of question; frames of several can be joined.",
        )
    chosen = kind or next(iter(builders))
    if chosen not in builders:
        raise InvalidRequest(f"{names[0]} has no frame {chosen!r}.", remedy=f"Kinds: {', '.join(builders)}.")
    return pd.DataFrame(builders[chosen](answers), copy=False)


def _explanations(answers: Sequence[ExplanationMatches]) -> Columns:
    matches = [match for answer in answers for match in answer]
    sizes = _counts(len(answer) for answer in answers)
    return {
        **keys(matches),
        "query": categories([answer.query for answer in answers], repeats=sizes),
        "rank": _ranks(sizes),
        "cosine": numbers(match.cosine for match in matches),
        **_of_features([match.feature for match in matches]),
        # Of a feature's explanations the one that matched, which need not be its first.
        "explanation": texts(match.text for match in matches),
        "author_model": texts(match.author_model for match in matches),
        "method": texts(match.method for match in matches),
    }


def _top_features(answers: Sequence[TopFeatureMatches]) -> Columns:
    matches = [(answer, match) for answer in answers for match in answer]
    sizes = _counts(len(answer) for answer in answers)
    return {
        **keys([match for _, match in matches]),
        "text": categories([answer.text for answer in answers], repeats=sizes),
        "rank": _ranks(sizes),
        "peak": numbers(match.peak for _, match in matches),
        "peak_index": integers(match.peak_index for _, match in matches),
        "peak_token": texts(_token_at(answer, match.peak_index) for answer, match in matches),
        "sort_value": numbers(_sort_value(answer, match) for answer, match in matches),
        **_of_features([match.feature for _, match in matches]),
    }


def _token_at(answer: TopFeatureMatches, position: int | None) -> str | None:
    return answer.tokens[position] if position is not None and position < len(answer.tokens) else None


def _sort_value(answer: TopFeatureMatches, match: TopFeatureMatch) -> float | None:
    """What the features are sorted by: the sum at the chosen tokens, and without any the peak."""
    positions = [position for position in answer.sort_positions if position < len(match.values)]
    return float(match.values[positions].sum()) if answer.sort_positions else match.peak


def _top_tokens(answers: Sequence[TopFeatureMatches]) -> Columns:
    matches = [match for answer in answers for match in answer]
    lengths = _counts(len(answer.tokens) for answer in answers for _ in answer)
    tokens = [np.tile(_objects(answer.tokens), len(answer)) for answer in answers]
    return {
        **keys(matches, lengths),
        "text": categories([answer.text for answer in answers], repeats=_counts(map(len, tokens))),
        "position": _ranks(lengths),
        "token": text_column(np.concatenate(tokens)),
        "value": np.concatenate([NO_NUMBERS, *(match.values for match in matches)]),
    }


def _token_features(answers: Sequence[TokenFeatureMatches]) -> Columns:
    tokens = [token for answer in answers for token in answer]
    counts = _counts(len(token.matches) for token in tokens)
    matches = [match for token in tokens for match in token.matches]
    sizes = _counts(sum(len(token.matches) for token in answer) for answer in answers)
    return {
        **keys(matches),
        "text": categories([answer.text for answer in answers], repeats=sizes),
        "position": np.repeat(np.array([token.position for token in tokens], dtype=np.int64), counts),
        "token": text_column(np.repeat(_objects([token.token for token in tokens]), counts)),
        "is_special": np.repeat(np.array([token.is_special for token in tokens], dtype=bool), counts),
        "rank": _ranks(counts),
        "value": numbers(match.value for match in matches),
        **_of_features([match.feature for match in matches]),
    }


def _source_values(answers: Sequence[SourceActivations]) -> Columns:
    sizes = _counts(len(answer.values) for answer in answers)
    return {
        "model": categories([answer.model for answer in answers], repeats=sizes),
        "source": categories([answer.source for answer in answers], repeats=sizes),
        "index": np.concatenate([answer.indices for answer in answers]),
        "text": categories([answer.text for answer in answers], repeats=sizes),
        "position": np.concatenate([answer.positions for answer in answers]),
        "token": text_column(np.concatenate([_objects(answer.tokens)[answer.positions] for answer in answers])),
        "value": np.concatenate([answer.values for answer in answers]),
    }


def _nearest(answers: Sequence[NearestFeatures]) -> Columns:
    matches = [match for answer in answers for match in answer]
    sizes = _counts(len(answer) for answer in answers)
    return {
        **keys(matches),
        "near_to": categories([str(answer.ref) for answer in answers], repeats=sizes),
        "rank": _ranks(sizes),
        "cosine": numbers(match.cosine for match in matches),
    }


def _entries(answers: Sequence[SavedList]) -> Columns:
    entries = [entry for answer in answers for entry in answer]
    sizes = _counts(len(answer) for answer in answers)
    return {
        **keys(entries),
        "list": categories([answer.name for answer in answers], repeats=sizes),
        "list_id": categories([answer.id for answer in answers], repeats=sizes),
        "rank": _ranks(sizes),
        "description": texts(entry.description for entry in entries),
        **_of_features([entry.feature for entry in entries]),
    }


def _explained(answers: Sequence[ExplanationReport | ScoreReport]) -> Columns:
    made = [one for answer in answers for one in answer]
    return {
        **keys(made),
        "explanation": texts(one.explanation.text for one in made),
        "author_model": texts(one.explanation.author_model for one in made),
        "method": texts(one.explanation.method for one in made),
        "explanation_id": texts(one.explanation.id for one in made),
    }


def _scored(answers: Sequence[ScoreReport]) -> Columns:
    scores = [one.score for answer in answers for one in answer]
    return {
        **_explained(answers),
        "score": numbers(score.value for score in scores),
        "score_method": texts(score.method for score in scores),
        "scorer": texts(score.scorer for score in scores),
    }


def _of_features(features: Sequence[Feature | None]) -> Columns:
    """Say of each feature what helps to choose among them; nothing of one that the database lacks."""
    return {
        "explanation": texts(f.explanation if f else None for f in features),
        "density": numbers(f.density if f else None for f in features),
        "max_activation": numbers(f.max_activation if f else None for f in features),
        "promoted": texts(first_token(f.promoted) if f else None for f in features),
    }


def _counts(counts: Iterable[int]) -> npt.NDArray[np.int64]:
    return np.array(list(counts), dtype=np.int64)


def _ranks(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Count from 0 in each of several runs of rows."""
    starts = np.cumsum(counts) - counts
    return np.arange(counts.sum(), dtype=np.int64) - np.repeat(starts, counts)


def _objects(tokens: Sequence[str]) -> npt.NDArray[np.object_]:
    # fromiter, as an array of strings would be as wide as the longest of them.
    return np.fromiter(tokens, dtype=object, count=len(tokens))


_KINDS: dict[type[Answer], dict[str, Builder]] = {
    ExplanationMatches: {"matches": _explanations},
    TopFeatureMatches: {"matches": _top_features, "tokens": _top_tokens, "wide": top_matrix},
    TokenFeatureMatches: {"matches": _token_features, "wide": token_matrix},
    SourceActivations: {"values": _source_values},
    NearestFeatures: {"matches": _nearest},
    SteerResult: {"runs": runs, "features": run_features, "tokens": run_tokens},
    SteeredLogits: {"tokens": run_tokens},
    SavedList: {"matches": _entries},
    ExplanationReport: {"matches": _explained},
    ScoreReport: {"matches": _scored},
}
