"""The IPython shell of a run: no prompt, no history database, no thread, and nobody to ask.

Its user namespace *is* the module `__main__`, so that pickle, `torch.save` and `multiprocessing` find what the notebook
defines.
"""

from __future__ import annotations

import atexit
import contextlib
import inspect
import os
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from IPython.core import page
from IPython.core.autocall import ExitAutocall
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type, default

from ..capture import recall_outputs
from ._cell_error import text_of
from ._display import ERROR_MIME, DisplayLog, RunDisplayHook, RunDisplayPublisher
from ._figures import SHOWS_NOTHING
from ._no_stdin import refuse_questions
from ._streams import RunStreams
from ._widget_views import make_notebook_bars_text


class RunExit(ExitAutocall):  # type: ignore[misc]  # IPython is untyped
    """`exit`, `exit()` and `exit(3)` end the run with that code."""

    def __call__(self, code: int = 0) -> None:
        """End the cell as `sys.exit(code)` does."""
        raise SystemExit(code)


class RunShell(InteractiveShell):  # type: ignore[misc]  # IPython is untyped
    """Executes one cell.

    Parameters
    ----------
    user_module : ModuleType
        A module named `__main__`; its dictionary is the cell's namespace.
    """

    displayhook_class = Type(RunDisplayHook)
    display_pub_class = Type(RunDisplayPublisher)
    kernel = AnyTrait(None, help="Libraries take its presence for a notebook (pandas then limits columns, not width).")

    def __init__(self, **kwargs: Any) -> None:
        self.display_log: DisplayLog | None = None
        self.streams: RunStreams | None = None
        self.cell_exit: SystemExit | None = None
        self._shown: tuple[BaseException | None, str] = (None, "")
        super().__init__(**kwargs)
        # What it would do at exit, emptying the namespace, can take long and can fail.
        atexit.unregister(self.atexit_operations)
        self.set_hook("show_in_pager", page.as_hook(page.display_page), 99)

    @default("exiter")  # type: ignore[untyped-decorator]  # traitlets is untyped
    def _exiter_default(self) -> ExitAutocall:
        return RunExit(self)

    def attach(self, streams: RunStreams, display_log: DisplayLog) -> None:
        """Give a shell, perhaps prepared before the fork, the files of its run, and make its namespace `__main__`."""
        self.streams, self.display_log = streams, display_log
        self.display_pub.log = self.displayhook.log = display_log
        self.history_manager.dir_hist[:] = [Path.cwd()]
        self.init_sys_modules()

    def recall(self, inputs: Mapping[str, Any]) -> None:
        """Remember what the kernel's shell remembers of earlier cells, as far as it came along (`_3`, `_ih`)."""
        history = self.history_manager
        recall_outputs(history.output_hist, inputs)
        if "_ih" in inputs:
            # The last is the cell itself, which is added when it begins.
            history.input_hist_parsed[:] = inputs["_ih"][:-1]
            self.user_ns["_ih"] = history.input_hist_parsed
        history._i00, history._i, history._ii = (inputs.get(name, "") for name in ("_i", "_ii", "_iii"))

    def rehearse(self, cell: str) -> None:
        """Run a cell, and store one as a run's is stored; what that has bound and stored is taken back."""
        before = [(names, dict(names)) for names in (self.user_ns, self.user_ns_hidden)]
        self.run_cell(cell, silent=True)
        history = self.history_manager
        history.store_inputs(0, "")
        for stored in (history.input_hist_parsed, history.input_hist_raw, history.db_input_cache):
            stored.pop()
        for names, bound in before:
            for name in names.keys() - bound.keys():
                del names[name]
            names.update(bound)

    def init_history(self) -> None:
        """Keep inputs in memory: no database, no thread."""
        self.history_manager = HistoryManager(shell=self, parent=self, enabled=False)
        self.configurables.append(self.history_manager)

    def init_virtualenv(self) -> None:
        """Leave `sys.path` alone: the run gets the kernel's."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str | None, str]:
        """Show figures in the run's output, whatever window or widget `%matplotlib` asks for; say so where it does."""
        if gui not in (None, "inline") and gui.lower() not in SHOWS_NOTHING:
            sys.stderr.write(f"[jupyter-mlops] A run cannot show {gui} figures; they are shown inline.\n")
            gui = None
        enabled: tuple[str | None, str] = super().enable_matplotlib(gui or "inline")
        return enabled

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept `%matplotlib inline`; a run has no window system to enter.

        Raises
        ------
        NotImplementedError
            Any other loop was asked for.
        """
        if gui not in (None, "inline"):
            raise NotImplementedError(f"A run cannot show {gui} windows. Use %matplotlib inline.")

    def system(self, cmd: str) -> None:
        """Run a shell command (`!ls`); its output goes to the log as it comes, or to whoever captures `sys.stdout`."""
        if self.streams is None or sys.stdout is not self.streams.stdout:
            self.system_piped(cmd)
            return
        self.streams.flush()
        self.system_raw(cmd)

    def showtraceback(self, *args: Any, **kwargs: Any) -> None:
        """Show the current exception, unless it is `sys.exit`, which is how a cell may end."""
        error = sys.exc_info()[1]
        if isinstance(error, SystemExit):
            self.cell_exit = error
            # Not returning skips IPython's advice on how to leave a terminal.
            raise _CellExitError
        if not isinstance(error, _CellExitError):
            if error is not None:
                self._tell_module_of_cells(error)
            super().showtraceback(*args, **kwargs)

    def _tell_module_of_cells(self, error: BaseException) -> None:
        """Tell `inspect` which module a cell's text belongs to.

        It would look through every module that is loaded, for each frame and several times: with scikit-learn loaded, a
        recursion without end took a quarter of a minute to show instead of a quarter of a second.
        """
        files = {
            frame.f_code.co_filename
            for frame, _ in traceback.walk_tb(error.__traceback__)
            if frame.f_globals is self.user_ns
        }
        known: dict[str, str] = getattr(inspect, "modulesbyfile", {})
        known.update(dict.fromkeys(map(os.path.abspath, files), "__main__"))

    def shown_traceback(self, error: BaseException) -> str:
        """Return an exception's traceback as the log has it; empty where it was shown in another way."""
        shown, text = self._shown
        return text if shown is error else ""

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        """Write a traceback to the log, past any capturing, and an event that tells where it stands."""
        text = self.InteractiveTB.stb2text(stb)
        self._shown = evalue, text
        if self.streams is None or self.display_log is None or not self.display_log.is_ours:
            sys.stderr.write(text + "\n")
            return
        self.streams.flush()
        start = self.streams.size
        self.streams.stderr.write(text + "\n")
        error = {"name": etype.__name__, "message": text_of(evalue), "stack": text}
        self.display_log.show("error", {ERROR_MIME: error}, {"log_range": [start, self.streams.size]})

    def _tee(self, channel: str) -> contextlib.AbstractContextManager[None]:  # noqa: ARG002 - IPython's
        """Keep no copy of what is printed: IPython's own would hold a long run's whole output in memory."""
        return contextlib.nullcontext()


class _CellExitError(BaseException):
    """Carries `SystemExit` past IPython's handler of it."""


_prepared: RunShell | None = None


def prepare_shell() -> None:
    """Build the shell that `take_shell` will return; leaves `sys.modules["__main__"]` as it was."""
    global _prepared
    if _prepared is None:
        main = sys.modules["__main__"]
        _prepared = _build_shell()
        _prepared.run_cell("None", silent=True)
        # Made when first asked for, and every cell asks for it.
        assert not _prepared.logger.logfile
        sys.modules["__main__"] = main


def take_shell() -> RunShell:
    """Return this process' shell, prepared or new."""
    return _prepared or _build_shell()


def _build_shell() -> RunShell:
    shell: RunShell = RunShell.instance(user_module=ModuleType("__main__"))
    # For good, not only while a cell runs: libraries that look for `get_ipython` when imported then find it.
    shell.builtin_trap.__enter__()
    refuse_questions()
    make_notebook_bars_text()
    return shell
