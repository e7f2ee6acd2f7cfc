"""What a user says of a run afterwards: kept beside it, told by its handle, and never half written."""

import threading

import pytest

from jupyter_mlops.entities import ChangeRun, UserRecord
from jupyter_mlops.exceptions import HomeError, RunNotFoundError, UsageError
from jupyter_mlops.home import LifeLock
from jupyter_mlops.services._user_changes import MOST_NOTE_CHARACTERS, MOST_TAGS, change_run


def test_a_run_can_be_renamed_noted_tagged_archived_and_kept(make_run):
    run = make_run("base", tags={"team": "blue", "old": "1"})

    change_run(run, ChangeRun(name="better", note="why *this* one", archived=True, kept=True))
    record = change_run(run, ChangeRun(tags={"team": "red", "old": None}))

    assert (run.name, run.tags["team"], "old" in run.tags) == ("better", "red", False)
    assert record.changed_at > run.spec.submitted_at
    assert (
        run.directory.user()
        == record
        == UserRecord(
            name="better",
            note="why *this* one",
            archived=True,
            tags={"team": "red", "old": None},
            changed_at=record.changed_at,
        )
    )
    assert run.directory.keep_file.exists()


def test_a_change_leaves_alone_what_it_does_not_name(make_run):
    run = make_run("base")
    change_run(run, ChangeRun(note="first", kept=True, archived=True))

    change_run(run, ChangeRun(archived=False, kept=False))

    record = run.directory.user()
    assert (record.note, record.archived, record.name, run.name) == ("first", False, "", "base")
    assert not run.directory.keep_file.exists()


def test_b04_a_name_is_made_safe_before_it_is_stored(make_run):
    run = make_run()

    change_run(run, ChangeRun(name=" best\u202eone\n\x00 " + "x" * 1000))

    assert run.directory.user().name == run.name == ("bestone " + "x" * 1000)[:250]


@pytest.mark.parametrize(
    "change",
    [
        ChangeRun(name=" \u200b\n"),
        ChangeRun(note="x" * (MOST_NOTE_CHARACTERS + 1)),
        ChangeRun(tags={"": "x"}),
        ChangeRun(tags={"../up": "x"}),
        ChangeRun(tags={"<img>": "x"}),
        ChangeRun(tags={"k" * 251: "x"}),
        ChangeRun(tags={"long": "x" * 8001}),
        ChangeRun(tags={f"k{number}": "x" for number in range(MOST_TAGS + 1)}),
    ],
)
def test_b05_what_no_store_would_take_is_refused_and_changes_nothing(make_run, change):
    run = make_run()

    with pytest.raises(UsageError):
        change_run(run, change)

    assert run.directory.user() == UserRecord()


def test_a_run_that_is_not_there_gets_no_directory(home, service):
    run = service.get("0" * 32)

    with pytest.raises(RunNotFoundError):
        change_run(run, ChangeRun(note="x"))

    assert not run.directory.exists()


def test_changes_at_once_are_all_kept(make_run):
    run = make_run()
    changes = [ChangeRun(tags={f"tag{number}": str(number)}) for number in range(8)]

    threads = [threading.Thread(target=change_run, args=(run, change)) for change in changes]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert run.directory.user().tags == {f"tag{number}": str(number) for number in range(8)}


def test_f29_a_record_that_is_cut_anywhere_reads_as_none(make_run):
    run = make_run()
    change_run(run, ChangeRun(name="better", note="why"))
    whole = run.directory.user_file.read_bytes()

    for length in range(len(whole)):
        run.directory.user_file.write_bytes(whole[:length])
        assert run.directory.user() == UserRecord()


def test_a_lock_that_nobody_gives_up_is_told(make_run):
    run = make_run()
    lock = LifeLock.acquire(run.directory.user_lock)

    with lock, pytest.raises(HomeError, match="locked"):
        change_run(run, ChangeRun(note="x"), wait_s=0.01)
