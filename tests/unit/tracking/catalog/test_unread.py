"""Very many runs, read by two processes: the same runs as by one, whatever happens to the other one meanwhile."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from stores import do, make_store

from jupyter_mlops.testing import wait_until
from jupyter_mlops.tracking import ForeignRun, SqliteStore, StoreChanges
from jupyter_mlops.tracking._catalog import _read_ahead, _unread
from jupyter_mlops.tracking._catalog._frames import frame
from jupyter_mlops.tracking._catalog._read_ahead import ReadAhead, ReadAheadError
from jupyter_mlops.tracking._pipes import is_heard

RUNS = 40
CHUNK = 4

FILLED = f"""
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {RUNS} - 1)
INSERT INTO runs SELECT printf('r%02d', i), 'run ' || i, 'FINISHED', 1000 + i, 2000 + i, 'active', 1 FROM n;
INSERT INTO params SELECT 'lr', 0.1, run_uuid FROM runs;
INSERT INTO params VALUES ('odd', CAST(x'62ff' AS TEXT), 'r07'), ('unicode', 'ä😀', 'r08');
INSERT INTO tags SELECT 'stage', 'trial', run_uuid FROM runs;
INSERT INTO latest_metrics SELECT 'acc', start_time / 7.0, run_uuid, 0 FROM runs;
INSERT INTO latest_metrics VALUES
    ('worst', 0, 'r09', 1), ('up', 1.7976931348623157e308, 'r09', 0), ('down', -1.7976931348623157e308, 'r09', 0);
UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = 'r10';
"""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few runs be very many, on a machine with two processors."""
    monkeypatch.setattr(_unread, "CHUNK", CHUNK)
    monkeypatch.setattr(_unread, "MANY", 2 * CHUNK)
    monkeypatch.setattr(_unread, "available_cpus", lambda: 2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_store(tmp_path / "mlflow.db", FILLED)


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the runs that this process has read itself."""
    found: list[str] = []
    read = _unread.read_runs

    def noted(database: sqlite3.Connection, run_ids: list[str]) -> StoreChanges:
        found.extend(run_ids)
        return read(database, run_ids)

    monkeypatch.setattr(_unread, "read_runs", noted)
    return found


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that were started; each is waited for until it has said that it is there."""
    started: list[subprocess.Popen[bytes]] = []
    start = _read_ahead._start

    def noted(path: Path) -> subprocess.Popen[bytes]:
        child = start(path)
        assert child.stdout is not None
        is_heard(child.stdout.fileno(), 60)
        started.append(child)
        return child

    monkeypatch.setattr(_read_ahead, "_start", noted)
    return started


def is_a_program(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let the other process be another program."""
    monkeypatch.setattr(_read_ahead, "CHILD", (sys.executable, "-c", f"import os, sys, time\n{program}"))


def look(store: SqliteStore, seconds: float = 60) -> tuple[dict[str, ForeignRun], list[str]]:
    runs: dict[str, ForeignRun] = {}
    gone: list[str] = []
    for changes in store.poll(time.monotonic() + seconds):
        runs |= {run.id: run for run in changes.runs}
        gone += changes.gone
    return runs, gone


def by_one(path: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return what a store finds that reads alone; NaN is no equal of itself, its bytes are."""
    store = SqliteStore(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_unread, "available_cpus", lambda: 1)
        runs, gone = look(store)
    store.close()
    return encoded(runs), gone


def encoded(runs: dict[str, ForeignRun]) -> dict[str, bytes]:
    return {run_id: msgspec.msgpack.encode(run, order="sorted") for run_id, run in runs.items()}


def test_two_processes_find_what_one_finds(path, store, children, read_here):
    runs, gone = look(store)

    assert (encoded(runs), gone) == by_one(path)
    assert (len(runs), gone, runs["r07"].params["odd"]) == (RUNS - 1, ["r10"], "b\ufffd")
    assert read_here == [*(f"r{number:02}" for number in reversed(range(RUNS)))], "only by the one that reads alone"
    assert not store.building
    assert [child.poll() for child in children] == [-signal.SIGKILL], "it is let go when there is no more to read"


def test_runs_are_read_here_until_the_other_process_is_there(store, monkeypatch, read_here):
    is_a_program(monkeypatch, "time.sleep(600)")

    runs, gone = look(store)

    assert (len(runs), gone, len(read_here)) == (RUNS - 1, ["r10"], RUNS)


def test_a_system_that_gives_no_wide_pipes_gives_the_other_process_all_the_same(path, store, monkeypatch, children):
    monkeypatch.setattr(_read_ahead, "_PIPE", (1 << 31) - 1)

    assert (encoded(look(store)[0]), len(children)) == (by_one(path)[0], 1)


@pytest.mark.usefixtures("many_open_files")
def test_a_server_of_very_many_open_files_has_the_other_process_too(store, children, read_here):
    assert (len(look(store)[0]), len(children), read_here) == (RUNS - 1, 1, [])


@pytest.mark.parametrize(("many", "cpus"), [(RUNS, 2), (1, 1)])
def test_few_runs_and_one_processor_ask_for_no_other_process(store, monkeypatch, children, many, cpus):
    monkeypatch.setattr(_unread, "MANY", many)
    monkeypatch.setattr(_unread, "available_cpus", lambda: cpus)

    assert len(look(store)[0]) == RUNS - 1
    assert children == []


def test_what_a_killed_process_owes_is_read_here(path, store, children, read_here):
    first = next(store.poll(time.monotonic() + 60))
    os.kill(children[0].pid, signal.SIGKILL)
    children[0].wait()

    runs, gone = look(store)

    runs |= {run.id: run for run in first.runs}
    assert len(read_here) >= RUNS - 3 * CHUNK, "at most three answers may have come"
    assert (encoded(runs), gone) == by_one(path)
    assert len(children) == 1, "there is no other one"


HUNG = "os.write(1, READY); time.sleep(600)"
USELESS = {
    "prints something": "print('Hello', flush=True); time.sleep(600)",
    "ends at once": "",
    "says what is no answer": "os.write(1, bytes([0, 0, 0, 1, 7])); time.sleep(600)",
    "hears nothing": HUNG,
    "ends when it is asked": "os.write(1, READY); os.read(0, 1)",
}


@pytest.mark.parametrize("program", USELESS.values(), ids=USELESS)
def test_a_process_of_no_use_is_done_without(path, store, monkeypatch, children, program):
    is_a_program(monkeypatch, f"READY = {frame(StoreChanges())!r}\n{program}")
    monkeypatch.setattr(_read_ahead, "PATIENCE_S", 0.5)

    runs, gone = look(store)

    assert (encoded(runs), gone) == by_one(path)
    assert len(children) == 1
    assert children[0].poll() is not None


def test_where_no_process_can_be_started_it_is_done_without(store, monkeypatch):
    monkeypatch.setattr(_read_ahead, "CHILD", ("/nowhere",))

    assert len(look(store)[0]) == RUNS - 1


def test_ids_that_are_too_long_for_a_pipe_are_read_here(path, store, monkeypatch, children):
    do(path, f"UPDATE runs SET run_uuid = run_uuid || '{'x' * 1_000_000}'")
    is_a_program(monkeypatch, f"READY = {frame(StoreChanges())!r}\n{HUNG}")

    assert (len(look(store)[0]), len(children)) == (RUNS - 1, 1)


def test_b27_a_store_that_breaks_meanwhile_says_what_is_wrong_and_is_read_once_it_is_mended(path, store, children):
    first = next(store.poll(time.monotonic() + 60))
    do(path, "ALTER TABLE params RENAME TO other_params")

    with pytest.raises(sqlite3.OperationalError, match="params"):
        look(store)
    assert store.building
    assert children[0].poll() is not None

    do(path, "ALTER TABLE other_params RENAME TO params")
    runs = look(store)[0]
    assert (runs.keys() | {run.id for run in first.runs}) == by_one(path)[0].keys()


def test_a_look_waits_no_longer_than_it_may(store, monkeypatch, children):
    is_a_program(monkeypatch, f"READY = {frame(StoreChanges())!r}\n{HUNG}")

    assert look(store, 0.05) == ({}, [])
    assert store.building, "what was asked for is not there"


def test_closing_ends_the_process_and_the_next_look_goes_on(path, store, children):
    first = next(store.poll(time.monotonic() + 60))
    store.close()
    assert children[0].poll() is not None
    assert store.building

    following = next(store.poll(time.monotonic() + 60))
    told = [sorted(run.id for run in changes.runs) for changes in (first, following)]
    assert told == [["r36", "r37", "r38", "r39"], ["r32", "r33", "r34", "r35"]]
    assert len(look(store)[0]) >= RUNS - 1 - 2 * CHUNK


def test_another_file_in_its_place_is_read_from_the_start(path, store, children):
    next(store.poll(time.monotonic() + 60))
    path.unlink()
    make_store(path, FILLED, "UPDATE runs SET name = 'another'")

    assert {run.name for run in look(store)[0].values()} == {"another"}
    assert len(children) == 2


def test_what_is_written_while_it_is_being_read_is_never_told_as_it_was(path, store, children):
    looks = store.poll(time.monotonic() + 60)
    told = {run.id: run for changes in (next(looks),) for run in changes.runs}
    # Two more chunks are asked for, and may have been read already.
    do(path, "UPDATE params SET value = 'new'", "INSERT INTO tags SELECT 'more', 'yes', run_uuid FROM runs")
    looks.close()

    later = [run for changes in store.poll(time.monotonic() + 60) for run in changes.runs]
    while store.building:
        later += [run for changes in store.poll(time.monotonic() + 60) for run in changes.runs]

    assert {run.params["lr"] for run in later} == {"new"}
    assert {run.id for run in later} == {*by_one(path)[0]} >= told.keys()


def test_what_the_user_has_changed_is_not_taken_back_by_an_older_reading(path, store, children):
    next(store.poll(time.monotonic() + 60))
    # Read by the other process, not yet told: it may have come together with what was.
    ahead = store._unread._ahead
    assert ahead is not None
    wait_until(lambda: ahead._came or is_heard(ahead._answers, 0))
    waiting = f"r{RUNS - 1 - CHUNK:02}"
    do(path, f"UPDATE runs SET name = 'mine' WHERE run_uuid = '{waiting}'")
    assert store.read([waiting]).runs[0].name == "mine"

    told = [run.name for changes in store.poll(time.monotonic() + 60) for run in changes.runs if run.id == waiting]

    assert set(told) == {"mine"}


def test_f03_the_process_ends_with_whoever_asks_it_though_that_is_killed(path):
    asks = f"""
from pathlib import Path
import sys, time
from jupyter_mlops.tracking._catalog._read_ahead import ReadAhead
ahead = ReadAhead(Path({str(path)!r}))
while not ahead.is_ready():
    time.sleep(0.01)
print(ahead._child.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", asks], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()

    wait_until(lambda: not Path(f"/proc/{pid}").exists())


def test_a_process_that_is_gone_says_so_when_it_is_asked(path):
    with closing(ReadAhead(path)) as ahead:
        wait_until(ahead.is_ready)
        ahead.close()
        with pytest.raises(ReadAheadError):
            ahead.ask(["r01"])
