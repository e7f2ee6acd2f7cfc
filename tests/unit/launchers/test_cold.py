"""Programs that belong to nobody: whoever started them may end, be interrupted, or have strange arguments."""

import json
import os
import sys
import time

import pytest

from jupyter_mlops.exceptions import LaunchError
from jupyter_mlops.launchers._cold import start_detached, start_shim

TELL = """
import json, os, sys
from pathlib import Path
target = Path(sys.argv[1])
told = {
    "argv": sys.argv[2:],
    "cwd": os.getcwd(),
    "leads": os.getsid(0) != int(os.environ.get("ASKER_SID", "0")),
    "parent": os.getppid(),
    "streams": [os.readlink(f"/proc/self/fd/{number}") for number in range(3)],
    "environment": dict(os.environ),
}
target.with_suffix(".tmp").write_text(json.dumps(told))
target.with_suffix(".tmp").rename(target)
"""


def hear(target):
    deadline = time.monotonic() + 30
    while not target.exists():
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return json.loads(target.read_text())


def test_a_program_is_nobodys_child_in_a_session_of_its_own_without_streams(tmp_path):
    target = tmp_path / "told"
    environment = {**os.environ, "ASKER_SID": str(os.getsid(0))}
    start_detached([sys.executable, "-I", "-S", "-c", TELL, str(target)], environment=environment)
    told = hear(target)
    assert (told["cwd"], told["leads"], told["streams"]) == ("/", True, ["/dev/null"] * 3)
    assert told["parent"] != os.getpid()


@pytest.mark.parametrize(
    "arguments", [["$(touch x)", "`id`", "; exit 3", "a b", "", "'\"", "-n", "ü🚀", "two\nlines"], []]
)
def test_b02_arguments_are_text_whatever_they_look_like(tmp_path, arguments):
    target = tmp_path / "told ' $x"
    start_detached([sys.executable, "-I", "-S", "-c", TELL, str(target), *arguments])
    assert hear(target)["argv"] == arguments


def test_the_environment_is_the_one_that_is_given(tmp_path):
    target = tmp_path / "told"
    start_detached([sys.executable, "-I", "-S", "-c", TELL, str(target)], environment={"ONLY": "ü"})
    told = hear(target)["environment"]
    assert {name: told[name] for name in told.keys() - {"PWD", "SHLVL", "_", "OLDPWD", "LC_CTYPE"}} == {"ONLY": "ü"}


def test_a_system_that_gives_no_process_is_told_with_what_to_do():
    with pytest.raises(LaunchError) as told:
        start_detached(["/bin/true"], environment={"HUGE": "x" * 4_000_000})
    assert str(told.value) == (
        "Cannot start a process: [Errno 7] Argument list too long: '/bin/sh'. "
        "Free memory or processes, then run the cell again."
    )


def test_a_program_that_is_missing_is_not_seen_from_here():
    assert start_detached(["/absent/program"]) is None


def test_nothing_of_the_users_hides_a_module_from_the_shim(tmp_path, monkeypatch):
    """Given files named like modules of the standard library; when a shim starts; then it does not read them."""
    for name in ("json.py", "fcntl.py", "pathlib.py", "sitecustomize.py", "usercustomize.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'hidden')!r}, 'w')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "json.py"))
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    start_shim(sys.executable, "_shim_adopt", str(run_dir))
    deadline = time.monotonic() + 30
    while not (run_dir / "shim.lock").exists():
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert not (tmp_path / "hidden").exists()
