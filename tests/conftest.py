"""Every test has a home, a key and a runtime directory of its own, and leaves no process behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent / "given"))  # plain modules that stories share
# Runs are processes: with .pyc files they start two to three times sooner, so the tests do not inherit this.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# A shell starts what it puts in the background deaf to Ctrl+C, which many stories press.
signal.signal(signal.SIGINT, signal.default_int_handler)
# How long an example takes is the machine's business, and no property.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(autouse=True, scope="session")
def private_user_directories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests out of the real user's signing key, list of homes and sockets."""
    root = tmp_path_factory.mktemp("user")
    runtime = root / "r"
    runtime.mkdir(mode=0o700)
    names = {"XDG_DATA_HOME": str(root / "data"), "XDG_RUNTIME_DIR": str(runtime)}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    os.environ.pop("JUPYTER_MLOPS_HOME", None)
    yield
    for name, value in before.items():
        os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)


@pytest.fixture(autouse=True)
def imports_stay_possible() -> Iterator[None]:
    """Let no story forbid an import to the ones after it; which those are hangs on how many workers there are."""
    before = {name for name, module in sys.modules.copy().items() if module is None}
    yield
    left = {name for name, module in sys.modules.copy().items() if module is None} - before
    for name in left:
        del sys.modules[name]
    assert not left


@pytest.fixture
def disk_size() -> str:
    """How large `small_disk` is; a module of stories that needs another size says so by a fixture of this name."""
    return "1m"


@pytest.fixture
def small_disk(tmp_path: Path, disk_size: str) -> Iterator[Path]:
    """A file system that is soon full."""
    if os.geteuid() != 0:
        pytest.skip(reason="needs root: it mounts a file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={disk_size},mode=0700", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def make_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Write modules that can be imported until the end of the story."""
    monkeypatch.syspath_prepend(tmp_path)
    made = []

    def make(name: str, code: str = "value = 1\n") -> str:
        (tmp_path / f"{name}.py").write_text(code)
        made.append(name)
        return name

    yield make
    for name in made:
        sys.modules.pop(name, None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Start no keeper where no story is about one: each would import MLflow and stay for half a minute."""
    os.environ["JUPYTER_MLOPS_KEEPER"] = "on" if item.get_closest_marker("keeper") else "off"
