"""Run directories as a run leaves them, and supervisors whose children behave as a story wants."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from boards import STAND_IN, Stage
from runs import write_run

from jupyter_mlops.home import Home, RunDirectory
from jupyter_mlops.tensorboard import Limits, TensorBoardSupervisor

MakeRun = Callable[..., RunDirectory]


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    """Return a function that makes a run directory: parameters, points of metrics, and an end if it has one."""
    home = Home.create(tmp_path / "home")

    def make(name: str = "baseline", **story: Any) -> RunDirectory:
        return write_run(home, name=name, experiment="digits", **story)

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
