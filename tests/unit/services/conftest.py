"""A home with runs that other processes seem to have made: their files, written by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlops.entities import Exit, Param, RunSpec, RunState, RunStatus
from jupyter_mlops.home import Home
from jupyter_mlops.services import Run, RunService
from jupyter_mlops.tracking import MetricSpool


class IdleLauncher:
    """Starts nothing and remembers what it was asked."""

    name = "local"

    def __init__(self) -> None:
        self.submitted: list[RunSpec] = []
        self.stopped: list[str] = []

    def submit(self, spec: RunSpec) -> "IdleRun":
        self.submitted.append(spec)
        return IdleRun(self, spec.run_id)

    def attach(self, run_id: str) -> "IdleRun":
        return IdleRun(self, run_id)


class IdleRun:
    """The handle of a run that nobody executes."""

    def __init__(self, launcher: IdleLauncher, run_id: str) -> None:
        self.run_id = run_id
        self._launcher = launcher

    def state(self) -> RunState:
        return RunState(run_id=self.run_id, status=RunStatus.SCHEDULED)

    def wait(self, timeout_s: float | None = None) -> RunState:
        return self.state()

    def stop(self) -> None:
        self._launcher.stopped.append(self.run_id)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    home = Home.create(tmp_path / ".mlops")
    # No keeper: these stories are about the files of runs.
    from jupyter_mlops.home import LifeLock

    lock = LifeLock.acquire(home.keeper_lock)
    assert lock is not None
    return home


@pytest.fixture
def launcher() -> IdleLauncher:
    return IdleLauncher()


@pytest.fixture
def service(home: Home, launcher: IdleLauncher) -> RunService:
    return RunService(home, launcher)


MakeRun = Callable[..., Run]


@pytest.fixture
def make_run(home: Home, service: RunService) -> MakeRun:
    """Return a function that puts a run into the home and returns its handle."""

    def make(
        name: str = "baseline",
        *,
        run_id: str = "",
        experiment: str = "quickstart",
        status: RunStatus | None = RunStatus.FINISHED,
        metrics: dict[str, float] | None = None,
        params: dict[str, str] | None = None,
        cell: str = "model = 1",
        **fields: object,
    ) -> Run:
        run_id = run_id or home.new_run_id()
        directory = home.run(run_id)
        directory.create()
        spec = RunSpec(
            run_id=run_id,
            name=name,
            experiment=experiment,
            sequence=home.next_sequence(run_id),
            submitted_at="2026-11-21T08:00:00.000+00:00",
            python="python",
            cwd="/",
            params=tuple(Param(*item) for item in (params or {}).items()),
            **fields,
        )
        directory.write(spec, directory.spec_file, durable=False)
        directory.cell_file.write_text(cell)
        if metrics:
            spool = MetricSpool.open(directory.path, run_id)
            spool.log(**metrics)
            spool.close()
        if status is not None:
            ended = Exit(status=status, ended_at="2026-11-21T08:01:00+00:00", duration_s=60.0)
            directory.write(ended, directory.exit_file, durable=False)
        return service.get(run_id)

    return make
