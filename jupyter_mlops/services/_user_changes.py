"""What a user changes of a run after it was submitted: name, note, tags, archived, kept. No store is asked."""

from __future__ import annotations

from datetime import UTC, datetime

from ..entities import ChangeRun, UserRecord
from ..exceptions import HomeError, UsageError
from ..home import ChangedRuns, exclusive
from ..tracking import check_key
from ._names import clean_name, clean_text
from ._run import Run

MOST_NOTE_CHARACTERS = 100_000
MOST_TAG_CHARACTERS = 8_000
MOST_TAGS = 500
"""Tags that a user may have changed of one run."""


def change_run(run: Run, change: ChangeRun, wait_s: float = 5.0) -> UserRecord:
    """Write a user's changes of a run and return all that the user has said of it by now.

    Another writer is waited for at most `wait_s` seconds.

    Raises
    ------
    UsageError
        A name, note or tag is none, or too long; nothing was changed.
    RunNotFoundError
        There is no such run.
    HomeError
        The home may not be written.
    """
    run.spec  # noqa: B018 - raises where there is no such run: no directory is made for one
    demand_valid(change)
    directory = run.directory
    changed = ChangedRuns(directory.path.parent.parent)
    try:
        with exclusive(directory.user_lock, wait_s):
            record = _changed(directory.user(), change)
            # Marked before, so that a kill leaves no change unseen; and after, for a keeper that looked in between.
            changed.add(run.id)
            directory.write(record, directory.user_file)
            changed.add(run.id)
            if change.kept is not None:
                run.keep() if change.kept else run.unkeep()
    except TimeoutError:
        raise HomeError(f"Another process keeps {directory.user_lock} locked. Try again.") from None
    except OSError as error:
        raise HomeError(f"Cannot write {directory.path}: {error.strerror}. Free space, or make it writable.") from error
    return record


def demand_valid(change: ChangeRun) -> None:
    """Refuse what no run can be changed to.

    Raises
    ------
    UsageError
        A name, note or tag is none, or too long.
    """
    if change.name is not None and not clean_name(change.name):
        raise UsageError("A run's name needs a letter that can be seen.")
    if change.note is not None and len(change.note) > MOST_NOTE_CHARACTERS:
        raise UsageError(f"A note has at most {MOST_NOTE_CHARACTERS:,} characters; this one has {len(change.note):,}.")
    for key, text in change.tags.items():
        try:
            check_key(key, "tag")
        except ValueError as error:
            raise UsageError(clean_name(str(error))) from None
        if text is not None and len(text) > MOST_TAG_CHARACTERS:
            raise UsageError(f"A tag has at most {MOST_TAG_CHARACTERS:,} characters; {key} would have {len(text):,}.")


def _changed(before: UserRecord, change: ChangeRun) -> UserRecord:
    tags = {**before.tags, **{key: None if text is None else clean_text(text) for key, text in change.tags.items()}}
    if len(tags) > MOST_TAGS:
        raise UsageError(f"{len(tags):,} tags of one run were changed; {MOST_TAGS:,} can be.")
    return UserRecord(
        name=before.name if change.name is None else clean_name(change.name),
        note=before.note if change.note is None else clean_text(change.note),
        tags=tags,
        archived=before.archived if change.archived is None else change.archived,
        changed_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
    )
