"""Texts with a colour per token."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, TypeAlias

from np_widgets.html.pieces import EMERALD, GREY, MONO, ROSE, box, quiet
from np_widgets.tokens import is_special, readable, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets.examples import Arrangement
    from np_widgets.models import Activation

#: The largest value and, at or below zero, the smallest.
Scale: TypeAlias = tuple[float, float]

SNIPPET, WHOLE = 16, 512
"""Tokens shown on either side of a peak, and of a text that is shown whole."""
EXAMPLES = 12

#: The site colours nothing below this (``lib/utils/activations.ts``).
_INVISIBLE = 0.00005
#: A dark page's own light text cannot be read on a shade stronger than this, so it has a colour that can on any page.
_STRONG, _INK = 0.65, "rgb(4,32,22)"


def activation_html(activation: Activation) -> str:
    """Draw one text with its activations."""
    scale = max(activation.peak or 0.0, 0.0), min(activation.minimum or 0.0, 0.0)
    title = f"<b>{escape(str(activation.ref))}</b> · " if activation.ref else ""
    peak = "no peak" if activation.peak is None else f"peak {activation.peak:.4g}"
    window = None if len(activation.tokens) <= WHOLE else WHOLE
    return box(f"<div>{title}{peak}</div>{text_row(activation, scale, window)}")


def activations_html(activations: Sequence[Activation], plan: Arrangement, *, examples: int = EXAMPLES) -> str:
    """Draw several texts on one scale; a single one whole, unless it is a book."""
    whole = len(activations) == 1 and len(activations[0].tokens) <= WHOLE
    origin = activations[0].provenance if activations else None
    return box(arranged(activations, plan, examples, snippet=not whole) + (quiet(str(origin)) if origin else ""))


def arranged(activations: Sequence[Activation], plan: Arrangement, limit: int, *, snippet: bool) -> str:
    """Draw texts in groups, and say what was left out."""
    scale = scale_of(activations)
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
                rows.append(f'<div style="color:{GREY};margin-top:6px">{escape(group.title)}{share}</div>')
        rows.append(text_row(activations[plan.order[place]], scale, window=SNIPPET if snippet else None))
    more = [f"{len(kept) - limit} more examples"] if len(kept) > limit else []
    notes = " · ".join(filter(None, [*more, plan.note()]))
    return "".join(rows) + (quiet(notes) if notes else "")


def scale_of(activations: Iterable[Activation]) -> Scale:
    """Find the one scale of several texts."""
    listed = list(activations)
    peaks = [a.peak for a in listed if a.peak is not None and math.isfinite(a.peak)]
    lows = [a.minimum for a in listed if a.minimum is not None and math.isfinite(a.minimum)]
    return max([0.0, *peaks]), min([0.0, *lows])


def text_row(
    activation: Activation, scale: Scale, window: int | None, *, labelled: bool = True, broken: bool = True
) -> str:
    """Draw the tokens around the peak; without a window all of them.

    Parameters
    ----------
    activation : Activation
    scale : Scale
    window : int, optional
        How many tokens on either side of the peak.
    labelled : bool
        Put the peak's value in front. Rows of one text stand aligned without it.
    broken : bool
        Break the line where the text does.
    """
    anchor = activation.peak_index or 0
    first = 0 if window is None else max(0, anchor - window + 1)
    last = len(activation.tokens) if window is None else min(len(activation.tokens), anchor + window)
    shown = readable(activation.tokens)
    values = activation.values.tolist()
    peak = activation.peak_index if activation.peak else None
    spans = (
        _token(activation.tokens[i], shown[i], values[i], scale, is_peak=i == peak)
        + ("<br>" if broken and "\n" in shown[i] else "")
        for i in range(first, last)
    )
    before, after = "… " if first else "", " …" if last < len(activation.tokens) else ""
    value = "" if activation.peak is None else f"{activation.peak:.4g}"
    label = f'<span style="color:{GREY};{MONO};font-size:11px">{value}</span> ' if labelled else ""
    text = f"{label}{before}{''.join(spans)}{after}"
    return f'<div style="white-space:pre-wrap;{MONO};font-size:12px;padding:2px 0">{text}</div>'


def _token(raw: str, text: str, value: float, scale: Scale, *, is_peak: bool) -> str:
    content = escape(visible(text)) if text or not raw else "·"
    # The shade comes last: on a strong one the text has a colour of its own.
    marks = [f"color:{GREY}"] if is_special(raw) else []
    marks += ["text-decoration:underline"] if is_peak else []
    styles = [*marks, *shade(value, scale)]
    if not styles and value == 0:
        return content
    hint = escape(f"{raw!r}: {'unknown' if math.isnan(value) else format(value, '.4g')}")
    return f'<span title="{hint}" style="{";".join(styles)}">{content}</span>'


def shade(value: float, scale: Scale) -> list[str]:
    """Style a value: the site's emerald, opacity 0.05 + 0.95·log10(1 + 9·v/max).

    Where values are negative the scale is symmetric at zero, and they have a colour of their own.
    """
    if math.isnan(value):
        return ["background-color:rgba(128,136,144,0.25)"]
    largest = max(scale[0], -scale[1])
    if abs(value) <= _INVISIBLE or largest <= 0:
        return []
    opacity = 0.05 + 0.95 * math.log10(1 + 9 * min(abs(value) / largest, 1.0))
    background = f"background-color:rgba({EMERALD if value > 0 else ROSE},{opacity:.2f})"
    return [background, f"color:{_INK}"] if opacity > _STRONG else [background]
