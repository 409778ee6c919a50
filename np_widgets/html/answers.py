"""Answers to questions as static HTML: what was asked, and the first of what was found."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from np_widgets.html.pieces import EMERALD, GREY, MONO, ROSE, box, footer, quiet
from np_widgets.html.steering import steered_logits, steering
from np_widgets.html.texts import EXAMPLES, SNIPPET, Scale, scale_of, shade, text_row
from np_widgets.models import (
    Activation,
    Answer,
    ExplanationMatch,
    ExplanationMatches,
    Feature,
    FeatureRef,
    NearestFeatures,
    SourceActivations,
    SteeredLogits,
    SteerResult,
    TokenFeatureMatch,
    TokenFeatureMatches,
    TokenMatches,
    TopFeatureMatches,
)
from np_widgets.models.interp import Explained, ExplanationReport, Scored, ScoreReport
from np_widgets.models.lists import SavedList
from np_widgets.tokens import readable, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TOKENS = 100
_AT_A_TOKEN = 5
_PROMOTED = 5


def answer_html(answer: Answer) -> str:
    """Draw an answer as static HTML.

    Parameters
    ----------
    answer : Answer
        Its first matches are drawn; a line says how many more there are.
    """
    title, content = _DRAWN[type(answer)](answer)
    note = answer.provenance.note if answer.provenance else None
    head = f"<div>{title}</div>{quiet(note) if note else ''}"
    return box(f"{head}{content}{footer(answer.warnings, answer.provenance)}")


def _explanations(answer: ExplanationMatches) -> tuple[str, str]:
    where = "/".join(filter(None, [answer.model, ", ".join(answer.sources)])) or answer.release or "everything"
    title = f"<b>{_count(len(answer), 'explanation')}</b> near <b>{escape(answer.query)}</b> · {escape(where)}"
    cards = [_card(match) for match in answer.matches[:EXAMPLES]]
    if answer.interrupted:
        cards.append(quiet(f"The search was interrupted: {answer.interrupted}"))
    going_on = "" if answer.next_offset is None else f", and others from offset={answer.next_offset}"
    return title, "".join(cards) + _more(len(answer), EXAMPLES, "explanation", going_on)


def _card(match: ExplanationMatch) -> str:
    feature = match.feature
    cosine = None if match.cosine is None else f"cosine {match.cosine:.3f}"
    facts = _joined(cosine, *_known(feature), match.author_model, match.method)
    example = max(feature.activations, key=lambda a: a.peak or 0.0, default=None) if feature else None
    drawn = text_row(example, scale_of(feature.activations), SNIPPET, broken=False) if feature and example else ""
    promoted = [name for name in feature.promoted.tokens if name is not None][:_PROMOTED] if feature else []
    names = " ".join(f'<span style="{MONO}">{_named(name)}</span>' for name in promoted)
    return (
        f'<div style="margin-top:10px"><div style="font-size:15px">{escape(match.text)}</div>'
        f"{_linked(match.ref, feature)} "
        f'<span style="color:{GREY};font-size:12px">{escape(facts)}</span>{drawn}'
        + (f'<div style="color:{GREY};font-size:12px">promotes {names}</div>' if names else "")
        + "</div>"
    )


def _top_features(answer: TopFeatureMatches) -> tuple[str, str]:
    where = f"{answer.model}/{answer.source_set}"
    title = f"<b>{_count(len(answer), 'feature')}</b> of {escape(where)} that fire on the text"
    chosen = [answer.tokens[position] for position in answer.sort_positions if position < len(answer.tokens)]
    by = f", sorted by their sum at {' '.join(map(_named, chosen))}" if chosen else ""
    shown = answer.matches[:EXAMPLES]
    texts = [
        Activation(tokens=answer.tokens, values=match.values, peak=match.peak, peak_index=match.peak_index)
        for match in shown
    ]
    labels = [
        _linked(match.ref, match.feature)
        + _explained(match.feature)
        + quiet(_joined(_peak(match.peak), *_known(match.feature)))
        for match in shown
    ]
    return title + by, _aligned(labels, texts) + _more(len(answer), EXAMPLES, "feature")


def _source_activations(answer: SourceActivations) -> tuple[str, str]:
    where = f"{answer.model}/{answer.source}"
    title = f"<b>{_count(len(answer), 'feature')}</b> of {escape(where)} fire on the text"
    matrix = answer.dense().T
    strongest = np.argsort(-matrix.max(axis=1, initial=0.0), kind="stable")[:EXAMPLES]
    texts = [_column(answer.tokens, matrix[number]) for number in strongest]
    labels = [
        _linked(FeatureRef(answer.model, answer.source, int(answer.features[number])), None)
        + quiet(_joined(_peak(matrix[number].max()), f"at {_count(int((matrix[number] > 0).sum()), 'token')}"))
        for number in strongest
    ]
    return title + " · the strongest first", _aligned(labels, texts) + _more(len(answer), EXAMPLES, "feature")


def _column(tokens: tuple[str, ...], values: np.ndarray[Any, np.dtype[np.float64]]) -> Activation:
    at = int(values.argmax())
    return Activation(tokens=tokens, values=values, peak=float(values[at]), peak_index=at)


def _aligned(labels: Sequence[str], texts: Sequence[Activation]) -> str:
    """Draw one text once for each feature, on one scale. It breaks alike in every row, so the tokens stand aligned."""
    scale = scale_of(texts)
    rows = "".join(
        '<div style="display:flex;flex-wrap:wrap;column-gap:12px;margin-top:6px">'
        f'<div style="flex:0 0 270px">{label}</div>'
        f'<div style="flex:1 1 320px">{text_row(text, scale, None, labelled=False)}</div></div>'
        for label, text in zip(labels, texts, strict=True)
    )
    return rows + (quiet(f"One scale for all: 0 to {scale[0]:.4g}.") if rows else "")


def _token_features(answer: TokenFeatureMatches) -> tuple[str, str]:
    title = f"<b>Features of {escape(f'{answer.model}/{answer.source}')}</b> that fire at each token"
    largest = max((match.value for token in answer for match in token.matches), default=0.0)
    shown = answer.matches[:_TOKENS]
    names = readable(token.token for token in answer)
    rows = "".join(_token_row(token, name, (largest, 0.0)) for token, name in zip(shown, names, strict=False))
    return title, f'<table style="border-collapse:collapse">{rows}</table>' + _more(len(answer), _TOKENS, "token")


def _token_row(token: TokenMatches, name: str, scale: Scale) -> str:
    cell = "vertical-align:top;text-align:left;padding:1px 8px 1px 0;font-size:12px"
    chips = " ".join(_chip(match, scale) for match in token.matches[:_AT_A_TOKEN])
    left = len(token.matches) - _AT_A_TOKEN
    more = f' <span style="color:{GREY}">+{left}</span>' if left > 0 else ""
    said = token.matches[0].feature.explanation if token.matches and token.matches[0].feature else None
    return (
        f'<tr><td style="{cell};color:{GREY}">{token.position}</td>'
        f'<td style="{cell};{MONO}">{escape(visible(name))}</td><td style="{cell}">{chips}{more}</td>'
        f'<td style="{cell};color:{GREY}">{escape(said or "")}</td></tr>'
    )


def _chip(match: TokenFeatureMatch, scale: Scale) -> str:
    said = match.feature.explanation if match.feature else None
    styles = ";".join([MONO, "padding:0 3px", *shade(match.value, scale)])
    return f'<span title="{escape(said or "")}" style="{styles}">{match.index}: {match.value:.3g}</span>'


def _nearest(answer: NearestFeatures) -> tuple[str, str]:
    where = f"{answer.model}/{answer.source}"
    title = f"<b>{_count(len(answer), 'feature')}</b> of {escape(where)} near <b>{escape(str(answer.ref))}</b>"
    rows = "".join(_nearest_row(match.ref, match.cosine) for match in answer.matches[:EXAMPLES])
    return title, f"<table>{rows}</table>" + _more(len(answer), EXAMPLES, "feature")


def _nearest_row(ref: FeatureRef, cosine: float | None) -> str:
    shade = ROSE if cosine is not None and cosine < 0 else EMERALD
    width = 0 if cosine is None else round(120 * min(abs(cosine), 1.0))
    bar = f'<div style="background-color:rgba({shade},0.8);width:{width}px;height:9px"></div>'
    number = "unknown" if cosine is None else f"{cosine:+.3f}"
    return f'<tr><td style="text-align:left">{_linked(ref, None)}</td><td>{bar}</td><td>{number}</td></tr>'


def _saved_list(answer: SavedList) -> tuple[str, str]:
    name = f"<b>{escape(answer.name)}</b>"
    linked = f'<a href="{escape(answer.url)}">{name}</a>' if answer.url else name
    rows = [
        _linked(entry.ref, entry.feature) + _explained(entry.feature) + _said(entry.description)
        for entry in answer.matches[:EXAMPLES]
    ]
    count = f" · {_count(len(answer), 'feature')}" if len(answer) else ""
    more = _more(len(answer), EXAMPLES, "feature") if len(answer) else ""
    return linked + count, _said(answer.description) + _listed(rows) + more


def _said(text: str | None) -> str:
    return quiet(text) if text else ""


def _reported(answer: ExplanationReport | ScoreReport) -> tuple[str, str]:
    is_scored = isinstance(answer, ScoreReport)
    title = f"<b>{_count(len(answer), 'score' if is_scored else 'explanation')}</b> made"
    rows = [
        f"{_linked(one.ref, None)}<div>{escape(one.explanation.text)}</div>{quiet(_joined(*_made_by(one)))}"
        for one in answer.matches[:EXAMPLES]
    ]
    failed = [quiet(str(refusal)) for refusal in answer.failed[:EXAMPLES]]
    if answer.failed:
        failed.insert(0, f"<b>{len(answer.failed):,} failed</b>")
    if answer.interrupted:
        failed.append(quiet(f"Interrupted, {len(answer.remaining):,} not tried: {answer.interrupted}"))
    return title, _listed(rows) + _more(len(answer), EXAMPLES, "row") + _listed(failed)


def _made_by(one: Explained | Scored) -> list[str | None]:
    if isinstance(one, Scored):
        value = None if one.score.value is None else f"score {one.score.value:.3g}"
        return [value, one.score.method, one.score.scorer]
    return [one.explanation.method, one.explanation.author_model]


def _listed(rows: Sequence[str]) -> str:
    return "".join(f'<div style="margin-top:8px">{row}</div>' for row in rows)


def _linked(ref: FeatureRef, feature: Feature | None) -> str:
    name = f'<span style="{MONO}">{escape(str(ref))}</span>'
    return f'<a href="{escape(feature.url)}">{name}</a>' if feature and feature.url else name


def _known(feature: Feature | None) -> list[str]:
    """Say of a feature what is known of it; a feature may be named without being there."""
    if feature is None:
        return ["no more is known of it"]
    return ["density unknown" if feature.density is None else f"fires on {feature.density:.3%} of tokens"]


def _peak(peak: float | None) -> str | None:
    return None if peak is None else f"peak {peak:.4g}"


def _joined(*facts: str | None) -> str:
    return " · ".join(filter(None, facts))


def _explained(feature: Feature | None) -> str:
    return f"<div>{escape(feature.explanation)}</div>" if feature and feature.explanation else ""


def _named(token: str) -> str:
    return escape(visible(readable([token])[0])).replace(" ", "·", 1)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _more(total: int, shown: int, noun: str, beyond: str = "") -> str:
    if total == 0:
        return quiet("None found.")
    left = total - shown
    text = (f"{_count(left, f'more {noun}')}" if left > 0 else "") + beyond
    return quiet(text.removeprefix(", and ")) if text else ""


_DRAWN: dict[type[Answer], Callable[[Any], tuple[str, str]]] = {
    ExplanationMatches: _explanations,
    TopFeatureMatches: _top_features,
    TokenFeatureMatches: _token_features,
    SourceActivations: _source_activations,
    NearestFeatures: _nearest,
    SteerResult: steering,
    SteeredLogits: steered_logits,
    SavedList: _saved_list,
    ExplanationReport: _reported,
    ScoreReport: _reported,
}
