"""Any model can be asked: scikit-learn's and what looks like it, Fairlearn's, Keras, torch, functions, predictions."""

import numpy as np
import pandas as pd
import pytest
from fairlearn.postprocessing import ThresholdOptimizer
from fairlearn.reductions import DemographicParity, ExponentiatedGradient
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_mlops.assessment import FairnessQuestion, analyse
from jupyter_mlops.entities import FairnessReport
from jupyter_mlops.exceptions import UsageError

MADE = np.random.default_rng(0)
SEX = MADE.choice(["f", "m"], 120)
X = pd.DataFrame({"a": MADE.normal(size=120), "b": MADE.normal(size=120)})
Y = ((X["a"] + (SEX == "m") * 0.5) > 0.2).astype(int)


def report_of(model, *, y=Y, X=X, sensitive=None, **options) -> FairnessReport:
    sensitive = {"sex": SEX} if sensitive is None else sensitive
    return analyse(FairnessQuestion(models={"model": model}, X=X, y=y, sensitive=sensitive, boot=0, **options))


def keys(report: FairnessReport) -> list[str]:
    return [metric.key for metric in report.metrics]


def overall(report: FairnessReport, key: str) -> float:
    return report.overall[0].values[keys(report).index(key)][0]


class OnlyLabels(ClassifierMixin, BaseEstimator):
    """A classifier that knows neither probabilities nor distances."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return (np.asarray(X)[:, 0] > 0).astype(int)


def test_a_pipeline():
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y)
    report = report_of(model)

    assert (report.task, report.models[0].type) == ("binary", "Pipeline of LogisticRegression")
    assert overall(report, "accuracy_score") == model.score(X, Y)
    assert overall(report, "roc_auc_score") == roc_auc_score(Y, model.predict_proba(X)[:, 1])


def test_text_labels_and_the_other_class_as_positive():
    words = Y.map({0: "bad", 1: "good"})
    model = LogisticRegression().fit(X, words)

    assert report_of(model, y=words).positive == "good"
    turned = report_of(model, y=words, positive="bad")
    assert overall(turned, "selection_rate") == (model.predict(X) == "bad").mean()
    assert overall(turned, "roc_auc_score") == roc_auc_score(words == "bad", model.predict_proba(X)[:, 0])


def test_a_model_with_distances_has_a_ranking_but_no_probabilities():
    report = report_of(RidgeClassifier().fit(X, Y))

    assert "roc_auc_score" in keys(report)
    with pytest.raises(
        UsageError, match=r"brier_score_loss is of probabilities, and model gives none.*array of scores"
    ):
        report_of(RidgeClassifier().fit(X, Y), metrics=("brier_score_loss",))


def test_distances_turn_with_the_positive_class():
    model = RidgeClassifier().fit(X, Y)

    assert overall(report_of(model, positive=0), "roc_auc_score") == pytest.approx(
        roc_auc_score(Y == 0, -model.decision_function(X))
    )


def test_a_model_without_probabilities_has_no_metric_of_scores():
    report = report_of(OnlyLabels().fit(X, Y))

    assert "roc_auc_score" not in keys(report)
    assert "selection_rate" in keys(report)
    with pytest.raises(UsageError, match="roc_auc_score is of scores, and model gives none"):
        report_of(OnlyLabels().fit(X, Y), metrics=("roc_auc",))


def test_a_regression():
    report = report_of(LinearRegression().fit(X, X["a"] * 2), y=X["a"] * 2)

    assert (report.task, report.classes, report.positive) == ("regression", (), "")
    assert keys(report) == ["count", "mean_prediction", "mean_absolute_error", "root_mean_squared_error", "r2_score"]


def test_a_model_finds_its_own_columns_in_a_frame_that_also_has_the_sensitive_ones():
    model = LogisticRegression().fit(X, Y)
    wide = X.assign(sex=SEX)

    assert overall(report_of(model, X=wide), "accuracy_score") == model.score(X, Y)


def test_a_booster_of_lightgbm_finds_its_own_columns_too():
    lightgbm = pytest.importorskip("lightgbm")
    booster = lightgbm.train({"objective": "binary", "verbose": -1}, lightgbm.Dataset(X, Y), 3)
    beside = X.assign(sex=SEX, since=pd.Timestamp("2020-01-01"))

    assert report_of(booster, X=beside).overall == report_of(booster).overall


@pytest.mark.parametrize(
    "wrap", [lambda model: model, lambda model: make_pipeline(StandardScaler(), model)], ids=["alone", "in a pipeline"]
)
def test_clusters_are_no_classes(wrap):
    with pytest.raises(UsageError, match=r"^model finds clusters, and their numbers are no classes of y"):
        report_of(wrap(KMeans(2, n_init=1, random_state=0)).fit(X))


def test_a_function_says_what_clusters_stand_for():
    clusters = KMeans(2, n_init=1, random_state=0).fit(X)
    assert report_of(lambda rows: 1 - clusters.predict(rows)).task == "binary"


def test_a_function_of_the_rows():
    report = report_of(lambda rows: (rows["a"] > 0).astype(int))

    assert overall(report, "selection_rate") == (X["a"] > 0).mean()


@pytest.mark.parametrize("kind", [list, np.array, pd.Series, lambda values: np.array(values)[:, None]])
def test_predictions_that_were_made_elsewhere(kind):
    report = report_of(kind((X["a"] > 0).astype(int).tolist()), X=None)

    assert (report.task, report.models[0].type) == ("binary", "")
    assert overall(report, "selection_rate") == (X["a"] > 0).mean()


def test_a_threshold_optimizer_is_told_the_feature_that_it_was_fitted_with():
    model = ThresholdOptimizer(
        estimator=LogisticRegression().fit(X, Y), prefit=True, predict_method="predict_proba"
    ).fit(X, Y, sensitive_features=SEX)
    report = report_of(model, sensitive={"age": MADE.choice(["old", "young"], 120), "sex": SEX})

    assert report.models[0].mitigator == "ThresholdOptimizer"
    expected = model.predict(X, sensitive_features=SEX, random_state=0)
    assert overall(report, "selection_rate") == expected.mean()


def test_a_threshold_optimizer_is_never_told_another_feature_of_the_same_groups():
    """Both are 0 and 1, and nothing in the model says which it was."""
    first, second = MADE.integers(0, 2, 120), MADE.integers(0, 2, 120)
    model = ThresholdOptimizer(
        estimator=LogisticRegression().fit(X, Y), prefit=True, predict_method="predict_proba"
    ).fit(X, Y, sensitive_features=second)

    with pytest.raises(UsageError, match=r"the groups of sex and smokes are alike[.] Name only its own with -s"):
        report_of(model, sensitive={"sex": first, "smokes": second})
    alone = report_of(model, sensitive={"smokes": second})
    assert overall(alone, "selection_rate") == model.predict(X, sensitive_features=second, random_state=0).mean()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of pandas 3, in Fairlearn 0.15
def test_a_mitigator_that_decides_at_random_decides_the_same_twice():
    model = ExponentiatedGradient(LogisticRegression(), DemographicParity(), max_iter=5).fit(
        X, Y, sensitive_features=SEX
    )

    assert report_of(model).results == report_of(model).results
    assert report_of(model).models[0].mitigator == "ExponentiatedGradient"


@pytest.mark.torch
def test_a_network_in_a_frame_with_words_is_told_which_columns_they_are():
    torch = pytest.importorskip("torch")
    words = X.assign(sex=SEX, town="Bern", since=pd.Timestamp("2026-01-01"), is_new=True)
    with pytest.raises(UsageError) as told:
        report_of(torch.nn.Linear(2, 1), X=words)

    assert str(told.value) == (
        "model is a network, which takes numbers, and these columns of X hold none: sex, town, since. Give X as it was "
        "trained, and what it was trained without as arrays of their own: -s takes names of the notebook too."
    )
    with pytest.raises(UsageError, match="model cannot predict from X: RuntimeError"):
        report_of(torch.nn.Linear(3, 1))


def test_xgboosts_own_model_is_told_how_it_becomes_one_of_scikit_learns():
    xgboost = pytest.importorskip("xgboost")
    booster = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(X, Y), 2)
    with pytest.raises(UsageError, match="Booster answers a DMatrix only"):
        report_of(booster)

    model = xgboost.XGBClassifier()  # as the message says
    model.load_model(booster.save_raw())
    expected = (booster.predict(xgboost.DMatrix(X)) > 0.5).mean()
    assert overall(report_of(model), "selection_rate") == expected


@pytest.mark.torch
def test_a_torch_module_decides_at_one_half_and_is_left_in_its_mode():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Dropout(0.9), torch.nn.Sigmoid())
    model.train()
    report = report_of(model)

    model.eval()
    with torch.no_grad():
        expected = model(torch.tensor(X.to_numpy(), dtype=torch.float32)).numpy()[:, 0] >= 0.5
    assert overall(report, "selection_rate") == expected.mean()
    assert "roc_auc_score" in keys(report)
    model.train()
    report_of(model)
    assert model.training


@pytest.mark.torch
def test_a_torch_module_with_a_column_a_class():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    y = np.arange(120) % 3
    report = report_of(torch.nn.Linear(2, 3), y=y)

    assert (report.task, report.classes) == ("multiclass", ("0", "1", "2"))


@pytest.mark.keras
def test_a_keras_model():
    keras = pytest.importorskip("keras")
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    report = report_of(model)

    expected = model.predict(X.to_numpy(), verbose=0)[:, 0] >= 0.5
    assert (report.task, overall(report, "selection_rate")) == ("binary", expected.mean())


@pytest.mark.keras
def test_a_keras_regression():
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])

    assert report_of(model, y=X["a"]).task == "regression"
