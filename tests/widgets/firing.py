"""A source for tests of what fires on a text: small made-up numbers, and answers that wait until the test says so."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np

from np_widgets import Activation, Feature, FeatureRef
from np_widgets.models import (
    Provenance,
    TokenFeatureMatch,
    TokenFeatureMatches,
    TokenMatches,
    TopFeatureMatch,
    TopFeatureMatches,
)
from tests.rows import feature_row
from tests.widgets.fakes import SlowSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.models import RefLike

MODEL, SET, SAE = "gpt2-small", "res-jb", "6-res-jb"
#: Features that the source knows of; every one fires on some words and not on others.
FEATURES = range(40)
#: The database has lost these, and knows no density of those.
LOST, UNKNOWN = {3, 11}, {5, 12}
ORIGIN = Provenance(origin="slow")


def tokens_of(text: str) -> tuple[str, ...]:
    """Words with the space before them, the beginning-of-text token first."""
    return ("<bos>", *(word if n == 0 else f" {word}" for n, word in enumerate(text.split())))


def values_of(index: int, tokens: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """What a feature says of each token: always the same of the same word, mostly nothing."""
    values = [random.Random(f"{index} {token.strip()}").uniform(-6, 4) for token in tokens]
    return np.maximum([0.0, *values[1:]], 0.0)


class FiringSource(SlowSource):
    """As its base, and answers which features fire; ``asked`` holds each question's texts and how they are sorted."""

    def __init__(self, n_features: int = len(FEATURES)) -> None:
        super().__init__()
        self.n_features = n_features
        self.lists_density = True

    def feature(self, index: int) -> Feature | None:
        if index in LOST:
            return None
        density = -1 if index in UNKNOWN else 0.0005 * (index + 1)
        said = [{"description": f"the meaning of {index}"}] if index % 7 else []
        return Feature.from_json(
            feature_row(index=str(index), layer=SAE, frac_nonzero=density, explanations=said, maxActApprox=5.0)
        )

    def top_features(
        self,
        texts: str | Sequence[str],
        *,
        model: str,
        source_set: str,
        sources: Sequence[str] | None = None,
        sort_positions: Sequence[int] = (),
        density_threshold: float | None = None,
        ignore_bos: bool = True,
        limit: int = 50,
    ) -> list[TopFeatureMatches]:
        listed = [texts] if isinstance(texts, str) else list(texts)
        assert density_threshold is None
        assert ignore_bos
        for text in listed:
            self._wait(text, (text, tuple(sort_positions)))
        return [
            TopFeatureMatches(
                text=text,
                model=model,
                source_set=source_set,
                sources=tuple(sources or ()),
                tokens=tokens_of(text),
                sort_positions=tuple(sort_positions),
                matches=self._strongest(model, tokens_of(text), list(sort_positions), limit),
                provenance=ORIGIN,
            )
            for text in listed
        ]

    def _strongest(
        self, model: str, tokens: Sequence[str], positions: list[int], limit: int
    ) -> tuple[TopFeatureMatch, ...]:
        rows = [(index, values_of(index, tokens)) for index in range(self.n_features)]
        strengths = {index: float(v[positions].sum() if positions else v.max()) for index, v in rows}
        rows = sorted(rows, key=lambda row: -strengths[row[0]])[:limit]
        return tuple(
            TopFeatureMatch(
                model=model,
                source=SAE,
                index=index,
                values=values,
                peak=float(values.max()),
                peak_index=int(values.argmax()),
                feature=self.feature(index),
            )
            for index, values in rows
            if strengths[index] > 0
        )

    def top_features_by_token(
        self,
        texts: str | Sequence[str],
        *,
        model: str,
        source: str,
        density_threshold: float | None = None,
        ignore_bos: bool = True,
        limit: int = 10,
    ) -> list[TokenFeatureMatches]:
        listed = [texts] if isinstance(texts, str) else list(texts)
        assert density_threshold is None
        for text in listed:
            self._wait(text, (text, limit))
        return [self._by_token(text, model, source, limit, first=int(ignore_bos)) for text in listed]

    def _by_token(self, text: str, model: str, source: str, limit: int, *, first: int) -> TokenFeatureMatches:
        tokens = tokens_of(text)
        values = np.stack([values_of(index, tokens) for index in range(self.n_features)])
        return TokenFeatureMatches(
            text=text,
            model=model,
            source=source,
            provenance=ORIGIN,
            matches=tuple(
                TokenMatches(
                    position=position,
                    token=tokens[position],
                    is_special=position == 0,
                    matches=tuple(
                        TokenFeatureMatch(
                            model=model,
                            source=source,
                            index=int(index),
                            value=float(values[index, position]),
                            feature=self.feature(int(index)),
                        )
                        for index in np.argsort(-values[:, position], kind="stable")[:limit]
                        if values[index, position] > 0
                    ),
                )
                for position in range(first, len(tokens))
            ),
        )

    def activate(self, ref: RefLike, texts: str | Sequence[str]) -> list[Activation]:
        parsed = FeatureRef.parse(ref)
        listed = [texts] if isinstance(texts, str) else list(texts)
        for text in listed:
            self._wait(("run", parsed.index), (parsed.index, text))
        # As the service, without the beginning-of-text token.
        return [
            Activation(
                tokens=tokens_of(text)[1:],
                values=values_of(parsed.index, tokens_of(text))[1:],
                model=parsed.model,
                source=parsed.source,
                index=parsed.index,
            )
            for text in listed
        ]
