"""The pages that are drawn: this package's own, and the one that somebody would write by hand."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import cycle, islice
from math import log10
from typing import TYPE_CHECKING, Any

import numpy as np

from np_widgets import ActivationHeatmap, Feature, FeatureDashboard
from np_widgets.tokens import readable, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy.typing as npt

#: How many of the bench feature's values are not zero.
SPARSITY = 0.13


@dataclass(frozen=True)
class Drawing:
    """A page, and the texts that must stand in it before it counts as drawn."""

    path: Path
    texts: tuple[str, ...]

    @property
    def address(self) -> str:
        return self.path.as_uri()


class Maker:
    """Writes pages into one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, html: str, texts: Sequence[Sequence[str]]) -> Drawing:
        path = self._folder / f"{name}.html"
        path.write_text(html, encoding="utf-8")
        return Drawing(path, tuple("".join(shown(text)) for text in texts))

    def empty(self) -> Drawing:
        return self.write("empty", "<!doctype html><meta charset=utf-8><title>empty</title><main id=npw></main>", [])

    def dashboard(self, feature: Feature) -> Drawing:
        html = FeatureDashboard(feature, window="full", source="demo").to_html()
        return self.write("dashboard", html, [a.tokens for a in feature.activations])

    def by_hand(self, feature: Feature) -> Drawing:
        return self.write("by_hand", by_hand(feature), [a.tokens for a in feature.activations])

    def heatmap(self, name: str, texts: list[list[str]], values: list[npt.NDArray[np.float64]]) -> Drawing:
        return self.write(name, ActivationHeatmap(texts, values, window="full").to_html(), texts)


def shown(tokens: Sequence[str]) -> list[str]:
    """Tokens as a page shows them."""
    return [visible(text) if text else "" for text in readable(tokens)]


def by_hand(feature: Feature) -> str:
    """The same panels without this package: a span for every token, as notebooks and tutorials do it."""
    top = max(float(np.nanmax(a.values)) for a in feature.activations)
    rows = "".join(_example(shown(a.tokens), a.values.tolist(), top) for a in feature.activations)
    explanations = "".join(f"<li>{escape(e.text)}</li>" for e in feature.explanations)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>by hand</title><style>'
        "body{margin:16px;font:14px sans-serif}.row{display:flex;gap:1em}.text{white-space:pre-wrap}"
        ".bars{display:flex;align-items:end;width:300px;height:80px}.bars i{flex:1;background:#0a7}"
        ".two{display:flex;gap:2em}"
        f"</style></head><body><main id=npw><h1>{escape(str(feature.ref))}</h1><ul>{explanations}</ul>"
        f"<div class=two>{_logits(feature.promoted)}{_logits(feature.suppressed)}</div>"
        f"<div class=two>{_bars(feature.activation_histogram)}{_bars(feature.logit_histogram)}</div>"
        f"{rows}</main></body></html>"
    )


def _example(tokens: list[str], values: list[float], top: float) -> str:
    spans = "".join(_span(token, value, top) for token, value in zip(tokens, values, strict=True))
    return f"<div class=row><b>{max(values):.2f}</b><div class=text>{spans}</div></div>"


def _span(token: str, value: float, top: float) -> str:
    alpha = 0.05 + 0.95 * log10(1 + 9 * value / top) if value > 0 else 0
    colour = f' style="background:rgba(52,211,153,{alpha:.3f})"' if alpha else ""
    return f'<span{colour} title="{value:g}">{escape(token)}</span>'


def _logits(weights: Any) -> str:  # noqa: ANN401 (LogitWeights)
    top = max(map(abs, weights.values.tolist()), default=1)
    return "<table>" + "".join(
        f"<tr><td>{escape(token or '')}<td>{value:.2f}<td><i style='display:inline-block;height:8px;background:#0a7;"
        f"width:{abs(value) / top * 100:.0f}px'></i>"
        for token, value in zip(weights.tokens, weights.values.tolist(), strict=True)
    ) + "</table>"  # fmt: skip


def _bars(histogram: Any) -> str:  # noqa: ANN401 (Histogram)
    top = histogram.counts.max() if histogram else 1
    bars = (f"<i style=height:{count / top:.1%}></i>" for count in histogram.counts.tolist())
    return f"<div class=bars>{''.join(bars)}</div>"


def long_texts(feature: Feature, n_tokens: int, per_text: int) -> list[list[str]]:
    """The feature's own words, over and over, cut into texts."""
    words = [token for activation in feature.activations for token in activation.tokens]
    flat = list(islice(cycle(words), n_tokens))
    return [flat[start : start + per_text] for start in range(0, n_tokens, per_text)]


def values_like(texts: list[list[str]], kind: str, seed: int = 0) -> list[npt.NDArray[np.float64]]:
    """Values for texts: ``sparse`` as the bench feature's, all ``zero``, ``dense``, or dense and ``negative``."""
    rng = np.random.default_rng(seed)
    make: dict[str, Callable[[int], npt.NDArray[np.float64]]] = {
        "sparse": lambda n: np.where(rng.random(n) < SPARSITY, rng.random(n) * 50, 0.0),
        "zero": np.zeros,
        "dense": lambda n: rng.random(n) * 50 + 0.01,
        "negative": lambda n: rng.normal(0, 10, n),
    }
    return [make[kind](len(text)) for text in texts]
