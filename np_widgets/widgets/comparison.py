"""Features side by side: what they are, how they fire on the same texts, what they have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import traitlets

from np_widgets.errors import InvalidRequest, NeuronpediaError
from np_widgets.frames import to_dataframe
from np_widgets.frames.comparison import overlap_frame, runs_frame, variants_frame, wide_frame
from np_widgets.html import comparison_html, message_html
from np_widgets.models import Activation, Feature, FeatureRef
from np_widgets.overlap import Overlap, example_overlap, firing_overlap, promoted_overlap
from np_widgets.payload import provenance_payload
from np_widgets.payload.comparison import cards_payload, overlap_payload, runs_payload
from np_widgets.widgets.asking import Asking, failure
from np_widgets.widgets.base import built, json_trait, refuse_kind
from np_widgets.widgets.comparing import References, fetch, run_all
from np_widgets.widgets.texts import OwnTexts, no_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from np_widgets.models import RefLike
    from np_widgets.sources import SourceLike

ComparisonKind = Literal["summary", "tokens", "variants", "wide", "overlap"]


class FeatureComparison(Asking, OwnTexts):
    """Two to twelve features side by side, and the same text through all of them.

    Parameters
    ----------
    features : sequence of Feature or reference
        What to compare, of one source or of several; features that were fetched before are not fetched again.
    text : str
        A text to run through all of them. Setting it later runs it.
    texts : sequence of str
        Variants of the text, laid below it token by token; without a ``text``, of the first of them.
    scale : {"own", "shared"}
        Where the colours end: at each feature's own largest activation, which is its natural unit, or at the largest
        of all. Logit bars and histograms always share one scale.
    source : FeatureSource or str, optional
        Where to ask; by default what :func:`np_widgets.use` set.
    **options
        The traits, such as ``selected="gpt2-small/6-res-jb/650"`` or ``guide=True``.

    Raises
    ------
    InvalidRequest
        For fewer features than 2 or more than 12, one that is named twice, or a reference that names nothing.
        Everything else that goes wrong is shown in its place.
    """

    _bundle = "comparison"
    _esm = built("comparison.js")
    _css = built("comparison.css")

    refs: Any = References().tag(sync=True)
    scale = traitlets.Enum(["own", "shared"], "own", help="One colour scale for each feature, or one for all.").tag(
        sync=True
    )
    features: Any = traitlets.Dict(read_only=True, help="The features that arrived, by reference.")
    answers: Any = traitlets.Dict(
        read_only=True, help="For each feature, by reference, its runs of the texts, by their number; 0 is the base."
    )
    _cards = json_trait()
    _runs = json_trait()
    _overlap = json_trait()
    _provenance = json_trait()

    def __init__(
        self,
        features: Sequence[Feature | RefLike],
        *,
        text: str = "",
        texts: Sequence[str] = (),
        scale: Literal["own", "shared"] = "own",
        source: SourceLike = None,
        **options: Any,  # noqa: ANN401 (trait values)
    ) -> None:
        given = [item for item in features if isinstance(item, Feature)] if hasattr(features, "__iter__") else []
        # What was learned of each feature; `features` and `answers` show those that are compared now.
        self._known: dict[FeatureRef, Feature] = {feature.ref: feature for feature in given}
        self._lost: dict[FeatureRef, dict[str, Any]] = {}
        self._answered: dict[FeatureRef, dict[str, Activation]] = {}
        self._failed: dict[FeatureRef, dict[str, Any]] = {}
        self._alike: dict[str, Overlap] = {}
        super().__init__(source=source, refs=features, text=text, texts=texts, scale=scale, **options)
        if not self._source.supports("activate"):
            self._cannot = {"activate": f"The source {self._source.name} cannot run texts."}
        self._begin()
        self.observe(self._on_refs, "refs")
        self.observe(self._on_texts, ["text", "texts"])

    def to_dataframe(self, kind: ComparisonKind = "summary") -> pd.DataFrame:
        """Turn what is compared into a frame.

        Parameters
        ----------
        kind : str
            ``"summary"``: one row per feature. ``"tokens"``: one row per feature, text and token, with its value.
            ``"variants"``: the same beside the base's token, with their difference. ``"wide"``: one row per token of
            each text, one column per feature. ``"overlap"``: one row per pair of features and kind of thing that they
            may share (``promoted`` tokens; ``firing`` positions on the texts; positions on the ``examples`` that both
            have), with both counts and their ratio (Jaccard's).

        Raises
        ------
        InvalidRequest
            When there is no such kind, or nothing has arrived to make it of.
        """
        if kind not in get_args(ComparisonKind):
            raise refuse_kind(kind, get_args(ComparisonKind))
        if not self.features or (kind in ("tokens", "variants", "wide") and not self.answers):
            what = "No text was run through them" if self.features else "No feature arrived"
            reason = f": {self.error['message']}" if self.error else "."
            raise InvalidRequest(f"There is nothing here to make a frame of. {what}{reason}")
        runs = {FeatureRef.parse(ref): own for ref, own in self.answers.items()}
        frames: dict[str, Callable[[], pd.DataFrame]] = {
            "summary": lambda: to_dataframe(self.features.values(), "summary"),
            "tokens": lambda: runs_frame(runs, self._wanted()),
            "variants": lambda: variants_frame(runs),
            "wide": lambda: wide_frame(runs, self._wanted()),
            "overlap": lambda: overlap_frame(self._parsed(), self._overlaps()),
        }
        return frames[kind]()

    def wait(self, timeout: float | None = 60) -> None:
        """Wait until what was asked for last has arrived: features, then their answers to the texts."""
        self._jobs.wait(timeout)
        super().wait(timeout)

    def _parsed(self) -> list[FeatureRef]:
        return [FeatureRef.parse(ref) for ref in self.refs]

    def _begin(self) -> None:
        """Ask before returning, so that a saved notebook holds the data."""
        missing = self._missing()
        try:
            self._learn(missing, fetch(self._source, missing) if missing else [])
        except NeuronpediaError as error:
            self._show()
            self._fail("features", error)
        else:
            self._run()
            self._jobs.wait()

    def _missing(self) -> list[FeatureRef]:
        return [ref for ref in self._parsed() if ref not in self._known]

    def _load(self) -> None:
        """Fetch the features that are not there yet; the latest wins."""
        missing = self._missing()
        if not missing:
            self._arrived([], [])
            return
        self.busy, self.error = "features", None
        self._show()
        self._jobs.start(
            lambda: fetch(self._source, missing),
            lambda found: self._arrived(missing, found),
            lambda error: self._fail("features", error),
        )

    def _arrived(self, refs: Sequence[FeatureRef], found: Sequence[Feature | NeuronpediaError]) -> None:
        self.busy = ""
        self._learn(refs, found)
        self._run()

    def _learn(self, refs: Sequence[FeatureRef], found: Sequence[Feature | NeuronpediaError]) -> None:
        for ref, feature in zip(refs, found, strict=True):
            if isinstance(feature, Feature):
                self._known[ref] = feature
                self._lost.pop(ref, None)
            else:
                self._lost[ref] = failure("feature", feature)
        self.error = None
        self._show()

    def _run(self, *, again: bool = False) -> None:
        """Run the texts through the features that have not answered them; the latest wins."""
        if self.busy == "features":
            return  # the texts run when the features have arrived
        self._failed = {}
        if again:
            self._answered = {}
        wanted = self._unanswered()
        if wanted:
            self._ask_each("text", lambda: run_all(self._source, wanted), self._answer, self._show_runs)
        else:
            self._jobs.stop()
            self.busy = ""
        self._show_runs()

    def _unanswered(self) -> dict[FeatureRef, list[str]]:
        """Find what is still to be run; a feature through which no text can be run says so instead."""
        wanted: dict[FeatureRef, list[str]] = {}
        for ref in self._parsed():
            answered = self._answered.get(ref, {})
            missing = [text for text in dict.fromkeys(self._wanted()) if text not in answered]
            if missing and ref in self._known and not self._cannot:
                reason = no_texts(self._source, self._known[ref])
                if reason:
                    self._failed[ref] = failure("text", InvalidRequest(reason))
                else:
                    wanted[ref] = missing
        return wanted

    def _answer(self, one: tuple[FeatureRef, Mapping[str, Activation] | Exception]) -> None:
        ref, runs = one
        if isinstance(runs, Exception):
            self._failed[ref] = failure("text", runs)
        else:
            self._answered.setdefault(ref, {}).update(runs)
        self._show_runs()

    def _show(self) -> None:
        """Show the features that there are, and of the others why not."""
        refs = self._parsed()
        known = {ref: self._known[ref] for ref in refs if ref in self._known}
        self._known, self._answered = known, {ref: own for ref, own in self._answered.items() if ref in known}
        self._lost = {ref: error for ref, error in self._lost.items() if ref in refs}
        features = [known.get(ref) for ref in refs]
        self._alike = {"promoted": promoted_overlap(features), "examples": example_overlap(features)}
        self._cards = cards_payload(refs, known, self._lost)
        warnings = [f"{ref}: {warning}" for ref, feature in known.items() for warning in feature.warnings]
        self._provenance = provenance_payload([f.provenance for f in known.values()], warnings) if known else None
        self.set_trait("features", {str(ref): feature for ref, feature in known.items()})
        self._show_runs()

    def _show_runs(self) -> None:
        wanted, refs = self._wanted(), self._parsed()
        runs = [
            {number: own[text] for number, text in enumerate(wanted) if text in own}
            for own in (self._answered.get(ref, {}) for ref in refs)
        ]
        errors = {number: self._failed[ref] for number, ref in enumerate(refs) if ref in self._failed}
        self._runs = runs_payload(runs, errors) if any(runs) or errors else None
        self.set_trait("answers", {str(ref): own for ref, own in zip(refs, runs, strict=True) if own})
        self._overlap = {kind: overlap_payload(overlap) for kind, overlap in self._overlaps().items()}

    def _overlaps(self) -> dict[str, Overlap]:
        """Compare the features; on the texts those that have run all of them."""
        n_texts = len(self._wanted())
        runs = [own if len(own := self.answers.get(ref, {})) == n_texts else {} for ref in self.refs]
        firing = firing_overlap([list(own.values()) for own in runs])
        found = {"promoted": self._alike["promoted"], "firing": firing, "examples": self._alike["examples"]}
        return {kind: overlap for kind, overlap in found.items() if kind == "promoted" or _any(overlap)}

    def _on_refs(self, _change: object) -> None:
        self._load()

    def _on_texts(self, _change: object) -> None:
        self._run()

    def _commands(self) -> dict[str, Callable[[], None]]:
        own = {"run": lambda: self._run(again=True), "resume": self._run, "retry": self._load}
        return {**super()._commands(), **own}

    def _title(self) -> str:
        return " | ".join(self.refs)

    def _static_html(self) -> str:
        if not self.features:
            error = self.error or next(iter(self._lost.values()), {"title": "No features", "message": ""})
            return message_html(f"{self._title()}: {error['title']}", error["message"])
        errors = {str(ref): error["message"] for ref, error in (self._lost | self._failed).items()}
        return comparison_html(self.refs, self.features, self.answers, self._overlaps(), errors)

    def __repr__(self) -> str:
        arrived = "" if len(self.features) == len(self.refs) else f", {len(self.features)} arrived"
        n_texts = len(self._wanted())
        texts = f", {n_texts} text{'' if n_texts == 1 else 's'}" if n_texts else ""
        return f"<FeatureComparison of {', '.join(self.refs)}{arrived}{texts}>"


def _any(overlap: Overlap) -> bool:
    """Whether any two features have anything to compare."""
    return any(pair.either for pair in overlap.pairs)
