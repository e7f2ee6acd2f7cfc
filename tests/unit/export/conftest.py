"""Rows that the stories of exports share; without the extra `onnx` these stories are not collected."""

from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

if any(find_spec(library) is None for library in ("onnx", "onnxmltools", "onnxruntime", "skl2onnx")):
    collect_ignore_glob = ["test_*.py"]

ROWS = 300


@pytest.fixture(scope="session")
def X() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(ROWS, 4))


@pytest.fixture(scope="session")
def y(X) -> np.ndarray:
    return (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(int)


@pytest.fixture(scope="session")
def people(X) -> pd.DataFrame:
    """Columns of every type."""
    return pd.DataFrame(
        {
            "age": X[:, 0] * 10 + 40,
            "children": np.arange(ROWS) % 4,
            "town": np.array(["Bern", "Köln", "Łódź"])[np.arange(ROWS) % 3],
            "member": np.arange(ROWS) % 2 == 0,
        }
    )


@pytest.fixture(scope="session")
def later() -> np.ndarray:
    """Rows that no export has seen, of numbers that float32 has."""
    return np.random.default_rng(9).normal(size=(2000, 4)).astype(np.float32).astype(float)
