"""The three ways in which directions change a hidden state, against the matrices that define them."""

import numpy as np
import pytest

from np_widgets.demo.pushing import METHODS, Push

RNG = np.random.default_rng(4)
STATES = RNG.normal(size=(2, 5, 8)).astype(np.float32)
DIRECTIONS = RNG.normal(size=(2, 8)).astype(np.float32)
AMOUNTS = np.array([3.0, -0.5], dtype=np.float32)
NOTHING = np.zeros(5, dtype=bool)


def pushed(method: str, n_directions: int = 1, *, first: int = 1) -> np.ndarray:
    return Push(1, method, DIRECTIONS[:n_directions], AMOUNTS[:n_directions], NOTHING)(STATES, first)


def projection(direction: np.ndarray) -> np.ndarray:
    return np.asarray(np.outer(direction, direction) / (direction @ direction))


def test_additive_adds_and_several_add_up() -> None:
    np.testing.assert_allclose(pushed("SIMPLE_ADDITIVE", 2)[1], STATES[1] + AMOUNTS @ DIRECTIONS, atol=1e-5)


def test_orthogonal_multiplies_what_lies_along_the_direction_and_keeps_the_rest() -> None:
    along = projection(DIRECTIONS[0])
    expected = STATES[1] @ (np.eye(8) - along) + AMOUNTS[0] * STATES[1] @ along
    np.testing.assert_allclose(pushed("ORTHOGONAL_DECOMP")[1], expected, atol=1e-5)


def test_a_cap_holds_what_lies_along_the_direction_and_nothing_else() -> None:
    unit = DIRECTIONS[1] / np.linalg.norm(DIRECTIONS[1])
    moved = Push(1, "PROJECTION_CAP", DIRECTIONS[1:], AMOUNTS[1:], NOTHING)(STATES, 1)[1]
    was_over = STATES[1] @ unit > AMOUNTS[1]
    assert was_over.any()
    assert not was_over.all()
    np.testing.assert_allclose((moved @ unit)[was_over], AMOUNTS[1], atol=1e-5)
    np.testing.assert_allclose(moved[~was_over], STATES[1][~was_over], atol=1e-6)
    rest = np.eye(8) - projection(DIRECTIONS[1])
    np.testing.assert_allclose(moved @ rest, STATES[1] @ rest, atol=1e-5)


def test_how_long_a_direction_is_matters_for_adding_alone() -> None:
    for method in METHODS:
        short, long = (Push(1, method, DIRECTIONS[:1] * k, AMOUNTS[:1], NOTHING)(STATES, 1) for k in (1, 10))
        assert np.allclose(short, long, atol=1e-5) == (method != "SIMPLE_ADDITIVE")


@pytest.mark.parametrize("method", METHODS)
def test_directions_act_one_after_another(method: str) -> None:
    between = Push(1, method, DIRECTIONS[:1], AMOUNTS[:1], NOTHING)(STATES, 1)
    after = Push(1, method, DIRECTIONS[1:], AMOUNTS[1:], NOTHING)(between, 1)
    np.testing.assert_allclose(pushed(method, 2), after, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_the_other_text_and_what_is_spared_stay_as_they_are(method: str) -> None:
    spared = np.array([True, False, True, False, False])
    amounts = np.full(1, -7, dtype=np.float32)
    before = STATES.copy()
    start = Push(1, method, DIRECTIONS[:1], amounts, spared)(STATES, 0)
    np.testing.assert_array_equal(STATES, before)
    np.testing.assert_array_equal(start[0], STATES[0])
    np.testing.assert_array_equal(start[1][spared], STATES[1][spared])
    assert (start[1] != STATES[1]).any(axis=1).tolist() == (~spared).tolist()
    later = Push(1, method, DIRECTIONS[:1], amounts, spared)(STATES[:, :1], 5)
    assert (later[1] != STATES[1, :1]).any(), "what is written is steered, wherever"
