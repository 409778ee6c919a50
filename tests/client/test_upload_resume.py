"""An upload that breaks off is gone on with, and nothing is there twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from np_widgets.client import UploadWarning
from np_widgets.client.uploads import handed
from np_widgets.client.uploads.journal import Heading, Journal
from np_widgets.errors import ConnectionFailed, InvalidRequest, RateLimited, Unconfirmed
from np_widgets.wire import saedashboard
from tests.client.uploading import MODEL, SOURCE, dashboards, feature, features, make_source
from tests.server import OWNER_KEY, LoopbackServer, faults

if TYPE_CHECKING:
    from pathlib import Path

    from np_widgets.client import NeuronpediaClient
    from tests.client.conftest import MakeClient

UPLOAD = "/api/feature/upload-batch"
HEADING = Heading("http://here", MODEL, SOURCE)


@pytest.fixture
def owner(make_client: MakeClient) -> NeuronpediaClient:
    client = make_client(api_key=OWNER_KEY)
    make_source(client)
    return client


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().split("\n")]


def asked(server: LoopbackServer, path: str) -> int:
    return sum(request.path == path for request in server.requests)


def test_answer_that_is_lost_in_the_middle_leaves_nothing_out_and_nothing_twice(
    owner: NeuronpediaClient, server: LoopbackServer, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.jsonl"
    # The source, then for each batch three questions what is there and the batch: the second batch's answer is lost.
    server.fail(*[faults.Pass()] * (1 + 4 + 3), faults.NoResponse())
    with pytest.raises(Unconfirmed) as caught:
        owner.upload_features(features(300), journal=journal)
    assert caught.value.__notes__[0].startswith(
        "128 features had been uploaded by then. journal.jsonl says what has landed. The same call again goes on"
    )
    states = [(line["state"], len(line["indices"])) for line in lines(journal)[1:]]
    assert states == [("sent", 128), ("landed", 128), ("sent", 128)]

    report = owner.upload_features(features(300), journal=journal)
    assert (report.n_landed_before, report.n_existing, report.n_landed) == (128, 128, 44)
    assert "44 uploaded, 128 landed before, 128 there already" in repr(report)
    rows = [row for row in server.world.extra.values() if row["layer"] == SOURCE]
    assert len(rows) == 300
    assert {len(row["activations"]) for row in rows} == {2}
    before = asked(server, "/api/features")
    again = owner.upload_features(features(300), journal=journal)
    assert (again.n_landed_before, again.n_landed) == (300, 0)
    assert asked(server, "/api/features") == before  # the journal knows


def test_limit_in_the_middle_is_gone_on_from(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    server.limiter.limits[UPLOAD] = 1
    with pytest.raises(RateLimited) as caught:
        owner.upload_features(features(200))
    assert "128 features had been uploaded by then. The same call again" in caught.value.__notes__[0]
    server.limiter.limits[UPLOAD] = 100
    assert owner.upload_features(features(200)).n_landed == 72


def test_network_that_is_gone_is_said_before_anything_is_lost(
    owner: NeuronpediaClient, server: LoopbackServer, tmp_path: Path
) -> None:
    server.stop()
    with pytest.raises(ConnectionFailed):
        owner.upload_features(features(2), journal=tmp_path / "journal.jsonl")
    assert not (tmp_path / "journal.jsonl").exists()


@pytest.mark.filterwarnings("ignore::np_widgets.client.UploadWarning")
def test_journal_of_a_folder_lies_in_it(owner: NeuronpediaClient, tmp_path: Path) -> None:
    folder = dashboards(tmp_path, 2, 1)
    report = owner.upload_features(folder)
    assert report.journal == tmp_path / f"upload_{MODEL}_{SOURCE}.jsonl"
    assert lines(report.journal)[0] == {
        "server": owner.base_url,
        "model": MODEL,
        "source": SOURCE,
        "np_widgets_upload": 1,
    }
    assert owner.upload_features(folder).n_landed_before == 3


def test_journal_of_another_upload_is_not_gone_on_with(owner: NeuronpediaClient, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    owner.upload_features([feature(0)], journal=path)
    with pytest.raises(InvalidRequest, match=r"of demo-tiny/2-my-sae on .*, and this goes to demo-tiny/1-my-sae"):
        owner.upload_features([feature(0)], journal=path, source="1-my-sae")
    (tmp_path / "notes.txt").write_text("notes\n")
    with pytest.raises(InvalidRequest, match=r"notes\.txt is the journal of no upload"):
        owner.upload_features([feature(0)], journal=tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text() == "notes\n"


def test_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    first = Journal(path, HEADING)
    first.note("sent", [1, 2])
    first.note("landed", [1, 2])
    with path.open("ab") as file:
        file.write(b'\n{"state": "landed", "ind')
    second = Journal(path, HEADING)
    assert second.done == {1, 2}
    second.note("landed", [3])
    second.note("there", [4])
    second.note("sent", [5])
    assert Journal(path, HEADING).done == {1, 2, 3, 4}


def test_journal_that_is_empty_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.touch()
    Journal(path, HEADING).note("landed", [7])
    assert Journal(path, HEADING).done == {7}


def test_journal_holds_no_key(owner: NeuronpediaClient, tmp_path: Path) -> None:
    owner.upload_features([feature(0)], journal=tmp_path / "journal.jsonl")
    assert OWNER_KEY.encode() not in (tmp_path / "journal.jsonl").read_bytes()


def test_what_someone_else_has_uploaded_meanwhile_is_seen_past_the_cache(
    owner: NeuronpediaClient, make_client: MakeClient, server: LoopbackServer, tmp_path: Path
) -> None:
    cached = make_client(api_key=OWNER_KEY, cache=tmp_path)
    assert cached.get_features([(MODEL, SOURCE, 0)], max_activations=1, missing="skip") == []
    owner.upload_features(features(1))
    report = cached.upload_features(features(1))
    assert (report.n_landed, report.n_existing) == (0, 1)
    assert asked(server, UPLOAD) == 1


def test_features_of_the_same_numbers_elsewhere_are_not_taken_for_these(
    owner: NeuronpediaClient, server: LoopbackServer
) -> None:
    rows = [{"modelId": MODEL, "layer": "3-my-sae", "index": "0", "activations": []}]
    server.fail(faults.Pass(), faults.Body(json.dumps(rows).encode()))
    assert owner.upload_features(features(1)).n_landed == 1


def test_searches_are_asked_again_after_an_upload(
    make_client: MakeClient, server: LoopbackServer, tmp_path: Path
) -> None:
    client = make_client(api_key=OWNER_KEY, cache=tmp_path)
    make_source(client)
    for number in range(2):
        for _ in range(2):
            client.search_explanations("fires on", model=MODEL, sources=[SOURCE])
        assert asked(server, "/api/explanation/search") == number + 1
        client.upload_features([feature(number)])


def test_of_a_folder_each_file_is_read_when_it_is_its_turn(
    owner: NeuronpediaClient, server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_by_then: list[int] = []

    def read(path: Path) -> saedashboard.Batch:
        sent_by_then.append(asked(server, UPLOAD))
        return saedashboard.read_batch(path)

    monkeypatch.setattr(handed, "read_batch", read)
    with pytest.warns(UploadWarning):
        assert owner.upload_features(dashboards(tmp_path, 10, 10, 10), batch_size=10).n_landed == 30
    assert sent_by_then == [0, 0, 0, 0, 0, 1]  # all are looked through; then the next is begun to fill a request
