"""What the server has: the demo model's features under several source ids, each open to others.

Rows of one's own go into ``extra``; they stand before the demo model's.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from np_widgets.demo import MODEL_ID, SOURCE_ID, VECTOR_SOURCE_ID
from np_widgets.models import FeatureRef
from tests.server.accounts import OWNER_KEY
from tests.server.steering import Steering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Row = dict[str, Any]
Name = tuple[str, str, int]
Array = npt.NDArray[np.floating]

#: The same features once more under another id, so that two sources share every index.
TWIN_SOURCE = "4-demo-twin"
#: Readable by whoever knows its name, and in no picker.
UNLISTED_SOURCE = "1-demo-unlisted"
#: Readable with the owner's key; for everyone else it does not exist.
PRIVATE_SOURCE = "3-demo-private"
#: Public, but nothing runs text on it.
SILENT_SOURCE = "5-demo-silent"

_DATE = "2026-07-01T12:00:00.123Z"

#: So many of the demo model's features are served; tests go through all of them. The others fire too, and are what a
#: search names without having it in the database.
N_FEATURES = 60
#: Of the demo model's residual stream.
DIMENSION = 96
#: Tokens of a text that shares its request; alone it may have 256, the one in front included.
LONGEST_SHARED = 64


class Numbers(Protocol):
    """What the demo model offers."""

    def feature(self, index: int) -> Row: ...

    def activate(self, source: str, index: str | int, text: str, *, ignore_bos: bool = ...) -> Row: ...

    def active_features(self, text: str, *, bos: bool) -> tuple[list[str], Array]: ...

    def project(self, vector: list[float], text: str, *, ignore_bos: bool) -> Row: ...

    def tokenize(self, text: str) -> tuple[list[int], list[str]]: ...

    def steer(self, body: Row) -> Iterator[Row]: ...

    def steer_chat(self, body: Row) -> Iterator[Row]: ...

    def steering_presets(self) -> Row: ...


class World:
    """Everything that there is to ask for."""

    model = MODEL_ID
    source = SOURCE_ID
    release = "demo-release"

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self.extra: dict[Name, Row] = {}
        #: Models that users have made, and the source sets of any model that they have.
        self.made: dict[str, Row] = {}
        self.made_sets: dict[tuple[str, str], Row] = {}
        self.comments: dict[Name, list[Row]] = {}
        self.explanations: dict[Name, list[Row]] = {}
        #: By the id of their explanation.
        self.scores: dict[str, list[Row]] = {}
        #: Users who have saved a key of a language model's provider on the site.
        self.with_model_key = {"owner"}
        self.lists: dict[str, Row] = {}
        self.bookmarks: list[Row] = []
        self.votes: list[Row] = []
        self.special = {"<bos>"}
        self.steering = Steering()

    def ref(self, index: int = 0, source: str = SOURCE_ID) -> FeatureRef:
        return FeatureRef(MODEL_ID, source, index)

    def is_visible(self, model: str, source: str, key: str | None) -> bool:
        """Whether a source can be read; if not, the answer is as for one that does not exist."""
        if any(name[:2] == (model, source) for name in self.extra) or (model, _set_of(source)) in self.made_sets:
            return True
        visibility = _VISIBILITY.get(source) if model == MODEL_ID else None
        return visibility in ("PUBLIC", "UNLISTED") or (visibility == "PRIVATE" and key == OWNER_KEY)

    def is_listed(self, name: Name) -> bool:
        """Whether the pickers show a feature's source; the broad searches leave out what they do not."""
        return name in self.extra or (name[0] == MODEL_ID and _VISIBILITY.get(name[1]) == "PUBLIC")

    def source_of_set(self, model: str, name: str, key: str | None) -> str | None:
        """Find the one source of a source set; None when there is no such set, for this key."""
        sources = [source for source in _VISIBILITY if _set_of(source) == name]
        return next((source for source in sources if self.is_visible(model, source, key)), None)

    def run(self, text: str, *, is_shared: bool) -> tuple[list[str], Array]:
        """Run a text: its tokens with BOS in front, and the values of all features, shape (tokens, features).

        Raises
        ------
        ValueError
            When it is too long. One that shares its request may be a quarter as long.
        """
        if text in ("", "<bos>"):
            return ["<bos>"], np.zeros((1, 1))
        tokens, values = self.numbers.active_features(text, bos=True)
        if is_shared and len(tokens) > LONGEST_SHARED:
            raise ValueError(f"Text too long: {len(tokens)} tokens, max is {LONGEST_SHARED} for batch requests")
        return tokens, values

    def steer(self, asked: Row) -> Iterator[Row]:
        """Go on with a prompt or with conversations, steered by features of any source that has the demo model's.

        Raises
        ------
        ValueError
            When it is too long.
        RuntimeError
            When nothing runs a source.
        """
        if any(not self.runs_text(row["layer"]) for row in asked["features"]):
            raise RuntimeError("We cannot find the requested files in the local cache.")
        own = [self._run_by(row) for row in asked["features"]]
        run = self.numbers.steer if "prompt" in asked else self.numbers.steer_chat
        return run({**asked, "features": own})

    def _run_by(self, row: Row) -> Row:
        """What steers in a feature's place: the demo's own, for a vector that was uploaded one of the demo's."""
        if (row["modelId"], row["layer"], int(row["index"])) in self.extra:
            return {**row, "layer": VECTOR_SOURCE_ID, "index": 0}
        return {**row, "layer": self.source} if row["layer"] in _VISIBILITY else row

    def ranked_explanations(self, query: str, chosen: Callable[[Name], bool]) -> list[tuple[Name, Row, float]]:
        """All explanations of the chosen features, closest first, by the letters that they share with the query."""
        own = [(name, row["explanations"]) for name, row in self.extra.items()]
        shown = [(index, self.numbers.feature(index)["explanations"]) for index in range(N_FEATURES)]
        demo = [((MODEL_ID, source, index), said) for source in _VISIBILITY for index, said in shown]
        found = [
            (name, explanation, _likeness(query, explanation["description"]))
            for name, explanations in [*own, *demo]
            if chosen(name)
            for explanation in explanations
        ]
        return sorted(found, key=lambda one: -one[2])

    def row(self, model: str, source: str, index: int) -> Row | None:
        """Find a feature, whoever asks."""
        name = (model, source, index)
        row = self.extra.get(name)
        if row is None and model == MODEL_ID and source in _VISIBILITY and 0 <= index < N_FEATURES:
            row = _under(self.numbers.feature(index), source)
        if row is None:
            return None
        added = {"comments": self.comments.get(name), "explanations": self.explanations.get(name)}
        row = row | {key: [*row.get(key, []), *rows] for key, rows in added.items() if rows}
        return row | {"explanations": [self._scored(one) for one in row.get("explanations", [])]}

    def _scored(self, said: Row) -> Row:
        scores = self.scores.get(str(said.get("id")))
        return {**said, "scores": [*said.get("scores", []), *scores]} if scores else said

    def alive(self, model: str, source: str) -> list[Row]:
        """Features of a source that ever fired, in the order of their index."""
        rows = (self.row(model, source, index) for index in range(N_FEATURES))
        return [row for row in rows if row is not None and row["maxActApprox"] > 0]

    def runs_text(self, source: str) -> bool:
        return source != SILENT_SOURCE

    def models(self) -> list[Row]:
        """Model rows with their source sets and sources, unlisted ones included, as everyone gets them."""
        return [_model_row(MODEL_ID, "PUBLIC", full=False), _model_row("demo-hidden", "UNLISTED", full=False)]

    def model_row(self, name: str) -> Row | None:
        row = _model_row(name, "PUBLIC", full=True) if name == MODEL_ID else self.made.get(name)
        if row is None:
            return None
        own = [made for (model, _), made in self.made_sets.items() if model == name]
        return {**row, "sourceSets": [*row.get("sourceSets", []), *own]}

    def source_set(self, model: str, name: str) -> Row | None:
        if (model, name) in self.made_sets:
            return self.made_sets[model, name]
        sources = [source for source in _VISIBILITY if _set_of(source) == name and _VISIBILITY[source] != "PRIVATE"]
        return _source_set_row(sources[0]) if model == MODEL_ID and sources else None


def default_world() -> World:
    """A world of its own, on numbers that are computed once."""
    return World(_numbers())


class DemoNumbers:
    """The demo model, each of its rows computed once for all tests."""

    def __init__(self) -> None:
        from np_widgets.demo import load

        self._model = load()
        self._rows: dict[int, Row] = {}
        self._lock = Lock()
        self.feature(0)  # the first one runs all texts, which no test's timeout should have to wait for

    def feature(self, index: int) -> Row:
        with self._lock:
            if index not in self._rows:
                self._rows[index] = self._model.feature(index)
            return self._rows[index]

    def activate(self, source: str, index: str | int, text: str, *, ignore_bos: bool = True) -> Row:
        return self._model.activate(source, index, text, ignore_bos=ignore_bos)

    def active_features(self, text: str, *, bos: bool) -> tuple[list[str], Array]:
        return self._model.active_features(text, bos=bos)

    def project(self, vector: list[float], text: str, *, ignore_bos: bool) -> Row:
        """What a vector says to a text: plain dot products, which may be negative."""
        row = self._model.activate(VECTOR_SOURCE_ID, 0, text, ignore_bos=ignore_bos)
        residual, _ = self._model._read(text)
        values = (residual @ np.array(vector))[-len(row["tokens"]) :].tolist()
        place = int(np.argmax(values))
        return {**row, "values": values, "maxValue": max(values), "minValue": min(values), "maxValueTokenIndex": place}

    def tokenize(self, text: str) -> tuple[list[int], list[str]]:
        return self._model.tokenize(text)

    def steer(self, body: Row) -> Iterator[Row]:
        return self._model.steer(body)

    def steer_chat(self, body: Row) -> Iterator[Row]:
        return self._model.steer_chat(body)

    def steering_presets(self) -> Row:
        return self._model.steering_presets()


@cache
def _numbers() -> Numbers:
    return DemoNumbers()


_VISIBILITY = {
    SOURCE_ID: "PUBLIC",
    TWIN_SOURCE: "PUBLIC",
    UNLISTED_SOURCE: "UNLISTED",
    PRIVATE_SOURCE: "PRIVATE",
    SILENT_SOURCE: "PUBLIC",
}


def _under(row: Row, source: str) -> Row:
    activations = [{**activation, "layer": source} for activation in row["activations"]]
    return {**row, "layer": source, "sourceSetName": _set_of(source), "activations": activations}


def _likeness(one: str, other: str) -> float:
    pairs, others = (set(map("".join, pairwise(text.lower()))) for text in (one, other))
    return len(pairs & others) / max(len(pairs | others), 1)


def _set_of(source: str) -> str:
    return source.partition("-")[2].partition("__")[0]


def _model_row(name: str, visibility: str, *, full: bool) -> Row:
    listed = [source for source in _VISIBILITY if _VISIBILITY[source] != "PRIVATE"] if name == MODEL_ID else []
    sets = [{**_source_set_row(source), "sources": [_source_row(source, full=full)]} for source in listed]
    return {
        "id": name,
        "displayNameShort": name.upper(),
        "displayName": name.title(),
        "visibility": visibility,
        "defaultSourceSetName": None,
        "defaultSourceId": None,
        "inferenceEnabled": True,
        "instruct": False,
        "thinking": False,
        "layers": 6,
        "neuronsPerLayer": 256,
        "dimension": DIMENSION,
        "owner": "np_widgets",
        "website": None,
        "createdAt": _DATE,
        "updatedAt": _DATE,
        "sourceSets": sorted(sets, key=lambda row: str(row["name"])),
    }


def _source_set_row(source: str) -> Row:
    return {
        "modelId": MODEL_ID,
        "name": _set_of(source),
        "hasDashboards": True,
        "allowInferenceSearch": True,
        "visibility": _VISIBILITY[source],
        "description": "Features of the demo model",
        "type": "Residual Stream",
        "creatorName": "np_widgets",
        "urls": [],
        "releaseName": "demo-release",
        "defaultRange": 1,
        "defaultShowBreaks": True,
        "showDfa": False,
        "showCorrelated": False,
        "showHeadAttribution": False,
        "showUmap": False,
        "createdAt": _DATE,
    }


def _source_row(source: str, *, full: bool) -> Row:
    row: Row = {
        "id": source,
        "modelId": MODEL_ID,
        "visibility": _VISIBILITY[source],
        "setName": _set_of(source),
        "inferenceEnabled": source != SILENT_SOURCE,
        "hasDashboards": True,
        "num_prompts": None,
        "createdAt": _DATE,
    }
    saelens = {
        "saelensRelease": "demo",
        "saelensSaeId": source,
        "saelensConfig": {"hook_name": "blocks.2.hook_resid_pre"},
    }
    return {**row, **saelens} if full else row
