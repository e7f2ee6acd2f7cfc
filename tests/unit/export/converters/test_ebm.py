"""InterpretML's boosting machines as files, on real data: classes, figures, pairs of features, missing, categories."""

import numpy as np
import onnxruntime
import pandas as pd
import pytest

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import ExportWish, export_model, load_converter

glassbox = pytest.importorskip("interpret.glassbox")
pytest.importorskip("ebm2onnx")
datasets = pytest.importorskip("sklearn.datasets")
pytestmark = pytest.mark.filterwarnings("ignore")  # InterpretML's, of missing values and few rows

QUICK = ExportWish(timed=False)
DRAW = np.random.default_rng(0)


def people(rows: int = 240) -> pd.DataFrame:
    towns = np.array(["Bern", "Köln", "Łódź"])
    return pd.DataFrame(
        {
            "age": DRAW.normal(40, 10, rows),
            "town": pd.Series(towns[np.arange(rows) % 3], dtype=object),
            "children": np.arange(rows) % 5,
        }
    )


def with_holes(table: pd.DataFrame) -> pd.DataFrame:
    return table.mask(DRAW.random(table.shape) < 0.1)


CANCER = datasets.load_breast_cancer(as_frame=True)
WINE = datasets.load_wine(as_frame=True)
DIABETES = datasets.load_diabetes(as_frame=True)
PEOPLE = people()
LIVES = (PEOPLE["age"] + 9 * (PEOPLE["town"] == "Köln") > 43).astype(int)
CASES = {
    "binary": ("Classifier", CANCER.data.iloc[:, :6], CANCER.target, 0),
    "binary, pairs": ("Classifier", CANCER.data.iloc[:, :6], CANCER.target, 3),
    "texts as classes": ("Classifier", CANCER.data.iloc[:, :6], np.array(["no", "yes"])[CANCER.target], 0),
    "multiclass": ("Classifier", WINE.data, WINE.target, 0),
    "regression": ("Regressor", DIABETES.data, DIABETES.target, 0),
    "regression, pairs": ("Regressor", DIABETES.data, DIABETES.target, 3),
    "missing": ("Classifier", with_holes(CANCER.data.iloc[:, :6]), CANCER.target, 2),
    "categories": ("Classifier", PEOPLE, LIVES, 0),
    "categories, pairs": ("Classifier", PEOPLE, LIVES, 2),
    "an array": ("Classifier", CANCER.data.iloc[:, :6].to_numpy(), CANCER.target.to_numpy(), 2),
}


def fitted(name: str):
    kind, X, y, pairs = CASES[name]
    make = getattr(glassbox, f"ExplainableBoosting{kind}")
    return make(max_rounds=40, outer_bags=2, interactions=pairs, random_state=0, n_jobs=1).fit(X, y), X


@pytest.mark.parametrize("name", CASES)
def test_a_machine_becomes_a_file_that_answers_alike(name, tmp_path):
    model, X = fitted(name)
    report = export_model(model, X, tmp_path / "m.onnx", QUICK)
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx")
    if len(report.inputs) == 1:
        feeds = {"X": np.asarray(X).astype(report.inputs[0].type)}
    else:
        feeds = {
            each.name: X[[each.name]].to_numpy("object" if each.type == "str" else each.type) for each in report.inputs
        }
    found = session.run(None, feeds)

    assert (report.converter, report.parity.differing, report.parity.real.checked) == ("ebm", 0, len(X))
    told = model.predict(X)
    if CASES[name][0] == "Regressor":
        np.testing.assert_allclose(found[0].ravel(), told, rtol=1e-4, atol=1e-4)
    else:
        assert found[0].ravel().tolist() == told.tolist()
        np.testing.assert_allclose(found[1], model.predict_proba(X), atol=1e-5)


@pytest.mark.parametrize("kind", ["Classifier", "Regressor"])
def test_a_private_machine_is_exported_as_any_other(kind, tmp_path):
    from interpret import privacy

    make = getattr(privacy, f"DPExplainableBoosting{kind}")
    model = make(max_rounds=20).fit(PEOPLE, LIVES)
    report = export_model(model, PEOPLE, tmp_path / "m.onnx", QUICK)

    assert (report.converter, report.parity.differing, report.parity.real.checked) == ("ebm", 0, len(PEOPLE))
    assert type(model) is make


def test_numbers_are_one_input_and_categories_have_their_own(tmp_path):
    one = export_model(*fitted("binary"), tmp_path / "m.onnx", QUICK)
    apart = export_model(*fitted("categories"), tmp_path / "m.onnx", QUICK)

    assert [(each.name, each.shape) for each in one.inputs] == [("X", (None, 6))]
    assert [(each.name, each.type, each.shape) for each in apart.inputs][1] == ("town", "str", (None, 1))
    assert [each.name for each in apart.inputs] == ["age", "town", "children"]


def test_scores_of_each_term_are_left_out_and_said(tmp_path):
    report = export_model(*fitted("regression"), tmp_path / "m.onnx", QUICK)

    assert [each.method for each in report.outputs] == ["predict"]
    assert report.notes[0].startswith("Left out, because no method of the original says the same: scores")


def test_the_machine_itself_is_only_read(tmp_path):
    model, X = fitted("regression, pairs")
    before = set(vars(model))
    export_model(model, X, tmp_path / "m.onnx", QUICK)

    assert set(vars(model)) == before


def test_another_opset_than_the_one_that_there_is_is_told(tmp_path):
    with pytest.raises(ExportError, match="ebm2onnx writes opset 16 only"):
        export_model(*fitted("binary"), tmp_path / "m.onnx", ExportWish(timed=False, opset=20))
    assert list(tmp_path.iterdir()) == []


def test_a_converter_knows_fitted_machines_only():
    converter = load_converter("ebm")

    assert converter.suits(fitted("binary")[0])
    assert not converter.suits(glassbox.ExplainableBoostingClassifier())
    assert not converter.suits(object())
