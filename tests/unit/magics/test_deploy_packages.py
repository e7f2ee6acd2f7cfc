"""`%deploy WHAT --to TARGET` and `%deploy batch`: what a line does, and what its cell shows."""

import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from jupyter_mlops.entities import Package, PackageFile, ScoreProgress, ScoreReport
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.magics._deploy import _batch as _deploy_batch
from jupyter_mlops.magics._deploy._batch import ProgressView, ScoreView, answered
from jupyter_mlops.magics._deploy._command import DeployCommand
from jupyter_mlops.magics._deploy._package import PackageView
from jupyter_mlops.magics._deploy._subcommands import deploy

pytest.importorskip("skl2onnx")
pytest.importorskip("pyarrow")

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from jupyter_mlops.export import ExportWish, export_model

ROWS = pd.DataFrame(np.random.default_rng(1).normal(size=(20, 2)), columns=["age", "income"])


class Screen:
    """Remembers what was shown, and may do something then."""

    def __init__(self, happens=lambda: None):
        self.shown, self.cleared, self._happens = [], 0, happens

    def show(self, view):
        self.shown.append(repr(view))
        self._happens()

    def clear(self):
        self.cleared += 1


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    export_model(LogisticRegression().fit(ROWS, ROWS["age"] > 0), ROWS, "wide.onnx", ExportWish(timed=False))
    ROWS.to_parquet("in.parquet", index=False)
    screen = Screen()
    return SimpleNamespace(
        shell=SimpleNamespace(user_ns={}), runs=SimpleNamespace(), screen=screen, open_screen=lambda may_clear: screen
    )


def test_a_package_is_written_and_shown(session, tmp_path):
    view = deploy(session, "wide.onnx --to triton -n cancer -o there")

    assert isinstance(view, PackageView)
    assert repr(view).startswith("✓ there/  cancer for triton, 2 files\n")
    assert (tmp_path / "there/cancer/1/model.onnx").exists()
    assert set(view._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_only_a_row_that_was_named_goes_into_a_package(session, tmp_path):
    """X_test is looked up for the comparison, but its rows may be nobody else's business."""
    session.shell.user_ns["X_test"] = pd.DataFrame({"age": [0.123], "income": [0.456]})
    deploy(session, "wide.onnx --to dotnet -o unnamed")
    deploy(session, "wide.onnx --to dotnet -o named -X X_test")

    assert "0.123" not in (tmp_path / "unnamed/Program.cs").read_text()
    assert "0.123f" in (tmp_path / "named/Program.cs").read_text()


def test_an_unknown_target_is_told_with_all_that_are_known(session):
    with pytest.raises(UsageError, match=r"No target is called 'heroku'\. Known: .*; and local"):
        deploy(session, "wide.onnx --to heroku")


def test_a_file_is_answered_and_shown(session, tmp_path):
    view = deploy(session, "batch wide.onnx in.parquet out.csv --columns income --chunk 7")

    assert isinstance(view, ScoreView)
    assert repr(view).startswith("✓ out.csv  20 rows from in.parquet")
    assert list(pd.read_csv("out.csv")) == ["income", "predict", "predict_proba_False", "predict_proba_True"]
    assert set(view._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert session.screen.cleared == 1


def test_progress_is_shown_and_goes(session, monkeypatch):
    monkeypatch.setattr(_deploy_batch, "_STEP_S", 0.0)
    deploy(session, "batch wide.onnx in.parquet out.csv --chunk 10")

    assert [text.partition(" · ")[0] for text in session.screen.shown] == [
        "10 of 20 rows answered (50%)",
        "20 of 20 rows answered (100%)",
    ]
    assert session.screen.cleared == 1


def test_what_is_quick_shows_no_progress(session):
    deploy(session, "batch wide.onnx in.parquet out.csv")
    assert session.screen.shown == []


def test_an_interrupt_says_that_the_same_line_goes_on(session, monkeypatch, tmp_path):
    monkeypatch.setattr(_deploy_batch, "_STEP_S", 0.0)
    screen = Screen(lambda: signal.raise_signal(signal.SIGINT))
    command = DeployCommand.parse("batch wide.onnx in.parquet out.csv --chunk 10")
    with pytest.raises(KeyboardInterrupt, match=r"out\.csv is as it was\. The same line goes on"):
        answered(session.runs, command, "wide.onnx", None, screen)
    assert not (tmp_path / "out.csv").exists()
    assert screen.cleared == 1
    assert repr(deploy(session, "batch wide.onnx in.parquet out.csv --chunk 10")).startswith("✓ out.csv  20 rows")


def test_a_missing_column_is_named(session):
    ROWS[["age"]].to_parquet("in.parquet")
    with pytest.raises(UsageError, match="There is no column 'income', which the model takes"):
        deploy(session, "batch wide.onnx in.parquet out.csv")
    assert session.screen.cleared == 1


def test_progress_has_a_bar_where_the_end_is_known():
    known = ProgressView(ScoreProgress(rows=5, total=10, per_second=1.0))._repr_html_()
    unknown = ProgressView(ScoreProgress(rows=5, total=None, per_second=1.0))._repr_html_()
    assert '<progress aria-label="rows answered" max="10" value="5"' in known
    assert "<progress" not in unknown
    assert "5 rows answered" in unknown


def test_views_escape_names():
    mark = "<script>"
    package = Package(target="t", name=mark, directory=Path("d"), files=(PackageFile(mark, mark),))
    report = ScoreReport(
        source=Path(mark),
        destination=Path("o"),
        label="",
        rows=0,
        refused=0,
        refusals=(),
        columns=(mark,),
        resumed=0,
        seconds=1.0,
    )
    for view in (PackageView(package), ScoreView(report)):
        assert mark not in view._repr_mimebundle_()["text/html"]
        assert mark in view._repr_mimebundle_()["text/plain"]
