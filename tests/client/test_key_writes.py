"""The key shows in nothing that a write leaves behind: errors and their notes, reports, warnings, logs, files."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from np_widgets.client import UploadWarning
from np_widgets.client.routes import is_repeatable
from np_widgets.errors import NeuronpediaError
from np_widgets.models import FeatureRef, frozen_array
from tests.client.test_key import CANARY, ECHOES, SILENT
from tests.client.uploading import MODEL, SOURCE, feature, features
from tests.server import LoopbackServer, accounts, faults
from tests.server.world import DIMENSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from np_widgets.client import NeuronpediaClient
    from tests.client.conftest import MakeClient
    from tests.server.exchange import Wire

REF = f"{MODEL}/2-demo-sae/7"
VECTOR: dict[str, Any] = {"model": MODEL, "layer": 2, "hook": "hook_resid_pre", "name": "ones"}

FAULTS: list[Any] = [*ECHOES, *SILENT]
#: What the server keeps of what was written.
KEPT = ("extra", "made", "made_sets", "comments", "explanations", "scores", "lists", "bookmarks", "votes")


class Made(NamedTuple):
    """What is there for a write to change."""

    list_id: str
    vector: FeatureRef
    explanation: str
    comment: str


WRITES: dict[str, Callable[[NeuronpediaClient, Made], object]] = {
    "upload_vector": lambda client, _: client.upload_vector([1.0] * DIMENSION, **VECTOR),
    "delete_vector": lambda client, made: client.delete_vector(made.vector),
    "upload_activations": lambda client, made: client.upload_activations(made.vector, [(["a"], [1])]),
    "create_model": lambda client, _: client.create_model("mine", layers=2),
    "create_source_set": lambda client, _: client.create_source_set("mine", model=MODEL),
    "upload_features": lambda client, _: client.upload_features([feature(9)]),
    "create_list": lambda client, _: client.create_list("mine", [REF]),
    "add_to_list": lambda client, made: client.add_to_list(made.list_id, [REF]),
    "remove_from_list": lambda client, made: client.remove_from_list(made.list_id, REF),
    "describe_in_list": lambda client, made: client.describe_in_list(made.list_id, REF, "why"),
    "update_list": lambda client, made: client.update_list(made.list_id, name="mine"),
    "delete_list": lambda client, made: client.delete_list(made.list_id),
    "comment_list": lambda client, made: client.comment_list(made.list_id, "so"),
    "add_bookmark": lambda client, _: client.add_bookmark(REF),
    "delete_bookmark": lambda client, _: client.delete_bookmark(REF),
    "add_comment": lambda client, _: client.add_comment(REF, "It fires."),
    "delete_comment": lambda client, made: client.delete_comment(REF, made.comment),
    "vote": lambda client, made: client.vote(made.explanation),
    "unvote": lambda client, made: client.unvote(made.explanation),
    "generate_explanation": lambda client, _: client.generate_explanation(REF, method="np_max-act"),
    "score_explanation": lambda client, made: client.score_explanation(made.explanation),
    "delete_explanation": lambda client, made: client.delete_explanation(made.explanation),
    "request": lambda client, _: client.request("POST", "/api/graph/generate", {}),
    "stream": lambda client, _: list(client.stream("POST", "/api/lens/prompt", {})),
}


@dataclass
class OnWrites:
    """Lets reads pass."""

    fault: faults.Fault

    def strike(self, wire: Wire) -> None:
        is_read = is_repeatable(wire.request.method, wire.request.path)
        (faults.Pass() if is_read else self.fault).strike(wire)


@pytest.fixture
def keyed(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> NeuronpediaClient:
    """A client whose key is the canary, which the server knows."""
    monkeypatch.setitem(accounts.USERS, CANARY, "owner")
    return make_client(api_key=CANARY, cache=tmp_path / "cache")


@pytest.fixture
def made(keyed: NeuronpediaClient) -> Made:
    keyed.create_source_set("my-sae", model=MODEL)
    vector = keyed.upload_vector([1.0] * DIMENSION, **VECTOR)
    explanation, comment = keyed.generate_explanation(REF), keyed.add_comment(REF, "It fires.")
    return Made(keyed.create_list("mine", [REF]).id, vector, explanation.id or "", comment.id or "")


@pytest.mark.parametrize("name", WRITES)
def test_key_shows_in_no_error_of_a_write_and_no_log(
    name: str, keyed: NeuronpediaClient, made: Made, server: LoopbackServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = {kept: copy.deepcopy(getattr(server.world, kept)) for kept in KEPT}
    for fault in FAULTS:
        vars(server.world).update(copy.deepcopy(before))  # a fault loses the answer, and not what the server did
        server.always(OnWrites(fault))
        with pytest.raises(NeuronpediaError) as caught:
            WRITES[name](keyed, made)
        error = caught.value
        assert not is_repeatable(server.requests[-1].method, server.requests[-1].path)
        assert server.requests[-1].key == CANARY
        notes = getattr(error, "__notes__", [])
        lines = traceback.TracebackException.from_exception(error, capture_locals=fault in SILENT).format()
        shown = "".join([repr(error), str(error), repr(vars(error)), error.remedy, *notes, *lines])
        assert CANARY not in shown.replace(repr(fault), ""), fault
        assert CANARY.encode() not in pickle.dumps(error)
    assert CANARY not in caplog.text


def test_key_shows_in_no_report_warning_journal_or_copy(
    keyed: NeuronpediaClient, server: LoopbackServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keyed.create_source_set("my-sae", model=MODEL)
    journal = tmp_path / "journal.jsonl"
    with pytest.warns(UploadWarning) as warned:
        report = keyed.upload_features([*features(3), feature(3, vector=frozen_array([1.0]))], journal=journal)
    server.always(faults.Status(400, {"message": f"bad key {CANARY}"}))
    with pytest.raises(NeuronpediaError) as caught:
        keyed.upload_features(features(6), journal=journal, source=SOURCE)
    server.always(None)
    keyed.get_catalogue()
    server.always(faults.Status(400, {"message": f"bad key {CANARY}"}))
    reported = keyed.generate_explanations([REF, f"{MODEL}/2-demo-sae/8"])
    assert len(reported.failed) == 2
    server.always(None)
    ref = keyed.upload_vector([1.0] * DIMENSION, **VECTOR)
    saved = keyed.create_list("mine", [REF])
    shown = [repr(one) for one in (report, reported, keyed, keyed.get_vector(ref), saved, keyed.list_bookmarks())]
    shown += [one._repr_html_() for one in (reported, saved)]  # as a notebook keeps them
    shown += [str(reported.failed), str(report.not_stored), *(str(warning.message) for warning in warned)]
    shown += [str(caught.value), *getattr(caught.value, "__notes__", []), keyed.quick_list_url([REF], "mine")]
    assert not [text for text in shown if CANARY in text]
    assert CANARY not in "".join(capsys.readouterr())
    keyed.close()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"journal.jsonl", "answers.sqlite"}
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]
    assert not [one for one in server.requests if CANARY in one.path or CANARY.encode() in one.body]
