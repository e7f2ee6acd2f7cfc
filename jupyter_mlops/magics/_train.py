"""`%%train`: a cell becomes a run."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ..capture import begin_snapshots
from ._log_view import follow
from ._train_command import TrainCommand
from ._travel_view import TravelView
from ._view import View

if TYPE_CHECKING:
    from ._session import NotebookSession


def train(session: NotebookSession, line: str, cell: str) -> View | None:
    """Run the cell as a tracked run and return its card at once; called by other code, show the card instead.

    Raises
    ------
    MlopsError
        Nothing was started; with `--wait` also: the run failed.
    KeyboardInterrupt
        The wait was interrupted; the run goes on.
    """
    command = TrainCommand.parse(line, cell)
    if command.dry_run:
        return TravelView(session.runs.dry_run(session.command(command)))
    run, promise = session.submit(command)
    card = session.card(run, promise)
    if not (command.wait or session.waits_by_default):
        if not session.history.is_in_cell_magic:
            session.show(card)
            return None
        return card
    session.show(card)
    begin_snapshots()
    try:
        follow(run, with_displays=True)
    except KeyboardInterrupt:  # the usual advice, to run the cell again, would start a second run
        again = f"%runs wait {shlex.quote(run.name)} waits for it again."
        raise KeyboardInterrupt(f"Stopped waiting; the run goes on. {again}") from None
    session.pending.deliveries.settle(promise)
    return None
