"""The package's converters against the public contract."""

import numpy as np
import pytest

from jupyter_mlops.export import load_converter
from jupyter_mlops.testing import ConverterContract, ExportedModel

pytest.importorskip("skl2onnx")
pytest.importorskip("onnxruntime")

ROWS = 80


@pytest.fixture(scope="module")
def data() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(ROWS, 3))


@pytest.fixture(scope="module")
def labels(data) -> np.ndarray:
    return (data[:, 0] + data[:, 1] ** 2 > 0.5).astype(int)


class TestSklearn(ConverterContract):
    @pytest.fixture
    def converter(self):
        return load_converter("sklearn")

    @pytest.fixture
    def exported(self, data, labels):
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        return ExportedModel(make_pipeline(StandardScaler(), LogisticRegression()).fit(data, labels), data)


class TestXgboost(ConverterContract):
    @pytest.fixture
    def converter(self):
        return load_converter("xgboost")

    @pytest.fixture
    def exported(self, data, labels):
        xgboost = pytest.importorskip("xgboost")
        return ExportedModel(xgboost.XGBRegressor(n_estimators=5).fit(data, labels), data)


class TestLightgbm(ConverterContract):
    @pytest.fixture
    def converter(self):
        return load_converter("lightgbm")

    @pytest.fixture
    def exported(self, data, labels):
        lightgbm = pytest.importorskip("lightgbm")
        settings = {"n_estimators": 5, "verbose": -1, "min_child_samples": 5}
        return ExportedModel(lightgbm.LGBMClassifier(**settings).fit(data, labels), data)


@pytest.mark.filterwarnings("ignore")  # InterpretML's, of few rows
class TestEbm(ConverterContract):
    @pytest.fixture
    def converter(self):
        return load_converter("ebm")

    @pytest.fixture
    def exported(self, data, labels):
        pytest.importorskip("ebm2onnx")
        glassbox = pytest.importorskip("interpret.glassbox")
        settings = {"max_rounds": 20, "outer_bags": 2, "interactions": 0, "n_jobs": 1}
        return ExportedModel(glassbox.ExplainableBoostingClassifier(**settings).fit(data, labels), data)
