"""Packages and answered files from a run or a file: `mlops.package` and `mlops.score_file`."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import jupyter_mlops as mlops
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.home import Home
from jupyter_mlops.services import service_of, use_service
from jupyter_mlops.services._packages import _example

pytest.importorskip("skl2onnx")
pytest.importorskip("pyarrow")

ROWS = pd.DataFrame(np.random.default_rng(1).normal(size=(20, 2)), columns=["age", "income"])


@pytest.fixture
def runs(tmp_path):
    service = service_of(Home.create(tmp_path / "home"))
    use_service(service)
    yield service
    use_service(None)


@pytest.fixture
def file(runs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mlops.export_onnx(LogisticRegression().fit(ROWS, ROWS["age"] > 0), ROWS, "wide model.onnx")
    return "wide model.onnx"


def test_a_file_is_packed_under_its_own_name(file, tmp_path):
    package = mlops.package(file, "triton")
    assert (package.target, package.name, str(package.directory)) == ("triton", "wide_model", "wide-model-triton")
    assert (tmp_path / "wide-model-triton/wide_model/config.pbtxt").exists()


def test_name_and_folder_can_be_said(file, tmp_path):
    package = mlops.package(file, "triton", tmp_path / "there", name="cancer")
    assert (package.name, package.directory) == ("cancer", tmp_path / "there")


def test_a_run_is_packed_with_its_rows(runs, tmp_path):
    def train():
        X = np.random.default_rng(0).normal(size=(60, 2))
        return LogisticRegression().fit(X, X[:, 0] > 0)

    run = mlops.train(train, name="wide")
    run.wait()
    with pytest.raises(UsageError, match="was not exported yet"):
        mlops.package("wide", "triton", tmp_path / "there")
    assert mlops.package(run, "triton", tmp_path / "there", X=ROWS.to_numpy()).name == "wide"
    assert mlops.package("wide", "mlflow", tmp_path / "mlflow").checked


def test_an_unknown_target_and_one_that_is_no_endpoint_are_told(file):
    with pytest.raises(UsageError, match="No target is called 'heroku'"):
        mlops.package(file, "heroku")
    with pytest.raises(UsageError, match=r"a folder: mlops\.package\(what, 'triton', folder\)"):
        mlops.deploy(file, "triton")


def test_the_example_is_the_first_row_in_the_models_order(file):
    from jupyter_mlops.export import open_bundle

    bundle = open_bundle(file)
    assert _example(bundle, ROWS[["income", "age"]]) == tuple(ROWS.iloc[0])
    assert _example(bundle, ROWS * np.nan) == ()
    assert _example(bundle, ROWS.to_numpy()) == ()
    assert _example(bundle, None) == ()


@pytest.mark.parametrize(("columns", "names"), [((), []), ("all", ["age", "income"]), (["income"], ["income"])])
def test_a_file_of_rows_is_answered(file, tmp_path, columns, names):
    ROWS.to_csv("in.csv", index=False)
    told = []
    report = mlops.score_file(file, "in.csv", tmp_path / "out.parquet", columns=columns, chunk=8, progress=told.append)

    assert list(report.columns) == [*names, "predict", "predict_proba_False", "predict_proba_True"]
    assert [each.rows for each in told] == [8, 16, 20]
    assert pd.read_parquet("out.parquet")["predict"].isin([0, 1]).sum() == 20
    assert (report.rows, report.label) == (20, "wide model")
