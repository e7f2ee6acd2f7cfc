"""Large inputs: the cell returns at once, what is stored is what was, and what dies or does not fit leaves nothing."""

import contextlib
import os
import resource
import signal
import threading
from pathlib import Path

import numpy as np
import pytest

from jupyter_mlops.capture import _snapshot, begin_snapshots, dump_values, read_inputs, write_inputs
from jupyter_mlops.exceptions import HomeError
from jupyter_mlops.home import Home, Signer, lock_holder, wait_released

MIB = 1 << 20


def large(mib=8):
    return np.arange(mib * MIB // 8)


@pytest.fixture
def children():
    """What a story has started and is still there; other stories of a worker may have left theirs."""

    def pids():
        with open(f"/proc/{os.getpid()}/task/{os.getpid()}/children") as told:
            return told.read().split()

    before = pids()
    return lambda: [pid for pid in pids() if pid not in before]


def test_small_inputs_are_there_when_the_call_returns(home, run):
    write_inputs(run, dump_values({"small": np.zeros(100_000), "n": 1}), home)
    assert read_inputs(run, home)["n"] == 1
    assert not run.snapshot_lock.exists()


def test_the_parent_may_overwrite_what_is_being_stored(home, run, until):
    data = large(64)
    expected = data.copy()
    write_inputs(run, dump_values({"data": data}), home)
    data[:] = -1
    until(run.inputs)
    np.testing.assert_array_equal(read_inputs(run, home)["data"], expected)
    assert wait_released(run.snapshot_lock, 10)


@pytest.fixture
def patient(monkeypatch):
    """A child that waits until it is told to begin."""
    monkeypatch.setattr(_snapshot, "_LONGEST_ANSWER_MS", 60_000)


def test_a_child_that_begins_later_stores_what_was_before_the_parent_overwrote_it(home, run, until, patient):
    data = large()
    write_inputs(run, dump_values({"data": data}), home)
    data[:] = -1
    assert (lock_holder(run.snapshot_lock) is not None, run.inputs()) == (True, None)
    begin_snapshots()
    until(run.inputs)
    np.testing.assert_array_equal(read_inputs(run, home)["data"], large())


def test_the_next_snapshot_lets_the_one_before_begin(home, run, until, patient):
    second = home.run(home.new_run_id())
    second.create()
    write_inputs(run, dump_values({"data": large()}), home)
    write_inputs(second, dump_values({"data": large(4)}), home)
    until(run.inputs)
    assert (lock_holder(second.snapshot_lock) is not None, second.inputs()) == (True, None)
    begin_snapshots()
    until(second.inputs)


def test_a_child_begins_also_where_a_fork_of_the_users_holds_the_line_too(home, run, until, patient):
    write_inputs(run, dump_values({"data": large()}), home)
    with _snapshot._waiting[-1].dup():
        begin_snapshots()
        until(run.inputs)


def test_to_begin_a_child_that_was_killed_is_nothing(home, run, patient):
    write_inputs(run, dump_values({"data": large()}), home)
    os.kill(lock_holder(run.snapshot_lock), signal.SIGKILL)
    assert wait_released(run.snapshot_lock, 30)
    begin_snapshots()
    assert run.inputs() is None


def test_the_lock_is_held_when_the_call_returns_and_until_the_end(home, run):
    write_inputs(run, dump_values({"data": large(64)}), home)
    holder = lock_holder(run.snapshot_lock)
    assert holder is None or holder != os.getpid()
    assert holder is not None or run.inputs() is not None
    assert wait_released(run.snapshot_lock, 30)
    assert run.inputs() is not None


def test_f08_no_zombie_is_left(home, run, until, children):
    write_inputs(run, dump_values({"data": large()}), home)
    until(run.inputs)
    until(lambda: children() == [])
    assert (children(), run.inputs().names) == ([], ("data",))


def test_the_second_submission_of_the_same_data_writes_nothing(home, until):
    data = large()
    files = []
    for _ in range(2):
        run = home.run(home.new_run_id())
        run.create()
        write_inputs(run, dump_values({"data": data}), home)
        until(run.inputs)
        files.append({file: file.stat().st_ino for file in home.objects.files()})
    assert files[0] == files[1]


def test_f45_a_child_that_is_killed_leaves_no_manifest_and_the_next_submission_works(home, run, until):
    os.environ["JUPYTER_MLOPS_CRASH_AT"] = "snapshot.buffers"
    try:
        write_inputs(run, dump_values({"data": large()}), home)
    finally:
        del os.environ["JUPYTER_MLOPS_CRASH_AT"]
    assert wait_released(run.snapshot_lock, 30)
    assert (run.inputs(), run.inputs_file.exists(), lock_holder(run.snapshot_lock)) == (None, False, None)
    again = home.run(home.new_run_id())
    again.create()
    write_inputs(again, dump_values({"data": large()}), home)
    until(again.inputs)
    np.testing.assert_array_equal(read_inputs(again, home)["data"], large())


@pytest.mark.parametrize("point", ["snapshot.started", "objects.unnamed"])
def test_f45_a_child_that_is_killed_while_it_writes_leaves_no_object(home, run, monkeypatch, point):
    monkeypatch.setenv("JUPYTER_MLOPS_CRASH_AT", point)
    write_inputs(run, dump_values({"data": large()}), home)
    assert wait_released(run.snapshot_lock, 30)
    assert run.inputs() is None
    assert [file.name for file in home.objects.files() if not file.name.endswith(".tmp")] == []


def test_f45_kill_minus_nine_at_any_moment(home, run):
    write_inputs(run, dump_values({"data": large(64)}), home)
    holder = lock_holder(run.snapshot_lock)
    if holder is not None:
        os.kill(holder, signal.SIGKILL)
    assert wait_released(run.snapshot_lock, 30)
    stored = run.inputs()
    assert stored is None or read_inputs(run, home)["data"].size == 8 * MIB


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")
def test_f45_what_does_not_fit_is_refused_before_the_fork(small_disk, children):
    home = Home.create(small_disk / ".mlops")
    run = home.run(home.new_run_id())
    run.create()
    with pytest.raises(HomeError, match=r"The inputs need 33,554,432 bytes .* `%runs gc`"):
        write_inputs(run, dump_values({"data": large(32)}), home)
    assert (children(), list(home.objects.files())) == ([], [])


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")
def test_f45_data_that_is_stored_already_needs_no_room(small_disk):
    home = Home.create(small_disk / ".mlops")
    for _ in range(2):
        run = home.run(home.new_run_id())
        run.create()
        write_inputs(run, dump_values({"data": large(16)}), home)
        assert wait_released(run.snapshot_lock, 30)
        assert run.inputs() is not None
    assert len(list(home.objects.files())) == 1


def test_f45_a_write_that_fails_after_the_call_leaves_no_half(home, run):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * MIB, before[1]))
    try:
        write_inputs(run, dump_values({"data": large(8)}), home)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert wait_released(run.snapshot_lock, 30)
    assert (run.inputs(), list(home.objects.files())) == (None, [])


def test_a_ctrl_c_does_not_reach_the_child(home, run, until):
    write_inputs(run, dump_values({"data": large(64)}), home)
    holder = lock_holder(run.snapshot_lock)
    if holder is not None:
        assert os.getsid(holder) == holder
        os.kill(holder, signal.SIGINT)
    until(run.inputs)


def test_the_child_holds_none_of_the_parents_files(home, run, until, tmp_path):
    with open(tmp_path / "port", "w") as file:
        write_inputs(run, dump_values({"data": large(128)}), home)
        holder = lock_holder(run.snapshot_lock)
        if holder is not None:
            assert tmp_path / "port" not in list(_links(holder))
        assert os.fstat(file.fileno()).st_nlink == 1
    until(run.inputs)


def _links(pid):
    with contextlib.suppress(FileNotFoundError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            yield descriptor.readlink()


def test_signals_are_as_before(home, run):
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    write_inputs(run, dump_values({"data": large()}), home)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
    wait_released(run.snapshot_lock, 30)


def test_many_snapshots_beside_busy_threads_are_all_whole(home, until):
    stop = threading.Event()

    def work():
        while not stop.is_set():
            sorted(os.urandom(1000))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    data = large()
    runs = []
    try:
        for n in range(10):
            data[:] = n
            run = home.run(home.new_run_id())
            run.create()
            write_inputs(run, dump_values({"data": data}), home)
            runs.append(run)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    for n, run in enumerate(runs):
        until(run.inputs)
        assert (read_inputs(run, home)["data"] == n).all()


@pytest.mark.skipif(bool([*Path("/dev").glob("nvidia-uvm*"), *Path("/dev").glob("kfd*")]), reason="has a GPU")
def test_without_a_gpu_nobody_looks_through_the_open_files(monkeypatch):
    looked = []
    monkeypatch.setattr(_snapshot, "_open_files", lambda: looked.append(1) or iter(()))
    assert _snapshot._fork_is_safe()
    assert looked == []


@pytest.fixture
def gpu_context():
    """An open file whose name is how a GPU's context shows."""
    path = Path("/dev/nvidia-uvm-of-a-test")
    with path.open("w"):
        yield
    path.unlink()


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="makes a file in /dev")
def test_where_a_fork_is_not_safe_the_values_are_copied_first(home, run, until, gpu_context, children):
    data = large()
    write_inputs(run, dump_values({"data": data}), home)
    data[:] = -1
    assert children() == []
    until(run.inputs)
    np.testing.assert_array_equal(read_inputs(run, home)["data"], large())
    until(lambda: lock_holder(run.snapshot_lock) is None)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="makes a file in /dev")
def test_a_copy_that_cannot_be_stored_lets_the_lock_go(home, run, until, gpu_context):
    home.signer = Signer(home.path / "version" / "no folder")
    write_inputs(run, dump_values({"data": large()}), home)
    until(lambda: lock_holder(run.snapshot_lock) is None)
    assert run.inputs() is None


def test_a_gigabyte_returns_at_once(home, run):
    data = np.ones(256 * MIB, dtype="u1")
    write_inputs(run, dump_values({"data": data}), home)
    # How soon is measured in benchmarks/; here, that nobody has waited for the disk.
    assert (lock_holder(run.snapshot_lock) is not None, run.inputs()) == (True, None)
    assert wait_released(run.snapshot_lock, 60)
