"""Explanations and scores by language models: all methods of the catalogue, many at once, and whose key is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from np_widgets.client import interp, writes
from np_widgets.errors import InvalidRequest, ServerError, Unauthorized, Unconfirmed
from np_widgets.models import FeatureRef, MethodName
from tests.server import OTHER_KEY, OWNER_KEY, LoopbackServer, faults
from tests.server.interp import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from np_widgets.client import NeuronpediaClient
    from np_widgets.models import Explanation
    from tests.client.conftest import MakeClient

REF = "demo-tiny/2-demo-sae/7"
REFS = [f"demo-tiny/2-demo-sae/{index}" for index in range(8)]
GENERATE, SCORE = "/api/explanation/generate", "/api/explanation/score"


@pytest.fixture
def owner(make_client: MakeClient) -> NeuronpediaClient:
    return make_client(api_key=OWNER_KEY)


@pytest.fixture
def said(owner: NeuronpediaClient) -> Explanation:
    return owner.generate_explanation(REF)


def sent(server: LoopbackServer, path: str) -> list[Any]:
    return [request.json for request in server.requests if request.path == path]


@pytest.mark.parametrize("method", [name for name in KINDS["explanationTypes"] if name != "np_acts-logits-general"])
def test_feature_is_explained_by_every_method(method: str, owner: NeuronpediaClient, server: LoopbackServer) -> None:
    made = owner.generate_explanation(REF, method=method, model="gemini-2.0-flash")
    assert (made.method, made.author_model) == (method, "gemini-2.0-flash")
    assert made.text.startswith("fires on ")
    assert sent(server, GENERATE) == [
        {
            "modelId": "demo-tiny",
            "layer": "2-demo-sae",
            "index": 7,
            "explanationType": method,
            "explanationModelName": "gemini-2.0-flash",
        }
    ]
    there = owner.get_explanation(made)
    assert str(there.ref) == REF
    assert there.explanation.text == made.text


def test_explanation_is_on_the_page_at_once(make_client: MakeClient, tmp_path: Path) -> None:
    client = make_client(api_key=OWNER_KEY, cache=tmp_path)
    before = client.get_feature(REF).explanations
    neighbour = client.get_feature(REFS[0])
    made = client.generate_explanation(REF)
    after = client.get_feature(REF).explanations
    assert [one.text for one in after] == [*(one.text for one in before), made.text]
    client.score_explanation(made)
    assert client.get_feature(REF).explanations[-1].scores[0].value == 0.75
    again = client.get_feature(REFS[0])
    assert again == neighbour
    assert again.provenance
    assert again.provenance.cached


def test_searches_are_asked_again_after_an_explanation_has_come_or_gone(
    make_client: MakeClient, server: LoopbackServer, tmp_path: Path
) -> None:
    client = make_client(api_key=OWNER_KEY, cache=tmp_path)

    def times_asked() -> int:
        client.search_explanations("fires on", model="demo-tiny", sources=["2-demo-sae"])
        return [request.path for request in server.requests].count("/api/explanation/search")

    assert [times_asked(), times_asked()] == [1, 1]
    made = client.generate_explanation(REF)
    assert [times_asked(), times_asked()] == [2, 2]
    client.score_explanation(made)
    assert times_asked() == 2  # a search shows no scores
    client.delete_explanation(made)
    assert times_asked() == 3


def test_first_featured_model_is_taken_and_the_beginning_of_a_name_is_enough(
    owner: NeuronpediaClient, server: LoopbackServer
) -> None:
    owner.generate_explanation(REF, method="eleuther")
    (asked,) = sent(server, GENERATE)
    assert (asked["explanationType"], asked["explanationModelName"]) == ("eleuther_acts_top20", "gpt-4o-mini")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"method": "np_max-acts"}, "'np_max-acts' is not the name of a method of explaining. Is it np_max-act?"),
        ({"method": "np_"}, "'np_' is not the name of a method of explaining"),
        ({"method": ""}, "There are eleuther_acts_top20, np_acts-logits-general"),
        ({"model": "gpt"}, ""),
        ({"model": "claude"}, "'claude' is not the name of a model that explains. There are gpt-4o-mini"),
    ],
)
def test_what_the_catalogue_does_not_list_is_refused(
    wrong: dict[str, str], words: str, owner: NeuronpediaClient, server: LoopbackServer
) -> None:
    if not words:
        assert owner.generate_explanation(REF, **wrong).author_model == "gpt-4o-mini"
        return
    with pytest.raises(InvalidRequest) as caught:
        owner.generate_explanation(REF, **wrong)
    assert words in str(caught.value)
    assert sent(server, GENERATE) == []


def test_missing_model_key_says_where_to_save_one(make_client: MakeClient, server: LoopbackServer) -> None:
    other = make_client(api_key=OTHER_KEY)
    for method in ("np_max-act", "eleuther_acts_top20"):
        with pytest.raises(InvalidRequest, match=f"{server.url}/account; it stays there") as caught:
            other.generate_explanation(REF, method=method)
        assert caught.value.__context__ is None
    with pytest.raises(Unauthorized):
        make_client().generate_explanation(REF)


def test_what_exists_already_and_what_is_not_implemented_is_said(owner: NeuronpediaClient, said: Explanation) -> None:
    assert said.id
    with pytest.raises(InvalidRequest, match="already exists"):
        owner.generate_explanation(REF)
    with pytest.raises(InvalidRequest, match="Unsupported explanation type"):
        owner.generate_explanation(REF, method="np_acts-logits-general")


@pytest.mark.parametrize("method", KINDS["explanationScoreTypes"])
def test_explanation_is_scored_by_every_method(
    method: str, owner: NeuronpediaClient, said: Explanation, server: LoopbackServer
) -> None:
    score = owner.score_explanation(said, method=method)
    assert (score.value, score.method) == (0.75, method)
    (asked,) = sent(server, SCORE)
    scorer = {} if method.startswith("nla_") else {"scorerModel": "gpt-4o-mini"}
    assert asked == {"explanationId": said.id, "scorerType": method, **scorer}
    assert owner.get_feature(REF).explanations[-1].scores[0].method == method
    owner.delete_score(score, said)
    assert owner.get_feature(REF).explanations[-1].scores == ()


def test_scores_are_refused_with_the_reason(owner: NeuronpediaClient, said: Explanation) -> None:
    with pytest.raises(InvalidRequest, match="nla_verbalizer_last takes no model"):
        owner.score_explanation(said, method="nla_verbalizer_last", model="gpt-4o-mini")
    with pytest.raises(InvalidRequest, match="a method of scoring"):
        owner.score_explanation(said, method="eleuther")
    with pytest.raises(InvalidRequest, match="a model that scores"):
        owner.score_explanation(said, model="gemini-2.0-flash")
    with pytest.raises(InvalidRequest, match="This explanation has no id"):
        owner.score_explanation("")
    with pytest.raises(InvalidRequest, match=r"This explanation has no id \(a Feature\)"):
        owner.score_explanation(owner.get_feature(REF))  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="has no score 'cmx', so nothing was deleted"):
        owner.delete_score("cmx", said)
    with pytest.raises(InvalidRequest, match="takes a list"):
        owner.score_explanations(said)  # type: ignore[arg-type]


def test_only_explanations_that_exist_are_deleted_and_only_ones_own(
    owner: NeuronpediaClient, make_client: MakeClient, said: Explanation
) -> None:
    with pytest.raises(ServerError, match="Most likely it is not yours"):
        make_client(api_key=OTHER_KEY).delete_explanation(said)
    owner.delete_explanation(said)
    assert said.text not in [one.text for one in owner.get_feature(REF).explanations if one.author_model]
    with pytest.raises(ServerError, match="there is no such explanation"):
        owner.delete_explanation(said)


def test_many_are_explained_and_what_failed_is_reported(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    owner.generate_explanation(REFS[2])
    missing = "demo-tiny/2-demo-sae/999"
    report = owner.generate_explanations([*REFS, missing, REFS[0]])
    assert [str(one.ref) for one in report] == [ref for ref in REFS if ref != REFS[2]]
    assert [one.name for one in report.failed] == [REFS[2], missing]
    assert "already exists" in report.failed[0].reason
    assert "No activations found" in report.failed[1].reason
    assert (report.interrupted, report.remaining) == (None, ())
    assert repr(report) == "<7 explained, 2 failed>"
    assert len(sent(server, GENERATE)) == 10  # each once

    scores = owner.score_explanations([one.explanation for one in report] + ["cmnone"])
    assert [str(one.ref) for one in scores] == [str(one.ref) for one in report]
    assert {one.score.value for one in scores} == {0.75}
    assert [one.name for one in scores.failed] == ["cmnone"]
    assert repr(scores) == "<7 scored, 1 failed>"


def test_limit_ends_it_and_says_where_to_go_on(owner: NeuronpediaClient, server: LoopbackServer) -> None:
    server.limiter.limits[GENERATE] = 3
    report = owner.generate_explanations(REFS)
    assert len(report) == 3
    assert "limit of 3 requests" in (report.interrupted or "")
    assert report.failed == ()
    assert {str(ref) for ref in report.remaining} | {str(one.ref) for one in report} == set(REFS)
    assert "5 not tried, interrupted" in repr(report)
    server.limiter.limits[GENERATE] = 100
    assert len(owner.generate_explanations(report.remaining)) == 5


def test_missing_model_key_ends_it_too(make_client: MakeClient, server: LoopbackServer) -> None:
    report = make_client(api_key=OTHER_KEY).generate_explanations(REFS)
    assert len(report.remaining) == len(REFS)
    assert "/account" in (report.interrupted or "")
    assert len(sent(server, GENERATE)) <= 4


def test_key_that_is_missing_and_network_that_is_gone_end_it_too(
    make_client: MakeClient, server: LoopbackServer, tmp_path: Path
) -> None:
    client = make_client(api_key=OWNER_KEY, cache=tmp_path)
    client.get_catalogue()
    report = make_client().generate_explanations(REFS)
    assert (report.failed, len(report.remaining)) == ((), len(REFS))
    assert len(sent(server, GENERATE)) <= 4
    server.stop()
    report = client.generate_explanations(REFS)
    assert (report.failed, len(report.remaining)) == ((), len(REFS))
    assert "could not be reached" in (report.interrupted or "")


def test_featured_model_goes_before_those_that_are_listed_first() -> None:
    known = [MethodName(name="old", featured=False), MethodName(name="new", featured=True)]
    assert interp._model_of(None, known, "explains") == "new"
    assert interp._model_of(None, known[:1], "explains") == "old"


def test_language_model_is_given_the_time_that_it_takes() -> None:
    ref = FeatureRef("m", "6-s", 5)
    for call in (
        writes.generate(ref, "np_max-act", "gpt-4o-mini"),
        writes.score("a", "recall_alt", "gpt-4o-mini", ref),
    ):
        assert call.seconds > 180  # what the service itself allows steering, the slowest of its routes


def test_explanation_whose_answer_was_lost_is_reported_as_perhaps_made(
    owner: NeuronpediaClient, server: LoopbackServer
) -> None:
    owner.get_catalogue()
    server.fail(faults.Pass(), faults.NoResponse())
    with pytest.raises(Unconfirmed, match=r"explanations shows whether it is there"):
        owner.generate_explanation(REF)
    server.fail(faults.Pass(), *[faults.NoResponse()] * 2)
    report = owner.generate_explanations(REFS[:2])
    assert [one.name for one in report.failed] == REFS[:2]
    assert all("Whether it was done is not known" in one.reason for one in report.failed)
    assert report.interrupted is None
