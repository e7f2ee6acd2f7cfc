"""The package's launchers against the public contract: the local one cold, warm, and with pypy's shim."""

import shutil

import pytest
from launching import small_kernel

from jupyter_mlops.home import Home, LifeLock
from jupyter_mlops.launchers import LocalLauncher
from jupyter_mlops.testing import LauncherContract, wait_until


@pytest.fixture(autouse=True)
def no_keeper(home):
    """Nothing is to be shipped here."""
    lock = LifeLock.acquire(home.keeper_lock)
    yield
    lock.release()


class TestLocalLauncherCold(LauncherContract):
    @pytest.fixture
    def launcher(self, home):
        return LocalLauncher(home)


@pytest.fixture(scope="module")
def warm_home(tmp_path_factory):
    return Home.create(tmp_path_factory.mktemp("warm") / ".mlops")


@pytest.fixture(scope="module")
def warm_launcher(warm_home):
    """One parent for all stories: it is its forks that are tested, not its start, which takes seconds."""
    launcher = LocalLauncher(warm_home)
    with small_kernel():
        launcher.warm_up()
    wait_until(lambda: (parent := launcher.warm_parent()) and parent.generation and not parent.loading, 180)
    yield launcher
    launcher.retire_warm_parent()


class TestLocalLauncherWarm(LauncherContract):
    @pytest.fixture
    def home(self, warm_home):
        return warm_home

    @pytest.fixture
    def launcher(self, warm_launcher):
        return warm_launcher

    def test_runs_are_forks_of_the_warm_parent(self, launcher, make_run, log):
        parent = launcher.warm_parent()
        spec = make_run("import os, psutil; print(psutil.Process(os.getppid()).ppid())")
        launcher.submit(spec).wait(60)
        assert log(spec) == f"{parent.pid}\n"


@pytest.mark.skipif(shutil.which("pypy3") is None, reason="needs pypy3, as a second interpreter")
class TestLocalLauncherWithPyPyShim(LauncherContract):
    @pytest.fixture
    def launcher(self, home):
        return LocalLauncher(home, shim_python=shutil.which("pypy3"))
