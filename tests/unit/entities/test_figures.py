"""Figures of a curve: made when looked at, the same as a tuple of them, unchanged by whoever has the array."""

import copy
import pickle

import msgspec
import numpy as np
import pytest

from jupyter_mlops.entities import FeatureShape, Figures, plain


def test_they_are_the_tuple_of_the_same_figures():
    figures = Figures(np.array([1.5, np.nan, -np.inf, 2.0**60]))

    expected = (1.5, "NaN", "-Infinity", str(2**60))
    assert len(figures) == 4
    assert figures == expected
    assert expected == figures
    assert figures == Figures(np.array([1.5, np.nan, -np.inf, 2.0**60]))
    assert figures != expected[:3]
    assert tuple(figures) == expected == figures[:]
    assert figures[1:] == expected[1:]
    assert figures[-1] == expected[-1]
    assert (hash(figures), repr(figures)) == (hash(expected), repr(expected))


def test_they_keep_what_was_found():
    scores = np.array([1.0, 2.0])
    figures = Figures(scores)
    scores[0] = 9

    assert figures == (1.0, 2.0)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_elsewhere_they_are_a_tuple(again):
    found = again(Figures(np.array([1.0, np.inf])))

    assert type(found) is tuple
    assert found == (1.0, "Infinity")


def test_a_shape_of_them_is_the_one_read_from_its_json():
    shape = FeatureShape(feature=0, form="line", grid=Figures(np.arange(3.0)), values=(Figures(np.ones(3)),))
    again = msgspec.json.decode(msgspec.json.encode(shape, enc_hook=plain), type=FeatureShape)

    assert type(again.grid) is tuple
    assert again == shape
    assert hash(again) == hash(shape)


def test_what_is_no_figure_is_refused():
    with pytest.raises(NotImplementedError, match="object has no place in JSON"):
        plain(object())
