"""Runs that only a store has: changed there, and shown at once as they are then."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from stores import make_store

from jupyter_mlops.entities import ChangeRun
from jupyter_mlops.exceptions import RunNotFoundError, TrackingError, UsageError
from jupyter_mlops.services import RunCatalog, RunSelection, RunService
from jupyter_mlops.services._stored_runs import StoredRuns
from jupyter_mlops.tracking import StoreChange

THEIRS = "a" * 32
LIVE = f"INSERT INTO runs VALUES ('{THEIRS}', 'theirs', 'RUNNING', 1760000000000, NULL, 'active', 1);"


class SqlWriter:
    """Stands in for MLflow: changes the store by SQL."""

    def __init__(self) -> None:
        self.says = ""

    def change(self, uri: str, change: StoreChange) -> None:
        if self.says:
            raise TrackingError(self.says)
        with closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as database, database:
            if change.delete:
                database.execute("UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = ?", (change.run_id,))
            if change.name is not None:
                database.execute("UPDATE runs SET name = ? WHERE run_uuid = ?", (change.name, change.run_id))
            for key, text in change.tags.items():
                database.execute("DELETE FROM tags WHERE key = ? AND run_uuid = ?", (key, change.run_id))
                if text is not None:
                    database.execute("INSERT INTO tags VALUES (?, ?, ?)", (key, text, change.run_id))

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def store(home) -> Path:
    path = home.path / "mlflow.db"
    make_store(path, LIVE)
    return path


@pytest.fixture
def catalog(service: RunService, store: Path) -> RunCatalog:
    catalog = RunCatalog([("h1", service)])
    catalog.refresh()
    return catalog


@pytest.fixture
def writer() -> SqlWriter:
    return SqlWriter()


@pytest.fixture
def stored(catalog, writer) -> StoredRuns:
    return StoredRuns(catalog, writer)


def shown(catalog: RunCatalog, **selection: object) -> list[str]:
    return [run.name for run in catalog.page(RunSelection(**selection)).runs]


def test_a_change_shows_at_once_and_is_told_by_the_next_look(stored, catalog):
    change = ChangeRun(name="re\u202enamed", tags={"stage": "good"}, note="why", archived=True)
    run = stored.change(THEIRS, change)

    assert (run.name, run.archived) == ("renamed", True)
    assert run.tags == {"stage": "good", "mlflow.note.content": "why", "mlops.archived": "true"}
    assert (shown(catalog), shown(catalog, archived=True)) == ([], ["renamed"])
    assert catalog.refresh().run_ids == (THEIRS,)
    assert stored.detail(THEIRS).note == "why"


def test_what_was_set_is_taken_back(stored):
    stored.change(THEIRS, ChangeRun(tags={"stage": "good"}, note="why", archived=True))
    run = stored.change(THEIRS, ChangeRun(tags={"stage": None}, note="", archived=False))

    assert (run.tags, run.archived) == ({}, False)


def test_a_deleted_run_is_gone_at_once_whatever_its_state(stored, catalog):
    stored.delete(THEIRS)

    assert shown(catalog, archived=True) == []
    assert catalog.refresh().run_ids == (THEIRS,)
    with pytest.raises(RunNotFoundError):
        stored.delete(THEIRS)


def test_a_deletion_that_the_next_look_sees_first_is_one(stored, catalog, writer, monkeypatch):
    delete = writer.change

    def delete_and_look(uri: str, change: StoreChange) -> None:
        delete(uri, change)
        catalog.refresh()

    monkeypatch.setattr(writer, "change", delete_and_look)
    stored.delete(THEIRS)

    assert shown(catalog, archived=True) == []


def test_a_long_note_is_read_whole_before_it_is_edited(stored, catalog):
    stored.change(THEIRS, ChangeRun(note="word " * 1000))

    assert len(stored.summary(THEIRS).tags["mlflow.note.content"]) == 500
    assert stored.detail(THEIRS).note == "word " * 1000


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (ChangeRun(note="x" * 8_001), "at most 8,000 characters; this one has 8,001"),
        (ChangeRun(tags={"mlops.run_id": "b" * 32}), "cannot be changed"),
        (ChangeRun(kept=True), "nothing here clears it away"),
        (ChangeRun(name="\u200b"), "needs a letter"),
        (ChangeRun(tags={"a\nb": "1"}), "a"),
    ],
    ids=["note", "id", "kept", "name", "tag"],
)
def test_b05_what_cannot_be_is_refused_and_nothing_is_changed(stored, change, why):
    before = stored.summary(THEIRS)
    with pytest.raises(UsageError, match=why):
        stored.change(THEIRS, change)

    assert stored.summary(THEIRS) == before


def test_f30_a_store_that_says_no_leaves_the_run_as_it_was(stored, catalog, writer):
    writer.says = "database is locked"
    for ask in (lambda: stored.change(THEIRS, ChangeRun(name="new")), lambda: stored.delete(THEIRS)):
        with pytest.raises(TrackingError, match="database is locked"):
            ask()

    assert shown(catalog) == ["theirs"]


def test_nobodys_run_is_not_found(stored):
    for ask in (stored.summary, stored.detail, stored.delete, lambda run_id: stored.change(run_id, ChangeRun())):
        with pytest.raises(RunNotFoundError):
            ask("0" * 32)
