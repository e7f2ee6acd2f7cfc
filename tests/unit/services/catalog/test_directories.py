"""Run directories in the catalog: what is strange, gone or unfinished among them hides nothing else."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupyter_mlops.entities import Exit, RunStatus, UserRecord
from jupyter_mlops.home import Home
from jupyter_mlops.services import RunService
from jupyter_mlops.services._catalog._directories import DirectoryFeed
from jupyter_mlops.tracking import RunTable

FOREVER = float("inf")
STRANGE = "a" * 32


@pytest.fixture
def table() -> RunTable:
    return RunTable()


@pytest.fixture
def feed(service: RunService, table: RunTable) -> DirectoryFeed:
    return DirectoryFeed("h1", service, table)


def names(table: RunTable) -> set[str]:
    return {table.get(run_id).name for run_id in table.run_ids()}


def end(run, status=RunStatus.FINISHED):
    ended = Exit(status=status, ended_at="2026-11-21T08:02:00+00:00", duration_s=120.0)
    run.directory.write(ended, run.directory.exit_file, durable=False)


def exchanged(name: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    """Return what puts something strange in the place of a run's file."""

    def exchange(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        make(folder / name)

    return exchange


def loop(path: Path) -> None:
    path.symlink_to(path.name)


FILES = ["spec.json", "exit.json", "user.json", "result.json", "output.log", "metrics.spool", "shim.json"]
CONTENTS = {
    "no JSON": lambda path: path.write_bytes(b"\xff{"),
    "another shape": lambda path: path.write_text("[[]]"),
    "empty": Path.touch,
    "a folder": Path.mkdir,
    "a link to itself": loop,
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
}


@pytest.mark.parametrize("make", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("file", FILES)
def test_a_run_with_a_broken_file_hides_no_other(make_run, table, feed, file, make):
    broken = make_run("broken", metrics={"acc": 1.0})
    make_run("whole")
    exchanged(file, make)(broken.directory.path)

    feed.poll(FOREVER)

    assert names(table) - {"broken"} == {"whole"}
    assert not feed.building


@pytest.mark.parametrize("make", CONTENTS.values(), ids=CONTENTS)
def test_what_is_no_directory_but_has_a_runs_name_is_passed_over(home, make_run, table, feed, make):
    make_run("whole")
    make(home.runs / STRANGE)

    feed.poll(FOREVER)

    assert (names(table), feed.building) == ({"whole"}, False)


@pytest.mark.parametrize(
    "name", ["notes.txt", "A" * 32, "a" * 31, "a" * 33, "g" * 32, ".git", f"{'a' * 32}\n", "\uff46" * 32]
)
def test_a_directory_with_another_name_is_no_run(home, make_run, table, feed, name):
    run = make_run("whole")
    (home.runs / name).mkdir()
    (home.runs / name / "spec.json").write_bytes(run.directory.spec_file.read_bytes())

    changed = feed.poll(FOREVER)

    assert (changed, feed.owns(run.id), feed.owns(name)) == ({run.id}, True, False)


def test_a_directory_without_a_spec_becomes_a_run_when_it_has_one(home, make_run, table, feed):
    run = make_run("late")
    spec = run.directory.spec_file.read_bytes()
    run.directory.spec_file.unlink()
    before = feed.poll(FOREVER)
    run.directory.spec_file.write_bytes(spec)

    assert (before, feed.poll(FOREVER), names(table)) == (set(), {run.id}, {"late"})


def test_a_directory_that_stayed_without_a_spec_for_long_is_left_alone(make_run, table, feed):
    run = make_run("never")
    spec = run.directory.spec_file.read_bytes()
    run.directory.spec_file.unlink()
    os.utime(run.directory.path, (0, 0))
    feed.poll(FOREVER)
    run.directory.spec_file.write_bytes(spec)
    os.utime(run.directory.path, (0, 0))

    assert (feed.poll(FOREVER), names(table)) == (set(), set())


def test_nothing_new_is_no_change(make_run, feed):
    run = make_run("ended")

    assert [feed.poll(FOREVER) for _ in range(3)] == [{run.id}, set(), set()]


def test_a_run_that_goes_on_is_read_until_it_has_ended(make_run, table, feed):
    run = make_run("going", status=None)
    feed.poll(FOREVER)
    before = table.get(run.id).status
    end(run, RunStatus.KILLED)
    changed = feed.poll(FOREVER)

    assert (before.is_terminal, changed, table.get(run.id).status) == (False, {run.id}, RunStatus.KILLED)


@pytest.mark.parametrize("stamp", [None, 0], ids=["now", "as by a clock that was set back"])
def test_what_the_user_changes_in_an_old_run_is_seen(make_run, table, feed, stamp):
    run = make_run("old name")
    os.utime(run.directory.path, (1_000_000_000, 1_000_000_000))
    feed.poll(FOREVER)
    run.directory.write(UserRecord(name="new name"), run.directory.user_file, durable=False)
    if stamp is not None:
        os.utime(run.directory.path, (stamp, stamp))

    assert (feed.poll(FOREVER), names(table)) == ({run.id}, {"new name"})


def test_a_run_that_went_is_forgotten_and_can_come_again(home, make_run, table, feed, tmp_path):
    run, other = make_run("moved"), make_run("stays")
    feed.poll(FOREVER)
    run.directory.path.rename(tmp_path / "away")
    gone = feed.poll(FOREVER)
    (tmp_path / "away").rename(run.directory.path)
    again = feed.poll(FOREVER)

    assert (gone, again, names(table)) == ({run.id}, {run.id}, {"moved", "stays"})
    assert feed.forget() == {run.id, other.id}
    assert len(table) == 0


def test_a_home_whose_directory_was_deleted_has_no_runs(home, make_run, table, feed, tmp_path):
    run = make_run("gone")
    feed.poll(FOREVER)
    home.path.rename(tmp_path / "trash")

    assert (feed.poll(FOREVER), feed.poll(FOREVER), len(table)) == ({run.id}, set(), 0)


def test_without_time_there_is_still_progress_and_the_newest_come_first(home, make_run, table, feed):
    runs = [make_run(f"run{number}", run_id=f"{number:032x}") for number in range(120)]
    firsts = feed.poll(0.0)
    seen = [len(table)]
    while feed.building:
        feed.poll(0.0)
        seen.append(len(table))

    assert firsts == {run.id for run in runs[-50:]}
    assert seen == [50, 100, 120]


def test_what_was_read_is_to_be_saved_once(make_run, feed):
    run = make_run("ended")
    make_run("going", status=None)
    os.utime(run.directory.path, (1_000_000_000, 1_000_000_000))
    feed.poll(FOREVER)

    assert [feed.take_unsaved(), feed.take_unsaved()] == [{run.id: 10**18}, {}]


def test_a_run_known_from_before_is_read_only_when_its_directory_has_changed(make_run, table, feed):
    same, changed = make_run("same"), make_run("changed")
    for run in (same, changed):
        os.utime(run.directory.path, (1_000_000_000, 1_000_000_000))
    feed.restore(same.id, 10**18)
    feed.restore(changed.id, 10**18 - 1)
    feed.restore(STRANGE, 10**18)

    assert (feed.poll(FOREVER), feed.owns(same.id), feed.owns(STRANGE)) == ({changed.id}, True, False)


def test_runs_are_read_again_when_the_experiments_main_metric_is_set(home: Home, make_run, table, feed, service):
    run = make_run("ended", metrics={"acc": 0.5, "loss": 0.1})
    os.utime(run.directory.path, (1_000_000_000, 1_000_000_000))
    feed.poll(FOREVER)
    before = table.get(run.id)
    (home.path / "main_metrics.json").write_text(json.dumps({"quickstart": "loss"}))
    feed.poll(FOREVER)

    assert table.get(run.id) == replace(before, main_metric="loss", spark=table.get(run.id).spark)


def test_the_stores_that_runs_name_are_told(make_run, feed, tmp_path):
    make_run("here", tracking_uri="sqlite:////tmp/x.db")
    make_run("there", tracking_uri="http://127.0.0.1:5000")
    feed.poll(FOREVER)

    assert set(feed.stores) == {"sqlite:////tmp/x.db", "http://127.0.0.1:5000"}
