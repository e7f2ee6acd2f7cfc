"""The package's targets against the public contract."""

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.deployment import load_target, target_names
from jupyter_mlops.export import ExportWish, export_model, open_bundle
from jupyter_mlops.testing import TargetContract

pytest.importorskip("skl2onnx")
pytest.importorskip("onnxruntime")


class _OnALinearModel(TargetContract):
    @pytest.fixture
    def bundle(self, tmp_path):
        from sklearn.linear_model import LogisticRegression

        rows = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)), columns=["age", "née 🙂"])
        model = LogisticRegression().fit(rows, np.where(rows["age"] > 0, "yes", "no"))
        export_model(model, rows, tmp_path / "m.onnx", ExportWish(timed=False))
        return open_bundle(tmp_path / "m.onnx")


class TestDocker(_OnALinearModel):
    @pytest.fixture
    def target(self):
        return load_target("docker")


class TestDotnet(_OnALinearModel):
    @pytest.fixture
    def target(self):
        return load_target("dotnet")


class TestKubernetes(_OnALinearModel):
    @pytest.fixture
    def target(self):
        return load_target("kubernetes")


class TestTriton(_OnALinearModel):
    @pytest.fixture
    def target(self):
        return load_target("triton")


class TestMlflow(_OnALinearModel):
    @pytest.fixture
    def target(self):
        return load_target("mlflow")


def test_every_target_is_held_against_the_contract():
    held = {cls.__name__.removeprefix("Test").lower() for cls in _OnALinearModel.__subclasses__()}
    assert held == set(target_names())
