"""A self-contained page: a widget's front end, its state, nothing from outside."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

_STATIC = Path(__file__).parent / "static"
# A token may hold `</script>` or `<!--`; inside JSON every `<` can be written as an escape.
_IN_SCRIPT = str.maketrans({"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def page(bundle: str, state: dict[str, Any], title: str) -> str:
    """Compose the page.

    Parameters
    ----------
    bundle : str
        The front end's name, such as ``"dashboard"``.
    state : dict
        The traits that the front end reads.
    title : str
        The page's title.
    """
    styles = (_STATIC / f"{bundle}.css").read_text(encoding="utf-8")
    script = (_STATIC / f"{bundle}.page.js").read_text(encoding="utf-8")
    data = json.dumps(state, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_IN_SCRIPT)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>body{{margin:16px}}{styles}</style></head>"
        '<body><div id="npw"></div>'
        f'<script type="application/json" id="npw-state">{data}</script><script>{script}</script></body></html>\n'
    )
