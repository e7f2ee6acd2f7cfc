"""Runs of other tools in a listing: found in the tracking store, made safe to show, waited for no longer than 2 s."""

import os
import socket
import subprocess
import sys
import time

import pytest
from mlflow import MlflowClient

from jupyter_mlops.entities import ChangeRun, RunStatus
from jupyter_mlops.home import Home
from jupyter_mlops.launchers import LocalLauncher
from jupyter_mlops.services import RunCatalog, RunSelection, RunService, StoredRuns, SubmitRun
from jupyter_mlops.testing import wait_until
from jupyter_mlops.tracking import StoreWriter


@pytest.fixture
def service(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    home = Home.create(tmp_path / ".mlops")
    return RunService(home, LocalLauncher(home))


SCRIPT = """
import sys
from mlflow import MlflowClient

client = MlflowClient(sys.argv[1])
experiment = client.create_experiment("theirs\u202e", artifact_location=sys.argv[2])
run = client.create_run(experiment, run_name="<b>script</b>\\n\u200b2")
client.log_metric(run.info.run_id, "acc", 0.75)
client.log_param(run.info.run_id, "lr", "0.1")
client.set_terminated(run.info.run_id)
print(run.info.run_id)
"""


@pytest.fixture
def other_tool(tmp_path, monkeypatch):
    """A store that some script has logged to with MLflow; returns the id of its run."""
    uri = f"sqlite:///{tmp_path / 'other.db'}"
    command = [sys.executable, "-c", SCRIPT, uri, str(tmp_path / "artifacts")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=90)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    return ran.stdout.split()[-1]


def test_b04_runs_of_other_tools_are_listed_with_safe_names(service, other_tool):
    page = service.list(foreign=True)

    (run,) = page.runs
    assert (run.id, run.name, run.experiment, run.status) == (
        other_tool,
        "<b>script</b> 2",
        "theirs",
        RunStatus.FINISHED,
    )
    assert (run.metrics["acc"], run.params["lr"], page.missing) == (0.75, "0.1", "")


def test_a_query_looks_at_runs_of_other_tools_too(service, other_tool):
    own = service.submit(SubmitRun(source="1", namespace={}, name="own"))

    assert [run.id for run in service.list("acc > 0.7", foreign=True).runs] == [other_tool]
    assert [run.id for run in service.list("acc > 0.8", foreign=True).runs] == []
    assert [run.id for run in service.list(foreign=True).runs] == [own.id, other_tool]
    assert service.list("acc > 0.7").runs == ()


def test_a_run_of_another_tool_is_shown_by_its_id(service, other_tool):
    found = service.find_any(other_tool[:8])

    assert (found.run.id, found.run.name, found.run.metrics) == (other_tool, "<b>script</b> 2", {"acc": 0.75})
    assert (found.run.started_at[:4] >= "2020", found.run.duration_s >= 0) == (True, True)


def test_f34_a_store_that_does_not_answer_is_named_and_left(service, monkeypatch):
    own = service.submit(SubmitRun(source="1", namespace={}, name="own"))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://me:hunter2@127.0.0.1:{port}")

        began = time.monotonic()
        page = service.list(foreign=True)
        elapsed = time.monotonic() - began

    assert page.runs == (own,)
    assert f"127.0.0.1:{port}" in page.missing
    assert "hunter2" not in page.missing
    assert elapsed < 4


def test_a_store_that_is_not_there_yet_misses_nothing(service):
    assert service.list(foreign=True).missing == ""


def test_a_run_of_another_tool_is_tagged_archived_and_deleted_as_mlflow_sees_it(service, other_tool):
    uri = os.environ["MLFLOW_TRACKING_URI"]
    catalog = RunCatalog([("h1", service)])
    wait_until(lambda: catalog.refresh() and catalog.page().total == 1)
    stored = StoredRuns(catalog, StoreWriter())
    client = MlflowClient(uri)

    run = stored.change(other_tool, ChangeRun(name="base", note="# why", tags={"stage": "good"}, archived=True))
    seen = client.get_run(other_tool)
    assert (run.name, run.archived, seen.info.run_name) == ("base", True, "base")
    assert seen.data.tags.items() >= {"stage": "good", "mlflow.note.content": "# why"}.items()

    stored.delete(other_tool)
    stored.close()
    assert client.get_run(other_tool).info.lifecycle_stage == "deleted"
    assert catalog.page(RunSelection(archived=True)).total == 0
    client.restore_run(other_tool)
    wait_until(lambda: catalog.refresh() and catalog.page(RunSelection(archived=True)).total == 1)
