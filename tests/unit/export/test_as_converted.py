"""Models whose settings a converter refuses, or reads wrongly, though the answers do not hang on them."""

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import IsolationForest, RandomForestClassifier, VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import ExportWish, export_model, open_session

QUICK = ExportWish(timed=False)
NAMED = ["mean radius", "f1", "f0", "größe"]

KINDS = {
    "a vote": lambda: VotingClassifier([("a", LogisticRegression()), ("b", LogisticRegression(C=0.1))]),
    "a soft vote behind a scaler": lambda: make_pipeline(
        StandardScaler(), VotingClassifier([("a", LogisticRegression())], voting="soft")
    ),
    "bins": lambda: KBinsDiscretizer(3, quantile_method="averaged_inverted_cdf"),
    "bins before a line": lambda: make_pipeline(
        KBinsDiscretizer(3, quantile_method="averaged_inverted_cdf"), LogisticRegression()
    ),
    "isolation": lambda: IsolationForest(n_estimators=5, random_state=0),
    "components": lambda: PCA(2),
    "a linear machine behind a scaler": lambda: make_pipeline(StandardScaler(), LinearSVC()),
    "a ridge behind a scaler": lambda: make_pipeline(StandardScaler(), RidgeClassifier()),
    "the best of linear machines": lambda: GridSearchCV(
        make_pipeline(StandardScaler(), LinearSVC()), {"linearsvc__C": [0.1, 1.0]}, cv=2
    ),
    "a discriminant of two classes": lambda: LinearDiscriminantAnalysis(),
    "one behind a scaler": lambda: make_pipeline(StandardScaler(), LinearDiscriminantAnalysis(solver="eigen")),
    "boosted trees": lambda: xgboost.XGBClassifier(n_estimators=4, max_depth=2),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_model_is_written_whatever_says_nothing_about_its_answers(kind, X, y, tmp_path):
    model = KINDS[kind]().fit(X, y)
    before = {name: value for name, value in model.get_params(deep=False).items() if isinstance(value, (str, bool))}

    report = export_model(model, X[:50], tmp_path / "m.onnx", QUICK)

    assert (report.parity.real.checked, report.parity.real.differing, report.parity.edge.differing) == (50, 0, 0)
    assert report.outputs[0].method == ("predict" if hasattr(model, "predict") else "transform")
    assert {name: getattr(model, name) for name in before} == before  # the model is only read


@pytest.mark.parametrize("kind", [xgboost.XGBClassifier, xgboost.XGBRegressor])
def test_xgboosts_columns_go_by_their_place_whatever_they_are_called(kind, X, y, tmp_path):
    frame = pd.DataFrame(X, columns=NAMED)
    model = kind(n_estimators=4, max_depth=2).fit(frame, y)

    report = export_model(model, frame[:50], tmp_path / "m.onnx", QUICK)

    assert report.parity.differing == 0
    assert report.inputs[0].columns == tuple(NAMED)
    assert model.get_booster().feature_names == NAMED


def test_categories_that_a_booster_was_given_are_told_with_what_to_do(people, tmp_path):
    rows = people[["age", "town"]].astype({"town": "category"})
    model = lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(rows, people["member"])

    with pytest.raises(ExportError, match="the rows have texts or categories: encode them in a step before it"):
        export_model(model, rows, tmp_path / "m.onnx", QUICK)


def test_ties_are_decided_where_whole_numbers_must_be_numbers_as_the_others(people, tmp_path):
    wanted = np.where(people["age"] + 10 * people["children"] > 55, "yes", "no")
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), ["children", "age"]),
        (OneHotEncoder(handle_unknown="ignore"), ["town"]),
        ("passthrough", ["member"]),
    )
    model = make_pipeline(columns, RandomForestClassifier(10, max_depth=4, random_state=0)).fit(people, wanted)

    report = export_model(model, people, tmp_path / "m.onnx", QUICK)

    assert report.parity.differing == 0
    assert "ties" in report.variant


TEXTS = ["good wine", "bad beer", "the wine was good, really", "don't GO there", "a_b c-d 10 times", "x"] * 10
GLUED = ["goodé", "égood wine", "good日本", "ÜBER wine", "good\u00a0wine", "été good"]


@pytest.mark.parametrize(
    "vectorizer",
    [TfidfVectorizer(), CountVectorizer(ngram_range=(1, 2)), CountVectorizer(lowercase=False)],
    ids=["weights", "pairs", "case"],
)
def test_words_end_where_pythons_do(vectorizer, tmp_path):
    search = GridSearchCV(make_pipeline(vectorizer, LogisticRegression()), {"logisticregression__C": [0.1, 1.0]}, cv=2)
    model = search.fit(TEXTS, [text.startswith(("good", "the", "x")) for text in TEXTS])

    report = export_model(model, TEXTS, tmp_path / "m.onnx", QUICK)

    assert report.parity.differing == 0
    (told,) = open_session(tmp_path / "m.onnx").run(["probabilities"], {"text": np.array(GLUED, dtype=object)})
    np.testing.assert_allclose(told, model.predict_proba(GLUED), atol=1e-5)


@pytest.mark.parametrize(
    "vectorizer",
    [
        CountVectorizer(token_pattern=r"\S+"),
        CountVectorizer(token_pattern=r"\b\w+\b"),
        CountVectorizer(analyzer="char"),
    ],
    ids=["blanks", "own pattern", "letters"],
)
def test_words_that_would_end_elsewhere_are_no_file(vectorizer, tmp_path):
    model = make_pipeline(vectorizer, LogisticRegression()).fit(TEXTS, [text.startswith("good") for text in TEXTS])

    with pytest.raises(ExportError, match="generated rows differ"):
        export_model(model, TEXTS, tmp_path / "m.onnx", QUICK)
    assert list(tmp_path.iterdir()) == []
