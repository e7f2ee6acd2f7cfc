"""Who runs when: slots, order, and what happens to a place whose holder dies."""

import time

import psutil
import pytest
from launching import shell

from jupyter_mlops.entities import RunStatus, Upstream
from jupyter_mlops.testing import wait_until


@pytest.fixture
def shells(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_SLOTS", "2")
    with shell(tmp_path) as launching:
        yield launching


@pytest.fixture
def blockers(shells, tmp_path):
    """Both slots are taken until `open` exists."""
    runs = [shells.start(f"while [ ! -e {tmp_path}/open ]; do sleep 0.01; done") for _ in range(2)]
    for run in runs:
        wait_until(lambda run=run: run.state.status is RunStatus.RUNNING)
    return runs


def begin(run):
    wait_until(lambda: run.state.reason.startswith("waiting for a slot"))
    return run


def order(tmp_path):
    return (tmp_path / "order").read_text().split()


def test_a_run_without_a_slot_is_scheduled_and_says_how_many_are_ahead(shells, blockers, tmp_path):
    waiting = [begin(shells.start("true")) for _ in range(3)]
    wait_until(lambda: waiting[2].state.reason == "waiting for a slot, 2 ahead")
    assert waiting[0].state.reason == "waiting for a slot"
    (tmp_path / "open").touch()
    assert {run.end().status for run in [*blockers, *waiting]} == {RunStatus.FINISHED}


def test_200_queued_runs_on_two_slots_start_in_order(shells, blockers, tmp_path):
    """And what waits costs little: no processor time to speak of, little memory of its own."""
    cell = f"echo {{}} >> {tmp_path}/order; ls {shells.home.slots} > /dev/null"
    waiting = [shells.start(cell.replace("{}", str(number))) for number in range(200)]
    for run in waiting:
        begin(run)
    shims = [run.shim for run in waiting]
    before = sum(sum(shim.cpu_times()[:2]) for shim in shims)
    began = time.monotonic()
    time.sleep(1)
    busy = (sum(sum(shim.cpu_times()[:2]) for shim in shims) - before) / (time.monotonic() - began)
    private = sum(shim.memory_full_info().uss for shim in shims) / len(shims)
    (tmp_path / "open").touch()

    assert {run.end().status for run in [*blockers, *waiting]} == {RunStatus.FINISHED}
    assert sorted(int(number) for number in order(tmp_path)) == list(range(200))
    assert overtaken([run.files.exit().started_at for run in waiting]) <= 2
    assert (busy < 0.2, private < 12e6) == (True, True), (busy, private)


def overtaken(started_at):
    """Return by how many places a start is away from its turn; with two slots, neighbours may change places."""
    turns = sorted(range(len(started_at)), key=lambda number: started_at[number])
    return max(abs(place - number) for place, number in enumerate(turns))


def test_never_more_run_than_there_are_slots(shells, tmp_path):
    cell = (
        f"touch {tmp_path}/live-$$; ls {tmp_path} | grep -c live >> {tmp_path}/order; sleep 0.02; rm {tmp_path}/live-$$"
    )
    runs = [shells.start(cell) for _ in range(12)]
    assert {run.end().status for run in runs} == {RunStatus.FINISHED}
    assert {int(count) for count in order(tmp_path)} <= {1, 2}


def test_a_waiting_run_that_is_killed_is_passed_over(shells, blockers, tmp_path):
    first, second, third = (begin(shells.start(f"echo {name} >> {tmp_path}/order")) for name in "abc")
    second.shim.kill()
    (tmp_path / "open").touch()
    assert (first.end().status, third.end().status) == (RunStatus.FINISHED, RunStatus.FINISHED)
    assert (second.state.status, second.state.is_lost, sorted(order(tmp_path))) == (RunStatus.FAILED, True, ["a", "c"])


def test_the_first_in_line_that_is_killed_lets_the_next_one_go(shells, blockers, tmp_path):
    first, second = (begin(shells.start("true")) for _ in range(2))
    first.shim.kill()
    (tmp_path / "open").touch()
    assert second.end().status is RunStatus.FINISHED


def test_a_slot_is_free_when_its_shim_and_executor_are_killed(shells, blockers):
    waiting = begin(shells.start("true"))
    run = blockers[0]
    children = run.shim.children()
    run.shim.kill()
    for child in children:
        child.kill()
    assert waiting.end().status is RunStatus.FINISHED


def test_a_waiting_run_is_stopped_at_once(shells, blockers):
    first, second = (begin(shells.start("true")) for _ in range(2))
    for run in (second, first):
        asked = time.monotonic()
        run.handle.stop()
        assert (run.end().status, run.state.reason) == (RunStatus.KILLED, "stopped by user")
        assert time.monotonic() - asked < 1.5


def test_a_stop_that_nobody_signalled_is_noticed(shells, blockers):
    """Given a stop request of a process that died before it sent the signal; then the shim finds the file."""
    run = begin(shells.start("true"))
    run.files.stop_file.write_text('{"by": "user"}')
    assert run.handle.wait(15).status is RunStatus.KILLED


def test_a_run_whose_upstream_is_not_over_takes_no_place(shells, tmp_path):
    first = shells.start(f"while [ ! -e {tmp_path}/open ]; do sleep 0.01; done")
    chained = shells.start("true", upstream=(Upstream("x", first.handle.run_id),))
    wait_until(lambda: chained.state.reason == f"waiting for run {first.handle.run_id[:8]}")
    assert shells.start("true").end().status is RunStatus.FINISHED
    (tmp_path / "open").touch()
    assert chained.end().status is RunStatus.FINISHED


def test_a_run_that_waits_for_another_is_stopped_at_once(shells, tmp_path):
    first = shells.start(f"while [ ! -e {tmp_path}/open ]; do sleep 0.01; done")
    chained = shells.start("true", upstream=(Upstream("x", first.handle.run_id),))
    wait_until(lambda: chained.state.reason.startswith("waiting for run"))
    chained.handle.stop()
    assert chained.end().status is RunStatus.KILLED
    (tmp_path / "open").touch()
    assert first.end().status is RunStatus.FINISHED


def test_an_upstream_run_that_was_stopped_is_named(shells, tmp_path):
    first = shells.start("sleep 60", name="baseline")
    chained = shells.start("true", upstream=(Upstream("x", first.handle.run_id),))
    wait_until(lambda: first.state.status is RunStatus.RUNNING)
    first.handle.stop()
    assert chained.end().reason == "upstream run baseline was stopped"


def test_an_upstream_run_that_is_lost_is_a_failure(shells):
    first = shells.start("sleep 60", name="baseline")
    chained = shells.start("true", upstream=(Upstream("x", first.handle.run_id),))
    wait_until(lambda: chained.state.reason.startswith("waiting for run"))
    wait_until(lambda: first.shim.children())
    children = first.shim.children(recursive=True)
    first.shim.kill()
    for child in children:
        child.kill()
    assert chained.end().reason == "upstream run baseline failed"


def test_the_queue_is_empty_when_all_is_over(shells, blockers, tmp_path):
    before = psutil.Process().children()  # of other stories' files
    runs = [begin(shells.start("true")) for _ in range(3)]
    (tmp_path / "open").touch()
    for run in [*blockers, *runs]:
        run.end()
    assert list(shells.home.queue.iterdir()) == []
    assert psutil.Process().children() == before


def test_a_run_that_has_delivered_hands_its_slot_on(shells, tmp_path):
    """What a run does afterwards, such as logging models, keeps nobody waiting."""
    delivered = """printf '{"status": "FINISHED"}' > "$0/result.json"; kill -USR1 $PPID"""
    runs = [shells.start(f"{delivered}; while [ ! -e {tmp_path}/open ]; do sleep 0.01; done") for _ in range(2)]

    later = shells.start("true", upstream=(Upstream("model", runs[0].files.run_id),))

    assert later.end().status is RunStatus.FINISHED
    assert {run.state.status for run in runs} == {RunStatus.RUNNING}
    (tmp_path / "open").touch()
    assert {run.end().status for run in runs} == {RunStatus.FINISHED}
