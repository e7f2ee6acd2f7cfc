"""A bundle's model in onnxruntime, and what is said where there is none to be had."""

from dataclasses import replace

import numpy as np
import pytest

from jupyter_mlops.deployment import PackageWish, ScoreWish, load_target, score, target_names
from jupyter_mlops.deployment._session import session_of
from jupyter_mlops.exceptions import ExportError


@pytest.fixture
def with_zipmap(tmp_path):
    """A classifier as skl2onnx makes it unasked: its probabilities are a list of dictionaries."""
    from skl2onnx import to_onnx
    from sklearn.linear_model import LogisticRegression

    from jupyter_mlops.export import open_bundle

    X = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    path = tmp_path / "zipmap.onnx"
    path.write_bytes(to_onnx(LogisticRegression().fit(X, X[:, 0] > 0), X).SerializeToString())
    return open_bundle(path)


def test_a_model_answers(bundles):
    session = session_of(bundles["regressor"])
    assert session.run(None, {"X": np.zeros((3, 2), dtype=np.float32)})[0].shape == (3, 1)


def test_a_model_that_was_changed_is_not_opened(bundles):
    with pytest.raises(ExportError, match="has changed since it was checked"):
        session_of(replace(bundles["frame"], sha256="0" * 64))


@pytest.mark.parametrize("target", ["docker", "dotnet", "kubernetes", "mlflow", "triton"])
def test_what_is_no_tensor_goes_nowhere(with_zipmap, tmp_path, target):
    with pytest.raises(ExportError, match="output_probability"):
        load_target(target).package(with_zipmap, PackageWish(name="wide", directory=tmp_path / "made"))
    assert not (tmp_path / "made").exists()


def test_the_targets_above_are_all():
    assert target_names() == ("docker", "dotnet", "kubernetes", "mlflow", "triton")


def test_what_is_no_tensor_is_told_with_what_to_do(with_zipmap, tmp_path):
    pa = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(pa.table({"a": [1.0], "b": [2.0]}), tmp_path / "in.parquet")
    wish = ScoreWish(source=tmp_path / "in.parquet", destination=tmp_path / "out.parquet")
    with pytest.raises(ExportError, match=r"no tensor but a sequence or a map.*without ZipMap"):
        score(with_zipmap, wish)


def test_a_type_that_numpy_has_not_is_told(foreign):
    with pytest.raises(ExportError, match="'x' of theirs is bfloat16, which NumPy has not"):
        session_of(foreign(("x", "BFLOAT16", ["n", 2])))
