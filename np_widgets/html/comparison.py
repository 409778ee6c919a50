"""Texts of the reader's own, and features side by side, as static HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from np_widgets.html.pieces import GREY, MONO, box, footer, question, quiet
from np_widgets.html.texts import WHOLE, scale_of, text_row
from np_widgets.tokens import decode, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from np_widgets.html.texts import Scale
    from np_widgets.models import Activation, Feature
    from np_widgets.overlap import Overlap, Pair

_PROMOTED, _SHARED, _PAIRS = 6, 8, 12
_CELL = "vertical-align:top;text-align:left;font-size:13px;padding:4px 14px 4px 0"
_TABLE = '<table style="border-collapse:collapse">'
_KINDS = {"promoted": "promoted tokens", "firing": "firing positions", "examples": "positions on shared examples"}


def own_texts_html(runs: Sequence[Activation], examples: Sequence[Activation]) -> str:
    """Draw a reader's text and its variants below one another, on the scale of the feature's examples."""
    return box(question("Your own texts", "the first is the base", _rows(runs, scale_of([*examples, *runs]))))


def comparison_html(
    refs: Sequence[str],
    features: Mapping[str, Feature],
    answers: Mapping[str, Mapping[int, Activation]],
    overlaps: Mapping[str, Overlap],
    errors: Mapping[str, str],
) -> str:
    """Draw features side by side.

    Parameters
    ----------
    refs : sequence of str
        The features, in order.
    features : mapping of str to Feature
        Those that arrived.
    answers : mapping of str to mapping of int to Activation
        For each feature its runs of the texts.
    overlaps : mapping of str to Overlap
        What they have in common, by its kind.
    errors : mapping of str to str
        What went wrong with a feature.
    """
    heads = "".join(_row(_short(ref, features.get(ref), errors.get(ref))) for ref in refs)
    texts = "".join(_row(_run(ref, features[ref], answers[ref])) for ref in refs if ref in answers)
    notes = dict.fromkeys(f.provenance.note for f in features.values() if f.provenance and f.provenance.note)
    said = "".join(map(quiet, notes))
    parts = [f"<div><b>{len(refs)} features side by side</b></div>{said}{_TABLE}{heads}</table>"]
    if texts:
        hint = "each feature on its own scale, to its largest activation"
        parts.append(question("On the same text", hint, f"{_TABLE}{texts}</table>"))
    parts += [question(_KINDS[kind], "in common", _pairs(refs, overlap)) for kind, overlap in overlaps.items()]
    origin = next((feature.provenance for feature in features.values() if feature.provenance), None)
    warnings = [f"{ref}: {warning}" for ref, feature in features.items() for warning in feature.warnings]
    return box("".join(parts) + footer(warnings, origin))


def _row(cells: Iterable[str]) -> str:
    drawn = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)
    return f"<tr>{drawn}</tr>"


def _name(ref: str, feature: Feature | None) -> str:
    name = f'<b style="{MONO};font-size:12px">{escape(ref)}</b>'
    return f'<a href="{escape(feature.url)}">{name}</a>' if feature and feature.url else name


def _short(ref: str, feature: Feature | None, error: str | None) -> list[str]:
    wrong = quiet(error) if error else ""
    if feature is None:
        return [_name(ref, None), wrong or quiet("It has not arrived.")]
    density = "density unknown" if feature.density is None else f"fires on {feature.density:.3%} of tokens"
    peak = "" if feature.max_activation is None else f" · peak {feature.max_activation:.4g}"
    tokens = [decode(token) for token in feature.promoted.tokens if token is not None][:_PROMOTED]
    shown = [escape(visible(token).replace(" ", "·", 1)) for token in tokens]
    named = " ".join(f'<span style="{MONO}">{token}</span>' for token in shown)
    promotes = f'<div style="color:{GREY};font-size:12px">promotes {named}</div>' if named else ""
    said = escape(feature.explanation or "No explanation yet.")
    return [_name(ref, feature), f"<div>{said}</div>{quiet(density + peak)}{promotes}{wrong}"]


def _run(ref: str, feature: Feature, runs: Mapping[int, Activation]) -> list[str]:
    return [_name(ref, feature), _rows(runs.values(), scale_of([*feature.activations, *runs.values()]))]


def _rows(runs: Iterable[Activation], scale: Scale) -> str:
    return "".join(text_row(run, scale, None if len(run.tokens) <= WHOLE else WHOLE) for run in runs)


def _pairs(refs: Sequence[str], overlap: Overlap) -> str:
    """Name the pairs that have anything in common, the most alike first."""
    alike = sorted((pair for pair in overlap.pairs if pair.shared), key=lambda pair: -(pair.jaccard or 0))
    rows = "".join(_row(_pair(refs, pair)) for pair in alike[:_PAIRS])
    left = len(alike) - _PAIRS
    rest = quiet(f"{left} more pairs") if left > 0 else ""
    return f"{_TABLE}{rows}</table>{rest}" if rows else quiet("no pair has any")


def _pair(refs: Sequence[str], pair: Pair) -> list[str]:
    tokens = " ".join(f'<span style="{MONO}">{escape(name.strip())}</span>' for name in pair.shared[:_SHARED])
    more = " …" if len(pair.shared) > _SHARED else ""
    count = f"{len(pair.shared)} of {pair.either} ({pair.jaccard:.2f})"
    return [f"{escape(refs[pair.one])} · {escape(refs[pair.other])}", count, tokens + more]
