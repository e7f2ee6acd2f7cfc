"""Models around a model: a target that is transformed, a threshold, features that are chosen, a search."""

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_selection import RFE, RFECV
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, PowerTransformer, RobustScaler, StandardScaler
from sklearn.svm import LinearSVC
from unseen_rows import QUICK, exported

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import export_model

TARGETS = {
    "a function": {"func": np.log1p, "inverse_func": np.expm1},
    "nothing": {},
    "a standard": {"transformer": StandardScaler()},
    "a median": {"transformer": RobustScaler(with_centering=False)},
    "a range": {"transformer": MinMaxScaler()},
}
CHOICES = {
    "chosen": lambda: RFE(LogisticRegression(), n_features_to_select=2),
    "chosen by trial": lambda: RFECV(LogisticRegression(), cv=2),
    "a threshold": lambda: FixedThresholdClassifier(LogisticRegression(), threshold=0.3),
    "the usual threshold": lambda: FixedThresholdClassifier(LogisticRegression()),
    "the other class": lambda: FixedThresholdClassifier(LogisticRegression(), threshold=0.3, pos_label=0),
    "a threshold that was found": lambda: TunedThresholdClassifierCV(LogisticRegression(), cv=2),
}


def mixed():
    return make_column_transformer((StandardScaler(), ["age"]), (OneHotEncoder(), ["town", "member"]))


@pytest.mark.parametrize("kind", sorted(TARGETS))
def test_a_target_is_taken_back(kind, X, later, tmp_path):
    model = TransformedTargetRegressor(Ridge(), **TARGETS[kind]).fit(X, np.abs(X[:, 0]) + X[:, 1] ** 2)
    exported(model, X, later, tmp_path / "m.onnx")


@pytest.mark.parametrize("within", [Ridge(), RandomForestRegressor(5, random_state=0)], ids=["line", "forest"])
def test_around_columns_and_behind_them(within, people, tmp_path):
    target = people["age"].abs()
    around = TransformedTargetRegressor(make_pipeline(mixed(), within), **TARGETS["a function"]).fit(people, target)
    behind = make_pipeline(mixed(), TransformedTargetRegressor(within, **TARGETS["a function"])).fit(people, target)
    later = people.sample(len(people), random_state=1)
    exported(around, people, later, tmp_path / "around.onnx")
    exported(behind, people, later, tmp_path / "behind.onnx")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"transformer": PowerTransformer()}, "what PowerTransformer does to the target cannot be taken back"),
        ({"func": np.sqrt, "inverse_func": lambda y: y**2, "check_inverse": False}, "a lambda, which has no"),
    ],
    ids=["power", "lambda"],
)
def test_a_target_that_cannot_be_taken_back_is_told(how, said, X, tmp_path):
    model = TransformedTargetRegressor(Ridge(), **how).fit(X, np.abs(X[:, 0]) + 1)
    with pytest.raises(ExportError, match=said):
        export_model(model, X, tmp_path / "m.onnx", QUICK)


@pytest.mark.parametrize("words", [False, True], ids=["numbers", "words"])
@pytest.mark.parametrize("kind", sorted(CHOICES))
def test_a_choice_is_the_models_own(kind, words, X, y, later, tmp_path):
    if words and kind == "the other class":
        pytest.skip(reason="it names the class by its number")
    model = CHOICES[kind]().fit(X, np.where(y, "yes", "no") if words else y)
    report = exported(model, X, later, tmp_path / "m.onnx")
    assert [output.method for output in report.outputs] == ["predict", "predict_proba"]


def test_a_threshold_of_scores_is_told(X, y, tmp_path):
    model = FixedThresholdClassifier(LinearSVC(), threshold=0.3, response_method="decision_function").fit(X, y)
    with pytest.raises(ExportError, match="fit it with response_method='predict_proba'"):
        export_model(model, X, tmp_path / "m.onnx", QUICK)


@pytest.mark.parametrize("search", [GridSearchCV, RandomizedSearchCV])
def test_a_search_is_the_model_that_won(search, people, y, tmp_path):
    regressor = TransformedTargetRegressor(make_pipeline(mixed(), Ridge()), func=np.log1p, inverse_func=np.expm1)
    how = {"n_iter": 2} if search is RandomizedSearchCV else {}
    model = search(regressor, {"regressor__ridge__alpha": [0.1, 1.0]}, cv=2, **how).fit(people, people["age"].abs())
    exported(model, people, people.sample(len(people), random_state=1), tmp_path / "m.onnx")
