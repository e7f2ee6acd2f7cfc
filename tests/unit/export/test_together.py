"""Rows that have several names: one below the other, when they are of one kind."""

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.export import rows_together

IMAGES = np.arange(16.0).reshape(2, 2, 4)


def test_one_is_what_it_is():
    only = object()

    assert rows_together([only], ["X"]) is only


@pytest.mark.parametrize(
    ("values", "whole"),
    [
        ([IMAGES[:1], IMAGES[1:]], IMAGES),
        ([np.arange(2.0), np.arange(3.0)], np.array([0.0, 1.0, 0.0, 1.0, 2.0])),
        ([IMAGES[0], IMAGES[1]], IMAGES.reshape(4, 4)),
    ],
    ids=["images", "numbers", "tables"],
)
def test_arrays_are_put_one_below_the_other(values, whole):
    assert rows_together(values, ["a", "b"]).tolist() == whole.tolist()


def test_inputs_are_put_one_below_the_other_each():
    one, two = {"a": IMAGES[:1], "b": np.ones((1, 2))}, {"a": IMAGES[1:], "b": np.zeros((1, 2))}
    whole = rows_together([one, two], ["one", "two"])

    assert {name: array.tolist() for name, array in whole.items()} == {
        "a": IMAGES.tolist(),
        "b": [[1.0, 1.0], [0.0, 0.0]],
    }
    assert [array.shape for array in rows_together([(IMAGES,), (IMAGES,)], ["one", "two"])] == [(4, 2, 4)]


def test_sequences_of_another_length_stand_beside():
    whole = rows_together([IMAGES, IMAGES[:, :1], IMAGES[:1]], ["a", "b", "c"])
    assert [rows.value.shape for rows in (whole, *whole.others)] == [(3, 2, 4), (2, 1, 4)]


def test_frames_and_texts_are_tables():
    frame = pd.DataFrame({"a": [1.0]})

    assert rows_together([frame, frame], ["one", "two"])["a"].tolist() == [1.0, 1.0]
    assert rows_together([["x"], ["y", "z"]], ["one", "two"]).tolist() == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([pd.DataFrame({"a": [1.0]}), pd.DataFrame({"b": [1.0]})], "one, two have not the same columns"),
        ([IMAGES, IMAGES[:1, 0]], "different inputs or shapes"),
        ([(IMAGES,), IMAGES], "different inputs or shapes"),
    ],
    ids=["columns", "shapes", "forms"],
)
def test_rows_of_different_kinds_are_told(values, message):
    with pytest.raises(UsageError, match=message):
        rows_together(values, ["one", "two"])
