import pytest

from jupyter_mlops.launchers._shim_outcome import Ending, judge, signal_name

FINISHED = {"status": "FINISHED", "exit_code": 0}
FAILED = {"status": "FAILED", "exit_code": 1}


@pytest.mark.parametrize(
    ("ending", "verdict"),
    [
        (Ending(0, None, FINISHED), ("FINISHED", "")),
        (Ending(1, None, FAILED), ("FAILED", "exit code 1")),
        (Ending(3, None), ("FAILED", "exit code 3")),
        (Ending(0, None), ("FAILED", "exit code 0 before the end of the cell")),
        (Ending(0, None, {"status": "nonsense"}), ("FAILED", "exit code 0")),
        (Ending(None, 9), ("FAILED", "signal 9 (SIGKILL)")),
        (Ending(None, 11, FAILED), ("FAILED", "signal 11 (SIGSEGV)")),
        (Ending(None, 11, FINISHED), ("FINISHED", "")),
        (Ending(None, 9, out_of_memory=True, peak_rss_bytes=3 << 30), ("FAILED", "out of memory (peak 3,072 MiB)")),
        (Ending(None, 15, out_of_memory=True), ("FAILED", "signal 15 (SIGTERM)")),
        (Ending(None, 2, None, "user"), ("KILLED", "stopped by user")),
        (Ending(0, None, FINISHED, "user"), ("KILLED", "stopped by user")),
        (Ending(None, 2, None, "timeout", 60.0), ("KILLED", "timed out after 60 s")),
        (Ending(130, None, FAILED, "timeout", 0.25), ("KILLED", "timed out after 0.25 s")),
    ],
)
def test_the_end_of_a_run_has_a_status_and_a_reason(ending, verdict):
    assert judge(ending) == verdict


def test_a_signal_without_a_name_is_still_told():
    assert [signal_name(number) for number in (9, 15, 99)] == ["SIGKILL", "SIGTERM", "unknown"]
