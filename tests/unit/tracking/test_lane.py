"""What a lane says of a store in trouble, and how a keeper is set up."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlops.home import Home, RunDirectory
from jupyter_mlops.tracking._cursor import Cursor, read_cursor, write_cursor
from jupyter_mlops.tracking._keeper import TRACKED, KeeperSettings
from jupyter_mlops.tracking._lane import Lane, describe
from jupyter_mlops.tracking.keeper import has_work


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot reach http://me:hunter2@server/path", "cannot reach http://server/path"),
        ("two\nlines\t here", "two lines here"),
        ("Authorization: Bearer hunter2", "Authorization: Bearer [masked]"),
        ("password=hunter2 refused", "password=[masked] refused"),
        ("", "ValueError"),
    ],
)
def test_b38_a_problem_is_one_line_without_secrets(text: str, shown: str) -> None:
    assert describe(ValueError(text), "http://me:hunter2@server/path") == shown


def test_a_problem_is_not_endless() -> None:
    assert len(describe(ValueError("x" * 10_000), "http://server")) == 500


def test_settings_come_from_the_environment_where_they_make_sense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_MLOPS_KEEPER_IDLE_S", "2.5")
    monkeypatch.setenv("JUPYTER_MLOPS_KEEPER_TICK_S", "soon")
    assert KeeperSettings.from_environment() == KeeperSettings(idle_s=2.5)


def test_a_home_has_work_while_a_run_is_not_shipped_at_all(home: Home, make_run: Callable[..., RunDirectory]) -> None:
    assert not has_work(home)
    run = make_run()
    assert has_work(home)
    write_cursor(run, Cursor(uri="x"))
    assert not has_work(home)
    run.tracking_file.unlink()
    (home.path / TRACKED).write_text(f"{run.run_id}\n")
    assert not has_work(home)


def test_f29_a_cursor_that_is_not_whole_is_none(run: RunDirectory) -> None:
    cursor = Cursor(uri="x", run_ids={"a": "b"}, spool_ends={"metrics.spool": 32})
    write_cursor(run, cursor)
    whole = run.tracking_file.read_bytes()
    assert read_cursor(run) == cursor
    for size in range(len(whole)):
        run.tracking_file.write_bytes(whole[:size])
        assert read_cursor(run) == Cursor()


def test_a_run_whose_files_were_deleted_waits_for_no_store(
    home: Home, make_run: Callable[..., RunDirectory], tmp_path: Path
) -> None:
    store = tmp_path / "gone" / "mlflow.db"
    lane = Lane(f"sqlite:///{store}", home.path, tick_s=0.01)
    run = make_run()
    spec = run.spec()
    run.spec_file.unlink()
    # What the keeper was writing meanwhile has kept whoever deleted the project from removing the folder.
    write_cursor(run, Cursor(uri="x"))
    try:
        lane.add(run, spec)
        end = time.monotonic() + 60
        while lane.busy and time.monotonic() < end:
            time.sleep(0.01)
        assert (lane.busy, lane.take_done(), lane.problem) == (0, [run.run_id], "")
        assert not store.parent.exists()
    finally:
        lane.stop()
