"""The table of all runs: what is put comes back, and every column tells the same of it."""

import math

from msgspec.structs import replace

from jupyter_mlops.entities import RunStatus, RunSummary
from jupyter_mlops.tracking import RunTable, flags_of
from jupyter_mlops.tracking._catalog._table import seconds_of


def summary(number: int, **fields: object) -> RunSummary:
    known = {
        "home_id": "h",
        "source": "mlops",
        "name": f"run {number}",
        "experiment": "quickstart",
        "status": RunStatus.FINISHED,
        "submitted_at": f"2026-11-21T08:00:{number:02}.000+00:00",
    }
    return RunSummary(run_id=f"{number:032x}", **{**known, **fields})


def test_what_is_put_comes_back():
    table = RunTable()
    run = summary(1, metrics={"acc": 0.5, "bad": "NaN"}, params={"lr": "0.1"}, tags={"team": "red"}, duration_s=2.5)
    assert (table.put(run), table.put(run)) == (True, False)
    row = table.row(run.run_id)
    assert (table.get(run.run_id), table.summary(row), len(table), run.run_id in table) == (run, run, 1, True)
    assert (table.get("0" * 32), table.row("0" * 32)) == (None, None)
    assert {name: column.get(row) for name, column in table.texts.items()} == {
        "name": "run 1", "experiment": "quickstart", "notebook": "", "user": "", "home_id": "h",
        "status": "FINISHED",
    }  # fmt: skip
    assert {name: column.get(row) for name, column in table.numbers.items()} == {
        "submitted_at": 1795248001.0, "started_at": None, "ended_at": None, "duration_s": 2.5,
    }  # fmt: skip
    assert (table.metrics["acc"].get(row), math.isnan(table.metrics["bad"].get(row))) == (0.5, True)
    assert (table.params["lr"].get(row), table.tags["team"].get(row)) == ("0.1", "red")


def test_a_change_takes_keys_away_that_a_run_has_no_more():
    table = RunTable()
    run = summary(1, metrics={"acc": 0.5, "loss": 1.0}, params={"lr": "0.1"}, tags={"team": "red"})
    table.put(run)
    assert table.put(replace(run, metrics={"acc": 0.6}, tags={}, archived=True))
    assert (table.metrics["acc"].get(0), table.metrics["loss"].get(0)) == (0.6, None)
    assert (table.params["lr"].get(0), table.tags["team"].get(0)) == ("0.1", None)
    assert (list(flags_of(table.archived, 1)), table.version, table.moved) == ([1], 2, {0})


def test_the_row_of_a_removed_run_is_used_again():
    table = RunTable()
    table.put(summary(1, metrics={"acc": 0.5}, archived=True))
    table.put(summary(2))
    assert (table.remove(summary(1).run_id), table.remove(summary(1).run_id)) == (True, False)
    assert (len(table), list(flags_of(table.all, 2)), table.archived) == (1, [0, 1], 0)
    assert (table.metrics["acc"].count, table.texts["name"].get(0), table.get(summary(1).run_id)) == (0, None, None)

    table.put(summary(3))
    assert (table.row(summary(3).run_id), table.height, sorted(table.run_ids())) == (
        0, 2, [summary(2).run_id, summary(3).run_id],
    )  # fmt: skip


def test_runs_are_found_by_the_beginning_of_their_ids():
    table = RunTable()
    table.put(summary(0x10))
    table.put(summary(0x20))
    assert [list(flags_of(table.beginning("0" * 30 + text), 2)) for text in ("1", "2", "3", "")] == [
        [1, 0], [0, 1], [0, 0], [1, 1],
    ]  # fmt: skip
    table.remove(summary(0x10).run_id)
    table.put(summary(0x31))
    assert [list(flags_of(table.beginning("0" * 30 + text), 2)) for text in ("1", "2", "3", "")] == [
        [0, 0], [0, 1], [1, 0], [1, 1],
    ]  # fmt: skip


def test_runs_are_counted_by_how_they_stand():
    table = RunTable()
    table.put(summary(1, status=RunStatus.RUNNING))
    table.put(summary(2, status=RunStatus.RUNNING, archived=True))
    table.put(summary(2, status=RunStatus.RUNNING, archived=True))
    assert +table.statuses == {RunStatus.RUNNING: 2}
    table.put(summary(2, status=RunStatus.FAILED))
    table.remove(summary(1).run_id)
    assert +table.statuses == {RunStatus.FAILED: 1}


def test_a_moment_that_is_none_has_no_seconds():
    assert [seconds_of(text) for text in ("", "yesterday", "1970-01-01T00:00:01+00:00")] == [None, None, 1.0]
