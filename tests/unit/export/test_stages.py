"""A refusal names the step that is to blame, and what to do."""

from copy import copy

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from unseen_rows import equally_far

from jupyter_mlops.exceptions import ExportError, UsageError
from jupyter_mlops.export import ExportWish, Table, export_model, load_converter
from jupyter_mlops.export import _discovery as discovery
from jupyter_mlops.export._converters._by_skl2onnx import FLOAT
from jupyter_mlops.export._discovery import converter_for, converter_names
from jupyter_mlops.export._estimator import Estimator, tells_columns_apart
from jupyter_mlops.export._original import Original
from jupyter_mlops.export._parity import Tolerance
from jupyter_mlops.export._stages import stage_that_differs, stage_that_fails


def asked(model, X):
    subject, table = Estimator(model), Table.of(X)
    return Original.asked(subject, table, subject.edge_rows(table))


class Doubling(StandardScaler):
    """A scaler of the notebook's own, which nobody can convert."""

    def transform(self, X, copy=None):
        return super().transform(X, copy) * 2


class Clipping(TransformerMixin, BaseEstimator):
    """A transformer as people write them: fitting it leaves nothing behind."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X.clip(-1, 1)


class Duck:
    """A transformer of nobody's base class."""

    def fit_transform(self, X, y=None):
        return self.transform(X)

    def transform(self, X):
        return np.clip(X, -1, 1)


@pytest.mark.parametrize("own", [Clipping(), Duck()], ids=lambda own: type(own).__name__)
@pytest.mark.parametrize("place", [0, 1])
def test_a_step_that_nothing_fits_is_the_stage_and_not_the_one_behind_it(own, place, X, y, tmp_path):
    steps = [StandardScaler(), PCA(2)]
    model = make_pipeline(*steps[:place], own, *steps[place:], LogisticRegression()).fit(X, y)
    with pytest.raises(ExportError) as refused:
        export_model(model, X, tmp_path / "m.onnx", ExportWish(timed=False))

    name = type(own).__name__
    assert str(refused.value).startswith(f"Not written: {name} (step '{name.lower()}') cannot be converted (")


def test_the_reason_is_that_of_the_step_and_says_what_to_do(people, y, tmp_path):
    """Of the whole, skl2onnx complains about columns that it has lost behind the step."""
    model = make_pipeline(Clipping(), columns(("age", StandardScaler(), ["age"])), LogisticRegression())
    people = people[["age", "children"]]
    with pytest.raises(ExportError) as refused:
        export_model(model.fit(people, y), people, tmp_path / "m.onnx", ExportWish(timed=False))

    assert "(skl2onnx knows no Clipping: do what it does before the model, or register a conv" in str(refused.value)


def test_a_conversion_that_the_user_registers_is_used(X, y, tmp_path):
    from skl2onnx import update_registered_converter

    class Doubled(Clipping):
        def transform(self, X):
            return X * 2

    def convert(scope, operator, container):
        kind = operator.inputs[0].type._get_element_onnx_type()
        container.add_initializer("two", kind, [1], [2.0])
        container.add_node("Mul", [operator.inputs[0].full_name, "two"], [operator.outputs[0].full_name])

    def shape(operator):
        operator.outputs[0].type = copy(operator.inputs[0].type)

    update_registered_converter(Doubled, "Doubled", shape, convert)
    model = make_pipeline(Doubled(), LogisticRegression()).fit(X, y)
    assert not export_model(model, X, tmp_path / "m.onnx", ExportWish(timed=False)).parity.differing


def test_a_step_that_cannot_be_converted_is_the_stage(X, y):
    model = make_pipeline(StandardScaler(), Doubling(), LogisticRegression()).fit(X, y)
    original = asked(model, X)

    assert stage_that_fails(load_converter("sklearn"), original, FLOAT).name == "Doubling (step 'doubling')"


def test_the_first_step_that_differs_is_the_stage(X, y):
    """The scaler adds one since it was fitted, and skl2onnx does not look there."""
    model = make_pipeline(StandardScaler(), PCA(2), LogisticRegression()).fit(X, y)
    converter = load_converter("sklearn")
    model.steps[0][1].transform = lambda rows: StandardScaler.transform(model.steps[0][1], rows) + 1
    bent = asked(model, X)

    assert stage_that_differs(converter, bent, FLOAT, Tolerance()).startswith("StandardScaler (step")


def test_a_model_without_steps_is_its_own_stage(X):
    model = KMeans(2, n_init=1).fit(X)

    assert stage_that_differs(load_converter("sklearn"), asked(model, X), FLOAT, Tolerance()) == "KMeans"


def test_a_refusal_says_what_was_tried_and_what_to_do(X, tmp_path):
    with pytest.raises(ExportError) as refused:
        export_model(equally_far(X), X, tmp_path / "m.onnx", ExportWish(timed=False))
    text = str(refused.value)

    assert text.startswith("Not written: ")
    for word in (
        "generated rows differ",
        "Stage: KNeighborsRegressor.",
        "Tried: float32",
        "--rtol",
        "--allow-mismatch",
        "recorded",
    ):
        assert word in text


def test_a_conversion_that_is_not_there_says_why_once(X, y, tmp_path):
    model = make_pipeline(FunctionTransformer(np.cbrt), LogisticRegression()).fit(X, y)
    with pytest.raises(ExportError) as refused:
        export_model(model, X, tmp_path / "m.onnx", ExportWish(timed=False))

    assert str(refused.value).count("FunctionTransformer has cbrt, which has no counterpart") == 1
    assert "np.tanh" in str(refused.value)  # to the last word
    assert str(refused.value).endswith("Put another estimator in its place, or ask its library for a converter.")


@pytest.mark.parametrize("nested", [False, True])
def test_a_column_transformer_in_front_tells_columns_apart(nested, people, y):
    columns = ColumnTransformer([("a", StandardScaler(), ["age"]), ("b", OneHotEncoder(), ["town"])])
    model = make_pipeline(columns, LogisticRegression())
    whole = make_pipeline(model) if nested else model

    assert tells_columns_apart(whole.fit(people, y))


def test_a_plain_pipeline_does_not(X, y):
    assert not tells_columns_apart(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y))
    assert not tells_columns_apart(LogisticRegression())


def test_converters_are_found_by_what_they_convert(X, y):
    assert converter_names() == ("ebm", "keras", "lightgbm", "sklearn", "torch", "xgboost")
    assert converter_for(LogisticRegression()).name == "sklearn"
    with pytest.raises(UsageError, match=r"No converter named 'jax'. Known: ebm, keras, lightgbm, sklearn"):
        load_converter("jax")
    with pytest.raises(ExportError, match=r"No converter knows builtins.dict. Known: ebm, keras, lightgbm"):
        converter_for({})


def test_a_booster_without_scikit_learns_methods_is_told_which_class_to_use(X, y):
    xgboost = pytest.importorskip("xgboost")
    booster = xgboost.XGBClassifier(n_estimators=2).fit(X, y).get_booster()

    with pytest.raises(ExportError, match=r"Boosters go by their scikit-learn classes \(XGBClassifier"):
        converter_for(booster)


def test_an_installed_converter_comes_before_ours(monkeypatch):
    class Theirs:
        name = "theirs"

        def suits(self, model):
            return isinstance(model, LogisticRegression)

    class Point:
        def load(self):
            return Theirs

    monkeypatch.setattr(discovery, "installed", lambda group: {"theirs": Point()})
    assert converter_for(LogisticRegression()).name == "theirs"
    assert converter_for(StandardScaler()).name == "sklearn"
    assert converter_names() == ("ebm", "keras", "lightgbm", "sklearn", "theirs", "torch", "xgboost")


def columns(*parts) -> ColumnTransformer:
    return ColumnTransformer([(name, part, places) for name, part, places in parts])


def test_a_part_of_a_column_transformer_is_the_stage(X, y):
    model = make_pipeline(
        columns(("fine", StandardScaler(), [0, 1]), ("own", Doubling(), [2, 3])), LogisticRegression()
    ).fit(X, y)

    assert stage_that_fails(load_converter("sklearn"), asked(model, X), FLOAT).name == (
        "Doubling (step 'own') in ColumnTransformer (step 'columntransformer')"
    )


def test_a_part_is_asked_about_its_own_columns_of_a_frame(people, y):
    model = make_pipeline(
        columns(
            ("town", OneHotEncoder(handle_unknown="ignore"), ["town"]),
            ("numbers", make_pipeline(StandardScaler(), Doubling()), ["age", "children"]),
        ),
        LogisticRegression(),
    ).fit(people, y)

    assert stage_that_fails(load_converter("sklearn"), asked(model, people), FLOAT).name == (
        "Doubling (step 'doubling') in ColumnTransformer (step 'columntransformer')"
    )


def test_a_part_behind_other_steps_is_asked_about_what_comes_to_it(X, y):
    union = FeatureUnion([("fine", StandardScaler()), ("own", Doubling())])
    model = make_pipeline(StandardScaler(), union, LogisticRegression()).fit(X, y)

    assert stage_that_fails(load_converter("sklearn"), asked(model, X), FLOAT).name == (
        "Doubling (step 'own') in FeatureUnion (step 'featureunion')"
    )


def test_an_estimator_of_a_stack_is_the_stage(X, y):
    inner = make_pipeline(Doubling(), LogisticRegression())
    model = StackingClassifier([("fine", LogisticRegression()), ("own", inner)], cv=2).fit(X, y)

    assert stage_that_fails(load_converter("sklearn"), asked(model, X), FLOAT).name == (
        "Doubling (step 'doubling') in StackingClassifier"
    )


class Own(LogisticRegression):
    """A classifier of the notebook's own, which nobody can convert."""


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (Own(), "Own (step 'final_estimator') in StackingClassifier"),
        (make_pipeline(Doubling(), LogisticRegression()), "Doubling (step 'doubling') in StackingClassifier"),
    ],
    ids=["one", "pipeline"],
)
@pytest.mark.parametrize("passthrough", [False, True])
def test_the_last_estimator_of_a_stack_is_the_stage(X, y, last, told, passthrough):
    parts = [("fine", LogisticRegression()), ("other", LogisticRegression(C=0.1))]
    model = StackingClassifier(parts, last, cv=2, passthrough=passthrough).fit(X, y)

    assert stage_that_fails(load_converter("sklearn"), asked(model, X), FLOAT).name == told


def test_the_last_estimator_of_a_stack_in_a_pipeline_is_the_stage(X, y):
    stack = StackingClassifier([("fine", LogisticRegression())], Own(), cv=2)
    model = make_pipeline(StandardScaler(), stack).fit(X, y)

    assert stage_that_fails(load_converter("sklearn"), asked(model, X), FLOAT).name == (
        "Own (step 'final_estimator') in StackingClassifier (step 'stackingclassifier')"
    )


def test_where_no_part_is_to_blame_alone_it_is_the_whole(X, y):
    """The second scaler's mean was moved after the fit of the whole, so each part is still what its file says."""
    model = make_pipeline(columns(("a", StandardScaler(), [0, 1]), ("b", StandardScaler(), [2, 3])), PCA(2)).fit(X)
    first = model.steps[0][1]
    first.transform = lambda rows: ColumnTransformer.transform(first, rows) + 1

    assert stage_that_differs(load_converter("sklearn"), asked(model, X), FLOAT, Tolerance()) == (
        "ColumnTransformer (step 'columntransformer')"
    )
