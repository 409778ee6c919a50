"""The one door to frames, whatever the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from np_widgets.errors import InvalidRequest
from np_widgets.frames.answers import answer_frame
from np_widgets.frames.features import activation_frame, feature_frame, loose_examples
from np_widgets.models import Activation, Answer, Feature

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

Kind: TypeAlias = Literal["summary", "activations", "tokens", "logits", "histograms", "explanations", "variants"]
AnswerKind: TypeAlias = Literal["matches", "tokens", "wide", "values", "runs", "features"]

_KNOWN = (Feature, Activation, Answer)


def to_dataframe(
    x: Feature | Activation | Answer | Iterable[Feature] | Iterable[Activation] | Iterable[Answer],
    kind: Kind | AnswerKind | None = None,
) -> pd.DataFrame:
    """Turn a result into a frame.

    Parameters
    ----------
    x : Feature, Activation, Answer, or an iterable of one of them
        What was fetched or computed. Of answers in one frame, all are to the same question.
    kind : str, optional
        Of features: ``"summary"`` (the default), one row per feature; ``"activations"``, one row per example text;
        ``"tokens"``, one row per token of them; ``"logits"``, one row per promoted or suppressed token;
        ``"histograms"``, one row per bin; ``"explanations"``, one row per explanation.

        Of activations: ``"activations"`` (the default), ``"tokens"``, and ``"variants"``: each feature's texts token
        by token beside the first of them, the base; one row per variant and token of it or of the base.

        Of answers: ``"matches"``, one row per match, and the default wherever there is one: per explanation found,
        per feature that fires on a text, per token and feature that fires at it, per near feature, per feature of a
        list, per explanation or score that was made. ``"tokens"`` (of top features): one row per feature and token of
        the text, zeros too. ``"wide"``: a matrix, of top features one row per feature and one column per token, of
        features by token one row per token and one column per feature. ``"values"`` (of a source's activations): one
        row per value that is not zero.

        Of steering runs: ``"runs"`` (the default), one row per run with its settings, both texts, and where it is
        kept; ``"features"``, one row per run and feature; ``"tokens"``, one row per run, side and token, where the
        source tells how likely they were. ``run`` counts from 0 in what was given.

    Returns
    -------
    pandas.DataFrame
        Every row but those of runs and of their tokens knows its ``model``, ``source`` and ``index`` (the feature), of
        one type in all frames, so that any two can be joined:
        ``matches.merge(summary, on=["model", "source", "index"])``; runs are joined by ``run``. ``token`` is the raw
        vocabulary string, ``position`` counts from 0 (in the answers to a text from the beginning-of-text token),
        ``value`` is the activation (NaN: unknown), ``logprob`` a natural logarithm, ``rank`` counts from 0, and
        ``text``, ``query`` or ``prompt`` is what was asked. Top features are sorted by ``sort_value``: the sum at the
        chosen tokens, or the peak. What is said of a feature, such as ``density``, is missing where the service's
        database lacks it.

    Raises
    ------
    InvalidRequest
        When there is no such kind, or nothing that a frame can be made of.
    """
    items: list[Any] = [x] if isinstance(x, _KNOWN) else list(x)
    sorts = {next((sort for sort in _KNOWN if isinstance(item, sort)), type(item)) for item in items}
    if sorts == {Answer}:
        return answer_frame(items, kind)
    if sorts == {Activation}:
        return activation_frame(loose_examples(items), kind or "activations")
    if sorts <= {Feature}:
        return feature_frame(items, kind or "summary")
    names = " mixed with ".join(sorted(sort.__name__ for sort in sorts))
    raise InvalidRequest(f"No frame can be made of {names}.", remedy="Give features, activations or answers.")
