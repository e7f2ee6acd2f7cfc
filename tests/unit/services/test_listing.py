"""Listings: the newest runs that fit, quickly, with what they cannot show said."""

import time

import pytest
from runs import spec_of

from jupyter_mlops.entities import Exit, RunStatus, encode
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.services import RunService


def test_a_listing_is_newest_first_and_says_that_there_is_more(service, make_run):
    runs = [make_run(f"run{number}") for number in range(5)]

    page = service.list(limit=3)

    assert page.runs == tuple(reversed(runs[2:]))
    assert (page.has_more, page.missing) == (True, "")
    assert service.list(limit=5).has_more is False


def test_a_query_looks_at_every_run(service, make_run):
    old = make_run("old", metrics={"acc": 0.99}, params={"lr": "0.1"})
    for _ in range(3):
        make_run("new", metrics={"acc": 0.5})
    failed = make_run("new", status=RunStatus.FAILED)

    assert service.list("acc > 0.9 lr = 1e-1").runs == (old,)
    assert service.list("state:failed or name:old").runs == (failed, old)
    assert service.list("experiment:nowhere").runs == ()


@pytest.mark.parametrize("limit", [0, -1])
def test_b10_a_listing_has_a_positive_limit(service, limit):
    with pytest.raises(UsageError, match="Ask for 1 or more"):
        service.list(limit=limit)


def test_a_listing_sees_runs_and_ends_of_other_processes(service, make_run, home, launcher):
    run = make_run(status=None)
    assert service.list("state:finished").runs == ()
    other = RunService(home, launcher)

    ended = Exit(status=RunStatus.FINISHED, ended_at="2026-11-21T08:00:01+00:00")
    run.directory.write(ended, run.directory.exit_file)

    assert service.list("state:finished").runs == (run,)
    assert other.list().runs == (run,)


def test_b10_ten_thousand_runs_are_listed_without_reading_them_all(service, home):
    for number in range(10_000):
        run_id = f"{number:032x}"
        (home.runs / run_id).mkdir()
        spec = spec_of(run_id, name="many", sequence=0)
        (home.runs / run_id / "spec.json").write_bytes(encode(spec))
        home.next_sequence(run_id)
    newest = [f"{number:032x}" for number in range(9_999, 9_979, -1)]

    began = time.process_time()
    page = service.list(limit=20)
    took = time.process_time() - began

    assert [run.id for run in page.runs] == newest
    assert took < 1.0
    assert service.list("name:other").runs == ()
