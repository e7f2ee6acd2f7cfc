"""What a remembered call keeps of its data."""

import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.executor._autolog._data import Witness, bytes_of, free_memory, names_of, snapshot


class TestSnapshots:
    @pytest.mark.parametrize(
        ("value", "change"),
        [
            (np.zeros(3), lambda value: value.fill(1)),
            (pd.DataFrame({"a": [0.0, 0.0]}), lambda value: value.__setitem__("b", 1)),
            (pd.DataFrame({"a": [0.0, 0.0]}), lambda value: value.__setitem__("a", 1)),
            (pd.Series([0.0, 0.0]), lambda value: value.__setitem__(0, 1)),
        ],
    )
    def test_a_later_change_does_not_show(self, value, change):
        before, kept = value.copy(), snapshot(value)

        change(value)

        assert np.array_equal(np.asarray(kept), np.asarray(before))
        assert np.shape(kept) == np.shape(before)

    def test_what_cannot_change_or_is_large_is_kept_as_it_is(self):
        fixed = np.zeros(3)
        fixed.flags.writeable = False
        large = np.zeros(3_000_000)

        assert [snapshot(value) is value for value in (fixed, large, "text", [1])] == [True] * 4


class TestWitnesses:
    @pytest.mark.parametrize("order", ["C", "F"])
    def test_a_large_array_that_is_changed_is_noticed(self, order):
        array = np.zeros((300_000, 10), order=order)
        witness = Witness(array)
        assert witness.is_unchanged()

        array *= 2
        assert witness.is_unchanged()
        array += 1
        assert not witness.is_unchanged()

    def test_anything_else_counts_as_unchanged(self):
        values: list[Any] = [[1], {"a": 1}, np.zeros(3), None, np.zeros((2_000_000, 4))[:, ::2]]
        witnesses = [Witness(value) for value in values]

        for value in values[:2]:
            value.clear()
        assert [witness.is_unchanged() for witness in witnesses] == [True] * 5


class TestNames:
    def test_arguments_have_the_names_that_the_caller_gives_them(self):
        Xte, yte = np.zeros(2), np.ones(2)

        names = names_of((Xte, yte, None, "text", 3), sys._getframe())

        assert set(names) == {"Xte", "yte"}
        assert names["Xte"] is Xte

    def test_what_a_function_was_given_has_the_name_of_its_caller(self):
        def by_position(given):
            return names_of((given,), sys._getframe())

        def by_star(*given, **named):
            return by_position(*given, **named)

        holdout = np.zeros(2)

        assert list(by_position(holdout)) == ["holdout"]
        assert list(by_star(holdout)) == ["holdout"]
        assert list(by_star(given=holdout)) == ["holdout"]

    def test_what_has_no_name_is_left_out(self):
        assert names_of((np.zeros(2),), sys._getframe()) == {}


def test_sizes_are_those_of_the_data():
    frame = pd.DataFrame({"a": np.zeros(1000)}, index=pd.RangeIndex(1000))

    assert bytes_of(np.zeros(10)) == 80
    assert 8000 <= bytes_of(frame) <= 8400
    assert bytes_of("text") == 0
    assert free_memory() > 1 << 20
