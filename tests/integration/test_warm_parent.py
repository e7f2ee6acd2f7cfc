"""The warm parent: what it holds, when it is used, and that nothing is lost without it."""

import os
import select
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
import sklearn.linear_model  # noqa: F401 - one story's kernel imports it, as far as the launcher can see
from launching import Launching, small_kernel

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.home import Home, process_start_time
from jupyter_mlops.launchers import LocalLauncher, Owner, WarmRequest
from jupyter_mlops.launchers._warm_key import warm_key
from jupyter_mlops.launchers._warm_wire import ask_warm_parent
from jupyter_mlops.testing import wait_until

PARENT_OF_THE_SHIM = "import os, psutil; print(psutil.Process(os.getppid()).ppid())"


@pytest.fixture(autouse=True, scope="module")
def hidden():
    with small_kernel() as hidden:
        yield hidden


@pytest.fixture
def launching(tmp_path):
    with Launching.below(tmp_path) as launching:
        yield launching
        launching.launcher.retire_warm_parent()


def settled(launcher):
    """Wait for a warm parent that has loaded what it was told."""

    # The answer of the look that was waited for: by the next one it may load again.
    found = []

    def look():
        parent = launcher.warm_parent()
        found.extend([parent] if parent and parent.generation and not parent.loading else [])
        return found

    wait_until(look, 180)
    return found[0]


@pytest.fixture
def warm(launching):
    launching.launcher.warm_up()
    settled(launching.launcher)
    return launching


@pytest.fixture(scope="module")
def shared(hidden, tmp_path_factory):
    """One for the stories that leave it as it is."""
    with Launching.below(tmp_path_factory.mktemp("shared")) as launching:
        launching.launcher.warm_up()
        settled(launching.launcher)
        yield launching
        launching.launcher.retire_warm_parent()


def ran_in(launching):
    """Return the pid of the process that the next run's shim is a child of."""
    run = launching.start(PARENT_OF_THE_SHIM)
    assert run.end().status is RunStatus.FINISHED, run.log
    return int(run.log)


def test_a_run_is_a_fork_of_the_warm_parent(shared):
    assert ran_in(shared) == shared.launcher.warm_parent().pid


def test_without_one_a_run_starts_cold(launching):
    assert ran_in(launching) != os.getpid()
    assert launching.launcher.warm_parent() is None


def test_it_holds_what_the_kernel_has_imported_and_its_memory_is_told(warm, hidden, monkeypatch):
    before = settled(warm.launcher)
    for name in [name for name in hidden if name.partition(".")[0] == "sklearn"]:
        monkeypatch.setitem(sys.modules, name, hidden[name])
    warm.launcher.warm_up()
    wait_until(lambda: settled(warm.launcher).generation > before.generation, 180)
    after = settled(warm.launcher)
    assert (after.modules > before.modules, after.memory_bytes > 20e6, after.pid != before.pid) == (True, True, True)
    assert ran_in(warm) == after.pid
    run = warm.start("import sys; print('sklearn.linear_model' in sys.modules)")
    assert (run.end().status, run.log) == (RunStatus.FINISHED, "True\n")


def test_a_cell_without_new_imports_asks_for_nothing(shared):
    before = settled(shared.launcher)
    for _ in range(3):
        shared.launcher.warm_up()
    assert shared.launcher.warm_parent().generation == before.generation


def test_killing_it_loses_nothing(warm):
    run = warm.start("import time; print('begun'); time.sleep(0.5); print('over')").says("begun")
    os.kill(warm.launcher.warm_parent().pid, signal.SIGKILL)
    assert (run.end().status, run.log) == (RunStatus.FINISHED, "begun\nover\n")
    assert warm.start("print('cold')").end().status is RunStatus.FINISHED


def test_a_killed_one_is_replaced(warm):
    killed = warm.launcher.warm_parent().pid
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: warm.launcher.warm_parent() is None)
    wait_until(lambda: warm.launcher.warm_up() or warm.launcher.warm_parent(), 120)
    replaced = settled(warm.launcher).pid
    assert (replaced != killed, ran_in(warm)) == (True, replaced)


def test_a_shim_that_waits_at_the_kernel_needs_nobody_to_begin(shared):
    parent = settled(shared.launcher).pid
    shared.launcher.warm_up()
    # What comes down the line lies there until it is used.
    came, _, _ = select.select([shared.launcher._warm._line._connection], [], [], 120)
    os.kill(parent, signal.SIGSTOP)
    try:
        assert (len(came), ran_in(shared)) == (1, parent)
    finally:
        os.kill(parent, signal.SIGCONT)


def test_one_that_hangs_costs_half_a_second_and_no_run(warm):
    parent = warm.launcher.warm_parent().pid
    os.kill(parent, signal.SIGSTOP)
    began = time.monotonic()
    run = warm.start("print('once')")
    assert time.monotonic() - began < 1
    assert run.end().status is RunStatus.FINISHED
    os.kill(parent, signal.SIGCONT)
    wait_until(lambda: warm.launcher.warm_parent())
    assert run.log == "once\n"


@pytest.mark.parametrize("name", ["KERAS_BACKEND", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES"])
def test_a_changed_environment_means_another_one(warm, monkeypatch, name):
    first = warm.launcher.warm_parent().pid
    monkeypatch.setenv(name, "3")
    assert ran_in(warm) != first
    run = warm.start(f"import os; print(os.environ[{name!r}])")
    assert (run.end().status, run.log) == (RunStatus.FINISHED, "3\n")
    wait_until(lambda: warm.launcher.warm_up() or warm.launcher.warm_parent(), 120)
    assert settled(warm.launcher).pid != first
    assert ran_in(warm) == warm.launcher.warm_parent().pid


def test_a_run_has_the_environment_of_its_submission(shared, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_OF_A_STORY", "now")
    run = shared.start("import os; print(os.environ['JUPYTER_MLOPS_OF_A_STORY'])")
    assert (run.end().status, run.log) == (RunStatus.FINISHED, "now\n")


def test_a_run_inherits_no_socket_and_no_handler(shared):
    run = shared.start("""
import os, signal
links = [os.readlink(entry.path) for entry in os.scandir('/proc/self/fd') if os.path.lexists(entry.path)]
print([link for link in links if link.startswith('socket:') or 'spec.json' in link], os.readlink('/proc/self/fd/0'))
print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, os.getpgrp() == os.getpid())
""")
    assert (run.end().status, run.log) == (RunStatus.FINISHED, "[] /dev/null\nTrue True\n")


def test_random_numbers_differ_from_run_to_run(warm):
    """Given libraries that seeded themselves when they were loaded; then no two runs draw the same."""
    import numpy as np

    np.random.random()
    warm.launcher.warm_up()
    settled(warm.launcher)
    cell = "import random, numpy; print(random.random(), numpy.random.random())"
    logs = [run.log for run in (warm.start(cell), warm.start(cell)) if run.end().status is RunStatus.FINISHED]
    assert len({number for log in logs for number in log.split()}) == 4


def test_it_leaves_no_zombie(shared):
    for _ in range(5):
        shared.start("pass").end()
    parent = psutil.Process(shared.launcher.warm_parent().pid)

    def zombies():
        return [child for child in parent.children() if child.status() == psutil.STATUS_ZOMBIE]

    wait_until(lambda: not zombies())
    assert (zombies(), parent.is_running()) == ([], True)


def test_it_ends_with_its_home(launching, tmp_path):
    home = Home.create(tmp_path / "other" / ".mlops")
    launcher = LocalLauncher(home)
    launcher.warm_up()
    parent = psutil.Process(settled(launcher).pid)
    home.runs.rmdir()
    wait_until(lambda: not parent.is_running())
    assert (parent.is_running(), launcher.warm_parent()) == (False, None)


def test_it_ends_with_the_kernels_that_asked(launching):
    """Given one that a kernel has started; when this kernel is killed; then it ends by itself."""
    program = f"""
import sys, time
from pathlib import Path
from jupyter_mlops.home import Home
from jupyter_mlops.launchers import LocalLauncher
launcher = LocalLauncher(Home.open(Path({str(launching.home.path)!r})))
launcher.warm_up()
while not launcher.warm_parent(): time.sleep(0.01)
print(launcher.warm_parent().pid, flush=True)
time.sleep(60)
"""
    kernel = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    parent = psutil.Process(int(kernel.stdout.readline()))
    kernel.kill()
    kernel.communicate()
    # It may be in the middle of becoming the next generation.
    wait_until(lambda: not parent.is_running() and not list(launching.home.runtime_dir.glob("*.sock")), 40)
    assert (parent.is_running(), launching.launcher.warm_parent()) == (False, None)


def test_there_is_one_for_a_home_and_a_state(shared):
    again = [sys.executable, "-P", "-m", "jupyter_mlops.executor.warm", str(shared.home.path), warm_key()]
    assert subprocess.run(again, timeout=30, check=False).returncode == 0
    assert ran_in(shared) == shared.launcher.warm_parent().pid


class TestHarmfulModules:
    """Modules that crash, hang or start threads when they are loaded: given as installed ones that a kernel has."""

    @pytest.fixture
    def site(self, tmp_path, monkeypatch):
        """A site-packages folder of the story's own."""
        folder = tmp_path / "site-packages"
        # Made beforehand: the first import would make it, and that looks like an installation.
        (folder / "__pycache__").mkdir(parents=True)
        monkeypatch.setenv("PYTHONPATH", str(folder))
        monkeypatch.syspath_prepend(folder)
        return folder

    def preload(self, launching, *modules):
        launching.launcher.warm_up()
        settled(launching.launcher)
        path = launching.home.socket(f"{warm_key()}.sock")
        owner = Owner(os.getpid(), process_start_time(os.getpid()))
        assert ask_warm_parent(path, WarmRequest(ask="preload", owner=owner, modules=modules), 5)
        wait_until(lambda: settled(launching.launcher).generation >= 2, 180)
        return settled(launching.launcher)

    @pytest.mark.parametrize(
        "code",
        [
            "import os; os._exit(1)",
            "import ctypes; ctypes.string_at(0)",
            "import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        ],
        ids=["exits", "crashes", "starts a thread"],
    )
    def test_a_harmful_module_is_left_out_and_the_others_are_loaded(self, launching, site, code):
        (site / "harmful.py").write_text(code)
        (site / "harmless.py").write_text("x = 1\n")
        parent = self.preload(launching, "harmful", "harmless")
        run = launching.start("import sys; print('harmful' in sys.modules, 'harmless' in sys.modules)")
        assert (run.end().status, run.log) == (RunStatus.FINISHED, "False True\n")
        assert ran_in(launching) == parent.pid

    def test_a_module_that_raises_is_left_to_the_run(self, launching, site):
        (site / "broken.py").write_text("raise RuntimeError('not here')\n")
        (site / "harmless.py").write_text("x = 1\n")
        self.preload(launching, "broken", "harmless")
        run = launching.start("import broken")
        assert (run.end().status, run.state.error.message) == (RunStatus.FAILED, "not here")

    def test_what_a_library_waits_for_at_exit_does_not_keep_it(self, launching, site):
        """onnxruntime's destructor waits for a thread of its own, which no forked process has."""
        (site / "lingering.py").write_text(
            "import ctypes\nc = ctypes.CDLL(None)\nc.__cxa_atexit(c.pause, None, None)\n"
        )
        parent = psutil.Process(self.preload(launching, "lingering").pid)
        launching.launcher.retire_warm_parent()
        wait_until(lambda: not parent.is_running())
        assert launching.launcher.warm_parent() is None

    def test_one_answers_while_the_next_loads(self, launching, site, tmp_path):
        (site / "slow.py").write_text(
            f"import time, pathlib\nwhile not pathlib.Path({str(tmp_path / 'go')!r}).exists(): time.sleep(0.01)\n"
        )
        launching.launcher.warm_up()
        first = settled(launching.launcher)
        path = launching.home.socket(f"{warm_key()}.sock")
        owner = Owner(os.getpid(), process_start_time(os.getpid()))
        ask_warm_parent(path, WarmRequest(ask="preload", owner=owner, modules=("slow",)), 5)
        wait_until(lambda: launching.launcher.warm_parent().loading)
        assert ran_in(launching) == first.pid
        (tmp_path / "go").touch()
        wait_until(lambda: settled(launching.launcher).generation == 2)

    def test_an_installed_module_that_hides_the_notebooks_own_makes_it_useless(
        self, launching, site, tmp_path, monkeypatch
    ):
        """Given `features` installed and loaded, and a `features.py` that the kernel took; then the run is cold."""
        (site / "features.py").write_text("x = 'installed'\n")
        parent = self.preload(launching, "features")
        own = tmp_path / "features.py"
        own.write_text("x = 'own'\n")
        module = type(sys)("features")
        module.__file__ = str(own)
        monkeypatch.setitem(sys.modules, "features", module)
        assert ran_in(launching) != parent.pid


FITS = {
    "sklearn": (
        "sklearn.ensemble",
        "from sklearn.ensemble import RandomForestClassifier\nimport numpy as np\n"
        "x = np.random.rand(200, 4); y = x[:, 0] > 0.5\n"
        "print(RandomForestClassifier(10, n_jobs=2).fit(x, y).score(x, y) > 0.9)",
    ),
    "torch": (
        "torch",
        "import torch\nm = torch.nn.Linear(4, 1); o = torch.optim.SGD(m.parameters(), 0.1); x = torch.randn(512, 4)\n"
        "for _ in range(200): o.zero_grad(); l = ((m(x) - x[:, :1]) ** 2).mean(); l.backward(); o.step()\n"
        "print(bool(l < 0.01))",
    ),
    "keras": (
        "keras",
        "import keras, numpy as np\nx = np.random.rand(256, 4); y = x[:, 0]\n"
        "m = keras.Sequential([keras.layers.Dense(8, activation='relu'), keras.layers.Dense(1)])\n"
        "m.compile('adam', 'mse'); h = m.fit(x, y, epochs=5, verbose=0).history['loss']; print(h[-1] < h[0])",
    ),
}


@pytest.mark.parametrize(
    "library",
    [
        "sklearn",
        pytest.param("torch", marks=pytest.mark.torch),
        pytest.param("keras", marks=pytest.mark.keras),
    ],
)
def test_a_library_that_is_held_trains_in_the_fork(launching, library):
    """Given a kernel that has imported a library; then a run finds it loaded, and it works there."""
    module, cell = FITS[library]
    if find_spec(module.partition(".")[0]) is None:
        pytest.skip(reason="the library is not installed")
    program = f"""
import sys, time
from pathlib import Path
import {module}
from jupyter_mlops.home import Home
from jupyter_mlops.launchers import LocalLauncher
from jupyter_mlops.testing import fill_run
home = Home.open(Path({str(launching.home.path)!r}))
launcher = LocalLauncher(home)
launcher.warm_up()
while not ((parent := launcher.warm_parent()) and parent.generation and not parent.loading): time.sleep(0.05)
cell = "import sys; print({module!r} in sys.modules)\\n" + {cell!r}
spec = fill_run(home, cell)
state = launcher.submit(spec).wait(200)
print(state.status.value, home.run(spec.run_id).log_file.read_text())
launcher.retire_warm_parent()
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=280, check=False)
    assert told.stdout.startswith("FINISHED True\n"), told
    assert "\nTrue\n" in told.stdout, told


def test_it_is_not_started_where_the_user_does_not_want_one(launching, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_WARM", "off")
    launching.launcher.warm_up()
    assert not list(Path(launching.home.runtime_dir).iterdir())
