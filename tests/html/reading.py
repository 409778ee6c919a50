"""Static HTML as a browser reads it."""

from __future__ import annotations

from html.parser import HTMLParser

#: What JupyterLab's sanitiser keeps of what is used here; ``<style>``, ``<svg>`` and ``data-*`` it drops.
TAGS = {"div", "span", "b", "table", "tr", "td", "br", "details", "summary", "a"}
ATTRIBUTES = {"style", "title", "href"}

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "&amp;",
    '"><b>',
    "<bos>",
    "\u2028",
    "\u202e",
]
#: As they are seen: what would not be is written out.
SEEN = [*HOSTILE[:5], "‹U+2028›", "‹U+202E›"]


class Reader(HTMLParser):
    """Collects tags, attributes and text as a browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.styles = ""
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.styles += "".join(value or "" for name, value in attrs if name == "style")

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader
