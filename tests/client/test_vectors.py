"""Vectors: uploaded, tried, listed, deleted, and refused here rather than there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from np_widgets.errors import InvalidRequest, NotFound, ServerError, Unauthorized
from np_widgets.models import FeatureRef
from tests.server import OTHER_KEY, OWNER_KEY, LoopbackServer
from tests.server.world import DIMENSION

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient
    from tests.client.conftest import MakeClient

MODEL = "demo-tiny"
PLACE: dict[str, Any] = {"model": MODEL, "layer": 2, "hook": "hook_resid_pre", "name": "the sea"}
RAMP = np.linspace(-1, 1, DIMENSION)


@pytest.fixture
def owner(make_client: MakeClient) -> NeuronpediaClient:
    return make_client(api_key=OWNER_KEY)


class Tensor:
    """A torch tensor as far as it must be: NumPy cannot read it while it keeps gradients or lies elsewhere."""

    def __init__(self, values: Any, *, is_ready: bool = False) -> None:
        self.values, self.is_ready = values, is_ready

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def float(self) -> Tensor:
        return Tensor(self.values, is_ready=True)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:  # noqa: FBT001 (NumPy's protocol)
        assert self.is_ready
        return np.array(self.values, dtype=dtype, copy=copy)


@pytest.mark.parametrize("vector", [RAMP, RAMP.tolist(), tuple(RAMP), RAMP.astype("float16"), Tensor(RAMP)], ids=type)
def test_vector_of_any_kind_comes_back_as_it_was(vector: Any, owner: NeuronpediaClient) -> None:
    ref = owner.upload_vector(vector, **PLACE, strength=-12.5)
    assert (ref.model, ref.source) == (MODEL, "2-neuronpedia-resid-pre")
    back = owner.get_vector(ref)
    np.testing.assert_allclose(back, RAMP, atol=1e-3)
    assert (back.label, back.hook, back.default_strength) == ("the sea", "blocks.2.hook_resid_pre", -12.5)
    assert back.url == f"{owner.base_url}/{ref}"
    assert [one.ref for one in owner.list_vectors()] == [ref]
    assert "the sea" in repr(back)


def test_a_vector_is_a_feature_to_everything_else(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    axis = -np.eye(DIMENSION)[3]
    ref = owner.upload_vector(axis, **PLACE)
    feature = owner.get_feature(ref)
    assert (feature.has_vector, feature.vector_label, feature.hook) == (True, "the sea", "blocks.2.hook_resid_pre")
    fired = owner.activate(ref, "The ship left the harbour", ignore_bos=True)[0]
    assert fired.values.min() < 0  # a plain dot product
    assert owner.upload_activations(ref, [fired, (["a", " b"], np.array([0, 2.5]))]) == 2
    assert [one.tokens for one in owner.get_feature(ref).activations] == [fired.tokens, ("a", " b")]
    assert owner.get_activations(ref) == []  # contract, 9.9
    sent = server.requests[-3].json["activations"]
    assert all(set(one) == {"tokens", "values"} for one in sent)


def test_its_own_vector_can_be_uploaded_again(owner: NeuronpediaClient) -> None:
    first = owner.upload_vector(RAMP, **PLACE)
    assert owner.upload_vector(owner.get_vector(first), **PLACE) != first


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"vector": RAMP[:-1]}, "has 95 numbers, and the residual stream of demo-tiny has 96"),
        ({"vector": [[1.0] * DIMENSION]}, "of shape (1, 96)"),
        ({"vector": []}, "1 to 24,576"),
        ({"vector": [0.0] * 25_000}, "25,000 numbers"),
        ({"vector": [*RAMP[:-1], float("nan")]}, "Number 95 of the vector, counted from 0, is nan"),
        ({"vector": [float("inf"), *RAMP[1:]]}, "is inf"),
        ({"vector": "0.1, 0.2"}, "this is a str"),
        ({"vector": ["0.1"] * DIMENSION}, "this is a list"),
        ({"vector": [0.1, ...]}, "this is a list"),
        ({"vector": RAMP + 1j}, "this is a ndarray"),
        ({"hook": "resid-pre"}, "There is no hook 'resid-pre'. The service takes hook_resid_pre and hook_resid_post"),
        ({"layer": 6}, "has the layers 0 to 5, and no layer 6"),
        ({"layer": -1}, "layer is -1"),
        ({"layer": 2.0}, "layer is 2.0"),
        ({"strength": 301}, "strength is 301; it must be a number from -300 to 300"),
        ({"strength": float("nan")}, "strength is nan"),
        ({"strength": "10"}, "strength is '10'"),
        ({"name": "  "}, "is not a vector's name"),
        ({"model": "gpt2 small"}, "is not the id of a model"),
        ({"tags": ["steering"]}, "does not store tags. There are no tags: create_list"),
        ({"paper_url": "https://arxiv.org/abs/1"}, "does not store paper_url"),
        ({"license": "MIT", "visibility": "private"}, "does not store license and visibility"),
        ({"description": "d", "metadata": {}}, "does not store description and metadata"),
        ({"strenght": 3}, "upload_vector has no strenght (is it strength?)"),
        ({"layer": None, "hook": None}, "upload_vector needs layer and hook. Nothing was sent"),
    ],
)
def test_what_cannot_be_a_vector_is_refused_here(
    change: dict[str, Any], words: str, owner: NeuronpediaClient, server: LoopbackServer
) -> None:
    given: dict[str, Any] = {"vector": RAMP, **PLACE, **change}
    with pytest.raises(InvalidRequest) as caught:
        owner.upload_vector(**given)
    assert words in str(caught.value)
    assert "/api/vector/new" not in [request.path for request in server.requests]


def test_a_model_whose_dimension_nobody_knows_takes_no_vectors(
    owner: NeuronpediaClient, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = server.world.model_row(MODEL)
    monkeypatch.setattr(server.world, "model_row", lambda _name: {**(row or {}), "dimension": None})
    with pytest.raises(InvalidRequest, match="does not know the dimension of demo-tiny"):
        owner.upload_vector(RAMP, **PLACE)


def test_a_probe_is_a_vector_that_is_named_by_its_concept(owner: NeuronpediaClient) -> None:
    place = {key: value for key, value in PLACE.items() if key != "name"}
    plain = owner.upload_probe(RAMP, **place, concept="truthfulness")
    named = owner.upload_probe(probe_vector=RAMP, **place, concept="truthfulness", name="My probe")
    assert owner.get_vector(plain).label == "truthfulness"
    assert owner.get_vector(named).label == "My probe: truthfulness"
    with pytest.raises(InvalidRequest, match="upload_probe needs concept"):
        owner.upload_probe(RAMP, **place)


def test_only_what_was_deleted_is_said_to_be(
    owner: NeuronpediaClient, make_client: MakeClient, server: LoopbackServer
) -> None:
    ref = owner.upload_vector(RAMP, **PLACE)
    with pytest.raises(NotFound, match="is none of your vectors, so nothing was deleted"):
        make_client(api_key=OTHER_KEY).delete_vector(ref)
    owner.delete_vector(str(ref))
    assert owner.list_vectors() == []
    with pytest.raises(NotFound):
        owner.delete_vector(ref)
    assert [request.path for request in server.requests].count("/api/vector/delete") == 1


def test_a_vector_that_is_gone_is_an_opaque_failure_there_and_a_sentence_here(owner: NeuronpediaClient) -> None:
    with pytest.raises(ServerError, match=r"there is no such vector \(any more\)"):
        owner.get_vector(FeatureRef(MODEL, "2-neuronpedia-resid-pre", 99))


def test_examples_of_what_is_not_ones_own_are_refused_with_the_reason(
    owner: NeuronpediaClient, make_client: MakeClient
) -> None:
    ref = owner.upload_vector(RAMP, **PLACE)
    with pytest.raises(ServerError, match="is no vector, or is not yours"):
        make_client(api_key=OTHER_KEY).upload_activations(ref, [(["a"], [1])])


@pytest.mark.parametrize(
    ("examples", "words"),
    [
        ([], "no examples to upload"),
        ("text", "are not a list of them"),
        ([(["a"], [1, 2])], "Example 1 of the vector .* has 1 tokens and 2 values"),
        ([(["a"], [1]), ([], [])], "Example 2 of the vector .* has no tokens"),
        ([(["a"], [float("nan")])], "has no number for token 0"),
        ([("a", [1])], "tokens that are no list of texts"),
        ([(["a", None], [1, 2])], "tokens that are no list of texts"),
        ([(["a"], ["x"])], "values that are no row of numbers"),
        ([{"tokens": ["a"]}], "is {'tokens'"),
        ([5], "Example 1 of the vector .* is 5"),
    ],
)
def test_examples_are_checked_before_they_are_sent(
    examples: Any, words: str, owner: NeuronpediaClient, server: LoopbackServer
) -> None:
    with pytest.raises(InvalidRequest, match=words):
        owner.upload_activations((MODEL, "2-neuronpedia-resid-pre", 1), examples)
    assert server.requests == []


def test_vectors_need_a_key(client: NeuronpediaClient) -> None:
    with pytest.raises(Unauthorized, match=r"np_widgets\.login"):
        client.list_vectors()
    with pytest.raises(Unauthorized):
        client.upload_vector(RAMP, **PLACE)
