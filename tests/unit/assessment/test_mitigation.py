"""Which mitigators can work on a model, and why the others cannot: told before anything is trained."""

import numpy as np
import pandas as pd
import pytest
from fairlearn.reductions import DemographicParity, ExponentiatedGradient
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from jupyter_mlops.assessment import FairnessQuestion, analyse
from jupyter_mlops.assessment._mitigation import MITIGATORS, mitigations, mitigator_of, why_none
from jupyter_mlops.entities import FairnessFeature

SEX = FairnessFeature(name="sex", levels=("0", "1"))
CLASSES = (0, 1)


@pytest.fixture(scope="module")
def X() -> pd.DataFrame:
    made = np.random.default_rng(0)
    return pd.DataFrame({"signal": made.normal(size=60), "sex": np.tile([0, 1], 30)})


@pytest.fixture(scope="module")
def y(X) -> pd.Series:
    return (X["signal"] > 0).astype(int)


def possible(model, X, classes=CLASSES, feature=SEX):
    return [name for name, reason in mitigations(model, X, classes, (feature,)).items() if not reason]


def test_a_linear_classifier_can_be_mitigated_in_every_way(X, y):
    assert possible(LogisticRegression().fit(X, y), X) == list(MITIGATORS)


def test_a_pipeline_trains_with_weights_if_its_last_step_does(X, y):
    weighted = make_pipeline(StandardScaler(), DecisionTreeClassifier()).fit(X, y)
    assert "GridSearch" in possible(weighted, X)
    plain = make_pipeline(StandardScaler(), KNeighborsClassifier()).fit(X, y)
    assert possible(plain, X) == ["ThresholdOptimizer", "CorrelationRemover"]
    assert mitigations(plain, X, CLASSES, (SEX,))["GridSearch"].endswith(
        "KNeighborsClassifier.fit takes no sample_weight. LogisticRegression and trees do."
    )


def test_distances_are_scores_to_move_a_threshold_of(X, y):
    assert "ThresholdOptimizer" in possible(Perceptron().fit(X, y), X)


def test_a_model_without_scores_has_no_threshold(X, y):
    class Decided(LogisticRegression):
        predict_proba = property()
        decision_function = property()

    reason = mitigations(Decided().fit(X, y), X, CLASSES, (SEX,))["ThresholdOptimizer"]
    assert reason.startswith("It moves thresholds of scores, and Decided has neither predict_proba")


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        ((), "this is a regression. Its losses are bounded by BoundedGroupLoss, in a cell of your own."),
        (
            (0, 1, 2),
            "this is 3 classes: 0, 1, 2. Ask about one of them: y = (y == 0).astype(int), and a model of that.",
        ),
        (tuple("abcdefg"), "this is 7 classes: a, b, c, d, …. Ask about one of them: y = (y == 'a')"),
        (("no", "yes"), "Map yours first: y = (y == 'yes').astype(int)."),
    ],
)
def test_other_outcomes_than_0_and_1_leave_the_correlation_remover(X, y, classes, said):
    told = mitigations(LinearRegression().fit(X, y), X, classes, (SEX,))
    assert all(said in told[name] for name in MITIGATORS[:3])
    assert told["CorrelationRemover"] == ""


@pytest.mark.parametrize(
    ("columns", "feature", "said"),
    [
        (["signal"], SEX, "sex is none of them"),
        (["signal", "sex"], FairnessFeature(name="race", levels=("a",)), "race is none of them"),
    ],
)
def test_what_is_no_column_cannot_be_removed(X, y, columns, feature, said):
    model = LogisticRegression().fit(X[columns], y)
    assert said in mitigations(model, X[columns], CLASSES, (feature,))["CorrelationRemover"]


def test_a_column_that_the_model_does_not_take_has_nothing_to_remove(X, y):
    model = LogisticRegression().fit(X[["signal"]], y)
    assert "does not take the column sex" in mitigations(model, X, CLASSES, (SEX,))["CorrelationRemover"]


def test_text_cannot_be_taken_out_of_numbers(X, y):
    words = X.assign(sex=X["sex"].map({0: "f", 1: "m"}))
    reason = mitigations(LogisticRegression().fit(X, y), words, CLASSES, (SEX,))["CorrelationRemover"]
    assert reason == "It works on numbers, and the column sex holds text. Add it to X as 0 and 1."


def test_other_columns_of_text_are_no_numbers_either(X, y):
    rows = X.assign(town=["x", "y"] * 30)
    encoded = make_pipeline(make_column_transformer(("drop", ["town"]), remainder="passthrough"), LogisticRegression())
    reason = mitigations(encoded.fit(rows, y), rows, CLASSES, (SEX,))["CorrelationRemover"]
    assert reason == "It works on numbers, and the column town holds none. Encode the columns of X first."
    # What stands beside the columns of the model, for the report, is not handed on.
    assert mitigations(LogisticRegression().fit(X, y), rows, CLASSES, (SEX,))["CorrelationRemover"] == ""


@pytest.mark.parametrize(
    ("columns", "is_possible"),
    [
        pytest.param(["signal"], False, id="names"),
        pytest.param("signal", False, id="a name"),
        pytest.param([0], True, id="numbers"),
        pytest.param(slice(0, 1), True, id="a slice"),
        pytest.param(make_column_selector(dtype_include=float), False, id="a selector"),
    ],
)
def test_columns_that_have_no_frame_any_more_are_chosen_by_their_places(X, y, columns, is_possible):
    scaler = FunctionTransformer(lambda column: np.asarray(column, dtype=float).reshape(len(column), -1))
    chosen = make_column_transformer((scaler, columns), remainder="passthrough")
    model = make_pipeline(chosen, LogisticRegression()).fit(X, y)
    reason = mitigations(model, X, CLASSES, (SEX,))["CorrelationRemover"]
    assert reason == ("" if is_possible else "The model chooses columns of a frame, and what it leaves is none.")


def test_a_continuous_feature_is_no_mitigator_s(X, y):
    age = FairnessFeature(name="age", levels=("20 to 40", "40 to 60"), edges=(20, 40, 60))
    reasons = mitigations(LogisticRegression().fit(X, y), X, CLASSES, (age,)).values()
    assert all(reason.startswith("age is a continuous feature") for reason in reasons)


@pytest.mark.parametrize("model", [np.zeros(60), lambda X: X["signal"] > 0, object()])
def test_predictions_and_functions_cannot_be_trained(X, model):
    assert possible(model, X) == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of pandas 3, in Fairlearn 0.15
def test_what_was_mitigated_says_by_what_and_is_not_mitigated_again(X, y):
    mitigated = ExponentiatedGradient(LogisticRegression(), DemographicParity(), max_iter=2)
    mitigated.fit(X, y, sensitive_features=X["sex"])
    assert mitigator_of(mitigated) == "ExponentiatedGradient"
    assert possible(mitigated, X) == []
    assert mitigator_of(LogisticRegression()) == ""


def test_a_private_model_is_not_trained_again_outside_its_budget(X, y):
    class PrivateClassifier(LogisticRegression):
        """As InterpretML's and diffprivlib's look from outside."""

        def __init__(self, epsilon=1.0, delta=1e-5):
            super().__init__()
            self.epsilon, self.delta = epsilon, delta

    private = PrivateClassifier().fit(X, y)
    for model in (private, make_pipeline(FunctionTransformer(), PrivateClassifier()).fit(X, y)):
        reasons = mitigations(model, X, CLASSES, (SEX,))
        assert set(reasons) == set(MITIGATORS)
        assert {reason.split(",")[0] for reason in reasons.values()} == {"The model is differentially private"}
    report = analyse(FairnessQuestion(models={"m": private}, X=X, y=y, sensitive={"sex": X["sex"]}, boot=0))
    assert report.notes[-1] == "Differential privacy protects the rows that m learned from, not those of this report."


def test_where_none_fits_each_reason_is_told_once_with_whom_it_stops(X, y):
    words = X.assign(sex=X["sex"].map({0: "f", 1: "m"}))
    model = LogisticRegression().fit(X, np.arange(60) % 3)
    told = why_none(mitigations(model, words, (0, 1, 2), (SEX,)))
    assert told.startswith("ThresholdOptimizer, ExponentiatedGradient, GridSearch: It works on outcomes of two classes")
    assert told.endswith(
        "CorrelationRemover: It works on numbers, and the column sex holds text. Add it to X as 0 and 1."
    )


def test_one_reason_for_all_stands_alone(X):
    told = why_none(mitigations(np.zeros(60), X, CLASSES, (SEX,)))
    assert told == "This is a prediction (ndarray). Name the model that made it."


@pytest.mark.parametrize(
    ("model", "lacks"),
    [
        (lambda rows: rows["signal"] > 0, "fit, predict, get_params, which function has not"),
        (type("Network", (), {"fit": None, "predict": None})(), "need get_params, which Network has not"),
    ],
)
def test_what_a_model_lacks_is_named(X, model, lacks):
    told = why_none(mitigations(model, X, CLASSES, (SEX,)))
    assert lacks in told
    assert told.endswith("Name an estimator of scikit-learn's kind, or wrap it in one.")


def test_where_one_fits_there_is_no_reason(X, y):
    assert why_none(mitigations(LogisticRegression().fit(X, y), X, CLASSES, (SEX,))) == ""


def test_a_report_says_of_each_model_why_none_fits(X, y):
    models = {"fits": LogisticRegression().fit(X, y), "given": y.to_numpy()}
    report = analyse(FairnessQuestion(models=models, X=X, y=y, sensitive={"sex": X["sex"]}, boot=0))
    fits, given = report.models
    assert (bool(fits.mitigations), fits.unmitigated) == (True, "")
    assert (given.mitigations, given.unmitigated) == (
        (),
        "This is a prediction (ndarray). Name the model that made it.",
    )
