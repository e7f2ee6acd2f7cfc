"""What every launcher must do, as tests. Nothing in it knows how a launcher works, only what it promises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from ..entities import RunSpec, RunStatus, Upstream
from ..exceptions import RunNotFoundError
from ..home import Home
from ..launchers import Launcher
from ._fill import fill_run, wait_until


class MakeRun(Protocol):
    """Fills a run directory: `make_run(cell, **fields of RunSpec)`."""

    def __call__(self, cell: str, **fields: Any) -> RunSpec:
        """Return the spec of a run that can be submitted."""
        ...


class LauncherContract:
    """Inherit it, and override `launcher`. Cells are run by the real executor."""

    @pytest.fixture
    def home(self, tmp_path: Path) -> Home:
        """A home that nobody else uses."""
        return Home.create(tmp_path / ".mlops")

    @pytest.fixture
    def launcher(self, home: Home) -> Launcher:
        """The launcher under test; a subclass returns its own."""
        raise NotImplementedError

    @pytest.fixture
    def make_run(self, home: Home, tmp_path: Path) -> MakeRun:
        """A way to make runs of that home."""

        def make(cell: str, **fields: Any) -> RunSpec:
            return fill_run(home, cell, **{"cwd": str(tmp_path), **fields})

        return make

    @pytest.fixture
    def log(self, home: Home) -> Callable[[RunSpec], str]:
        """A way to read what a run has printed."""

        def read(spec: RunSpec) -> str:
            file = home.run(spec.run_id).log_file
            return file.read_text() if file.exists() else ""

        return read

    def test_a_run_goes_to_its_end(self, launcher: Launcher, make_run: MakeRun, log: Callable[[RunSpec], str]) -> None:
        """It prints, and it is FINISHED."""
        spec = make_run("print('it', 'runs')")
        state = launcher.submit(spec).wait(60)
        assert (state.run_id, state.status, state.exit_code) == (spec.run_id, RunStatus.FINISHED, 0)
        assert log(spec) == "it runs\n"

    def test_a_failing_cell_fails_its_run(self, launcher: Launcher, make_run: MakeRun) -> None:
        """The exit code and the error are told."""
        state = launcher.submit(make_run("1 / 0")).wait(60)
        assert (state.status, state.reason, state.exit_code) == (RunStatus.FAILED, "exit code 1", 1)
        assert state.error is not None
        assert state.error.type == "ZeroDivisionError"

    def test_submit_returns_before_the_run_ends(self, launcher: Launcher, make_run: MakeRun, tmp_path: Path) -> None:
        """What starts a run does not wait for it; a wait with a limit gives the state so far."""
        spec = make_run("import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)")
        run = launcher.submit(spec)
        assert not run.wait(0.05).status.is_terminal
        (tmp_path / "go").touch()
        assert run.wait(60).status is RunStatus.FINISHED

    def test_a_run_is_found_again_by_its_id(self, launcher: Launcher, make_run: MakeRun) -> None:
        """A handle owns nothing: another one is as good."""
        spec = make_run("pass")
        launcher.submit(spec)
        again = launcher.attach(spec.run_id)
        assert again.wait(60) == again.state()
        assert again.state().status is RunStatus.FINISHED

    def test_an_unknown_run_is_not_found(self, launcher: Launcher) -> None:
        """`attach` says so at once."""
        with pytest.raises(RunNotFoundError):
            launcher.attach("0" * 32)

    def test_a_run_is_stopped(self, launcher: Launcher, make_run: MakeRun, log: Callable[[RunSpec], str]) -> None:
        """It is interrupted as a cell is, and then it is KILLED, not FAILED."""
        spec = make_run("print('begun')\nimport time\ntry: time.sleep(60)\nfinally: print('tidied')")
        run = launcher.submit(spec)
        wait_until(lambda: log(spec) == "begun\n", 60)
        run.stop()
        state = run.wait(60)
        assert (state.status, state.reason) == (RunStatus.KILLED, "stopped by user")
        assert "tidied" in log(spec)

    def test_stopping_a_run_that_has_ended_changes_nothing(self, launcher: Launcher, make_run: MakeRun) -> None:
        """Its state stays what it was."""
        run = launcher.submit(make_run("pass"))
        state = run.wait(60)
        run.stop()
        assert run.state() == state

    def test_a_run_has_a_time_limit(self, launcher: Launcher, make_run: MakeRun) -> None:
        """It counts while the run is running."""
        state = launcher.submit(make_run("import time; time.sleep(60)", timeout_s=0.5)).wait(60)
        assert (state.status, state.reason) == (RunStatus.KILLED, "timed out after 0.5 s")

    def test_a_run_is_started_at_most_once(
        self, launcher: Launcher, make_run: MakeRun, log: Callable[[RunSpec], str]
    ) -> None:
        """Asking twice, as a launcher may after it lost an answer, changes nothing."""
        spec = make_run("print('once')")
        first, second = launcher.submit(spec), launcher.submit(spec)
        assert first.wait(60) == second.wait(60)
        assert log(spec) == "once\n"

    def test_a_run_waits_for_the_run_that_feeds_it(self, launcher: Launcher, make_run: MakeRun, tmp_path: Path) -> None:
        """It is SCHEDULED until then, and gets the value."""
        cell = "import os, time\nwhile not os.path.exists('go-on'):\n    time.sleep(0.01)\nx = 41"
        first = make_run(cell, pending=("x",))
        second = make_run("assert x == 41", upstream=(Upstream("x", first.run_id),))
        launcher.submit(first)
        later = launcher.submit(second)
        assert later.state().status is RunStatus.SCHEDULED
        (tmp_path / "go-on").touch()
        assert later.wait(60).status is RunStatus.FINISHED

    def test_a_run_fails_with_the_run_that_feeds_it(self, launcher: Launcher, make_run: MakeRun) -> None:
        """The reason names that run; the cell is not executed."""
        first = make_run("1 / 0", name="baseline", pending=("x",))
        second = make_run("print(x)", upstream=(Upstream("x", first.run_id),))
        launcher.submit(first)
        state = launcher.submit(second).wait(60)
        assert (state.status, state.reason) == (RunStatus.FAILED, "upstream run baseline failed")
