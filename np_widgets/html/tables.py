"""Rows of text as a static table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from np_widgets.html.pieces import box, quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

_CELL = "padding:1px 10px 1px 0;text-align:left;vertical-align:top"


def table_html(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> str:
    """Draw a table.

    Parameters
    ----------
    title : str
    header : sequence of str
    rows : sequence of sequence of str
        As many cells each as the header has.
    note : str
        What stands below: how much more there is.
    """
    head = "".join(f'<th style="{_CELL}">{escape(name)}</th>' for name in header)
    lines = "".join(f"<tr>{''.join(f'<td style={_CELL!r}>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    table = f'<table style="border-collapse:collapse"><tr>{head}</tr>{lines}</table>' if rows else ""
    return box(f"<div><b>{escape(title)}</b></div>{table}{quiet(note) if note else ''}")
