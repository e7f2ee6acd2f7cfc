"""The smaller file: beside the one that is equal, by limits of its own, never in its place."""

import numpy as np
import onnx
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_mlops.entities import OnnxReport
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.export import ExportWish, export_model, open_bundle, open_session
from jupyter_mlops.export._graph import operators_of
from jupyter_mlops.export._quantised import MOST_OFF, with_small_weights

SMALLER = ExportWish(timed=False, quantise=True)

pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(400, 4)).astype(np.float32)


@pytest.fixture(scope="module")
def network(rows) -> MLPClassifier:
    return MLPClassifier((64, 64), max_iter=60, random_state=0).fit(rows, classes(rows))


def classes(rows):
    return np.where(rows[:, 0] + rows[:, 1] > 0, "yes", "no")


def test_a_network_becomes_smaller_and_answers_alike(network, rows, tmp_path):
    report = export_model(network, rows, tmp_path / "m.onnx", SMALLER, classes(rows))
    made, path = report.quantised, tmp_path / "m.int8.onnx"

    assert (made.kind, made.problem, made.file) == ("dynamic int8", "", "m.int8.onnx")
    assert made.size == path.stat().st_size < 0.6 * report.size
    assert made.parity.real.differing <= made.parity.allowed == int(400 * MOST_OFF)
    assert made.parity.real.checked == 400
    assert made.measure == "accuracy"
    assert made.original_score == network.score(rows, classes(rows))
    assert abs(made.score - made.original_score) <= MOST_OFF
    assert "MatMulInteger" in operators_of(onnx.load(path))
    assert OnnxReport.from_json(report.to_json()) == report


def gemm():
    """Return a graph as torch writes one: the weights stand the other way round, and their shape is said besides."""
    weights = np.random.default_rng(0).normal(size=(128, 20)).astype(np.float32)
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Gemm", ["X", "W"], ["Y"], transB=1)],
        "gemm",
        [value("X", onnx.TensorProto.FLOAT, ["rows", 20])],
        [value("Y", onnx.TensorProto.FLOAT, ["rows", 128])],
        [onnx.numpy_helper.from_array(weights, "W")],
        value_info=[value("W", onnx.TensorProto.FLOAT, [128, 20])],
    )
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=10), weights


def test_weights_that_stand_the_other_way_round_become_small_too():
    proto, weights = gemm()
    made = with_small_weights(proto)
    rows = np.random.default_rng(1).normal(size=(3, 20)).astype(np.float32)
    (answers,) = open_session(made.SerializeToString()).run(None, {"X": rows})

    assert made.ByteSize() < 0.5 * proto.ByteSize()
    assert np.abs(answers - rows @ weights.T).max() < 0.2
    assert len(proto.graph.value_info) == 1


def test_its_answers_are_those_that_were_counted(network, rows, tmp_path):
    report = export_model(network, rows, tmp_path / "m.onnx", SMALLER)
    session = open_session(tmp_path / "m.int8.onnx")
    alone = np.concatenate([session.run(["label"], {"X": rows[[at]]})[0] for at in range(len(rows))])
    together = session.run(["label"], {"X": rows})[0]
    equal = [int((labels == network.predict(rows)).sum()) for labels in (alone, together)]

    assert min(equal) == report.quantised.parity.real.labels
    assert report.quantised.measure == ""


def test_it_says_of_itself_what_the_main_file_says_and_that_it_is_smaller(network, rows, tmp_path):
    export_model(network, rows, tmp_path / "m.onnx", SMALLER)
    main, small = (open_bundle(tmp_path / name) for name in ("m.onnx", "m.int8.onnx"))

    assert small.signature == main.signature
    assert small.facts == main.facts | {"quantised": "dynamic int8"}


def test_figures_are_near_by_their_own_spread(rows, tmp_path):
    target = 3 * rows[:, 0] - rows[:, 1]
    network = MLPRegressor(hidden_layer_sizes=(64, 64), max_iter=200, random_state=0)
    model = make_pipeline(StandardScaler(), network).fit(rows, target)
    made = export_model(model, rows, tmp_path / "m.onnx", SMALLER, target).quantised

    assert made.file == "m.int8.onnx"
    assert made.parity.atol == pytest.approx(0.05 * np.std(model.predict(rows)))
    assert made.measure == "R2"
    assert made.original_score == pytest.approx(model.score(rows, target))
    assert made.score == pytest.approx(made.original_score, abs=0.01)


def test_what_would_be_larger_is_not_written(rows, tmp_path):
    small = MLPClassifier((8,), max_iter=60, random_state=0).fit(rows, classes(rows))
    report = export_model(small, rows, tmp_path / "m.onnx", SMALLER)

    assert report.quantised.problem.startswith("It would be larger: ")
    assert [path.name for path in tmp_path.iterdir()] == ["m.onnx"]


def test_rows_are_asked_alone_and_together(network, rows, tmp_path):
    """The scale of figures in between is that of the batch: beside a row of large figures small ones are rounded."""
    export_model(network, rows, tmp_path / "m.onnx", SMALLER)
    session = open_session(tmp_path / "m.int8.onnx")
    beside = np.vstack([rows[:1], np.full((1, 4), 1e6, dtype=np.float32)])
    (alone, spoiled) = (session.run(["probabilities"], {"X": each})[0][0] for each in (rows[:1], beside))

    assert np.abs(alone - network.predict_proba(rows[:1])[0]).max() <= 0.05
    assert np.abs(alone - spoiled).max() > 0.05


@pytest.mark.parametrize(
    "model",
    [RandomForestClassifier(3, random_state=0), LogisticRegression()],
    ids=["trees", "an operator for linear models"],
)
def test_what_has_no_such_weights_is_told_and_the_main_file_stays(model, rows, tmp_path):
    report = export_model(model.fit(rows, classes(rows)), rows, tmp_path / "m.onnx", SMALLER)

    assert report.quantised.problem.startswith(("Nothing in it can be quantised", "onnxruntime cannot quantise it"))
    assert (report.quantised.file, report.quantised.parity) == ("", None)
    assert [path.name for path in tmp_path.iterdir()] == ["m.onnx"]


def test_one_that_answers_otherwise_is_refused_and_what_was_there_stays(rows, tmp_path):
    """Weights of very different sizes in one matrix: int8 rounds the small ones away, and they decide."""
    wide = np.column_stack([rows[:, :1] * 1e-4, rows[:, 1:]]).astype(np.float32)
    model = MLPClassifier((256,), max_iter=2, random_state=0).fit(wide, np.where(rows[:, 0] > 0, 1, 0))
    model.coefs_[0] = np.vstack([np.full((1, 256), 1e4), np.full((3, 256), 1e-3)]).astype(np.float32)
    model.coefs_[1] = np.full((256, 1), 1.0, dtype=np.float32)
    model.coefs_[0][:, ::2] *= -1
    model.coefs_[1][::2] *= -1
    model.intercepts_ = [np.zeros(256, dtype=np.float32), np.zeros(1, dtype=np.float32)]
    wide[:, 1:] *= 1000
    (tmp_path / "m.int8.onnx").write_bytes(b"before")
    wish = ExportWish(timed=False, quantise=True, allow_mismatch=400)
    made = export_model(model, wide, tmp_path / "m.onnx", wish).quantised

    assert made.parity.real.differing > made.parity.allowed
    assert made.problem == (
        f"{made.parity.real.differing} of 400 given rows answer otherwise "
        "(another label, or off by more than 5%); 4 may."
    )
    assert (tmp_path / "m.int8.onnx").read_bytes() == b"before"
    assert made.file == ""


def test_as_many_true_answers_as_rows_are_needed_before_anything_is_written(rows, tmp_path):
    model = LinearRegression().fit(rows, rows[:, 0])
    with pytest.raises(UsageError, match=r"y has the shape \(3,\), and X has 400 rows"):
        export_model(model, rows, tmp_path / "m.onnx", SMALLER, [1, 2, 3])
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_it_is_made_unasked(network, rows, tmp_path):
    assert export_model(network, rows, tmp_path / "m.onnx", ExportWish(timed=False)).quantised is None
    assert [path.name for path in tmp_path.iterdir()] == ["m.onnx"]


def test_its_speed_is_measured_when_that_of_the_main_file_is(network, rows, tmp_path):
    made = export_model(network, rows, tmp_path / "m.onnx", ExportWish(quantise=True)).quantised

    assert [latency.rows for latency in made.latency] == [1, 10_000]


def test_onnxruntime_says_nothing_of_its_own(network, rows, tmp_path, caplog, capfd):
    export_model(network, rows, tmp_path / "m.onnx", SMALLER)

    assert (caplog.text, capfd.readouterr()) == ("", ("", ""))
