"""A self-contained page: a widget's front end, its state, nothing from outside."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

_STATIC = Path(__file__).parent / "static"
# A token may hold `</script>` or `<!--`; inside JSON every `<` can be written as an escape.
_IN_SCRIPT = str.maketrans({"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@dataclass(frozen=True)
class Part:
    """One widget of a page: its front end's name, its traits, and the widgets inside it by their id."""

    bundle: str
    state: dict[str, Any]
    children: dict[str, Part] = field(default_factory=dict)

    @property
    def bundles(self) -> list[str]:
        """The front ends that the page needs, each once, those of the widgets inside first."""
        inner = [name for child in self.children.values() for name in child.bundles]
        return list(dict.fromkeys([*inner, self.bundle]))

    def packed(self) -> dict[str, Any]:
        """The form that ``js/src/core/page.ts`` reads."""
        children = {name: child.packed() for name, child in self.children.items()}
        return {"bundle": self.bundle, "state": self.state, "children": children}


def page(part: Part, title: str) -> str:
    """Compose the page of a widget, and of the widgets inside it.

    Parameters
    ----------
    part : Part
        The widget.
    title : str
        The page's title.
    """
    styles = "".join((_STATIC / f"{name}.css").read_text(encoding="utf-8") for name in part.bundles)
    scripts = ((_STATIC / f"{name}.page.js").read_text(encoding="utf-8") for name in part.bundles)
    data = json.dumps(part.packed(), ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_IN_SCRIPT)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>body{{margin:16px}}{styles}</style></head>"
        '<body><div id="npw"></div>'
        f'<script type="application/json" id="npw-state">{data}</script>'
        f"{''.join(f'<script>{script}</script>' for script in scripts)}</body></html>\n"
    )
