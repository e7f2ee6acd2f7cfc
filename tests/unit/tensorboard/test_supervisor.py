"""The life of a board's child: one for equal sets of runs, started again after a crash, ended when idle or closed."""

import os
import signal
import stat
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from boards import accepts, board_of
from msgspec.structs import replace

from jupyter_mlops.entities import ProcessRecord, decode
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.tensorboard import Board, ShownFolder
from jupyter_mlops.testing import wait_until


def ready(stage, board):
    """Open a board, wait until it listens, and return it with its address."""
    with held(stage, board) as (supervised, address):
        return supervised, address


@contextmanager
def held(stage, board):
    """As `ready`, with a request that goes on: the child does not become idle meanwhile."""
    instance = stage.supervisor.open(board)
    supervised = stage.supervisor.find(instance.instance_id)
    with supervised.request():
        assert supervised.wait(20) == "ready", supervised.instance().problem
        with supervised.request() as address:
            assert address is not None
        yield supervised, address


def child_pid(stage) -> int:
    (record,) = stage.folder.glob("tb-*/*/process.json")
    return decode(record.read_bytes(), ProcessRecord).pid


def test_equal_sets_of_runs_share_a_child_whatever_their_order(stage, make_run):
    one, other = make_run("one"), make_run("other")
    stage = stage()

    ready(stage, board_of(one, other))
    again = stage.supervisor.open(board_of(other, one))
    alone = stage.supervisor.open(board_of(one))

    assert again.state == "ready"
    assert [board.instance_id for board in stage.supervisor.instances()] == [again.instance_id, alone.instance_id]
    assert again.run_ids == (one.run_id, other.run_id)
    assert again.url == f"jupyter-mlops/tensorboard/{again.instance_id}/"


def test_a_board_says_how_much_memory_it_holds_and_how_it_is_asked_for_again(stage, make_run):
    run, stage = make_run(), stage()
    flags = {"window_title": "mine"}
    supervised, _ = ready(stage, replace(board_of(run, flags=flags), logdir="logs"))

    running = supervised.instance()
    held = psutil.Process(child_pid(stage)).memory_info().rss
    assert 0.5 * held < running.memory_bytes < 2 * held
    assert (running.run_ids, running.logdir, running.flags) == ((run.run_id,), "logs", flags)

    supervised.close()
    assert supervised.instance().memory_bytes == 0


def test_other_flags_are_another_board(stage, make_run):
    run, stage = make_run(), stage()
    plain = stage.supervisor.open(board_of(run))
    titled = stage.supervisor.open(board_of(run, flags={"window_title": "mine"}))
    assert plain.instance_id != titled.instance_id


def test_b21_the_socket_is_the_users_alone_and_the_secret_is_in_no_argument(stage, make_run):
    stage = stage()
    _, address = ready(stage, board_of(make_run()))

    socket_file = Path(address.socket)
    process = psutil.Process(child_pid(stage))
    assert stat.S_IMODE(socket_file.parent.stat().st_mode) == 0o700
    assert len(os.fsencode(socket_file)) < 104
    assert len(address.secret) == 64
    assert address.secret not in " ".join([*process.cmdline(), *process.environ().values()])


def test_b38_the_child_gets_no_secret_of_the_server(stage, make_run, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "hub-secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "cloud-secret")
    stage = stage()
    ready(stage, board_of(make_run()))
    assert not {"hub-secret", "cloud-secret"} & set(psutil.Process(child_pid(stage)).environ().values())


def test_f43_a_killed_child_is_started_again_with_another_secret(stage, make_run):
    stage = stage()
    board, before = ready(stage, board_of(make_run()))

    os.kill(child_pid(stage), signal.SIGKILL)
    wait_until(lambda: stage.starts == 2)

    assert board.wait(20) == "ready"
    with board.request() as after:
        assert after is not None
        assert accepts(after.socket)
        assert after.secret != before.secret


def test_f43_three_new_attempts_then_a_message_and_another_chance_when_opened_again(stage, make_run):
    stage = stage("sys.exit('the disk of this test is on fire')")
    board = board_of(make_run())

    stage.supervisor.open(board)
    supervised = stage.supervisor.find(board.board_id)
    assert supervised.wait(20) == "failed"
    assert supervised.instance().problem == "TensorBoard ended 4 times: the disk of this test is on fire"
    assert stage.starts == 4

    assert stage.supervisor.open(board).state == "starting"
    assert supervised.wait(20) == "failed"
    assert stage.starts == 8


def test_f43_a_stale_socket_is_in_nobodys_way(stage, make_run):
    stage = stage("open(order['socket'], 'w').close(); os.unlink(order['socket'])")
    board, address = ready(stage, board_of(make_run()))
    os.kill(child_pid(stage), signal.SIGKILL)  # leaves its socket
    wait_until(lambda: stage.starts == 2)
    assert board.wait(20) == "ready"
    assert accepts(address.socket)


def test_a_child_that_does_not_listen_in_time_is_given_up(stage, make_run):
    stage = stage("sys.stdin.read()", start_s=0.2, pauses_s=())
    board = board_of(make_run())
    stage.supervisor.open(board)
    supervised = stage.supervisor.find(board.board_id)
    assert supervised.wait(20) == "failed"
    assert supervised.instance().problem == "TensorBoard ended 1 times: it did not listen within 0.2 s"


def test_an_idle_child_ends_and_starts_again_when_it_is_wanted(stage, make_run):
    stage = stage(idle_s=0.2)
    with held(stage, board_of(make_run())) as (board, address):
        pid = child_pid(stage)

    wait_until(lambda: board.instance().state == "stopped")
    assert not psutil.pid_exists(pid)
    assert not accepts(address.socket)

    with board.request():
        board.ensure()
        assert board.wait(20) == "ready"


def test_a_request_that_goes_on_keeps_a_child_alive(stage, make_run):
    stage = stage(idle_s=0.2)
    with held(stage, board_of(make_run())) as (board, _):
        pid = child_pid(stage)
        time.sleep(0.5)  # more than twice as long as an idle one may live
        assert (board.wait(0), psutil.pid_exists(pid)) == ("ready", True)
    wait_until(lambda: board.instance().state == "stopped")


def test_f08_closing_ends_the_children_and_leaves_no_file_and_no_zombie(stage, make_run):
    before = psutil.Process().children()  # of other stories' files
    stage = stage()
    ready(stage, board_of(make_run("one")))
    pid = child_pid(stage)
    ready(stage, board_of(make_run("two")))

    stage.supervisor.close()

    assert not psutil.pid_exists(pid)
    assert psutil.Process().children() == before
    assert list(stage.folder.iterdir()) == []


def test_stopping_one_board_forgets_it(stage, make_run):
    stage = stage()
    board, _ = ready(stage, board_of(make_run()))
    assert stage.supervisor.stop(board.board.board_id)
    assert not stage.supervisor.stop(board.board.board_id)
    assert stage.supervisor.instances() == ()


def test_there_is_an_end_to_the_number_of_boards(stage, tmp_path):
    stage = stage("sys.stdin.read()")
    for number in range(20):
        stage.supervisor.open(Board(folders=(ShownFolder("", str(tmp_path / str(number))),)))
    with pytest.raises(UsageError, match="20 TensorBoards are open"):
        stage.supervisor.open(Board(folders=(ShownFolder("", str(tmp_path / "one more")),)))


def test_a_board_that_sleeps_makes_room(stage, tmp_path):
    stage = stage("sys.exit('no')", pauses_s=())
    for number in range(21):
        board = Board(folders=(ShownFolder("", str(tmp_path / str(number))),))
        stage.supervisor.open(board)
        assert stage.supervisor.find(board.board_id).wait(20) == "failed"
    assert len(stage.supervisor.instances()) == 20
