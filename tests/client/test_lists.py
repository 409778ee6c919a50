"""Lists: what is put in can be read back, and what the service would fail on is refused here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from np_widgets.errors import InvalidRequest, NotFound, ServerError, Unauthorized, Unconfirmed
from tests.server import OTHER_KEY, OWNER_KEY, LoopbackServer, faults
from tests.server.world import N_FEATURES, TWIN_SOURCE

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient
    from np_widgets.models import FeatureRef
    from tests.client.conftest import MakeClient


@pytest.fixture
def owner(make_client: MakeClient) -> NeuronpediaClient:
    return make_client(api_key=OWNER_KEY)


def refs(server: LoopbackServer, *indices: int) -> list[FeatureRef]:
    return [server.world.ref(index) for index in indices]


def test_list_with_features_is_read_back(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    one, two = refs(server, 3, 5)
    made = owner.create_list("Harbours <b>", {one: "the first", str(two): "the second"}, description="d\n2")
    assert [(entry.ref, entry.description) for entry in made] == [(one, "the first"), (two, "the second")]
    assert (made.name, made.description, len(made), made.creator) == ("Harbours <b>", "d\n2", 2, "owner")
    assert made.url == f"{server.url}/list/{made.id}"
    assert "2 features" in repr(made)
    feature = made[0].feature
    assert feature is not None
    assert feature.ref == one
    assert 1 <= len(feature.activations) <= 3
    (listed,) = owner.list_lists()
    assert listed.name == "Harbours <b>"
    assert "0 features" not in repr(listed)  # it comes without them, and has two
    for name in (made, made.id, made.url):
        assert owner.get_list(name).id == made.id
    made_of = json.loads(server.requests[0].body)
    assert [row["index"] for row in made_of["features"]] == [3, 5]  # numbers here, text elsewhere


def test_list_that_is_made_and_cannot_be_read_back_is_named(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Pass(), faults.Status(500))
    with pytest.raises(ServerError) as caught:
        owner.create_list("Harbours", refs(server, 3))
    (made,) = owner.list_lists()
    assert caught.value.__notes__ == [f"The list itself is made: {made.url}."]


@pytest.mark.parametrize("model", ["meta-llama/Llama-3.1-8B", "google/gemma-2-2b"])
def test_quick_list_of_a_model_under_its_hugging_face_name_says_which_name_to_write(
    model: str, owner: NeuronpediaClient
) -> None:
    for named in (f"{model}/6-res-jb/650", (model, "6-res-jb", 650)):
        with pytest.raises(InvalidRequest, match="own id, without a slash"):
            owner.quick_list_url([named], "Side by side")


def test_list_can_be_read_by_anyone_and_changed_by_its_owner(
    owner: NeuronpediaClient, make_client: MakeClient, server: LoopbackServer
) -> None:
    made = owner.create_list("Mine", refs(server, 3))
    stranger, other = make_client(), make_client(api_key=OTHER_KEY)
    assert len(stranger.get_list(made.id)) == 1
    assert other.list_lists() == []
    with pytest.raises(Unauthorized, match="You do not own this list"):
        other.add_to_list(made, refs(server, 4))
    with pytest.raises(Unauthorized, match=r"np_widgets\.login"):
        stranger.delete_list(made)


def test_features_that_do_not_exist_are_left_out_and_named(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    made = owner.create_list("Some", refs(server, 3, N_FEATURES + 7))
    assert len(made) == 1
    assert made.warnings == (
        f"The service left out features that do not exist, or are private: demo-tiny/2-demo-sae/{N_FEATURES + 7}.",
    )


def test_empty_list_is_filled_described_and_emptied(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    made = owner.create_list("Later")
    assert len(made) == 0
    one, two = refs(server, 3, 5)
    added = owner.add_to_list(made, [one, two])
    assert [(entry.ref, entry.description) for entry in added] == [(one, None), (two, None)]
    assert owner.describe_in_list(made, one, "why").description == "why"
    assert owner.remove_from_list(made, two).ref == two
    assert [(entry.ref, entry.description) for entry in owner.get_list(made)] == [(one, "why")]
    owner.delete_list(made)
    assert owner.list_lists() == []
    with pytest.raises(ServerError, match="there is no such list"):
        owner.get_list(made)


def test_many_features_are_added_a_hundred_at_a_time(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    many = [server.world.ref(index, source) for source in ("2-demo-sae", TWIN_SOURCE) for index in range(N_FEATURES)]
    made = owner.create_list("Many")
    assert len(owner.add_to_list(made, many)) == 2 * N_FEATURES
    sizes = [len(request.json["featuresToAdd"]) for request in server.requests if "add-features" in request.path]
    assert sizes == [100, 20]
    assert [entry.ref for entry in owner.get_list(made)] == many


def test_failure_in_the_middle_says_how_far_it_came(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    made = owner.create_list("Many")
    many = [server.world.ref(index, source) for source in ("2-demo-sae", TWIN_SOURCE) for index in range(N_FEATURES)]
    server.fail(faults.Pass(), faults.NoResponse())
    with pytest.raises(Unconfirmed) as caught:
        owner.add_to_list(made, many)
    assert caught.value.__notes__ == ["Of the 120 features the first 100 had been added."]
    assert f'get_list("{made.id}") shows what is in it' in caught.value.remedy


def test_feature_that_is_in_the_list_already_is_the_likely_reason(
    owner: NeuronpediaClient, server: LoopbackServer
) -> None:
    made = owner.create_list("One", refs(server, 3))
    with pytest.raises(ServerError, match="is in the list already, or does not exist"):
        owner.add_to_list(made, refs(server, 3))


def test_update_keeps_what_is_not_named(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    made = owner.create_list("Before", refs(server, 3), description="d", test_text="The ship left")
    assert made.test_text == "The ship left"
    assert made[0].activation is not None
    assert "".join(made[0].activation.tokens).strip() == "The ship left"
    after = owner.update_list(made, name="After")
    assert (after.name, after.description, after.test_text) == ("After", "d", "The ship left")
    assert after.url == made.url
    assert owner.update_list(made, test_text="", description="").test_text is None
    assert owner.get_list(made).description == ""


def test_comments_on_lists(owner: NeuronpediaClient, make_client: MakeClient) -> None:
    made = owner.create_list("Talk")
    comment = owner.comment_list(made, "so")
    assert comment.text == "so"
    assert make_client(api_key=OTHER_KEY).delete_list_comment(comment) == 0
    assert owner.delete_list_comment(comment) == 1
    assert owner.delete_list_comment(comment.id or "") == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "A list's name is ' '"),
        ({"features": "demo-tiny/2-demo-sae/3"}, "Put one into a list"),
        ({"features": ["demo-tiny/2-demo-sae/3"] * 2}, "demo-tiny/2-demo-sae/3 is named twice"),
        ({"features": ["nonsense"]}, "nonsense"),
        ({"test_text": "x" * 501}, "501 characters; it may have 500"),
        ({"test_text": ""}, "A test text is ''"),
        ({"test_text": "x", "features": [("m", "s", i) for i in range(21)]}, "holds at most 20 features"),
    ],
)
def test_what_can_be_no_list_is_refused(
    wrong: dict[str, Any], words: str, owner: NeuronpediaClient, server: LoopbackServer
) -> None:
    given: dict[str, Any] = {"name": "Fine", **wrong}
    with pytest.raises(InvalidRequest) as caught:
        owner.create_list(**given)
    assert words in str(caught.value)
    assert server.requests == []


@pytest.mark.parametrize("name", ["", "a b", "http://x/feature/1", "../delete", None, 5])
def test_what_names_no_list_is_refused(name: Any, owner: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(InvalidRequest, match="names no list"):
        owner.get_list(name)
    assert server.requests == []


class Sae:
    """An SAE as SAELens has it, of a model whose Hugging Face name is not Neuronpedia's."""

    class cfg:  # noqa: N801 (SAELens' name)
        class metadata:  # noqa: N801
            neuronpedia_id = "gemma-3-4b-it/22-gemmascope-2-res-65k"
            model_name = "google/gemma-3-4b-it"


def test_quick_list_names_models_as_the_service_does_and_needs_nothing(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    url = client.quick_list_url([(Sae(), 925), "gpt2-small/6-res-jb/650"], 'A & "B" / ü')
    parts = urlsplit(url)
    query = parse_qs(parts.query, strict_parsing=True)
    assert (f"{parts.scheme}://{parts.netloc}", parts.path) == (server.url, "/quick-list/")
    assert query["name"] == ['A & "B" / ü']
    assert json.loads(query["features"][0]) == [
        {"modelId": "gemma-3-4b-it", "layer": "22-gemmascope-2-res-65k", "index": "925"},
        {"modelId": "gpt2-small", "layer": "6-res-jb", "index": "650"},
    ]
    assert url.isascii()
    assert " " not in url
    assert server.requests == []


@pytest.mark.parametrize("count", [0, 151])
def test_quick_list_has_an_end(count: int, client: NeuronpediaClient) -> None:
    with pytest.raises(InvalidRequest, match="1 to 150 features"):
        client.quick_list_url([("m", "s", index) for index in range(count)], "Many")
    if count:
        assert client.quick_list_url([("m", "s", index) for index in range(150)], "Fewer")


def test_bookmarks_are_kept_listed_and_counted_when_deleted(
    owner: NeuronpediaClient, make_client: MakeClient, server: LoopbackServer
) -> None:
    one, two = refs(server, 3, 5)
    assert owner.add_bookmark(one).ref == one
    owner.add_bookmark(str(two))
    owner.add_bookmark(one)
    assert [bookmark.ref for bookmark in owner.list_bookmarks()] == [one, two, one]
    assert make_client(api_key=OTHER_KEY).delete_bookmark(one) == 0
    assert owner.delete_bookmark(one) == 2
    assert owner.delete_bookmark(one) == 0
    with pytest.raises(NotFound, match="The feature demo-tiny/9-nothing/1 does not exist"):
        owner.add_bookmark(("demo-tiny", "9-nothing", 1))
    with pytest.raises(ServerError, match="Most likely there is no such feature"):
        owner.add_bookmark(("demo-tiny", "2-demo-sae", 999_999))


def test_comment_is_seen_at_once_and_deleted_by_its_author_alone(
    make_client: MakeClient, server: LoopbackServer, tmp_path: Any
) -> None:
    owner, other = (make_client(api_key=key, cache=tmp_path) for key in (OWNER_KEY, OTHER_KEY))
    ref = refs(server, 3)[0]
    assert owner.get_feature(ref).comments == ()
    comment = owner.add_comment(ref, "It also fires on rivers.")
    assert [(one.text, one.author) for one in owner.get_feature(ref).comments] == [(comment.text, "owner")]
    with pytest.raises(Unauthorized, match="is still there: it is not yours"):
        other.delete_comment(ref, comment)
    owner.delete_comment(ref, comment)
    assert owner.get_feature(ref).comments == ()
    with pytest.raises(NotFound, match="so nothing was deleted"):
        owner.delete_comment(ref, comment)


@pytest.mark.parametrize("text", ["", "abcd", "  abcd  ", "x" * 1025, None])
def test_comment_has_a_length(text: Any, owner: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(InvalidRequest, match="5 to 1,024 characters"):
        owner.add_comment(refs(server, 3)[0], text)
    assert server.requests == []


def test_vote_counts_once_and_can_be_taken_back(owner: NeuronpediaClient) -> None:
    first = owner.vote("cmexplanation")
    assert owner.vote("cmexplanation") == first
    assert (first.explanation_id, first.points) == ("cmexplanation", 1)
    assert owner.unvote("cmexplanation") == first
    with pytest.raises(ServerError, match="you have no vote for it to take back"):
        owner.unvote("cmexplanation")
    with pytest.raises(InvalidRequest, match="This explanation has no id"):
        owner.vote("a/b")
