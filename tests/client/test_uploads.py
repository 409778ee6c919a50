"""Uploads: looked through before anything is sent, sent in batches, and read back as they were announced."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from np_widgets.client import UploadWarning
from np_widgets.client.uploads import sending
from np_widgets.errors import InvalidRequest, NotFound, ServerError, Unauthorized
from np_widgets.models import Explanation, ExplanationScore, LogitWeights, Model, QuantileInterval, frozen_array
from tests.client.uploading import MODEL, SOURCE, dashboards, example, feature, features, make_source
from tests.server import OTHER_KEY, OWNER_KEY, LoopbackServer

if TYPE_CHECKING:
    from pathlib import Path

    from np_widgets.client import NeuronpediaClient
    from tests.client.conftest import MakeClient


@pytest.fixture
def owner(make_client: MakeClient) -> NeuronpediaClient:
    client = make_client(api_key=OWNER_KEY)
    make_source(client)
    return client


def batches(server: LoopbackServer) -> list[list[int]]:
    """The indices of each request that uploaded."""
    bodies = [json.loads(one.body) for one in server.requests if one.path == "/api/feature/upload-batch"]
    return [[row["index"] for row in body["features"]] for body in bodies]


def test_feature_appears_as_the_dry_run_said(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    given = feature(7)
    before = len(server.requests)
    (shown,) = owner.upload_features([given], dry_run=True)
    assert len(server.requests) == before
    report = owner.upload_features([given])
    assert (report.n_features, report.n_landed, report.n_existing, report.refused) == (1, 1, 0, ())
    there = owner.get_feature((MODEL, SOURCE, 7))
    assert shown.provenance
    assert "not uploaded" in (shown.provenance.note or "")
    for name in ("ref", "density", "max_activation", "promoted", "suppressed", "explanation", "is_dead", "source_set"):
        assert getattr(there, name) == getattr(shown, name), name
    assert shown.source_set == "my-sae"
    for one, other, own in zip(there.activations, shown.activations, given.activations, strict=True):
        assert one.tokens == other.tokens == own.tokens
        np.testing.assert_array_equal(one.values, own.values)
        assert (one.peak, one.peak_index, one.minimum) == (other.peak, other.peak_index, other.minimum)
        assert one.interval == other.interval == own.interval
    assert shown.activations[0].interval == QuantileInterval(high=3.5, is_top=True)
    assert report.url == f"{server.url}/{MODEL}/{SOURCE}"
    assert "of 1 feature 1 uploaded" in repr(report)


def test_many_go_in_batches_of_128(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    report = owner.upload_features(features(300))
    assert report.n_landed == 300
    assert list(map(len, batches(server))) == [128, 128, 44]
    assert [row.explanation for row in owner.get_features([(MODEL, SOURCE, 299)])] == ["fires on 299"]


def test_batches_stay_below_what_hosts_let_through(
    owner: NeuronpediaClient, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_LARGEST_BODY", 2_000)
    owner.upload_features(features(20))
    assert sum(map(len, batches(server))) == 20
    assert len(batches(server)) > 2
    assert all(len(one.body) < 2_500 for one in server.requests)


def test_what_is_there_is_not_sent_again_since_its_examples_would_be_there_twice(
    owner: NeuronpediaClient, server: LoopbackServer
) -> None:
    owner.upload_features(features(3))
    report = owner.upload_features(features(5))
    assert (report.n_landed, report.n_existing) == (2, 3)
    assert batches(server) == [[0, 1, 2], [3, 4]]
    assert owner.upload_features(features(5)).n_landed == 0
    assert len(batches(server)) == 2
    assert len(owner.get_feature((MODEL, SOURCE, 0)).activations) == 2


def test_uploaded_features_are_seen_at_once(make_client: MakeClient, tmp_path: Path) -> None:
    client = make_client(api_key=OWNER_KEY, cache=tmp_path)
    make_source(client)
    assert client.get_features([(MODEL, SOURCE, 0)], missing="skip") == []
    client.upload_features([feature(0)])
    assert len(client.get_features([(MODEL, SOURCE, 0)])) == 1


def test_what_is_not_stored_is_said_before_anything_is_sent(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    score = ExplanationScore(value=0.5)
    said = Explanation(text="x", author_model="gpt-4o-mini", method="np_max-act", scores=(score,))
    rich = feature(
        1,
        vector=frozen_array([1.0]),
        explanations=(said, Explanation(text="y", method="my-own")),
        promoted=LogitWeights(tokens=(" a", None, " b"), values=frozen_array([1, 2, float("nan")])),
    )
    with pytest.warns(UploadWarning) as caught:
        report = owner.upload_features([feature(0), rich])
    sentences = [str(warning.message) for warning in caught]
    assert sentences == list(report.not_stored)
    text = " ".join(sentences)
    for part in (
        "does not store its vector, which 1 of 2 features have",
        "the model that wrote an explanation",
        "scores of explanations",
        "the kind of explanation 'my-own'",
        "without a token or a value",
    ):
        assert part in text
    assert "'np_max-act'" not in text
    (sent,) = [json.loads(one.body) for one in server.requests if one.path == "/api/feature/upload-batch"]
    assert sent["features"][1]["explanations"] == [{"text": "x", "methodName": "np_max-act"}, {"text": "y"}]
    assert sent["features"][1]["topLogits"] == [{"token": " a", "value": 1.0}]
    assert "vector" not in sent["features"][1]


FAULTS = [
    ({"index": 10_000_001}, "beyond 10,000,000"),
    ({"density": 1.5}, "the density is 1.5"),
    ({"activations": ()}, "it has no examples"),
    ({"activations": (example(0, 1, tokens=("a", "")),)}, "example 1 has an empty token at position 1"),
    ({"activations": (example(1.0), example(float("nan")))}, "example 2 has no number for the token at position 0"),
    ({"activations": (example(*[1.0] * 1025),)}, "has 1,025 tokens"),
    ({"activations": (example(1.0, interval=QuantileInterval(low=0, high=1, fraction=2)),)}, "the share 2"),
    ({"activations": (example(1.0, interval=QuantileInterval(low=0, high=1e9)),)}, "bounds are too large"),
    ({"explanations": (Explanation(text="x" * 513),)}, "513 characters; it may have 512"),
    ({"activations": (example(1.0, tokens=("\ud800",)),)}, "cannot be written as JSON"),
]


@pytest.mark.parametrize(("fault", "words"), FAULTS, ids=[words for _, words in FAULTS])
def test_one_feature_that_cannot_be_uploaded_stops_all_or_is_left_out(
    fault: dict[str, Any], words: str, owner: NeuronpediaClient, server: LoopbackServer
) -> None:
    given = [feature(0), feature(**{"index": 1, **fault})]
    with pytest.raises(InvalidRequest) as caught:
        owner.upload_features(given)
    assert "1 of 2 features cannot be uploaded, so nothing was sent: feature" in str(caught.value)
    assert words in str(caught.value)
    assert batches(server) == []
    report = owner.upload_features(given, invalid="skip")
    assert (report.n_features, report.n_landed) == (2, 1)
    assert words in report.refused[0].reason
    assert batches(server) == [[0]]


def test_index_that_stands_twice_is_refused_and_only_the_first_five_faults_are_named(owner: NeuronpediaClient) -> None:
    with pytest.raises(InvalidRequest, match="feature 3: the index stands twice, here and as number 1"):
        owner.upload_features([feature(3), feature(3)])
    with pytest.raises(InvalidRequest, match="And 4 more"):
        owner.upload_features([feature(index, activations=()) for index in range(9)])


@pytest.mark.parametrize(
    ("given", "more", "words"),
    [
        ([], {}, "no features to upload"),
        (5, {}, "5 are no features"),
        ([5], {}, "Number 1 of what was handed over is int"),
        ("nowhere", {}, "'nowhere' is no folder"),
        ([feature(0), feature(1, source="3-my-sae")], {}, "are of 2 sources: demo-tiny/2-my-sae, demo-tiny/3-my-sae"),
        ([feature(0)], {"source": "2-MY-SAE"}, "capital letters"),
        ([feature(0)], {"invalid": "ignore"}, "invalid is 'ignore'"),
        ([feature(0)], {"model": "a b"}, "is not the id of a model"),
    ],
)
def test_what_is_no_upload_is_refused(
    given: Any, more: dict[str, Any], words: str, owner: NeuronpediaClient, server: LoopbackServer
) -> None:
    before = len(server.requests)
    with pytest.raises(InvalidRequest) as caught:
        owner.upload_features(given, **more)
    assert words in str(caught.value)
    assert len(server.requests) == before


def test_features_of_another_source_go_where_they_are_sent(owner: NeuronpediaClient) -> None:
    mixed = [feature(0, model="gpt2-small", source="6-res-jb"), feature(1)]
    report = owner.upload_features(mixed, model=MODEL, source="1-my-sae")
    assert (report.source, report.n_landed) == ("1-my-sae", 2)
    assert owner.get_feature((MODEL, "1-my-sae", 1)).explanation == "fires on 1"


def test_source_that_does_not_exist_is_said_to_be_made_first(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(NotFound, match=r'client\.create_source_set\("other", model="demo-tiny"\) makes one'):
        owner.upload_features([feature(0)], source="2-other")
    with pytest.raises(NotFound, match="no source 9-my-sae"):
        owner.upload_features([feature(0)], source="9-my-sae")
    assert batches(server) == []


def test_source_of_someone_else_and_no_key_at_all(owner: NeuronpediaClient, make_client: MakeClient) -> None:
    assert owner.has_key
    with pytest.raises(ServerError, match="the source set is not yours"):
        make_client(api_key=OTHER_KEY).upload_features([feature(0)])
    with pytest.raises(Unauthorized):
        make_client().upload_features([feature(0)])


def test_mappings_describe_features(owner: NeuronpediaClient) -> None:
    rows = [
        {
            "model": MODEL,
            "sae_id": "my-sae",
            "layer": 2,
            "index": index,
            "activations": [(["a", " b"], [0, 1.5])],
            "density": 0.5,
            "explanation": ["one", "two"],
            "promoted": {" x": 2.0},
            "suppressed": [(" y", -1)],
        }
        for index in range(2)
    ]
    owner.upload_features(rows)
    there = owner.get_feature((MODEL, SOURCE, 1))
    assert [explanation.text for explanation in there.explanations] == ["one", "two"]
    assert (there.density, there.promoted.tokens, there.suppressed.values.tolist()) == (0.5, (" x",), [-1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"vector": [1.0], "metadata": {}}, "does not store vector and metadata"),
        ({"activations": None}, "Number 1 of the features needs activations"),
        ({"activatons": []}, "has no activatons (is it activations?)"),
        ({"explanation": 5}, "The explanation of demo-tiny/2-my-sae/0 is 5"),
        ({"promoted": 5}, "The promoted tokens of demo-tiny/2-my-sae/0 are 5"),
        ({"index": -1}, "is not a feature's index"),
    ],
)
def test_mappings_are_held_to_what_is_stored(change: dict[str, Any], words: str, owner: NeuronpediaClient) -> None:
    row = {"model": MODEL, "source": SOURCE, "index": 0, "activations": [(["a"], [1])], **change}
    with pytest.raises(InvalidRequest) as caught:
        owner.upload_features([row])
    assert words in str(caught.value)


def test_frame_of_tokens_is_the_way_back_from_to_dataframe(owner: NeuronpediaClient) -> None:
    import np_widgets

    given = [feature(index) for index in (5, 3)]
    frame = np_widgets.to_dataframe(given, "tokens")
    owner.upload_features(frame)
    for own in given:
        there = owner.get_feature(own.ref)
        assert [one.tokens for one in there.activations] == [one.tokens for one in own.activations]
        np.testing.assert_array_equal(there.activations[1].values, own.activations[1].values)


def test_frame_with_a_row_for_each_example(owner: NeuronpediaClient) -> None:
    frame = pd.DataFrame(
        {
            "index": [4, 4, 9],
            "tokens": [["a", " b"], ["c"], ["d"]],
            "values": [[0, 1.5], np.array([2.0]), [3]],
            "density": [0.1, 0.1, None],
            "explanation": ["letters", None, None],
            "colour": ["red", "red", "blue"],
        }
    )
    with pytest.warns(UploadWarning, match="An upload does not read the column 'colour'"):
        report = owner.upload_features(frame, model=MODEL, source=SOURCE)
    assert report.n_landed == 2
    four, nine = owner.get_features([(MODEL, SOURCE, 4), (MODEL, SOURCE, 9)])
    assert (four.density, four.explanation, len(four.activations)) == (0.1, "letters", 2)
    assert (nine.density, nine.explanation) == (None, None)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"a": [1]}), "has the columns a"),
        (pd.DataFrame({"index": [1], "tokens": [["a"]], "values": [[1]]}), "does not say of which source"),
        (
            pd.DataFrame({"model": "m", "source": "s", "index": [1], "tokens": [["a"]], "values": [[1, 2]]}),
            "Example 1 of feature 1 of the frame has 1 tokens and 2 values",
        ),
        (
            pd.DataFrame({"model": "m", "source": "s", "index": 1, "tokens": [["a"]] * 2, "values": [[1]] * 2}).assign(
                density=[0.1, 0.2]
            ),
            "The rows of feature 1 of the frame differ in density",
        ),
    ],
)
def test_frame_that_is_none_of_features_is_refused(frame: Any, words: str, owner: NeuronpediaClient) -> None:
    with pytest.raises(InvalidRequest) as caught:
        owner.upload_features(frame)
    assert words in str(caught.value)


def test_folder_of_saedashboard_is_uploaded_file_by_file(owner: NeuronpediaClient, tmp_path: Path) -> None:
    folder = dashboards(tmp_path, 3, 2)
    with pytest.warns(UploadWarning, match="histogram of activations|aligned"):
        report = owner.upload_features(folder)
    assert (report.model, report.source, report.n_landed) == (MODEL, SOURCE, 5)
    there = owner.get_feature((MODEL, SOURCE, 4))
    assert (there.density, there.max_activation) == (0.25, 3.5)
    assert there.activations[0].interval == QuantileInterval(high=3.5, is_top=True)
    assert there.activations[1].interval == QuantileInterval(low=1, high=2, fraction=0.1)


def test_dry_run_of_a_folder_needs_no_network(owner: NeuronpediaClient, server: LoopbackServer, tmp_path: Path) -> None:
    server.stop()
    shown = owner.upload_features(str(dashboards(tmp_path, 2)), dry_run=True)
    assert [one.ref.index for one in shown] == [0, 1]
    assert list(tmp_path.glob("*.jsonl")) == []


def test_model_and_source_set_are_made(owner: NeuronpediaClient) -> None:
    made = owner.create_model("my-model", layers=3, name="My model", url="https://example.org/m")
    assert isinstance(made, Model)
    assert (made.id, made.layers, made.dimension, made.name) == ("my-model", 3, None, "My model")
    sets = owner.create_source_set("new-sae", model="my-model", description="mine", url="https://example.org")
    assert [source.id for source in sets.sources] == ["0-new-sae", "1-new-sae", "2-new-sae"]
    owner.upload_features([feature(0)], model="my-model", source="1-new-sae")
    assert owner.get_feature(("my-model", "1-new-sae", 0)).explanation == "fires on 0"
    with pytest.raises(InvalidRequest, match="Model already exists"):
        owner.create_model("my-model", layers=3)
    with pytest.raises(InvalidRequest, match="name already exists"):
        owner.create_source_set("new-sae", model="my-model")
    with pytest.raises(InvalidRequest, match="does not know the dimension"):
        owner.upload_vector([1.0], model="my-model", layer=0, hook="hook_resid_pre", name="x")


@pytest.mark.parametrize("name", ["", "a", "My-model", "-a", "a-", "a b", "1a", "a" * 33, None, "ä" * 3])
def test_id_that_no_model_can_have(name: Any, owner: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(InvalidRequest, match="can be no model's id"):
        owner.create_model(name, layers=1)
    assert "/api/model/new" not in [one.path for one in server.requests]


def test_id_that_can_be_made_of_a_hugging_face_name_is_suggested(owner: NeuronpediaClient) -> None:
    with pytest.raises(InvalidRequest, match=r'such as "llama-3\.1-8b"'):
        owner.create_model("meta-llama/Llama-3.1-8B", layers=32)
    with pytest.raises(InvalidRequest, match='such as "my-model"'):
        owner.create_model("-", layers=1)


@pytest.mark.parametrize("name", ["", "My-sae", "a--b", "a-", "-a", "a_b", "neurons", "a b", None])
def test_name_that_no_source_set_can_have(name: Any, owner: NeuronpediaClient) -> None:
    with pytest.raises(InvalidRequest, match="can be no source set's name"):
        owner.create_source_set(name, model=MODEL)


def test_other_limits_of_what_is_made(owner: NeuronpediaClient) -> None:
    with pytest.raises(InvalidRequest, match="layers is 128; it must be a whole number from 1 to 127"):
        owner.create_model("fine", layers=128)
    with pytest.raises(InvalidRequest, match="65 characters"):
        owner.create_model("fine", layers=1, name="x" * 65)
    with pytest.raises(InvalidRequest, match="129 characters"):
        owner.create_source_set("fine", model=MODEL, description="x" * 129)
    with pytest.raises(InvalidRequest, match="is no web address"):
        owner.create_source_set("fine", model=MODEL, url="example.org")
    with pytest.raises(InvalidRequest, match="is no web address"):
        owner.create_model("fine", layers=1, url="ftp://example.org")
