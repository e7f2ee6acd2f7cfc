"""The keeper and the home's own store: what a run logged is there, once, under our ids, with its true status."""

import math
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from tracked_cells import LOGGING_LOOP, MLFLOWS_OWN, Tracked, close_stores, make_store, until

from jupyter_mlops.entities import Fingerprint, GitState, Origin, Param, Provenance
from jupyter_mlops.home import RunDirectory, lock_holder
from jupyter_mlops.tracking import MetricSpool, read_metrics, start_keeper, store_problem
from jupyter_mlops.tracking._journal import Journal
from jupyter_mlops.tracking._spool._spool import Series

pytestmark = pytest.mark.filterwarnings(MLFLOWS_OWN)


@pytest.fixture
def disk_size() -> str:
    return "3m"


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Tracked]:
    """A home that has no store yet."""
    yield Tracked(tmp_path)
    close_stores()


def log_points(run: RunDirectory, count: int, key: str = "loss") -> MetricSpool:
    spool = MetricSpool.open(run.path, run.run_id)
    for number in range(count):
        spool.log({key: number / 2})
    return spool


def history(tracked: Tracked, run: RunDirectory, key: str = "loss") -> list[tuple[int, float]]:
    points = tracked.client().get_metric_history(run.run_id, key)
    return sorted((point.step, point.value) for point in points)


def test_a_run_that_has_ended_is_in_the_store_under_its_own_id(tracked: Tracked) -> None:
    run = tracked.submit(origin=Origin("rerun", "b" * 32))
    fingerprint = Fingerprint(
        name="X", type="DataFrame", digest="d" * 32, shape=(3, 2), columns=("a: int64", "b c: str")
    )
    run.write(Provenance(notebook="work/demo.ipynb", cell_id="c1", fingerprints=(fingerprint,)), run.provenance_file)
    run.write(GitState(commit="f" * 40, branch="main", dirty=True), run.git_file)
    log_points(run, 10)
    journal = Journal(run.path)
    journal.append("log_param", run.run_id, key="depth", value="3")
    journal.append("set_tag", run.run_id, key="team", value="red")
    tracked.end(run, "FAILED", "signal 9")
    said = tracked.keep()
    found = tracked.client().get_run(run.run_id)
    assert said == ""
    assert found.info.run_name == "baseline"
    assert (found.info.status, found.info.start_time, found.info.end_time) == ("FAILED", 1795248001000, 1795248301000)
    assert found.data.params == {"C": "0.001", "depth": "3"}
    assert found.data.metrics == {"loss": 4.5}
    assert found.data.tags | {"mlflow.user": "me"} == {
        "mlflow.runName": "baseline",
        "mlflow.source.git.branch": "main",
        "mlflow.source.git.commit": "f" * 40,
        "mlflow.source.git.dirty": "true",
        "mlflow.source.name": "work/demo.ipynb",
        "mlflow.source.type": "NOTEBOOK",
        "mlflow.user": "me",
        "mlops.cell_id": "c1",
        "mlops.origin": f"rerun {'b' * 32}",
        "mlops.reason": "signal 9",
        "mlops.run_id": run.run_id,
        "team": "red",
    }
    (data,) = found.inputs.dataset_inputs
    assert (data.dataset.name, data.dataset.digest, data.dataset.profile) == ("X", "d" * 32, '{"shape": [3, 2]}')
    assert '{"name": "b c", "type": "str"}' in data.dataset.schema
    assert tracked.client().get_experiment(found.info.experiment_id).name == "cancer"
    assert history(tracked, run) == [(number, number / 2) for number in range(10)]
    assert tracked.cursor(run).done


def test_f02_f05_statuses_are_the_true_ones(tracked: Tracked) -> None:
    ends = {"FINISHED": "", "FAILED": "exit code 3", "KILLED": "stopped by the user"}
    runs = {status: tracked.submit() for status in ends}
    for status, reason in ends.items():
        tracked.end(runs[status], status, reason)
    lost = tracked.submit()
    lost.executor_file.write_text('{"pid": 1, "start_time": 1, "boot_id": "", "started_at": ""}')
    tracked.keep()
    client = tracked.client()
    found = {status: client.get_run(run.run_id) for status, run in runs.items()}
    assert {s: (run.info.status, run.data.tags.get("mlops.reason", "")) for s, run in found.items()} == {
        status: (status, reason) for status, reason in ends.items()
    }
    assert client.get_run(lost.run_id).info.status == "FAILED"
    assert client.get_run(lost.run_id).data.tags["mlops.reason"] == "machine restarted"


def test_a_live_run_is_shipped_while_it_goes_on(tracked: Tracked) -> None:
    run = tracked.submit()
    spool = log_points(run, 3)
    with tracked.live(run) as lock, tracked.keeper() as keeper:
        until(lambda: tracked.cursor(run).status == "RUNNING" and tracked.cursor(run).spool_ends)
        assert tracked.client().get_run(run.run_id).info.status == "RUNNING"
        assert history(tracked, run) == [(0, 0.0), (1, 0.5), (2, 1.0)]
        spool.log(loss=9.0)
        until(lambda: len(history(tracked, run)) == 4)
        assert keeper.returncode is None
        tracked.end(run)
        lock.release()
        keeper.wait()
    assert tracked.client().get_run(run.run_id).info.status == "FINISHED"


def test_b07_nan_and_infinities_as_mlflow_stores_them(tracked: Tracked) -> None:
    run = tracked.submit()
    spool = MetricSpool.open(run.path, run.run_id)
    for value in (math.nan, math.inf, -math.inf):
        spool.log(a=value)
    spool.log(b=1.0, step=2**53 + 1)
    spool.log(b=math.nan)
    tracked.end(run)
    tracked.keep()
    values = [
        point.value for point in sorted(tracked.client().get_metric_history(run.run_id, "a"), key=lambda p: p.step)
    ]
    assert math.isnan(values[0])
    assert values[1:] == [1.7976931348623157e308, -1.7976931348623157e308]
    (latest,) = [value for key, value in tracked.client().get_run(run.run_id).data.metrics.items() if key == "b"]
    assert math.isnan(latest)


def test_child_runs_models_and_artifacts_keep_their_ids(tracked: Tracked) -> None:
    run = tracked.submit()
    told = tracked.cell(
        run,
        """
        import mlflow
        mlflow.set_experiment("churn")
        mlflow.log_text("hello", "notes/x.txt")
        class Doubler(mlflow.pyfunc.PythonModel):
            def predict(self, context, model_input, params=None):
                return [2 * x for x in model_input]
        info = mlflow.pyfunc.log_model(name="doubler", python_model=Doubler(), pip_requirements=["mlflow"])
        mlflow.log_metric("acc", 0.5, model_id=info.model_id)
        told["model"] = info.model_id
        told["children"] = []
        for c in (1, 2):
            with mlflow.start_run(run_name=f"trial {c}", nested=True) as child:
                mlflow.log_param("c", c)
                mlflow.log_metric("acc", c)
                mlflow.log_text(str(c), "c.txt")
                told["children"].append(child.info.run_id)
        """,
    )
    tracked.end(run)
    tracked.keep()
    client = tracked.client()
    found = client.get_run(run.run_id)
    assert tracked.cursor(run).problem == ""
    assert client.get_experiment(found.info.experiment_id).name == "churn"
    assert [output.model_id for output in found.outputs.model_outputs] == [told["model"]]
    model = client.get_logged_model(told["model"])
    assert (model.name, str(model.status), model.source_run_id) == ("doubler", "READY", run.run_id)
    assert [(metric.key, metric.value) for metric in model.metrics] == [("acc", 0.5)]
    assert sorted(file.path for file in client.list_logged_model_artifacts(told["model"])) >= ["MLmodel"]
    assert Path(client.download_artifacts(run.run_id, "notes/x.txt")).read_text() == "hello"
    for number, child in enumerate(told["children"], 1):
        found = client.get_run(child)
        assert (found.info.status, found.info.run_name) == ("FINISHED", f"trial {number}")
        assert (found.data.params, found.data.metrics) == ({"c": str(number)}, {"acc": float(number)})
        assert found.data.tags["mlflow.parentRunId"] == run.run_id
        assert Path(client.download_artifacts(child, "c.txt")).read_text() == str(number)


def test_replaying_everything_changes_nothing(tracked: Tracked) -> None:
    run = tracked.submit()
    tracked.cell(
        run,
        """
        import mlflow, pandas as pd
        mlflow.log_metric("acc", 0.5); mlflow.log_param("depth", 3); mlflow.set_tag("a", "b"); mlflow.delete_tag("a")
        mlflow.log_input(mlflow.data.from_pandas(pd.DataFrame({"a": [1]}), name="train"))
        model = mlflow.create_external_model(name="m", params={"p": "1"})
        mlflow.log_model_params({"q": "2"}, model_id=model.model_id)
        mlflow.log_outputs([mlflow.entities.LoggedModelOutput(model.model_id, 0)])
        with mlflow.start_run(nested=True): mlflow.log_metric("acc", 0.1)
        """,
    )
    tracked.end(run)
    tracked.keep()
    before = dump(tracked)
    for _ in range(2):
        run.tracking_file.unlink()
        (tracked.home.path / "tracked.ids").unlink()
        tracked.keep()
    assert dump(tracked) == before
    assert tracked.cursor(run).problem == ""


def dump(tracked: Tracked) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the store but times of the store's own."""
    tables = ("runs", "metrics", "latest_metrics", "params", "tags", "datasets", "inputs", "logged_models")
    with closing(sqlite3.connect(tracked.home.path / "mlflow.db")) as database:
        found = {table: database.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
        found["logged_models"] = database.execute("SELECT model_id, name, status FROM logged_models").fetchall()
        found["model_params"] = database.execute("SELECT * FROM logged_model_params").fetchall()
    return {table: sorted(rows, key=str) for table, rows in found.items()}


@pytest.mark.parametrize("point", ["keeper.created", "keeper.shipped"])
def test_f02_a_keeper_that_is_killed_loses_and_doubles_nothing(fresh: Tracked, point: str) -> None:
    tracked = fresh
    run = tracked.submit()
    log_points(run, 1_000)
    tracked.end(run)
    with tracked.keeper(JUPYTER_MLOPS_CRASH_AT=point) as keeper:
        keeper.wait()
    assert keeper.returncode == -signal.SIGKILL
    tracked.keep()
    assert history(tracked, run) == [(number, number / 2) for number in range(1_000)]
    assert tracked.client().get_run(run.run_id).info.status == "FINISHED"


def test_f02_a_keeper_that_is_killed_at_any_moment(tracked: Tracked) -> None:
    runs = [tracked.submit() for _ in range(5)]
    for run in runs:
        log_points(run, 20_000)
        tracked.end(run)
    for shipped in range(1, 4):
        with tracked.keeper() as keeper:
            until(lambda shipped=shipped: sum(bool(tracked.cursor(run).spool_ends) for run in runs) >= shipped)
            keeper.kill()
    tracked.keep()
    for run in runs:
        assert len(history(tracked, run)) == 20_000


def test_f32_only_one_keeper_works_and_all_first_uses_are_safe(fresh: Tracked) -> None:
    run = fresh.submit()
    fresh.end(run)
    keepers = [fresh.keeper() for _ in range(4)]
    said = [keeper.wait() for keeper in keepers]
    assert ([keeper.returncode for keeper in keepers], said) == ([0] * 4, [""] * 4)
    assert fresh.client().get_run(run.run_id).info.status == "FINISHED"
    with closing(sqlite3.connect(fresh.home.path / "mlflow.db")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_f32_four_processes_make_one_store(fresh: Tracked) -> None:
    path = fresh.home.path / "mlflow.db"
    makers = [make_store(path) for _ in range(4)]
    for maker in makers:
        maker.join()
    assert [maker.exitcode for maker in makers] == [0] * 4
    assert [experiment.name for experiment in fresh.client().search_experiments()] == ["Default"]


def test_f30_a_store_that_is_locked_holds_up_nothing_and_gets_everything_later(tracked: Tracked) -> None:
    tracked.keep()
    run = tracked.submit()
    log_points(run, 100)
    tracked.end(run)
    with closing(sqlite3.connect(tracked.home.path / "mlflow.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with tracked.keeper() as keeper:
            until(lambda: "locked" in tracked.cursor(run).problem, 60)
            until(lambda: "locked" in store_problem(tracked.home))
            other.execute("ROLLBACK")
            until(lambda: tracked.cursor(run).done, 60)
            keeper.wait()
    assert (len(history(tracked, run)), tracked.cursor(run).problem, store_problem(tracked.home)) == (100, "", "")


def test_f30_no_log_call_waits_for_a_locked_store(tracked: Tracked) -> None:
    run = tracked.submit()
    with closing(sqlite3.connect(tracked.home.path / "mlflow.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        told = tracked.cell(run, LOGGING_LOOP)
    assert told["slow"][0] < 0.05
    assert {key: len(points) for key, points in read_metrics(run).items()} == {"fluent": 300, "cheap": 300}


@pytest.mark.root
def test_f24_a_full_disk_below_the_store_heals_without_a_restart(
    tracked: Tracked, store: Path, small_disk: Path
) -> None:
    (small_disk / "mlflow.db").write_bytes(store.read_bytes())
    run = tracked.submit(tracking_uri=f"sqlite:///{small_disk}/mlflow.db")
    log_points(run, 20_000)
    tracked.end(run)
    with tracked.keeper(JUPYTER_MLOPS_KEEPER_GIVE_UP_S="60") as keeper:
        until(lambda: "full" in tracked.cursor(run).problem, 60)
        subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
        until(lambda: tracked.cursor(run).done, 60)
        keeper.wait()
    client = tracked.client(f"sqlite:///{small_disk}/mlflow.db")
    assert len(client.get_metric_history(run.run_id, "loss")) == 20_000


def mutilate(path: Path, how: str) -> None:
    for leftover in ("-wal", "-shm"):
        path.with_name(path.name + leftover).unlink(missing_ok=True)
    if how == "missing":
        path.unlink()
    elif how == "zero length":
        os.truncate(path, 0)
    elif how == "truncated":
        os.truncate(path, path.stat().st_size // 2)
    else:
        data = bytearray(path.read_bytes())
        data[:100] = b"x" * 100
        path.write_bytes(data)


@pytest.mark.parametrize(
    ("how", "word"),
    [("missing", "gone"), ("zero length", "empty"), ("truncated", "truncated"), ("corrupt", "no sqlite database")],
)
def test_f31_a_damaged_store_is_said_and_restored_and_runs_do_not_notice(tracked: Tracked, how: str, word: str) -> None:
    from jupyter_mlops.tracking import restore_store

    early = tracked.submit()
    log_points(early, 3)
    tracked.end(early)
    tracked.keep()
    path = tracked.home.path / "mlflow.db"
    mutilate(path, how)
    late = tracked.submit()
    assert tracked.cell(late, "import mlflow; mlflow.log_metric('loss', 1.0)")["stderr"] == ""
    tracked.end(late)
    said = tracked.keep(JUPYTER_MLOPS_KEEPER_GIVE_UP_S="1")
    problem = tracked.cursor(late).problem
    assert word in problem
    assert "restore_store" in problem
    assert problem in said
    assert store_problem(tracked.home) == problem
    assert restore_store(tracked.home).parent.name == "backups"
    tracked.keep()
    assert (len(history(tracked, early)), len(history(tracked, late))) == (3, 1)
    assert tracked.cursor(late).problem == ""


def test_f33_a_store_of_a_newer_mlflow_is_left_alone(tracked: Tracked) -> None:
    tracked.keep()
    set_revision(tracked, "0123456789ab")
    before = (tracked.home.path / "mlflow.db").read_bytes()
    run = tracked.submit()
    tracked.end(run)
    tracked.keep(JUPYTER_MLOPS_KEEPER_GIVE_UP_S="1")
    problem = tracked.cursor(run).problem
    assert "schema 0123456789ab" in problem
    assert "schema dc11669786a5" in problem
    assert "upgrade mlflow" in problem
    assert (tracked.home.path / "mlflow.db").read_bytes() == before


def set_revision(tracked: Tracked, revision: str) -> None:
    with closing(sqlite3.connect(tracked.home.path / "mlflow.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    with closing(sqlite3.connect(tracked.home.path / "mlflow.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.fixture(scope="module")
def old_store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A store as an MLflow of some versions ago would have made it, and its revision: copy it."""
    path = tmp_path_factory.mktemp("old") / "mlflow.db"
    program = """
import sys
from alembic import command
from alembic.script import ScriptDirectory
from mlflow.store.db.utils import _get_alembic_config, create_sqlalchemy_engine
from mlflow.store.tracking.dbmodels.initial_models import Base
url = "sqlite:///" + sys.argv[1]
config = _get_alembic_config(url)
revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
engine = create_sqlalchemy_engine(url)
Base.metadata.create_all(engine)
with engine.begin() as connection:
    config.attributes["connection"] = connection
    command.upgrade(config, revisions[3])
print("revision", revisions[3])
"""
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", program, str(path)], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return path, told.stdout.rpartition("revision ")[2].strip()


def test_f33_our_own_older_store_is_migrated_after_a_backup(fresh: Tracked, old_store: tuple[Path, str]) -> None:
    old, revision = old_store
    shutil.copyfile(old, fresh.home.path / "mlflow.db")
    run = fresh.submit()
    fresh.end(run)
    fresh.keep()
    assert fresh.cursor(run).done
    backup = fresh.home.path / "backups" / f"mlflow-schema-{revision}.db"
    with closing(sqlite3.connect(backup)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (revision,)


def test_f33_a_users_older_store_is_never_migrated(
    tracked: Tracked, tmp_path: Path, old_store: tuple[Path, str]
) -> None:
    old, revision = old_store
    path = shutil.copyfile(old, tmp_path / "theirs.db")
    before = path.read_bytes()
    run = tracked.submit(tracking_uri=f"sqlite:///{path}")
    tracked.end(run)
    tracked.keep(JUPYTER_MLOPS_KEEPER_GIVE_UP_S="1")
    problem = tracked.cursor(run).problem
    assert f"has schema {revision}" in problem
    assert "works with dc11669786a5" in problem
    assert "mlflow db upgrade" in problem
    assert path.read_bytes() == before


def test_a_store_in_trouble_holds_up_no_other(tracked: Tracked, tmp_path: Path) -> None:
    (tmp_path / "theirs.db").write_text("no database")
    stuck, well = tracked.submit(tracking_uri=f"sqlite:///{tmp_path}/theirs.db"), tracked.submit()
    tracked.end(stuck)
    tracked.end(well)
    tracked.keep(JUPYTER_MLOPS_KEEPER_GIVE_UP_S="1")
    assert (tracked.cursor(well).done, tracked.cursor(stuck).done) == (True, False)


def test_a_value_that_the_store_refuses_is_noted_and_the_rest_is_shipped(tracked: Tracked) -> None:
    run = tracked.submit(params=(Param("C", "1"),))
    journal = Journal(run.path)
    journal.append("log_param", run.run_id, key="depth", value="3")
    journal.append("log_param", run.run_id, key="depth", value="4")
    journal.append("set_tag", run.run_id, key="x" * 400, value="1")
    journal.append("set_tag", run.run_id, key="after", value="1")
    tracked.end(run)
    tracked.keep()
    found = tracked.client().get_run(run.run_id)
    assert (found.data.params, found.data.tags["after"]) == ({"C": "1", "depth": "3"}, "1")
    assert "log_param" in tracked.cursor(run).problem
    assert tracked.cursor(run).done


def test_points_of_a_forked_child_and_points_lost_are_there(tracked: Tracked) -> None:
    run = tracked.submit()
    spool = log_points(run, 2)
    pid = os.fork()
    if pid == 0:
        spool.log(loss=7.0)
        os._exit(0)
    os.waitpid(pid, 0)
    spool.write_point(Series(run.run_id, "other"), 1.0, 0, 5)
    tracked.end(run)
    tracked.keep()
    assert history(tracked, run) == [(0, 0.0), (1, 0.5), (2, 7.0)]
    assert tracked.client().get_run(run.run_id).data.metrics["other"] == 1.0
    assert {path.name: path.stat().st_size for path in run.path.glob("*.spool")} == {
        "metrics.spool": 96,
        f"metrics-{pid}.spool": 32,
    }


@pytest.mark.keeper
def test_starting_one_is_cheap_detached_and_leaves_no_child(tracked: Tracked, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in tracked.environment().items():
        monkeypatch.setenv(name, value)
    run = tracked.submit()
    tracked.end(run)
    before = psutil.Process().children()
    assert start_keeper(tracked.home) is True
    until(lambda: lock_holder(tracked.home.keeper_lock) is not None)
    keeper = lock_holder(tracked.home.keeper_lock)
    assert start_keeper(tracked.home) is False
    assert os.getsid(keeper) != os.getsid(0)
    assert psutil.Process().children() == before
    until(lambda: lock_holder(tracked.home.keeper_lock) is None)
    assert tracked.cursor(run).done
