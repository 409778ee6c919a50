"""Which features fire on a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from np_widgets import checks
from np_widgets.client import calls, decoding
from np_widgets.client.completing import complete_tokens, complete_top
from np_widgets.client.features import FeatureEndpoints
from np_widgets.client.texts import TextEndpoints
from np_widgets.client.together import Question
from np_widgets.searches import SetSearch, TokenSearch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets.models import Feature, FeatureRef, TokenFeatureMatches, TopFeatureMatches


class FiringEndpoints(FeatureEndpoints, TextEndpoints):
    """The part of :class:`NeuronpediaClient` that goes from a text to features."""

    def top_features(  # noqa: PLR0913 (as many as the service takes)
        self,
        texts: str | Sequence[str],
        *,
        model: str,
        source_set: str,
        sources: Sequence[str] | None = None,
        sort_positions: Sequence[int] = (),
        density_threshold: float | None = None,
        ignore_bos: bool = True,
        limit: int = 50,
        refresh: bool = False,
    ) -> list[TopFeatureMatches]:
        """Find the features of a source set that fire most on a text (``POST /api/search-all``; contract, 5.2).

        Parameters
        ----------
        texts : str or sequence of str
            Of at most 800 characters each, as on the site; the server allows about 400 tokens.
        model, source_set : str
            Such as ``"gpt2-small"`` and ``"res-jb"``.
        sources : sequence of str, optional
            The sources of the set to ask; by default all of them.
        sort_positions : sequence of int
            Tokens, counted from 0 at the beginning-of-text token, whose summed values sort the features; by default
            the largest value does.
        density_threshold : float, optional
            Leave out features that fire on more than this fraction of tokens. Those of unknown density stay.
        ignore_bos : bool
            Leave the values at the beginning-of-text token out.
        limit : int
            How many features of each text, 1 to 100, before the threshold and before those that do not fire are taken
            off.
        refresh : bool
            Go past the cache.

        Returns
        -------
        list of TopFeatureMatches
            One for each text, in their order, also when there is only one. Features that the service's database lacks
            stay, with ``feature=None``, and are counted in ``warnings``.

        Notes
        -----
        One text takes one request. Of several, up to four short ones share one, and as such answers hold no features
        and no filter, the features are fetched, and filtered by the service's own rules, afterwards.

        Examples
        --------
        >>> client.top_features("I love Rome", model="gpt2-small", source_set="res-jb", sort_positions=[3])[0]
        """
        search = SetSearch.check(
            model=model,
            source_set=source_set,
            sources=sources,
            sort_positions=sort_positions,
            density_threshold=density_threshold,
            ignore_bos=ignore_bos,
            limit=limit,
        )
        given = checks.check_texts(texts, checks.LONGEST_FOR_SET)

        def question(part: list[str]) -> Question[list[TopFeatureMatches]]:
            return Question(
                calls.top_features(part, search), decoding.top_features(part, search, self.base_url), len(part)
            )

        answers, together = self._ask_texts(given, question, refresh=refresh)
        found = self._features_of(
            (match.ref for number in together for match in answers[number].matches), refresh=refresh
        )
        return [
            complete_top(answer, found, search) if number in together else answer
            for number, answer in enumerate(answers)
        ]

    def top_features_by_token(
        self,
        texts: str | Sequence[str],
        *,
        model: str,
        source: str,
        density_threshold: float | None = None,
        ignore_bos: bool = True,
        limit: int = 10,
        refresh: bool = False,
    ) -> list[TokenFeatureMatches]:
        """Find the features of a source that fire most at each token (``POST /api/search-topk-by-token``).

        Parameters
        ----------
        texts : str or sequence of str
            Of at most 1,700 characters each, as on the site; the server allows about 400 tokens.
        model, source : str
            Such as ``"gpt2-small"`` and ``"6-res-jb"``.
        density_threshold : float, optional
            Leave out features that fire on more than this fraction of tokens, and those of which the service does not
            know that they ever fire. By default nothing is left out; the service's own default is 0.01 (contract, 5.2).
        ignore_bos : bool
            Leave out the beginning-of-text token and other special ones.
        limit : int
            How many features at each token, 1 to 20, before the threshold and before those that do not fire are taken
            off.
        refresh : bool
            Go past the cache.

        Returns
        -------
        list of TokenFeatureMatches
            One for each text, in their order, also when there is only one. The service fills its lists up with
            features whose activation is 0 (contract, 9.10); these are left out.

        Notes
        -----
        As :meth:`top_features`: one text takes one request, and the features of several are fetched afterwards.

        Examples
        --------
        >>> client.top_features_by_token("I love Rome", model="gpt2-small", source="6-res-jb")[0]
        """
        search = TokenSearch.check(
            model=model, source=source, density_threshold=density_threshold, ignore_bos=ignore_bos, limit=limit
        )
        given = checks.check_texts(texts, checks.LONGEST_FOR_TOKENS)

        def question(part: list[str]) -> Question[list[TokenFeatureMatches]]:
            call = calls.top_features_by_token(part, search)
            return Question(call, decoding.token_features(part, search, self.base_url), len(part))

        answers, together = self._ask_texts(given, question, refresh=refresh)
        firing = (match.ref for number in together for token in answers[number].matches for match in token.matches)
        found = self._features_of(firing, refresh=refresh)
        return [
            complete_tokens(answer, found, search) if number in together else answer
            for number, answer in enumerate(answers)
        ]

    def _features_of(self, refs: Iterable[FeatureRef], *, refresh: bool) -> dict[FeatureRef, Feature]:
        """Fetch features with one example each, those that exist."""
        wanted = list(dict.fromkeys(refs))
        rows = self.get_features(wanted, max_activations=1, missing="skip", refresh=refresh)
        return {row.ref: row for row in rows}
