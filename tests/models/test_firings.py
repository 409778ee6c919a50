from __future__ import annotations

import sys

import numpy as np
import pytest

from np_widgets import InvalidRequest
from np_widgets.models import SourceActivations, frozen_array


def activations() -> SourceActivations:
    return SourceActivations(
        text="a b",
        model="gpt2-small",
        source="6-res-jb",
        tokens=("<bos>", "a", " b"),
        positions=np.array([2, 1, 2]),
        indices=np.array([3, 7, 7]),
        values=frozen_array([0.5, 1.5, 2.5]),
    )


def test_dense_columns_are_the_features_that_fire() -> None:
    answer = activations()
    assert answer.features.tolist() == [3, 7]
    assert answer.dense().tolist() == [[0, 0], [0, 1.5], [0.5, 2.5]]


def test_sparse_columns_are_all_features_of_the_source() -> None:
    answer = activations()
    matrix = answer.sparse(n_features=10)
    assert (matrix.shape, matrix.dtype, matrix.nnz) == ((3, 10), np.float64, 3)
    assert np.array_equal(matrix.toarray()[:, answer.features], answer.dense())
    assert answer.sparse().shape == (3, 8)
    matrix.data[:] = 0
    assert answer.values.tolist() == [0.5, 1.5, 2.5]


def test_nothing_that_fires_is_an_empty_matrix() -> None:
    nothing = np.array([], dtype=np.int64)
    answer = SourceActivations(
        text="a",
        model="m",
        source="s",
        tokens=("<bos>", "a"),
        positions=nothing,
        indices=nothing,
        values=frozen_array([]),
    )
    assert answer.dense().shape == (2, 0)
    assert answer.sparse().shape == (2, 0)
    assert answer.sparse(5).toarray().tolist() == [[0] * 5, [0] * 5]


def test_too_narrow_a_matrix_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="n_features is 7, but feature 7 fires too"):
        activations().sparse(7)


def test_without_scipy_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    with pytest.raises(ImportError, match=r"SciPy is not installed\. Install it .*, or use dense"):
        activations().sparse()
    assert activations().dense().shape == (3, 2)
