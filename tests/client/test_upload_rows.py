"""Rows of the user's own that cannot be read: each is named, and the others may go without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from np_widgets.errors import InvalidRequest, NotFound, ServerError
from tests.client.uploading import MODEL, SOURCE, make_source
from tests.server import OWNER_KEY, LoopbackServer, faults

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient
    from tests.client.conftest import MakeClient


@pytest.fixture
def owner(make_client: MakeClient) -> NeuronpediaClient:
    client = make_client(api_key=OWNER_KEY)
    make_source(client)
    return client


def row(index: Any, **change: Any) -> dict[str, Any]:
    return {"model": MODEL, "source": SOURCE, "index": index, "activations": [(["a"], [1])], **change}


BROKEN = [
    ({"activations": [(["a"], [1, 2])]}, "Example 1 of demo-tiny/2-my-sae/1 has 1 tokens and 2 values"),
    ({"activations": "a text"}, "are not a list of them"),
    ({"explanation": ""}, "The explanation of demo-tiny/2-my-sae/1 is ''"),
    ({"promoted": 5}, "The promoted tokens of demo-tiny/2-my-sae/1 are 5"),
    ({"index": -1}, "-1 is not a feature's index"),
    ({"density": "high"}, "The density of demo-tiny/2-my-sae/1 is 'high'"),
]


@pytest.mark.parametrize(("change", "words"), BROKEN, ids=[words for _, words in BROKEN])
def test_mapping_with_a_broken_value_stops_all_or_is_left_out(
    change: dict[str, Any], words: str, owner: NeuronpediaClient
) -> None:
    given = [row(0), {**row(1), **change}, row(2)]
    with pytest.raises(InvalidRequest) as caught:
        owner.upload_features(given)
    assert "1 of 3 features cannot be uploaded, so nothing was sent: number 2: " in str(caught.value)
    assert words in str(caught.value)
    report = owner.upload_features(given, invalid="skip")
    assert (report.n_features, report.n_landed) == (3, 2)
    assert words in str(report.refused[0])
    assert [one.index for one in owner.get_features([(MODEL, SOURCE, index) for index in (0, 2)])] == [0, 2]


def test_all_that_are_broken_are_named_at_once(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    given = [row(0, explanation=""), row(1, density=2), row(2, promoted=5), row(3)]
    with pytest.raises(InvalidRequest, match="3 of 4 features") as caught:
        owner.upload_features(given)
    assert all(words in str(caught.value) for words in ("number 1: ", "feature 1: ", "number 3: "))
    with pytest.raises(InvalidRequest, match="1 of 1 features"):
        owner.upload_features(given[:1], invalid="skip")  # and so it says of no source that it goes to it
    assert "/api/feature/upload-batch" not in [one.path for one in server.requests]


def test_what_no_feature_has_a_place_for_is_refused_also_where_the_broken_are_left_out(
    owner: NeuronpediaClient,
) -> None:
    with pytest.raises(InvalidRequest, match="does not store metadata"):
        owner.upload_features([row(0), row(1, metadata={})], invalid="skip")


def test_source_that_is_misspelt_is_guessed(owner: NeuronpediaClient) -> None:
    with pytest.raises(NotFound, match=r"Is it 2-my-sae\?"):
        owner.upload_features([row(0)], source="2-my-sea")
    with pytest.raises(NotFound, match=r'Is it .-my-sae\?.*create_source_set\("my-sae"'):
        owner.upload_features([row(0)], source="my-sae")


def test_options_that_no_upload_has_are_refused_in_words(owner: NeuronpediaClient) -> None:
    with pytest.raises(InvalidRequest, match="does not store visibility"):
        owner.batch_upload_features([row(0)], visibility="private")
    said = r"does not store license.* upload_features has no jurnal \(is it journal\?\)"
    with pytest.raises(InvalidRequest, match=said):
        owner.upload_features([row(0)], license="MIT", jurnal="x")  # type: ignore[call-overload]  # refused by mypy too
    with pytest.raises(InvalidRequest, match=r"has no journl \(is it journal\?\)"):
        owner.upload_crosscoder_features(
            model=MODEL, crosscoder_id="my-sae", layer=2, features=[row(0)], journl="upload.jsonl"
        )


def test_source_set_that_is_made_and_cannot_be_read_back_is_named(
    owner: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.fail(faults.Pass(), faults.Status(500))
    with pytest.raises(ServerError) as caught:
        owner.create_source_set("other", model=MODEL)
    assert caught.value.__notes__ == [f"The source set itself is made: {MODEL}/other."]


def test_rows_of_a_frame_with_a_broken_value_stop_all_or_are_left_out(owner: NeuronpediaClient) -> None:
    frame = pd.DataFrame(
        {
            "index": [0.0, float("nan"), 1.5, 3, 4, 5],
            "tokens": [["a"]] * 6,
            "values": [[1], [1], [1], [1, 2], [1], [1]],
            "density": [0.5, 0.5, 0.5, 0.5, "high", 0.5],
        }
    )
    frame = frame.assign(model=MODEL, source=SOURCE)
    with pytest.raises(InvalidRequest, match="4 of 6 features cannot be uploaded") as caught:
        owner.upload_features(frame)
    for words in ("nan is not a feature's index", "1.5 is not a feature's index", "1 tokens and 2 values", "'high'"):
        assert words in str(caught.value)
    report = owner.upload_features(frame, invalid="skip")
    assert (report.n_landed, len(report.refused)) == (2, 4)
    assert [one.index for one in owner.get_features([(MODEL, SOURCE, index) for index in (0, 5)])] == [0, 5]
    with pytest.raises(InvalidRequest, match="'a' is not a feature's index"):
        owner.upload_features(frame.assign(index=list("a12345")))
