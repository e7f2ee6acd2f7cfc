"""`%runs`: one function a subcommand; each asks one service and returns one view."""

from __future__ import annotations

import contextlib
from itertools import islice
from typing import TYPE_CHECKING

from ..exceptions import UsageError
from ._comparison_views import CollectionView, DiffView, ReproductionView
from ._log_view import LogView, follow
from ._notice import Notice
from ._pending._waiting import interruptible
from ._run_details import RunDetails
from ._runs_command import ACTIONS, RunsCommand
from ._runs_table import RunsTable
from ._suggestions import suggestion
from ._view import View

if TYPE_CHECKING:
    from ..services import Run
    from ._session import NotebookSession

_TAIL_LINES = 1_000
_NAMES_LOOKED_AT = 1_000


def runs(session: NotebookSession, line: str) -> View | None:
    """Do what a `%runs` line asks for.

    Raises
    ------
    MlopsError
        The line is wrong, no run fits, or the run cannot do it.
    """
    command = RunsCommand.parse(line)
    return _ACTIONS[command.action](session, command)


def _list(session: NotebookSession, command: RunsCommand) -> View:
    try:
        page = session.runs.list(command.query, foreign=True)
    except UsageError as error:
        if meant := suggestion(command.query, ACTIONS, ()):
            raise UsageError(f"{error} Did you mean {meant}?") from None
        raise
    names = (run.name for run in islice(session.runs, _NAMES_LOOKED_AT))
    return RunsTable.of(page, command.query, meant="" if page.runs else suggestion(command.query, ACTIONS, names))


def _show(session: NotebookSession, command: RunsCommand) -> View:
    return RunDetails.of_any(session.runs.find_any(command.references[0]))


def _logs(session: NotebookSession, command: RunsCommand) -> View | None:
    run = _run(session, command)
    if command.follow:
        with contextlib.suppress(KeyboardInterrupt):  # ends the looking, not the run
            follow(run, with_displays=False)
        return None
    is_over = run.state.status.is_terminal
    lines = command.tail or _TAIL_LINES
    text = run.log(tail=lines)
    return LogView(run.name, text, is_tail=text.count("\n") >= lines, is_over=is_over)


def _stop(session: NotebookSession, command: RunsCommand) -> View:
    run = _run(session, command)
    if run.state.status.is_terminal:
        return Notice(f"{run.name} has ended already: {run.state.status.value}.")
    run.stop()
    return RunDetails.of(run)


def _wait(session: NotebookSession, command: RunsCommand) -> View:
    run = _run(session, command)
    with interruptible():
        run.wait(command.timeout_s)
    return RunDetails.of(run)


def _load(session: NotebookSession, command: RunsCommand) -> View:
    run = _run(session, command)
    with interruptible():
        values = run.results(command.names or None)
    session.bind(values, made_by=run.id)
    return Notice(f"Bound {', '.join(sorted(values)) or 'nothing'} from {run.name} ({run.id[:8]}).")


def _rerun(session: NotebookSession, command: RunsCommand) -> View:
    return session.card(*session.rerun(_run(session, command)))


def _diff(session: NotebookSession, command: RunsCommand) -> View:
    return DiffView(session.runs.diff(*command.references))


def _reproduce(session: NotebookSession, command: RunsCommand) -> View:
    run = _run(session, command)
    if command.notebook is not None:
        path = session.runs.reproduce_notebook(run, command.notebook)
        return Notice(f"Wrote {path}. Running it repeats {run.name} and compares the results.")
    again = session.runs.reproduce(run)
    with interruptible():
        return ReproductionView(session.runs.compare_reproduction(run, again))


def _trust(session: NotebookSession, command: RunsCommand) -> View:
    run = _run(session, command)
    signed = session.runs.trust(run)
    if not signed:
        return Notice(f"{run.name} ({run.id[:8]}) has nothing to sign.")
    return Notice(f"Signed {' and '.join(signed)} of {run.name} ({run.id[:8]}) as yours: they may be loaded here now.")


def _gc(session: NotebookSession, command: RunsCommand) -> View:
    plan = session.runs.plan_collection()
    if not command.dry_run:
        session.runs.collect(plan)
    return CollectionView(plan, is_dry=command.dry_run)


def _main(session: NotebookSession, command: RunsCommand) -> View:
    experiment = session.runs.set_main_metric(command.metric, command.experiment)
    smaller = command.metric.startswith("-")
    metric = command.metric.removeprefix("-")
    return Notice(f"best in {experiment} is now the run with the {'smallest' if smaller else 'largest'} {metric}.")


def _run(session: NotebookSession, command: RunsCommand) -> Run:
    return session.runs.find_own(command.references[0])


_ACTIONS = {
    "list": _list,
    "show": _show,
    "logs": _logs,
    "stop": _stop,
    "wait": _wait,
    "load": _load,
    "rerun": _rerun,
    "diff": _diff,
    "reproduce": _reproduce,
    "trust": _trust,
    "gc": _gc,
    "main": _main,
}
