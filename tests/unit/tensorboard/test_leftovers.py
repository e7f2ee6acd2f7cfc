"""What a killed server leaves behind, and how the next one clears it: never what belongs to somebody else."""

import json
import subprocess
import sys

import pytest

from jupyter_mlops.entities import ProcessRecord, encode
from jupyter_mlops.home import LifeLock, boot_id, process_start_time
from jupyter_mlops.tensorboard._leftovers import clear_leftovers, make_own_folder
from jupyter_mlops.testing import wait_until


@pytest.fixture
def sleeper():
    program = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def is_alive(process: subprocess.Popen) -> bool:
    """Ask the process itself: one that was killed a moment ago still looks alive from outside."""
    try:
        process.stdin.write(b"there\n")
        process.stdin.flush()
    except BrokenPipeError:
        return False
    return process.stdout.readline() == b"there\n"


def leave(folder, pid: int, start_time: int) -> None:
    """Leave the folder of a server that is no more, with a child on record."""
    board = folder / "tb-dead00" / "0123456789ab"
    board.mkdir(parents=True)
    (board.parent / "owner.lock").write_bytes(b"")
    record = ProcessRecord(pid=pid, start_time=start_time, boot_id=boot_id(), started_at="")
    (board / "process.json").write_bytes(encode(record))


def test_f43_the_child_of_a_killed_server_is_ended_and_its_files_go(short_folder, sleeper):
    leave(short_folder, sleeper.pid, process_start_time(sleeper.pid))
    assert clear_leftovers(short_folder) == 1
    assert sleeper.wait(60) == -9
    assert list(short_folder.iterdir()) == []


def test_f21_a_process_that_has_the_pid_now_is_left_alone(short_folder, sleeper):
    leave(short_folder, sleeper.pid, process_start_time(sleeper.pid) - 1)
    assert clear_leftovers(short_folder) == 1
    assert is_alive(sleeper)


def test_f32_what_a_living_server_has_stays(short_folder, sleeper):
    leave(short_folder, sleeper.pid, process_start_time(sleeper.pid))
    lock = LifeLock.acquire(short_folder / "tb-dead00" / "owner.lock")
    assert clear_leftovers(short_folder) == 0
    lock.release()
    assert is_alive(sleeper)


@pytest.mark.parametrize("content", [b"", b"{", b'{"pid": "x"}', json.dumps({"pid": 1}).encode()])
def test_f29_half_a_record_is_no_reason_to_fail(short_folder, content):
    leave(short_folder, 0, 0)
    (short_folder / "tb-dead00" / "0123456789ab" / "process.json").write_bytes(content)
    assert clear_leftovers(short_folder) == 1


def test_a_folder_of_ones_own_is_locked_while_its_process_lives(short_folder):
    program = (
        "import sys, pathlib; from jupyter_mlops.tensorboard._leftovers import make_own_folder;"
        "folder, lock = make_own_folder(pathlib.Path(sys.argv[1])); print(folder, flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(short_folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline()
    assert clear_leftovers(short_folder) == 0
    process.kill()
    process.communicate()
    wait_until(lambda: clear_leftovers(short_folder) == 1)


def test_two_servers_never_share_a_folder(short_folder):
    (one, lock_one), (other, lock_other) = make_own_folder(short_folder), make_own_folder(short_folder)
    assert one != other
    lock_one.release()
    lock_other.release()
