"""Whatever the columns are: explanations of random frames are scikit-learn's, go together, and hold no row."""

import msgspec
import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.inspection import permutation_importance

from jupyter_mlops.entities import ExplanationReport
from jupyter_mlops.explanation import ExplanationWish, cut_for_view, explain_model

ROWS = 12
TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
COLUMN = st.one_of(
    st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=ROWS, max_size=ROWS),
    st.lists(st.integers(-1000, 1000), min_size=ROWS, max_size=ROWS),
    st.lists(st.booleans(), min_size=ROWS, max_size=ROWS),
    st.lists(st.sampled_from(["red", "<b>green</b>", "NaN", ""]), min_size=ROWS, max_size=ROWS),
    st.lists(TEXT | st.none(), min_size=ROWS, max_size=ROWS),
)
FRAMES = st.dictionaries(TEXT, COLUMN, min_size=1, max_size=4).map(pd.DataFrame)
QUICK = settings(max_examples=40, suppress_health_check=list(HealthCheck))


class Lengths(ClassifierMixin, BaseEstimator):
    """Answers by how long the text of a row is: takes whatever a frame holds."""

    def fit(self, data, labels):
        self.classes_ = np.unique(labels)
        self.feature_names_in_ = np.asarray(data.columns, dtype=object)
        return self

    def predict_proba(self, data):
        lengths = np.zeros(len(data))
        for position in range(data.shape[1]):
            lengths += [len(str(value)) for value in data.iloc[:, position]]
        second = (lengths % 7) / 7
        return np.column_stack([1 - second, second])

    def predict(self, data):
        return self.classes_[self.predict_proba(data).argmax(axis=1)]


LABELS = np.arange(ROWS) % 2


@given(frame=FRAMES)
@QUICK
def test_the_importance_is_scikit_learns(frame):
    model = Lengths().fit(frame, LABELS)
    report = explain_model(model, frame, LABELS)
    theirs = permutation_importance(model, frame, LABELS, n_repeats=5, random_state=0)

    ours = dict(zip(report.importance.features, report.importance.scores, strict=True))
    assert [ours[(column,)] for column in range(frame.shape[1])] == theirs["importances_mean"].tolist()


@given(frame=FRAMES, rows=st.lists(st.integers(0, ROWS - 1), max_size=3, unique=True).map(tuple))
@QUICK
def test_everything_goes_together_and_survives(frame, rows):
    report = explain_model(Lengths().fit(frame, LABELS), frame, LABELS, wish=ExplanationWish(rows=rows))

    assert ExplanationReport.from_json(report.to_json()) == report
    assert report.features.names == tuple(map(str, frame.columns))
    assert list(report.features.missing) == frame.isna().sum().tolist()
    for shape in report.shapes:
        assert {len(curve) for curve in (*shape.values, *shape.low, *shape.high)} == {len(shape.grid)}
        assert [len(output) for output in shape.ice] == ([len(rows)] if rows else [])
        present = int(frame.iloc[:, shape.feature].notna().sum())
        assert sum(shape.density) <= present
    assert (report.local is None) is (rows == ())
    msgspec.json.encode(cut_for_view(report))


@given(frame=FRAMES)
@QUICK
def test_a_text_that_one_row_has_is_nowhere(frame):
    report = explain_model(Lengths().fit(frame, LABELS), frame, LABELS)

    for position, kind in enumerate(report.features.kinds):
        if kind == "category":
            counts = frame.iloc[:, position].map(str, na_action="ignore").value_counts()
            assert all(counts[category] > 1 for category in report.features.categories[position])
