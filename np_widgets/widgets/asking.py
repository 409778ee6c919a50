"""What the widgets share that ask a source: work off the callback's thread, errors in place, a dashboard to open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import ipywidgets
import traitlets

from np_widgets.errors import InvalidRequest, NeuronpediaError, NotFound
from np_widgets.models import FeatureRef
from np_widgets.sources import resolve
from np_widgets.widgets.base import BaseWidget, json_trait
from np_widgets.widgets.jobs import Jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from np_widgets.sources import SourceLike
    from np_widgets.widgets.dashboard import FeatureDashboard

T = TypeVar("T")


class Reference(traitlets.Unicode):  # type: ignore[type-arg]  # not generic in the oldest traitlets
    """The name of a feature, in any form; kept as ``"model/source/index"``."""

    def validate(self, obj: Any, value: Any) -> str | None:  # noqa: ANN401 (traitlets' signature)
        """Take every form that :meth:`FeatureRef.parse` takes."""
        if value is None and self.allow_none:
            return None
        return str(super().validate(obj, str(FeatureRef.parse(value))))


def failure(where: str, error: Exception) -> dict[str, Any]:
    """Describe an error to the front end: what happened, what to do, whether asking again may help."""
    told = error if isinstance(error, NeuronpediaError) else NeuronpediaError(f"{type(error).__name__}: {error}")
    return {
        "where": where,
        "title": told.title,
        "message": told.message,
        "remedy": told.remedy,
        "retry": not isinstance(told, (NotFound, InvalidRequest)),
    }


class Asking(BaseWidget):
    """A widget that asks a source questions, and opens the dashboard of the feature that the reader chooses.

    A subclass calls :meth:`_ask`, and answers the front end's commands in ``_commands``. Where several features can
    be selected at once, it names another trait for the one whose dashboard stands open.
    """

    #: The trait that names the feature whose dashboard stands open.
    _opens: ClassVar[str] = "selected"

    _jobs: Jobs

    busy = traitlets.Unicode("", help="What is being fetched or computed; empty when nothing is.").tag(sync=True)
    error = json_trait("What went wrong last, and what to do.")
    selected: Any = Reference(
        None, allow_none=True, help="The feature that the reader chose; its dashboard stands below."
    ).tag(sync=True)
    scheme = traitlets.Enum(
        ["emerald", "cividis"], "emerald", help="Colours: the site's, or ones safe for colour-blind readers."
    ).tag(sync=True)
    _cannot = traitlets.Dict(help="What the source cannot do, with the reason that a tooltip gives.").tag(sync=True)
    _command = traitlets.Dict().tag(sync=True)
    _dashboard = traitlets.Instance(ipywidgets.DOMWidget, allow_none=True).tag(
        sync=True, **ipywidgets.widget_serialization
    )

    def __new__(cls, *arguments: Any, **options: Any) -> Self:  # noqa: ANN401 (the constructor's)
        """Make a widget that can be closed: one whose constructor fails is, whatever the subclass checks first."""
        widget: Self = super().__new__(cls, *arguments, **options)
        widget._jobs = Jobs()
        return widget

    def __init__(self, *, source: SourceLike = None, **options: Any) -> None:  # noqa: ANN401 (trait values)
        self._source = resolve(source)
        super().__init__(**options)
        self._open(getattr(self, self._opens))
        self.observe(lambda change: self._open(change["new"]), self._opens)
        self.observe(self._on_command, "_command")

    @property
    def dashboard(self) -> FeatureDashboard | None:
        """The dashboard that stands open; None while there is none."""
        return self._dashboard

    def wait(self, timeout: float | None = 60) -> None:
        """Wait until what was asked for last has arrived; for scripts, not for callbacks.

        Raises
        ------
        TimeoutError
            When it takes longer than ``timeout`` seconds.
        """
        self._jobs.wait(timeout)
        if self.dashboard is not None:
            self.dashboard.wait(timeout)

    def stop(self) -> None:
        """Stop waiting for what is under way; its answer will be dropped."""
        self._jobs.stop()
        self.busy = ""

    def close(self) -> None:
        """Close the widget and its dashboard; what is under way is dropped."""
        self._jobs.stop()
        if self.dashboard is not None:
            self.dashboard.close()
        super().close()

    def _ask(self, what: str, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Run ``work`` in the background; ``what`` is busy until ``done`` has its result. The latest wins."""
        self.busy, self.error = what, None

        def arrived(result: T) -> None:
            done(result)
            self.error, self.busy = None, ""

        self._jobs.start(work, arrived, lambda error: self._fail(what, error))

    def _ask_each(
        self, what: str, work: Callable[[], Iterable[T]], arrived: Callable[[T], None], done: Callable[[], None]
    ) -> None:
        """As :meth:`_ask`, for work that has its results one by one: what has arrived stays when it is broken off."""
        self.busy, self.error = what, None

        def ended() -> None:
            done()
            self.busy = ""

        self._jobs.stream(work, arrived, ended, lambda error: self._fail(what, error))

    def _ask_now(self, what: str, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """As :meth:`_ask`, but here and now: for a constructor, so that a saved notebook holds the data."""
        try:
            done(work())
        except NeuronpediaError as error:
            self._fail(what, error)

    def _fail(self, where: str, error: Exception) -> None:
        """Show an error where its result would have been; what arrived before it stays."""
        self.error, self.busy = failure(where, error), ""

    def _commands(self) -> dict[str, Callable[[], None]]:
        """What the front end's buttons do, by name."""
        return {"stop": self.stop}

    def _on_command(self, change: dict[str, Any]) -> None:
        command = self._commands().get(change["new"].get("name"))
        if command is not None:
            command()

    def _open(self, ref: str | None) -> None:
        """Show a feature's dashboard: the same one, gone to another feature, as long as one is open."""
        from np_widgets.widgets.dashboard import FeatureDashboard

        if ref is None:
            self._dashboard = None
        elif self.dashboard is None:
            looks = {"theme": self.theme, "scheme": self.scheme, "guide": self.guide}
            self._dashboard = FeatureDashboard(ref, source=self._source, wait=False, **looks)
        else:
            self.dashboard.ref = ref
