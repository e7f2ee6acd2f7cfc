"""From one server to the next: what was read is there again, what changed meanwhile is noticed."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from stores import do, make_store, run_row

from jupyter_mlops.entities import UserRecord
from jupyter_mlops.exceptions import TrackingError
from jupyter_mlops.home import Home
from jupyter_mlops.services import RunCatalog, RunSelection, RunService
from jupyter_mlops.services._catalog import _memory
from jupyter_mlops.services._catalog._directories import _RACY_S
from jupyter_mlops.services._catalog._home import HomeFeed
from jupyter_mlops.tracking import CatalogFile, RunTable
from jupyter_mlops.tracking._catalog import _unread


def age(*paths: Path) -> None:
    """Let directories look as if nobody had touched them for a while."""
    import time

    moment = time.time() - 10 * _RACY_S
    for path in paths:
        os.utime(path, (moment, moment))


@pytest.fixture
def session(service: RunService):
    """Return a function that does what a server does from start to end, and tells the names that it showed."""

    def live(homes: list | None = None) -> set[str]:
        catalog = RunCatalog(homes or [("h1", service)])
        catalog.refresh()
        while catalog.building:
            catalog.refresh()
        shown = {run.name for run in catalog.page(RunSelection(archived=True)).runs}
        catalog.close()
        return shown

    return live


@pytest.fixture
def store(home: Home) -> Path:
    return make_store(home.path / "mlflow.db")


def saved(home: Home) -> set[str]:
    file = CatalogFile(home.path / "catalog.db")
    rows = file.load(1000)
    file.close()
    return {row.run_id for row in rows}


def test_what_was_read_is_not_read_again(session, make_run):
    run = make_run("first")
    age(run.directory.path)
    assert session() == {"first"}
    spec = run.directory.spec_file
    # In place, so that nothing but the content has changed.
    spec.write_bytes(spec.read_bytes().replace(b"first", b"other"))
    assert session() == {"first"}

    run.directory.write(UserRecord(name="renamed"), run.directory.user_file)
    assert session() == {"renamed"}


def test_runs_of_a_store_in_a_directory_whose_name_is_no_text_are_kept_too(session, tmp_path, launcher, monkeypatch):
    home = Home.create(Path(os.fsdecode(os.fsencode(tmp_path) + b"/f\xfcr ana")) / ".mlops")
    do(make_store(home.path / "mlflow.db"), run_row("a" * 32, "theirs"))
    homes = [("h1", RunService(home, launcher))]
    assert session(homes) == {"theirs"}

    monkeypatch.setattr(_unread, "read_runs", lambda *_: pytest.fail("it was read before"))
    assert session(homes) == {"theirs"}


def test_live_runs_are_not_kept(session, make_run, home):
    ended, live = make_run("ended"), make_run("live", status=None)
    age(ended.directory.path)
    assert session() == {"ended", "live"}
    assert (saved(home), live.id in saved(home)) == ({ended.id}, False)


def test_what_came_and_went_meanwhile_is_noticed(session, make_run, store, home):
    ours, gone = make_run("ours"), make_run("gone")
    for letter in "abc":
        do(store, run_row(letter * 32, letter))
    age(ours.directory.path, gone.directory.path)
    assert session() == {"ours", "gone", "a", "b", "c"}

    shutil.rmtree(gone.directory.path)
    make_run("new")
    do(store, run_row("d" * 32, "d"))
    do(
        store,
        f"UPDATE runs SET name = 'a2' WHERE run_uuid = '{'a' * 32}'",
        f"UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = '{'b' * 32}'",
    )
    assert session() == {"ours", "new", "a2", "c", "d"}
    assert session() == {"ours", "new", "a2", "c", "d"}


def test_another_store_in_its_place_takes_the_old_runs_away(session, store, home, tmp_path):
    do(store, run_row("a" * 32, "a"))
    assert session() == {"a"}
    other = tmp_path / "other.db"
    make_store(other, run_row("b" * 32, "b"))
    other.replace(store)
    assert session() == {"b"}
    store.unlink()
    assert session() == set()


def test_a_store_that_nobody_follows_any_more_takes_its_runs_along(session, tmp_path, monkeypatch, home):
    other = tmp_path / "other.db"
    make_store(other, run_row("a" * 32, "a"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{other}")
    assert session() == {"a"}
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert session() == set()
    assert saved(home) == set()


def test_a_store_that_two_homes_name_is_shown_once(session, service, tmp_path, monkeypatch, launcher):
    other = tmp_path / "other.db"
    make_store(other, run_row("a" * 32, "a"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{other}")
    second = RunService(Home.create(tmp_path / "second" / ".mlops"), launcher)
    catalog = RunCatalog([("h1", service), ("h2", second)])
    catalog.refresh()
    assert [(run.name, run.home_id) for run in catalog.page().runs] == [("a", "h1")]
    assert catalog.refresh().run_ids == ()
    catalog.close()


def test_a_home_that_was_moved_shows_its_runs_under_its_new_id(session, service, make_run):
    run = make_run("first")
    age(run.directory.path)
    session()
    catalog = RunCatalog([("h2", service)])
    catalog.refresh()
    assert [found.home_id for found in catalog.page().runs] == ["h2"]
    catalog.close()


@pytest.mark.parametrize("content", [b"no database", b""])
def test_f31_a_damaged_catalog_is_built_again(session, make_run, home, content):
    run = make_run("first")
    age(run.directory.path)
    session()
    (home.path / "catalog.db").write_bytes(content)
    assert session() == {"first"}
    assert session() == {"first"}


def test_rows_that_hold_no_summary_are_read_again(session, make_run, home):
    run = make_run("first")
    age(run.directory.path)
    session()
    do(home.path / "catalog.db", "UPDATE runs SET body = x'00ff'")
    assert session() == {"first"}
    assert not saved(home) or saved(home) == {run.id}


def test_a_home_that_may_not_be_written_is_shown(session, make_run, home):
    make_run("first")
    (home.path / "catalog.db").mkdir()
    assert session() == {"first"}


def test_what_counts_in_an_experiment_is_seen_in_every_row(service, make_run):
    run = make_run("first", metrics={"acc": 0.5})
    age(run.directory.path)
    catalog = RunCatalog([("h1", service)])
    catalog.refresh()
    assert catalog.page().runs[0].main_metric == ""
    service.set_main_metric("acc")
    catalog.refresh()
    assert catalog.page().runs[0].main_metric == "acc"
    catalog.close()


def test_a_server_that_ends_early_has_saved_all_that_it_has_read(session, store, home):
    """Rows are written some thousands at a time, the rest when the catalog is closed; without it nothing is resumed."""
    with closing(sqlite3.connect(store)) as database, database:
        rows = ((f"{number:032x}",) for number in range(20_500))
        database.executemany("INSERT INTO runs VALUES (?, 'n', 'FINISHED', 1000, 2000, 'active', 1)", rows)

    session()

    file = CatalogFile(home.path / "catalog.db")
    assert sum(1 for _ in iter(lambda: len(file.load(1000)), 0)) == 21
    assert str(store) in file.bookmarks()
    file.close()


def test_a_server_that_ends_while_it_builds_has_kept_what_it_has_read(session, service, make_run, home):
    """A home of 10,000 runs takes a while to be read: servers that are stopped meanwhile come to an end of it."""
    runs = [make_run(f"run {number}") for number in range(60)]
    age(*(run.directory.path for run in runs))
    feed = HomeFeed("h1", service, RunTable(), lambda _: False, lambda *_: True, lambda: False)
    while not feed.poll(0.0):
        pass
    assert feed.building
    feed.close()
    kept = saved(home)
    assert 0 < len(kept) < 60

    for run in runs:
        if run.id in kept:
            # In place, so that only who reads it again sees it.
            run.directory.spec_file.write_bytes(run.directory.spec_file.read_bytes().replace(b"run ", b"new "))
    assert not any(name.startswith("new ") for name in session())


def test_a_server_that_is_killed_while_it_reads_a_large_store_has_kept_what_it_has_read(
    session, service, store, home, monkeypatch
):
    monkeypatch.setattr(_memory, "SAVE_EVERY_S", 0.0)
    with closing(sqlite3.connect(store)) as database, database:
        rows = ((f"{number:032x}",) for number in range(2_500))
        database.executemany("INSERT INTO runs VALUES (?, 'n', 'FINISHED', 1000, 2000, 'active', 1)", rows)
        database.execute("INSERT INTO tags SELECT 'stage', 'trial', run_uuid FROM runs")
    killed = RunCatalog([("h1", service)])
    for _ in range(2):
        killed.refresh(budget_s=0.0)
    assert killed.building
    kept = saved(home)
    assert 0 < len(kept) < 2_500
    tagged = min(kept)
    do(store, f"INSERT INTO tags VALUES ('new', 'tag', '{tagged}')")

    read_before, read = _unread.read_runs, list[str]()

    def counting(database: sqlite3.Connection, run_ids: list[str]) -> object:
        read.extend(run_ids)
        return read_before(database, run_ids)

    monkeypatch.setattr(_unread, "read_runs", counting)
    catalog = RunCatalog([("h1", service)])
    catalog.refresh(budget_s=0.0)
    assert catalog.page().total >= len(kept)
    while catalog.building:
        catalog.refresh(budget_s=0.0)

    assert catalog.page().total == 2_500
    assert [run.run_id for run in catalog.page(RunSelection("tag.new = tag")).runs] == [tagged]
    unread = {f"{number:032x}" for number in range(2_500)} - kept
    assert set(read[: len(unread) + 1]) == unread | {tagged}
    catalog.close()
    killed.close()


def test_a_run_of_a_store_that_is_still_being_read_cannot_be_changed_yet(session, service, store):
    with closing(sqlite3.connect(store)) as database, database:
        rows = ((f"{number:032x}",) for number in range(2_500))
        database.executemany("INSERT INTO runs VALUES (?, 'n', 'FINISHED', 1000, 2000, 'active', 1)", rows)
    session()
    catalog = RunCatalog([("h1", service)])
    catalog.refresh(budget_s=0.0)
    (run,) = catalog.page(limit=1).runs

    with pytest.raises(TrackingError, match=r"still being read[.] Try again in a moment[.]"):
        catalog.stored_run(run.run_id)

    while catalog.building:
        catalog.refresh()
    assert catalog.stored_run(run.run_id).uri == f"sqlite:///{store}"
    catalog.close()
