"""Files that are whole or absent, and processes that are told from their successors."""

import ast
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import jupyter_mlops
from jupyter_mlops.home import (
    CRASH_POINTS,
    boot_id,
    crash_point,
    is_same_process,
    make_durable,
    process_start_time,
    read_json,
    seconds_since,
    write_atomic,
)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("durable", [True, False])
def test_a_written_file_replaces_the_old_one_and_is_private(tmp_path, durable):
    file = tmp_path / "a.json"
    file.write_text("old")
    write_atomic(file, b"new", durable=durable)
    assert (file.read_bytes(), file.stat().st_mode & 0o777, names(tmp_path)) == (b"new", 0o600, ["a.json"])


def test_a_path_may_be_text_and_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_atomic("a.json", b"{}")
    assert read_json("a.json") == {}


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    file = tmp_path / "a.json"
    file.mkdir()
    with pytest.raises(OSError):
        write_atomic(file, b"new")
    assert names(tmp_path) == ["a.json"]


def test_a_file_is_made_durable_with_its_name_when_it_is_written_or_later(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
    )
    write_atomic(tmp_path / "later", b"{}", durable=False)
    assert synced == []
    make_durable(tmp_path / "later")
    assert synced == [str(tmp_path / "later"), str(tmp_path)]
    synced.clear()
    write_atomic(tmp_path / "at once", b"{}")
    assert [Path(file).parent for file in synced] == [tmp_path, tmp_path.parent]
    with pytest.raises(FileNotFoundError):
        make_durable(tmp_path / "gone")


@pytest.mark.root
def test_a_full_disk_leaves_the_old_file_and_nothing_else(small_disk):
    file = small_disk / "a.json"
    write_atomic(file, b"old")
    with pytest.raises(OSError, match="No space left"):
        write_atomic(file, bytes(4 << 20))
    assert (file.read_bytes(), names(small_disk)) == (b"old", ["a.json"])


def test_writers_that_are_killed_never_leave_half_a_file(tmp_path, python):
    program = """
import sys
from jupyter_mlops.home import write_atomic
print("ready", flush=True)
while True:
    for letter in b"ab":
        write_atomic(sys.argv[1], bytes([letter]) * 200_000, durable=False)
"""
    file = tmp_path / "a"
    file.write_bytes(b"a" * 200_000)
    for _ in range(5):
        writer = python(program, file)
        writer.stdout.readline()
        seen = {file.read_bytes() for _ in range(200)}
        writer.kill()
        writer.wait()
        assert seen | {file.read_bytes()} <= {b"a" * 200_000, b"b" * 200_000}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_object_reads_as_absent(tmp_path, content):
    file = tmp_path / "a.json"
    file.write_bytes(content)
    assert read_json(file) is None


def test_a_missing_file_reads_as_absent(tmp_path):
    (tmp_path / "file").touch()
    assert (read_json(tmp_path / "no"), read_json(tmp_path / "file" / "below")) == (None, None)


def test_f29_a_json_file_cut_at_any_byte_reads_as_absent(tmp_path):
    file = tmp_path / "wait.json"
    whole = json.dumps({"for": "slot", "ahead": 2, "who": "é"}).encode()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert read_json(file) is None
    file.write_bytes(whole)
    assert read_json(file) == {"for": "slot", "ahead": 2, "who": "é"}


def test_a_test_can_reboot_the_machine(tmp_path, monkeypatch):
    here = boot_id()
    (tmp_path / "boot").write_text("another\n")
    monkeypatch.setenv("JUPYTER_MLOPS_BOOT_ID_FILE", str(tmp_path / "boot"))
    assert (boot_id(), here != "another") == ("another", True)


def test_a_process_is_told_by_its_start(python):
    child = python("import sys; print('(ready', flush=True); sys.stdin.read()")
    child.stdout.readline()
    started = process_start_time(child.pid)
    assert started >= process_start_time(os.getpid())
    assert is_same_process(child.pid, started, boot_id())
    assert not is_same_process(child.pid, started + 1, boot_id())
    assert not is_same_process(child.pid, started, "before the reboot")
    child.kill()
    child.wait()
    assert process_start_time(child.pid) is None
    assert not is_same_process(child.pid, started, boot_id())


def test_a_command_name_with_spaces_and_parentheses_is_no_obstacle(tmp_path, python):
    interpreter = tmp_path / "a) b (c"
    interpreter.symlink_to(sys.executable)
    child = subprocess.Popen([interpreter, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert 0 <= seconds_since(process_start_time(child.pid)) < 60
    finally:
        child.communicate()


def test_f42_a_duration_is_never_negative():
    assert seconds_since(1 << 60) == 0.0


def test_a_crash_point_kills_only_when_it_is_named(monkeypatch):
    crash_point("submit.spec")
    monkeypatch.setenv("JUPYTER_MLOPS_CRASH_AT", "submit.inputs")
    crash_point("submit.spec")
    pid = os.fork()
    if pid == 0:
        crash_point("submit.inputs")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def test_crash_points_in_the_code_are_those_of_the_list():
    """A name that is not listed would never be killed by the tests that go through the list."""
    named = set()
    for file in Path(jupyter_mlops.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "crash_point":
                named.add(node.args[0].value)
    assert named - set(CRASH_POINTS) == set()
