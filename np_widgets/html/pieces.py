"""What all static HTML is made of: a box, a heading, a quiet line, and the colours."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.models import Provenance

EMERALD = "52,211,153"
ROSE = "251,113,133"
GREY = "rgb(128,136,144)"
MONO = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"
_BOX = "font-family:system-ui,sans-serif;font-size:13px;line-height:1.5;max-width:1000px;overflow-wrap:anywhere"
_WARNINGS = 12


def box(content: str) -> str:
    """Put all that is drawn into one frame."""
    return f'<div style="{_BOX}">{content}</div>'


def question(title: str, hint: str, content: str) -> str:
    """Put a heading above something drawn, and a hint beside it."""
    aside = f' <span style="color:{GREY};font-size:11px">{escape(hint)}</span>' if hint else ""
    return f'<div style="margin-top:10px"><b>{escape(title)}</b>{aside}{content}</div>'


def quiet(text: str) -> str:
    """Write a line that does not ask for attention."""
    return f'<div style="color:{GREY};font-size:12px">{escape(text)}</div>'


def footer(warnings: Sequence[str], provenance: Provenance | None) -> str:
    """Say where the data came from, and fold away what was left out or mended."""
    origin = quiet(str(provenance)) if provenance else ""
    said = "".join(quiet(warning) for warning in warnings[:_WARNINGS])
    summary = f"{len(warnings)} warning{'' if len(warnings) == 1 else 's'}"
    folded = f"<details><summary>{summary}</summary>{said}</details>" if said else ""
    return f'<div style="margin-top:10px">{origin}{folded}</div>'


def message_html(title: str, message: str) -> str:
    """Draw an error, where its result would have stood."""
    return box(f"<div><b>{escape(title)}</b></div><div>{escape(message)}</div>")
