"""What becomes of a run when its shim is killed, the machine restarts, or the disk is full (RELIABILITY F18-F45)."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from launching import Launch, Launching, shell

from jupyter_mlops.entities import Exit, ProcessRecord, RunStatus, encode
from jupyter_mlops.home import Home, LifeLock, boot_id, end_survivors, process_start_time
from jupyter_mlops.launchers import LocalLauncher
from jupyter_mlops.magics._run_details import RunDetails
from jupyter_mlops.magics._runs_table import RunsTable
from jupyter_mlops.services import RunService
from jupyter_mlops.testing import wait_until
from jupyter_mlops.tracking._keeper import Keeper, KeeperSettings

UNTIL_GO = (
    "import pathlib, time\nprint('begun')\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)\nprint('over')"
)


class TestKilledShim:
    def test_f18_the_run_goes_on_and_its_own_result_tells_the_end(self, launching, tmp_path):
        run = launching.start(UNTIL_GO).says("begun")
        run.shim.kill()
        wait_until(lambda: not run.state.supervised)
        assert run.state.status is RunStatus.RUNNING
        (tmp_path / "go").touch()
        assert (run.handle.wait(30).status, run.log) == (RunStatus.FINISHED, "begun\nover\n")

    def test_f18_without_a_result_the_run_is_lost(self, launching):
        run = launching.start(UNTIL_GO).says("begun")
        run.shim.kill()
        wait_until(lambda: not run.state.supervised)
        run.executor.kill()
        state = run.handle.wait(5)
        assert (state.status, state.is_lost) == (RunStatus.FAILED, True)

    def test_f18_the_run_can_still_be_stopped(self, launching):
        run = launching.start(UNTIL_GO).says("begun")
        run.shim.kill()
        wait_until(lambda: not run.state.supervised)
        run.handle.stop()
        assert (run.end().status, run.state.reason) == (RunStatus.KILLED, "stopped by user")

    def test_f18_a_deaf_run_can_still_be_killed(self, launching):
        deaf = "import signal\nfor n in (2, 15): signal.signal(n, signal.SIG_IGN)\n"
        run = launching.start(deaf + UNTIL_GO, grace_s=0.2).says("begun")
        run.shim.kill()
        wait_until(lambda: not run.state.supervised)
        run.handle.stop()
        assert (run.end().status, run.state.reason) == (RunStatus.KILLED, "stopped by user")

    def test_f18_its_executor_keeps_the_slot(self, launching, tmp_path, monkeypatch):
        monkeypatch.setenv("JUPYTER_MLOPS_SLOTS", "1")
        first = launching.start(UNTIL_GO).says("begun")
        first.shim.kill()
        second = launching.start("print('my turn')")
        assert second.handle.wait(0.5).status is RunStatus.SCHEDULED
        (tmp_path / "go").touch()
        assert (first.handle.wait(30).status, second.end().status) == (RunStatus.FINISHED, RunStatus.FINISHED)

    @pytest.mark.parametrize("workers", [0, 2])
    def test_f19_a_run_that_dies_with_its_shim_is_lost_within_five_seconds(self, launching, workers, tmp_path):
        forks = f"""
import multiprocessing, os, pathlib, time
fork = multiprocessing.get_context('fork')
def live():
    pathlib.Path(f'pid-{{os.getpid()}}').touch()
    time.sleep(60)
for _ in range({workers}): fork.Process(target=live).start()
while len(list(pathlib.Path().glob('pid-*'))) < {workers}: time.sleep(0.01)
"""
        run = launching.start(forks + UNTIL_GO).says("begun")
        living = [psutil.Process(int(path.name.partition("-")[2])) for path in tmp_path.glob("pid-*")]
        executor = run.executor
        run.shim.kill()
        executor.kill()
        killed = time.monotonic()
        wait_until(lambda: run.state.status.is_terminal)
        assert (run.state.is_lost, time.monotonic() - killed < 5) == (True, True)
        assert [process.is_running() for process in living] == [True] * workers
        state = run.handle.wait(5)
        assert (state.status, state.is_lost) == (RunStatus.FAILED, True)
        wait_until(lambda: not any(map(psutil.Process.is_running, living)))
        assert run.state == state


LEAVING = """
import os, pathlib, subprocess, sys, time
def note(kind): pathlib.Path(f'{kind}-{os.getpid()}').touch()
def fork(kind, leave):
    if os.fork() == 0:
        leave()
        if os.fork() == 0:
            note(kind)
            time.sleep(60)
        os._exit(0)
fork('forked', lambda: None)
fork('daemon', os.setsid)
program = "import os, pathlib, signal, time; signal.signal(15, signal.SIG_IGN)"
program += "; pathlib.Path(f'deaf-{os.getpid()}').touch(); time.sleep(60)"
subprocess.Popen([sys.executable, '-c', program], start_new_session=True)
while len(list(pathlib.Path().glob('*-*'))) < 3: time.sleep(0.01)
"""
"""Leaves a forked grandchild, a forked daemon in a session of its own, and a deaf program in another."""


def lives(process: psutil.Process) -> bool:
    """Whether a process still does something: how soon one that has ended is reaped is the business of process 1."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class TestLeftBehind:
    """F7 where no reaper is left: what the run started is ended by whoever sees to the dead shim's run."""

    def left(self, folder: Path) -> list[psutil.Process]:
        return [psutil.Process(int(path.name.partition("-")[2])) for path in sorted(folder.glob("*-*"))]

    def gone(self, processes: list[psutil.Process]) -> list[bool]:
        wait_until(lambda: not any(map(lives, processes)), 20)
        return [not lives(process) for process in processes]

    def test_f07_what_outlives_a_run_without_a_shim_is_ended_by_who_waits(self, launching, tmp_path):
        run = launching.start(LEAVING + UNTIL_GO).says("begun")
        run.shim.kill()
        left = self.left(tmp_path)
        (tmp_path / "go").touch()
        state = run.handle.wait(30)
        assert (state.status, state.supervised, self.gone(left)) == (RunStatus.FINISHED, False, [True] * 3)

    def test_f07_a_stopped_run_without_a_shim_leaves_nothing(self, launching, tmp_path):
        run = launching.start(LEAVING + UNTIL_GO).says("begun")
        run.shim.kill()
        left = self.left(tmp_path)
        wait_until(lambda: not run.state.supervised)
        run.handle.stop()
        state = run.end()
        # The forked one is of the executor's group, and was stopped with it.
        assert (state.status, state.orphans_ended, self.gone(left)) == (RunStatus.KILLED, 2, [True] * 3)

    def test_f07_a_lost_run_leaves_nothing(self, launching, tmp_path):
        run = launching.start(LEAVING + UNTIL_GO).says("begun")
        shim, executor, left = run.shim, run.executor, self.left(tmp_path)
        shim.kill()
        executor.kill()
        state = run.handle.wait(5)
        assert (state.is_lost, self.gone(left)) == (True, [True] * 3)

    def test_f07_the_keeper_sees_to_it_where_nobody_waits(self, launching, tmp_path):
        run = launching.start(LEAVING + UNTIL_GO).says("begun")
        shim, executor, left = run.shim, run.executor, self.left(tmp_path)
        keeper = Keeper(launching.home, KeeperSettings())
        keeper.look()
        shim.kill()
        keeper.look()
        lived = [process.is_running() for process in (executor, *left)]
        executor.kill()
        wait_until(lambda: run.state.is_lost)
        keeper.look()
        keeper.stop()
        keeper.run()
        assert (lived, self.gone(left)) == ([True] * 4, [True] * 3)

    def test_f07_a_keeper_notes_a_run_as_shipped_only_when_nothing_is_left_of_it(
        self, launching, tmp_path, monkeypatch
    ):
        """Given a run killed just after a keeper looked at it, and shipped; when that dies, its heir ends the rest."""
        run = launching.start(LEAVING + UNTIL_GO).says("begun")
        processes, left = (run.shim, run.executor), self.left(tmp_path)
        keeper = Keeper(launching.home, KeeperSettings(tick_s=0.01))
        looks = keeper._end_survivors

        def killed_after_that() -> None:
            looks()
            for process in processes:
                process.kill()
            wait_until(lambda: not any(lane.busy for lane in keeper._lanes.values()), 60)

        with monkeypatch.context() as patches:
            patches.setattr(keeper, "_end_survivors", killed_after_that)
            keeper.look()
        keeper.stop()
        keeper.run()
        heir = Keeper(launching.home, KeeperSettings())
        heir.look()
        heir.stop()
        heir.run()
        assert self.gone(left) == [True] * 3

    def test_f07_orphans_that_the_user_keeps_are_kept(self, launching, tmp_path):
        run = launching.start(LEAVING + UNTIL_GO, keep_orphans=True).says("begun")
        shim, executor, left = run.shim, run.executor, self.left(tmp_path)
        shim.kill()
        executor.kill()
        assert (run.handle.wait(5).is_lost, end_survivors(run.files.path)) == (True, 0)
        assert [process.is_running() for process in left] == [True] * 3
        for process in left:
            process.kill()


def test_f20_after_a_restart_of_the_machine_the_run_says_so(launching, tmp_path, monkeypatch):
    boot = tmp_path / "boot_id"
    boot.write_text("before\n")
    monkeypatch.setenv("JUPYTER_MLOPS_BOOT_ID_FILE", str(boot))
    run = launching.start(UNTIL_GO).says("begun")
    shim, executor = run.shim, run.executor
    shim.kill()
    executor.kill()
    boot.write_text("after\n")
    state = run.handle.wait(5)
    assert (state.status, state.reason) == (RunStatus.FAILED, "machine restarted")


class TestForeignPid:
    """A run directory that names a process which is not the run's: copied, restored, or the pid was used again."""

    @pytest.fixture
    def stranger(self):
        process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
        yield process
        process.kill()
        process.wait()

    def record(self, pid: int, start_time: int) -> bytes:
        return encode(
            ProcessRecord(pid=pid, start_time=start_time, boot_id=boot_id(), started_at="2026-01-01T00:00:00Z")
        )

    def test_f21_a_recorded_pid_without_a_lock_is_never_signalled(self, shells, stranger):
        spec = shells.fill("true")
        files = shells.home.run(spec.run_id)
        for file in (files.shim_file, files.executor_file):
            file.write_bytes(self.record(stranger.pid, process_start_time(stranger.pid)))
        run = Launch(files, shells.launcher.attach(spec.run_id))
        run.handle.stop()
        assert (run.state.status, run.state.is_lost) == (RunStatus.FAILED, True)
        assert stranger.poll() is None

    def test_f21_the_holder_of_a_lock_is_not_signalled_when_it_is_not_who_recorded_itself(self, shells, tmp_path):
        """Given a process that happens to hold the lock file; when the run is stopped; then it lives."""
        spec = shells.fill("true")
        files = shells.home.run(spec.run_id)
        program = f"""
import time
from jupyter_mlops.home import LifeLock
lock = LifeLock.acquire({str(files.shim_lock)!r})
print("held", flush=True)
time.sleep(60)
"""
        holder = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        holder.stdout.readline()
        files.shim_file.write_bytes(self.record(holder.pid, process_start_time(holder.pid) - 1))
        shells.launcher.attach(spec.run_id).stop()
        assert holder.poll() is None
        holder.kill()
        holder.communicate()

    def test_f21_a_second_shim_adopts_nobody_but_the_run_itself(self, shells, stranger):
        spec = shells.fill("true")
        files = shells.home.run(spec.run_id)
        files.executor_file.write_bytes(self.record(stranger.pid, process_start_time(stranger.pid)))
        command = "from jupyter_mlops.launchers._shim_adopt import main; main()"
        subprocess.run([sys.executable, "-c", command, str(files.path)], check=True)
        assert (stranger.poll(), files.exit_file.exists()) == (None, False)


def fill_disk(disk: Path) -> Path:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return ballast


@pytest.mark.root
def test_f25_whoever_looks_is_told_that_the_run_waits_for_the_disk(small_disk, tmp_path):
    """Given a cell that ends on a full disk; when runs are listed and shown; then both say it, and write nothing."""
    with Launching.below(small_disk, cwd=tmp_path) as launching:
        run = launching.start(UNTIL_GO).says("begun")
        runs = RunService(launching.home, launching.launcher)
        ballast = fill_disk(small_disk)
        (tmp_path / "go").touch()
        wait_until(lambda: run.state.waits_for_disk)
        state = run.state
        table, details = repr(RunsTable.of(runs.list(), "")), repr(RunDetails.of(runs.find("last")))
        ballast.unlink()
        assert (state.status, state.reason, state.supervised) == (RunStatus.RUNNING, "waiting for disk space", True)
        assert table.splitlines()[-1].endswith("it is waiting for disk space: free some, and it ends.")
        assert "  state       waiting for disk space\n" in details
        assert (run.end().status, run.state.reason) == (RunStatus.FINISHED, "")


@pytest.mark.root
def test_f25_the_last_word_waits_for_space_and_the_run_is_running_until_then(small_disk, tmp_path):
    with shell(small_disk) as shells:
        run = shells.start(f"while [ ! -e {tmp_path}/go ]; do sleep 0.01; done", cwd=str(tmp_path))
        wait_until(lambda: run.state.status is RunStatus.RUNNING)
        ballast = fill_disk(small_disk)
        (tmp_path / "go").touch()
        shim = run.shim
        wait_until(lambda: not shim.children())
        wait_until(lambda: run.state.waits_for_disk)
        assert run.handle.wait(0.3).status in (RunStatus.RUNNING, RunStatus.SCHEDULED)
        assert not run.files.exit_file.exists()
        ballast.unlink()
        assert run.end().status in (RunStatus.FINISHED, RunStatus.FAILED)
        assert isinstance(run.files.exit(), Exit)


class TestLogCap:
    CAP = 4 * 1024**2

    def flood(self, megabytes: int) -> str:
        """Print numbered lines of 64 bytes as fast as the pipe takes them."""
        return f"""
import sys
for number in range({megabytes}):
    sys.stdout.write("".join("%063d\\n" % (number * 16384 + line) for line in range(16384)))
"""

    def test_f36_a_flood_takes_no_more_disk_than_the_cap_and_keeps_head_and_tail(self, launching, monkeypatch):
        monkeypatch.setenv("JUPYTER_MLOPS_LOG_CAP_BYTES", str(self.CAP))
        run = launching.start(self.flood(64))
        largest = 0
        while not run.state.status.is_terminal:
            if run.files.log_file.exists():
                largest = max(largest, run.files.log_file.stat().st_blocks * 512)
            time.sleep(0.001)
        assert run.end().status is RunStatus.FINISHED
        size = run.files.log_file.stat().st_size
        ((start, end),) = json.loads(run.files.log_gaps_file.read_text())["freed"]
        assert (size, largest <= self.CAP * 1.5) == (64 * 1024**2, True), largest
        log = run.files.log_file.read_bytes()
        lines = b"".join(b"%063d\n" % number for number in range(64 * 16384))
        assert log == lines[:start] + bytes(end - start) + lines[end:]
        assert start >= self.CAP // 4
        assert size - end >= self.CAP // 4

    def test_f36_a_log_below_the_cap_is_left_alone(self, launching, monkeypatch):
        monkeypatch.setenv("JUPYTER_MLOPS_LOG_CAP_BYTES", str(self.CAP))
        run = launching.start(self.flood(2))
        assert run.end().status is RunStatus.FINISHED
        assert (run.files.log_file.stat().st_size, run.files.log_gaps_file.exists()) == (2 * 1024**2, False)


class TestInputs:
    """The shim's half of F45."""

    def test_f45_the_run_waits_while_its_inputs_are_being_stored(self, shells):
        spec = shells.fill("true")
        files = shells.home.run(spec.run_id)
        inputs = files.inputs_file.read_bytes()
        files.inputs_file.unlink()
        lock = LifeLock.acquire(files.snapshot_lock)
        run = shells.submit(spec)
        wait_until(lambda: run.state.reason == "storing its inputs")
        assert run.state.status is RunStatus.SCHEDULED
        files.inputs_file.write_bytes(inputs)
        lock.release()
        assert run.end().status is RunStatus.FINISHED

    def test_f45_the_run_fails_when_who_stored_them_was_killed(self, shells):
        spec = shells.fill("true")
        files = shells.home.run(spec.run_id)
        files.inputs_file.unlink()
        program = f"""
import time
from jupyter_mlops.home import LifeLock
lock = LifeLock.acquire({str(files.snapshot_lock)!r})
print("held", flush=True)
time.sleep(60)
"""
        snapshot = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        snapshot.stdout.readline()
        run = shells.submit(spec)
        wait_until(lambda: run.state.reason == "storing its inputs")
        snapshot.kill()
        snapshot.communicate()
        state = run.end()
        assert (state.status, state.reason) == (RunStatus.FAILED, "inputs could not be stored")
        assert shells.start("true").end().status is RunStatus.FINISHED

    def test_a_run_that_waits_for_its_inputs_is_stopped_at_once(self, shells):
        spec = shells.fill("true")
        files = shells.home.run(spec.run_id)
        files.inputs_file.unlink()
        lock = LifeLock.acquire(files.snapshot_lock)
        run = shells.submit(spec)
        wait_until(lambda: run.state.reason == "storing its inputs")
        asked = time.monotonic()
        run.handle.stop()
        assert (run.end().status, run.state.reason) == (RunStatus.KILLED, "stopped by user")
        assert time.monotonic() - asked < 2
        lock.release()


def test_f41_the_shim_needs_nothing_of_the_environment_that_it_runs_in(tmp_path):
    """Given an interpreter without this package's dependencies; when it is the shim; then the run is as ever."""
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    with Launching.below(tmp_path, shim_python=str(bare / "bin" / "python")) as launching:
        run = launching.start("import sys; print(sys.executable)")
        assert (run.end().status, run.log) == (RunStatus.FINISHED, f"{sys.executable}\n")


OPEN_SPECS = """
import os
links = [os.readlink(entry.path) for entry in os.scandir('/proc/self/fd') if os.path.lexists(entry.path)]
print(sum(link.endswith('spec.json') for link in links))
"""


def test_f12_a_run_whose_shim_is_late_is_starting_however_long_that_takes(tmp_path):
    """Given a machine so busy that an interpreter takes its time; when it has come at last; then the run is as ever."""
    late = tmp_path / "late"
    late.write_text(f'#!/bin/sh\nwhile [ ! -e "{tmp_path}/free" ]; do sleep 0.05; done\nexec "{sys.executable}" "$@"\n')
    late.chmod(0o700)
    with Launching.below(tmp_path, shim_python=str(late)) as launching:
        run = launching.start(OPEN_SPECS)
        for file in (run.files.spec_file, run.files.inputs_file, run.files.inputs_stream):
            if file.exists():
                os.utime(file, (time.time() - 60,) * 2)
        assert (run.state.status, run.state.reason) == (RunStatus.SCHEDULED, "starting")
        (tmp_path / "free").touch()
        assert (run.end().status, run.log) == (RunStatus.FINISHED, "0\n")


def test_f41_a_missing_interpreter_is_told(tmp_path):
    with Launching.below(tmp_path) as launching:
        spec = launching.fill("pass")
        launcher = LocalLauncher(launching.home, executor=("/nowhere/python", "-m", "x"))
        state = launcher.submit(spec).wait(30)
        log = Home.open(launching.home.path).run(spec.run_id).log_file.read_text()
        assert (state.status, state.reason) == (RunStatus.FAILED, "exit code 126")
        assert log == "The run could not be started: [Errno 2] No such file or directory: '/nowhere/python'\n"
