"""Bad input: each is a named error that says the next step, before anything is computed."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.cluster import DBSCAN
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputClassifier

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.explanation import ExplanationWish, explain_model, matched


def refusal(*args, **options) -> str:
    with pytest.raises(UsageError) as caught:
        explain_model(*args, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_b35_unequal_lengths(logistic, numbers):
    data, labels = numbers
    assert refusal(logistic, data, labels[:-1]) == (
        "X has 569 rows and y has 568 rows. Give the labels of exactly these rows."
    )


def test_a_missing_column_is_named_with_the_nearest(logistic, numbers):
    data, labels = numbers
    message = refusal(logistic, data.rename(columns={"mean texture": "texture_mean "}), labels)

    assert message.startswith("X has no column 'mean texture', which Pipeline(StandardScaler, LogisticRegression) was")
    assert "X has: 'mean radius', 'texture_mean '" in message
    message = refusal(logistic, data.rename(columns={"mean texture": "Mean texture"}), labels)
    assert "Did you mean 'Mean texture'?" in message


def test_columns_that_the_model_does_not_know_are_left_out_and_told(logistic, numbers):
    data, labels = numbers
    shuffled = data[data.columns[::-1]].assign(identifier=range(len(data)))
    report = explain_model(logistic, shuffled, labels)

    assert report.features.names == tuple(data.columns)
    assert report.notes[0] == "The model was trained without these columns of X, which are left out: 'identifier'."
    assert report.importance == explain_model(logistic, data, labels).importance


def test_an_array_of_another_width(logistic, numbers):
    data, labels = numbers
    message = refusal(logistic, data.to_numpy()[:, :3], labels)
    assert "X has 3 columns and Pipeline(StandardScaler, LogisticRegression) was trained with 4." in message


def test_two_columns_of_one_name(logistic, numbers):
    data, labels = numbers
    doubled = pd.concat([data, data[["mean radius"]]], axis=1)
    assert "more than one column 'mean radius'. Rename one" in refusal(logistic, doubled, labels)


def test_b35_missing_values_that_the_model_does_not_take(logistic, numbers):
    data, labels = numbers
    holed = data.assign(**{"worst area": data["worst area"].where(data.index > 2)})
    assert refusal(logistic, holed, labels) == (
        "Pipeline(StandardScaler, LogisticRegression) cannot read X: column 'worst area' has 3 missing values. "
        "Fill them in or drop the rows, as for its training."
    )


def test_b35_missing_labels(logistic, numbers):
    data, labels = numbers
    message = refusal(logistic, data, labels.where(labels.index > 1, None))
    assert message.startswith("y has 2 missing of 569 values")
    assert message.endswith("Drop these rows in X and y.")


def test_b35_a_model_of_one_class(numbers):
    class Sure:
        classes_ = np.array(["benign"])

        def predict(self, data):
            return np.full(len(data), "benign")

    assert "knows one class only ('benign')" in refusal(Sure(), *numbers)


def test_a_label_that_the_model_does_not_know(logistic, numbers):
    data, labels = numbers
    message = refusal(logistic, data, labels.map(lambda label: "unclear" if label == "benign" else label))
    assert "y has the label 'unclear', which the model does not know. It knows: <img" in message


def test_labels_of_another_number_type_are_the_same_labels(numbers):
    data, labels = numbers
    binary = (labels == "benign").astype(int)
    model = RandomForestClassifier(3, random_state=0).fit(data, binary)

    assert explain_model(model, data, binary.astype(float)).importance == explain_model(model, data, binary).importance


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (0, "X has no rows. Give some of the data"),
        (1, "Permutation importance needs at least 2 rows, and X has 1 row."),
    ],
)
def test_too_few_rows(logistic, numbers, rows, message):
    data, labels = numbers
    assert message in refusal(logistic, data[:rows], labels[:rows])


def test_no_data(logistic):
    assert "Permutation importance needs data: say which with -X" in refusal(logistic)


def test_a_row_that_is_not_there(logistic, numbers):
    message = refusal(logistic, *numbers, wish=ExplanationWish(rows=(3, 569)))
    assert message == "There is no row 569: X has 569 rows, 0 to 568."


def test_an_unknown_metric_is_told_with_the_nearest(logistic, numbers):
    message = refusal(logistic, *numbers, wish=ExplanationWish(metric="roc_aux"))
    assert message.startswith("scikit-learn has no metric 'roc_aux'. Near it: roc_auc")


def test_a_metric_that_does_not_fit_the_labels_is_told(logistic, numbers):
    """The labels are words, and F1 does not know which of them is the one that counts."""
    message = refusal(logistic, *numbers, wish=ExplanationWish(metric="f1"))
    assert message.startswith("f1 cannot be measured here: pos_label=1 is not a valid label")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (3, "int is no model that can be explained: it has no predict. Give a fitted model."),
        (len, "no model that can be explained: it has no predict. Name the model that it asks, or wrap it in a class"),
        (RandomForestClassifier, "RandomForestClassifier is a class. Make a model of it"),
        (LogisticRegression(), "LogisticRegression is not fitted. Call fit first."),
        (GridSearchCV(LogisticRegression(), {}), "GridSearchCV is not fitted. Call fit first."),
        (PCA(), "PCA is no model that can be explained: it has no predict."),
        (DBSCAN(), "DBSCAN cannot say where a new row belongs: it has no predict. Explain a classifier"),
    ],
)
def test_what_is_no_fitted_model(model, message, numbers):
    assert message in refusal(model, *numbers)


def test_a_function_wrapped_as_the_refusal_says_is_explained():
    class Rule:
        """What a stranger writes who read that."""

        def fit(self, rows, labels):
            return self

        def predict(self, rows):
            return (np.asarray(rows)[:, 0] > 0).astype(int)

    rows = pd.DataFrame({"a": np.tile([-1.0, 1.0], 20), "b": 0.5})
    report = explain_model(Rule(), rows, (rows["a"] > 0).astype(int))
    assert report.importance.names == ("a", "b")


def test_a_search_that_kept_no_model(numbers):
    search = GridSearchCV(LogisticRegression(max_iter=9_000), {"C": [1]}, cv=2, refit=False).fit(*numbers)
    assert refusal(search, *numbers) == (
        "GridSearchCV has kept no model: it searched with refit=False. Search again with refit=True."
    )


def test_several_labels_at_once(numbers):
    data, labels = numbers
    both = np.column_stack([labels == "benign", data["worst area"] > 700]).astype(int)
    model = MultiOutputClassifier(RandomForestClassifier(3, random_state=0)).fit(data, both)
    assert "predicts several labels at once. Explain one of them" in refusal(model, data, both)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([[1, 2], [3]], "X is no table: its rows differ in length."),
        ([1.0, 2.0], "X is no table: it has 1 dimensions (2). Give a data frame"),
        (np.zeros((2, 3, 4)), "X is no table: it has 3 dimensions (2 x 3 x 4)."),
        (7, "X is no table: it has 0 dimensions"),
    ],
)
def test_what_is_no_table(data, message, wines):
    model = RandomForestClassifier(3, random_state=0).fit(wines[0].to_numpy(), wines[1])
    assert message in refusal(model, data, [0, 1])


def test_one_label_for_all_rows(logistic, numbers):
    assert "X has 569 rows and y has one value." in refusal(logistic, numbers[0], "benign")


@pytest.mark.parametrize("convert", [csr_matrix, lambda data: data.to_numpy().tolist()], ids=["sparse", "lists"])
def test_tables_of_other_libraries_are_read(convert, wines):
    data, labels = wines
    model = RandomForestClassifier(3, random_state=0).fit(data.to_numpy(), labels)
    report = explain_model(model, convert(data), labels.tolist())

    assert report.importance == explain_model(model, data.to_numpy(), labels).importance


def test_a_column_of_labels_is_a_list_of_labels(logistic, numbers):
    data, labels = numbers
    assert matched(logistic, data, labels.to_frame()).target.shape == (569,)


def test_what_a_model_raises_is_told_and_kept(numbers):
    class Broken:
        def predict(self, data):
            raise ZeroDivisionError("the engine is\nout of steam.")

    with pytest.raises(UsageError) as caught:
        explain_model(Broken(), *numbers)

    assert str(caught.value) == ("Broken cannot read X: the engine is. Give X as the model was trained with it.")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_booster_of_lightgbm_finds_its_own_columns():
    lightgbm = pytest.importorskip("lightgbm")
    table = pd.DataFrame({"a": np.arange(60.0), "b": np.tile([0.0, 1.0], 30), "town": ["x", "y", "z"] * 20})
    trained = lightgbm.Dataset(table[["b", "a"]], table["b"])
    booster = lightgbm.train({"objective": "binary", "verbose": -1}, trained, 2)

    found = matched(booster, table, table["b"])

    assert found.names == ("b", "a")
    assert found.notes == ("The model was trained without these columns of X, which are left out: 'town'.",)
