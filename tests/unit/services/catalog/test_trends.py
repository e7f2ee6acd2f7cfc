"""The courses that a list draws of other tools' runs: read when asked for, kept, and shown with the next page."""

import math
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from stores import do, make_store, run_row

from jupyter_mlops.entities import RunTrend, RunTrends
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.services import MOST_ASKED, RunCatalog, RunSelection, RunService
from jupyter_mlops.services._catalog import _trends

THEIRS, OURS, OTHER = "a" * 32, "b" * 32, "c" * 32


def points(run_id: str, key: str, *values: float, first: int = 0) -> str:
    """Return the SQL of what MLflow writes for some points."""
    rows = [
        (0 if math.isnan(value) else min(max(value, -1.7976931348623157e308), 1.7976931348623157e308), step, value)
        for step, value in enumerate(values, first)
    ]
    logged = ", ".join(
        f"('{key}', {number!r}, 7, '{run_id}', {step}, {int(math.isnan(value))})" for number, step, value in rows
    )
    last, _step, value = rows[-1]
    return (
        f"INSERT INTO metrics VALUES {logged};"
        f"INSERT OR REPLACE INTO latest_metrics VALUES ('{key}', {last!r}, '{run_id}', {int(math.isnan(value))});"
    )


@pytest.fixture
def store(home) -> Path:
    return make_store(home.path / "mlflow.db", run_row(THEIRS, "theirs"))


@pytest.fixture
def catalog(service: RunService, store: Path, monkeypatch: pytest.MonkeyPatch) -> RunCatalog:
    monkeypatch.setattr(_trends, "_BRIEF_S", 60.0)  # whatever machine this is
    return RunCatalog([("h1", service)])


def drawn(catalog: RunCatalog) -> dict[str, tuple[object, ...]]:
    catalog.refresh()
    return {run.name: run.spark for run in catalog.page(RunSelection(archived=True)).runs}


def told(catalog: RunCatalog, *run_ids: str) -> RunTrends:
    catalog.refresh()
    return catalog.trends(run_ids or (THEIRS,))


def trends(*values: object, key: str = "acc") -> RunTrends:
    return RunTrends(trends=(RunTrend(run_id=THEIRS, key=key, values=values),))


def test_a_course_is_read_when_it_is_asked_for_and_comes_with_the_next_page(catalog, store):
    do(store, points(THEIRS, "acc", 0.5, 0.75, 0.9))
    assert drawn(catalog) == {"theirs": ()}

    assert told(catalog) == trends(0.5, 0.75, 0.9)

    assert drawn(catalog) == {"theirs": (0.5, 0.75, 0.9)}
    assert catalog.stored_summary(THEIRS).spark == (0.5, 0.75, 0.9)


def test_what_a_store_says_later_is_read_when_it_is_asked_for_again(catalog, store):
    do(store, points(THEIRS, "acc", 0.5, 0.75))
    told(catalog)
    do(store, points(THEIRS, "acc", 0.9, first=2))
    assert drawn(catalog) == {"theirs": (0.5, 0.75)}, "until somebody asks, the picture is that of a moment ago"
    assert told(catalog) == trends(0.5, 0.75, 0.9)


def test_what_is_known_is_told_without_the_store(catalog, store):
    do(store, points(THEIRS, "acc", 0.5, 0.75))
    told(catalog)
    store.unlink()
    assert catalog.trends([THEIRS]) == trends(0.5, 0.75)


def test_b07_what_is_no_number_is_told_as_such(catalog, store):
    do(store, points(THEIRS, "acc", 0.5, math.nan, math.inf, -math.inf))
    assert told(catalog) == trends(0.5, "NaN", "Infinity", "-Infinity")


def test_a_single_point_is_an_answer_too(catalog, store):
    do(store, points(THEIRS, "acc", 0.5))
    assert told(catalog) == trends(0.5)


def test_the_metric_that_counts_is_drawn_also_when_that_is_said_later(catalog, store, service):
    do(store, points(THEIRS, "training_score", 9.0), points(THEIRS, "acc", 0.5, 0.75), points(THEIRS, "loss", 2.0, 1.0))
    assert told(catalog) == trends(0.5, 0.75)

    service.set_main_metric("-loss", "theirs")

    assert THEIRS in catalog.refresh().run_ids, "the list looks again"
    (run,) = catalog.page().runs
    assert (run.main_metric, run.spark) == ("loss", ()), "the other one's course is none of this one"
    assert told(catalog) == trends(2.0, 1.0, key="loss")
    assert catalog.stored_summary(THEIRS).main_metric == "loss"


def test_what_counts_elsewhere_changes_nothing(catalog, store, service):
    do(store, points(THEIRS, "acc", 0.5, 0.75))
    told(catalog)
    service.set_main_metric("nothing", "theirs")
    service.set_main_metric("loss", "another")
    catalog.refresh()
    (run,) = catalog.page().runs
    assert (run.main_metric, run.spark) == ("", (0.5, 0.75))


def test_what_was_said_before_the_server_started_counts(service, store):
    do(store, points(THEIRS, "acc", 0.5, 0.75), points(THEIRS, "loss", 2.0, 1.0))
    service.set_main_metric("loss", "theirs")
    catalog = RunCatalog([("h1", service)])
    assert told(catalog) == trends(2.0, 1.0, key="loss")


def test_only_runs_that_a_store_alone_has_are_told(catalog, store, make_run):
    make_run("ours", run_id=OURS, metrics={"acc": 0.5})
    do(store, run_row(OTHER, "without a metric"), points(THEIRS, "acc", 0.5, 0.75))
    assert told(catalog, OURS, OTHER, THEIRS, THEIRS, "d" * 32) == trends(0.5, 0.75)


def test_a_run_of_ours_whose_directory_was_collected_is_told_from_the_store(catalog, store, make_run):
    run = make_run("ours", run_id=OURS, metrics={"acc": 0.5})
    do(
        store,
        run_row(OTHER, "ours"),
        f"INSERT INTO tags VALUES ('mlops.run_id', '{OURS}', '{OTHER}')",
        points(OTHER, "acc", 0.1, 0.2),
    )
    catalog.refresh()
    shutil.rmtree(run.directory.path)
    assert told(catalog, OURS).trends == (RunTrend(run_id=OURS, key="acc", values=(0.1, 0.2)),)


def test_a_run_that_was_deleted_meanwhile_is_told_no_more(catalog, store):
    do(store, points(THEIRS, "acc", 0.5, 0.75))
    told(catalog)
    do(store, f"UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = '{THEIRS}'")
    assert told(catalog) == RunTrends(trends=())


def test_f31_of_a_store_in_trouble_nothing_new_is_told_and_the_list_is_as_it_was(catalog, store):
    do(store, points(THEIRS, "acc", 0.5, 0.75), run_row(OTHER, "other"), points(OTHER, "acc", 1.0, 2.0))
    told(catalog)
    with closing(sqlite3.connect(store)) as database:
        database.execute("BEGIN EXCLUSIVE")
        answer = catalog.trends([THEIRS, OTHER])
    assert answer == RunTrends(trends=trends(0.5, 0.75).trends, waiting=1)
    assert drawn(catalog) == {"theirs": (0.5, 0.75), "other": ()}
    assert told(catalog, OTHER).trends == (RunTrend(run_id=OTHER, key="acc", values=(1.0, 2.0)),)


def test_b10_a_question_is_bounded(catalog):
    assert catalog.trends([f"{number:032x}" for number in range(MOST_ASKED)]) == RunTrends(trends=())
    with pytest.raises(UsageError, match="at most 100 runs are told at a time, not of 101"):
        catalog.trends([f"{number:032x}" for number in range(MOST_ASKED + 1)])


def test_b10_what_is_not_reached_in_time_waits(catalog, store, monkeypatch):
    do(store, points(THEIRS, "acc", 0.5, 0.75))
    with monkeypatch.context() as hurried:
        hurried.setattr(_trends, "BUDGET_S", -1.0)
        assert told(catalog) == RunTrends(trends=(), waiting=1)
    assert told(catalog) == trends(0.5, 0.75)


def test_b10_a_course_that_could_not_be_read_in_time_waits_and_is_read_later(catalog, store, monkeypatch):
    do(store, points(THEIRS, "acc", 0.5, 0.75), run_row(OTHER, "other"), points(OTHER, "acc", 1.0, 2.0))
    asked: list[set[str]] = []
    read = _trends.read_trends

    def busy(path: Path, keys: Mapping[str, str], end: float) -> dict[str, tuple[float, ...] | None]:
        asked.append(set(keys))
        return read(path, keys, end) | {THEIRS: None}

    with monkeypatch.context() as machine:
        machine.setattr(_trends, "read_trends", busy)
        machine.setattr(_trends, "_CUT_REST_S", 1e9)
        answer = RunTrends(trends=(RunTrend(run_id=OTHER, key="acc", values=(1.0, 2.0)),), waiting=1)
        assert told(catalog, THEIRS, OTHER) == answer
        assert told(catalog, THEIRS, OTHER) == answer
        assert asked == [{THEIRS, OTHER}], "not again at once"
        catalog = RunCatalog(catalog._homes)
        machine.setattr(_trends, "_CUT_REST_S", 0.0)
        assert told(catalog, THEIRS).waiting == 1
    assert told(catalog, THEIRS) == trends(0.5, 0.75)


def test_b10_few_courses_are_kept(catalog, store, monkeypatch):
    monkeypatch.setattr(_trends, "_MOST_KEPT", 2)
    others = [letter * 32 for letter in "cdef"]
    do(store, *(run_row(run_id) + points(run_id, "acc", 1.0, 2.0) for run_id in others))
    assert len(told(catalog, *others[:2]).trends) == 2
    assert len(told(catalog, *others[2:]).trends) == 2
    assert sum(run.spark != () for run in catalog.page().runs) == 2


def test_b10_a_course_that_takes_long_rests_while_its_run_goes_on(catalog, store, monkeypatch):
    monkeypatch.setattr(_trends, "_BRIEF_S", 0.0)
    monkeypatch.setattr(_trends, "_REST", 1e9)
    do(store, "UPDATE runs SET status = 'RUNNING'", points(THEIRS, "acc", 0.5, 0.75))
    told(catalog)
    do(store, points(THEIRS, "acc", 0.9, first=2))
    assert told(catalog) == RunTrends(trends=(), waiting=1)
    assert drawn(catalog) == {"theirs": (0.5, 0.75)}

    do(store, "UPDATE runs SET status = 'FINISHED'")
    assert told(catalog) == trends(0.5, 0.75, 0.9), "what has ended is read once more"
