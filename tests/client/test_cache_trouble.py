"""A cache that is damaged, busy, or in the way costs copies, never a read."""

from __future__ import annotations

import sqlite3
import warnings
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from np_widgets.client import CacheWarning
from np_widgets.errors import NeuronpediaError

if TYPE_CHECKING:
    from pathlib import Path

    from np_widgets.models import Feature, Provenance
    from tests.client.conftest import MakeClient
    from tests.server import LoopbackServer

REF = "demo-tiny/2-demo-sae/7"


def origin_of(feature: Feature) -> Provenance:
    assert feature.provenance
    return feature.provenance


def test_lost_salt_costs_the_copies_and_nothing_else(
    make_client: MakeClient, server: LoopbackServer, tmp_path: Path
) -> None:
    with make_client(cache=tmp_path) as client:
        client.get_feature(REF)
    (tmp_path / "salt").write_bytes(b"short")
    assert not origin_of(make_client(cache=tmp_path).get_feature(REF)).cached
    assert len(server.requests) == 2


def damage_file(folder: Path) -> None:
    (folder / "answers.sqlite").write_bytes(b"this is no database" * 100)


def put_folder_in_the_way(folder: Path) -> None:
    (folder / "answers.sqlite").mkdir()


def take_folder_away(folder: Path) -> None:
    folder.rmdir()
    folder.write_text("a file where the folder should be")


@pytest.mark.parametrize("harm", [damage_file, put_folder_in_the_way, take_folder_away])
def test_broken_cache_is_warned_of_once_and_reads_go_on(
    harm: object, make_client: MakeClient, server: LoopbackServer, tmp_path: Path
) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    assert callable(harm)
    harm(folder)
    client = make_client(cache=folder)
    with pytest.warns(CacheWarning, match="clear_cache") as caught:
        client.get_feature(REF)
    assert len(caught) == 1
    assert [client.get_feature(REF).index for _ in range(2)] == [7, 7]  # a second warning would be an error
    assert len(server.requests) == 3


def test_cache_that_breaks_later_is_left_alone(make_client: MakeClient, server: LoopbackServer, tmp_path: Path) -> None:
    client = make_client(cache=tmp_path)
    client.get_feature(REF)
    damage_file(tmp_path)
    with pytest.warns(CacheWarning):
        assert client.get_feature(REF).index == 7
    client.clear_cache()  # the remedy that the warning names
    client.get_feature(REF)
    assert origin_of(client.get_feature(REF)).cached
    assert len(server.requests) == 3


def test_damaged_entry_is_fetched_again(make_client: MakeClient, server: LoopbackServer, tmp_path: Path) -> None:
    for value in (b"junk", None, "text"):
        with make_client(cache=tmp_path) as client:
            client.get_feature(REF, refresh=True)
        with closing(sqlite3.connect(tmp_path / "answers.sqlite")) as file, file:
            file.execute("UPDATE answers SET value = ?", (value,))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CacheWarning)
            assert not origin_of(make_client(cache=tmp_path).get_feature(REF)).cached
    assert len(server.requests) == 6


def test_copy_larger_than_the_client_reads_is_passed_over(
    make_client: MakeClient, server: LoopbackServer, tmp_path: Path
) -> None:
    make_client(cache=tmp_path).get_feature(REF)
    with pytest.raises(NeuronpediaError, match="larger"):
        make_client(cache=tmp_path, max_bytes=100).get_feature(REF)
    assert len(server.requests) == 2


def test_file_that_another_process_holds_costs_only_the_copy(
    make_client: MakeClient, server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("np_widgets.client.cache._BUSY_SECONDS", 0.01)
    client = make_client(cache=tmp_path)
    client.get_feature(REF)
    with closing(sqlite3.connect(tmp_path / "answers.sqlite")) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert client.get_feature("demo-tiny/2-demo-sae/8").index == 8
    assert not origin_of(client.get_feature("demo-tiny/2-demo-sae/8")).cached
    assert origin_of(client.get_feature("demo-tiny/2-demo-sae/8")).cached
    assert len(server.requests) == 3


def test_file_that_grew_too_large_is_begun_anew(
    make_client: MakeClient, server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with make_client(cache=tmp_path) as client:
        client.get_feature(REF)
    monkeypatch.setattr("np_widgets.client.cache.LARGEST_FILE", 10)
    assert not origin_of(make_client(cache=tmp_path).get_feature(REF)).cached
    assert len(server.requests) == 2
