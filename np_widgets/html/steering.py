"""Steered texts as static HTML: default and steered side by side, with the words that differ marked."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, TypeAlias

from np_widgets.differences import Stretch, differences
from np_widgets.html.pieces import EMERALD, GREY, MONO, quiet
from np_widgets.tokens import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.models import ChatMessage, SteeredLogits, SteerRequest, SteerResult, SteerText

#: What is drawn in the two columns of a row.
Cells: TypeAlias = tuple[str, str]

_CELL = "width:50%;vertical-align:top;text-align:left;padding:4px 12px 4px 0;white-space:pre-wrap;font-size:13px"
#: Underlined as well as coloured, so that colour is not the only carrier.
_DIFFERS = f"text-decoration:underline;background-color:rgba({EMERALD},0.25)"


def steering(result: SteerResult) -> tuple[str, str]:
    """Draw a run: what was asked above, both texts below, and how it ended."""
    request = result.request
    by = ", ".join(
        f'<span style="{MONO}">{escape(str(one.ref))}</span> at <b>{one.strength:g}</b>{_aside(one.explanation)}'
        for one in request.features
    )
    ended = result.is_complete or bool(result.interrupted)
    spoken, told = _spoken(result.default, result.steered, is_whole=ended)
    prompt = _prompt(request.prompt) if request.prompt is not None else ""
    state = f"Interrupted: {result.interrupted}" if result.interrupted else "" if ended else "Not yet complete."
    where = f'<div><a href="{escape(result.share_url)}">open this run</a></div>' if result.share_url else ""
    content = prompt + _columns([*_turns(request), spoken])
    lines = "".join(quiet(line) for line in (state, told, _settings(request)) if line)
    return f"<b>{escape(request.model)}</b> steered by {by}", content + lines + where


def steered_logits(answer: SteeredLogits) -> tuple[str, str]:
    """Draw texts that were steered at single tokens."""
    spoken, told = _spoken(answer.default, answer.steered, is_whole=True)
    title = f"<b>{escape(answer.model)}</b> steered at single tokens"
    return title, _prompt(answer.prompt) + _columns([spoken]) + quiet(told)


def beside(one: SteerText | None, other: SteerText | None, names: Cells) -> str:
    """Draw two texts beside one another, the words marked that differ."""
    spoken, told = _spoken(one, other, is_whole=True)
    return _columns([spoken], names) + quiet(told)


def strengths_of(request: SteerRequest) -> str:
    """Name the features of a run by what they are about, with their strengths."""
    by = ", ".join(
        f"{visible(one.explanation or str(one.ref))} {f'{one.strength:+g}' if one.strength else '0'}"
        for one in request.features
    )
    multiplier = request.settings.multiplier
    return by if multiplier == 1 else f"{by}, × {multiplier:g}"


def _prompt(prompt: str) -> str:
    return quiet(f"Goes on with: {visible(prompt)}")


def _columns(rows: Sequence[Cells], names: Cells = ("default", "steered")) -> str:
    head = "".join(f'<td style="{_CELL}"><b>{escape(name)}</b></td>' for name in names)
    lines = "".join(f'<tr><td style="{_CELL}">{left}</td><td style="{_CELL}">{right}</td></tr>' for left, right in rows)
    return f'<table style="border-collapse:collapse;width:100%"><tr>{head}</tr>{lines}</table>'


def _turns(request: SteerRequest) -> list[Cells]:
    """Draw what both conversations have come to, turn beside turn."""
    sides = [
        [_speaker(one) + _shown(one.content) for one in messages]
        for messages in (request.default_messages, request.steered_messages)
    ]
    longest = max(map(len, sides))
    left, right = (side + [""] * (longest - len(side)) for side in sides)
    return list(zip(left, right, strict=True))


def _spoken(default: SteerText | None, steered: SteerText | None, *, is_whole: bool) -> tuple[Cells, str]:
    """Draw both texts, and say how much they differ; where one is empty, there is nothing to compare."""
    one, other = (said.text if said else "" for said in (default, steered))
    if not (one and other):
        return (_role(default) + _nothing(default, one), _role(steered) + _nothing(steered, other)), ""
    marked = differences(one, other, is_whole=is_whole)
    n_different = sum(len(stretch.text.split()) for stretch in marked[1] if stretch.differs)
    left, right = (
        _role(said) + "".join(map(_stretch, own)) for said, own in zip((default, steered), marked, strict=True)
    )
    return (left, right), f"{n_different} of the {len(other.split())} steered words differ; they are marked."


def _nothing(said: SteerText | None, text: str) -> str:
    return _shown(text) or f'<span style="color:{GREY}">({"nothing" if said else "nothing yet"})</span>'


def _stretch(stretch: Stretch) -> str:
    shown = _shown(stretch.text)
    return f'<span style="{_DIFFERS}">{shown}</span>' if stretch.differs else shown


def _role(said: SteerText | None) -> str:
    """Say whose turn it is, in a chat."""
    return _speaker(said.messages[-1]) if said and said.messages else ""


def _speaker(message: ChatMessage) -> str:
    return f'<span style="color:{GREY}">{escape(visible(message.role))}:</span> '


def _shown(text: str) -> str:
    """Show what would not be seen; line breaks stay what they are."""
    return "\n".join(escape(visible(line)) if line else "" for line in text.split("\n"))


def _aside(explanation: str | None) -> str:
    return f' <span style="color:{GREY}">({escape(visible(explanation))})</span>' if explanation else ""


def _settings(request: SteerRequest) -> str:
    settings = request.settings
    said = [
        f"temperature {settings.temperature:g}",
        f"at most {settings.n_tokens} tokens",
        f"seed {settings.seed}",
        f"strengths × {settings.multiplier:g}",
        settings.method,
    ]
    if request.is_chat and not settings.special_tokens:
        said.append("the template's tokens unsteered")
    return " · ".join(said)
