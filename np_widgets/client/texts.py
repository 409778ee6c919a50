"""Texts of the user's own: cut into tokens, and run."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from np_widgets import checks
from np_widgets.client import calls, decoding
from np_widgets.client.base import BaseClient
from np_widgets.client.together import Question
from np_widgets.errors import NeuronpediaError, ServerError
from np_widgets.models import Activation, FeatureRef, RefLike

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from np_widgets.models import SourceActivations
    from np_widgets.wire import Tokenization

A = TypeVar("A")


class TextEndpoints(BaseClient):
    """The texts' part of :class:`NeuronpediaClient`."""

    def activate(
        self, ref: RefLike, texts: str | Sequence[str], *, ignore_bos: bool = False, refresh: bool = False
    ) -> list[Activation]:
        """Run a feature on your own text.

        Parameters
        ----------
        ref : FeatureRef, str, tuple, …
        texts : str or sequence of str
            None may be empty. Up to four short ones go into one request, long ones alone: the server takes about 400
            tokens of a single text, and a quarter of that of each of several.
        ignore_bos : bool
            Leave out a beginning-of-text token that the server puts in front, for raw neurons and vectors (for
            SAE features it always does). Attributions (``dfa``) are only right without it.
        refresh : bool
            Go past the cache: the answer to the same text is kept for a day.

        Returns
        -------
        list of Activation
            One for each text, in their order, also when there is only one.

        Examples
        --------
        >>> client.activate("gpt2-small/6-res-jb/650", ["The ship left the harbour", "A cat sat"])[0].values
        """
        feature = FeatureRef.parse(ref)

        def question(part: list[str]) -> Question[list[Activation]]:
            call = calls.activate(feature, part, ignore_bos=ignore_bos)
            return Question(call, decoding.as_many(len(part)), len(part))

        return self._run_texts(texts, question, feature.model, checks.MOST_TOKENS, refresh=refresh)

    def activate_source(
        self, texts: str | Sequence[str], *, model: str, source: str, refresh: bool = False
    ) -> list[SourceActivations]:
        """Run texts through all features of a source (``POST /api/activation/source``; contract, 5.2).

        Parameters
        ----------
        texts : str or sequence of str
            None may be empty. Up to four short ones go into one request, long ones alone: the server takes of texts
            that are sent together a quarter of the tokens (1,024 where it says so) that it takes of one.
        model, source : str
        refresh : bool
            Go past the cache.

        Returns
        -------
        list of SourceActivations
            One sparse matrix of tokens by features for each text, in their order. Values have three decimals; the
            first token, which marks the beginning of the text, has none.

        Examples
        --------
        >>> client.activate_source("The ship left", model="gpt2-small", source="6-res-jb")
        """
        model = checks.check_name(model, "model", "gpt2-small")
        source = checks.check_name(source, "source", "6-res-jb")

        def question(part: list[str]) -> Question[list[SourceActivations]]:
            call = calls.activate_source(part, model, source)
            return Question(call, decoding.source_activations(part, model, source), len(part))

        return self._run_texts(texts, question, model, checks.MOST_TOKENS_OF_SOURCE, refresh=refresh)

    def _run_texts(
        self,
        texts: str | Sequence[str],
        question: Callable[[list[str]], Question[list[A]]],
        model: str,
        most: int,
        *,
        refresh: bool,
    ) -> list[A]:
        """Ask for all texts, of any length; the service fails on one that is too long and does not say so."""
        given = checks.check_texts(texts)
        try:
            return self._ask_texts(given, question, refresh=refresh)[0]
        except ServerError as error:
            failure = error
        size = self._size_beyond(max(given, key=_n_bytes), model, most) if failure.status == 500 else ""
        if size:
            which = "This text" if len(given) == 1 else "The longest of these texts"
            remedy = f"{which} has {size}, and the service reads about {most:,}: shorten it, or split it into several."
            failure = ServerError(failure.message, remedy=remedy, status=failure.status)
        raise failure

    def _size_beyond(self, text: str, model: str, most: int) -> str:
        """Count a text if it is likely too long; empty when it is not, or when nobody can tell."""
        if _n_bytes(text) <= most:  # a token is a byte at least
            return ""
        if len(text) > checks.LONGEST_PROMPT:
            return f"{len(text):,} characters"
        try:
            n_tokens = len(self.tokenize(text, model, prepend_bos=False).ids)
        except NeuronpediaError:
            return ""
        return f"{n_tokens:,} tokens" if n_tokens > most else ""

    def _ask_texts(
        self, texts: list[str], question: Callable[[list[str]], Question[list[A]]], *, refresh: bool
    ) -> tuple[list[A], set[int]]:
        """Ask for all texts at once.

        Returns
        -------
        answers : list
            In the order of the texts.
        together : set of int
            The numbers of the texts that shared a request, whose answers hold less on some routes.
        """
        batches = checks.in_batches(texts)
        questions = [question([texts[number] for number in batch]) for batch in batches]
        parts = self._ask_all(questions, "Texts", "texts", refresh=refresh)
        answers = {
            number: answer
            for batch, part in zip(batches, parts, strict=True)
            for number, answer in zip(batch, part, strict=True)
        }
        together = {number for batch in batches if len(batch) > 1 for number in batch}
        return [answers[number] for number in range(len(texts))], together

    def tokenize(self, text: str, model: str, *, prepend_bos: bool = True, refresh: bool = False) -> Tokenization:
        """Cut a text (at most 10,000 characters) into a model's tokens (``POST /api/tokenize``).

        Parameters
        ----------
        text, model : str
        prepend_bos : bool
            Put the beginning-of-text token in front.
        refresh : bool
            Go past the cache.

        Examples
        --------
        >>> client.tokenize("The ship left the harbour", "gpt2-small").tokens
        """
        model = checks.check_name(model, "model", "gpt2-small")
        call = calls.tokenize(checks.check_prompt(text), model, prepend_bos=prepend_bos)
        return self._reader.read(call, decoding.tokenization, refresh=refresh)


def _n_bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
