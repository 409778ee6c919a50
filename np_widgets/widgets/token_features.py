"""Which features fire at each token of a text, and where else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import traitlets

from np_widgets.errors import InvalidRequest
from np_widgets.html import answer_html, message_html
from np_widgets.models import FeatureRef, TokenFeatureMatches
from np_widgets.payload import token_features_payload
from np_widgets.widgets.asking import Asking, failure
from np_widgets.widgets.base import built, json_trait, refuse_kind
from np_widgets.widgets.jobs import Jobs
from np_widgets.widgets.questions import as_sae, as_text, refuse_empty, where_from
from np_widgets.widgets.ranking import strongest
from np_widgets.widgets.whereabouts import is_told, values_at

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from np_widgets.models import Activation
    from np_widgets.sources import SourceLike

_KINDS = ("matches", "wide")
_QUESTION = ("text", "model", "source", "ignore_bos")
#: As many as the service gives at a token (contract, 5.2); the threshold is held against them here.
_MOST = 20


class TokenFeatures(Asking):
    """For each token of a text, the features of one SAE that fire most at it.

    The source is always asked for the 20 strongest at each token, the most that the service gives, and without a
    threshold: the service filters what it has counted out, so that of ten strongest of which eight are dense it would
    leave two. Here the threshold hides features at once, the strongest ``limit`` of the others are shown, and nothing
    is asked again.

    A chosen feature tints the text. Where it is not among the strongest of a token its value there is not known, so
    the source is asked to run the text through it, in the background.

    Parameters
    ----------
    text : str
    model : str
        Such as ``"gpt2-small"``.
    source : str
        The SAE, such as ``"6-res-jb"``: here ``source`` is what the word means everywhere else in the package, one SAE.
    origin : FeatureSource or str, optional
        Where to ask, which other widgets call ``source``; by default what :func:`np_widgets.use` set.
    **options
        The traits, such as ``density_threshold=0.01``, ``limit=20`` or ``position=3``.

    Raises
    ------
    InvalidRequest
        When the text is not a string, ``source`` is no name of an SAE, or ``origin`` is no place that data comes from.
        Everything else that goes wrong is shown in the widget.
    """

    _bundle = "tokenfeatures"
    _esm = built("tokenfeatures.js")
    _css = built("tokenfeatures.css")

    text = traitlets.Unicode(help="The text; setting it asks.").tag(sync=True)
    model = traitlets.Unicode(help="Setting it asks, as do the next ones.").tag(sync=True)
    source = traitlets.Unicode(help="The SAE whose features are asked.").tag(sync=True)
    ignore_bos = traitlets.Bool(default_value=True, help="Leave out the beginning-of-text token.").tag(sync=True)
    limit = traitlets.Int(10, min=1, max=_MOST, help="How many features are shown at each token.").tag(sync=True)
    density_threshold = traitlets.Float(
        None, allow_none=True, min=0, max=1, help="Hide features that fire on a larger fraction of tokens."
    ).tag(sync=True)
    keep_unknown = traitlets.Bool(
        default_value=True, help="Show features of unknown density, whatever the threshold."
    ).tag(sync=True)
    position = traitlets.Int(
        None,
        allow_none=True,
        help="The token whose features are listed, counted from the beginning-of-text token; None: the whole text.",
    ).tag(sync=True)
    sort = traitlets.Enum(
        ["strength", "frequency", "density"],
        "strength",
        help="By value, by the number of tokens that a feature is listed at, or the rarest first.",
    ).tag(sync=True)
    curve = traitlets.Enum(["log", "linear"], "log", help="How colour grows with the value; log is the site's.").tag(
        sync=True
    )
    matches = traitlets.Instance(
        TokenFeatureMatches,
        allow_none=True,
        read_only=True,
        help="What is shown: at each token the strongest features that the threshold lets pass.",
    )
    _answer = json_trait()
    _where = json_trait("The values of the selected feature at every token.")

    def __init__(
        self,
        text: str,
        *,
        model: str,
        source: str,
        origin: SourceLike = None,
        **options: Any,  # noqa: ANN401 (trait values)
    ) -> None:
        position = options.pop("position", None)  # it refers to what is shown, so it comes after that
        self._found: TokenFeatureMatches | None = None
        self._runs = Jobs()
        sae = as_sae(source)
        super().__init__(source=where_from(origin, "origin", 'source="{}"'), text=as_text(text), model=model, **options)
        self.source = sae
        self._ask_now("features", self._work(), self._show)
        self.position = position
        self._tell()
        self.observe(self._on_question, _QUESTION)
        self.observe(self._tell, ("limit", "density_threshold", "keep_unknown", "_answer"))
        if not self._source.supports("top_features_by_token"):
            self._cannot = {"ask": f"The source {self._source.name} does not say which features fire at a token."}
        self.observe(self._on_selected, "selected")

    def to_dataframe(self, kind: Literal["matches", "wide"] = "matches") -> pd.DataFrame:
        """Turn what is shown into a frame.

        Parameters
        ----------
        kind : str
            ``"matches"``: one row per token and feature. ``"wide"``: one row per token and one column per feature,
            named by its index; NaN where a feature is not in the token's list.

        Raises
        ------
        InvalidRequest
            When there is nothing to show, or no such kind.
        """
        if kind not in _KINDS:
            raise refuse_kind(kind, _KINDS)
        if self.matches is None:
            reason = f" {self.error['message']}" if self.error else ""
            raise InvalidRequest(f"There are no features here to make a frame of.{reason}")
        return self.matches.to_dataframe(kind)

    def wait(self, timeout: float | None = 60) -> None:
        """As :meth:`Asking.wait`, and until the selected feature's values are here."""
        super().wait(timeout)
        self._runs.wait(timeout)

    def stop(self) -> None:
        """Stop waiting for what is under way; its answer will be dropped."""
        super().stop()
        self._runs.stop()

    def close(self) -> None:
        """Close the widget and its dashboard; what is under way is dropped."""
        self._runs.stop()
        super().close()

    def _work(self) -> Callable[[], TokenFeatureMatches]:
        """The question as it stands, as work that touches nothing of the widget."""
        asked, text, model, source, ignore_bos = self._source, self.text, self.model, self.source, self.ignore_bos

        def work() -> TokenFeatureMatches:
            refuse_empty([text])
            return asked.top_features_by_token(
                text, model=model, source=source, density_threshold=None, ignore_bos=ignore_bos, limit=_MOST
            )[0]

        return work

    def _show(self, found: TokenFeatureMatches | None) -> None:
        self._found = found
        self.position = None
        self._answer = None if found is None else token_features_payload(found, _MOST)
        self._look_elsewhere()

    def _tell(self, _change: object = None) -> None:
        """Let those who observe it know what is shown now."""
        found, keep = self._found, self.keep_unknown
        shown = None if found is None else strongest(found, self.limit, self.density_threshold, keep_unknown=keep)
        self.set_trait("matches", shown)

    def _ask_again(self) -> None:
        self._ask("features", self._work(), self._show)

    def _on_question(self, _change: object) -> None:
        self._ask_again()

    def _on_selected(self, _change: object) -> None:
        self._look_elsewhere()

    def _look_elsewhere(self) -> None:
        """Find the selected feature's values where the lists do not tell them."""
        self._runs.stop()
        self._where = None
        if self.selected is None or self._found is None:
            return
        ref, found = FeatureRef.parse(self.selected), self._found
        if is_told(found, ref, _MOST):
            return

        def show(activation: Activation) -> None:
            self._where = {"ref": str(ref), "values": values_at(found, activation)}

        def fail(error: Exception) -> None:
            self._where = {"ref": str(ref), "error": failure("where", error)}

        self._where = {"ref": str(ref)}
        self._runs.start(lambda: self._source.activate(ref, found.text)[0], show, fail)

    def _fail(self, where: str, error: Exception) -> None:
        """As the base; features of an earlier question do not stay under a new one that failed."""
        self._show(None)
        super()._fail(where, error)

    def _commands(self) -> dict[str, Callable[[], None]]:
        return {**super()._commands(), "run": self._ask_again, "retry": self._ask_again, "where": self._look_elsewhere}

    @traitlets.validate("source")
    def _an_sae(self, proposal: Any) -> Any:  # noqa: ANN401 (traitlets' own)
        return as_sae(proposal["value"])

    @traitlets.validate("position")
    def _among_the_tokens(self, proposal: Any) -> Any:  # noqa: ANN401 (traitlets' own)
        given, there = proposal["value"], [token.position for token in self._found or ()]
        if given is not None and given not in there:
            known = f"the tokens stand at {there[0]} to {there[-1]}" if there else "there are no tokens"
            raise traitlets.TraitError(f"position is {given}, but {known}.")
        return given

    def _title(self) -> str:
        return f"Features of {self.model}/{self.source}, token by token"

    def _static_html(self) -> str:
        if self.matches is None:
            error = self.error or {"title": "No features", "message": "Nothing has been asked yet."}
            return message_html(error["title"], error["message"])
        return answer_html(self.matches)

    def __repr__(self) -> str:
        if self.matches is None:
            reason = self.error["message"] if self.error else "nothing"
            return f"<TokenFeatures of {self.model}/{self.source}: {reason}>"
        return f"<TokenFeatures: {self.matches!r}>"
