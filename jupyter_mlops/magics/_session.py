"""One notebook's session with the engine: the services and the pending names. Made when the extension loads."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from ..capture import begin_snapshots, observe_modules
from ..exceptions import MlopsError
from ._deploy._completion import deploy_words, export_words
from ._history import CellHistory
from ._line_completion import LineCompletion
from ._models._completion import models_words
from ._pending._completion import PendingCompletions
from ._pending._promises import Promise
from ._pending._shell import PendingNames
from ._pending._waiting import NotebookScreen, Screen, TerminalScreen
from ._progress import Steps, stepwise
from ._run_card import RunCard
from ._shown_errors import ShownErrors
from ._shown_values import ShownValues
from ._train_command import TrainCommand
from ._view import View
from ._what_if import WhatIfDesk

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..services import Run, RunService, SubmitRun

_UNSEEN_NAMES = (
    "The cell binds names that its text does not show: a new one comes back when a cell reads it, one that exists here "
    "keeps its value unless --returns lists it."
)


class NotebookSession:
    """What the magics of one shell share.

    Parameters
    ----------
    shell : InteractiveShell
        The kernel's shell, or a terminal's.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self._service: RunService | None = None
        self.pending = PendingNames(shell, self.open_screen, self._show_notice)
        self.history = CellHistory(shell)
        self.completions = PendingCompletions(shell, lambda: self.pending.ledger.pending)
        self._lines = (
            LineCompletion(shell, "%models", models_words(lambda: self.runs)),
            LineCompletion(shell, "%deploy", deploy_words(lambda: self.runs, shell.user_ns)),
            LineCompletion(shell, "%export_onnx", export_words(lambda: self.runs, shell.user_ns)),
        )
        self.errors = ShownErrors(shell, self.pending.explain_name_error)
        self.what_if = WhatIfDesk(shell)
        self.values = ShownValues(shell.display_formatter.mimebundle_formatter)

    @property
    def in_notebook(self) -> bool:
        """Whether a front end shows displays; a terminal shows text only."""
        return getattr(self.shell, "kernel", None) is not None

    @property
    def runs(self) -> RunService:
        """The use cases, on the home found when they are first needed: the working directory may change later.

        Should that home be deleted, a new one takes its place.
        """
        from ..home import register_home
        from ..services import current_service, use_service

        if self._service is not None and self._service.home.exists():
            return self._service
        if self._service is not None:
            use_service(self._service)
        service = self._service = current_service()
        use_service(service)
        with contextlib.suppress(OSError, MlopsError):  # the list serves the explorer; nothing here depends on it
            register_home(service.home.path)
        return service

    @property
    def notebook(self) -> str:
        """Path of the notebook; empty where the front end does not tell."""
        path = self.shell.user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME", "")
        return str(path) if str(path).endswith(".ipynb") else ""

    @property
    def waits_by_default(self) -> bool:
        """Whether `JUPYTER_MLOPS_WAIT` makes `--wait` the default."""
        return bool(self.runs.home.settings.wait)

    def command(self, train: TrainCommand) -> SubmitRun:
        """Return a `%%train` cell as the services understand it."""
        from ..services import SubmitRun

        observe_modules(reloaded=self._reloads_modules)
        earlier, kept = self.pending.ledger.earlier()
        return SubmitRun(
            source=train.cell,
            namespace=self.shell.user_ns,
            name=train.name,
            experiment=train.experiment,
            params=train.params,
            tags=train.tags,
            returns=train.returns,
            launcher=train.launcher,
            timeout_s=train.timeout_s,
            autolog=train.autolog,
            export=train.export,
            transform=self.pending.transform,
            pending=self.pending.run_ids(),
            earlier=earlier,
            kept=kept,
            before=self.pending.ledger.held_before(),
            history=self.history.cells,
            notebook=self.notebook,
            cell_id=self.pending.cell_id,
        )

    def submit(self, train: TrainCommand) -> tuple[Run, Promise]:
        """Start a run and make the names that it promises pending."""
        # Code may have run since the notebook's cell began: a loop that calls the magic.
        self.pending.transform.forget()
        run = self.runs.submit(self.command(train))
        promise = self._promise(run)
        if train.output:
            self.bind({train.output: run})
        return run, promise

    def rerun(self, run: Run) -> tuple[Run, Promise]:
        """Start a run's cell again with what the notebook's names hold now."""
        observe_modules(reloaded=self._reloads_modules)
        earlier, kept = self.pending.ledger.earlier()
        self.pending.transform.forget()
        changes = {
            "earlier": earlier,
            "kept": kept,
            "before": self.pending.ledger.held_before(),
            "pending": self.pending.run_ids(),
            "transform": self.pending.transform,
            "history": self.history.cells,
        }
        again = self.runs.rerun(run, self.shell.user_ns, **changes)
        return again, self._promise(again)

    def _promise(self, run: Run) -> Promise:
        spec = run.spec
        promise = self.pending.promise(run, spec.pending, spec.watched, run.cell, spec.undecided, spec.imports)
        promise.may_change = frozenset(spec.may_change)
        self.pending.ledger.note_holders(promise, self.shell.user_ns)
        captured = (value.name for value in run.captured)
        self.pending.ledger.remember_functions(promise, captured, self.shell.user_ns)
        if spec.explicit_returns:
            self.pending.ledger.expect_promised_only(promise)
        return promise

    def bind(self, values: Mapping[str, object], made_by: str = "") -> None:
        """Assign names in the notebook, of values that a run made perhaps; what runs owe of them is dropped."""
        self.pending.ledger.drop(values)
        self.shell.user_ns.update(values)
        if made_by:
            self.pending.deliveries.origins.note(made_by, values)

    def card(self, run: Run, promise: Promise) -> RunCard:
        """Return the card of a run that was just submitted."""
        shared = self.pending.ledger.stale_aliases(promise, promise.names, self.shell.user_ns)
        pending = [name for name in run.spec.pending if name not in promise.imports]
        return RunCard.at_submit(
            run,
            pending=[*pending, *sorted(promise.holders)],
            run_names={item.run_id: self.runs.get(item.run_id).name for item in run.spec.upstream},
            notices=[*run.spec.notices, *map(str, shared), *([_UNSEEN_NAMES] if promise.unseen.any else [])],
        )

    def register(self) -> None:
        """Begin to look at the shell's cells, and let the launcher get ready."""
        self.pending.register()
        self.history.register()
        self.errors.register()
        self.completions.register()
        for line in self._lines:
            line.register()
        self.what_if.register()
        self.values.register()
        self.shell.events.register("post_run_cell", self._after_cell)
        self._after_cell()

    def unregister(self) -> None:
        """Look at no further cell."""
        self.shell.events.unregister("post_run_cell", self._after_cell)
        self.values.unregister()
        self.what_if.unregister()
        for line in self._lines:
            line.unregister()
        self.completions.unregister()
        self.errors.unregister()
        self.history.unregister()
        self.pending.unregister()

    @property
    def _reloads_modules(self) -> bool:
        """Whether `%autoreload` keeps the notebook's modules as their files are: it has just looked."""
        magics = self.shell.magics_manager.registry.get("AutoreloadMagics")
        return bool(getattr(getattr(magics, "_reloader", None), "enabled", False))

    def _after_cell(self, _result: object = None) -> None:
        observe_modules()
        with contextlib.suppress(MlopsError):  # a home that cannot be made is told by the first magic that needs it
            self.warm_up()
        # The kernel replies when its loop has its turn no sooner than this returns; a terminal has no loop.
        try:
            asyncio.get_running_loop().call_soon(begin_snapshots)
        except RuntimeError:
            begin_snapshots()

    def warm_up(self) -> None:
        """Let the launcher prepare for what the notebook has imported; cheap when there is nothing new."""
        warm_up = getattr(self.runs.launcher, "warm_up", None)
        if warm_up is not None:
            warm_up()

    def open_screen(self, may_clear: bool) -> Screen:
        """Return a place in the cell's output for what goes on; see `NotebookScreen` for `may_clear`."""
        return NotebookScreen(may_clear=may_clear) if self.in_notebook else TerminalScreen()

    def steps(self, stopped: str) -> AbstractContextManager[Steps]:
        """Return what shows, while a block computes, how far it is; `stopped` is what an interrupt says."""
        return stepwise(self.open_screen(may_clear=False), stopped)

    def _show_notice(self, text: str) -> None:
        from ._notice import Notice

        self.show(Notice(text))

    def show(self, view: View) -> None:
        """Show a view in the output of the running cell."""
        if self.in_notebook:
            from IPython.display import display

            display(view)
        else:
            sys.stdout.write(f"{view!r}\n")
