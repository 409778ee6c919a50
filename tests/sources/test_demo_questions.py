"""What the demo source answers to questions: computed, by the service's rules, through the readers of the wire."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pytest

from np_widgets import DemoSource, InvalidRequest, NotFound, demo
from np_widgets.sources import Action

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = "The sailor saw a whale beside the harbour. On Monday Anna went to Paris."
LATENTS: dict[str, Any] = {"model": DemoSource.model, "source": DemoSource.source}
SET: dict[str, Any] = {"model": DemoSource.model, "source_set": DemoSource.source_set}
REF = f"{DemoSource.model}/{DemoSource.source}/7"
VECTORS = f"{DemoSource.model}/{demo.VECTOR_SOURCE_ID}"


@pytest.fixture(scope="module")
def source() -> DemoSource:
    return DemoSource()


def test_it_answers_all_that_a_source_can_be_asked(source: DemoSource) -> None:
    assert all(source.supports(action) for action in get_args(Action))


def test_explanations_are_found_with_their_features(source: DemoSource) -> None:
    answer = source.search_explanations(" cities ")
    assert (answer.query, answer.model, answer.sources, answer.release) == ("cities", None, (), None)
    assert (len(answer), answer.next_offset, answer.warnings) == (20, 20, ())
    first = answer[0]
    assert first.text == "cities"
    assert first.feature is not None
    assert first.feature.explanation is not None
    assert first.text in [explanation.text for explanation in first.feature.explanations]
    assert len(first.feature.activations) == 3
    cosines = [match.cosine or 0 for match in answer]
    assert cosines == sorted(cosines, reverse=True)
    assert "small demo model" in str(answer.provenance and answer.provenance.note)


def test_searches_go_past_a_page_and_go_on_where_they_stopped(source: DemoSource) -> None:
    whole = source.search_explanations("cities", limit=10_000)
    assert whole.next_offset is None
    first = source.search_explanations("cities", limit=25)
    assert (len(first), first.next_offset) == (25, 25)
    second = source.search_explanations("cities", limit=10_000, offset=25)
    assert first.matches + second.matches == whole.matches
    assert second.next_offset is None
    exact = source.search_explanations("cities", limit=len(whole))
    assert (len(exact), exact.next_offset) == (len(whole), None)
    assert len(source.search_explanations("cities", offset=10_000)) == 0


def test_any_scope_that_holds_the_latents_finds_the_same(source: DemoSource) -> None:
    everywhere = source.search_explanations("snow")
    in_model = source.search_explanations("snow", model=source.model)
    in_source = source.search_explanations("snow", model=source.model, sources=[demo.VECTOR_SOURCE_ID, source.source])
    assert everywhere.matches == in_model.matches == in_source.matches
    assert in_source.sources == (demo.VECTOR_SOURCE_ID, source.source)


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ({"model": "gpt2-small"}, "no model gpt2-small. It has demo-tiny/2-demo-sae/0 to /511"),
        ({"release": "gpt2sm-res-jb"}, 'in no release, so not in gpt2sm-res-jb. Name its model="demo-tiny"'),
        ({"model": "demo-tiny", "sources": ["6-res-jb"]}, "no source demo-tiny/6-res-jb. It has"),
        ({"model": "demo-tiny", "sources": [demo.VECTOR_SOURCE_ID]}, "labels and no explanations. Search 2-demo-sae"),
    ],
)
def test_a_scope_that_it_does_not_have_says_what_it_has(source: DemoSource, scope: dict[str, Any], said: str) -> None:
    with pytest.raises(NotFound, match=re.escape(said)):
        source.search_explanations("cities", **scope)


def test_top_features_are_those_of_the_model(source: DemoSource) -> None:
    (answer,) = source.top_features(TEXT, **SET, limit=10)
    assert (answer.text, answer.model, answer.source_set) == (TEXT, source.model, source.source_set)
    assert answer.tokens[0] == "<bos>"
    assert "".join(answer.tokens[1:]) == TEXT
    assert answer.values.shape == (10, len(answer.tokens))
    assert answer.warnings == ()
    for match in answer:
        (activation,) = source.activate(match.ref, TEXT)
        np.testing.assert_allclose(match.values[1:], activation.values, atol=1e-3)
        assert match.peak == match.values.max() == match.values[match.peak_index]
        assert match.feature is not None
        assert len(match.feature.activations) == 1


def test_top_features_of_several_texts_are_those_of_each(source: DemoSource) -> None:
    together = source.top_features([TEXT, "The cat.", TEXT], **SET)
    assert [answer.text for answer in together] == [TEXT, "The cat.", TEXT]
    assert together[0] == together[2] == source.top_features(TEXT, **SET)[0]


def test_top_features_follow_the_chosen_tokens_the_threshold_and_the_beginning(source: DemoSource) -> None:
    (plain,) = source.top_features(TEXT, **SET, limit=100)
    (chosen,) = source.top_features(TEXT, **SET, limit=100, sources=[source.source], sort_positions=[3, 5])
    assert (chosen.sort_positions, chosen.sources) == ((3, 5), (source.source,))
    sums = chosen.values[:, [3, 5]].sum(axis=1)
    assert sums.tolist() == sorted(sums, reverse=True)
    assert sums.min() > 0
    (sparse,) = source.top_features(TEXT, **SET, limit=100, density_threshold=0.03)
    assert sparse.matches == tuple(m for m in plain if m.feature and (m.feature.density or 0) <= 0.03)
    assert 0 < len(sparse) < len(plain)
    (begun,) = source.top_features(TEXT, **SET, ignore_bos=False)
    assert begun.values[:, 0].max() > 0
    assert not plain.values[:, 0].any()


def test_features_by_token_are_the_strongest_there(source: DemoSource) -> None:
    (answer,) = source.top_features_by_token(TEXT, **LATENTS, density_threshold=None, limit=3)
    (whole,) = source.activate_source(TEXT, **LATENTS)
    dense = whole.dense()
    assert [token.position for token in answer] == list(range(1, len(whole.tokens)))
    assert [token.token for token in answer] == list(whole.tokens[1:])
    for token in answer:
        strongest = np.sort(dense[token.position])[::-1][:3]
        found = [match.value for match in token.matches]
        np.testing.assert_allclose(found, strongest[strongest > 0], atol=1e-3)
        assert all(match.feature and not match.feature.activations for match in token.matches)
    assert source.top_features_by_token(TEXT, **LATENTS, density_threshold=None, ignore_bos=False)[0][0].is_special


def test_the_threshold_by_token_takes_dense_features_off(source: DemoSource) -> None:
    (answer,) = source.top_features_by_token(TEXT, **LATENTS, density_threshold=0.03, limit=20)
    densities = [match.feature.density or 1 for token in answer for match in token.matches if match.feature]
    assert densities
    assert max(densities) <= 0.03


def test_a_whole_source_is_a_sparse_matrix(source: DemoSource) -> None:
    first, second = source.activate_source([TEXT, "The cat."], **LATENTS)
    assert first.tokens[0] == second.tokens[0] == "<bos>"
    assert first.positions.min() == 1
    index = int(first.features[5])
    (activation,) = source.activate((source.model, source.source, index), TEXT)
    np.testing.assert_allclose(first.dense()[1:, 5], activation.values, atol=1e-3)


def test_near_features_are_found_in_both_sources(source: DemoSource) -> None:
    feature = source.get_feature(REF)
    own = source.nearest_features(REF)
    assert (own.ref, own.model, own.source) == (feature.ref, source.model, source.source)
    assert feature.ref not in [match.ref for match in own]
    assert [match.index for match in own] == [n.index for n in feature.neighbours if n.index != feature.index]
    topics = source.nearest_features(REF, source=demo.VECTOR_SOURCE_ID)
    assert (len(topics), {match.source for match in topics}) == (10, {demo.VECTOR_SOURCE_ID})
    back = source.nearest_features(topics[0].ref, model=source.model, source=source.source)
    assert len(back) == 10


def test_a_source_is_gone_through_by_index(source: DemoSource) -> None:
    found = source.iter_features(**LATENTS, start=509)
    assert [feature.index for feature in found] == [509, 510, 511]
    assert [f.index for f in source.iter_features(**LATENTS, start=2, limit=2)] == [2, 3]
    assert list(source.iter_features(**LATENTS, start=600)) == []
    vectors = list(source.iter_features(source.model, demo.VECTOR_SOURCE_ID))
    assert [vector.vector_label for vector in vectors][:2] == ["the sea", "the forest"]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda s: s.iter_features("gpt2-small", "6-res-jb"), "no source gpt2-small/6-res-jb. It has demo-tiny/"),
        (lambda s: s.activate_source("x", model="demo-tiny", source="6-res-jb"), "no source demo-tiny/6-res-jb. It"),
        (lambda s: s.top_features_by_token("x", model="other", source="2-demo-sae"), "no source other/2-demo-sae."),
        (lambda s: s.top_features("x", model="demo-tiny", source_set="res-jb"), "It has demo-tiny/demo-sae."),
        (lambda s: s.top_features("x", **SET, sources=["6-res-jb"]), "demo-sae has no source 6-res-jb. It has 2-demo"),
        (lambda s: s.nearest_features("gpt2-small/6-res-jb/0"), "no feature gpt2-small/6-res-jb/0. It has"),
        (lambda s: s.nearest_features(REF, source="9-other"), "no source demo-tiny/9-other. It has"),
    ],
)
def test_what_it_does_not_have_is_not_found(source: DemoSource, ask: Callable[[DemoSource], Any], said: str) -> None:
    with pytest.raises(NotFound, match=re.escape(said)):
        ask(source)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda s: s.search_explanations("ci"), "too short"),
        (lambda s: s.search_explanations("cities", limit=0), "limit is 0"),
        (lambda s: s.search_explanations("cities", offset=-1), "offset is -1"),
        (lambda s: s.search_explanations("cities", sources=["2-demo-sae"]), "no model is named"),
        (lambda s: s.top_features("", **SET), "Give at least one character"),
        (lambda s: s.top_features("x", **SET, limit=101), "from 1 to 100"),
        (lambda s: s.top_features("x", **SET, density_threshold=1), "between 0 and 1"),
        (lambda s: s.top_features("x", **SET, sort_positions=[7]), "no token 7 to sort by"),
        (lambda s: s.top_features_by_token("x", **LATENTS, limit=21), "from 1 to 20"),
        (lambda s: s.activate_source("", **LATENTS), "Give at least one character"),
        (lambda s: s.activate_source("the fox " * 200, **LATENTS), "Shorten it, or split it"),
        (lambda s: s.nearest_features(REF, model="demo-tiny"), "no source of it"),
        (lambda s: s.iter_features(**LATENTS, start=-1), "start is -1"),
        (lambda s: s.iter_features(**LATENTS, limit=-1), "limit is -1"),
        (lambda s: s.get_features(REF), "takes a list of features. For one, use get_feature"),
        (lambda s: s.get_features([REF], max_activations=0), "max_activations is 0"),
        (lambda s: s.activate(REF, ["fine", ""]), "Give at least one character"),
    ],
)
def test_what_the_service_would_refuse_is_refused_here_too(
    source: DemoSource, ask: Callable[[DemoSource], Any], said: str
) -> None:
    with pytest.raises(InvalidRequest, match=said):
        ask(source)


@pytest.mark.parametrize(
    "ask",
    [
        lambda s: s.activate_source("x", model=s.model, source=demo.VECTOR_SOURCE_ID),
        lambda s: s.top_features_by_token("x", model=s.model, source=demo.VECTOR_SOURCE_ID),
    ],
)
def test_directions_of_topics_do_not_fire_and_it_says_what_to_do(
    source: DemoSource, ask: Callable[[DemoSource], Any]
) -> None:
    with pytest.raises(InvalidRequest, match=r"value at every token.* Search 2-demo-sae, or run a single direction"):
        ask(source)
    assert source.activate(f"{VECTORS}/0", "The sea.")[0].minimum is not None
