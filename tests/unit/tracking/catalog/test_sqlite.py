"""A local store, followed: what is new, what changed in place, what is deleted; whoever writes, and whatever breaks."""

import json
import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from stores import SCHEMA, do, make_store, stay_small

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.services._catalog._stores import store_summary
from jupyter_mlops.tracking import ForeignRun, SqliteStore
from jupyter_mlops.tracking._catalog import _retagged, _unread
from jupyter_mlops.tracking._catalog import _sqlite as _catalog_sqlite
from jupyter_mlops.tracking._catalog._rows import stored_value
from jupyter_mlops.tracking._catalog._sqlite import CHUNK
from jupyter_mlops.tracking._foreign import _stranger_sqlite


class Writer:
    """Another tool that writes to the store, as MLflow does."""

    def __init__(self, path: Path) -> None:
        self.path = make_store(path, "INSERT INTO experiments VALUES (2, 'removed', 'deleted');")

    def do(self, script: str) -> None:
        do(self.path, script)

    def add_run(self, run_id: str, status: str = "FINISHED", experiment: int = 1) -> None:
        self.do(f"INSERT INTO runs VALUES ('{run_id}', 'n', '{status}', 1000, 2000, 'active', {experiment})")

    def log(self, run_id: str, value: float) -> None:
        self.do(
            f"INSERT INTO metrics VALUES ('acc', {value}, 1, '{run_id}', 0, 0);"
            f"INSERT OR REPLACE INTO latest_metrics VALUES ('acc', {value}, '{run_id}', 0)"
        )


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    stay_small(monkeypatch)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path / "mlflow.db")


@pytest.fixture
def store(writer: Writer) -> Iterator[SqliteStore]:
    store = SqliteStore(writer.path)
    yield store
    store.close()


def look(store: SqliteStore) -> tuple[dict[str, ForeignRun], list[str]]:
    """Return what one look finds: runs by id, and those that are gone."""
    runs: dict[str, ForeignRun] = {}
    gone: list[str] = []
    for changes in store.poll(time.monotonic() + 10):
        runs |= {run.id: run for run in changes.runs}
        gone += changes.gone
    return runs, gone


def settle(store: SqliteStore) -> None:
    while look(store) != ({}, []):
        pass


def test_the_first_look_finds_everything(writer, store):
    writer.add_run("r1")
    writer.add_run("r2", "RUNNING")
    writer.add_run("r3", experiment=2)
    writer.do(
        "INSERT INTO params VALUES ('lr', '0.1', 'r1'); INSERT INTO tags VALUES ('team', NULL, 'r1');"
        "INSERT INTO latest_metrics VALUES ('bad', 0, 'r1', 1), ('big', 1.7976931348623157e308, 'r1', 0)"
    )
    runs, gone = look(store)
    assert runs.keys() == {"r1", "r2"}
    assert (runs["r1"].name, runs["r1"].experiment, runs["r1"].status, runs["r1"].start_time, runs["r1"].end_time) == (
        "n", "theirs", RunStatus.FINISHED, 1000, 2000,
    )  # fmt: skip
    assert (runs["r1"].params, runs["r1"].tags, runs["r1"].metrics["big"]) == ({"lr": "0.1"}, {"team": ""}, math.inf)
    assert (math.isnan(runs["r1"].metrics["bad"]), gone, store.building) == (True, ["r3"], False)
    assert look(store) == ({}, [])


def test_whoever_writes_is_noticed_at_the_next_look(writer, store):
    writer.add_run("r1")
    writer.add_run("r2", "RUNNING")
    settle(store)

    for script, expected in [
        ("INSERT INTO runs VALUES ('r4', 'new', 'RUNNING', 1, NULL, 'active', 1)", ("r4", "name", "new")),
        ("INSERT INTO params VALUES ('lr', '0.1', 'r1')", ("r1", "params", {"lr": "0.1"})),
        ("INSERT INTO tags VALUES ('team', 'red', 'r1')", ("r1", "tags", {"team": "red"})),
        ("UPDATE tags SET value = 'blue'", ("r1", "tags", {"team": "blue"})),
        ("UPDATE runs SET status = 'FAILED' WHERE run_uuid = 'r2'", ("r2", "status", RunStatus.FAILED)),
        ("UPDATE runs SET name = 'renamed' WHERE run_uuid = 'r1'", ("r1", "name", "renamed")),
    ]:
        writer.do(script)
        runs, _gone = look(store)
        run_id, field, value = expected
        assert getattr(runs[run_id], field) == value, script
        settle(store)

    for value in (0.25, 0.5):
        writer.log("r1", value)
        assert look(store)[0]["r1"].metrics == {"acc": value}


@pytest.fixture
def large(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a store's size be as if it was large: reading all of it again takes its time, and so does comparing."""
    monkeypatch.setattr(_catalog_sqlite, "_BRIEF_S", 0)
    monkeypatch.setattr(_catalog_sqlite, "_REST", 1e9)
    monkeypatch.setattr(_catalog_sqlite, "_COMPARE_REST", 1e9)


@pytest.mark.usefixtures("large")
def test_of_a_large_store_the_end_of_a_run_is_seen_at_once(writer, store):
    writer.add_run("r1", "RUNNING")
    writer.add_run("r2")
    settle(store)
    writer.log("r1", 0.5)
    assert look(store)[0]["r1"].status is RunStatus.RUNNING

    writer.do("UPDATE runs SET status = 'KILLED' WHERE run_uuid = 'r1'")
    assert look(store)[0]["r1"].status is RunStatus.KILLED
    writer.log("r2", 0.5)
    assert look(store)[0].keys() == {"r2"}


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("script", "changed"),
    [
        ("UPDATE runs SET name = 'renamed' WHERE run_uuid = 'r1'", {"r1"}),
        ("UPDATE experiments SET name = 'renamed' WHERE experiment_id = 1", {"r1", "r2"}),
    ],
)
def test_of_a_large_store_what_was_written_while_comparing_rests_is_compared_later(
    writer, store, monkeypatch, script, changed
):
    writer.add_run("r1")
    writer.add_run("r2")
    settle(store)
    monkeypatch.setattr(_catalog_sqlite, "_COMPARE_REST", 3_000)  # about a second
    writer.log("r1", 0.5)
    look(store)
    writer.do(script)

    found, end = dict[str, ForeignRun](), time.monotonic() + 30
    while found.keys() != changed:
        assert time.monotonic() < end, "nobody writes any more, and it was forgotten"
        found |= {run_id: run for run_id, run in look(store)[0].items() if "renamed" in (run.name, run.experiment)}


@pytest.mark.usefixtures("large")
def test_of_a_large_store_deleted_and_restored_runs_are_seen_while_comparing_rests(writer, store):
    writer.add_run("r1")
    writer.add_run("r2")
    settle(store)
    writer.log("r2", 0.5)
    look(store)  # compares
    for stage, place in (("deleted", 1), ("active", 0)):
        writer.do(f"UPDATE runs SET lifecycle_stage = '{stage}' WHERE run_uuid = 'r1'")
        end = time.monotonic() + 30
        while "r1" not in look(store)[place]:
            assert time.monotonic() < end, f"{stage} for long"


@pytest.mark.usefixtures("large")
def test_of_a_large_store_a_tag_that_is_written_over_is_seen_at_once(writer, store, monkeypatch):
    monkeypatch.setattr(_retagged, "REST", 0)
    for run_id in ("r1", "r2"):
        writer.add_run(run_id)
        writer.do(f"INSERT INTO tags VALUES ('stage', 'trial', '{run_id}'), ('note', '{'x' * 300}', '{run_id}')")
    settle(store)
    writer.log("r1", 0.5)
    look(store)  # reads all again, for the last time
    writer.do("INSERT INTO tags VALUES ('new', 'tag', 'r2')")
    assert look(store)[0].keys() == {"r2"}

    for key, value in (("stage", "good"), ("note", "y" + "x" * 299), ("note", "x" * 301), ("stage", "")):
        writer.do(f"UPDATE tags SET value = '{value}' WHERE key = '{key}' AND run_uuid = 'r1'")
        assert look(store)[0]["r1"].tags[key] == value
        assert look(store) == ({}, [])


@pytest.mark.usefixtures("large")
def test_of_a_large_store_a_tag_that_is_written_over_while_that_rests_is_seen_later(writer, store, monkeypatch):
    writer.add_run("r1")
    writer.do("INSERT INTO tags VALUES ('stage', 'trial', 'r1')")
    settle(store)
    monkeypatch.setattr(_retagged, "REST", 100)
    writer.do("UPDATE tags SET value = 'good'")
    look(store)
    writer.do("UPDATE tags SET value = 'better'")
    end = time.monotonic() + 30
    while not any(run.tags["stage"] == "better" for run in look(store)[0].values()):
        assert time.monotonic() < end


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("row", [7, 5_000, 9_000], ids=["beside others", "between", "the last"])
def test_of_a_large_store_a_tag_that_is_deleted_is_seen_at_once(writer, store, monkeypatch, row):
    """Wherever its row was: among others of the run, or far from them, where nothing of the run is left."""
    monkeypatch.setattr(_retagged, "REST", 0)
    for run_id in ("r1", "r2"):
        writer.add_run(run_id)
        writer.do(f"INSERT INTO tags VALUES ('stage', 'trial', '{run_id}')")
    writer.do(
        f"INSERT INTO tags (rowid, key, value, run_uuid) VALUES ({row}, 'late', 'x', 'r1'), (8000, 'late', 'x', 'r2')"
    )
    settle(store)
    writer.log("r2", 0.5)
    look(store)  # reads all again, for the last time

    writer.do("DELETE FROM tags WHERE key = 'late' AND run_uuid = 'r1'")
    assert look(store)[0]["r1"].tags == {"stage": "trial"}
    assert look(store) == ({}, [])


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("script", "tags"),
    [("UPDATE tags SET value = 'good' WHERE key = 'new'", {"new": "good"}), ("DELETE FROM tags WHERE key = 'new'", {})],
)
def test_of_a_large_store_a_tag_that_comes_and_changes_while_that_rests_is_seen(
    writer, store, monkeypatch, script, tags
):
    writer.add_run("r1")
    writer.do("INSERT INTO tags VALUES ('stage', 'trial', 'r1')")
    settle(store)
    monkeypatch.setattr(_retagged, "REST", 3_000)  # about a second
    writer.log("r1", 0.5)
    look(store)
    writer.do("INSERT INTO tags VALUES ('new', 'trial', 'r1')")
    assert look(store)[0]["r1"].tags["new"] == "trial"
    writer.do(script)

    end = time.monotonic() + 30
    while not any(run.tags == {"stage": "trial"} | tags for run in look(store)[0].values()):
        assert time.monotonic() < end


@pytest.mark.parametrize("rows", [(5, 1_000_000_000_000), (-1_500, 3), (-(2**63), 2**63 - 1)])
def test_tags_are_compared_wherever_their_rows_are(writer, store, rows):
    writer.add_run("r1")
    for row in rows:
        writer.do(f"INSERT INTO tags (rowid, key, value, run_uuid) VALUES ({row}, 'k{row}', 'a', 'r1')")
    settle(store)
    for row in rows:
        writer.do(f"UPDATE tags SET value = 'b' WHERE rowid = {row}")
        assert look(store)[0]["r1"].tags[f"k{row}"] == "b"
        settle(store)


@pytest.mark.usefixtures("large")
def test_of_a_large_store_nothing_is_looked_for_while_that_rests(writer, store, monkeypatch):
    writer.add_run("r1")
    settle(store)
    writer.log("r1", 0.5)
    look(store)
    monkeypatch.setattr(_catalog_sqlite, "_LOOK_REST", 1e9)
    time.sleep(0.05)
    writer.log("r1", 0.75)
    look(store)
    writer.do("UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = 'r1'")

    assert look(store) == ({}, [])


def test_an_experiment_that_is_removed_takes_its_runs_and_brings_them_back(writer, store):
    writer.add_run("r1")
    settle(store)
    writer.do("UPDATE experiments SET lifecycle_stage = 'deleted'")
    assert "r1" in look(store)[1]
    settle(store)
    writer.do("UPDATE experiments SET lifecycle_stage = 'active'")
    assert "r1" in look(store)[0]


def test_deleted_and_restored_runs_go_and_come_back(writer, store):
    writer.add_run("r1")
    writer.add_run("r2")
    settle(store)
    writer.do(
        "UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = 'r1'; DELETE FROM runs WHERE run_uuid = 'r2'"
    )
    assert set(look(store)[1]) >= {"r1", "r2"}
    settle(store)

    writer.do("UPDATE runs SET lifecycle_stage = 'active'")
    assert "r1" in look(store)[0]
    settle(store)

    writer.do("DELETE FROM runs")
    assert "r1" in look(store)[1]
    writer.add_run("r3")
    assert look(store)[0].keys() == {"r3"}


def test_a_first_reading_is_bounded_and_goes_on(writer, store):
    rows = ", ".join(f"('r{number:05}', 'n', 'FINISHED', 1, 2, 'active', 1)" for number in range(2 * CHUNK + 1))
    writer.do(f"INSERT INTO runs VALUES {rows}")
    found: list[str] = []
    for _look in range(3):
        for changes in store.poll(0.0):
            found += [run.id for run in changes.runs]
        writer.log("r00000", len(found))
    assert len(set(found)) == 2 * CHUNK + 1
    assert f"r{2 * CHUNK:05}" in found[:CHUNK]
    assert not store.building


def test_what_is_written_to_many_runs_at_once_is_read_in_bounded_looks(writer, store):
    rows = ", ".join(f"('r{number:05}', 'n', 'FINISHED', 1, 2, 'active', 1)" for number in range(2 * CHUNK + 1))
    writer.do(f"INSERT INTO runs VALUES {rows}")
    settle(store)

    writer.do("INSERT INTO tags SELECT 'all', 'yes', run_uuid FROM runs")
    found: list[str] = []
    looks = []
    while store.building or not looks:
        looks.append([run.id for changes in store.poll(0.0) for run in changes.runs if run.tags])
        found += looks[-1]
        if len(looks) == 1:
            writer.log("r00000", 0.5)  # goes first, whoever is waiting

    assert list(map(len, looks[:2])) == [CHUNK, CHUNK]
    assert "r00000" in looks[1]
    assert len(set(found)) == 2 * CHUNK + 1


def test_a_look_that_is_broken_off_takes_nothing_twice_and_forgets_nothing(writer, store, monkeypatch):
    rows = ", ".join(f"('r{number:05}', 'n', 'FINISHED', 1, 2, 'active', 1)" for number in range(2 * CHUNK))
    writer.do(f"INSERT INTO runs VALUES {rows}")
    settle(store)
    writer.do("INSERT INTO tags SELECT 'all', 'yes', run_uuid FROM runs")
    read, calls = _unread.read_runs, []

    def fails_once(database: sqlite3.Connection, run_ids: list[str]) -> object:
        calls.append(run_ids)
        if len(calls) == 2:
            raise sqlite3.OperationalError("interrupted")
        return read(database, run_ids)

    monkeypatch.setattr(_unread, "read_runs", fails_once)
    with pytest.raises(sqlite3.OperationalError):
        look(store)
    assert store.building
    look(store)

    assert not store.building
    assert sorted(run_id for some in (calls[0], calls[2]) for run_id in some) == [
        f"r{number:05}" for number in range(2 * CHUNK)
    ]


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("status", "changed"),
    [("FINISHED", "name = 'renamed'"), ("RUNNING", "status = 'KILLED'"), ("FINISHED", "lifecycle_stage = 'deleted'")],
)
def test_of_a_large_store_what_a_look_has_noticed_that_is_broken_off_is_seen_later(
    writer, store, monkeypatch, status, changed
):
    monkeypatch.setattr(_catalog_sqlite, "_COMPARE_REST", 0)
    monkeypatch.setattr(_catalog_sqlite, "_LOOK_REST", 0)
    monkeypatch.setattr(_retagged, "REST", 0)
    writer.add_run("r1", status)
    writer.add_run("r2")
    settle(store)
    writer.do("INSERT INTO tags VALUES ('stage', 'trial', 'r2')")
    settle(store)
    writer.do(f"UPDATE runs SET {changed} WHERE run_uuid = 'r1'")

    with monkeypatch.context() as patch:
        patch.setattr(_retagged, "_TEXTS", "SELECT broken")
        with pytest.raises(sqlite3.OperationalError):
            look(store)

    runs, gone = look(store)
    assert "r1" in (*runs, *gone)


def test_runs_are_read_by_either_id(writer, store):
    writer.add_run("theirs")
    writer.add_run("other")
    writer.do("INSERT INTO tags VALUES ('mlops.run_id', 'ours', 'theirs')")
    assert [run.id for run in store.read(["ours"]).runs] == ["theirs"]
    assert [run.id for run in store.read(["other"]).runs] == ["other"]
    assert store.read([]).runs == ()


def test_a_store_that_is_not_made_yet_has_no_runs_until_it_is(tmp_path):
    store = SqliteStore(tmp_path / "mlflow.db")
    assert (look(store), store.building, store.read(["r1"]).runs) == (({}, []), False, ())
    Writer(store.path).add_run("r1")
    assert look(store)[0].keys() == {"r1"}
    store.close()


def test_another_file_in_its_place_is_another_store(writer, store, tmp_path):
    writer.add_run("r1")
    settle(store)
    other = Writer(tmp_path / "other.db")
    other.add_run("r2")
    other.path.replace(store.path)
    runs, gone = look(store)
    assert (runs.keys(), gone) == ({"r2"}, ["r1"])


def test_f31_a_damaged_store_is_said_and_tried_again(writer, store):
    writer.add_run("r1")
    settle(store)
    whole = writer.path.read_bytes()
    writer.path.write_bytes(b"no database at all, whatever its name")
    with pytest.raises(sqlite3.Error):
        look(store)
    writer.path.write_bytes(whole)
    look(store)
    writer.add_run("r2")
    assert "r2" in look(store)[0]


def test_a_locked_store_costs_a_moment_and_loses_nothing(writer, store):
    writer.add_run("r1")
    settle(store)
    with closing(sqlite3.connect(writer.path)) as database:
        database.isolation_level = None
        database.execute("BEGIN EXCLUSIVE")
        database.execute("INSERT INTO runs VALUES ('r2', 'n', 'FINISHED', 1, 2, 'active', 1)")
        began = time.monotonic()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            look(store)
        assert time.monotonic() - began < 2
        database.execute("COMMIT")
    assert look(store)[0].keys() >= {"r2"}


@pytest.mark.parametrize(
    ("value", "is_nan", "expected"), [(0.5, 0, 0.5), (0.0, 1, math.nan), (-1.7976931348623157e308, 0, -math.inf)]
)
def test_b07_what_mlflow_stores_is_what_was_logged(value, is_nan, expected):
    assert stored_value(value, is_nan) == pytest.approx(expected, nan_ok=True)


def test_b27_texts_that_are_no_texts_and_keys_of_any_kind_are_read(writer, store):
    writer.add_run("r1")
    writer.do(
        "INSERT INTO params VALUES ('n', 5, 'r1'), ('quote\"d', 'a\nb', 'r1'), ('__proto__', '\U0001f600', 'r1'),"
        "('blob', x'ff61', 'r1'), ('torn', CAST(x'62ff' AS TEXT), 'r1');"
        "INSERT INTO latest_metrics VALUES"
        " ('whole', 3, 'r1', 0), ('huge', 1e308, 'r1', 0), ('exact', 0.1 + 0.2, 'r1', 0)"
    )
    run = look(store)[0]["r1"]
    assert run.params == {"n": "5", 'quote"d': "a\nb", "__proto__": "\U0001f600", "blob": "\ufffda", "torn": "b\ufffd"}
    assert run.metrics == {"whole": 3.0, "huge": 1e308, "exact": 0.1 + 0.2}


ANYTHING = ["5", "0.5", "'text'", "x'ff00'", "NULL", "9e999", "CAST(x'62ff' AS TEXT)", "9223372036854775807"]


@pytest.mark.parametrize("anything", ANYTHING)
def test_b27_a_file_that_says_anything_anywhere_hides_no_other_run(tmp_path, anything):
    path = tmp_path / "hostile.db"
    with closing(sqlite3.connect(path)) as database:
        for table, columns in {
            "experiments": "experiment_id, name, lifecycle_stage",
            "runs": "run_uuid, name, status, start_time, end_time, lifecycle_stage, experiment_id",
            "metrics": "key, value, timestamp, run_uuid, step, is_nan",
            "latest_metrics": "key, value, run_uuid, is_nan",
            "params": "key, value, run_uuid",
            "tags": "key, value, run_uuid",
        }.items():
            database.execute(f"CREATE TABLE {table} ({columns})")
        good = "('good', 'n', 'FINISHED', 1, 2, 'active', 1)"
        odd = f"('odd', {', '.join([anything] * 4)}, 'active', 1)"
        odder = f"({', '.join([anything] * 7)})"
        database.execute("INSERT INTO experiments VALUES (1, 'theirs', 'active')")
        database.execute(f"INSERT INTO experiments VALUES (2, {anything}, 'active')")
        database.execute(f"INSERT INTO runs VALUES {good}, {odd}, {odder}, ('two', 'n', 'FINISHED', 1, 2, 'active', 2)")
        database.execute(f"INSERT INTO latest_metrics VALUES ({anything}, {anything}, 'odd', {anything})")
        for table in ("params", "tags"):
            database.execute(f"INSERT INTO {table} VALUES ({anything}, {anything}, 'odd')")
        database.commit()
    store = SqliteStore(path)

    runs, _gone = look(store)
    store.close()

    assert runs.keys() >= {"good", "odd", "two"}
    for run in runs.values():
        store_summary(run, "a" * 32, "h1")


@pytest.mark.parametrize("table", ["params", "tags"])
def test_b27_a_run_of_more_text_than_sqlite_gathers_hides_no_other_run(writer, store, monkeypatch, table):
    monkeypatch.setattr(_stranger_sqlite, "_LARGEST_VALUE", 4000)
    for run_id in ("good", "large"):
        writer.add_run(run_id)
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)"
    writer.do(f"{rows} INSERT INTO {table} SELECT 'key ' || i, printf('%01000d', i), 'large' FROM n")
    writer.do(f"INSERT INTO {table} VALUES (NULL, 'lost', 'large'), ('none', NULL, 'large'), ('lr', '0.1', 'good')")

    runs, _gone = look(store)

    texts = {run_id: getattr(run, table) for run_id, run in runs.items()}
    assert texts["good"] == {"lr": "0.1"}
    assert texts["large"] == {f"key {number}": f"{number:01000}" for number in range(1, 10)} | {"none": ""}


def test_b27_a_view_without_end_is_left_in_time(tmp_path, monkeypatch):
    monkeypatch.setattr("jupyter_mlops.tracking._catalog._sqlite.MOST_S", 0.2)
    path = tmp_path / "hostile.db"
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA.replace("CREATE TABLE runs", "CREATE TABLE was_runs"))
        database.execute(f"CREATE VIEW runs AS {endless} SELECT i AS rowid, 'r' AS run_uuid FROM n")
    store = SqliteStore(path)
    began = time.monotonic()

    with pytest.raises(sqlite3.OperationalError):
        look(store)

    assert time.monotonic() - began < 5


def resumed(store: SqliteStore) -> SqliteStore:
    """Return what another process has that goes on where this one ends: all that it is told is JSON."""
    facts = {run_id: store.fact(run_id) for run_id in ("r1", "r2")}
    store.close()
    another = SqliteStore(store.path)
    assert another.resume(json.loads(json.dumps(store.bookmark)), facts)
    return another


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("script", "tags"),
    [
        (
            "UPDATE tags SET value = 'good' WHERE key = 'stage' AND run_uuid = 'r1'",
            {"stage": "good", "team": "red", "note": "x"},
        ),
        ("DELETE FROM tags WHERE key = 'team' AND run_uuid = 'r1'", {"stage": "trial", "note": "x"}),
        ("UPDATE tags SET value = 'y' WHERE key = 'note'", {"stage": "trial", "team": "red", "note": "y"}),
    ],
)
def test_of_a_large_store_a_tag_that_changed_between_two_servers_is_seen_at_once(
    writer, store, monkeypatch, script, tags
):
    monkeypatch.setattr(_catalog_sqlite, "CHUNK", 1)  # the round over all runs begins with r2, and rests
    for run_id in ("r1", "r2"):
        writer.add_run(run_id)
        writer.do(f"INSERT INTO tags VALUES ('stage', 'trial', '{run_id}'), ('team', 'red', '{run_id}')")
    writer.do("INSERT INTO tags (rowid, key, value, run_uuid) VALUES (5000, 'note', 'x', 'r1')")
    settle(store)

    writer.do(script)
    another = resumed(store)

    assert look(another)[0]["r1"].tags == tags
    settle(another)
    assert "r1" not in look(resumed(another))[0], "what was seen once is not looked at by the next"


@pytest.mark.parametrize("tags", [None, 7, [7], [["a", "b", "c"]], [[1, 2]], {"1": 2}])
def test_a_bookmark_that_says_nothing_of_tags_is_none(writer, store, tags):
    writer.add_run("r1")
    settle(store)
    bookmark = {**json.loads(json.dumps(store.bookmark)), "tags": tags}
    with pytest.raises((TypeError, ValueError)):
        SqliteStore(store.path).resume(bookmark, {})
