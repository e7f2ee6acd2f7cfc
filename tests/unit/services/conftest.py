"""A home with runs that other processes seem to have made: their files, written by hand."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from runs import write_run

from jupyter_mlops.entities import RunSpec, RunState, RunStatus
from jupyter_mlops.home import Home, LifeLock
from jupyter_mlops.services import Run, RunService, use_service


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
    assert LifeLock.acquire(home.keeper_lock) is not None
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

    def make(name: str = "baseline", **story: object) -> Run:
        return service.get(write_run(home, name=name, **story).run_id)

    return make


@pytest.fixture
def current(service: RunService) -> Iterator[RunService]:
    """The service that the functions at the front door ask."""
    use_service(service)
    yield service
    use_service(None)
