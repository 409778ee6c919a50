"""Static HTML for places without a kernel: GitHub, nbviewer, nbconvert, an untrusted notebook, mail.

JupyterLab's sanitiser keeps ``style``, ``title``, tables and ``<details>``, and drops ``<style>``, ``<svg>``,
``data-*``, ``role`` and CSS variables. So everything here is inline, with literal colours that read on white and on
black, and bars are boxes with a width. Every text goes through :func:`html.escape`.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from np_widgets.examples import Arrangement, arrange
from np_widgets.tokens import is_special, readable, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from np_widgets.models import Activation, Feature, Histogram, LogitWeights

_EMERALD = "52,211,153"
_ROSE = "251,113,133"
_GREY = "rgb(128,136,144)"
_MONO = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"
_BOX = "font-family:system-ui,sans-serif;font-size:13px;line-height:1.5;max-width:1000px;overflow-wrap:anywhere"
_SNIPPET = 16
#: The site colours nothing below this (``lib/utils/activations.ts``).
_INVISIBLE = 0.00005
_EXAMPLES = 12
_WHOLE = 512
_BARS = 10


def feature_html(feature: Feature, *, examples: int = _EXAMPLES) -> str:
    """Draw a feature as static HTML.

    Parameters
    ----------
    feature : Feature
    examples : int
        How many example texts to draw; a line says how many more there are.
    """
    parts = [
        _header(feature),
        _question("What might it be?", "a hypothesis", _explanations(feature)),
        _question("When does it fire?", f"{len(feature.activations)} examples", _examples(feature, examples)),
        _question("What does it do?", "next tokens it promotes and suppresses", _logits(feature)),
        _question("How strongly, how often", "", _histograms(feature)),
        _footer(feature),
    ]
    return _box("".join(parts))


def activation_html(activation: Activation) -> str:
    """Draw one text with its activations."""
    scale = max(activation.peak or 0.0, 0.0), min(activation.minimum or 0.0, 0.0)
    title = f"<b>{escape(str(activation.ref))}</b> · " if activation.ref else ""
    peak = "no peak" if activation.peak is None else f"peak {activation.peak:.4g}"
    window = None if len(activation.tokens) <= _WHOLE else _WHOLE
    return _box(f"<div>{title}{peak}</div>{_row(activation, scale, window)}")


def activations_html(activations: Sequence[Activation], plan: Arrangement, *, examples: int = _EXAMPLES) -> str:
    """Draw several texts on one scale; a single one whole, unless it is a book."""
    whole = len(activations) == 1 and len(activations[0].tokens) <= _WHOLE
    origin = activations[0].provenance if activations else None
    return _box(_arranged(activations, plan, examples, snippet=not whole) + (_quiet(str(origin)) if origin else ""))


def logits_html(feature: Feature) -> str:
    """Draw promoted and suppressed tokens."""
    return _box(_logits(feature) + _footer(feature))


def histograms_html(feature: Feature) -> str:
    """Draw both histograms."""
    return _box(_histograms(feature) + _footer(feature))


def message_html(title: str, message: str) -> str:
    """Draw an error, where its result would have stood."""
    return _box(f"<div><b>{escape(title)}</b></div><div>{escape(message)}</div>")


def _box(content: str) -> str:
    return f'<div style="{_BOX}">{content}</div>'


def _question(title: str, hint: str, content: str) -> str:
    quiet = f' <span style="color:{_GREY};font-size:11px">{escape(hint)}</span>' if hint else ""
    return f'<div style="margin-top:10px"><b>{escape(title)}</b>{quiet}{content}</div>'


def _quiet(text: str) -> str:
    return f'<div style="color:{_GREY};font-size:12px">{escape(text)}</div>'


def _header(feature: Feature) -> str:
    density = "density unknown" if feature.density is None else f"fires on {feature.density:.3%} of tokens"
    peak = "" if feature.max_activation is None else f" · peak {feature.max_activation:.4g}"
    link = f' · <a href="{escape(feature.url)}">open its page</a>' if feature.url else ""
    note = feature.provenance.note if feature.provenance else None
    dead = _quiet("This feature never fired on the sampled text.") if feature.is_dead else ""
    title = f'<div><b style="{_MONO}">{escape(str(feature.ref))}</b> · {density}{peak}{link}</div>'
    return title + (_quiet(note) if note else "") + dead


def _explanations(feature: Feature) -> str:
    if not feature.explanations:
        return _quiet("No explanation yet.")
    rows = []
    for explanation in feature.explanations:
        scores = [f"score {s.value:.2f}" for s in explanation.scores if s.value is not None]
        by = " · ".join(filter(None, [explanation.author_model, explanation.method, explanation.author, *scores]))
        rows.append(f'<div style="font-size:15px">{escape(explanation.text)}</div>{_quiet(by) if by else ""}')
    return "".join(rows)


def _examples(feature: Feature, limit: int) -> str:
    if not feature.activations:
        return _quiet("No example texts are stored for this feature.")
    return _arranged(feature.activations, arrange(feature.activations), limit, snippet=True)


def _arranged(activations: Sequence[Activation], plan: Arrangement, limit: int, *, snippet: bool) -> str:
    scale = _scale(activations)
    kept = [
        place for place in range(len(plan.order)) if place not in plan.duplicate_of and place not in plan.not_positive
    ]
    rows: list[str] = []
    heading = -1
    for place in kept[:limit]:
        if plan.group[place] != heading:
            heading = plan.group[place]
            group = plan.groups[heading]
            share = f" · {group.fraction:.3%} of tokens" if group.fraction is not None else ""
            if group.kind != "none":
                rows.append(f'<div style="color:{_GREY};margin-top:6px">{escape(group.title)}{share}</div>')
        rows.append(_row(activations[plan.order[place]], scale, window=_SNIPPET if snippet else None))
    more = [f"{len(kept) - limit} more examples"] if len(kept) > limit else []
    notes = " · ".join(filter(None, [*more, plan.note()]))
    return "".join(rows) + (_quiet(notes) if notes else "")


def _scale(activations: Sequence[Activation]) -> tuple[float, float]:
    peaks = [a.peak for a in activations if a.peak is not None and math.isfinite(a.peak)]
    lows = [a.minimum for a in activations if a.minimum is not None and math.isfinite(a.minimum)]
    return max([0.0, *peaks]), min([0.0, *lows])


def _row(activation: Activation, scale: tuple[float, float], window: int | None) -> str:
    anchor = activation.peak_index or 0
    first = 0 if window is None else max(0, anchor - window + 1)
    last = len(activation.tokens) if window is None else min(len(activation.tokens), anchor + window)
    shown = readable(activation.tokens)
    values = activation.values.tolist()
    peak = "" if activation.peak is None else f"{activation.peak:.4g}"
    spans = "".join(
        _token(
            activation.tokens[i],
            shown[i],
            values[i],
            scale,
            is_peak=i == activation.peak_index and bool(activation.peak),
        )
        for i in range(first, last)
    )
    before, after = "… " if first else "", " …" if last < len(activation.tokens) else ""
    label = f'<span style="color:{_GREY};{_MONO};font-size:11px">{peak}</span> '
    return f'<div style="white-space:pre-wrap;{_MONO};font-size:12px;padding:2px 0">{label}{before}{spans}{after}</div>'


def _token(raw: str, text: str, value: float, scale: tuple[float, float], *, is_peak: bool) -> str:
    content = escape(visible(text)) if text or not raw else "·"
    if "\n" in text:
        content += "<br>"
    colour = _colour(value, scale)
    styles = [f"background-color:{colour}"] if colour else []
    if is_peak:
        styles.append("text-decoration:underline")
    if is_special(raw):
        styles.append(f"color:{_GREY}")
    if not styles and value == 0:
        return content
    hint = escape(f"{raw!r}: {'unknown' if math.isnan(value) else format(value, '.4g')}")
    return f'<span title="{hint}" style="{";".join(styles)}">{content}</span>'


def _colour(value: float, scale: tuple[float, float]) -> str:
    """The site's emerald, opacity 0.05 + 0.95·log10(1 + 9·v/max); symmetric at zero where values are negative."""
    if math.isnan(value):
        return "rgba(128,136,144,0.25)"
    largest = max(scale[0], -scale[1])
    if abs(value) <= _INVISIBLE or largest <= 0:
        return ""
    opacity = 0.05 + 0.95 * math.log10(1 + 9 * min(abs(value) / largest, 1.0))
    return f"rgba({_EMERALD if value > 0 else _ROSE},{opacity:.2f})"


def _logits(feature: Feature) -> str:
    if not feature.promoted.tokens and not feature.suppressed.tokens:
        return _quiet("No logit weights were stored for this feature.")
    known = [
        abs(v) for side in (feature.promoted, feature.suppressed) for v in side.values.tolist() if math.isfinite(v)
    ]
    largest = max(known, default=0.0)
    rows = _logit_rows(feature.promoted, largest, _EMERALD) + _logit_rows(feature.suppressed, largest, _ROSE)
    return f"<table>{rows}</table>"


def _logit_rows(weights: LogitWeights, largest: float, colour: str) -> str:
    rows = []
    for token, value in list(zip(weights.tokens, weights.values.tolist(), strict=True))[:_BARS]:
        name = "(no name)" if token is None else escape(visible(readable([token])[0])).replace(" ", "·", 1)
        number = "no value" if math.isnan(value) else f"{value:+.2f}"
        width = round(120 * abs(value) / largest) if largest and math.isfinite(value) else 0
        bar = f'<div style="background-color:rgba({colour},0.8);width:{width}px;height:9px"></div>'
        rows.append(f'<tr><td style="{_MONO};text-align:left">{name}</td><td>{bar}</td><td>{number}</td></tr>')
    return "".join(rows)


def _histograms(feature: Feature) -> str:
    drawn = [
        _histogram("activation", feature.activation_histogram, lambda _: _EMERALD),
        _histogram("logit weight", feature.logit_histogram, lambda centre: _EMERALD if centre >= 0 else _ROSE),
    ]
    return "".join(drawn) or _quiet("No histograms were stored for this feature.")


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
    return f"{table}{_quiet(f'{low:.3g} … {title} … {high:.3g}')}"


def _footer(feature: Feature) -> str:
    warnings = "".join(_quiet(warning) for warning in feature.warnings[:_EXAMPLES])
    origin = _quiet(str(feature.provenance)) if feature.provenance else ""
    count = len(feature.warnings)
    summary = f"{count} warning{'' if count == 1 else 's'}"
    folded = f"<details><summary>{summary}</summary>{warnings}</details>" if warnings else ""
    return f'<div style="margin-top:10px">{origin}{folded}</div>'
