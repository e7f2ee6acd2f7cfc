"""Any model from outside: the numbers are those of scikit-learn's own functions, asked for in the same way."""

import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.ensemble import (
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from jupyter_mlops.entities import figure_value
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.explanation import ExplanationWish, explain_model
from jupyter_mlops.explanation._permutation import _bare

OWN_ACCURACY = "decrease of accuracy against the model's own answers when the column is shuffled"


def shape_of(report, name: str):
    return next(shape for shape in report.shapes if report.features.names[shape.feature] == name)


def importance_of(report) -> dict[str, float]:
    return dict(zip(report.importance.names, report.importance.scores, strict=True))


def test_the_importance_is_scikit_learns(pipeline, tumours):
    report = explain_model(pipeline, *tumours)
    theirs = permutation_importance(pipeline, *tumours, n_repeats=5, random_state=0)

    assert importance_of(report) == dict(zip(tumours[0].columns, theirs["importances_mean"].tolist(), strict=True))
    spread = dict(zip(tumours[0].columns, theirs["importances_std"], strict=True))
    for name, score, low in zip(report.importance.names, report.importance.scores, report.importance.low, strict=True):
        assert low == score - spread[name]


def test_less_than_nothing_is_noise_and_comes_last(patients):
    data, target = patients[0].assign(number=range(len(patients[0]))), patients[1]
    model = RandomForestRegressor(5, random_state=0).fit(data[:200], target[:200])
    scores = explain_model(model, data[300:320], target[300:320]).importance.scores

    assert list(scores) == sorted(scores, reverse=True)
    assert scores[-1] < 0


def test_a_metric_that_does_not_go_with_the_labels_is_told_and_not_the_rows():
    rows, words = pd.DataFrame({"a": np.arange(40.0)}), np.repeat(["no", "yes"], 20)
    model = LogisticRegression().fit(rows, words)

    with pytest.raises(UsageError, match=r"^f1 cannot be measured here: pos_label=1 is not a valid label.*f1_macro"):
        explain_model(model, rows, words, wish=ExplanationWish(metric="f1"))
    assert importance_of(explain_model(model, rows, words, wish=ExplanationWish(metric="f1_macro")))["a"] > 0


def test_a_metric_of_scikit_learns_measures_the_loss(logistic, numbers):
    data, labels = numbers
    binary = (labels == "benign").astype(int)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(data, binary)
    report = explain_model(model, data, binary, wish=ExplanationWish(metric="roc_auc", repeats=3))
    theirs = permutation_importance(model, data, binary, scoring="roc_auc", n_repeats=3, random_state=0)

    assert report.importance.measure == "decrease of roc_auc when the column is shuffled"
    assert sorted(report.importance.scores) == sorted(theirs["importances_mean"].tolist())


def test_the_shapes_are_scikit_learns_partial_dependence(logistic, numbers):
    report = explain_model(logistic, *numbers)

    for number, name in enumerate(numbers[0].columns):
        theirs = partial_dependence(logistic, numbers[0], [number], grid_resolution=20, kind="both")
        shape = shape_of(report, name)
        assert list(shape.grid) == theirs["grid_values"][0].tolist()
        assert list(shape.values[0]) == theirs["average"][0].tolist()
        spread = theirs["individual"][0].std(axis=0)
        assert list(shape.high[0]) == (theirs["average"][0] + spread).tolist()


def test_a_pipeline_is_explained_in_the_users_columns(pipeline, tumours):
    report = explain_model(pipeline, *tumours)
    shape = shape_of(report, "size")

    assert set(report.importance.names) == set(tumours[0].columns)
    assert report.features.kinds == ("number", "number", "number", "number", "category")
    assert (shape.form, set(shape.grid)) == ("bars", {"large", "small"})
    theirs = partial_dependence(
        pipeline, tumours[0], ["size"], categorical_features=["size"], kind="average", method="brute"
    )
    assert dict(zip(shape.grid, shape.values[0], strict=True)) == dict(
        zip(theirs["grid_values"][0], theirs["average"][0].tolist(), strict=True)
    )
    counts = tumours[0]["size"].value_counts()
    assert dict(zip(shape.density_grid, shape.density, strict=True)) == counts.to_dict()


def test_individual_curves_are_drawn_for_chosen_rows_only(logistic, numbers):
    data, labels = numbers
    report = explain_model(logistic, data, labels, wish=ExplanationWish(rows=(5, 9, 1)))
    shape = report.shapes[0]
    theirs = partial_dependence(
        logistic, data.iloc[[5, 9, 1]], [shape.feature], custom_values={shape.feature: list(shape.grid)}, kind="both"
    )

    assert [list(curve) for curve in shape.ice[0]] == theirs["individual"][0].tolist()
    assert report.local.contributions == ()
    assert report.local.predicted == tuple((float(p),) for p in logistic.predict_proba(data.iloc[[5, 9, 1]])[:, 1])


def test_two_rows_are_not_taken_for_two_classes(logistic, numbers):
    """As scikit-learn 1.9 does with the curves of exactly two rows of a binary classifier."""
    data, labels = numbers
    two = explain_model(logistic, data, labels, wish=ExplanationWish(rows=(5, 9)))
    three = explain_model(logistic, data, labels, wish=ExplanationWish(rows=(5, 9, 1)))

    assert two.shapes[0].ice[0] == three.shapes[0].ice[0][:2]


def test_two_rows_of_data_are_enough(logistic, numbers):
    data, labels = numbers
    report = explain_model(logistic, data[:2], labels[:2])
    assert len(report.shapes) == 4


def test_several_classes_have_a_curve_each(wines):
    model = RandomForestClassifier(5, random_state=0).fit(*wines)
    report = explain_model(model, *wines, wish=ExplanationWish(rows=(0, 1)))

    assert report.outputs == ("0", "1", "2")
    sums = np.sum(report.shapes[0].values, axis=0)
    assert sums == pytest.approx(np.ones_like(sums))
    assert np.shape(report.shapes[0].ice)[:2] == (3, 2)
    assert np.shape(report.local.predicted) == (2, 3)


@pytest.mark.parametrize("kind", [HistGradientBoostingRegressor, LinearRegression])
def test_regression_is_measured_by_its_own_score(kind, patients):
    model = kind().fit(*patients)
    report = explain_model(model, *patients)

    assert (report.task, report.outputs, report.base_values) == ("regression", ("progression",), ())
    assert report.importance.measure == "decrease of R2 when the column is shuffled"
    assert report.importance.names[0] in ("bmi", "s5")


def test_several_numbers_at_once_have_a_curve_each(patients):
    data, target = patients
    both = np.column_stack([target, data["age"]])
    model = RandomForestRegressor(5, random_state=0).fit(data, both)
    report = explain_model(model, data, both, wish=ExplanationWish(rows=(0,)))

    assert report.outputs == ("output 0", "output 1")
    assert len(report.shapes[0].values) == len(report.local.predicted[0]) == 2


@pytest.mark.parametrize(
    "model", [KMeans(3, n_init=1, random_state=0), GaussianMixture(3, random_state=0)], ids=["KMeans", "mixture"]
)
def test_clusters_are_explained_by_what_moves_a_row_to_another(model, wines):
    data, _ = wines
    report = explain_model(model.fit(data), data)

    assert report.task == "clustering"
    assert report.outputs == report.classes == ("cluster 0", "cluster 1", "cluster 2")
    assert report.importance.measure == OWN_ACCURACY
    assert report.importance.names[0] == "proline"
    shares = np.sum(shape_of(report, "proline").values, axis=0)
    assert shares == pytest.approx(np.ones_like(shares))


def test_clusters_behind_a_scaler_are_explained_too(wines):
    data, _ = wines
    model = make_pipeline(StandardScaler(), KMeans(2, n_init=1, random_state=0)).fit(data)
    report = explain_model(model, data, wish=ExplanationWish(rows=(0,)))

    assert (report.classes, report.outputs) == (("cluster 0", "cluster 1"), ("cluster 1",))
    assert report.local.predicted == ((float(model.predict(data[:1])[0] == 1),),)


def test_how_ordinary_a_row_is_is_explained_as_a_number(wines):
    data, _ = wines
    report = explain_model(
        IsolationForest(n_estimators=10, random_state=0).fit(data), data, wish=ExplanationWish(rows=(0,))
    )

    assert (report.task, report.outputs, report.scale) == ("regression", ("decision function",), "decision function")
    assert "against the model's own answers" in report.importance.measure


def test_without_probabilities_the_decision_function_is_drawn(numbers):
    model = make_pipeline(StandardScaler(), LinearSVC()).fit(*numbers)
    report = explain_model(model, *numbers, wish=ExplanationWish(rows=(0,)))

    assert report.scale == "decision function"
    assert report.local.predicted == ((float(model.decision_function(numbers[0][:1])[0]),),)


def test_without_any_score_the_share_of_rows_is_drawn(numbers):
    """A hard vote gives labels and nothing else."""
    voters = [("svm", LinearSVC()), ("tree", DecisionTreeClassifier(max_depth=2, random_state=0))]
    model = make_pipeline(StandardScaler(), VotingClassifier(voters)).fit(*numbers)
    report = explain_model(model, *numbers)

    assert report.scale == "share of rows"
    values = [figure_value(value) for value in report.shapes[0].values[0]]
    assert min(values) >= 0
    assert max(values) <= 1


@pytest.mark.parametrize("search", [GridSearchCV, RandomizedSearchCV])
def test_the_winner_of_a_search_is_explained_through_it(search, pipeline, tumours):
    options = {"n_iter": 1} if search is RandomizedSearchCV else {}
    found = search(pipeline, {"randomforestclassifier__max_depth": [1, 3]}, cv=2, **options).fit(*tumours)
    report = explain_model(found, *tumours)

    assert importance_of(report) == importance_of(explain_model(found.best_estimator_, *tumours))
    assert report.model_type.startswith(f"{search.__name__}(Pipeline(")


def test_without_labels_the_models_own_answer_is_what_can_be_lost(logistic, numbers):
    report = explain_model(logistic, numbers[0])

    assert report.importance.measure == OWN_ACCURACY
    assert "Without labels (-y)" in report.notes[0]


def test_a_constant_column_matters_nothing(numbers):
    data, labels = numbers
    data = data.assign(constant=1.0)
    model = RandomForestClassifier(5, random_state=0).fit(data, labels)
    report = explain_model(model, data, labels)

    assert importance_of(report)["constant"] == 0
    assert shape_of(report, "constant").grid == (1.0,)


def test_missing_values_that_the_model_takes_are_counted_and_the_grid_is_of_the_others(numbers):
    data, labels = numbers
    data = data.assign(**{"worst area": data["worst area"].where(data.index % 3 > 0)})
    model = RandomForestClassifier(5, random_state=0).fit(data, labels)
    report = explain_model(model, data, labels)

    assert report.features.missing == (0, 0, 0, 190)
    assert all(isinstance(value, float) for value in shape_of(report, "worst area").grid)


def test_missing_categories_are_none_of_the_bars(tumours):
    data, labels = tumours
    data = data.assign(size=data["size"].where(data.index % 3 > 0, None))
    from sklearn.compose import make_column_transformer
    from sklearn.preprocessing import OneHotEncoder

    encode = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["size"]), remainder="passthrough")
    model = make_pipeline(encode, DecisionTreeClassifier(random_state=0)).fit(data, labels)
    report = explain_model(model, data, labels)

    assert report.features.missing[-1] == 190
    assert set(shape_of(report, "size").grid) == {"large", "small"}


def test_a_skewed_column_has_a_grid_nevertheless(numbers):
    """scikit-learn refuses a column whose outer percentiles are equal."""
    data, labels = numbers
    rare = pd.Series(0.0, data.index)
    rare[:25] = np.arange(25) + 0.5
    data = data.assign(rare=rare)
    report = explain_model(RandomForestClassifier(5, random_state=0).fit(data, labels), data, labels)

    grid = shape_of(report, "rare").grid
    assert (grid[0], grid[-1], len(grid)) == (0.0, 24.5, 20)


def test_whole_numbers_and_flags_are_explained(numbers):
    """scikit-learn refuses whole numbers: on a grid they would be rounded."""
    data, labels = numbers
    data = data.assign(whole=(data["worst area"] // 100).astype(int), flag=data["worst area"] > 700)
    report = explain_model(RandomForestClassifier(5, random_state=0).fit(data, labels), data, labels)

    assert (shape_of(report, "whole").form, shape_of(report, "flag").form) == ("line", "bars")
    assert set(shape_of(report, "flag").grid) == {"True", "False"}
    assert data["whole"].dtype == int


@pytest.mark.parametrize("number_type", ["float32", "int64"])
def test_an_array_without_names_is_explained(number_type, numbers):
    data, labels = numbers
    table = data.to_numpy().astype(number_type)
    model = RandomForestClassifier(5, random_state=0).fit(table, labels)
    report = explain_model(model, table, labels.to_numpy(), wish=ExplanationWish(rows=(0,)))

    assert report.features.names == ("x0", "x1", "x2", "x3")
    assert report.local.values[0] == tuple(map(float, table[0]))


def test_an_array_is_given_the_names_that_the_model_knows(logistic, numbers):
    """Otherwise scikit-learn warns at every question."""
    data, labels = numbers
    plain, named = explain_model(logistic, data.to_numpy(), labels), explain_model(logistic, data, labels)
    assert plain.importance == named.importance


def test_rows_are_sampled_and_it_is_said(logistic, numbers):
    report = explain_model(logistic, *numbers, wish=ExplanationWish(sample=100))

    assert (report.rows, report.rows_used) == (569, 100)
    assert "Importance comes from 100 of 569 rows, shapes from 100." in report.notes


def test_the_sample_is_what_scikit_learn_is_asked_with(logistic, numbers):
    data, labels = numbers
    report = explain_model(logistic, data, labels, wish=ExplanationWish(sample=100, seed=3))
    drawn = np.sort(np.random.RandomState(3).choice(569, 100, replace=False))
    theirs = permutation_importance(logistic, data.iloc[drawn], labels.iloc[drawn], n_repeats=5, random_state=3)

    assert sorted(report.importance.scores) == sorted(theirs["importances_mean"].tolist())


def test_one_class_among_the_labels_is_said(logistic, numbers):
    data, labels = numbers
    only = labels == "benign"
    report = explain_model(logistic, data[only], labels[only])

    assert "y has one class only (benign)" in report.notes[0]


def test_values_that_only_one_row_has_are_not_in_the_report(numbers):
    """Names and addresses would be: a report holds no row of the data."""
    data, labels = numbers
    data = data.assign(name=[f"patient {number}" for number in range(len(data))])
    from sklearn.compose import make_column_transformer

    keep = make_column_transformer(("passthrough", list(numbers[0].columns)))
    model = make_pipeline(keep, RandomForestClassifier(5, random_state=0)).fit(data, labels)
    report = explain_model(model, data, labels)

    assert "patient" not in report.to_json().replace("'name'", "")
    assert importance_of(report)["name"] == 0
    assert "No shape is drawn where no two rows share a value: 'name'." in report.notes


def test_labels_as_html_stay_text(pipeline, tumours):
    report = explain_model(pipeline, *tumours)
    assert report.classes == ("<img src=x onerror=alert(1)>", "benign")


def test_a_model_that_only_looks_like_scikit_learns_is_explained(patients):
    class Rule:
        def predict(self, data):
            return data["bmi"].to_numpy() * 2

    report = explain_model(Rule(), *patients)

    assert report.importance.names[0] == "bmi"
    assert importance_of(report)["age"] == 0


def test_a_kernel_machine_with_several_classes_is_explained(wines):
    model = make_pipeline(StandardScaler(), SVC()).fit(*wines)
    assert explain_model(model, *wines).scale == "decision function"


def test_every_shuffled_column_and_every_shape_is_told():
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 3)), columns=["a", "b", "c"])
    model = LinearRegression().fit(rows, rows["a"])
    heard = []
    wish = ExplanationWish(repeats=2, tell=lambda *step: heard.append(step))
    explain_model(model, rows, rows["a"], wish=wish)

    shuffled = [step for step in heard if step[0] == "columns shuffled"]
    assert shuffled == [("columns shuffled", done, 3) for done in (0, 0, 0, 1, 1, 2, 2)]
    assert heard[len(shuffled) :] == [("shapes", done, 3) for done in range(3)]


PLAIN = pd.DataFrame(np.random.default_rng(1).normal(size=(60, 3)), columns=["a", "b", "c"])


@pytest.mark.parametrize(
    ("model", "rows", "is_bare"),
    [
        pytest.param(LogisticRegression(), PLAIN, True, id="floats"),
        pytest.param(RandomForestClassifier(3, random_state=0), PLAIN, True, id="a forest"),
        pytest.param(LogisticRegression(), PLAIN.assign(c=range(60), d=PLAIN["b"] > 0), True, id="others among them"),
        pytest.param(LogisticRegression(), PLAIN.astype("float32"), False, id="short floats"),
        pytest.param(LogisticRegression(), (PLAIN * 10).astype(int), False, id="no floats"),
        pytest.param(make_pipeline(StandardScaler(), LogisticRegression()), PLAIN, False, id="a pipeline"),
        pytest.param(
            VotingClassifier([("a", LogisticRegression()), ("b", SVC())]), PLAIN, False, id="models inside"
        ),
        pytest.param(GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2), PLAIN, False, id="a search"),
    ],
)  # fmt: skip
def test_names_are_not_read_again_where_nothing_looks_at_them_and_the_numbers_stay(model, rows, is_bare):
    target = (PLAIN["a"] > 0).astype(int)
    model = model.fit(rows, target)
    report = explain_model(model, rows, target)

    theirs = permutation_importance(model, rows, target, n_repeats=5, random_state=0)
    assert importance_of(report) == dict(zip(rows, theirs["importances_mean"].tolist(), strict=True))
    assert isinstance(_bare(model, rows), np.ndarray) == is_bare


@pytest.mark.parametrize(
    ("is_installed", "said"),
    [
        (True, "--method shap does; it asks the model more often."),
        (False, "--method shap does, after pip install 'jupyter_mlops[shap]'; it asks the model more often."),
    ],
)
def test_who_asks_about_rows_hears_which_method_tells_what_made_up_their_answers(
    tumours, logistic, monkeypatch, tmp_path, is_installed, said
):
    data, labels = tumours
    if is_installed:
        (tmp_path / "shap.py").touch()
        monkeypatch.delitem(sys.modules, "shap", raising=False)
        monkeypatch.syspath_prepend(tmp_path)
    else:
        monkeypatch.setitem(sys.modules, "shap", None)
    hint = f"What each column adds to the answer for a row this method does not tell. {said}"

    assert explain_model(logistic, data, labels, wish=ExplanationWish(rows=(5,))).notes[-1] == hint
    assert hint not in explain_model(logistic, data, labels).notes
