import json

from jupyter_mlops.launchers._shim_log import BLOCK, LogCap

CAP = 64 * BLOCK


def write(run_dir, size):
    with (run_dir / "output.log").open("ab") as log:
        log.write(bytes(range(1, 129)) * (size // 128))


def test_a_log_below_three_quarters_of_the_cap_is_not_touched(tmp_path):
    write(tmp_path, CAP * 3 // 4)
    LogCap(tmp_path, CAP).trim()
    assert not (tmp_path / "log.json").exists()


def test_the_middle_of_a_large_log_is_freed_and_its_offsets_stay(tmp_path):
    write(tmp_path, 4 * CAP)
    before = (tmp_path / "output.log").read_bytes()
    LogCap(tmp_path, CAP).trim()
    start, end = CAP // 4, 4 * CAP - CAP // 4
    assert (tmp_path / "output.log").read_bytes() == before[:start] + bytes(end - start) + before[end:]
    assert (tmp_path / "output.log").stat().st_blocks * 512 == CAP // 2
    record = {"cap": CAP, "freed": [[start, end]], "bytes_lost": end - start}
    assert json.loads((tmp_path / "log.json").read_text()) == record


def test_the_freed_range_grows_with_the_log(tmp_path):
    cap = LogCap(tmp_path, CAP)
    for _ in range(20):
        write(tmp_path, CAP // 2)
        cap.trim()
        assert (tmp_path / "output.log").stat().st_blocks * 512 <= CAP
    ((start, end),) = json.loads((tmp_path / "log.json").read_text())["freed"]
    assert (start, 10 * CAP - end <= CAP * 3 // 4) == (CAP // 4, True)


def test_a_fast_writer_is_looked_at_more_often_than_a_silent_one(tmp_path):
    cap = LogCap(tmp_path, 1 << 30)
    silent = cap.trim()
    write(tmp_path, 1 << 22)
    assert cap.trim() < silent


def test_a_file_system_without_holes_is_told_and_never_fails_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    write(tmp_path, 4 * CAP)
    cap = LogCap(tmp_path, CAP)
    for _ in range(2):
        cap.trim()
    record = json.loads((tmp_path / "log.json").read_text())
    refusal = "the log is not capped on darwin"
    assert record == {"cap": CAP, "freed": [], "bytes_lost": 0, "refusal": refusal}


def test_a_log_that_is_not_there_yet_is_no_fault(tmp_path):
    assert LogCap(tmp_path, CAP).trim() == 1.0
