"""A network as it is asked: in portions, output by output, whatever form its answer has."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.exceptions import ExportError, UsageError
from jupyter_mlops.export._network import Network, flattened, output_names
from jupyter_mlops.export._original import Original, ask
from jupyter_mlops.export._protocol import Variant
from jupyter_mlops.export._tensors import Tensors

WAY = Variant(name="as it is")


class Plain(Network):
    """A network that is a function of arrays."""

    def rows(self, X):
        return Tensors.of(X).cast([None] * len(Tensors.of(X).arrays))

    def names(self, rows):
        return rows.keys or tuple(f"X{place}" for place in range(len(rows.arrays)))

    def answer(self, rows):
        self.calls = [*getattr(self, "calls", []), len(rows)]
        return self.model(rows.value)


def asked(model, X) -> Original:
    subject = Plain(model)
    rows = subject.rows(X)
    return Original.asked(subject, rows, subject.edge_rows(rows))


@pytest.mark.parametrize(
    ("answer", "names", "files"),
    [
        (1, ["call"], ("output",)),
        ((1, 2), ["call[0]", "call[1]"], ("output_0", "output_1")),
        ([1, None, 2], ["call[0]", "call[2]"], ("output_0", "output_2")),
        ({"a": 1, "b": 2}, ["call['a']", "call['b']"], ("a", "b")),
        ({"a": (1, 2)}, ["call['a'][0]", "call['a'][1]"], ("a_0", "a_1")),
        ({0: 1}, ["call[0]"], ("output_0",)),
        ((), [], ()),
    ],
    ids=["one", "tuple", "without none", "dict", "both", "numbers", "nothing"],
)
def test_every_tensor_of_an_answer_has_a_word_and_a_name(answer, names, files):
    words = [name for name, _ in flattened(answer)]

    assert words == names
    assert output_names(tuple(words), ("X",)) == files


@given(st.lists(st.sampled_from(["a", "a_", "b", "output", "X"]), unique=True, max_size=5))
def test_an_output_is_never_called_as_an_input_or_another(keys):
    names = output_names(tuple(f"call[{key!r}]" for key in keys), ("X", "a"))

    assert len({*names, "X", "a"}) == len(keys) + 2


def test_large_rows_are_asked_in_portions_and_answered_in_order():
    network = Plain(lambda x: x.mean(axis=1))
    rows = network.rows(np.arange(40, dtype=np.float32)[:, None] * np.ones((1, 200_000), dtype=np.float32))
    found = network.said(("call",), rows)["call"]

    assert found.tolist() == list(range(40))
    assert (sum(network.calls), max(network.calls) < 20) == (40, True)


def test_answers_keep_their_axes():
    original = asked(lambda x: {"mask": x[:, :, None] > 0, "sum": x.sum(axis=1)}, np.ones((3, 4)))

    assert original.methods == ("call['mask']", "call['sum']")
    assert [original.real.by_method[name].shape for name in original.methods] == [(3, 4, 1), (3,)]
    assert original.empty == {"call['mask']": (0, 4, 1), "call['sum']": (0,)}
    assert (original.first, original.has_labels) == ("call['mask']", False)


def test_a_batch_of_none_that_is_not_taken_is_no_answer():
    def at_least_one(x):
        if not len(x):
            raise ValueError("no rows")
        return x

    assert asked(at_least_one, np.ones((2, 2))).empty == {}


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda x: None, "function answers no tensors"),
        (lambda x: x.sum(), r"does not take these rows .ValueError: an answer of shape \(\) to 1 rows"),
        (lambda x: x @ np.ones((9, 9)), "does not take these rows .ValueError: matmul.*one array, or a tuple or dict"),
    ],
    ids=["nothing", "one for all", "other rows"],
)
def test_a_network_that_answers_no_row_is_told(model, message):
    with pytest.raises(UsageError, match=message):
        asked(model, np.ones((3, 4)))


def test_rows_that_a_network_rejects_are_found():
    def embedding(ids):
        return np.eye(4)[ids[:, 0]]

    subject = Plain(embedding)
    answers = ask(subject, subject.rows(np.array([[0], [9], [3]])), ("call",))

    assert answers.answered.tolist() == [True, False, True]
    assert list(answers.rejected.values()) == [1]


def test_answers_of_different_widths_are_told():
    subject = Plain(lambda x: np.ones((len(x), int(np.nansum(x[:, 0])))))

    def refuse_several(x):
        if len(x) > 1:
            raise ValueError("one at a time")
        return np.ones((1, int(x[0, 0])))

    subject = Plain(refuse_several)
    with pytest.raises(UsageError, match=r"answers have the shapes \(1,\) and \(2,\)"):
        ask(subject, subject.rows(np.array([[1.0], [2.0]])), ("call",))


def test_a_huge_row_without_an_answer_is_beyond_and_a_missing_value_is_not():
    subject = Plain(lambda x: x)
    rows = subject.rows((np.array([[1e30], [np.nan], [2e30]]), np.array([[1], [1], [1]])))

    assert subject.beyond(rows, {"call": np.array([[1.0], [np.nan], [np.inf]])}).tolist() == [False, False, True]
    assert subject.beyond(rows, {"call": np.array([[1, 2, 3]]).T}).tolist() == [False] * 3


def test_no_answer_to_numbers_that_anybody_has_is_compared():
    """The logarithm of -1 is none, and the reciprocal of 0 infinite: so must the file say."""
    subject = Plain(lambda x: x)
    rows = subject.rows(np.array([[-1.0], [0.0]]))

    assert subject.beyond(rows, {"call": np.array([[np.nan], [np.inf]])}).tolist() == [False, False]


def test_a_row_of_huge_numbers_that_has_an_answer_only_among_others_is_beyond():
    subject = Plain(lambda x: x if len(x) > 1 else np.full_like(x, np.nan))  # as sums in another order
    rows = subject.rows(np.array([[1.0], [3e38], [-3e38], [np.inf]]))
    told = subject.said(("call",), rows)
    subject.calls = []

    assert subject.beyond(rows, told).tolist() == [False, True, True, False]
    assert subject.calls == [1, 1]


def test_a_row_of_huge_numbers_that_is_not_taken_alone_counts():
    def refuse_one(x):
        if len(x) == 1:
            raise ValueError("two at least")
        return x

    subject = Plain(refuse_one)
    rows = subject.rows(np.array([[1.0], [3e38]]))
    assert subject.beyond(rows, subject.said(("call",), rows)).tolist() == [False, False]


def test_inputs_have_the_names_types_and_axes_of_the_rows():
    subject = Plain(None)
    rows = subject.rows({"image": np.ones((2, 8, 8, 3), dtype=np.uint8), "age": np.ones((2, 1))})
    inputs = subject.inputs(rows, WAY)

    assert [(each.name, each.element, each.shape) for each in inputs] == [
        ("image", "uint8", (None, 8, 8, 3)),
        ("age", "float32", (None, 1)),
    ]
    feeds, fits = subject.feeds(inputs, rows)
    assert ([feed.shape for feed in feeds.values()], fits.tolist()) == ([(2, 8, 8, 3), (2, 1)], [True, True])


def test_a_file_has_as_many_outputs_as_the_network():
    subject = Plain(None)

    assert subject.answered_by(("a", "b"), ("call[0]", "call[1]"), lambda *_: True) == {"a": "call[0]", "b": "call[1]"}
    with pytest.raises(ExportError, match="has 1 outputs, and the model 2"):
        subject.answered_by(("a",), ("call[0]", "call[1]"), lambda *_: True)
