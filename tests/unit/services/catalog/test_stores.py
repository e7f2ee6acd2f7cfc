"""Runs of other tools in a local store: beside ours, each once, and safe to show whatever they say."""

import math
import shutil
from pathlib import Path

import pytest
from stores import do, make_store, run_row

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.services import RunCatalog, RunSelection, RunService
from jupyter_mlops.services._catalog._stores import store_summary
from jupyter_mlops.tracking import ForeignRun
from jupyter_mlops.tracking._catalog import _unread

THEIRS, OURS = "a" * 32, "b" * 32


@pytest.fixture
def store(home) -> Path:
    return make_store(home.path / "mlflow.db")


@pytest.fixture
def catalog(service: RunService, store: Path) -> RunCatalog:
    return RunCatalog([("h1", service)])


def names(catalog: RunCatalog) -> dict[str, str]:
    catalog.refresh()
    return {run.name: run.source for run in catalog.page(RunSelection(archived=True)).runs}


def test_runs_of_other_tools_stand_beside_ours(catalog, store, make_run):
    make_run("ours", run_id=OURS)
    do(store, run_row(THEIRS, "theirs"), run_row(OURS, "a copy of ours"))
    assert names(catalog) == {"ours": "mlops", "theirs": "mlflow"}

    do(store, f"UPDATE runs SET status = 'FAILED' WHERE run_uuid = '{THEIRS}'", run_row("c" * 32, "new"))
    assert set(catalog.refresh().run_ids) == {THEIRS, "c" * 32}
    assert catalog.page(RunSelection("state:failed")).runs[0].name == "theirs"

    do(store, f"UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = '{THEIRS}'")
    assert names(catalog) == {"ours": "mlops", "new": "mlflow"}


def test_a_run_whose_directory_was_collected_is_shown_from_the_store_under_its_id(catalog, store, make_run):
    run = make_run("ours", run_id=OURS)
    do(store, run_row("d" * 32, "ours"), f"INSERT INTO tags VALUES ('mlops.run_id', '{OURS}', '{'d' * 32}')")
    assert names(catalog) == {"ours": "mlops"}

    shutil.rmtree(run.directory.path)
    assert OURS in catalog.refresh().run_ids
    assert [(found.run_id, found.source) for found in catalog.page().runs] == [(OURS, "mlflow")]


def test_the_store_of_the_environment_and_of_runs_are_shown_too(catalog, tmp_path, make_run, monkeypatch):
    make_store(tmp_path / "env.db", run_row("e" * 32, "env"))
    make_store(tmp_path / "named.db", run_row("9" * 32, "named"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/env.db")
    make_run("ours", run_id=OURS, tracking_uri=f"sqlite:///{tmp_path}/named.db")
    assert names(catalog) == {"ours": "mlops", "env": "mlflow", "named": "mlflow"}


def test_ids_that_are_none_of_a_run_are_left_out(catalog, store):
    do(store, run_row("../../etc/passwd"), run_row("A" * 32), run_row(THEIRS, "good"))
    assert names(catalog) == {"good": "mlflow"}


def test_f31_a_damaged_store_is_said_and_ours_are_shown(catalog, store, make_run):
    make_run("ours")
    store.write_text("no database")
    assert names(catalog) == {"ours": "mlops"}
    (problem,) = catalog.problems("h1")
    assert problem.startswith(f"{store} cannot be read: file is not a database")


def test_f31_a_store_that_breaks_while_it_is_read_is_given_time(catalog, store, monkeypatch):
    do(store, run_row(THEIRS, "theirs"))
    names(catalog)
    do(store, f"INSERT INTO tags VALUES ('stage', 'good', '{THEIRS}')")

    with monkeypatch.context() as broken:
        broken.setattr(_unread, "read_runs", lambda *_: do(store, "SELECT broken"))
        catalog.refresh()
        assert catalog.problems("h1")
        assert not catalog.building

    catalog.refresh()
    assert catalog.problems("h1") == ()
    assert catalog.page().runs[0].tags == {"stage": "good"}


def test_f31_a_store_that_is_moved_away_while_it_is_read_is_not_looked_for_at_once(catalog, store, monkeypatch):
    monkeypatch.setattr(_unread, "CHUNK", 1)
    do(store, run_row(THEIRS, "theirs"), run_row("c" * 32, "other"))
    catalog.refresh(budget_s=0)
    assert catalog.building
    away = store.rename(store.with_name("away.db"))

    catalog.refresh()
    assert not catalog.building, "there is nothing to read: the server would ask a hundred times a second"
    assert catalog.page().total == 1

    away.rename(store)
    assert names(catalog) == {"theirs": "mlflow", "other": "mlflow"}


def test_a_home_that_goes_takes_its_store_along(service, store):
    do(store, run_row(THEIRS, "theirs"))
    homes = [("h1", service)]
    catalog = RunCatalog(homes)
    assert names(catalog) == {"theirs": "mlflow"}
    homes.clear()
    assert names(catalog) == {}
    catalog.close()


def test_b27_what_a_stranger_writes_is_bounded_and_safe_to_show():
    run = ForeignRun(
        id=THEIRS,
        name="<img onerror=x>\u202e" + "x" * 10**6,
        experiment="e\nvil",
        status=RunStatus.RUNNING,
        start_time=2**62,
        metrics={f"m{number}": math.inf for number in range(5000)},
        params={"p": "y" * 10**6, "k\x00ey": "\x1b[31mred"},
        tags={"mlflow.source.name": "work/a\u202eb.ipynb", "mlflow.user": "ana", "mlops.archived": "true"},
    )
    summary = store_summary(run, THEIRS, "h1")
    assert summary.name == "<img onerror=x>" + "x" * 235
    assert (summary.experiment, summary.notebook, summary.user, summary.archived) == (
        "e vil",
        "work/ab.ipynb",
        "ana",
        True,
    )
    assert (len(summary.metrics), summary.metrics["m0"], len(summary.params["p"])) == (1000, "Infinity", 500)
    assert (summary.params["key"], summary.submitted_at, summary.duration_s) == ("[31mred", "", None)
    assert summary.left_out == len(run.metrics) - 1000


def test_times_are_utc():
    run = ForeignRun(id=THEIRS, name="n", experiment="e", status=RunStatus.FINISHED, start_time=1000, end_time=3500)
    summary = store_summary(run, THEIRS, "h1")
    assert (summary.submitted_at, summary.started_at, summary.ended_at, summary.duration_s) == (
        "1970-01-01T00:00:01.000+00:00", "1970-01-01T00:00:01.000+00:00", "1970-01-01T00:00:03.500+00:00", 2.5,
    )  # fmt: skip
