import subprocess
import sys

import pytest

from jupyter_mlops.launchers._shim_queue import Ticket, take_slot

A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)


@pytest.fixture
def elsewhere(tmp_path):
    """Make another process execute Python; it then lives until the end of the test."""
    processes = []

    def run(code):
        start = f"import time\nfrom pathlib import Path\nhome = Path({str(tmp_path)!r})\n"
        program = f"{start}{code}\nprint('done', flush=True)\ntime.sleep(60)"
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout.readline() == "done\n"
        return process

    yield run
    for process in processes:
        process.kill()
        process.communicate()


def draw_elsewhere(elsewhere, run_id, sequence):
    code = f"from jupyter_mlops.launchers._shim_queue import Ticket\nTicket(home, {run_id!r}, {sequence}).draw()"
    return elsewhere(code)


@pytest.fixture(autouse=True)
def run_directories(tmp_path):
    for run_id in (A, B, C, D):
        (tmp_path / "runs" / run_id).mkdir(parents=True)


def drawn(tmp_path, run_id, sequence):
    ticket = Ticket(tmp_path, run_id, sequence)
    ticket.draw()
    return ticket


def test_the_first_in_line_waits_for_nobody(tmp_path):
    assert drawn(tmp_path, A, 1).nearest() is None


def test_a_later_run_waits_for_the_nearest_earlier_one(tmp_path, elsewhere):
    draw_elsewhere(elsewhere, A, 1)
    draw_elsewhere(elsewhere, B, 20)
    draw_elsewhere(elsewhere, C, 300)
    mine = drawn(tmp_path, D, 100)
    assert mine.nearest() == tmp_path / "queue" / f"{20:016d}-{B}"
    assert [path.name for path in mine.ahead()] == [f"{1:016d}-{A}", f"{20:016d}-{B}"]


def test_order_is_by_sequence_not_by_arrival(tmp_path, elsewhere):
    mine = drawn(tmp_path, A, 2)
    assert mine.nearest() is None
    draw_elsewhere(elsewhere, B, 1)
    assert mine.nearest().name == f"{1:016d}-{B}"


def test_the_ticket_of_a_dead_run_does_not_count_and_is_swept(tmp_path, elsewhere):
    process = draw_elsewhere(elsewhere, A, 1)
    process.kill()
    process.wait()
    assert drawn(tmp_path, B, 2).nearest() is None
    assert [path.name for path in (tmp_path / "queue").iterdir()] == [f"{2:016d}-{B}"]


def test_a_ticket_is_gone_when_it_is_given_up(tmp_path):
    ticket = drawn(tmp_path, A, 1)
    ticket.give_up()
    ticket.give_up()
    assert list((tmp_path / "queue").iterdir()) == []


def test_there_are_as_many_slots_as_were_asked_for(tmp_path):
    slots = [take_slot(tmp_path, run_id, 2) for run_id in (A, B, C)]
    assert [slot and slot.number for slot in slots] == [0, 1, None]
    slots[0].release()
    assert take_slot(tmp_path, C, 2).number == 0


def test_a_slot_whose_holder_died_is_free_at_once(tmp_path, elsewhere):
    process = elsewhere(f"from jupyter_mlops.launchers._shim_queue import take_slot\nslot = take_slot(home, {A!r}, 1)")
    assert take_slot(tmp_path, B, 1) is None
    process.kill()
    process.wait()
    assert take_slot(tmp_path, B, 1).number == 0


def test_a_slot_is_busy_while_the_executor_of_a_killed_shim_lives(tmp_path, elsewhere):
    shim = elsewhere(f"from jupyter_mlops.launchers._shim_queue import take_slot\nslot = take_slot(home, {A!r}, 1)")
    shim.kill()
    shim.wait()
    code = f"from jupyter_mlops.home import LifeLock\nlock = LifeLock.acquire(home / 'runs' / {A!r} / 'executor.lock')"
    executor = elsewhere(code)
    assert take_slot(tmp_path, B, 1) is None
    executor.kill()
    executor.wait()
    assert take_slot(tmp_path, B, 1).number == 0


def test_a_slot_that_was_handed_on_is_free_although_its_executor_lives(tmp_path, elsewhere):
    slot = take_slot(tmp_path, A, 1)
    elsewhere(f"from jupyter_mlops.home import LifeLock\nlock = LifeLock.acquire(home / 'runs/{A}/executor.lock')")

    slot.release()

    later = take_slot(tmp_path, B, 1)
    assert later is not None
    # A second release must not take the place from the next run.
    slot.release()
    assert (tmp_path / "slots" / "0.run").read_text() == B
    assert take_slot(tmp_path, C, 1) is None
    later.release()
