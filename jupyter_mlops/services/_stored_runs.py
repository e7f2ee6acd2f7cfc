"""Runs that only a tracking store has, mostly of other tools: the catalog shows them, MLflow changes them."""

from __future__ import annotations

import contextlib

from ..entities import ChangeRun, RunDetail, RunSummary
from ..exceptions import RunNotFoundError, UsageError
from ..tracking import RUN_TAG, StoreChange, StoreWriter, stored_tags
from ._catalog._catalog import RunCatalog
from ._catalog._stores import ARCHIVED_TAG
from ._detail import NOTE_TAG, stored_detail
from ._names import clean_name, clean_text
from ._summary import MOST_TEXT
from ._user_changes import MOST_TAG_CHARACTERS, demand_valid


class StoredRuns:
    """Looks at runs of stores and changes them there. Safe to share between threads; every call may block.

    Parameters
    ----------
    catalog : RunCatalog
        Follows the stores.
    writer : StoreWriter
        Changes what is in them; closed here.
    """

    def __init__(self, catalog: RunCatalog, writer: StoreWriter) -> None:
        self._catalog = catalog
        self._writer = writer

    def summary(self, run_id: str) -> RunSummary:
        """Return a run as its store had it last.

        Raises
        ------
        RunNotFoundError
            There is no such run.
        """
        return self._catalog.stored_summary(run_id)

    def detail(self, run_id: str) -> RunDetail:
        """Return what the store knows of a run, its note as a whole: it may be edited.

        Raises
        ------
        RunNotFoundError
            There is no such run.
        TrackingError
            The store cannot be read.
        """
        summary = self.summary(run_id)
        note = summary.tags.get(NOTE_TAG, "")
        if len(note) >= MOST_TEXT:
            stored = self._catalog.stored_run(run_id)
            note = clean_text(stored_tags(stored.uri, stored.run_id).get(NOTE_TAG, ""))
        return stored_detail(summary, note)

    def change(self, run_id: str, change: ChangeRun) -> RunSummary:
        """Change name, note, tags or archived of a run in its store, and return what it is now.

        Raises
        ------
        RunNotFoundError
            There is no such run.
        UsageError
            Something of it cannot be; what stood before it in `change` may have been done.
        TrackingError
            The store cannot be changed.
        """
        summary = self.summary(run_id)
        demand_valid(change)
        if change.kept is not None:
            raise UsageError(f"{summary.name} was made by another tool: nothing here clears it away, kept or not.")
        stored = self._catalog.stored_run(run_id)
        name = None if change.name is None else clean_name(change.name)
        tags = _changed_tags(change)
        self._writer.change(stored.uri, StoreChange(run_id=stored.run_id, name=name, tags=tags))
        self._catalog.take_changed(run_id, name, tags)
        return self.summary(run_id)

    def delete(self, run_id: str) -> None:
        """Delete a run as MLflow does: its store can restore it until `mlflow gc`.

        Raises
        ------
        RunNotFoundError
            There is no such run.
        TrackingError
            The store cannot be changed.
        """
        self.summary(run_id)
        stored = self._catalog.stored_run(run_id)
        self._writer.change(stored.uri, StoreChange(run_id=stored.run_id, delete=True))
        # A look at the store in this very moment may have found it gone.
        with contextlib.suppress(RunNotFoundError):
            self._catalog.take_deleted(run_id)

    def close(self) -> None:
        """End what changes stores."""
        self._writer.close()


def _changed_tags(change: ChangeRun) -> dict[str, str | None]:
    """Return what a change means in tags, by which every tool sees it.

    Raises
    ------
    UsageError
        A note that no store holds whole, or the tag by which a run is found.
    """
    tags = {key: None if text is None else clean_text(text) for key, text in change.tags.items()}
    if RUN_TAG in tags:
        raise UsageError(f"The tag {RUN_TAG} says which run this is. It cannot be changed.")
    if change.note is not None:
        tags[NOTE_TAG] = clean_text(change.note) or None
        if len(change.note) > MOST_TAG_CHARACTERS:
            raise UsageError(
                f"The note of another tool's run is a tag of its store, of at most {MOST_TAG_CHARACTERS:,} characters; "
                f"this one has {len(change.note):,}."
            )
    if change.archived is not None:
        tags[ARCHIVED_TAG] = "true" if change.archived else None
    return tags
