"""Networks: integrated gradients keep their axioms, and a network is afterwards what it was."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.explanation import ExplanationWish, explain_model, matched
from jupyter_mlops.explanation._gradients import attributions
from jupyter_mlops.explanation._network import open_network

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

ROWS = ExplanationWish(rows=(0, 7))


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(1).normal(size=(90, 3)), columns=["a", "b", "c"])


@pytest.fixture(scope="module")
def labels(table) -> pd.Series:
    return (table["a"] > 0).astype(int).rename("positive")


def linear(*weights: float, bias: float = 0.5):
    """Return a network that is a weighted sum."""
    layer = torch.nn.Linear(len(weights), 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([weights]))
        layer.bias.fill_(bias)
    return layer


def layered(outputs: int, *last):
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, outputs), *last)


def test_of_a_weighted_sum_each_weight_times_the_way_is_attributed(table):
    """The axiom of linearity, Sundararajan et al. 2017, section 3."""
    rows, baseline = table.to_numpy(dtype="float32"), np.zeros(3, dtype="float32")
    found = attributions(open_network(linear(2.0, 0.0, -1.0)), rows, baseline, [0], steps=5)

    assert found[:, 0] == pytest.approx(rows * [2.0, 0.0, -1.0], abs=1e-5)


def test_contributions_sum_up_to_the_output(table, labels):
    """The axiom of completeness; a smooth network needs few steps."""
    report = explain_model(layered(2), table, labels, wish=ROWS)

    for (row,), (answer,) in zip(report.local.contributions, report.local.predicted, strict=True):
        assert report.base_values[0] + sum(row) == pytest.approx(answer, abs=1e-4)
    assert "Contributions sum up to the network's output within" in report.notes[0]


def test_a_column_that_the_network_ignores_gets_nothing(table):
    report = explain_model(linear(1.0, 0.0, 3.0), table, table["c"].rename("price"), wish=ROWS)

    assert (report.method, report.task, report.outputs) == ("gradients", "regression", ("price",))
    assert report.importance.names == ("c", "a", "b")
    assert report.importance.scores[2] == 0
    assert all(row[0][2] == 0 for row in report.local.contributions)


def test_the_importance_is_the_mean_size_with_its_standard_error(table):
    report = explain_model(linear(1.0, 0.0, 3.0), table)
    sizes = np.abs(table["c"] - table["c"].mean()) * 3

    assert report.importance.scores[0] == pytest.approx(sizes.mean(), rel=1e-5)
    assert report.importance.high[0] - report.importance.scores[0] == pytest.approx(sizes.sem(), rel=1e-4)


@pytest.mark.parametrize(
    ("network", "task", "classes", "scale"),
    [
        (layered(1), "regression", (), "network output"),
        (layered(1, torch.nn.Sigmoid()), "binary", ("0", "1"), "probability"),
        (layered(1, torch.nn.Sigmoid(), torch.nn.Flatten(0)), "binary", ("0", "1"), "probability"),
        (layered(2), "binary", ("0", "1"), "network output"),
        (layered(2, torch.nn.Softmax(1)), "binary", ("0", "1"), "probability"),
        (layered(3), "multiclass", ("0", "1", "2"), "network output"),
    ],
)
def test_outputs_and_labels_tell_what_a_network_answers(network, task, classes, scale, table, labels):
    found = matched(network, table, labels).task
    assert (found.name, found.classes, found.scale) == (task, classes, scale)


def test_labels_in_words_name_the_outputs(table, labels):
    report = explain_model(layered(2), table, labels.map({0: "<b>no</b>", 1: "yes"}))
    assert (report.classes, report.outputs) == (("<b>no</b>", "yes"), ("yes",))


def test_one_hot_labels_are_classes_and_others_are_numbers(table, labels):
    one_hot = np.eye(2)[labels]
    assert matched(layered(2), table, one_hot).task.name == "binary"

    task = matched(layered(2), table, table[["a", "b"]].to_numpy()).task
    assert (task.name, task.outputs) == ("regression", ("output 0", "output 1"))


def test_a_network_is_explained_from_outside_too(table, labels):
    report = explain_model(layered(2), table, labels, method="permutation", wish=ROWS)

    assert report.importance.measure == "decrease of accuracy when the column is shuffled"
    assert report.local.contributions == ()


def test_the_network_is_afterwards_what_it_was(table, labels):
    network = torch.nn.Sequential(
        torch.nn.Linear(3, 8), torch.nn.BatchNorm1d(8), torch.nn.Dropout(), torch.nn.Linear(8, 2)
    )
    network[1].eval()
    before = {key: value.clone() for key, value in network.state_dict().items()}

    first = explain_model(network, table, labels, wish=ROWS)
    again = explain_model(network, table, labels, wish=ROWS)

    assert [module.training for module in network] == [True, False, True, True]
    assert all(value.equal(before[key]) for key, value in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert first.importance == again.importance, "dropout is off"


def test_a_network_in_double_precision_is_asked_in_it(table, labels):
    assert explain_model(layered(2).double(), table, labels).method == "gradients"


def test_tensors_are_data_too(table, labels):
    data = torch.tensor(table.to_numpy(), dtype=torch.float32, requires_grad=True)
    report = explain_model(layered(2), data, torch.tensor(labels.to_numpy()))

    assert report.features.names == ("x0", "x1", "x2")


def test_one_row_is_explained(table, labels):
    report = explain_model(layered(2), table[:1], labels[:1], wish=ExplanationWish(rows=(0,)))
    assert np.shape(report.local.contributions) == (1, 1, 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.assign(b="red"), "Column 'b' holds no numbers: a network takes numbers. Encode it"),
        (lambda table: table.assign(b=table["b"].where(table["b"] < 0)), "X is incomplete: column 'b' has"),
        (lambda table: table[["a", "b"]], "Linear cannot read X: mat1 and mat2 shapes cannot be multiplied"),
        (lambda table: np.zeros((2, 1, 8, 8)), "Linear cannot read X: mat1 and mat2 shapes cannot be multiplied"),
        (lambda table: np.array([["x"] * 3] * 90), "X holds values that are no numbers"),
    ],
)
def test_b35_data_that_a_network_cannot_read(change, message, table):
    with pytest.raises(UsageError) as caught:
        explain_model(linear(1.0, 1.0, 1.0), change(table))
    assert message in str(caught.value)


def test_a_network_needs_data():
    with pytest.raises(UsageError, match="A network is explained on data: say which with -X"):
        explain_model(linear(1.0))


def test_labels_that_belong_to_no_output(table, labels):
    with pytest.raises(UsageError, match="y has the label '6', and the network's 3 outputs are taken for 0, 1, 2"):
        explain_model(layered(3), table, labels + 6, method="permutation")


@pytest.mark.parametrize("backend", ["torch", "tensorflow"])
@pytest.mark.keras
def test_keras_is_explained_on_each_backend(backend):
    """In a process of its own: a backend is chosen once, when Keras is imported."""
    pytest.importorskip("keras")
    program = f"""
import os
os.environ.update(KERAS_BACKEND="{backend}", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
import keras, numpy as np
from jupyter_mlops.explanation import ExplanationWish, explain_model
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(6, "tanh"), keras.layers.Dense(3, "softmax")])
data = np.random.default_rng(0).normal(size=(40, 3))
report = explain_model(model, data, np.arange(40) % 3, wish=ExplanationWish(rows=(0, 1)))
sums = np.sum(report.local.contributions, axis=2) + report.base_values
print(report.method, report.task, report.scale, np.abs(sums - report.local.predicted).max() < 1e-4)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["gradients", "multiclass", "probability", "True"], done.stderr[-2000:]


@pytest.mark.keras
def test_keras_on_a_backend_without_gradients_here_says_what_to_do(monkeypatch):
    keras = pytest.importorskip("keras")
    from jupyter_mlops.explanation._keras import KerasNetwork

    monkeypatch.setattr(keras.backend, "backend", lambda: "openvino")
    with pytest.raises(UsageError, match=r"Keras on openvino are not known\. Use --method permutation"):
        KerasNetwork(object()).gradients(np.zeros((1, 1)), 0)
