"""A run's handle: an identity that reads the truth from files, whoever wrote them."""

import base64
import json
import os
import time

import pytest

from jupyter_mlops.entities import CellError, Exit, Result, RunStatus
from jupyter_mlops.exceptions import RunFailedError
from jupyter_mlops.services import Display, LogChunk, RunService
from jupyter_mlops.services._displays import read_displays
from jupyter_mlops.services._run import pause_s


def ended(run, status=RunStatus.FINISHED, **fields):
    run.directory.write(Exit(status=status, ended_at="2026-11-21T09:00:00+00:00", **fields), run.directory.exit_file)


def test_a_handle_says_what_was_asked_and_how_it_stands(make_run):
    run = make_run("base", params={"C": "1.0"}, metrics={"acc": 0.5}, tags={"team": "blue"})

    assert (run.name, run.experiment, run.cell) == ("base", "quickstart", "model = 1")
    assert (run.status, run.state.duration_s, run.is_lost) == (RunStatus.FINISHED, 60.0, False)
    assert (run.params, run.metrics, run.tags["team"]) == ({"C": "1.0"}, {"acc": 0.5}, "blue")
    assert [point.value for point in run.metric_history("acc")] == [0.5]
    assert run.metric_history("nothing") == ()
    assert repr(run) == f"<Run base {run.id[:8]} FINISHED>"


def test_what_is_not_recorded_yet_is_none_or_empty(make_run):
    run = make_run()

    assert (run.environment, run.git, run.error, run.displays(), run.log()) == (None, None, None, (), "")
    assert run.provenance.upstream_cells == ()


def test_handles_of_one_run_are_equal(make_run, home, launcher):
    run, other = make_run(), make_run()

    same = RunService(home, launcher).get(run.id)

    assert same == run
    assert {same, run, other} == {run, other}


def test_a_verdict_without_a_witness_may_change(make_run):
    run = make_run(status=None)
    os.utime(run.directory.spec_file, (1, 1))
    assert run.state.reason == "never started"

    ended(run)

    assert run.status is RunStatus.FINISHED


def test_waiting_has_a_limit_and_does_not_touch_the_run(make_run):
    run = make_run(status=None)

    assert run.wait(timeout_s=0.01).status is RunStatus.SCHEDULED
    assert run.wait_delivery(timeout_s=0.01) is False


@pytest.mark.parametrize(("age_s", "longest_s", "expected_s"), [(0, 1, 0.001), (0.2, 1, 0.004), (60, 0.01, 0.01)])
def test_who_waits_looks_so_often_that_the_end_is_seen_within_a_fiftieth_of_the_runs_time(age_s, longest_s, expected_s):
    assert pause_s(age_s, longest_s) == pytest.approx(expected_s)


def test_a_wait_for_an_old_run_ends_in_time_too(make_run):
    run = make_run(status=None)
    before = time.monotonic()
    assert not any(run.wait_delivery(timeout_s=0) for _ in range(3))
    assert run.wait(timeout_s=0.001).status is RunStatus.SCHEDULED
    assert time.monotonic() - before < 5


def test_results_can_be_read_before_the_process_has_gone(make_run):
    run = make_run(status=None)

    run.directory.write(Result(status=RunStatus.FINISHED), run.directory.result_file)

    assert run.wait_delivery(timeout_s=5) is True
    run.raise_failure()


def test_stopping_asks_the_launcher_only_while_the_run_goes_on(make_run, launcher):
    going, over = make_run(status=None), make_run()

    going.stop()
    over.stop()

    assert launcher.stopped == [going.id]


def test_keeping_and_letting_go(make_run):
    run = make_run()

    run.keep()
    assert run.directory.keep_file.exists()
    run.unkeep()
    run.unkeep()
    assert not run.directory.keep_file.exists()


@pytest.mark.parametrize(
    ("status", "reason", "error", "message"),
    [
        (RunStatus.KILLED, "stopped by user", None, "Run base is KILLED: stopped by user. See %runs logs base."),
        (RunStatus.FAILED, "", None, "Run base is FAILED: no reason known. See %runs logs base."),
        (
            RunStatus.FAILED,
            "exit code 1",
            CellError(type="ValueError", message="C must be > 0\nSee the guide", line=2, source="  fit(C)"),
            "Run base failed: ValueError: C must be > 0 (cell line 2: fit(C)). See %runs logs base.",
        ),
        (
            RunStatus.FAILED,
            "exit code 1",
            CellError(type="KeyboardInterrupt", message=""),
            "Run base failed: KeyboardInterrupt. See %runs logs base.",
        ),
        (
            RunStatus.FAILED,
            "exit code 1",
            CellError(type="ValueError", message="Is it fitted?"),
            "Run base failed: ValueError: Is it fitted? See %runs logs base.",
        ),
    ],
)
def test_a_failed_run_gives_its_error_instead_of_results(make_run, status, reason, error, message):
    run = make_run("base", status=None)
    if error:
        run.directory.write(Result(status=status, error=error), run.directory.result_file)
    ended(run, status, reason=reason)

    with pytest.raises(RunFailedError) as raised:
        run.result("model")

    assert str(raised.value) == message


def test_the_result_is_what_the_function_returned(make_run):
    assert make_run("fit", outputs={"result": 5, "model": 7}).result() == 5


def test_the_log_is_read_by_offset(make_run):
    run = make_run()
    run.directory.log_file.write_bytes(b"one\ntwo\nthree")

    assert run.output.read(4, 3) == LogChunk(4, 7, b"two")
    assert run.output.read(13) == LogChunk(13, 13, b"")
    assert run.log() == "one\ntwo\nthree"
    assert (run.log(tail=1), run.log(tail=2), run.log(tail=0), run.log(tail=9)) == (
        "three",
        "two\nthree",
        "",
        "one\ntwo\nthree",
    )


def test_the_end_of_a_long_log_is_read_without_the_rest(make_run):
    run = make_run()
    lines = [f"line {number}\n" for number in range(40_000)]
    run.directory.log_file.write_text("".join(lines))

    assert run.log(tail=3) == "".join(lines[-3:])
    assert run.log(tail=30_000) == "".join(lines[-30_000:])


def test_f36_a_gap_reads_as_one_line(make_run):
    run = make_run()
    run.directory.log_file.write_bytes(b"head" + b"\0" * 5000 + b"tail\n")
    run.directory.log_gaps_file.write_text(json.dumps({"freed": [[4, 5004]], "bytes_lost": 5000}))

    notice = "\n[5,000 bytes not kept: the log reached its cap]\n"
    assert run.log() == f"head{notice}tail\n"
    assert run.output.read(100) == LogChunk(100, 5004, notice.encode())
    assert run.output.read(5004).data == b"tail\n"


def test_f38_following_never_splits_a_character(make_run):
    run = make_run(status=None)
    text = "ä🎉" * 3
    data = text.encode()
    written = 0

    def ended() -> bool:
        """Be asked before each look, and let it find one byte more."""
        nonlocal written
        written += 1
        run.directory.log_file.write_bytes(data[:written])
        return written > len(data)

    assert "".join(run.output.follow(ended)) == text


def test_f38_bytes_that_are_no_text_are_shown_as_replaced_and_kept(make_run):
    run = make_run()
    run.directory.log_file.write_bytes(bytes(range(256)))

    assert b"".join(chunk.data for chunk in run.output.chunks()) == bytes(range(256))
    assert run.log().count("\ufffd") == 128
    assert "".join(run.follow()) == run.log()


def test_displays_come_with_the_payloads_beside_them(make_run):
    directory = make_run().directory
    (directory.path / "display").mkdir()
    (directory.path / "display" / "000001-0").write_bytes(b"\x89PNG")
    (directory.path / "display" / "000001-1").write_text("<b>large</b>")
    events = [
        {"seq": 0, "offset": 3, "kind": "display", "data": {"text/plain": "1"}, "transient": {"display_id": "a"}},
        {
            "seq": 1,
            "offset": 9,
            "kind": "result",
            "data": {},
            "files": {"image/png": "display/000001-0", "text/html": "display/000001-1"},
        },
    ]
    lines = [json.dumps(event) for event in events]
    directory.display_file.write_text("\n".join([lines[0], '{"seq": 7, "torn', lines[1], ""]))

    png = base64.b64encode(b"\x89PNG").decode()
    assert read_displays(directory) == (
        Display(seq=0, offset=3, kind="display", data={"text/plain": "1"}, transient={"display_id": "a"}),
        Display(seq=1, offset=9, kind="result", data={"image/png": png, "text/html": "<b>large</b>"}),
    )


@pytest.mark.parametrize("path", ["../../secret", "/etc/hostname", "display/../spec.json", "spec.json"])
def test_a_display_reads_no_file_but_its_own(make_run, path):
    directory = make_run().directory
    event = {"seq": 0, "offset": 0, "kind": "display", "data": {}, "files": {"text/plain": path}}
    directory.display_file.write_text(json.dumps(event) + "\n")

    assert read_displays(directory)[0].data == {}
