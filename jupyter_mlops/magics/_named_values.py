"""What a word on a magic's line means in the notebook: a name, with attributes perhaps, or a run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ..exceptions import NotFinishedError, UnknownReferenceError, UsageError
from ._pending._waiting import wait_for

if TYPE_CHECKING:
    from ..services import Run
    from ._session import NotebookSession


def value_named(name: str, namespace: Mapping[str, Any]) -> Any:
    """Return what a name, with attributes perhaps, means in the notebook.

    Raises
    ------
    UsageError
        It is not defined; the message says which name is near.
    """
    first, *attributes = name.split(".")
    if first not in namespace:
        raise UsageError(f"{first} is not defined here.{near_name(first, namespace)}")
    value = namespace[first]
    for attribute in attributes:
        if not hasattr(value, attribute):
            raise UsageError(f"{name}: {type(value).__name__} has no {attribute}.")
        value = getattr(value, attribute)
    return value


def near_name(name: str, namespace: Mapping[str, Any]) -> str:
    """Return which name of the notebook was probably meant, as a sentence; empty when none is near."""
    near = get_close_matches(name, [known for known in namespace if not known.startswith("_")], n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""


def is_name(word: str, namespace: Mapping[str, Any]) -> bool:
    """Return whether a word begins with a name of the notebook: such a name wins over a run's."""
    return word.partition(".")[0] in namespace


def model_or_run(word: str, session: NotebookSession) -> Any:
    """Return what a word means: a name of the notebook, else a run.

    Raises
    ------
    UnknownReferenceError
        It can only be a run, and there is none.
    UsageError
        It is neither.
    KeyboardInterrupt
        The user stopped waiting for runs of which the best is wanted.
    """
    namespace = session.shell.user_ns
    return value_named(word, namespace) if is_name(word, namespace) else _run_named(word, session)


def _run_named(word: str, session: NotebookSession) -> Run:
    """Return the run that a word means; where all that may be meant are under way, as after *Run All*, wait for them.

    Raises
    ------
    UnknownReferenceError
        There is none, and the word could mean nothing else.
    UsageError
        There is none, and a name of the notebook was perhaps meant.
    """
    try:
        try:
            return session.runs.find(word)
        except NotFinishedError as error:
            _wait_for(error.run_ids, session)
            return session.runs.find(word)
    except UnknownReferenceError as error:
        if not word.isidentifier():
            raise
        near = near_name(word, session.shell.user_ns)
        raise UsageError(f"{word} is not defined here.{near} {error}") from None


def _wait_for(run_ids: Collection[str], session: NotebookSession) -> None:
    for run_id in run_ids:
        run = session.runs.get(run_id)
        wait_for(run, (), session.open_screen(may_clear=False))
        run.wait()  # what it delivers is there a moment before it has ended
