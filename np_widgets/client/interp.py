"""Auto-interp: explanations of features by language models, and scores of explanations."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

from np_widgets.client import calls, writes
from np_widgets.client.catalogue import CatalogueEndpoints
from np_widgets.client.many import try_all
from np_widgets.client.notes import explanation_id
from np_widgets.errors import ConnectionFailed, InvalidRequest, NeuronpediaError, RateLimited, Unauthorized
from np_widgets.models import Explanation, ExplanationScore, FeatureRef
from np_widgets.models.interp import Explained, ExplanationReport, Scored, ScoreReport
from np_widgets.searches import check_refs
from np_widgets.wire.interp import read_explained, read_generated, read_score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from np_widgets.client.routes import Call
    from np_widgets.models import MethodName, RefLike

T = TypeVar("T")

#: What the service says when the account has no key for the model that is to be asked.
_NO_MODEL_KEY = ("auto-interp key", "OpenRouter key")
#: These scores come from the service's own models, and take none.
_OWN_SCORER = "nla_"


class MissingModelKey(InvalidRequest):
    """The account has no key of a language model's provider; it is saved on the account's page, not sent from here."""

    title = "A language model's key is needed"


class InterpEndpoints(CatalogueEndpoints):
    """The auto-interp part of :class:`NeuronpediaClient`."""

    def generate_explanation(
        self, ref: RefLike, *, method: str = "np_max-act-logits", model: str | None = None
    ) -> Explanation:
        """Let a language model explain a feature (``POST /api/explanation/generate``; contract, 5.3).

        It is paid for by a key of the model's provider that you have saved on your account's page; the key never
        passes through here. A feature is explained once by each pair of method and model.

        Parameters
        ----------
        ref : FeatureRef, str, tuple, …
        method : str
            One of ``get_catalogue().explanation_methods``, or the beginning of one, where only one begins so.
        model : str, optional
            One of ``get_catalogue().explanation_models``; by default the first that the service features.

        Returns
        -------
        Explanation
            As it now stands on the feature's page, for everyone.

        Raises
        ------
        MissingModelKey
            When your account has no key for the model; the error says where to save one. It is an ``InvalidRequest``,
            and is found in ``np_widgets.client``.
        InvalidRequest
            When the explanation exists.
        Unconfirmed
            When the answer was lost; it may have been made, and paid for.

        Examples
        --------
        >>> client.generate_explanation("gpt2-small/6-res-jb/650", method="eleuther_acts_top20", model="gpt-4o-mini")
        """
        method, model = self._explainer(method, model)
        return self._generate(FeatureRef.parse(ref), method, model)

    def generate_explanations(
        self, refs: Iterable[RefLike], *, method: str = "np_max-act-logits", model: str | None = None
    ) -> ExplanationReport:
        """Let a language model explain many features, four at a time, with a progress bar.

        What fails for one feature is reported and leaves the others alone. A limit, a network that is gone or a key
        that is missing ends it; what was made is kept, and ``remaining`` says where to go on.

        Parameters
        ----------
        refs : iterable of references
        method, model : str
            As for :meth:`generate_explanation`.

        Returns
        -------
        ExplanationReport

        Examples
        --------
        >>> report = client.generate_explanations([f"gpt2-small/6-res-jb/{i}" for i in range(20)], model="gpt-4o-mini")
        >>> report.failed, report.remaining
        """
        wanted = list(dict.fromkeys(check_refs(refs)))
        method, model = self._explainer(method, model)

        def explain(ref: FeatureRef) -> Explained:
            made = self._generate(ref, method, model)
            return Explained(model=ref.model, source=ref.source, index=ref.index, explanation=made)

        done = try_all(explain, wanted, "Explanations", "features", _is_final)
        return ExplanationReport(
            matches=done.results, failed=done.failed, interrupted=done.interrupted, remaining=done.remaining
        )

    def score_explanation(
        self, explanation: Explanation | str, *, method: str = "recall_alt", model: str | None = None
    ) -> ExplanationScore:
        """Let a language model score an explanation, 0 to 1 (``POST /api/explanation/score``; 120 in an hour).

        Parameters
        ----------
        explanation : Explanation or str
            One of a feature that was fetched, or its id.
        method : str
            One of ``get_catalogue().score_methods``, or the beginning of one, where only one begins so.
        model : str, optional
            One of ``get_catalogue().score_models``; by default the first that the service features. The methods of
            NLA take none.

        Examples
        --------
        >>> said = client.get_feature("gpt2-small/6-res-jb/650").explanations[0]
        >>> client.score_explanation(said, method="eleuther_fuzz").value
        """
        method, model = self._scorer(method, model)
        return self._score(explanation_id(explanation), method, model).score

    def score_explanations(
        self,
        explanations: Iterable[Explanation | Explained | str],
        *,
        method: str = "recall_alt",
        model: str | None = None,
    ) -> ScoreReport:
        """Let a language model score many explanations, as :meth:`generate_explanations` explains many features.

        Parameters
        ----------
        explanations : iterable of Explanation or str
            With their ids, as :meth:`get_feature` and :meth:`generate_explanation` give them; searches, and
            :meth:`get_features`, leave the ids out. What :meth:`generate_explanations` returns is such a list too.
        method, model : str
            As for :meth:`score_explanation`.

        Returns
        -------
        ScoreReport

        Examples
        --------
        >>> report = client.generate_explanations(refs, method="np_max-act")
        >>> client.score_explanations(report)
        """
        if isinstance(explanations, (str, Explanation)):
            raise InvalidRequest("score_explanations takes a list.", remedy="For one, use score_explanation.")
        wanted = list(dict.fromkeys(map(explanation_id, explanations)))
        method, model = self._scorer(method, model)
        done = try_all(lambda one: self._score(one, method, model), wanted, "Scores", "explanations", _is_final)
        return ScoreReport(
            matches=done.results, failed=done.failed, interrupted=done.interrupted, remaining=done.remaining
        )

    def get_explanation(self, explanation: Explanation | str) -> Explained:
        """Fetch an explanation by its id, with the feature that it is of (``GET /api/explanation/{id}``).

        Examples
        --------
        >>> client.get_explanation("cm7cp63af00jx1q952neqg6e5").ref
        """
        call = calls.explanation(explanation_id(explanation))
        return self._reader.read(call, lambda body, _origin: read_explained(body))

    def delete_explanation(self, explanation: Explanation | str) -> None:
        """Delete an explanation of your own; one that does not exist is an error here, which it is not there.

        Examples
        --------
        >>> client.delete_explanation(made)
        """
        found = self.get_explanation(explanation)
        self._writer.write(writes.delete_explanation(explanation_id(explanation), found.ref), bytes)

    def delete_score(self, score: ExplanationScore | str, explanation: Explanation | str) -> None:
        """Delete a score that you have asked for, by itself or its id (``POST /api/explanation/score/{id}/delete``).

        Examples
        --------
        >>> client.delete_score(score, explanation)
        """
        found = self.get_explanation(explanation)
        wanted = score.id if isinstance(score, ExplanationScore) else score
        if wanted not in [one.id for one in found.explanation.scores]:
            raise InvalidRequest(f"The explanation has no score {wanted!r}, so nothing was deleted.")
        self._writer.write(writes.delete_score(wanted or "", found.ref), bytes)

    def _generate(self, ref: FeatureRef, method: str, model: str) -> Explanation:
        return self._ask_model(writes.generate(ref, method, model), read_generated)

    def _score(self, wanted: str, method: str, model: str | None) -> Scored:
        found = self.get_explanation(wanted)  # which feature's copies the score makes wrong
        score = self._ask_model(writes.score(wanted, method, model, found.ref), read_score)
        return Scored(
            model=found.model, source=found.source, index=found.index, explanation=found.explanation, score=score
        )

    def _ask_model(self, call: Call, decode: Callable[[bytes], T]) -> T:
        """Write, and say where the key of a language model is saved when the account has none."""
        try:
            return self._writer.write(call, decode)
        except InvalidRequest as error:
            failure = error
        if any(words in failure.message for words in _NO_MODEL_KEY):
            raise MissingModelKey(
                failure.message,
                remedy=f"Save a key of the model's provider (OpenAI, Anthropic, Google, or OpenRouter, which some "
                f"methods need) on {self.base_url}/account; it stays there, and nothing of it is sent from here.",
                status=failure.status,
            )
        raise failure

    def _explainer(self, method: str, model: str | None) -> tuple[str, str]:
        known = self.get_catalogue()
        name = _one_of(method, known.explanation_methods, "a method of explaining")
        return name, _model_of(model, known.explanation_models, "explains")

    def _scorer(self, method: str, model: str | None) -> tuple[str, str | None]:
        known = self.get_catalogue()
        name = _one_of(method, known.score_methods, "a method of scoring")
        if name.startswith(_OWN_SCORER):
            if model is not None:
                raise InvalidRequest(f"{name} takes no model, and {model!r} is named.", remedy="Leave it out.")
            return name, None
        return name, _model_of(model, known.score_models, "scores")


def _is_final(error: NeuronpediaError) -> bool:
    """Whether a failure would be everyone's: nothing that is wrong with one feature."""
    if isinstance(error, ConnectionFailed):
        return True
    return isinstance(error, (RateLimited, Unauthorized, MissingModelKey))


def _one_of(given: str, known: Sequence[MethodName], what: str) -> str:
    """Find a name in the catalogue, by itself or by its beginning."""
    names = [one.name for one in known]
    if given in names:
        return given
    begun = [name for name in names if isinstance(given, str) and given and name.startswith(given)]
    if len(begun) == 1:
        return begun[0]
    near = get_close_matches(str(given), names, 1)
    guess = f" Is it {near[0]}?" if near else ""
    raise InvalidRequest(f"{given!r} is not the name of {what}.{guess}", remedy=f"There are {', '.join(names)}.")


def _model_of(given: str | None, known: Sequence[MethodName], does: str) -> str:
    """Find a language model in the catalogue; by default the first one that the service features."""
    if given is not None:
        return _one_of(given, known, f"a model that {does}")
    ordered = sorted(known, key=lambda one: not one.featured)
    if not ordered:
        raise InvalidRequest(f"The service lists no model that {does}.", remedy="Name one: model=….")
    return ordered[0].name
