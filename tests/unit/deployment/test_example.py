"""A row that a model takes, made up or given."""

import numpy as np
import pytest

from jupyter_mlops.deployment import example_feeds, example_row
from jupyter_mlops.deployment._session import session_of
from jupyter_mlops.entities import OnnxSignature, OnnxTensor

MIXED = OnnxSignature(
    inputs=(
        OnnxTensor(name="X", type="float32", shape=(None, 2), columns=("a", "b")),
        OnnxTensor(name="n", type="int64", shape=(None,)),
        OnnxTensor(name="t", type="str", shape=(None, 1)),
        OnnxTensor(name="f", type="bool", shape=(None, 2)),
    ),
    outputs=(),
)


def test_a_row_has_a_value_for_every_column():
    assert example_row(MIXED) == [(0.5, 0.6), (1,), ("text",), (True, False)]


def test_a_row_of_the_users_own_is_taken_when_it_fits():
    given = (1.5, 2.5, 7, "Köln", False, False)
    assert example_row(MIXED, given) == [(1.5, 2.5), (7,), ("Köln",), (False, False)]
    assert example_row(MIXED, given[:-1]) == example_row(MIXED)


def test_feeds_have_the_types_and_shapes_of_the_signature():
    feeds = example_feeds(MIXED, 3)

    assert {name: (each.dtype.str[1:], each.shape) for name, each in feeds.items()} == {
        "X": ("f4", (3, 2)),
        "n": ("i8", (3,)),
        "t": ("O", (3, 1)),
        "f": ("b1", (3, 2)),
    }
    assert feeds["n"].tolist() == [1, 2, 3]
    assert np.allclose(feeds["X"][:, 0], [0.5, 1.5, 2.5])
    assert feeds["t"].ravel().tolist() == ["text"] * 3


def test_rows_that_are_fixed_are_as_many_as_the_model_takes(foreign):
    bundle = foreign(("x", "FLOAT", [2, 3]), ("s", "INT64", []))
    feeds = example_feeds(bundle.signature, 1)

    assert {name: each.shape for name, each in feeds.items()} == {"x": (2, 3), "s": ()}
    answered = session_of(bundle).run(["x_out", "s_out"], feeds)
    assert [each.tolist() for each in answered] == [feeds["x"].tolist(), feeds["s"].tolist()]


def test_images_have_one_value_where_a_size_is_free():
    signature = OnnxSignature(inputs=(OnnxTensor(name="i", type="uint8", shape=(None, 2, None)),), outputs=())
    assert example_feeds(signature, 2)["i"].shape == (2, 2, 1)
    assert example_row(signature) == [(1, 2)]


@pytest.mark.parametrize("rows", [1, 5])
def test_the_model_answers_what_is_made_up(bundle, rows):
    answers = session_of(bundle).run(None, example_feeds(bundle.signature, rows))
    assert [len(each) for each in answers] == [rows] * len(bundle.signature.outputs)
