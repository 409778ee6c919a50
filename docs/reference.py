"""The reference, made from the docstrings: ``python -m docs.reference build/reference.md``."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import np_widgets
from np_widgets.client import RateLimit, Reply
from np_widgets.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRODUCTION = """Made from the docstrings. A number after *contract* is a section of the notes on what the service
really answers, which this package was built on. These parameters mean the same everywhere:"""
#: What is said of parameters here once, and not with each method.
WORDS = {
    "ref": 'a feature: a `FeatureRef`, `"model/source/index"`, the address of its page, a tuple, or `(sae, index)`.',
    "model": 'the id of a language model, such as `"gpt2-small"`.',
    "source": 'the id of an SAE, a transcoder or a layer of neurons, such as `"6-res-jb"`.',
    "saved": "a list of the site: a `SavedList`, its id, or the address of its page.",
    "comment": "a `Comment` that was made or fetched, or its id.",
    "explanation": "an `Explanation` of a feature that was fetched, or its id.",
    "refresh": "go past the cache.",
}
_WIDTH = 110
_EMPTY = "array([], dtype=float64)"
_ARRAY = "numpy.ndarray[tuple[typing.Any, ...], numpy.dtype[numpy.float64]]"
_SECTION = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}$", flags=re.MULTILINE)
_ROLE = re.compile(r":[a-z]+:`~?([^`]+)`")


def reference() -> str:
    """Write all public names, the client's methods each by itself, as Markdown."""
    words = "\n".join(f"- `{name}`: {said}" for name, said in WORDS.items())
    public, returned = (" · ".join(map(_link, names)) for names in (np_widgets.__all__, answers()))
    within = ", ".join(_link(f"NeuronpediaClient.{name}", name) for name in methods(np_widgets.NeuronpediaClient))
    contents = f"{public}\n\nThe client's methods: {within}\n\nWhat they return: {returned}"
    parts = ["# Reference", contents, _INTRODUCTION, words]
    for name in np_widgets.__all__:
        parts += _entry(name, getattr(np_widgets, name))
    parts += ["# What comes back", "What the client's methods return, and what that holds; nobody makes one by hand."]
    for name, kind in answers().items():
        parts += _entry(name, kind)
    return "\n\n".join(parts) + "\n"


def _link(heading: str, name: str = "") -> str:
    """Lead to a heading, by the address that GitHub gives it."""
    return f"[`{name or heading}`](#{heading.lower().replace('.', '')})"


def answers() -> dict[str, type]:
    """Find the classes of what the client returns, and of what those hold, beside the public names."""
    known = {kind.__name__: kind for kind in (Reply, RateLimit, *_descendants(Record))}
    returned = [
        str(inspect.signature(getattr(member, "fget", member)).return_annotation)
        for member in methods(np_widgets.NeuronpediaClient).values()
    ]
    found: dict[str, type] = {}
    while returned:
        for name in re.findall(r"[A-Z]\w+", returned.pop()):
            if name in known and name not in found:
                found[name] = known[name]
                held = [said for each in known[name].__mro__ for said in inspect.get_annotations(each).values()]
                returned += map(str, [*held, *getattr(known[name], "__orig_bases__", ())])
    return {name: found[name] for name in sorted(found) if name not in np_widgets.__all__}


def _descendants(kind: type) -> Iterator[type]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


def methods(kind: type) -> dict[str, Any]:
    """Find what a class offers of its own and of its parents in this package, by name."""
    return {
        name: member
        for name, member in inspect.getmembers(kind)
        if not name.startswith("_")
        and (inspect.isroutine(member) or isinstance(member, property))
        and str(getattr(getattr(member, "fget", member), "__module__", "")).startswith("np_widgets")
    }


def _entry(name: str, value: object) -> Iterator[str]:
    yield f"## `{name}`"
    if not isinstance(value, type):
        yield from _described(name, value)
        return
    yield from _described(name, value, constructs=not issubclass(value, Exception))
    for each, member in methods(value).items():
        yield f"### `{name}.{each}`"
        yield from _described(each, getattr(member, "fget", member), calls=not isinstance(member, property))


def _described(name: str, value: Any, *, constructs: bool = True, calls: bool = True) -> Iterator[str]:  # noqa: ANN401
    if calls and constructs:
        yield f"```python\n{_signature(name, value)}\n```"
    yield markdown(inspect.getdoc(value) or "")


class _Plain(str):
    """An annotation that shows itself without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _signature(name: str, value: Any) -> str:  # noqa: ANN401 (anything that is called)
    """Write how it is called, a parameter to a line where that is long, types without their modules."""
    whole = inspect.signature(value)
    kept = [
        each.replace(annotation=_plain(each.annotation))
        for each in whole.parameters.values()
        if each.name not in ("self", "cls")
    ]
    text = f"{name}{whole.replace(parameters=kept, return_annotation=_plain(whole.return_annotation))}"
    text = _short(text, value)
    if len(text) <= _WIDTH:
        return text
    opened = str(whole.replace(parameters=kept, return_annotation=whole.empty))[1:-1]
    end = ""
    if whole.return_annotation is not whole.empty:
        end = f" -> {_plain(whole.return_annotation)}"
    lines = re.split(r", (?=\*{0,2}[a-z_]+(?::|=|,|$)|\*,)", _short(opened, value))
    return f"{name}(\n" + "".join(f"    {line},\n" for line in lines) + f"){end}"


def _short(text: str, value: object) -> str:
    """Leave out what nobody reads in a signature: modules, the type of an array, a variable for what a list holds."""
    for base in getattr(value, "__orig_bases__", ()):
        for held in get_args(base):
            text = text.replace("~M", getattr(held, "__name__", str(held)))
    return re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])", "", text.replace(_ARRAY, "FloatArray").replace(_EMPTY, "[]"))


def _plain(annotation: Any) -> Any:  # noqa: ANN401 (of any kind)
    return _Plain(annotation) if isinstance(annotation, str) else annotation


def markdown(text: str) -> str:
    """Turn a docstring in NumPy's style into Markdown."""
    text = _ROLE.sub(r"`\1`", text).replace("``", "`")
    titles = _SECTION.split(text)
    parts = [titles[0].strip()]
    for title, body in zip(titles[1::2], titles[2::2], strict=True):
        parts.append(f"**{title}**")
        parts.append(_section(title, body.strip("\n")))
    return "\n\n".join(filter(None, parts))


def _section(title: str, body: str) -> str:
    if title == "Examples":
        lines = [line.removeprefix(">>> ").removeprefix("... ") for line in body.splitlines()]
        return "```python\n" + "\n".join(lines) + "\n```"
    if title == "Notes" or not re.search(r"^ {4}", body, flags=re.MULTILINE):
        return body
    entries = re.split(r"\n(?=\S)", body)
    return "\n".join(_item(*entry.partition("\n")[::2]) for entry in entries)


def _item(head: str, rest: str) -> str:
    said = " ".join(rest.split())
    return f"- `{head}`" + (f": {said}" if said else "")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(reference(), encoding="utf-8")
