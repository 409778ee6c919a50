"""A feature as static HTML, panel by panel."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from np_widgets.examples import arrange
from np_widgets.html.pieces import EMERALD, MONO, ROSE, box, footer, question, quiet
from np_widgets.html.texts import EXAMPLES, arranged
from np_widgets.tokens import readable, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from np_widgets.models import Feature, Histogram, LogitWeights

_BARS = 10


def feature_html(feature: Feature, *, examples: int = EXAMPLES) -> str:
    """Draw a feature as static HTML.

    Parameters
    ----------
    feature : Feature
    examples : int
        How many example texts to draw; a line says how many more there are.
    """
    parts = [
        _header(feature),
        question("What might it be?", "a hypothesis", _explanations(feature)),
        question("When does it fire?", f"{len(feature.activations)} examples", _examples(feature, examples)),
        question("What does it do?", "next tokens it promotes and suppresses", _logits(feature)),
        question("How strongly, how often", "", _histograms(feature)),
        footer(feature.warnings, feature.provenance),
    ]
    return box("".join(parts))


def logits_html(feature: Feature) -> str:
    """Draw promoted and suppressed tokens."""
    return box(_logits(feature) + footer(feature.warnings, feature.provenance))


def histograms_html(feature: Feature) -> str:
    """Draw both histograms."""
    return box(_histograms(feature) + footer(feature.warnings, feature.provenance))


def _header(feature: Feature) -> str:
    density = "density unknown" if feature.density is None else f"fires on {feature.density:.3%} of tokens"
    peak = "" if feature.max_activation is None else f" · peak {feature.max_activation:.4g}"
    link = f' · <a href="{escape(feature.url)}">open its page</a>' if feature.url else ""
    note = feature.provenance.note if feature.provenance else None
    dead = quiet("This feature never fired on the sampled text.") if feature.is_dead else ""
    title = f'<div><b style="{MONO}">{escape(str(feature.ref))}</b> · {density}{peak}{link}</div>'
    return title + (quiet(note) if note else "") + dead


def _explanations(feature: Feature) -> str:
    if not feature.explanations:
        return quiet("No explanation yet.")
    rows = []
    for explanation in feature.explanations:
        scores = [f"score {s.value:.2f}" for s in explanation.scores if s.value is not None]
        by = " · ".join(filter(None, [explanation.author_model, explanation.method, explanation.author, *scores]))
        rows.append(f'<div style="font-size:15px">{escape(explanation.text)}</div>{quiet(by) if by else ""}')
    return "".join(rows)


def _examples(feature: Feature, limit: int) -> str:
    if not feature.activations:
        return quiet("No example texts are stored for this feature.")
    return arranged(feature.activations, arrange(feature.activations), limit, snippet=True)


def _logits(feature: Feature) -> str:
    if not feature.promoted.tokens and not feature.suppressed.tokens:
        return quiet("No logit weights were stored for this feature.")
    known = [
        abs(v) for side in (feature.promoted, feature.suppressed) for v in side.values.tolist() if math.isfinite(v)
    ]
    largest = max(known, default=0.0)
    rows = _logit_rows(feature.promoted, largest, EMERALD) + _logit_rows(feature.suppressed, largest, ROSE)
    return f"<table>{rows}</table>"


def _logit_rows(weights: LogitWeights, largest: float, colour: str) -> str:
    rows = []
    for token, value in list(zip(weights.tokens, weights.values.tolist(), strict=True))[:_BARS]:
        name = "(no name)" if token is None else escape(visible(readable([token])[0])).replace(" ", "·", 1)
        number = "no value" if math.isnan(value) else f"{value:+.2f}"
        width = round(120 * abs(value) / largest) if largest and math.isfinite(value) else 0
        bar = f'<div style="background-color:rgba({colour},0.8);width:{width}px;height:9px"></div>'
        rows.append(f'<tr><td style="{MONO};text-align:left">{name}</td><td>{bar}</td><td>{number}</td></tr>')
    return "".join(rows)


def _histograms(feature: Feature) -> str:
    drawn = [
        _histogram("activation", feature.activation_histogram, lambda _: EMERALD),
        _histogram("logit weight", feature.logit_histogram, lambda centre: EMERALD if centre >= 0 else ROSE),
    ]
    return "".join(drawn) or quiet("No histograms were stored for this feature.")


def _histogram(title: str, histogram: Histogram, colour: Callable[[float], str]) -> str:
    if not histogram:
        return ""
    counts = [count if math.isfinite(count) else 0.0 for count in histogram.counts.tolist()]
    largest = max(counts) or 1.0
    cell = "padding:0;vertical-align:bottom;width:5px"
    bars = "".join(
        f'<td style="{cell}" title="{centre:.3g}: {count:,.0f}">'
        f'<div style="background-color:rgba({colour(centre)},0.8);width:5px;'
        f'height:{round(40 * count / largest)}px"></div></td>'
        for centre, count in zip(histogram.centres.tolist(), counts, strict=True)
    )
    low, high = histogram.centres[0], histogram.centres[-1]
    table = f'<table style="border-collapse:collapse"><tr style="vertical-align:bottom">{bars}</tr></table>'
    return f"{table}{quiet(f'{low:.3g} … {title} … {high:.3g}')}"
