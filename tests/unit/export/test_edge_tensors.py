"""Edge rows of tensors: every extreme of a type, everywhere and in one place, and no token that nobody has."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from jupyter_mlops.export._edge_tensors import edge_tensors
from jupyter_mlops.export._tensors import Tensors


def whole(rows: np.ndarray) -> set[str]:
    """The values of which a whole row is made, as texts: NaN is like NaN, and -0 unlike 0."""
    flat = rows.reshape(len(rows), -1)
    same = [row for row in flat if len({str(value) for value in row}) == 1]
    return {str(float(row[0])) for row in same}


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_numbers_have_the_extremes_of_their_type(kind):
    real = np.random.default_rng(0).normal(size=(20, 3, 2)).astype(kind)
    edge = edge_tensors(Tensors.of(real)).arrays[0]
    facts = np.finfo(kind)
    expected = {"nan", "inf", "-inf", "0.0", "-0.0", *(str(float(v)) for v in (facts.max, facts.min, facts.tiny))}

    assert edge.dtype == real.dtype
    assert edge.shape[1:] == (3, 2)
    assert expected | {str(float(facts.smallest_subnormal))} <= whole(edge)


def test_one_place_is_changed_and_the_rest_is_real():
    real = np.random.default_rng(0).normal(size=(5, 4))
    edge = edge_tensors(Tensors.of(real)).arrays[0]
    changed = [int((row != real[number % 5]).sum()) for number, row in enumerate(edge)]

    assert set(changed) == {1, 4}
    assert sum(np.isnan(row).sum() == 1 for row in edge) == 1


def test_beyond_the_range_of_the_data_is_asked_about():
    edge = edge_tensors(Tensors.of(np.array([[1.0, 2.0], [3.0, 2.0]]))).arrays[0]

    assert {"-19.0", "23.0"} <= whole(edge)


@given(arrays.arrays(np.int64, (4, 3), elements=st.integers(5, 99)))
def test_tokens_stay_within_those_that_the_rows_have(tokens):
    edge = edge_tensors(Tensors.of(tokens)).arrays[0]

    assert (edge.min(), edge.max()) == (tokens.min(), tokens.max())
    assert {str(float(tokens.min())), str(float(tokens.max()))} <= whole(edge)


def test_truths_are_both():
    edge = edge_tensors(Tensors.of(np.array([[True, True, False]]))).arrays[0]

    assert (edge.dtype, whole(edge)) == (np.bool_, {"0.0", "1.0"})


def test_inputs_are_changed_in_turn_and_then_together():
    rows = Tensors.of({"ids": np.array([[3, 4], [5, 6]]), "x": np.ones((2, 3))})
    edge = edge_tensors(rows)
    ids, x = edge.arrays

    assert (edge.keys, len(ids)) == (("ids", "x"), len(x))
    both = [place for place in range(len(x)) if np.isnan(x[place]).all() and len(set(ids[place])) == 1]
    alone = [place for place in range(len(x)) if np.isnan(x[place]).all() and len(set(ids[place])) == 2]
    assert (len(both), len(alone)) == (1, 1)


def test_the_same_seed_gives_the_same_rows_and_real_ones_stay():
    real = np.random.default_rng(0).normal(size=(5, 4))
    before = real.copy()
    one, two = (edge_tensors(Tensors.of(real), seed=3).arrays[0] for _ in range(2))

    assert one.tobytes() == two.tobytes()
    assert (real == before).all()


@pytest.mark.parametrize("shape", [(0, 3), (2, 0)], ids=["no rows", "nothing in them"])
def test_of_nothing_comes_nothing(shape):
    edge = edge_tensors(Tensors.of(np.empty(shape)))

    assert edge.arrays[0].size == 0
