"""Which source answers when none is named."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from np_widgets.errors import InvalidRequest
from np_widgets.models import SteerRequest
from np_widgets.sources.base import FeatureSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from np_widgets.models import Activation, Feature, FeaturesLike, RefLike, SteerResult

SourceLike: TypeAlias = FeatureSource | str | Path | None

_REMEDY = 'Write "demo", "neuronpedia", the path of a recording, or give a source: NeuronpediaSource(base_url=…).'
_lock = Lock()
_default: FeatureSource | None = None


def use(source: FeatureSource | str | Path) -> FeatureSource:
    """Set the source that answers when none is named.

    Parameters
    ----------
    source : FeatureSource, str or Path
        ``"demo"``, ``"neuronpedia"``, the path of a recording (see :func:`np_widgets.record`), or a source such as
        ``NeuronpediaSource(base_url=…)``.

    Returns
    -------
    FeatureSource
        The source, now the default.

    Notes
    -----
    Before the first call the environment variable ``NP_WIDGETS_SOURCE`` decides, a name or a path as here, and without
    it neuronpedia.org.
    """
    global _default  # noqa: PLW0603 (the default of a session is global by its nature)
    chosen = resolve(source)
    with _lock:
        _default = chosen
    return chosen


def resolve(source: SourceLike = None) -> FeatureSource:
    """Find the source that is meant; None means the default.

    Raises
    ------
    InvalidRequest
        When there is no source and no file of that name.
    """
    if source is None:
        return _current()
    if isinstance(source, (str, Path)):
        return _named(source)
    if isinstance(source, FeatureSource):
        return source
    raise InvalidRequest(f"{source!r} is not a source of features.", remedy=_REMEDY)


def _current() -> FeatureSource:
    global _default  # noqa: PLW0603 (as in use)
    with _lock:
        if _default is None:
            _default = _named(os.environ.get("NP_WIDGETS_SOURCE", "").strip() or "neuronpedia")
        return _default


def _named(name: str | Path) -> FeatureSource:
    # Each source loads when it is asked for: the client needs requests, the demo model NumPy and its weights.
    if name == "demo":
        from np_widgets.sources.demo import DemoSource

        return DemoSource()
    if name in ("neuronpedia", "neuronpedia.org"):
        from np_widgets.sources.neuronpedia import NeuronpediaSource

        return NeuronpediaSource()
    if name and Path(name).is_file():
        from np_widgets.sources.bundle import BundleSource

        return BundleSource(name)
    raise InvalidRequest(f"There is no source {str(name)!r}, and no file of that name.", remedy=_REMEDY)


def get_feature(ref: RefLike, *, source: SourceLike = None, refresh: bool = False) -> Feature:
    """Get one feature with all that its dashboard shows.

    Parameters
    ----------
    ref : FeatureRef, str, tuple, …
        ``"gpt2-small/6-res-jb/650"``, a neuronpedia.org URL, ``(model, source, index)``, or ``(sae, index)``.
    source : FeatureSource or str, optional
        Where to look; by default what :func:`np_widgets.use` set.
    refresh : bool
        Go past the cache.

    Raises
    ------
    NeuronpediaError
        One of its kinds: see :mod:`np_widgets.errors`.
    """
    return resolve(source).get_feature(ref, refresh=refresh)


def get_features(
    refs: Iterable[RefLike], *, source: SourceLike = None, max_activations: int | None = None
) -> list[Feature]:
    """Get many features, in the order asked for, with a progress bar when it takes above a second."""
    if isinstance(refs, str):
        raise InvalidRequest(f"{refs!r} is one feature.", remedy="Give a list of names, or call get_feature.")
    return resolve(source).get_features(refs, max_activations=max_activations)


def activate(ref: RefLike, texts: str | Sequence[str], *, source: SourceLike = None) -> list[Activation]:
    """Run texts of your own through one feature.

    Returns
    -------
    list of Activation
        One per text, in their order; of one text, a list of one.

    Raises
    ------
    InvalidRequest
        When a text is not a string, is empty, or is longer than the model takes.
    """
    listed = [texts] if isinstance(texts, str) else texts
    stranger = listed if not isinstance(listed, Sequence) else next((t for t in listed if not isinstance(t, str)), "")
    if not isinstance(stranger, str):
        raise InvalidRequest(f"A text is a string, and {stranger!r} is not.", remedy="Give a text, or a list of texts.")
    return resolve(source).activate(ref, texts)


@overload
def steer(
    features: FeaturesLike,
    prompt: str | None = ...,
    *,
    source: SourceLike = ...,
    stream: Literal[False] = ...,
    **options: Any,  # noqa: ANN401
) -> SteerResult: ...


@overload
def steer(
    features: FeaturesLike,
    prompt: str | None = ...,
    *,
    source: SourceLike = ...,
    stream: Literal[True],
    **options: Any,  # noqa: ANN401
) -> Iterator[SteerResult]: ...


def steer(
    features: FeaturesLike,
    prompt: str | None = None,
    *,
    source: SourceLike = None,
    stream: bool = False,
    **options: Any,
) -> SteerResult | Iterator[SteerResult]:
    """Let a model go on with a text, steered by features and unsteered.

    Parameters
    ----------
    features : list, mapping, one feature, or SteerRequest
        ``{"gpt2-small/6-res-jb/650": 40}``, or references with ``strengths=40`` or ``strengths=[40, -10]``.
    prompt : str, optional
        1 to 2048 characters; or ``messages="Hello"`` for a chat, and for its next turn ``result.reply("And then?")``
        in the place of ``features``.
    source : FeatureSource or str, optional
        Who is asked; by default what :func:`np_widgets.use` set.
    stream : bool
        Whether to iterate while the texts grow.
    **options
        ``strengths``, ``messages``, ``model``, ``settings``, and single settings: ``temperature``, ``n_tokens``,
        ``seed``, ``multiplier``, ``method``, ``special_tokens``; see :meth:`SteerRequest.make`.

    Returns
    -------
    SteerResult or iterator of SteerResult
        With ``stream`` the whole so far, each time more of it. The last one ``is_complete``, or says in
        ``interrupted`` why it broke off.

    Raises
    ------
    InvalidRequest
        Before anything is sent, when no model could be asked so.
    NeuronpediaError
        When nothing came at all.
    """
    run = resolve(source).steer(SteerRequest.make(features, prompt, **options), stream=stream)
    if stream:
        return run
    *_, last = run
    return last
