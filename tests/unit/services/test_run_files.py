"""A run's directory on its way to a launcher that takes it, refuses it or is interrupted."""

import json

import pytest
from runs import spec_of

from jupyter_mlops.entities import Provenance
from jupyter_mlops.exceptions import HomeError, LaunchError
from jupyter_mlops.home import Home
from jupyter_mlops.services._run_files import launch_directory

CELL = "x = 1  # größer\n"


@pytest.fixture
def home(tmp_path):
    return Home.create(tmp_path / ".mlops")


@pytest.fixture
def spec(home):
    return spec_of(home.new_run_id())


class Launcher:
    """Notes what is in the directory of the run that it is given, and raises what it is told to."""

    name = "noting"

    def __init__(self, home, error=None):
        self._home = home
        self._error = error
        self.found = []

    def submit(self, spec):
        self.found = sorted(path.name for path in self._home.run(spec.run_id).path.iterdir() if path.is_file())
        if self._error is not None:
            raise self._error


def launched(home, spec, launcher, store=lambda directory: None):
    return launch_directory(spec, CELL, Provenance(), store, home, launcher)


def test_the_launcher_gets_a_directory_that_is_filled(home, spec):
    stored = []
    launcher = Launcher(home)

    def store(directory):
        stored.append(sorted(path.name for path in directory.path.iterdir() if path.is_file()))

    assert launched(home, spec, launcher, store) == spec.run_id
    directory = home.run(spec.run_id)
    assert stored == [launcher.found] == [["cell.py", "provenance.json", "spec.json"]]
    assert (directory.spec(), directory.cell(), directory.provenance()) == (spec, CELL, Provenance())


@pytest.mark.parametrize("error", [HomeError("no room"), KeyboardInterrupt(), ValueError("a value's own trouble")])
def test_what_fails_before_the_launch_leaves_nothing(home, spec, error):
    launcher = Launcher(home)

    def store(directory):
        raise error

    with pytest.raises(type(error)):
        launched(home, spec, launcher, store)
    assert (launcher.found, list(home.runs.iterdir())) == ([], [])


@pytest.mark.parametrize("error", [LaunchError("no place"), OSError("no process")])
def test_a_launcher_that_refuses_leaves_nothing(home, spec, error):
    with pytest.raises(type(error)):
        launched(home, spec, Launcher(home, error))
    assert list(home.runs.iterdir()) == []


def test_an_interrupted_launch_may_have_begun_so_the_run_is_told_to_stop(home, spec):
    with pytest.raises(KeyboardInterrupt):
        launched(home, spec, Launcher(home, KeyboardInterrupt()))
    directory = home.run(spec.run_id)
    assert (directory.spec(), json.loads(directory.stop_file.read_bytes())) == (spec, {"by": "user"})
    assert directory.stop_requested() == "user"


def test_a_cell_that_cannot_be_written_is_said_with_what_to_do(home, spec):
    directory = home.run(spec.run_id)
    create = type(directory).create

    class Crowded(type(directory)):
        """Somebody has put a folder where the cell belongs."""

        def create(self):
            create(self)
            (self.path / "cell.py").mkdir()

    class CrowdedHome(Home):
        """Its runs are such."""

        def run(self, run_id):
            return Crowded(super().run(run_id).path, self.signer)

    crowded = CrowdedHome.open(home.path)
    with pytest.raises(HomeError, match=r"Cannot write .*cell\.py: .*Free space, or make it writable"):
        launched(crowded, spec, Launcher(crowded))
    assert list(home.runs.iterdir()) == []
