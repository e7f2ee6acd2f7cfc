"""The package's methods of explaining against the public contract: glass boxes, any model from outside, networks."""

import warnings

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.explanation import load_explainer
from jupyter_mlops.testing import ExplainedModel, ExplainerContract

ROWS = 120


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    draw = np.random.default_rng(0)
    return pd.DataFrame({"noise": draw.normal(size=ROWS), "signal": draw.normal(size=ROWS), "more": draw.random(ROWS)})


@pytest.fixture(scope="module")
def labels(table: pd.DataFrame) -> pd.Series:
    return (table["signal"] + 0.3 * table["more"] > 0).astype(int)


@pytest.fixture(scope="module")
def boosted(table, labels) -> ExplainedModel:
    from interpret.glassbox import ExplainableBoostingClassifier

    model = ExplainableBoostingClassifier(interactions=1, outer_bags=3, max_rounds=30, random_state=0, n_jobs=1)
    return ExplainedModel(model.fit(table, labels), table, labels, "signal")


class TestGlassBox(ExplainerContract):
    @pytest.fixture
    def explainer(self):
        return load_explainer("glassbox")

    @pytest.fixture
    def explained(self, boosted):
        return boosted


@pytest.fixture(scope="module")
def linear(table, labels) -> ExplainedModel:
    from interpret.glassbox import LinearRegression

    return ExplainedModel(LinearRegression().fit(table, labels), table, labels, "signal")


class TestGlassBoxLinear(ExplainerContract):
    @pytest.fixture
    def explainer(self):
        return load_explainer("glassbox")

    @pytest.fixture
    def explained(self, linear):
        return linear


@pytest.fixture(scope="module")
def forest(table, labels) -> ExplainedModel:
    from sklearn.ensemble import RandomForestClassifier

    model = RandomForestClassifier(10, random_state=0).fit(table, labels)
    return ExplainedModel(model, table, labels, "signal")


class TestPermutation(ExplainerContract):
    @pytest.fixture
    def explainer(self):
        return load_explainer("permutation")

    @pytest.fixture
    def explained(self, forest):
        return forest


@pytest.fixture(scope="module")
def torch_network(table, labels) -> ExplainedModel:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 6), torch.nn.Tanh(), torch.nn.Linear(6, 2))
    optimizer = torch.optim.Adam(model.parameters(), 0.05)
    inputs, wanted = torch.tensor(table.to_numpy(), dtype=torch.float32), torch.tensor(labels.to_numpy())
    for _ in range(60):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(inputs), wanted).backward()
        optimizer.step()
    return ExplainedModel(model, table, labels, "signal")


@pytest.mark.torch
class TestGradientsOfTorch(ExplainerContract):
    @pytest.fixture
    def explainer(self):
        return load_explainer("gradients")

    @pytest.fixture
    def explained(self, torch_network):
        return torch_network


@pytest.fixture(scope="module")
def keras_network(table, labels) -> ExplainedModel:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's own, while it is imported
        keras = pytest.importorskip("keras")
        keras.utils.set_random_seed(0)
        layers = [keras.Input((3,)), keras.layers.Dense(6, "tanh"), keras.layers.Dense(1, "sigmoid")]
        model = keras.Sequential(layers)
        model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
        model.fit(table.to_numpy(), labels.to_numpy(), epochs=15, verbose=0)
    return ExplainedModel(model, table, labels, "signal")


@pytest.mark.keras
class TestGradientsOfKeras(ExplainerContract):
    @pytest.fixture
    def explainer(self):
        return load_explainer("gradients")

    @pytest.fixture
    def explained(self, keras_network):
        return keras_network
