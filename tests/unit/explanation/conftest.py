"""Small data and models that many stories explain; made once, only read."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


@pytest.fixture(scope="session")
def tumours() -> tuple[pd.DataFrame, pd.Series]:
    """Five columns of the breast cancer data, one of them a category, and labels that look like markup."""
    table = load_breast_cancer(as_frame=True)
    data = table.data[["mean radius", "mean texture", "mean smoothness", "worst area"]].copy()
    data["size"] = np.where(data["worst area"] > 700, "large", "small")
    return data, table.target.map({0: "<img src=x onerror=alert(1)>", 1: "benign"}).rename("diagnosis")


@pytest.fixture(scope="session")
def numbers(tumours) -> tuple[pd.DataFrame, pd.Series]:
    """The same without the category."""
    data, labels = tumours
    return data.drop(columns="size"), labels


@pytest.fixture(scope="session")
def wines() -> tuple[pd.DataFrame, pd.Series]:
    table = load_wine(as_frame=True)
    return table.data[["alcohol", "flavanoids", "proline"]], table.target


@pytest.fixture(scope="session")
def patients() -> tuple[pd.DataFrame, pd.Series]:
    table = load_diabetes(as_frame=True)
    return table.data[["age", "bmi", "bp", "s5"]], table.target.rename("progression")


@pytest.fixture(scope="session")
def pipeline(tumours):
    """A forest behind a one-hot encoder."""
    encode = make_column_transformer((OneHotEncoder(), ["size"]), remainder="passthrough")
    return make_pipeline(encode, RandomForestClassifier(10, random_state=0)).fit(*tumours)


@pytest.fixture(scope="session")
def logistic(numbers):
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(*numbers)


@pytest.fixture(scope="session")
def boosted(tumours):
    """InterpretML's boosting machine with one interaction and five outer bags."""
    from interpret.glassbox import ExplainableBoostingClassifier

    model = ExplainableBoostingClassifier(
        interactions=1, max_bins=24, max_interaction_bins=6, outer_bags=5, max_rounds=60, random_state=0, n_jobs=1
    )
    return model.fit(*tumours)
