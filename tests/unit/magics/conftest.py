"""A shell in this process and runs that end when a story says so: no kernel, no files, no other process."""

import gc
import os
from collections.abc import Collection, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from jupyter_mlops import load_ipython_extension, unload_ipython_extension, widgets
from jupyter_mlops.capture import import_statements
from jupyter_mlops.entities import Result, RunState, RunStatus
from jupyter_mlops.exceptions import NotRebuiltError, RunFailedError
from jupyter_mlops.home import Home
from jupyter_mlops.magics import PendingNames
from jupyter_mlops.services import RunService, current_service, use_service


class FakeRun:
    """A run that a story finishes or fails; nothing runs."""

    def __init__(self, name: str, run_id: str = "") -> None:
        self.name = name
        self.id = run_id or f"{abs(hash(name)):032x}"[:32]
        self.directory = SimpleNamespace(result=lambda: self._result, released=lambda: self.released)
        self.released: frozenset[str] = frozenset()
        self.loaded: list[tuple[str, ...]] = []
        self.held: dict[str, Any] = {}
        self.printed = ""
        self.state = RunState(run_id=self.id, status=RunStatus.RUNNING)
        self.on_wait = lambda: None
        self._result: Result | None = None
        self._error = ""
        self._values: dict[str, Any] = {}

    def finish(self, _released: tuple[str, ...] = (), **values: Any) -> "FakeRun":
        """End well, with these values."""
        self._values = values
        self._result = Result(status=RunStatus.FINISHED, returned=tuple(values), released=_released)
        return self

    def finish_with(self, result: Result, **values: Any) -> "FakeRun":
        """End with just this account."""
        self._values, self._result = values, result
        return self

    def fail(self, message: str) -> "FakeRun":
        """End badly."""
        self._error = f"Run {self.name} failed: {message}."
        self._result = Result(status=RunStatus.FAILED, exit_code=1)
        return self

    @property
    def has_ended(self) -> bool:
        return self._result is not None

    def release(self, names: str) -> "FakeRun":
        """Say, before the cell begins, that these names will not change."""
        self.released |= frozenset(names.split())
        return self

    def wait_delivery(self, timeout_s: float | None = None, names: Collection[str] = ()) -> bool:
        if timeout_s and not self.has_ended:
            self.on_wait()
        return self.has_ended or bool(names and self.released.issuperset(names))

    def log(self, tail: int | None = None) -> str:
        return self.printed

    def raise_failure(self) -> None:
        if self._error:
            raise RunFailedError(self._error)

    def results(self, names: tuple[str, ...] | None = None, *, held: Any = None) -> dict[str, Any]:
        self.loaded.append(tuple(names or ()))
        self.held = dict(held or {})
        found = {name: self._values[name] for name in names or self._values}
        wrong = {name: str(value) for name, value in found.items() if isinstance(value, NotRebuiltError)}
        if wrong:
            raise NotRebuiltError(wrong, {name: value for name, value in found.items() if name not in wrong})
        return found


class IdleLauncher:
    """Takes runs and never starts one."""

    name = "idle"

    def __init__(self) -> None:
        self.specs = []
        self.warmed = 0
        self.prints = ""

    def submit(self, spec):
        self.specs.append(spec)
        if self.prints:
            current_service().get(spec.run_id).directory.log_file.write_text(self.prints)

    def attach(self, run_id):
        raise AssertionError("nothing to attach to")

    def warm_up(self) -> None:
        self.warmed += 1


class RecordingScreen:
    """Keeps what a wait has shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.cleared = 0

    def show(self, view: object) -> None:
        self.shown.append(repr(view))

    def clear(self) -> None:
        self.cleared += 1


class Notebook:
    """Cells, as a front end executes them, in a shell whose pending names are looked after."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.screen = RecordingScreen()
        self.may_clear: list[bool] = []
        self.notices: list[str] = []
        self.pending = PendingNames(shell, self._open_screen, self.notices.append)
        self.pending.register()

    def _open_screen(self, may_clear: bool) -> RecordingScreen:
        self.may_clear.append(may_clear)
        return self.screen

    def run(self, cell: str, *, store_history: bool = True, silent: bool = False, cell_id: str | None = None) -> Any:
        """Execute a cell and return the value of its last expression; raise what the cell raised."""
        known = {"cell_id": cell_id} if cell_id else {}  # IPython 7, on Colab, knows of no cell ids
        result = self.shell.run_cell(cell, store_history=store_history, silent=silent, **known)
        result.raise_error()
        return result.result

    def error_of(self, cell: str, **kwargs: Any) -> str:
        """Execute a cell that fails and return type and message of its error."""
        result = self.shell.run_cell(cell, **{"store_history": True, **kwargs})
        error = result.error_before_exec or result.error_in_exec
        assert error is not None, f"{cell!r} ran"
        return f"{type(error).__name__}: {error}"

    def submit(self, run: FakeRun, names: str = "", watched: str = "", cell: str = "", undecided: str = "") -> FakeRun:
        """Promise names, as `%%train` does after a submission."""
        imports = import_statements(cell, self.shell.transform_cell)
        self.pending.promise(run, names.split(), watched.split(), cell, undecided.split(), imports)
        return run

    def __getitem__(self, name: str) -> Any:
        return self.shell.user_ns[name]

    def __contains__(self, name: str) -> bool:
        return name in self.shell.user_ns

    @property
    def pending_names(self) -> set[str]:
        return set(self.pending.ledger.pending)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InteractiveShell]:
    os.environ["IPYTHONDIR"] = str(tmp_path_factory.mktemp("ipython"))
    # A whole traceback looks through every module that is loaded: a tenth of a second each, late in the suite.
    how = {"colors": "nocolor", "xmode": "Minimal"}
    config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": how})
    shell = InteractiveShell.instance(config=config)
    # Each story begins with a reset, which collects garbage: not to be sought in all that the suite has loaded.
    gc.freeze()
    yield shell
    gc.unfreeze()
    InteractiveShell.clear_instance()
    shell.restore_sys_module_state()


@pytest.fixture
def notebook(shell: InteractiveShell) -> Iterator[Notebook]:
    shell.reset(new_session=True)
    notebook = Notebook(shell)
    yield notebook
    notebook.pending.unregister()


@pytest.fixture
def run_named():
    return FakeRun


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IdleLauncher]:
    monkeypatch.chdir(tmp_path)
    launcher = IdleLauncher()
    use_service(RunService(Home.create(tmp_path / ".mlops"), launcher))
    yield launcher
    use_service(None)


@pytest.fixture
def shell_with_us(shell, launcher):
    shell.reset(new_session=True)
    load_ipython_extension(shell)
    yield shell
    unload_ipython_extension(shell)


@pytest.fixture
def built_views() -> None:
    """Skip where `make dev` has not built the front end: a page that is saved has the view of a report in it."""
    if not (Path(widgets.__file__).parent / "static" / "fairness.js").exists():
        pytest.skip(reason="the front end is not built")
