"""The promise of an export: a file that answers as the original on every row, or no file."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler
from unseen_rows import equally_far

from jupyter_mlops.entities import OnnxReport, figure_value
from jupyter_mlops.exceptions import ExportError, UsageError
from jupyter_mlops.export import ExportWish, Variant, edge_rows, export_model, open_session
from jupyter_mlops.export import _discovery as discovery
from jupyter_mlops.export._estimator import Estimator
from jupyter_mlops.export._original import ask
from jupyter_mlops.export._parity import Tolerance, figures_off, same_label
from jupyter_mlops.export._table import Table

QUICK = ExportWish(timed=False)


def asked(path: Path, rows: np.ndarray, report: OnnxReport) -> list[np.ndarray]:
    """Return what the written file says of rows that the export has not seen."""
    return open_session(path).run(None, {"X": rows.astype(report.inputs[0].type)})


def test_a_linear_model_is_written_as_it_is(X, y, tmp_path):
    report = export_model(LogisticRegression().fit(X, y), X, tmp_path / "m.onnx", QUICK)

    assert (report.variant, report.repaired, report.tried) == ("float32", False, ())
    assert report.parity.real.labels == report.parity.real.checked == len(X)
    assert [output.method for output in report.outputs] == ["predict", "predict_proba"]
    assert [path.name for path in tmp_path.iterdir()] == ["m.onnx"]


@pytest.mark.parametrize(
    "trees", [RandomForestClassifier(10, random_state=0), HistGradientBoostingClassifier(max_iter=8)]
)
def test_trees_behind_a_scaler_are_repaired_and_equal_on_rows_that_nobody_checked(trees, X, y, tmp_path):
    model = make_pipeline(StandardScaler(), trees).fit(X, y)
    report = export_model(model, X, tmp_path / "m.onnx", QUICK)
    unseen = np.random.default_rng(1).normal(size=(2000, 4))
    labels, shares = asked(tmp_path / "m.onnx", unseen, report)

    assert report.repaired
    assert report.tried[0].variant.startswith("float32")
    assert report.tried[0].differing > 0
    assert (labels == model.predict(unseen)).all()
    assert np.abs(shares - model.predict_proba(unseen)).max() < 1e-5


def test_a_step_may_be_made_of_trees_that_are_no_tree_operator(X, y, tmp_path):
    """AdaBoost adds up whole trees: the cast stands between the steps, not before an operator."""
    model = make_pipeline(StandardScaler(), AdaBoostClassifier(n_estimators=10, random_state=0)).fit(X, y)
    report = export_model(model, X, tmp_path / "m.onnx", QUICK)
    unseen = np.random.default_rng(1).normal(size=(500, 4))

    assert report.parity.differing == 0
    assert (asked(tmp_path / "m.onnx", unseen, report)[0] == model.predict(unseen)).all()


def test_missing_values_go_where_scikit_learns_trees_send_them(X, y, tmp_path):
    model = RandomForestRegressor(5, random_state=0).fit(X, y)
    report = export_model(model, X, tmp_path / "m.onnx", QUICK)
    holes = np.where(np.random.default_rng(2).random(X.shape) < 0.3, np.nan, X)

    (told,) = asked(tmp_path / "m.onnx", holes, report)
    assert np.allclose(told.ravel(), model.predict(holes), atol=1e-5)


def test_an_imputer_works_in_double_too(X, y, tmp_path):
    holes = np.where(np.random.default_rng(3).random(X.shape) < 0.2, np.nan, X)
    model = make_pipeline(SimpleImputer(), StandardScaler(), RandomForestClassifier(5, random_state=0)).fit(holes, y)
    report = export_model(model, holes, tmp_path / "m.onnx", QUICK)

    assert report.parity.real.checked == len(X)
    assert report.parity.differing == 0


@pytest.mark.parametrize("name", ["lightgbm", "xgboost"])
def test_boosters_inside_of_a_pipeline_are_equal(name, X, y, tmp_path):
    module = pytest.importorskip(name)
    booster = (
        module.LGBMClassifier(n_estimators=5, verbose=-1)
        if name == "lightgbm"
        else module.XGBClassifier(n_estimators=5)
    )
    model = make_pipeline(StandardScaler(), booster).fit(X, y)
    report = export_model(model, X, tmp_path / "m.onnx", QUICK)
    unseen = np.random.default_rng(4).normal(size=(500, 4))

    assert np.allclose(asked(tmp_path / "m.onnx", unseen, report)[1], model.predict_proba(unseen), atol=1e-5)


def test_columns_of_every_type_have_inputs_of_their_own(people, y, tmp_path):
    columns = ColumnTransformer(
        [
            ("numbers", StandardScaler(), ["age", "children"]),
            ("town", OneHotEncoder(handle_unknown="ignore"), ["town"]),
            ("member", "passthrough", ["member"]),
        ]
    )
    report = export_model(
        make_pipeline(columns, LogisticRegression()).fit(people, y), people, tmp_path / "m.onnx", QUICK
    )

    assert [(tensor.name, tensor.type) for tensor in report.inputs] == [
        ("age", report.precision), ("children", "int64"), ("town", "str"), ("member", "bool"),
    ]  # fmt: skip
    assert report.parity.edge.checked > 10
    assert "the input's type has no such value" in {each.reason for each in report.parity.domain}


def test_texts_are_one_input(tmp_path):
    texts = ["red wine", "white wine", "red", "", "green tea"] * 8
    model = CountVectorizer(token_pattern="[a-zA-Z]+", lowercase=False).fit(texts)
    report = export_model(model, texts, tmp_path / "m.onnx", QUICK)

    assert (report.inputs[0].name, report.inputs[0].shape, report.parity.differing) == ("text", (None,), 0)


def test_words_that_onnx_splits_otherwise_are_found(tmp_path):
    texts = ["wörld of words", "a b c"] * 8

    with pytest.raises(ExportError, match=r"8 of 16 given rows .* Stage: CountVectorizer"):
        export_model(CountVectorizer(token_pattern=r"\b\w+\b").fit(texts), texts, tmp_path / "m.onnx", QUICK)
    assert list(tmp_path.iterdir()) == []


def test_a_step_that_cannot_be_converted_is_named_and_nothing_is_written(X, y, tmp_path):
    """RELIABILITY B33."""
    model = make_pipeline(StandardScaler(), FunctionTransformer(np.cbrt), LogisticRegression()).fit(X, y)
    (tmp_path / "m.onnx").write_bytes(b"what was there")

    with pytest.raises(ExportError, match=r"FunctionTransformer \(step 'functiontransformer'\) cannot be converted"):
        export_model(model, X, tmp_path / "m.onnx", QUICK)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("m.onnx", b"what was there")]


class OffByATenth:
    """A converter whose files are wrong where the first column is above 1."""

    name = "tenth"

    def suits(self, model):
        return isinstance(model, LinearRegression)

    def variants(self, model):
        return (Variant(name="wrong"),)

    def convert(self, conversion):
        nodes = [
            helper.make_node("MatMul", ["X", "weights"], ["sum"]),
            helper.make_node("Greater", ["sum", "one"], ["above"]),
            helper.make_node("Cast", ["above"], ["ones"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["ones", "tenth"], ["error"]),
            helper.make_node("Add", ["sum", "error"], ["y"]),
        ]
        values = {"weights": np.float32([[1], [0], [0], [0]]), "one": np.float32([1]), "tenth": np.float32([0.1])}
        graph = helper.make_graph(
            nodes,
            "wrong",
            [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 4])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
            [onnx.numpy_helper.from_array(value, name) for name, value in values.items()],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


@pytest.fixture
def first_column(X):
    """A model that gives the first column."""
    model = LinearRegression().fit(X, X[:, 0])
    model.coef_, model.intercept_ = np.array([1.0, 0, 0, 0]), 0.0
    return model


@pytest.fixture
def wrong_converter(monkeypatch):
    class Point:
        def load(self):
            return OffByATenth

    monkeypatch.setattr(discovery, "installed", lambda group: {"tenth": Point()})


def test_one_row_that_differs_is_enough_to_write_nothing(wrong_converter, first_column, X, tmp_path):
    rows = np.vstack([X[X[:, 0] < 0.9][:50], [[1.5, 0, 0, 0]]])

    with pytest.raises(
        ExportError, match=r"1 of 51 given rows and \d+ of \d+ generated rows differ .* Stage: LinearReg"
    ):
        export_model(first_column, rows, tmp_path / "m.onnx", QUICK)
    assert list(tmp_path.iterdir()) == []


def test_differences_that_are_allowed_are_told_and_recorded(wrong_converter, first_column, X, tmp_path):
    wish = ExportWish(allow_mismatch=400, timed=False)
    report = export_model(first_column, X, tmp_path / "m.onnx", wish)

    facts = {entry.key: entry.value for entry in onnx.load(tmp_path / "m.onnx").metadata_props}
    assert facts["jupyter_mlops.allow_mismatch"] == "400"
    assert report.parity.real.differing == (X[:, 0] > 1).sum()
    assert "were allowed to" in report.notes[0]


def test_a_wider_tolerance_is_recorded(wrong_converter, first_column, X, tmp_path):
    report = export_model(first_column, X, tmp_path / "m.onnx", ExportWish(atol=0.2, timed=False))

    facts = {entry.key: entry.value for entry in onnx.load(tmp_path / "m.onnx").metadata_props}
    assert (facts["jupyter_mlops.atol"], report.parity.differing, report.parity.atol) == ("0.2", 0, 0.2)
    assert figure_value(report.parity.largest) > 0.09


def test_answers_that_differ_are_refused_with_their_stage(X, tmp_path):
    """Of points that are equally far scikit-learn takes those that its tree comes to first; that is no equality."""
    with pytest.raises(ExportError, match=r"generated rows differ .* Stage: KNeighborsRegressor[.] Tried: float32 \("):
        export_model(equally_far(X), X, tmp_path / "m.onnx", QUICK)


def test_rows_that_the_model_rejects_are_its_domain(X, y, tmp_path):
    report = export_model(LogisticRegression().fit(X, y), X, tmp_path / "m.onnx", QUICK)
    given, checked = report.parity.edge.given, report.parity.edge.checked

    assert given - checked == sum(each.rows for each in report.parity.domain)
    assert any("contains NaN" in each.reason for each in report.parity.domain)


def test_a_model_that_answers_no_row_is_told(X, y, tmp_path):
    with pytest.raises(UsageError, match=r"answers no row of X: .*4 features"):
        export_model(LogisticRegression().fit(X, y), X[:, :2], tmp_path / "m.onnx", QUICK)


def test_latency_is_of_one_row_and_of_ten_thousand(X, y, tmp_path):
    report = export_model(LogisticRegression().fit(X, y), X, tmp_path / "m.onnx")

    assert [latency.rows for latency in report.latency] == [1, 10_000]
    assert all(0 < latency.onnx_p50 <= latency.onnx_p95 for latency in report.latency)
    assert report.latency[0].times > 1


def test_equal_is_what_the_tolerance_says():
    ours = np.array([[1.0, 2.0], [1.0, 2.1], [np.nan, np.inf], [np.nan, 1.0], [np.inf, -np.inf]])
    theirs = np.array([[1.00009, 2.0], [1.0, 2.0], [np.nan, np.inf], [1.0, 1.0], [np.inf, np.inf]])
    off, distance = figures_off(ours, theirs, Tolerance())

    assert off.tolist() == [False, True, False, True, True]
    assert np.allclose(distance[:3], [0.00009, 0.1, 0.0])
    assert figures_off(ours, theirs[:, :1], Tolerance())[0].tolist() == [True, True, True, False, True]


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ([[1], [0]], [[1.0], [1.0]], [True, False]),
        ([["a"], ["b"]], [["a"], ["c"]], [True, False]),
        ([[1], [0]], [[True], [False]], [True, True]),
        ([[1, 0]], [[1]], [False]),
    ],
)
def test_labels_are_the_same_as_numbers_or_as_texts(ours, theirs, same):
    assert same_label(np.array(ours), np.array(theirs)).tolist() == same


def test_edge_rows_stand_at_thresholds_and_beside_them(X, y):
    model = make_pipeline(StandardScaler(), RandomForestClassifier(2, max_depth=2, random_state=0)).fit(X, y)
    edges = edge_rows(model, Table.of(X)).value
    scaled = np.float32(model[0].transform(edges[(np.abs(edges) < 1e6).all(axis=1)]))
    tree = model[1].estimators_[0].tree_
    near = [np.abs(scaled[:, f] - t).min() for f, t in zip(tree.feature, tree.threshold, strict=True) if f >= 0]

    assert max(near) < 1e-6


def test_edge_rows_of_texts_are_empty_unseen_and_not_english():
    edges = edge_rows(None, Table.of(["a", "b"])).value

    assert {"", " ", "never seen before", "A", "b "} <= {text for text in edges if isinstance(text, str)}
    assert any("文" in text for text in edges if isinstance(text, str))


def test_trees_in_an_array_are_trees_too(X, y, tmp_path):
    """scikit-learn's gradient boosting keeps its trees in an array, not in a list."""
    report = export_model(GradientBoostingRegressor(n_estimators=4).fit(X, y), X, tmp_path / "m.onnx", QUICK)

    assert report.parity.differing == 0


def test_edge_rows_that_are_all_rejected_are_no_answer(people, tmp_path):
    """An encoder that knows its categories rejects every other."""
    towns = people[["town"]]
    report = export_model(OrdinalEncoder().fit(towns), towns, tmp_path / "m.onnx", QUICK)

    assert report.parity.real.checked == len(towns)
    assert report.parity.edge.checked < report.parity.edge.given


def test_a_method_that_rejects_a_row_that_others_take_makes_it_the_models_domain(X, y):
    class Shy(LogisticRegression):
        def predict_proba(self, X):
            if (X[:, 0] > 1).any():
                raise ValueError("too large for me")
            return super().predict_proba(X)

    answers = ask(Estimator(Shy().fit(X, y)), Table.of(X), ("predict", "predict_proba"))

    assert (answers.answered == (X[:, 0] <= 1)).all()
    assert answers.rejected == {"too large for me": int((X[:, 0] > 1).sum())}
    assert len(answers.by_method["predict"]) == len(answers.by_method["predict_proba"]) == answers.answered.sum()


def test_a_large_forest_behind_a_scaler_is_equal(tmp_path):
    """A hundred trees have thresholds of every size, and each tree must be found again by them."""
    rows = np.random.default_rng(0).normal(size=(400, 12))
    labels = (rows[:, 0] + rows[:, 1] ** 2 > 0.5).astype(int)
    model = make_pipeline(StandardScaler(), RandomForestClassifier(100, random_state=0)).fit(rows, labels)
    report = export_model(model, rows, tmp_path / "m.onnx", QUICK)
    holes = np.where(np.random.default_rng(1).random(rows.shape) < 0.2, np.nan, rows)

    assert np.abs(asked(tmp_path / "m.onnx", holes, report)[1] - model.predict_proba(holes)).max() < 1e-5
