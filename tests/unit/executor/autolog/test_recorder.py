"""What is remembered of a cell's calls, and what is not."""

import multiprocessing
from collections.abc import Iterator

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score

from jupyter_mlops.executor._autolog import _recorder as _autolog_recorder
from jupyter_mlops.executor._autolog._recorder import Recorder

X = np.arange(40.0).reshape(20, 2)
Y = (X[:, 0] > 20).astype(int)

_installed = Recorder()
"""Stand-ins stay in scikit-learn for as long as the process lives: one recorder is enough, off between tests."""


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    _installed.start(("sklearn",), lambda _package: False, lambda: None)
    yield _installed
    _installed.__init__()


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    _installed.install()


def seen(recorder: Recorder) -> list[tuple[str, str]]:
    return [(call.kind, call.name) for call in recorder.calls]


def test_fits_and_what_is_done_with_their_models_are_remembered_in_order(recorder):
    from sklearn.metrics import accuracy_score

    model = LogisticRegression().fit(X, Y)
    predicted = model.predict(X)
    accuracy_score(Y, predicted)
    model.score(X, Y)

    assert seen(recorder) == [
        ("fit", "fit"),
        ("inference", "predict"),
        ("metric", "accuracy_score"),
        ("inference", "score"),
    ]
    assert recorder.calls[0].result is model
    assert set(recorder.calls[2].names) == {"predicted"}


def test_that_there_is_something_to_log_is_told_once(recorder):
    told = []
    recorder.start(("sklearn",), lambda _package: False, lambda: told.append(len(recorder.calls)))

    for _ in range(2):
        LinearRegression().fit(X, Y)
        recorder.calls.clear()

    assert told == [0]


def test_what_estimators_do_among_themselves_is_not(recorder):
    GridSearchCV(LogisticRegression(), {"C": [1.0, 2.0]}, cv=2).fit(X, Y)
    cross_val_score(LogisticRegression(), X, Y, cv=2)

    assert [type(call.subject).__name__ for call in recorder.calls] == ["GridSearchCV"]


def test_models_that_were_not_fitted_here_and_metrics_of_other_data_are_not(recorder):
    from sklearn.metrics import accuracy_score

    recorder._pid = 0
    model = LogisticRegression().fit(X, Y)
    recorder.start(("sklearn",), lambda _package: False, lambda: None)
    accuracy_score(Y, model.predict(X))

    assert seen(recorder) == []


def test_a_fit_that_fails_is_not_remembered_and_the_next_one_is(recorder):
    with pytest.raises(ValueError, match="inconsistent"):
        LogisticRegression().fit(X, Y[:3])
    LogisticRegression().fit(X, Y)

    assert seen(recorder) == [("fit", "fit")]


def test_a_later_fit_of_the_same_estimator_leaves_the_earlier_ones_alone(recorder):
    model = LinearRegression().fit(X, X[:, 0])
    first = model.coef_.copy()
    model.score(X, X[:, 0])
    model.fit(X, -X[:, 0])

    earlier, score, later = recorder.calls
    assert np.array_equal(earlier.subject.coef_, first)
    assert score.subject is earlier.subject is earlier.result is not model
    assert later.subject is model


def test_an_estimator_that_refuses_to_be_copied_is_fitted_again_all_the_same(recorder):
    class Refusing(LinearRegression):
        def __deepcopy__(self, memo):
            raise TypeError("no copies")

    model = Refusing().fit(X, X[:, 0])
    model.fit(X, -X[:, 0])

    assert [call.subject for call in recorder.calls] == [model]


def test_data_that_cannot_be_looked_at_costs_the_log_and_not_the_cell(recorder):
    class Data(list):
        @property
        def nbytes(self):
            raise OSError("no size")

    assert LinearRegression().fit(Data(X), Y).predict(X[:1]).shape == (1,)
    assert seen(recorder) == []


def test_only_the_newest_fits_are_kept(recorder):
    models = [LinearRegression().fit(X, Y) for _ in range(_autolog_recorder.MOST_FITS + 2)]

    assert recorder.forgotten_fits == 2
    assert [call.subject for call in recorder.calls] == models[2:]


def test_a_call_that_is_made_again_is_answered_once(recorder):
    model = LinearRegression().fit(X, X[:, 0])
    coefficients = model.coef_.copy()

    with recorder.answering(recorder.calls[0]):
        assert model.fit(X, -X[:, 0]) is model
        assert np.array_equal(model.coef_, coefficients)
        model.fit(X, -X[:, 0])
        assert not np.allclose(model.coef_, coefficients)
    assert seen(recorder) == [("fit", "fit")]


def test_forked_children_record_nothing(recorder):
    LinearRegression().fit(X, Y)

    def fit_in_child(channel):
        LinearRegression().fit(X, Y)
        channel.put(len(recorder.calls))

    fork = multiprocessing.get_context("fork")
    channel = fork.SimpleQueue()
    child = fork.Process(target=fit_in_child, args=(channel,))
    child.start()
    count = channel.get()
    child.join(30)

    assert (count, child.exitcode) == (1, 0)
