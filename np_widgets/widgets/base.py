"""What all widgets share: honest constructors, a static form, a stand-alone page."""

from __future__ import annotations

from difflib import get_close_matches
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

import anywidget
import traitlets

from np_widgets.errors import InvalidRequest
from np_widgets.models import Feature
from np_widgets.sources import resolve
from np_widgets.widgets.page import Part, page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

    from np_widgets.models import RefLike
    from np_widgets.sources import SourceLike

STATIC = Path(__file__).parent / "static"


def built(name: str) -> Path:
    """Find a file of the front end.

    Raises
    ------
    FileNotFoundError
        When the front end was not built; the message names the command.
    """
    path = STATIC / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: the front end was not built. Run `pip install -e .`.")
    return path


def json_trait(description: str = "") -> traitlets.TraitType[dict[str, Any] | None, dict[str, Any] | None]:
    """Make a synced trait for a JSON object, or None."""
    trait: Any = traitlets.Dict(default_value=None, allow_none=True, help=description).tag(sync=True)
    return cast("traitlets.TraitType[dict[str, Any] | None, dict[str, Any] | None]", trait)


class BaseWidget(anywidget.AnyWidget):
    """A widget whose state is traits, and which is readable without a kernel too.

    A misspelt name is refused wherever it is written; Python and traitlets alone would take it without a word. A
    subclass of your own declares its names in its body, as traits or as plain attributes, or begins them with an
    underscore.

    Raises
    ------
    TypeError
        For a keyword that is no option.
    AttributeError
        For setting a public attribute, or observing a trait, that the widget does not have.
    """

    _bundle: ClassVar[str]

    theme = traitlets.Enum(["auto", "light", "dark"], "auto", help="Colours: the notebook's own, or one of two.").tag(
        sync=True
    )
    guide = traitlets.Bool(default_value=False, help="A line of help in each panel, for a class.").tag(sync=True)
    _live = traitlets.Bool(default_value=True).tag(sync=True)

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 (trait values)
        known = _public(self.trait_names(sync=True))
        for name in options:
            if name not in known:
                raise TypeError(self._no_such("option", name, [*known, *signature(type(self).__init__).parameters]))
        super().__init__(**options)

    def __setattr__(self, name: str, value: Any) -> None:  # noqa: ANN401 (any attribute)
        if not name.startswith("_") and not hasattr(type(self), name):
            raise AttributeError(self._no_such("attribute", name, dir(type(self))))
        super().__setattr__(name, value)

    def observe(self, handler: Callable[..., Any], names: Any = traitlets.All, type: Any = "change") -> None:  # noqa: A002, ANN401 (traitlets' own)
        """Call ``handler`` with every change of the traits; see :meth:`traitlets.HasTraits.observe`."""
        for name in traitlets.parse_notifier_name(names):
            if isinstance(name, str) and not self.has_trait(name):
                raise AttributeError(self._no_such("trait", name, self.trait_names()))
        super().observe(handler, names, type)

    def _no_such(self, what: str, name: str, known: Iterable[str]) -> str:
        """Say that a name is not there, and which may be meant."""
        near = get_close_matches(name, _public(known), 1)
        own = sorted(set(_public(self.trait_names())) - set(anywidget.AnyWidget.class_trait_names()))
        remedy = f"Did you mean {near[0]!r}?" if near else f"Its traits: {', '.join(own)}."
        return f"{type(self).__name__} has no {what} {name!r}. {remedy}"

    def to_html(self, path: str | Path | None = None) -> str:
        """Write a self-contained page with the live front end: no kernel and no network needed.

        Parameters
        ----------
        path : str or Path, optional
            A file to write it to.

        Returns
        -------
        str
            The page.
        """
        content = page(self.page_part(), title=self._title())
        if path is not None:
            Path(path).write_text(content, encoding="utf-8")
        return content

    def to_dataframe(self, kind: Any = None) -> pd.DataFrame:  # noqa: ANN401 (narrowed by each widget)
        """Turn what the widget shows into a frame."""
        raise NotImplementedError

    def page_part(self) -> Part:
        """The traits that the front end reads, without those of ipywidgets itself; widgets inside go by their name."""
        inherited = set(anywidget.AnyWidget.class_trait_names()) | {"_esm", "_css", "_anywidget_id"}
        state = {name: getattr(self, name) for name in self.trait_names(sync=True) if name not in inherited}
        inside = {name: value for name, value in state.items() if isinstance(value, BaseWidget)}
        # As ipywidgets writes it, with the trait's name in place of the model's id.
        names = {name: f"IPY_MODEL_{name}" for name in inside}
        children = {name: widget.page_part() for name, widget in inside.items()}
        return Part(self._bundle, state | names | {"_live": False}, children)

    def _title(self) -> str:
        return type(self).__name__

    def _static_html(self) -> str:
        """What stands in the cell when there is no kernel and no script."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ANN401
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": repr(self), "text/html": self._static_html()}, metadata


def _public(names: Iterable[str]) -> list[str]:
    return [name for name in names if not name.startswith("_")]


def as_feature(x: Feature | RefLike, source: SourceLike) -> Feature:
    """Take a feature, or the name of one that is fetched."""
    return x if isinstance(x, Feature) else resolve(source).get_feature(x)


def refuse_kind(kind: object, kinds: tuple[str, ...]) -> InvalidRequest:
    """Make the error for a frame that a widget does not have."""
    return InvalidRequest(f"This widget has no frame {kind!r}.", remedy=f"Kinds: {', '.join(kinds)}.")
