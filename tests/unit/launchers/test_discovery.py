import sys

import pytest

from jupyter_mlops.exceptions import LauncherNotFoundError, LaunchError, RunNotFoundError, UsageError
from jupyter_mlops.home import Home
from jupyter_mlops.launchers import LocalLauncher, load_launcher
from jupyter_mlops.testing import fill_run


@pytest.fixture
def home(tmp_path):
    return Home.create(tmp_path / ".mlops")


def test_this_machine_is_the_launcher_local(home):
    launcher = load_launcher("local", home)
    assert (type(launcher), launcher.name) == (LocalLauncher, "local")


def test_an_unknown_launcher_is_told_with_those_that_are_known(home):
    with pytest.raises(LauncherNotFoundError) as told:
        load_launcher("slurm", home)
    assert str(told.value) == "No launcher named 'slurm'. Known: local. Install one or pass --on local."


@pytest.fixture
def distribution(tmp_path, monkeypatch):
    """An installed distribution with an entry point for a launcher; its module is still to be written."""
    info = tmp_path / "site" / "mine-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[jupyter_mlops.launchers]\nmine = my_launchers:Mine\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.delitem(sys.modules, "my_launchers", raising=False)
    return tmp_path / "site"


def test_a_launcher_comes_from_any_distribution(home, distribution):
    code = "class Mine:\n    name = 'mine'\n    def __init__(self, home): self.home = home\n"
    (distribution / "my_launchers.py").write_text(code)
    assert load_launcher("mine", home).home is home


def test_a_distribution_that_cannot_be_loaded_is_named(home, distribution):
    with pytest.raises(UsageError, match=r"^The launcher 'mine' of mine cannot be loaded: ModuleNotFoundError: .*Mend"):
        load_launcher("mine", home)


def test_windows_is_told_what_is_missing(home, monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(LaunchError, match="Use WSL"):
        LocalLauncher(home)


def test_a_run_that_is_not_there_cannot_be_attached(home):
    with pytest.raises(RunNotFoundError, match="%runs"):
        LocalLauncher(home).attach("0" * 32)


def test_no_process_to_be_had_is_a_launch_error_with_a_next_step(home, monkeypatch):
    spec = fill_run(home, "true")
    monkeypatch.setattr("subprocess.run", refuse)
    with pytest.raises(LaunchError, match="Free memory or processes"):
        LocalLauncher(home).submit(spec)


def refuse(*_arguments, **_options):
    raise BlockingIOError(11, "Resource temporarily unavailable")
