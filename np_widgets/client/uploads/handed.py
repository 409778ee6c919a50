"""What is handed over to be uploaded: features, a frame, or the folder that SAEDashboard has written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from np_widgets.client.uploads import frame
from np_widgets.client.uploads.described import check_fields, describe_feature
from np_widgets.errors import InvalidRequest
from np_widgets.models import Feature
from np_widgets.models.uploads import Refusal
from np_widgets.wire.saedashboard import batch_files, read_batch

#: Features or mappings that describe one, a frame, or the path of a folder.
FeaturesToUpload: TypeAlias = Any

_REMEDY = "Give a list of features, a frame, or the folder that SAEDashboard's runner has written."


class Handed(Protocol):
    """Features that can be gone through more than once: they are looked through, and then sent.

    In the place of one whose values cannot be read stands why.

    Attributes
    ----------
    folder : Path or None
        Where the data is, and so its journal.
    unread : tuple of str
        What is there beside the features and not read.
    """

    folder: Path | None
    unread: tuple[str, ...]

    def __iter__(self) -> Iterator[Feature | Refusal]: ...


class Listed:
    """Features in memory."""

    folder: Path | None = None
    unread: tuple[str, ...] = ()

    def __init__(self, features: list[Feature | Refusal]) -> None:
        self._features = features

    def __iter__(self) -> Iterator[Feature | Refusal]:
        return iter(self._features)


class Framed:
    """Features in a frame."""

    folder: Path | None = None

    def __init__(self, given: Any, model: str | None, source: str | None) -> None:  # noqa: ANN401 (a frame)
        self._frame, self._model, self._source = given, model, source
        self.unread = tuple(f"the column {column!r}" for column in frame.unread_columns(given))

    def __iter__(self) -> Iterator[Feature | Refusal]:
        return frame.features_of(self._frame, self._model, self._source)


class Run:
    """A run of SAEDashboard, of which one file at a time is in memory."""

    unread: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self.folder: Path | None = folder
        self._files = batch_files(folder)

    def __iter__(self) -> Iterator[Feature]:
        for path in self._files:
            yield from read_batch(path).features


def read_handed(features: FeaturesToUpload, model: str | None, source: str | None) -> Handed:
    """Make sense of what is handed over.

    Raises
    ------
    InvalidRequest
        When it is none of the forms.
    """
    if isinstance(features, (str, Path)):
        folder = Path(features)
        if not folder.is_dir():
            raise InvalidRequest(f"{str(features)!r} is no folder.", remedy=_REMEDY)
        return Run(folder)
    if hasattr(features, "columns") and hasattr(features, "groupby"):
        return Framed(features, model, source)
    if isinstance(features, (Feature, Mapping)):
        features = [features]
    if not isinstance(features, Iterable):
        raise InvalidRequest(f"{features!r} are no features.", remedy=_REMEDY)
    return Listed([_one(each, number, model, source) for number, each in enumerate(features, 1)])


def _one(given: object, number: int, model: str | None, source: str | None) -> Feature | Refusal:
    """Read one; what is wrong with its values is its own matter, what it is called and has is the caller's."""
    if isinstance(given, Feature):
        return given
    if isinstance(given, Mapping):
        fields = {"model": model, "source": source, **given}
        check_fields(fields, f"Number {number} of the features")
        try:
            return describe_feature(fields)
        except InvalidRequest as error:
            return Refusal(name=f"number {number}", reason=error.message.rstrip("."))
    raise InvalidRequest(f"Number {number} of what was handed over is {type(given).__name__}.", remedy=_REMEDY)
