"""Listings: the newest runs that fit, quickly, with what they cannot show said."""

import time

import pytest
from runs import spec_of
from stores import do, make_store, run_row

from jupyter_mlops.entities import Exit, RunStatus, encode
from jupyter_mlops.exceptions import UnknownReferenceError, UsageError
from jupyter_mlops.services import Run, RunService


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


THEIRS, SAME, EVIL = "a1" * 16, "a2" * 16, "c" * 32


@pytest.fixture
def store(home):
    return make_store(home.path / "mlflow.db", run_row(THEIRS, "their run"), run_row(SAME, "twin"))


def test_what_is_none_of_ours_is_looked_for_in_the_store(service, store, make_run):
    ours = make_run("ours")

    found = service.find_any("their run")

    assert (found.run.id, found.run.status, found.store) == (THEIRS, RunStatus.FINISHED, f"sqlite:///{store}")
    assert (found.run.started_at, found.run.duration_s) == ("2025-10-09T08:53:20.000+00:00", 60.0)
    assert service.find_any(THEIRS) == service.find_any(THEIRS[:8]) == found
    assert service.find_any("ours") == service.find_any(ours) == ours


def test_a_run_of_ours_is_meant_before_another_tools(service, store, make_run):
    assert service.find_any("their run").run.id == THEIRS
    assert service.find_any(make_run("their run").name).name == "their run"
    assert isinstance(service.find_any("their run"), Run)


def test_what_only_ours_can_do_says_so_of_another_tools(service, store, make_run):
    ours = make_run("ours")
    told = r"^their run was made by another tool: .* %runs show a1a1a1a1 tells what its store knows.$"
    with pytest.raises(UnknownReferenceError, match=told):
        service.find_own("their run")
    with pytest.raises(UnknownReferenceError, match=told):
        service.diff(ours, THEIRS)
    assert service.find_own("ours") == service.find_own(ours) == ours


def test_what_no_store_knows_is_no_run(service, store):
    with pytest.raises(UnknownReferenceError, match=r"^No run 'nobody'. See %runs.$"):
        service.find_any("nobody")
    # Fewer digits than a listing shows mean one of ours: nobody waits for a store.
    with pytest.raises(UnknownReferenceError, match="No run 'a1a1'"):
        service.find_any("a1a1")


def test_several_of_other_tools_are_named(service, store):
    do(store, run_row("b" * 32, "twin"))
    with pytest.raises(UnknownReferenceError, match=f"'twin' is ambiguous: .*{SAME}.*Write one of these ids"):
        service.find_any("twin")


def test_f34_a_store_that_cannot_be_read_is_named(service, home):
    (home.path / "mlflow.db").write_text("no database")
    with pytest.raises(UnknownReferenceError, match=r"No run 'their run'.*Not seen: runs of other tools in sqlite"):
        service.find_any("their run")


def test_b04_what_others_wrote_steers_no_terminal(service, store):
    do(
        store,
        run_row(EVIL, "e\x1b[31mvil"),
        f"INSERT INTO params VALUES ('p\x1b[2J', 'v\x1b]0;x\x07', '{EVIL}');"
        f"INSERT INTO tags VALUES ('mlflow.note.content', 'n\x1b[5m', '{EVIL}');"
        f"INSERT INTO latest_metrics VALUES ('m\x1b[1A', 1, '{EVIL}', 0);",
    )
    run = service.find_any(EVIL).run
    assert "\x1b" not in repr(run)
    assert len(run.params) == len(run.tags) == len(run.metrics) == 1
