"""What the executor does when something breaks: signals, full disks, foreign files, crash points."""

import pickle
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest
from executor_runs import Executors, end

from jupyter_mlops.capture import PickledValues, dump_values, write_inputs
from jupyter_mlops.entities import Manifest, RunStatus, encode
from jupyter_mlops.home import CRASH_POINTS
from jupyter_mlops.testing import wait_until


@pytest.fixture
def executors(tmp_path: Path) -> Executors:
    return Executors.below(tmp_path)


@pytest.fixture
def disk_size() -> str:
    return "2m"


class TestSignals:
    def test_f02_what_was_printed_before_a_kill_is_in_the_log(self, executors):
        run = executors.fill("import time\nprint('line')\nprint('part', end='')\ntime.sleep(60)")
        process = executors.start(run)
        wait_until(lambda: run.log_file.read_text().endswith("part"))

        process.kill()

        assert process.wait(timeout=30) == -signal.SIGKILL
        assert (run.log_file.read_text(), run.result()) == ("line\npart", None)
        assert run.state().status is RunStatus.FAILED

    def test_f04_a_handler_of_the_cell_takes_sigterm(self, executors):
        handler = "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(5))\n"
        cell = handler + "print('ready')\nsignal.pause()"
        run = executors.fill(cell)
        process = executors.start(run)
        wait_until(lambda: run.log_file.read_text() == "ready\n")

        process.terminate()

        assert process.wait(timeout=30) == 5

    def test_f04_without_a_handler_sigterm_ends_the_run(self, executors):
        run = executors.fill("print('ready')\nimport time\ntime.sleep(60)")
        process = executors.start(run)
        wait_until(lambda: run.log_file.read_text() == "ready\n")

        process.terminate()

        assert (process.wait(timeout=30), run.result()) == (-signal.SIGTERM, None)

    def test_an_interrupt_ends_the_cell_as_in_a_notebook(self, executors):
        run = executors.fill(
            "try:\n    print('ready')\n    import time\n    time.sleep(60)\nfinally:\n    print('cleaned up')"
        )
        process = executors.start(run)
        wait_until(lambda: run.log_file.read_text() == "ready\n")

        process.send_signal(signal.SIGINT)

        assert process.wait(timeout=30) == 130
        assert "cleaned up\n" in run.log_file.read_text()
        assert run.result().error.type == "KeyboardInterrupt"


class TestDisk:
    pytestmark = pytest.mark.root

    def test_f23_the_run_goes_on_and_the_gap_in_the_log_is_marked(self, small_disk):
        executors = Executors.below(small_disk)
        ballast = small_disk / "ballast"
        ballast.write_bytes(b"x" * 500_000)
        cell = (
            "import os\nprint('head')\n"
            "for _ in range(40):\n    print('y' * 99_999)\n"
            f"os.remove({str(ballast)!r})\nprint('tail')\nx = 1"
        )
        ended = executors.run(cell, pending=("x",), explicit_returns=True)

        head, _, rest = ended.log.partition(" bytes lost: disk full]\n")
        written, _, lost = head.rpartition("\n[")
        assert ended.outputs() == {"x": 1}
        assert rest == "tail\n"
        assert len(written) + int(lost) == len("head\n") + 40 * 100_000

    def test_f25_the_result_is_written_when_there_is_room_again(self, small_disk):
        executors = Executors.below(small_disk)
        ballast = small_disk / "ballast"
        cell = (
            f"import os\nfile = os.open({str(ballast)!r}, os.O_CREAT | os.O_WRONLY)\n"
            "try:\n    while True:\n        os.write(file, b'x' * 4096)\nexcept OSError:\n    os.close(file)\n"
            "print('full')"
        )
        run = executors.fill(cell)
        process = executors.start(run)
        wait_until(ballast.exists)
        wait_until(lambda: _waits_for_room(process.pid))
        wait_until(lambda: run.state().waits_for_disk)
        assert run.state().status is RunStatus.RUNNING

        ballast.unlink()

        assert process.wait(timeout=30) == 0
        assert run.result().status is RunStatus.FINISHED

    def test_results_that_do_not_fit_are_named_and_the_run_counts_as_finished(self, small_disk):
        executors = Executors.below(small_disk)

        ended = executors.run("import numpy as np\nbig = np.random.rand(1_000_000)", pending=("big",))

        assert (ended.exit_code, ended.run.outputs()) == (0, None)
        assert "No room for a buffer of 8,000,000 bytes" in ended.result.untransferable["big"]

    def test_f26_a_file_size_limit_costs_output_and_nothing_else(self, executors):
        run = executors.fill("for _ in range(30):\n    print('z' * 9_999)\nx = 1", pending=("x",))
        process = executors.start(run, None, "/bin/sh", "-c", 'ulimit -f 256; exec "$@"', "sh")

        assert process.wait(timeout=30) == 0
        assert run.result().returned == ("x",)
        assert run.log_file.stat().st_size in (128 << 10, 256 << 10)


def _waits_for_room(pid: int) -> bool:
    """Tell whether a process sleeps, which this one does only between two tries to write."""
    return "State:\tS" in Path(f"/proc/{pid}/status").read_text() and "nanosleep" in _syscall(pid)


def _syscall(pid: int) -> str:
    number = Path(f"/proc/{pid}/syscall").read_text().split()[0]
    return "nanosleep" if number in ("35", "230", "115", "101") else number


class Canary:
    """A pickle that would show that it was opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self.path,)


class TestTrust:
    @pytest.fixture
    def canary(self, tmp_path: Path) -> Path:
        return tmp_path / "opened"

    def test_rule_10_a_manifest_of_somebody_else_opens_nothing(self, executors, canary):
        run = executors.fill("print('ran')")
        stream = pickle.dumps(Canary(canary))
        pickled = PickledValues(stream, (), ())
        write_inputs(run, pickled, executors.home)
        forged = run.read(Manifest, run.inputs_file)
        run.inputs_file.write_bytes(encode(forged).replace(forged.signature.encode(), b"0" * len(forged.signature)))

        assert executors.start(run).wait(timeout=30) == 1

        assert not canary.exists()
        assert "ran" not in run.log_file.read_text()
        assert (run.result().status, run.result().error.type) == (
            RunStatus.FAILED,
            "jupyter_mlops.exceptions.UntrustedManifestError",
        )

    def test_rule_10_a_stream_that_was_exchanged_opens_nothing(self, executors, canary):
        run = executors.fill("print('ran')", {"x": 1})
        run.inputs_stream.write_bytes(pickle.dumps(Canary(canary)))

        assert executors.start(run).wait(timeout=30) == 1
        assert not canary.exists()
        assert "is not what its manifest was signed for" in run.log_file.read_text()

    def test_an_input_buffer_that_is_gone_fails_the_run_before_the_cell(self, executors):
        run = executors.fill("print('ran')", {"a": np.arange(100_000)})
        (ref,) = run.inputs().buffers
        executors.home.objects.path_of(ref).unlink()

        assert executors.start(run).wait(timeout=30) == 1
        assert run.result().error.type == "jupyter_mlops.exceptions.MissingObjectError"
        assert "run the cell that made it again" in run.log_file.read_text()

    def test_inputs_that_never_came_fail_the_run(self, executors):
        run = executors.fill("print('ran')")
        run.inputs_file.unlink()

        assert executors.start(run).wait(timeout=30) == 1
        assert "Submit the cell again" in run.result().error.message

    def test_a_value_that_cannot_be_rebuilt_is_named(self, executors):
        class Unwilling:
            def __reduce__(self):
                return _not_there, ()

        run = executors.fill("print('ran')")
        write_inputs(run, dump_values({"odd": Unwilling()}), executors.home)

        assert executors.start(run).wait(timeout=30) == 1
        assert "odd could not be rebuilt" in run.result().error.message


def _not_there() -> None:
    """Exists in this module only, which the executor cannot import."""


CELL = "print('cell')\nx = list(range(3))"
POINTS = [name for name in CRASH_POINTS if name.startswith("executor.")]


class TestCrashPoints:
    @pytest.mark.parametrize("point", POINTS)
    def test_killed_there_it_leaves_nothing_that_is_wrong(self, executors, point):
        ended = executors.run(CELL, pending=("x",), environment={"JUPYTER_MLOPS_CRASH_AT": point})

        reached = POINTS.index(point)
        assert ended.exit_code == -signal.SIGKILL
        assert (ended.run.executor() is not None) == (reached >= POINTS.index("executor.recorded"))
        assert ended.log == ("cell\n" if reached >= POINTS.index("executor.ran") else "")
        assert ended.outputs() == ({"x": [0, 1, 2]} if reached >= POINTS.index("executor.outputs") else {})
        assert (ended.run.state().status is RunStatus.FINISHED) == (point == "executor.result")
        assert not list(ended.run.path.glob("*.tmp"))


def test_a_fork_of_the_cell_that_does_not_end_itself_does_not_speak_for_the_run(executors):
    cell = (
        "import os\nprint('once')\npid = os.fork()\nx = 'parent' if pid else 'child'\nif pid:\n    os.waitpid(pid, 0)"
    )

    ended = executors.run(cell, pending=("x",), explicit_returns=True)

    assert (ended.log, ended.outputs()) == ("once\n", {"x": "parent"})


def test_a_run_that_is_removed_while_it_runs_ends(executors):
    run = executors.fill("print('ready')\nimport os, time\nwhile not os.path.exists('go'): time.sleep(0.01)")
    process = executors.start(run)
    wait_until(lambda: run.log_file.read_text() == "ready\n")
    subprocess.run(["rm", "-rf", str(run.path)], check=True)
    (executors.cwd / "go").touch()

    try:
        assert process.wait(timeout=30) != 0
    finally:
        end(process)
