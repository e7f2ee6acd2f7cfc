"""Bins, targets of categories, products of columns and leaves of trees, behind what only double computes."""

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.ensemble import RandomTreesEmbedding
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import KFold
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    PolynomialFeatures,
    StandardScaler,
    TargetEncoder,
)
from unseen_rows import exported

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import ExportWish, export_model, open_session


@pytest.mark.parametrize("scaled", [False, True], ids=["alone", "scaled"])
@pytest.mark.parametrize("encode", ["onehot", "onehot-dense", "ordinal"])
def test_a_number_at_an_edge_is_in_its_bin(encode, scaled, X, later, tmp_path):
    bins = KBinsDiscretizer(4, encode=encode, quantile_method="averaged_inverted_cdf")
    exported((make_pipeline(StandardScaler(), bins) if scaled else bins).fit(X), X, later, tmp_path / "m.onnx")


@pytest.mark.filterwarnings("ignore:Bins whose width are too small")
def test_columns_with_few_values_have_fewer_bins(X, later, tmp_path):
    rows, unseen = (np.c_[np.digitize(each[:, 0], [0]), each[:, 1]].astype(float) for each in (X, later))
    bins = KBinsDiscretizer(4, quantile_method="averaged_inverted_cdf")
    exported(make_pipeline(StandardScaler(), bins).fit(rows), rows, unseen, tmp_path / "m.onnx")


@pytest.mark.parametrize("target", ["two classes", "three classes", "figures"])
@pytest.mark.parametrize("scaled", [False, True], ids=["alone", "scaled"])
def test_a_category_is_worth_its_targets_mean(scaled, target, X, later, tmp_path):
    truth = {"two classes": X[:, 0] > 0, "three classes": np.digitize(X[:, 0], [-0.5, 0.5]), "figures": X[:, 0]}
    rows, unseen = (np.where(np.abs(each) > 1.2, np.nan, np.round(each)) for each in (X, later))
    encoder = TargetEncoder(cv=KFold(3))
    model = (make_pipeline(StandardScaler(), encoder) if scaled else encoder).fit(rows, truth[target])
    report = exported(model, rows, unseen, tmp_path / "m.onnx")
    assert report.outputs[0].shape == (None, 12 if target == "three classes" else 4)


def test_a_town_is_worth_the_shares_of_three_classes(people, tmp_path):
    encoder = make_column_transformer(
        *((TargetEncoder(cv=KFold(3)), [name]) for name in ("town", "children", "member"))
    )
    model = make_pipeline(encoder, LogisticRegression()).fit(people, np.digitize(people["age"], [35, 45]))
    exported(model, people, people.sample(len(people), random_state=1), tmp_path / "m.onnx")


@pytest.mark.parametrize("how", [
    {}, {"degree": 4}, {"interaction_only": True}, {"include_bias": False}, {"degree": (2, 3), "include_bias": False},
    {"degree": 1}, {"degree": 0},
])  # fmt: skip
@pytest.mark.parametrize("scaled", [False, True], ids=["alone", "scaled"])
def test_products_of_columns(scaled, how, X, later, tmp_path):
    products = PolynomialFeatures(**how)
    exported((make_pipeline(StandardScaler(), products) if scaled else products).fit(X), X, later, tmp_path / "m.onnx")


def test_products_of_whole_numbers_and_of_double(X, y, people, tmp_path):
    """The classifier needs double, where skl2onnx writes a column of ones in float32."""
    classifier = make_pipeline(StandardScaler(), PolynomialFeatures(), LogisticRegression()).fit(X, y)
    assert export_model(classifier, X, tmp_path / "c.onnx", ExportWish(timed=False)).precision == "float64"
    whole = make_pipeline(PolynomialFeatures(3), LinearRegression()).fit(people[["children"]], people["age"])
    exported(whole, people[["children"]], people[["children"]][::-1].reset_index(drop=True), tmp_path / "w.onnx")


@pytest.mark.parametrize("scaled", [False, True], ids=["alone", "scaled"])
@pytest.mark.parametrize("sparse", [False, True])
def test_a_leaf_is_a_column(sparse, scaled, X, later, tmp_path):
    trees = RandomTreesEmbedding(5, random_state=0, sparse_output=sparse)
    exported((make_pipeline(StandardScaler(), trees) if scaled else trees).fit(X), X, later, tmp_path / "m.onnx")


@pytest.mark.parametrize("rest", ["drop", "passthrough", StandardScaler()], ids=str)
def test_columns_are_chosen_behind_a_step(rest, X, y, later, tmp_path):
    both = FeatureUnion([("c", MinMaxScaler()), ("d", FunctionTransformer())])
    columns = ColumnTransformer([("a", StandardScaler(), [0]), ("b", both, [2, 1])], remainder=rest)
    model = make_pipeline(MinMaxScaler(), columns, LogisticRegression()).fit(X, y)
    exported(model, X, later, tmp_path / "m.onnx")


def test_texts_beside_numbers_are_no_figures_and_say_so(people, tmp_path):
    columns = make_column_transformer((StandardScaler(), ["age"]), remainder="passthrough").fit(people[["age", "town"]])
    with pytest.raises(ExportError, match=r"rows differ .* Stage: ColumnTransformer"):
        export_model(columns, people[["age", "town"]], tmp_path / "m.onnx", ExportWish(timed=False))


def test_texts_alone_are_handed_on(people, tmp_path):
    columns = make_column_transformer(("passthrough", ["town"]), remainder="drop").fit(people[["town"]])
    report = export_model(columns, people[["town"]], tmp_path / "m.onnx", ExportWish(timed=False))
    (told,) = open_session(tmp_path / "m.onnx").run(None, {"town": np.array([["Łódź"], [""]], dtype=object)})

    assert (report.parity.differing, report.outputs[0].type) == (0, "str")
    assert told.tolist() == [["Łódź"], [""]]
