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


@pytest.fixture
def without_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep TensorFlow out of this process for one story: the ones after it may train with it."""
    from jupyter_mlops.tensorboard._application import keep_tensorflow_out

    for name in ("tensorflow", "tensorboard.compat.notf"):
        monkeypatch.setitem(sys.modules, name, None)  # what stood there comes back in the end, whatever is put there
    keep_tensorflow_out()


@pytest.fixture
def read_events(without_tensorflow: None) -> Callable[[Path], dict[str, list[Any]]]:
    """Return a function that reads all events below a folder: tag to (step, value)."""
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    from tensorboard.util.tensor_util import make_ndarray

    def read(folder: Path) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for file in sorted(folder.rglob("*tfevents*")):
            for event in EventFileLoader(str(file)).Load():
                for value in event.summary.value:
                    plugin = value.metadata.plugin_data
                    shown = plugin.content if plugin.plugin_name == "hparams" else make_ndarray(value.tensor).item()
                    found.setdefault(value.tag, []).append((event.step, shown))
        return found

    return read
