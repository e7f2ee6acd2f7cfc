"""`mlops.export_onnx`: what it is given, and what it says where that is nothing."""

from types import SimpleNamespace

import numpy as np
import pytest

import jupyter_mlops as mlops
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.home import Home
from jupyter_mlops.services import export_for, export_onnx, service_of, use_service


@pytest.fixture
def runs(tmp_path):
    service = service_of(Home.create(tmp_path / "home"))
    use_service(service)
    yield service
    use_service(None)


@pytest.fixture
def fitted():
    pytest.importorskip("skl2onnx")
    pytest.importorskip("onnxruntime")
    from sklearn.linear_model import LogisticRegression

    X = np.random.default_rng(0).normal(size=(60, 2))
    return SimpleNamespace(X=X, model=LogisticRegression().fit(X, X[:, 0] > 0))


def test_the_front_door_is_the_services():
    assert mlops.export_onnx is export_onnx


def test_a_model_that_no_run_made_is_written_and_kept_nowhere(runs, fitted, tmp_path):
    report = export_onnx(fitted.model, fitted.X, tmp_path / "m.onnx", rtol=1e-3)

    assert (report.run_id, report.model, report.file, report.parity.rtol) == ("", "", "m.onnx", 1e-3)
    assert (tmp_path / "m.onnx").stat().st_size == report.size


def test_without_rows_nothing_is_compared(runs, fitted, tmp_path):
    with pytest.raises(UsageError, match=r"no rows to compare with[.] Give X"):
        export_onnx(fitted.model, None, tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


def test_a_run_that_is_not_there_is_told(runs, tmp_path):
    with pytest.raises(UsageError, match="no_such_run"):
        export_onnx("no_such_run", [[1.0]], tmp_path / "m.onnx")


def test_a_run_that_was_collected_since_keeps_nothing(fitted, tmp_path):
    from jupyter_mlops.export import ExportWish

    gone = SimpleNamespace(id="1" * 32, name="wide", exists=False)
    finder = SimpleNamespace(get=lambda run_id: gone)
    wish = ExportWish(run_id="1" * 32, timed=False)
    report = export_for(finder, fitted.model, fitted.X, tmp_path / "m.onnx", wish)

    assert (report.run_id, report.model) == ("1" * 32, "wide")


def test_a_model_whose_run_is_gone_is_written_all_the_same(runs, fitted, tmp_path):
    """The run was deleted since; the file still says which it was."""
    from jupyter_mlops.export import ExportWish

    wish = ExportWish(run_id="1" * 32, name="mine", timed=False)
    report = export_for(runs, fitted.model, fitted.X, tmp_path / "m.onnx", wish)

    assert (report.run_id, report.model) == ("1" * 32, "mine")
    assert (tmp_path / "m.onnx").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rtol": float("nan")}, "rtol is nan, which is no tolerance"),
        ({"atol": -1.0}, "atol is -1.0, which is no tolerance"),
        ({"allow_mismatch": -1}, "allow_mismatch is -1, which is no number of rows"),
    ],
)
def test_what_can_never_hold_is_refused_before_a_run_is_looked_for(runs, options, message, tmp_path):
    with pytest.raises(UsageError, match=message):
        export_onnx("no_such_run", [[1.0]], tmp_path / "m.onnx", **options)


def test_a_refused_export_leaves_the_file_that_was_there(runs, fitted, tmp_path):
    (tmp_path / "m.onnx").write_bytes(b"before")
    with pytest.raises(UsageError, match="The model answers no row of X: X has 9 features"):
        export_onnx(fitted.model, np.zeros((2, 9)), tmp_path / "m.onnx")
    assert [(file.name, file.read_bytes()) for file in tmp_path.glob("*.onnx")] == [("m.onnx", b"before")]


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_a_run_keeps_the_weights_beside_its_file_and_only_the_newest(make_run, runs, tmp_path):
    pytest.importorskip("skl2onnx")
    from sklearn.neural_network import MLPRegressor

    from jupyter_mlops.export import ExportWish, open_bundle
    from jupyter_mlops.services._models._source import registered_file, source_of

    X = np.random.default_rng(0).normal(size=(20, 12))
    run = make_run()
    kept = run.directory.artifacts / "onnx"
    for seed in (0, 1):
        network = MLPRegressor(hidden_layer_sizes=(40,), max_iter=3, random_state=seed).fit(X, X.sum(axis=1))
        wish = ExportWish(run_id=run.id, largest=1_000, timed=False)
        report = export_for(SimpleNamespace(get=lambda _: run), network, X, tmp_path / "m.onnx", wish)

        assert sorted(path.name for path in kept.iterdir()) == ["model.onnx", report.weights]
        assert open_bundle(kept / "model.onnx").sha256 == report.sha256

    source = source_of(run)
    assert f"{source.folder}/{report.weights}" in source.files
    assert open_bundle(registered_file(run, report.sha256)).weights == report.weights
