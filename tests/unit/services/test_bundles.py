"""What can be deployed: a file, a run that keeps its export, or one that is exported now."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import jupyter_mlops as mlops
from jupyter_mlops.entities import RunExport
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.home import Home
from jupyter_mlops.services import SubmitRun, bundle_of, export_onnx, service_of, use_service

pytest.importorskip("skl2onnx")


@pytest.fixture
def runs(tmp_path):
    service = service_of(Home.create(tmp_path / "home"))
    use_service(service)
    yield service
    use_service(None)


@pytest.fixture
def run(runs):
    """A run that returned a model."""

    def train():
        X = np.random.default_rng(0).normal(size=(60, 2))
        return LogisticRegression().fit(X, X[:, 0] > 0)

    run = mlops.train(train, name="wide")
    run.wait()
    return run


X = np.random.default_rng(1).normal(size=(20, 2))


def test_a_run_keeps_the_file_that_was_exported(runs, run, tmp_path):
    report = export_onnx(run, X, tmp_path / "mine.onnx")
    (tmp_path / "mine.onnx").unlink()
    bundle = bundle_of(runs, "wide")

    assert (bundle.sha256, bundle.run_id, bundle.label) == (report.sha256, run.id, "wide")
    assert hashlib.sha256(bundle.path.read_bytes()).hexdigest() == report.sha256


def test_a_run_without_an_export_is_exported_on_the_rows_that_are_named(runs, run):
    first = bundle_of(runs, run, X)
    assert first.run_id == run.id
    assert bundle_of(runs, run) == first


def test_an_export_that_the_run_is_about_to_make_is_waited_for(runs):
    source = "from sklearn.linear_model import LogisticRegression\nmodel = LogisticRegression().fit(Xte, Xte[:, 0] > 0)"
    run = runs.submit(SubmitRun(source=source, namespace={"Xte": X}, name="own", export=RunExport("model")))
    run.wait_delivery()

    assert bundle_of(runs, run).run_id == run.id


def test_without_rows_it_says_what_to_name(runs, run):
    with pytest.raises(UsageError, match=r"Run wide was not exported yet.*-X X_test"):
        bundle_of(runs, "wide")


def test_a_file_needs_no_run(runs, tmp_path):
    model = LogisticRegression().fit(X, X[:, 0] > 0)
    report = export_onnx(model, X, tmp_path / "mine.onnx")
    for what in (tmp_path / "mine.onnx", str(tmp_path / "mine.onnx")):
        bundle = bundle_of(SimpleNamespace(), what)
        assert (bundle.sha256, bundle.run_id, bundle.label) == (report.sha256, "", "mine")
