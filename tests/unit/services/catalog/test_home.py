"""One home in the catalog: its directories and the stores that its runs name, come and gone together."""

import sqlite3
import time
from pathlib import Path

import pytest

from jupyter_mlops.home import Home
from jupyter_mlops.services import RunService
from jupyter_mlops.services._catalog._home import HomeFeed
from jupyter_mlops.tracking import RunTable

FOREVER = float("inf")


@pytest.fixture
def table() -> RunTable:
    return RunTable()


@pytest.fixture
def claims() -> dict:
    """Which home shows which store."""
    return {}


@pytest.fixture
def feed(service: RunService, table: RunTable, claims: dict):
    def claim(store: Path | str, home_id: str) -> bool:
        return claims.setdefault(store, home_id) == home_id

    feed = HomeFeed("h1", service, table, lambda run_id: feed.owns(run_id), claim, lambda: False)
    yield feed
    feed.close()


@pytest.fixture
def own(home: Home) -> Path:
    """The home's own store, which is followed from the beginning."""
    return home.path / "mlflow.db"


def poll(feed: HomeFeed) -> set[str]:
    changed = feed.poll(FOREVER)
    while feed.building:
        changed |= feed.poll(FOREVER)
    return changed


def test_a_home_without_runs_is_whole_at_once(feed, table, own):
    assert (poll(feed), feed.building, feed.problems, feed.store_files, len(table)) == (set(), False, (), (own,), 0)


def test_runs_come_and_go_with_the_home(feed, table, make_run):
    a, b = make_run("a"), make_run("b")
    came = poll(feed)
    gone = feed.forget()

    assert (came, gone, len(table), table.get(a.id), feed.owns(b.id)) == ({a.id, b.id}, {a.id, b.id}, 0, None, True)


def test_a_run_with_a_directory_is_not_a_stores(feed, make_run):
    run = make_run(metrics={"acc": 1.0})
    poll(feed)

    assert (feed.stored(run.id), feed.stored("0" * 32), feed.stored("")) == (None, None, None)


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "no such table: runs"), (b"no database", "file is not a database"), (None, "no such table: runs")],
    ids=["empty", "another file", "other tables"],
)
def test_a_store_that_is_none_is_a_problem_in_words_and_the_runs_are_shown(
    feed, table, own, make_run, tmp_path, content, why
):
    store = tmp_path / "theirs.db"
    if content is None:
        with sqlite3.connect(store) as database:
            database.execute("create table other (x)")
        database.close()
    else:
        store.write_bytes(content)
    run = make_run(tracking_uri=f"sqlite:///{store}")
    poll(feed)
    poll(feed)

    assert (table.get(run.id).name, feed.store_files) == ("baseline", (own, store))
    assert feed.problems == (f"{store} cannot be read: {why}.",)


def test_a_store_that_another_home_shows_is_left_to_it(feed, own, claims, make_run, tmp_path):
    store = tmp_path / "shared.db"
    sqlite3.connect(store).close()
    claims[store] = "h2"
    make_run(tracking_uri=f"sqlite:///{store}")
    poll(feed)

    assert (feed.store_files, claims[store]) == ((own,), "h2")


def test_a_store_is_followed_once_however_many_runs_name_it(feed, own, make_run, tmp_path):
    store = tmp_path / "theirs.db"
    sqlite3.connect(store).close()
    for name in "abc":
        make_run(name, tracking_uri=f"sqlite:///{store}")
    poll(feed)

    assert feed.store_files == (own, store)


def test_a_run_that_was_read_before_is_there_in_the_next_session(feed, table, service, make_run):
    runs = {make_run(f"run{number}").id for number in range(3)}
    poll(feed)
    feed.close()
    later = RunTable()
    again = HomeFeed("h1", service, later, lambda run_id: False, lambda store, home_id: True, lambda: False)
    poll(again)
    again.close()

    assert set(later.run_ids()) == runs
    assert all(later.get(run_id) == table.get(run_id) for run_id in runs)


def test_a_poll_out_of_time_leaves_a_rest_and_loses_nothing(feed, table, make_run):
    runs = {make_run(f"run{number}").id for number in range(60)}
    changed = feed.poll(time.monotonic())
    building = feed.building
    changed |= poll(feed)

    assert (building, changed, set(table.run_ids())) == (True, runs, runs)


def test_closing_twice_is_harmless(feed, make_run):
    make_run()
    poll(feed)
    feed.close()
    feed.close()
