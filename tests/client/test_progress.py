"""Bars: what is written in several requests counts up to all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pytest

from tests.client.uploading import MODEL, features, make_source
from tests.server import OWNER_KEY, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from np_widgets.client import NeuronpediaClient
    from tests.client.conftest import MakeClient


class Bar:
    """Counts as tqdm does."""

    drawn: list[Bar]

    def __init__(self, *, total: int, desc: str, **settings: Any) -> None:
        assert (settings["delay"], settings["leave"]) == (1, False)
        self.total, self.desc, self.counted = total, desc, 0
        self.drawn.append(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None: ...

    def update(self, count: int) -> None:
        self.counted += count


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Bar]:
    bars: list[Bar] = []
    monkeypatch.setattr(Bar, "drawn", bars, raising=False)
    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    return bars


REFS = [f"{MODEL}/2-my-sae/{index}" for index in range(120)]
WORK: list[tuple[str, int, Callable[[NeuronpediaClient], object]]] = [
    ("Upload", 130, lambda client: client.upload_features(features(130))),
    ("Upload", 120, lambda client: client.upload_features(features(120), batch_size=100)),  # all of them are there
    ("List", 120, lambda client: client.add_to_list(client.create_list("mine"), REFS)),
    ("Explanations", 3, lambda client: client.generate_explanations(REFS[:3])),
    ("Scores", 3, lambda client: client.score_explanations(client.generate_explanations(REFS[:3]))),
]


@pytest.mark.parametrize(("label", "total", "work"), WORK)
def test_bar_counts_up_to_all(
    label: str, total: int, work: Callable[[NeuronpediaClient], object], drawn: list[Bar], make_client: MakeClient
) -> None:
    client = make_client(api_key=OWNER_KEY)
    make_source(client)
    client.upload_features(features(120))
    drawn.clear()
    work(client)
    assert (drawn[-1].desc, drawn[-1].total, drawn[-1].counted) == (label, total, total)


def test_bar_counts_what_the_journal_knows_and_one_request_has_none(
    drawn: list[Bar], make_client: MakeClient, server: LoopbackServer, tmp_path: Any
) -> None:
    client = make_client(api_key=OWNER_KEY)
    make_source(client)
    client.upload_features(features(100), journal=tmp_path / "journal.jsonl")
    assert drawn == []
    asked = len(server.requests)
    client.upload_features(features(150), journal=tmp_path / "journal.jsonl")
    assert [(bar.total, bar.counted) for bar in drawn] == [(150, 150)]
    assert len(server.requests) == asked + 3  # the source, what is there of fifty, and these
