"""The whole dashboard of one feature, alive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import traitlets

from np_widgets.errors import InvalidRequest, NeuronpediaError, NotFound
from np_widgets.examples import arrange
from np_widgets.html import feature_html, message_html, own_texts_html
from np_widgets.models import Feature, FeatureRef
from np_widgets.payload import feature_payload
from np_widgets.sources import resolve
from np_widgets.widgets.asking import failure
from np_widgets.widgets.base import built, json_trait
from np_widgets.widgets.jobs import Jobs
from np_widgets.widgets.texts import no_texts
from np_widgets.widgets.tryout import TryOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from np_widgets.frames import Kind
    from np_widgets.models import RefLike
    from np_widgets.sources import SourceLike


class FeatureDashboard(TryOut):
    """One feature: when it fires, what it does, what it might be; a text of one's own to try.

    Parameters
    ----------
    feature : Feature or a reference
        ``"gpt2-small/6-res-jb/650"``, a URL, a tuple, ``(sae, index)``, or a feature that was fetched before.
    source : FeatureSource or str, optional
        Where to fetch from; by default what :func:`np_widgets.use` set.
    wait : bool
        Whether to fetch before returning, so that a saved notebook and its static form hold the data. Without, a
        skeleton stands until the feature has arrived.
    **options
        The traits, such as ``guide=True``, ``text="a text to try"`` or ``texts=["a variant of it"]``.

    Raises
    ------
    InvalidRequest
        For a reference that names nothing. Everything else that goes wrong is shown in the dashboard.
    """

    _bundle = "dashboard"
    _esm = built("dashboard.js")
    _css = built("dashboard.css")

    chosen = traitlets.Unicode(None, allow_none=True, help="The promoted token that the reader chose.").tag(sync=True)
    marker = traitlets.Float(None, allow_none=True, help="A value to mark in the activation histogram.").tag(sync=True)
    log_counts = traitlets.Bool(default_value=False, help="Draw the histograms' counts on a logarithmic scale.").tag(
        sync=True
    )
    feature = traitlets.Instance(Feature, allow_none=True, read_only=True, help="What is shown.")
    _feature = json_trait()
    _cannot = traitlets.Dict().tag(sync=True)
    _command = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        feature: Feature | RefLike,
        *,
        source: SourceLike = None,
        wait: bool = True,
        **options: Any,  # noqa: ANN401
    ) -> None:
        # First, since a constructor that fails is still closed.
        self._features, self._texts_jobs = Jobs(), Jobs()
        self._absent: set[str] = set()
        self._source = resolve(source)
        selected = options.pop("selected", None)  # refers to what is shown, so it comes after that
        super().__init__(ref=FeatureRef.parse(feature), **options)
        if wait or isinstance(feature, Feature):
            self._show_first(feature)
        else:
            self._load()
        if self.feature is not None or self.error is None:
            self.selected = selected
        self.observe(self._on_ref, "ref")
        self.observe(self._on_command, "_command")

    def _show_first(self, feature: Feature | RefLike) -> None:
        try:
            given = isinstance(feature, Feature)
            self._show(feature if given else self._source.get_feature(self.ref))
            self._run_now()
        except NeuronpediaError as error:
            fail = self._fail_texts if self.feature is not None else self._fail_feature
            fail(error)

    def wait(self, timeout: float | None = 60) -> None:
        """Wait until what was asked for last has arrived; for scripts, not for callbacks.

        Raises
        ------
        TimeoutError
            When it takes longer than ``timeout`` seconds.
        """
        self._features.wait(timeout)
        self._texts_jobs.wait(timeout)

    def reload(self) -> None:
        """Fetch the feature again, past the cache."""
        self._load(refresh=True)

    def stop(self) -> None:
        """Stop waiting for whatever is under way; its answer will be dropped."""
        self._features.stop()
        self._texts_jobs.stop()
        self.busy = ""
        if self.feature is not None:
            self.ref = str(self.feature.ref)

    def to_dataframe(self, kind: Kind = "summary") -> pd.DataFrame:
        """Turn the shown feature into a frame, or the texts that were run.

        Parameters
        ----------
        kind : str
            One of the kinds of :func:`np_widgets.to_dataframe` for features, examples numbered as on the screen. Or
            ``"variants"``: the reader's text and its variants token by token, with the value at each token, that of
            the text's token in its place, and their difference.

        Raises
        ------
        InvalidRequest
            When there is no feature to show, because it could not be fetched, or no text was run.
        """
        if kind == "variants":
            return self._variants_frame()
        if self.feature is None:
            reason = f" {self.error['message']}" if self.error else ""
            raise InvalidRequest(f"There is no feature here to make a frame of.{reason}")
        order = arrange(self.feature.activations).order
        shown = tuple(self.feature.activations[number] for number in order)
        return msgspec.structs.replace(self.feature, activations=shown).to_dataframe(kind)

    def _on_ref(self, _change: object) -> None:
        stands = self.feature is not None and str(self.feature.ref) == self.ref
        if not stands or self.busy == "feature":
            self._load()

    def _on_command(self, change: dict[str, Any]) -> None:
        name = change["new"].get("name")
        if name == "stop":
            self.stop()
        elif name == "reload":
            self.reload()
        elif name == "run" or (name == "retry" and self.error and self.error["where"] == "text"):
            self._run(again=name == "run")
        elif name == "retry":
            self._load()

    def _load(self, *, refresh: bool = False) -> None:
        ref = self.ref
        self._texts_jobs.stop()
        self.busy, self.error = "feature", None
        self._features.start(
            lambda: self._source.get_feature(ref, refresh=refresh),
            self._arrived,
            self._fail_feature,
        )

    def _arrived(self, feature: Feature) -> None:
        self._show(feature)
        self._run()

    def _show(self, feature: Feature) -> None:
        self._absent.discard(str(feature.ref))
        if self.feature is not None:
            self._clear()
        self._cannot = self._limits(feature)
        self._feature = feature_payload(feature)
        self.error, self.busy = None, ""
        self.set_trait("feature", feature)  # last, so that whoever observes it finds the rest in its place

    def _clear(self) -> None:
        """Forget what belonged to the feature before."""
        self.selected = self.hovered = self.value_range = self.next_token = self.chosen = self.marker = None
        self._forget_answers()

    def _limits(self, feature: Feature) -> dict[str, str]:
        """What the source cannot do for this feature, with the reason that the control's tooltip gives."""
        after, reason = feature.ref.with_index(feature.index + 1), no_texts(self._source, feature)
        limits = {"activate": reason} if reason else {}
        if str(after) in self._absent:
            limits["next"] = f"Nothing was found at {after.index}: this may be the last feature."
        return limits

    def _fail_feature(self, error: Exception) -> None:
        """Show an error where the feature would have been; the feature before it does not stay under a new name."""
        self.error, self.busy = failure("feature", error), ""
        if isinstance(error, NotFound):
            self._absent.add(self.ref)
        self._feature = None
        self._clear()
        self.set_trait("feature", None)

    def close(self) -> None:
        """Close the widget; what is under way is dropped."""
        self._features.stop()
        self._texts_jobs.stop()
        super().close()

    def _lengths(self) -> Sequence[int]:
        return self._feature["texts"]["lengths"] if self._feature else ()

    def _title(self) -> str:
        return str(self.ref)

    def _static_html(self) -> str:
        if self.feature is None:
            error = self.error or {"title": "No feature", "message": "Nothing has been fetched."}
            return message_html(f"{self.ref}: {error['title']}", error["message"])
        own = own_texts_html(self.answers, self.feature.activations) if self.answers else ""
        return feature_html(self.feature) + own

    def __repr__(self) -> str:
        if self.feature is None:
            return f"<FeatureDashboard {self.ref}: {self.error['message'] if self.error else 'loading'}>"
        return f"<FeatureDashboard of {self.feature!r}>"
