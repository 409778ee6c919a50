"""Features by tokens: the picture beside the table that one would write by hand."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import Result, milliseconds
from benchmarks.pages import long_texts, values_like
from np_widgets import FeatureSource, TopFeatures
from np_widgets.models import TopFeatureMatch, TopFeatureMatches

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from benchmarks.browser import Chromium, Reading
    from benchmarks.pages import Drawing, Maker
    from np_widgets import Feature

FEATURES, TOKENS = 100, 200
FLOOR = 0.1


class Answering(FeatureSource):
    """A source that has one answer."""

    name = "benchmark"

    def __init__(self, answer: TopFeatureMatches) -> None:
        self._answer = answer

    def top_features(
        self,
        texts: str | Sequence[str],  # noqa: ARG002 (the one answer)
        *,
        model: str,  # noqa: ARG002
        source_set: str,  # noqa: ARG002
        sources: Sequence[str] | None = None,  # noqa: ARG002
        sort_positions: Sequence[int] = (),  # noqa: ARG002
        density_threshold: float | None = None,  # noqa: ARG002
        ignore_bos: bool = True,  # noqa: ARG002
        limit: int = 50,  # noqa: ARG002
    ) -> list[TopFeatureMatches]:
        return [self._answer]


def matrix(browser: Chromium, maker: Maker, feature: Feature, repeats: int) -> list[Result]:
    answers = {kind: answer_like(feature, kind) for kind in ("sparse", "dense")}
    drawings = [drawn(maker, kind, answer) for kind, answer in answers.items() for drawn in (ours, table)]
    readings = browser.medians(drawings, repeats)
    return [_judged(*row) for row in zip(answers, readings[::2], readings[1::2], strict=True)]


def _judged(kind: str, mine: Reading, theirs: Reading) -> Result:
    """By the work of the page's main thread, as the other drawings are."""
    by_clock = f"by the clock {milliseconds(mine.ready)}"
    by_hand = f"by hand {milliseconds(theirs.ready_work)}, {theirs.elements:,} elements"
    return Result(
        f"{FEATURES} features × {TOKENS} tokens drawn, {kind} values",
        f"{milliseconds(mine.ready_work)}, {by_clock}, {mine.elements:,} elements ({by_hand})",
        f"≤ {milliseconds(FLOOR)}",
        mine.ready_work <= FLOOR and not mine.missing,
    )


def answer_like(feature: Feature, kind: str) -> TopFeatureMatches:
    """As many features as the service gives, on a text of the bench feature's words."""
    tokens = long_texts(feature, TOKENS, TOKENS)[0]
    rows = values_like([tokens] * FEATURES, kind)
    return TopFeatureMatches(
        text="".join(tokens),
        model=feature.model,
        source_set="res-jb",
        tokens=tuple(tokens),
        matches=tuple(
            TopFeatureMatch(
                model=feature.model,
                source=feature.source,
                index=number,
                values=values,
                peak=float(values.max()),
                peak_index=int(values.argmax()),
                feature=feature,
            )
            for number, values in enumerate(rows)
        ),
    )


def ours(maker: Maker, kind: str, answer: TopFeatureMatches) -> Drawing:
    widget = TopFeatures(
        answer.text, model=answer.model, source_set=answer.source_set, source=Answering(answer), limit=FEATURES
    )
    return maker.write(f"matrix_{kind}", widget.to_html(), [answer.tokens])


def table(maker: Maker, kind: str, answer: TopFeatureMatches) -> Drawing:
    """The same without this package: a cell for every value."""
    top = float(np.nanmax(answer.values))
    heads = "".join(f"<th>{escape(token)}" for token in answer.tokens)
    said = [match.feature.explanation or "" if match.feature else "" for match in answer]
    rows = "".join(
        f"<tr><th>{match.index}<td>{escape(text)}{_cells(match.values, top)}"
        for match, text in zip(answer, said, strict=True)
    )
    style = "th{writing-mode:vertical-rl;font:11px monospace}td{width:15px;height:24px}p{white-space:pre-wrap}"
    return maker.write(
        f"matrix_by_hand_{kind}",
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>by hand</title><style>{style}</style>'
        f"<main id=npw><table><tr><th><th>{heads}{rows}</table><p>{escape(''.join(answer.tokens))}</p></main>",
        [answer.tokens],
    )


def _cells(values: npt.NDArray[np.float64], top: float) -> str:
    return "".join(
        f'<td title="{value:.2f}" style="background:rgba(52,211,153,{value / top:.3f})">' if value else "<td>"
        for value in values.tolist()
    )
