"""Which run a process belongs to: told by the executor, or by the environment that a program of a run inherits."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlops.entities import LOST_ENTRIES, RunSpec, decode
from jupyter_mlops.exceptions import TrackingError
from jupyter_mlops.home import RunDirectory
from jupyter_mlops.tracking import last_values, read_tags
from jupyter_mlops.tracking._session import TrackingSession, session_at
from jupyter_mlops.tracking._uris import experiment_id_of, spool_uri

Python = Callable[..., subprocess.Popen[str]]

INSTALL = """
import json, os, sys
from pathlib import Path
from jupyter_mlops import tracking
from jupyter_mlops.entities import RunSpec, decode
folder = Path(sys.argv[1])
os.environ["MLFLOW_EXPERIMENT_NAME"] = "left over"
before = tracking.current_session() is None
session = tracking.install(folder, decode((folder / "spec.json").read_bytes(), RunSpec), "x = 1")
same = tracking.current_session() is session
tracking.log({"val/loss": 0.5}, loss=1)
tracking.log(loss=2.0, step=10)
tracking.log()
mlflow = {name: value for name, value in os.environ.items() if name.startswith("MLFLOW_")}
print(json.dumps([before, same, mlflow, session.uri, session.real_uri, "mlflow" in sys.modules]))
"""


def test_installing_points_mlflow_at_the_run_and_imports_nothing(
    make_run: Callable[..., RunDirectory], python: Python
) -> None:
    run = make_run(tracking_uri="sqlite:///runs.db", cwd="/work", experiment="cáncer")
    told, error = python(INSTALL, run.path, MLFLOW_DISABLE_TELEMETRY="false").communicate()
    assert error == ""
    environment = {
        "MLFLOW_TRACKING_URI": spool_uri(run.path),
        "MLFLOW_RUN_ID": run.run_id,
        "MLFLOW_REGISTRY_URI": "sqlite:////work/runs.db",
        "MLFLOW_EXPERIMENT_ID": experiment_id_of("cáncer"),
        "MLFLOW_DISABLE_TELEMETRY": "false",
    }
    assert json.loads(told) == [True, True, environment, spool_uri(run.path), "sqlite:////work/runs.db", False]
    assert last_values(run) == {"val/loss": 0.5, "loss": 2.0}


def test_a_registry_of_its_own_is_kept(make_run: Callable[..., RunDirectory], python: Python) -> None:
    run = make_run(tracking_uri="http://server", registry_uri="databricks")
    told, _ = python(INSTALL, run.path).communicate()
    environment = json.loads(told)[2]
    assert environment["MLFLOW_REGISTRY_URI"] == "databricks"
    assert environment["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_f24_what_found_no_room_is_told_when_the_session_ends(make_run: Callable[..., RunDirectory]) -> None:
    """A directory that is gone for a while stands in for a full disk."""
    run = make_run()
    away = run.path.rename(run.path.with_name("away"))
    spec = decode((away / "spec.json").read_bytes(), RunSpec)
    session = TrackingSession.open(run.path, spec)
    for key in ("lr", "depth"):
        session.journal.append("log_param", run.run_id, key=key, value="1")
    away.rename(run.path)
    session.close()
    assert read_tags(run) == {**spec.tags, LOST_ENTRIES: "2"}


def test_a_session_that_lost_nothing_says_nothing(make_run: Callable[..., RunDirectory]) -> None:
    run = make_run()
    TrackingSession.open(run.path, run.spec()).close()
    assert not run.journal_file.exists()


START = """
import sys
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
from jupyter_mlops import tracking
from jupyter_mlops.entities import RunSpec, decode
folder = Path(sys.argv[1])
tracking.install(folder, decode((folder / "spec.json").read_bytes(), RunSpec), "x = 1")
# As a run's shell has it, so that libraries take it for a notebook.
InteractiveShell.instance().kernel = None
from mlflow.tracking.context.registry import resolve_tags
print(resolve_tags()["mlflow.source.type"], "ipykernel" in sys.modules)
"""


def test_mlflow_looks_for_no_kernel_in_a_run(make_run: Callable[..., RunDirectory], python: Python) -> None:
    pytest.importorskip("mlflow")
    pytest.importorskip("IPython")
    run = make_run()
    told, error = python(START, run.path).communicate()
    assert told.split() == ["NOTEBOOK", "False"], error


LOG = """
import sys
from jupyter_mlops.tracking import log
try:
    log(loss=float(sys.argv[1]))
    log(loss=float(sys.argv[1]) / 2)
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""


def test_a_program_that_a_run_starts_logs_to_it(run: RunDirectory, python: Python) -> None:
    told, error = python(LOG, 8, MLFLOW_TRACKING_URI=spool_uri(run.path)).communicate()
    assert (told, error, last_values(run)) == ("", "", {"loss": 4.0})


@pytest.mark.parametrize("uri", ["", "http://server:5000", "sqlite:///mlflow.db"])
def test_outside_of_a_run_logging_says_what_to_do(python: Python, uri: str) -> None:
    told, error = python(LOG, 8, MLFLOW_TRACKING_URI=uri).communicate()
    assert (told, error) == (
        "TrackingError: mlops.log works inside a run. Put %%train on the cell, or use mlflow.log_metric.\n",
        "",
    )


def test_a_run_that_was_removed_is_said(tmp_path: Path) -> None:
    with pytest.raises(TrackingError) as told:
        session_at(tmp_path / "gone")
    assert str(told.value) == (
        f"No run in {tmp_path}/gone: [Errno 2] No such file or directory: '{tmp_path}/gone/spec.json'. "
        "It may have been removed by `%runs gc`."
    )


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"run_id": 3}', "\udcff"])
def test_f29_a_spec_that_is_not_whole_is_no_run(run: RunDirectory, text: str) -> None:
    run.spec_file.write_bytes(os.fsencode(text))
    with pytest.raises(TrackingError, match=f"^No run in {run.path}: "):
        session_at(run.path)
