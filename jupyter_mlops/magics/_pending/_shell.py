"""Pending names in a live shell: a later cell that reads one waits for it, any other cell does not (DESIGN 3.3).

The shell tells of each execution by its events, and shows the syntax tree of a cell to its AST transformers just before
it runs; only there can a cell be held back or rejected. Executions that are silent or leave no history (completers,
inspectors, VS Code's variable view) are never held back: for them a pending name is absent.
"""

from __future__ import annotations

import ast
import builtins
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...exceptions import MlopsError, RunFailedError
from .._automagic import NamesBeforeMagics
from .._history import number_of_running_cell
from .._rejection import CellRejected
from .._remembered_transform import RememberedTransform
from ._cells import CellNeeds, may_leave, read_cell, unseen_names
from ._delivery import Deliveries, OwingRun
from ._imported import import_everything_into, import_into
from ._promises import Ledger, Promise
from ._waiting import STOPPED_WAITING, Screen

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell


@dataclass(frozen=True)
class _Cell:
    """An execution that the user asked for, seen before it begins."""

    cell_id: str
    label: str


class _Placeholder:
    """Stands for a pending name that a cell deletes, so that `del` has something to delete."""


class PendingNames:
    """Holds cells back until the names that they read are there. Registered with one shell, for its executing thread.

    Parameters
    ----------
    shell : InteractiveShell
        Whose cells and namespace these are.
    open_screen : callable
        Given whether the cell's output may be cleared, return where a wait shows its progress.
    show_notice : callable
        Show one sentence in the output of the cell that is about to run.
    """

    def __init__(
        self, shell: InteractiveShell, open_screen: Callable[[bool], Screen], show_notice: Callable[[str], None]
    ) -> None:
        self._shell = shell
        self._show_notice = show_notice
        self._thread = threading.local()
        self.ledger = Ledger()
        self.deliveries = Deliveries(self.ledger, shell.user_ns, lambda: open_screen(self._depth <= 1))
        self.transform = RememberedTransform(shell)
        self._placed: set[str] = set()
        self._names_first = NamesBeforeMagics(shell, self.ledger)

    def register(self) -> None:
        """Begin to look at cells."""
        self._shell.ast_transformers.append(self)
        self._shell.prefilter_manager.register_checker(self._names_first)
        for event, callback in self._callbacks():
            self._shell.events.register(event, callback)

    def unregister(self) -> None:
        """Look at no further cell. Names that are pending now stay absent."""
        if self in self._shell.ast_transformers:
            self._shell.ast_transformers.remove(self)
        self._shell.prefilter_manager.unregister_checker(self._names_first)
        for event, callback in self._callbacks():
            self._shell.events.unregister(event, callback)

    def promise(
        self,
        run: OwingRun,
        names: Iterable[str],
        watched: Iterable[str],
        cell: str = "",
        undecided: Iterable[str] = (),
        imports: Mapping[str, str] | None = None,
    ) -> Promise:
        """Make names pending: they leave the namespace until the run gives them, or a later cell assigns them.

        Parameters
        ----------
        run : OwingRun
            Just submitted.
        names, watched : iterable of str
            What it promises; what it captured besides.
        cell : str
            Its cell, for the names that it may leave.
        undecided : iterable of str
            The part of `names` that earlier runs owe to it, and that it may hand on.
        imports : mapping
            The part of `names` that it only imports, with the statement that does it.
        """
        names, watched = set(names), set(watched)
        # Asking a run for its name reads a file, and many may be waiting.
        used, user = names | watched, f"run {run.name}"
        for earlier in self.ledger:
            self._mark_seen(earlier, used, user)
        unseen = unseen_names(cell, self.transform)
        promise = self.ledger.promise(run, names, watched, self._shell.user_ns, self.cell_id, unseen)
        promise.imports = dict(imports or {})
        promise.unsure = frozenset(names) & may_leave(cell, self.transform)
        promise.undecided = frozenset(promise.before.keys() & set(undecided))
        return promise

    @property
    def cell_id(self) -> str:
        """Front end's id of the cell that this thread executes; empty when it does not tell."""
        return getattr(self._thread, "cell_id", "")

    def run_ids(self) -> dict[str, str]:
        """Return pending name to run id, for a cell that becomes a run itself and waits there."""
        return {name: promise.run.id for name, promise in self.ledger.pending.items()}

    def explain_name_error(self, error: BaseException) -> str:
        """Return which run will give a name whose absence was an error; empty when none will."""
        name = getattr(error, "name", None)
        if not isinstance(error, NameError) or not isinstance(name, str):
            return ""
        if name in self.ledger.pending:
            run = self.ledger.pending[name].run
            return (
                f"{name} is still being made by run {run.name} ({run.id[:8]}). A cell that reads {name} waits for it."
            )
        if name in self.ledger.missing:
            return f"{name} was to come from a run: {self.ledger.missing[name].reason}"
        return ""

    def visit(self, node: ast.AST) -> Any:
        """Wait for what the cell reads, before it runs; the tree itself stays as it is.

        Raises
        ------
        CellRejected
            A run failed, or the user interrupted the wait. Anything else would unregister this transformer.
        """
        cell = self._take_cell()
        if cell is None or not self.ledger or not isinstance(node, ast.Module):
            return node
        try:
            self._prepare(cell, node)
        except KeyboardInterrupt:
            raise CellRejected(STOPPED_WAITING) from None
        except MlopsError as error:
            raise CellRejected(str(error)) from None
        except Exception as error:  # anything else would unregister this transformer, and cells would read old values
            told = f"The cell's pending names could not be resolved: {error!r}. Please report this."
            raise CellRejected(told) from error
        return node

    def _prepare(self, cell: _Cell, tree: ast.Module) -> None:
        self.ledger.drop_assigned(self._shell.user_ns)
        for promise in self.ledger:
            self.deliveries.take_releases(promise)
            if cell.cell_id and promise.cell_id == cell.cell_id:
                self.deliveries.settle_failed(
                    promise
                )  # the failed cell, corrected: it starts from the old values, as in any notebook
        needs = self._read(tree)
        self._import_pending(needs.reads | needs.run_reads)
        while wanted := self._wanted(needs):
            for promise, names in wanted.items():
                self.deliveries.settle(promise, names)
            needs = self._read(tree)
        self._refuse_missing(needs)
        for promise in self.ledger:
            self._look_at_watched(promise, needs.reads | needs.run_reads, cell.label)
        self._make_deletable(needs)
        self._show_notices()

    def _read(self, tree: ast.Module) -> CellNeeds:
        return read_cell(tree, self.transform, self._shell.user_ns)

    def _wanted(self, needs: CellNeeds) -> dict[Promise, list[str]]:
        """Return the promises to settle before the cell may run, each with the names that it is needed for."""
        wanted: dict[Promise, list[str]] = {}
        for name, promise in self.ledger.pending.items():
            failed_upstream = name in needs.run_reads and self._has_failed(promise)
            if needs.everything or name in needs.reads or failed_upstream:
                wanted.setdefault(promise, []).append(name)
        for promise in self.ledger:
            for name in promise.held_by(needs.reads | needs.run_reads):
                wanted.setdefault(promise, []).append(name)
        return wanted or self._may_have_bound(needs)

    def _may_have_bound(self, needs: CellNeeds) -> dict[Promise, list[str]]:
        """Return the latest run that binds names unseen, where the cell reads some that nothing here binds."""
        known = (
            self._shell.user_ns.keys() | self.ledger.pending.keys() | self.ledger.missing.keys() | vars(builtins).keys()
        )
        unbound = sorted(name for name in (needs.reads | needs.run_reads) - known if not name.startswith("_"))
        if unbound or needs.everything:
            for promise in reversed(tuple(self.ledger)):
                if promise.unseen:
                    return {promise: unbound}
        return {}

    def _import_pending(self, names: frozenset[str]) -> None:
        """Import what a run's cell only imports: the notebook can do that itself, at once."""
        for name, promise in self.ledger.pending.items():
            if name in names and name in promise.imports and import_into(self._shell.user_ns, promise.imports[name]):
                self.ledger.drop([name])
        for promise in reversed(tuple(self.ledger)):
            for statement in promise.unseen.star_imports:
                import_everything_into(self._shell.user_ns, statement, names - self.ledger.pending.keys())

    def _has_failed(self, promise: Promise) -> bool:
        """Whether a run has ended badly by now: a cell that would feed on it is told at once."""
        if not promise.run.wait_delivery(0):
            return False
        try:
            promise.run.raise_failure()
        except MlopsError:
            return True
        return False

    def _refuse_missing(self, needs: CellNeeds) -> None:
        for name in sorted((needs.reads | needs.run_reads) & self.ledger.missing.keys()):
            raise RunFailedError(f"{name} was to come from a run: {self.ledger.missing[name].reason}")

    def _look_at_watched(self, promise: Promise, reads: frozenset[str], label: str) -> None:
        """Deliver what a run has changed unexpectedly before a cell reads it; note who reads it in the meantime."""
        if not (promise.watched or promise.handed_on or promise.undecided or promise.unseen):
            return
        if not promise.run.wait_delivery(0):
            self._mark_seen(promise, reads, label)
            return
        promise.result = promise.result or promise.run.directory.result()
        changed = set(promise.result.changed) if promise.result else set()
        if changed & reads - promise.seen.keys():
            self.deliveries.settle(promise)
            return
        self.deliveries.notice_late_changes(promise)
        if promise.result is None or promise.promised.issuperset(promise.result.returned):
            self.ledger.expect_promised_only(promise)
        self.ledger.forget_watched(promise, except_for=changed - promise.seen.keys())

    @staticmethod
    def _mark_seen(promise: Promise, reads: Iterable[str], label: str) -> None:
        for name in (promise.watched.keys() | promise.handed_on.keys() | promise.undecided) & set(reads):
            promise.seen.setdefault(name, label)

    def _make_deletable(self, needs: CellNeeds) -> None:
        absent = self.ledger.pending.keys() | self.ledger.missing.keys()
        for name in absent if needs.deletes_any else absent & needs.deletes:
            self._shell.user_ns[name] = _Placeholder()
            self._placed.add(name)

    def _show_notices(self) -> None:
        notices = self.deliveries.notices
        while notices:
            self._show_notice(notices.pop(0))

    # The shell's events

    def _callbacks(self) -> list[tuple[str, Callable[..., None]]]:
        return [("pre_execute", self._disarm), ("pre_run_cell", self._arm), ("post_run_cell", self._finish)]

    def _disarm(self) -> None:
        self._thread.cell = None

    def _arm(self, info: ExecutionInfo) -> None:
        self.transform.forget()
        self._thread.depth = self._depth + 1
        self._thread.cell_id = getattr(info, "cell_id", None) or ""
        if info.store_history:
            label = f"cell [{number_of_running_cell(self._shell)}]"
            self._thread.cell = _Cell(self.cell_id, label)

    def _finish(self, _result: ExecutionResult) -> None:
        self._thread.depth = max(0, self._depth - 1)
        namespace = self._shell.user_ns
        for name in self._placed & namespace.keys():
            if isinstance(namespace[name], _Placeholder):
                del namespace[name]
                self._placed.discard(name)  # the `del` was not reached: the name is as pending as before
        self.ledger.drop([name for name in self._placed if name not in namespace])
        self._placed.clear()
        self.ledger.drop_assigned(namespace)

    @property
    def _depth(self) -> int:
        return getattr(self._thread, "depth", 0)

    def _take_cell(self) -> _Cell | None:
        """Return the cell that is about to run, once: `%%time` and its like show parts of the same cell again."""
        cell: _Cell | None = getattr(self._thread, "cell", None)
        self._thread.cell = None
        return cell
