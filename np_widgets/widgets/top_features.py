"""Which features fire on a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
import traitlets

from np_widgets.errors import InvalidRequest
from np_widgets.html import answer_html, message_html
from np_widgets.models import TopFeatureMatches
from np_widgets.payload import matrix_payload
from np_widgets.widgets.asking import Asking
from np_widgets.widgets.base import built, refuse_kind
from np_widgets.widgets.questions import as_sources, as_texts, refuse_empty, where_from
from np_widgets.widgets.ranking import by_strength, holds, is_rare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from np_widgets.sources import SourceLike

_KINDS = ("matches", "tokens", "wide")
_QUESTION = ("text", "model", "source_set", "sources", "limit", "ignore_bos")


class TopFeatures(Asking):
    """The features that fire most on a text: a matrix of features by tokens.

    Tokens that the reader picks sort the features by the sum of their values there: at once, of those that are held;
    and since others may fire more at just these tokens, the source is asked for its strongest there, in the background.
    It is not asked when all that fires is held already, which a list shorter than ``limit`` shows.

    The density threshold hides rows on this side and asks nothing: the service too takes its strongest first and
    filters them afterwards, so that asking with the threshold would bring nothing that is not here. To see more, raise
    ``limit``.

    Parameters
    ----------
    text : str or sequence of str
        One text, or several with a switch between them.
    model, source_set : str
        Whose features: ``"gpt2-small"``, ``"res-jb"``.
    sources : sequence of str, optional
        Some SAEs of the set, such as ``["6-res-jb"]``; by default all.
    source : FeatureSource or str, optional
        Where to ask; by default what :func:`np_widgets.use` set.
    **options
        The traits, such as ``limit=100``, ``density_threshold=0.01`` or ``positions=[3, 4]``.

    Raises
    ------
    InvalidRequest
        When a text is not a string, or ``source`` is no place that data comes from. Everything else that goes wrong
        is shown in the widget.
    """

    _bundle = "topfeatures"
    _esm = built("topfeatures.js")
    _css = built("topfeatures.css")

    text: Any = traitlets.Union(
        [traitlets.Unicode(), traitlets.List(traitlets.Unicode(), minlen=1)],
        help="The text, or several; setting it asks.",
    ).tag(sync=True)
    shown = traitlets.Int(0, help="Which of several texts is shown, from 0.").tag(sync=True)
    model = traitlets.Unicode(help="Setting it asks, as do the next ones.").tag(sync=True)
    source_set = traitlets.Unicode(help="The set of SAEs whose features are asked.").tag(sync=True)
    sources = traitlets.List(traitlets.Unicode(), help="The SAEs of the set that are asked; empty: all.").tag(sync=True)
    limit = traitlets.Int(50, min=1, max=100, help="How many features are asked for.").tag(sync=True)
    ignore_bos = traitlets.Bool(default_value=True, help="Do not count the beginning-of-text token.").tag(sync=True)
    positions = traitlets.List(
        traitlets.Int(), help="The tokens whose summed values sort the features; empty: by peak."
    ).tag(sync=True)
    density_threshold = traitlets.Float(
        None, allow_none=True, min=0, max=1, help="Hide features that fire on a larger fraction of tokens."
    ).tag(sync=True)
    keep_unknown = traitlets.Bool(
        default_value=True, help="Show features of unknown density, whatever the threshold."
    ).tag(sync=True)
    show_as = traitlets.Enum(["matrix", "texts"], "matrix", help="One matrix, or the text once for each feature.").tag(
        sync=True
    )
    scale = traitlets.Enum(
        ["all", "row", "feature"],
        "all",
        help="One scale for all rows, one for each, or each by its feature's largest known activation.",
    ).tag(sync=True)
    curve = traitlets.Enum(["log", "linear"], "log", help="How colour grows with the value; log is the site's.").tag(
        sync=True
    )
    matches = traitlets.Instance(
        TopFeatureMatches,
        allow_none=True,
        read_only=True,
        help="What is shown of the shown text: sorted as on the screen, without what the threshold hides.",
    )
    _answers: Any = traitlets.List().tag(sync=True)

    def __init__(
        self,
        text: str | Sequence[str],
        *,
        model: str,
        source_set: str,
        sources: str | Sequence[str] | None = None,
        source: SourceLike = None,
        **options: Any,  # noqa: ANN401 (trait values)
    ) -> None:
        positions = options.pop("positions", ())  # they refer to what is shown, so they come after it
        self._found: list[TopFeatureMatches] = []
        super().__init__(
            source=where_from(source, "source", 'sources=["{}"]'),
            text=as_texts(text),
            model=model,
            source_set=source_set,
            sources=as_sources(sources),
            **options,
        )
        self._ask_now("features", self._work(), self._show)
        self.positions = list(positions)
        self._refine(self._ask_now)
        self._tell()
        self.observe(self._on_question, _QUESTION)
        self.observe(self._tell, ("positions", "density_threshold", "keep_unknown", "_answers"))
        self.observe(self._on_positions, "positions")
        self.observe(self._on_shown, "shown")
        if not self._source.supports("top_features"):
            self._cannot = {"ask": f"The source {self._source.name} does not say which features fire on a text."}

    @property
    def texts(self) -> list[str]:
        """The texts; mostly one."""
        return [self.text] if isinstance(self.text, str) else list(self.text)

    def to_dataframe(self, kind: Literal["matches", "tokens", "wide"] = "matches") -> pd.DataFrame:
        """Turn what is shown into a frame.

        Parameters
        ----------
        kind : str
            ``"matches"``: one row per feature. ``"tokens"``: one row per feature and token. ``"wide"``: the matrix,
            one row per feature and one column per token, such as ``"7 sad"``.

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

    def _work(self) -> Callable[[], list[TopFeatureMatches]]:
        """The question as it stands, as work that touches nothing of the widget."""
        texts, ask = self.texts, self._question()

        def work() -> list[TopFeatureMatches]:
            refuse_empty(texts)
            return ask(texts, ())

        return work

    def _question(self) -> Callable[[list[str], tuple[int, ...]], list[TopFeatureMatches]]:
        source, model, source_set, limit = self._source, self.model, self.source_set, self.limit
        sources, ignore_bos = list(self.sources) or None, self.ignore_bos
        return lambda texts, positions: source.top_features(
            texts,
            model=model,
            source_set=source_set,
            sources=sources,
            sort_positions=positions,
            ignore_bos=ignore_bos,
            limit=limit,
        )

    def _show(self, found: list[TopFeatureMatches]) -> None:
        self._found = found
        self.shown = max(0, min(self.shown, len(found) - 1))
        self.positions = []
        self._answers = [matrix_payload(answer) for answer in found]

    def _tell(self, _change: object = None) -> None:
        """Let those who observe it know what is shown now."""
        self.set_trait("matches", self._as_shown(self._found[self.shown], self.positions) if self._found else None)

    def _ask_again(self) -> None:
        self._ask("features", self._work(), self._show)

    def _on_question(self, _change: object) -> None:
        self._ask_again()

    def _on_shown(self, _change: object) -> None:
        if self.positions:
            self.positions = []  # they were those of another text
        else:
            self._tell()
            self._refine()

    def _on_positions(self, _change: object) -> None:
        self._refine()

    def _refine(self, start: Callable[..., None] | None = None) -> None:
        """Ask for the features that fire most at the chosen tokens, unless they are here already."""
        if self.busy == "features" or not self._found:
            return
        number, wanted = self.shown, tuple(self.positions)
        ask, held = self._question(), self._found[number]
        if holds(held, wanted, self.limit):
            self.stop()
            return

        def show(found: list[TopFeatureMatches]) -> None:
            self._found[number] = found[0]
            self._answers = [*self._answers[:number], matrix_payload(found[0]), *self._answers[number + 1 :]]

        (start or self._ask)("order", lambda: ask([held.text], wanted), show)

    def _fail(self, where: str, error: Exception) -> None:
        """As the base; features of an earlier question do not stay under a new one that failed."""
        if where == "features":
            self._show([])
        super()._fail(where, error)

    def _commands(self) -> dict[str, Callable[[], None]]:
        return {**super()._commands(), "run": self._ask_again, "retry": self._retry}

    def _retry(self) -> None:
        if self.error and self.error["where"] == "order":
            self._refine()
        else:
            self._ask_again()

    @traitlets.validate("positions")
    def _among_the_tokens(self, proposal: Any) -> Any:  # noqa: ANN401 (traitlets' own)
        given = list(dict.fromkeys(proposal["value"]))
        count = len(self._found[self.shown].tokens) if self._found else 0
        stranger = next((place for place in given if not 0 <= place < count), None)
        if stranger is not None:
            there = f"the tokens are numbered from 0 to {count - 1}" if count else "there are no tokens"
            raise traitlets.TraitError(f"positions hold {stranger}, but {there}.")
        return given

    @traitlets.validate("shown")
    def _among_the_texts(self, proposal: Any) -> Any:  # noqa: ANN401 (traitlets' own)
        given, count = proposal["value"], len(self.texts)
        if not 0 <= given < count:
            raise traitlets.TraitError(f"shown is {given}, but the texts are numbered from 0 to {count - 1}.")
        return given

    def _as_shown(self, answer: TopFeatureMatches, positions: Sequence[int]) -> TopFeatureMatches:
        kept = [m for m in answer.matches if is_rare(m.feature, self.density_threshold, keep_unknown=self.keep_unknown)]
        return msgspec.structs.replace(answer, matches=by_strength(kept, positions), sort_positions=tuple(positions))

    def _title(self) -> str:
        return f"Features of {self.model}/{self.source_set} on a text"

    def _static_html(self) -> str:
        if not self._found:
            error = self.error or {"title": "No features", "message": "Nothing has been asked yet."}
            return message_html(error["title"], error["message"])
        return "".join(
            answer_html(self._as_shown(answer, self.positions if number == self.shown else ()))
            for number, answer in enumerate(self._found)
        )

    def __repr__(self) -> str:
        shown = self.matches
        if shown is None:
            reason = self.error["message"] if self.error else "nothing"
            return f"<TopFeatures of {self.model}/{self.source_set}: {reason}>"
        more = f", text {self.shown + 1} of {len(self._found)}" if len(self._found) > 1 else ""
        return f"<TopFeatures: {shown!r}{more}>"
