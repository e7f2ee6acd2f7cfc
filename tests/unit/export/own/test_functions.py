"""FunctionTransformer with NumPy's functions."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from unseen_rows import QUICK, exported

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import export_model
from jupyter_mlops.export._own._functions import STEPS


@pytest.mark.parametrize("function", sorted(STEPS, key=lambda each: each.__name__), ids=lambda each: each.__name__)
def test_a_function_is_written_with_onnx_operators(function, X, later, tmp_path):
    rows, unseen = (np.abs(each) + 0.5 for each in (X, later))
    exported(FunctionTransformer(function).fit(rows), rows, unseen, tmp_path / "m.onnx")


def test_of_whole_numbers_come_figures(people, tmp_path):
    columns = people[["children", "age"]].abs()
    model = make_pipeline(FunctionTransformer(np.log1p), LinearRegression()).fit(columns, people["age"])
    later = pd.DataFrame({"children": np.arange(9), "age": np.linspace(1, 99, 9).astype(np.float32)})
    exported(model, columns, later, tmp_path / "m.onnx")


def test_no_function_leaves_the_columns_as_they_are(X, later, tmp_path):
    exported(FunctionTransformer().fit(X), X, later, tmp_path / "m.onnx")


def half(rows):
    return rows / 2


@pytest.mark.parametrize(
    ("transformer", "said"),
    [
        (FunctionTransformer(lambda rows: rows * 2), "has a lambda, which has no counterpart"),
        (FunctionTransformer(half), "has half, which has no counterpart: compute it before the pipeline, or use np."),
        (FunctionTransformer(np.clip, kw_args={"a_min": 0, "a_max": 1}), "has clip"),
    ],
    ids=["lambda", "own", "arguments"],
)
def test_any_other_function_is_told_with_what_to_do(transformer, said, X, tmp_path):
    model = make_pipeline(transformer, LinearRegression()).fit(X, X[:, 0])
    with pytest.raises(ExportError, match=said) as told:
        export_model(model, X, tmp_path / "m.onnx", QUICK)
    assert "FunctionTransformer (step 'functiontransformer')" in str(told.value)
