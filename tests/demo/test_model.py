import numpy as np
import pytest

from np_widgets.demo.model import Transformer, padded
from np_widgets.demo.tokenizer import BOS
from np_widgets.demo.weights import Shipped, read_shipped


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return read_shipped()


@pytest.fixture(scope="module")
def story(shipped: Shipped) -> list[int]:
    return shipped.tokenizer.encode("One day, Anna went to the harbour. She saw a silver fish.")


def test_filling_up_changes_nothing(shipped: Shipped, story: list[int]) -> None:
    alone = shipped.transformer.residual(padded([story]))[0]
    beside = shipped.transformer.residual(padded([story, story * 3]))[0, : len(alone)]
    np.testing.assert_allclose(alone, beside, atol=1e-3)


def test_a_token_does_not_see_the_ones_after_it(shipped: Shipped, story: list[int]) -> None:
    whole = shipped.transformer.logits(padded([story]))[0]
    start = shipped.transformer.logits(padded([story[:5]]))[0]
    np.testing.assert_allclose(whole[:6], start, atol=1e-3)


def test_the_cache_gives_what_a_full_pass_gives(shipped: Shipped, story: list[int]) -> None:
    ids = padded([story, story])
    added = np.stack([shipped.sae.decoder[3] * 5, shipped.sae.decoder[4] * 0])
    drawn = shipped.transformer.sample(ids, n_tokens=12, temperature=0, rng=np.random.default_rng(0), added=added)
    text = np.concatenate([ids, np.stack(list(drawn), axis=1)], axis=1)
    again = shipped.transformer.logits(text[:, :-1], added=added[:, None]).argmax(-1)
    np.testing.assert_array_equal(again[:, ids.shape[1] - 1 :], text[:, ids.shape[1] :])


def test_texts_of_unlike_length_can_end_together(shipped: Shipped, story: list[int]) -> None:
    transformer = shipped.transformer
    fill = len(story) - 4
    ids = np.array([[BOS, *story], [BOS] * fill + [BOS, *story[:4]]])
    cache = transformer.new_cache(2, [0, fill])
    together = transformer.advance(ids, cache)
    alone = transformer.advance(padded([story[:4]]), transformer.new_cache(1))
    np.testing.assert_allclose(together[1], alone[0], atol=1e-3)
    after = transformer.advance(np.array([[7], [9]]), cache)
    np.testing.assert_allclose(after[1], transformer.logits(padded([[*story[:4], 9]]))[0, -1], atol=1e-3)


def test_bos_is_never_steered(shipped: Shipped, story: list[int]) -> None:
    ids = padded([story])
    plain = shipped.transformer.logits(ids)
    pushed = shipped.transformer.logits(ids, added=shipped.sae.decoder[0] * 20)
    np.testing.assert_allclose(plain[0, 0], pushed[0, 0], atol=1e-4)
    assert np.abs(plain[0, 1:] - pushed[0, 1:]).max() > 0.1


def test_it_has_learned_its_texts(shipped: Shipped) -> None:
    texts = [text for text in shipped.corpus[:40] if len(text) > 20]
    losses = [shipped.transformer.loss(padded([text])).mean() for text in texts]
    assert np.mean(losses) < 1.2
    assert np.log(len(shipped.tokenizer)) > 7


def test_sampling_stops_at_the_context(shipped: Shipped) -> None:
    ids = padded([[5] * (shipped.transformer.context - 3)])
    drawn = list(shipped.transformer.sample(ids, n_tokens=9, temperature=1, rng=np.random.default_rng(0)))
    assert len(drawn) == 2


def test_weights_are_read_only(shipped: Shipped) -> None:
    with pytest.raises(ValueError, match="read-only"):
        shipped.transformer.embed[0, 0] = 1


def test_no_texts_are_an_empty_row() -> None:
    assert padded([[]]).tolist() == [[BOS]]
    assert isinstance(read_shipped().transformer, Transformer)


def test_latents_describe_the_hidden_state(shipped: Shipped) -> None:
    ids = padded([text[:60] for text in shipped.corpus[:20] if len(text) >= 60])
    state = shipped.transformer.residual(ids)[:, 1:]
    activations = shipped.sae.encode(state)
    missing = ((state - shipped.sae.decode(activations)) ** 2).sum()
    assert missing < 0.15 * ((state - state.mean((0, 1))) ** 2).sum()
    assert (activations > 0).mean() < 0.1
    np.testing.assert_allclose(activations[..., 7], shipped.sae.encode_one(state, 7), atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(shipped.sae.decoder, axis=1), 1, atol=2e-3)
