"""Run directories as a run leaves them, and supervisors whose children behave as a story wants."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from boards import STAND_IN, Stage, end

from jupyter_mlops.entities import Param, RunSpec, RunStatus
from jupyter_mlops.home import Home, RunDirectory
from jupyter_mlops.tensorboard import Limits, TensorBoardSupervisor
from jupyter_mlops.tracking import MetricSpool

MakeRun = Callable[..., RunDirectory]


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    """Return a function that makes a run directory: parameters, points of metrics, and an end if it has one."""
    home = Home.create(tmp_path / "home")

    def make(
        name: str = "baseline",
        *,
        metrics: dict[str, list[float]] | None = None,
        params: dict[str, str] | None = None,
        status: RunStatus | None = RunStatus.FINISHED,
    ) -> RunDirectory:
        run = home.run(home.new_run_id())
        run.create()
        spec = RunSpec(
            run_id=run.run_id,
            name=name,
            experiment="digits",
            sequence=home.next_sequence(run.run_id),
            submitted_at="2026-11-21T08:00:00+00:00",
            python=sys.executable,
            cwd="/",
            params=tuple(Param(*item) for item in (params or {}).items()),
        )
        run.write(spec, run.spec_file)
        if metrics:
            spool = MetricSpool.open(run.path, run.run_id)
            for key, values in metrics.items():
                for value in values:
                    spool.log(**{key: value})
            spool.close()
        if status is not None:
            end(run, status)
        return run

    return make


@pytest.fixture
def short_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private directory whose path leaves room for a socket's."""
    folder = tmp_path_factory.mktemp("s")
    folder.chmod(0o700)
    return folder


@pytest.fixture
def stage(short_folder: Path) -> Iterator[Callable[..., Stage]]:
    """Return a function that makes a supervisor whose children behave as told before they listen."""
    made: list[Stage] = []

    def make(behaviour: str = "", **limits: Any) -> Stage:
        program = STAND_IN.replace("{behaviour}", behaviour)
        supervisor = TensorBoardSupervisor(
            short_folder,
            "/base/jupyter-mlops/tensorboard/",
            "jupyter-mlops/tensorboard/",
            command=(sys.executable, "-c", program),
            limits=Limits(**{"pauses_s": (0.0, 0.0, 0.0), "start_s": 20.0, **limits}),
        )
        made.append(Stage(supervisor, short_folder))
        return made[-1]

    yield make
    for one in made:
        one.supervisor.close()
