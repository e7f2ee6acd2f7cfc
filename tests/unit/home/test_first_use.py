"""The first use of a new home by several processes at once."""

import pytest

from jupyter_mlops.home import Home

FIRST_USE = """
import sys
from pathlib import Path
from jupyter_mlops.entities import Manifest
from jupyter_mlops.home import Home, register_home
sys.stdin.readline()
home = Home.find(Path(sys.argv[1]))
run = home.run(home.new_run_id())
run.create()
home.objects.put(b"the same everywhere" * 10_000)
run.write(home.signer.sign(Manifest(values=(), stream_sha256="")), run.inputs_file)
register_home(home.path)
print(home.next_sequence(run.run_id), run.run_id)
"""


@pytest.mark.parametrize("round_", range(6))
def test_f32_four_processes_may_be_the_first_at_once(tmp_path, python, monkeypatch, round_):
    monkeypatch.delenv("JUPYTER_MLOPS_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    project = tmp_path / "project"
    project.mkdir()
    processes = [python(FIRST_USE, project) for _ in range(4)]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.stdout.read().split() for process in processes]

    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    home = Home.open(project / ".mlops")
    assert sorted(int(number) for number, _run_id in told) == [1, 2, 3, 4]
    assert set(home.run_ids()) == {run_id for _number, run_id in told}
    # One key signs for all, and each process knows the others' signatures.
    assert [home.run(run_id).inputs().names for run_id in home.run_ids()] == [()] * 4
    assert len(list(home.objects.files())) == 1
    assert (tmp_path / "user" / "jupyter-mlops" / "homes.jsonl").read_text().count("\n") == 1
