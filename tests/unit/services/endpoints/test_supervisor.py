"""Endpoints that end unasked: started again with pauses, given up when that does not last, left alone when stopped."""

import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from endpoint_models import bundle, total

from jupyter_mlops.deployment import EndpointDirectory, stop
from jupyter_mlops.entities import EndpointRestarts
from jupyter_mlops.home import Home, LifeLock, lock_holder, register_home, wait_released
from jupyter_mlops.services import Endpoints, EndpointSupervisor
from jupyter_mlops.services._homes import Homes
from jupyter_mlops.testing import wait_until

PAUSES_S = (0.0, 0.0, 0.0)


@pytest.fixture
def made(tmp_path, monkeypatch):
    """The homes of a server, and the endpoints of one of them."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("JUPYTER_MLOPS_HOME", raising=False)
    home = Home.create(tmp_path / "root" / ".mlops")
    register_home(home.path)
    homes = Homes(tmp_path / "root")
    homes.refresh()
    endpoints = Endpoints(home)
    yield homes, endpoints
    for name in EndpointDirectory.names(home):
        stop(EndpointDirectory(home, name))


@pytest.fixture
def endpoint(made, tmp_path):
    return made[1].deploy(bundle(tmp_path, total()), "sums")


@pytest.fixture
def supervisor(made):
    return EndpointSupervisor(made[0], PAUSES_S)


def end(endpoint, number=signal.SIGKILL):
    """End the process, and wait until its shell has written down how."""
    os.kill(lock_holder(endpoint.directory.serve_lock), number)
    assert wait_released(endpoint.directory.serve_lock, 10)
    wait_until(lambda: endpoint.directory.exit_code() is not None)


def look(supervisor):
    """Do what one look of the server does; return the names that were due."""
    due = supervisor.due()
    for each in due:
        supervisor.restart(each)
    return [each.name for each in due]


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (signal.SIGKILL, "signal 9"),
        (signal.SIGSEGV, "signal 11"),
        (signal.SIGTERM, "it was asked to end by SIGTERM"),
    ],
)
def test_one_that_ended_unasked_is_started_again_and_says_why(supervisor, endpoint, number, cause):
    assert look(supervisor) == []
    end(endpoint, number)
    assert endpoint.stand().problem == cause

    assert look(supervisor) == ["sums"]

    stands = endpoint.stand()
    assert (stands.state, stands.restarts.count, stands.restarts.cause) == ("running", 1, cause)
    assert (stands.restarts.in_a_row, stands.restarts.given_up) == (1, False)
    assert look(supervisor) == []


def test_one_that_was_stopped_is_left_alone(supervisor, endpoint):
    endpoint.stop()
    wait_until(lambda: endpoint.directory.exit_code() == 0)
    assert look(supervisor) == []
    assert endpoint.stand().state == "stopped"


def test_one_that_is_stopped_between_look_and_restart_stays_so(supervisor, endpoint):
    end(endpoint)
    due = supervisor.due()
    endpoint.stop()

    for each in due:
        supervisor.restart(each)

    assert [each.name for each in due] == ["sums"]
    assert (endpoint.stand().state, endpoint.stand().restarts) == ("stopped", EndpointRestarts())


def test_whoever_changes_it_goes_first(supervisor, endpoint):
    end(endpoint)
    with LifeLock.acquire(endpoint.directory.change_lock):
        assert look(supervisor) == ["sums"]
        assert endpoint.stand().state == "down"
    assert look(supervisor) == ["sums"]
    assert endpoint.stand().state == "running"


def test_one_that_does_not_last_is_given_up_and_a_deployment_takes_that_back(supervisor, endpoint, made, tmp_path):
    for _ in PAUSES_S:
        end(endpoint)
        assert look(supervisor) == ["sums"]
    end(endpoint)

    assert (look(supervisor), look(supervisor)) == (["sums"], [])
    stands = endpoint.stand()
    assert (stands.state, stands.restarts.count, stands.restarts.given_up) == ("down", 3, True)
    assert stands.restarts.cause == "signal 9"
    made[1].deploy(bundle(tmp_path, total(factor=2.0)), "sums")
    assert (endpoint.stand().state, endpoint.stand().restarts) == ("running", EndpointRestarts())


def test_one_whose_model_cannot_be_served_is_tried_once_more_and_given_up(supervisor, endpoint):
    endpoint.directory.model_file(1).write_bytes(b"no model")
    end(endpoint)

    assert (look(supervisor), look(supervisor), look(supervisor)) == (["sums"], ["sums"], [])
    stands = endpoint.stand()
    assert (stands.restarts.count, stands.restarts.given_up) == (1, True)
    assert "is not the file that was deployed" in stands.restarts.cause


def test_one_that_was_given_up_is_looked_after_again_when_somebody_has_asked_it(supervisor, endpoint):
    end(endpoint)
    endpoint.directory.write_restarts(EndpointRestarts(count=5, cause="signal 9", in_a_row=5, given_up=True))
    assert look(supervisor) == []

    endpoint.start()
    assert (endpoint.stand().state, endpoint.stand().restarts) == ("running", EndpointRestarts())
    end(endpoint)

    assert look(supervisor) == ["sums"]


@pytest.mark.parametrize("change", ["stop", "rollback"])
def test_what_is_taken_in_hand_begins_to_count_anew(supervisor, endpoint, made, tmp_path, change):
    made[1].deploy(bundle(tmp_path, total(factor=2.0)), "sums")
    end(endpoint)
    look(supervisor)
    assert endpoint.stand().restarts.count == 1

    getattr(endpoint, change)()

    assert endpoint.stand().restarts == EndpointRestarts()


def test_pauses_grow_with_restarts_that_do_not_last(made, endpoint):
    supervisor = EndpointSupervisor(made[0], (0.0, 3600.0))
    end(endpoint)
    assert look(supervisor) == ["sums"]
    end(endpoint)

    assert look(supervisor) == []

    an_hour_ago = time.time() - 3601
    os.utime(endpoint.directory.end_file, (an_hour_ago, an_hour_ago))
    assert look(supervisor) == ["sums"]
    assert (endpoint.stand().restarts.count, endpoint.stand().restarts.in_a_row) == (2, 2)


def test_a_process_that_has_lasted_was_well(made, endpoint):
    supervisor = EndpointSupervisor(made[0], (0.0,), lasting_s=0.0)
    for count in (1, 2):
        end(endpoint)
        assert look(supervisor) == ["sums"]
        assert (endpoint.stand().restarts.count, endpoint.stand().restarts.in_a_row) == (count, 1)


def test_what_came_with_an_archive_has_never_run_here_and_is_not_started(supervisor, endpoint, made):
    end(endpoint)
    copy = endpoint.directory.path.with_name("copy")
    shutil.copytree(endpoint.directory.path, copy)

    assert [each.name for each in supervisor.due()] == ["sums"]
    assert [each.state for each in made[1].list()] == ["down", "down"]


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 99_999])
def test_a_damaged_record_is_not_touched_and_keeps_no_other_down(supervisor, endpoint, made, tmp_path, content):
    other = made[1].deploy(bundle(tmp_path, total(factor=2.0)), "other")
    for each in (endpoint, other):
        end(each)
    endpoint.directory.record_file.write_bytes(content)

    assert look(supervisor) == ["other"]


def test_one_whose_shell_was_killed_too_is_started_again(supervisor, endpoint):
    process = lock_holder(endpoint.directory.serve_lock)
    shell = int(endpoint.directory.end_file.read_text().split()[1])
    assert Path(f"/proc/{process}/stat").read_text().split()[3] == str(shell)
    os.kill(shell, signal.SIGKILL)
    end_without_shell(endpoint)

    wait_until(lambda: look(supervisor) == ["sums"])

    assert endpoint.stand().restarts.cause == "it was killed, or the machine was restarted"


def end_without_shell(endpoint):
    os.kill(lock_holder(endpoint.directory.serve_lock), signal.SIGKILL)
    assert wait_released(endpoint.directory.serve_lock, 10)


def test_nothing_is_left_of_one_that_is_removed(supervisor, endpoint):
    end_file = endpoint.directory.end_file
    endpoint.remove()

    assert look(supervisor) == []
    assert not end_file.exists()
