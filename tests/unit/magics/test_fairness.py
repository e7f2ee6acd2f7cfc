"""`%fairness`: what a line asks for, what its words mean in the notebook, and what the cell shows."""

import itertools
import json
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_mlops.entities import FairnessReport
from jupyter_mlops.exceptions import UnknownReferenceError, UsageError
from jupyter_mlops.magics._arguments import HelpRequested
from jupyter_mlops.magics._fairness import fairness
from jupyter_mlops.magics._fairness_command import FairnessCommand
from jupyter_mlops.magics._fairness_view import MIME_TYPE, FairnessView
from jupyter_mlops.magics._pending._origins import Origins
from jupyter_mlops.magics._pending._waiting import NotebookScreen
from jupyter_mlops.magics._progress import stepwise

SEX = np.array(["f", "m"] * 40)


class FakeRuns:
    """Knows one run, whose model is what `submit` was given; no files."""

    def find(self, reference: str) -> object:
        raise UnknownReferenceError(f"No run {reference!r}. See %runs.")

    def get(self, run_id: str) -> "CollectedRun":
        return CollectedRun(run_id)


class CollectedRun(NamedTuple):
    """A run whose directory is gone by now."""

    id: str
    exists: bool = False


@pytest.fixture
def session() -> SimpleNamespace:
    X = pd.DataFrame({"a": np.random.default_rng(0).normal(size=80), "sex": SEX})
    y = (X["a"] > 0).astype(int)
    model = LogisticRegression().fit(X[["a"]], y)
    names = {"model": model, "X_test": X, "y_test": y, "X_train": X, "y_train": y, "age": np.linspace(20, 70, 80)}
    shell = SimpleNamespace(user_ns=names, inserted=[])
    shell.set_next_input = shell.inserted.append
    pending = SimpleNamespace(deliveries=SimpleNamespace(origins=Origins()))
    screen = NotebookScreen(may_clear=False)
    return SimpleNamespace(
        shell=shell, runs=FakeRuns(), pending=pending, steps=lambda stopped: stepwise(screen, stopped)
    )


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("model -s sex", FairnessCommand(model="model", sensitive=("sex",))),
        (
            "model -X Xte -y yte -s sex,race --control region --metrics accuracy,f1 --compare best,last~1",
            FairnessCommand(
                model="model", data="Xte", target="yte", sensitive=("sex", "race"), control=("region",),
                metrics=("accuracy", "f1"), compare=("best", "last~1"),
            ),
        ),
        (
            "last --sensitive 'home town' --min-group 10 --boot 200 --positive yes --weights w --save r.html",
            FairnessCommand(
                model="last", sensitive=("home town",), min_group=10, boot=200, positive="yes", weights="w",
                save="r.html",
            ),
        ),
        ("model -s sex --boot 0  # quickly", FairnessCommand(model="model", sensitive=("sex",), boot=0)),
        ("m -s sex --mitigate GridSearch", FairnessCommand(model="m", sensitive=("sex",), mitigate="GridSearch")),
    ],
)  # fmt: skip
def test_a_line_is_one_command(line, command):
    assert FairnessCommand.parse(line) == command


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "the following arguments are required: MODEL"),
        ("model -X X[0]", r"'X\[0\]' is no name; assign it first: X = X\[0\]"),
        ("model -s ,", "',' names nothing"),
        ("model --boot 1", "'1' are no resamples"),
        ("model --boot many", "'many' are no resamples"),
        ("model --min-group -3", "--min-group"),
        ("model --save report.pdf", "'report.pdf' says not how: end it with .html or .json"),
        ("model --sensitve sex", "unknown option --sensitve - did you mean --sensitive?"),
        ("(model)", "looks like Python"),
    ],
)
def test_a_line_that_is_wrong_is_told(line, message):
    with pytest.raises(UsageError, match=message):
        FairnessCommand.parse(line)


def test_help_is_text():
    with pytest.raises(HelpRequested, match="Compare how a model does in groups of people"):
        FairnessCommand.parse("-h")


def test_the_usual_names_are_found(session):
    report = fairness(session, "model -s sex --metrics accuracy --boot 0").report

    assert report.data == {"X": "X_test", "y": "y_test"}
    assert [feature.name for feature in report.sensitive] == ["sex"]
    assert report.models[0].name == "model"


def test_a_sensitive_feature_may_stand_beside_the_rows(session):
    assert fairness(session, "model -s sex,age --boot 0").report.sensitive[1].levels[0] == "up to 32.5"


def test_a_frame_of_features_stands_for_its_columns(session):
    session.shell.user_ns["people"] = pd.DataFrame({"race": SEX, "town": SEX})

    assert [f.name for f in fairness(session, "model -s people --boot 0").report.sensitive] == ["race", "town"]


def test_outcome_and_weights_may_be_columns_of_the_rows(session):
    session.shell.user_ns["table"] = session.shell.user_ns["X_test"].assign(won=session.shell.user_ns["y_test"], w=1.0)
    report = fairness(session, "model -X table -y won -s sex --weights w --boot 0").report

    assert (report.weighted, report.data) == (True, {"X": "table", "y": "won", "weights": "w"})


def test_models_are_compared(session):
    session.shell.user_ns["guesses"] = np.ones(80, dtype=int)
    report = fairness(session, "model -s sex --compare guesses --metrics selection_rate --boot 0").report

    assert [model.name for model in report.models] == ["model", "guesses"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("modle -s sex", "modle is not defined here. Did you mean model[?] No run 'modle'"),
        ("last~9 -s sex", "No run 'last~9'"),
        ("model -s sx", "X has no column 'sx', and sx is not defined here. Did you mean sex[?]"),
        ("model", "There is no sensitive feature"),
        ("model -X Xtest -s sex", "Xtest is not defined here. Did you mean X_test[?]"),
        ("model -y X_test.nothing -s sex", "X_test.nothing: DataFrame has no nothing"),
        ("model -s sex --save /nowhere/at/all.json --boot 0", "Cannot write /nowhere/at/all.json"),
        ("model -s sex --mitigate Magic --boot 0", "No mitigator 'Magic'. There are ThresholdOptimizer"),
    ],
)
def test_what_is_not_there_is_told_by_name(session, line, message):
    with pytest.raises(UsageError, match=message):
        fairness(session, line)


def test_without_an_outcome_there_is_nothing_to_compare_with(session):
    del session.shell.user_ns["y_test"]
    with pytest.raises(UsageError, match="Name it with -y, and the rows with -X"):
        fairness(session, "model -s sex")


def test_a_cell_holds_data_a_still_picture_and_text(session):
    session.shell.user_ns["X_test"]["sex"] = np.where(SEX == "f", "<img src=x onerror=alert(1)>", "m")
    bundle = fairness(session, "model -s sex --metrics selection_rate --boot 0")._repr_mimebundle_()

    assert set(bundle) == {MIME_TYPE, "text/html", "text/plain"}
    assert bundle[MIME_TYPE]["sensitive"][0]["levels"][0] == "<img src=x onerror=alert(1)>"
    assert json.dumps(bundle[MIME_TYPE])
    assert "<img" not in bundle["text/html"]
    assert [" ".join(line.split()) for line in bundle["text/plain"].splitlines()[:2]] == [
        "model: binary, 80 rows, by sex",
        "model by metric overall least most gap",
    ]


def test_a_long_table_is_cut_in_text(session):
    session.shell.user_ns["town"] = np.arange(80) % 8
    text = repr(fairness(session, "model -s sex --control town --boot 0"))
    assert "more lines are in report.to_frame()." in text


def test_a_report_is_saved_as_data(session, tmp_path: Path):
    view = fairness(session, f"model -s sex --boot 0 --save {tmp_path / 'r.json'}")

    assert FairnessReport.from_json((tmp_path / "r.json").read_text()) == view.report
    assert f"Saved as {tmp_path / 'r.json'}." in repr(view)


@pytest.mark.usefixtures("built_views")
def test_a_report_is_saved_as_a_page(session, tmp_path: Path):
    fairness(session, f"model -s sex --boot 0 --save {tmp_path / 'r.html'}")

    page = (tmp_path / "r.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert "selection rate" in page


def test_a_report_shows_itself():
    stored = Path(__file__).parents[2] / "frontend" / "reports" / "fairness.json"
    report = FairnessReport.from_json(stored.read_text())

    assert "Intervals hold 95%" in repr(FairnessView(report))


def test_the_run_that_made_a_model_is_known_as_long_as_the_model_lives(session):
    origins = session.pending.deliveries.origins
    origins.note("1" * 32, {"model": session.shell.user_ns["model"], "n": 3})
    report = fairness(session, "model -s sex --boot 0").report

    assert report.models[0].run_id == "1" * 32
    assert origins.run_id(3) == ""
    session.shell.user_ns["model"] = LogisticRegression()
    assert origins.run_id(session.shell.user_ns["model"]) == ""


def test_a_mitigation_is_the_next_cell(session):
    view = fairness(session, "model -s sex --boot 0 --mitigate thresholdoptimizer")

    # No second dashboard beside the one that led here.
    assert repr(view) == "The next cell is a run that lessens the gap: read it, change it, run it."
    assert session.shell.inserted[0].splitlines()[0] == "%%train model-ThresholdOptimizer -t mlops.mitigates=model"


def test_a_mitigation_of_a_column_of_the_rows_is_a_cell_too(session):
    names = session.shell.user_ns
    names["table"] = names["X_test"].assign(won=names["y_test"])
    fairness(session, "model -X table -y won -s sex --boot 0 --mitigate ThresholdOptimizer")

    assert "mitigated.fit(table[['a']], table['won'], sensitive_features=sensitive)" in session.shell.inserted[0]


def test_predictions_alone_are_not_fitted_on_anything(session):
    names = session.shell.user_ns
    names["guesses"], names["outcome"] = names["y_test"].to_numpy(), names.pop("y_test")
    del names["X_test"]
    names["sex"] = SEX
    with pytest.raises(UsageError, match="A mitigator is fitted on rows: name them"):
        fairness(session, "guesses -y outcome -s sex --boot 0 --mitigate ThresholdOptimizer")


def test_a_report_that_takes_its_time_says_how_far_it_is(session):
    lines = []
    screen = SimpleNamespace(show=lambda view: lines.append(repr(view)), clear=lambda: lines.append("cleared"))
    # A clock that goes on by a second with each look.
    session.steps = lambda stopped: stepwise(screen, stopped, itertools.count().__next__)
    fairness(session, "model -s sex --boot 2")

    assert lines == [
        "0 of 3 groups · 0 ms - interrupt to stop",
        "1 of 3 groups · 1.0 s, about 2.0 s left - interrupt to stop",
        "2 of 3 groups · 2.0 s, about 1.0 s left - interrupt to stop",
        "0 of 2 resamples · 0 ms - interrupt to stop",
        "1 of 2 resamples · 1.0 s, about 1.0 s left - interrupt to stop",
        "2 of 2 resamples · 2.0 s, about 0 ms left - interrupt to stop",
        "cleared",
    ]


def test_an_interrupt_says_what_it_stopped(session):
    def interrupted(_rows):
        raise KeyboardInterrupt

    session.shell.user_ns["slow"] = interrupted
    with pytest.raises(KeyboardInterrupt, match="Stopped; no report was made"):
        fairness(session, "slow -s sex")


def test_a_pending_model_is_waited_for(notebook, run_named):
    seen = []
    notebook.shell.register_magic_function(lambda _line: seen.append(notebook["model"]), "line", "fairness")
    notebook.submit(run_named("wide").finish(model="fitted"), names="model", cell="model = fit()")

    notebook.run("%fairness model -X X_test -s sex")

    assert seen == ["fitted"]
    assert notebook.pending.deliveries.origins.run_id("fitted") == ""
