"""Becoming the executor of a run: once, with a record of who it is, and with signals as a fresh Python has them."""

import faulthandler
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jupyter_mlops.entities import ProcessRecord
from jupyter_mlops.exceptions import LaunchError
from jupyter_mlops.executor._claim import claim, reset_signals, utc_now
from jupyter_mlops.home import Home, RunDirectory, boot_id, lock_holder, process_start_time


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    home = Home.create(tmp_path / ".mlops")
    run = home.run(home.new_run_id())
    run.create()
    return run


@pytest.fixture
def signals() -> Iterator[None]:
    """Put back what a story changes for the whole process."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGXFSZ)
    handlers = {number: signal.getsignal(number) for number in numbers}
    blocked, was_enabled = signal.pthread_sigmask(signal.SIG_BLOCK, ()), faulthandler.is_enabled()
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    if not was_enabled:
        faulthandler.disable()


@pytest.mark.parametrize(("told", "slot"), [("3", 3), ("0", 0), ("", None), ("soon", None), (None, None)])
def test_the_record_says_who_executes_the_run_and_in_which_slot(run, monkeypatch, told, slot):
    monkeypatch.delenv("JUPYTER_MLOPS_SLOT", raising=False)
    if told is not None:
        monkeypatch.setenv("JUPYTER_MLOPS_SLOT", told)
    before = time.monotonic()

    claim(run)

    record = run.executor()
    assert record == ProcessRecord(
        pid=os.getpid(),
        start_time=process_start_time(os.getpid()) or 0,
        boot_id=boot_id(),
        started_at=record.started_at,
        slot=slot,
        began_s=record.began_s,
    )
    assert before <= record.began_s <= time.monotonic()
    assert "JUPYTER_MLOPS_SLOT" not in os.environ, "it is the run's own, and not for what the cell starts"


def test_f08_a_run_that_another_process_executes_is_left_alone(run):
    program = (
        "import sys; from pathlib import Path; from jupyter_mlops.home import LifeLock; "
        "assert LifeLock.acquire(Path(sys.argv[1])); print('held', flush=True); input()"
    )
    command = [sys.executable, "-c", program, str(run.executor_lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(LaunchError) as raised:
            claim(run)
        assert lock_holder(run.executor_lock) == other.pid
        other.communicate(b"\n")

    assert str(raised.value) == (
        f"Run {run.run_id} is being executed by another process. Submit the cell again for another run."
    )
    assert run.executor() is None


def test_signals_are_a_fresh_pythons_whatever_the_parent_had(signals):
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGUSR1})

    reset_signals()

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()
    assert faulthandler.is_enabled()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_f26_a_file_size_limit_is_no_signal(signals):
    reset_signals()
    assert signal.getsignal(signal.SIGXFSZ) is signal.SIG_IGN


def test_the_time_on_the_wire_has_a_zone():
    then = datetime.fromisoformat(utc_now())
    assert then.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - then) < timedelta(minutes=1)
