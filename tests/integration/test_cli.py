"""`jupyter mlops` as a person and as a program uses it: its own process, exit codes, one line for an error."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlops.entities import Param, RunStatus
from jupyter_mlops.home import Home
from jupyter_mlops.launchers import LocalLauncher
from jupyter_mlops.services import RunService, SubmitRun


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def service(folder):
    home = Home.create(folder / ".mlops")
    return RunService(home, LocalLauncher(home))


@pytest.fixture(scope="module")
def base(service):
    command = SubmitRun(
        source="from jupyter_mlops import log\nlog(acc=0.9, loss=float('inf'))\nprint('grün \\x1b[31m', C)\nx = [C]",
        namespace={},
        name="base",
        params=(Param("C", "1"),),
    )
    run = service.submit(command)
    assert run.wait(60).status is RunStatus.FINISHED, run.log()
    return run


@pytest.fixture(scope="module")
def bad(service, base):
    run = service.submit(SubmitRun(source="print('before')\nraise ValueError('no')", namespace={}, name="bad"))
    run.wait(60)
    return run


@pytest.fixture
def cli(folder):
    def call(*arguments, cwd=folder, **options):
        environment = {**os.environ, "COLUMNS": "200"}
        environment.pop("JUPYTER_MLOPS_HOME", None)
        command = [sys.executable, "-m", "jupyter_mlops.cli", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=90, **options)

    return call


def test_runs_lists_the_newest_first(cli, base, bad):
    told = cli("runs")

    lines = told.stdout.splitlines()
    assert (told.returncode, told.stderr) == (0, "")
    assert lines[1].split()[1:4] == ["FAILED", "bad", bad.id[:8]]
    assert lines[2].split()[1:4] == ["FINISHED", "base", base.id[:8]]
    assert "0.9" in lines[2]


def test_a_query_may_be_written_as_words(cli, base, bad):
    told = cli("runs", "acc", ">", "0.5", "--json")

    listed = json.loads(told.stdout)
    assert [(run["id"], run["status"], run["params"]) for run in listed["runs"]] == [(base.id, "FINISHED", {"C": "1"})]
    assert (listed["has_more"], listed["missing"]) == (False, "")


def test_b07_what_json_cannot_hold_is_a_text(cli, base):
    shown = json.loads(cli("show", "base", "--json").stdout)

    metrics = {key: value for key, value in shown["metrics"].items() if not key.startswith("system/")}
    assert metrics == {"acc": 0.9, "loss": "Infinity"}
    assert (shown["name"], shown["status"], shown["error"]) == ("base", "FINISHED", None)


def test_show_tells_a_failure_with_its_line(cli, bad):
    shown = cli("show", bad.id[:8])

    assert shown.returncode == 0
    assert "ValueError" in shown.stdout
    assert json.loads(cli("show", "bad", "--json").stdout)["error"]["line"] == 2


@pytest.mark.parametrize("options", [(), ("-f",), ("--tail", "1")])
def test_f38_logs_are_the_bytes_that_were_printed(cli, base, options):
    assert cli("logs", "base", *options).stdout == "grün \x1b[31m 1\n"


def test_following_ends_with_the_run(cli, service):
    run = service.submit(
        SubmitRun(source="import time\nfor i in range(3):\n    print(i)\n    time.sleep(0.2)", namespace={})
    )

    assert cli("logs", run.id, "-f").stdout == "0\n1\n2\n"


def test_waiting_says_how_it_ended(cli, service, base, bad):
    slow = service.submit(SubmitRun(source="import time\ntime.sleep(60)", namespace={}, name="slow"))

    assert (cli("wait", "base").returncode, cli("wait", "bad").returncode) == (0, 1)
    assert cli("wait", "slow", "--timeout", "0.1").returncode == 1
    assert cli("stop", "slow").stdout == f"Asked slow ({slow.id[:8]}) to stop.\n"
    assert json.loads(cli("stop", "slow", "--json").stdout)["id"] == slow.id
    assert json.loads(cli("wait", "slow", "--json").stdout)["status"] == "KILLED"
    assert cli("stop", "slow").stdout == "slow has ended already: KILLED.\n"


def test_diff_shows_only_what_differs(cli, base, bad):
    told = cli("diff", "base", "bad")
    found = json.loads(cli("diff", "base", "bad", "--json").stdout)

    assert "+raise ValueError('no')" in told.stdout
    assert (found["params"], found["metrics"]) == (
        {"C": ["1", None]},
        {"acc": ["0.9", None], "loss": ["inf", None]},
    )


def test_reproduce_runs_it_again_and_compares(cli, base, service):
    told = cli("reproduce", base.id, "--json")

    found = json.loads(told.stdout)
    assert (told.returncode, found["is_exact"], found["original"]) == (0, True, base.id)
    assert [output["name"] for output in found["outputs"]] == ["x"]
    assert service.get(found["again"]).spec.origin.run_id == base.id


def test_reproduce_writes_a_notebook_once(cli, base, tmp_path):
    path = tmp_path / "again.ipynb"

    first, second = (cli("reproduce", base.id, "--notebook", path) for _ in range(2))

    assert (first.returncode, first.stdout) == (0, f"Wrote {path}.\n")
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr == f"jupyter mlops: {path} is there already. Choose another name or remove it.\n"


def test_gc_says_what_it_would_free(cli, base):
    told = cli("gc", "--dry-run")
    plan = json.loads(cli("gc", "--dry-run", "--json").stdout)

    assert (told.returncode, told.stdout != "") == (0, True)
    assert plan["values"] == []


def test_trust_signs_what_is_there(cli, base):
    assert cli("trust", base.id).stdout == "Signed inputs.json, outputs.json of base.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["show", "nobody"], 3, "jupyter mlops: No run 'nobody'."),
        (["logs", "best:auc"], 3, "jupyter mlops: No finished run has a metric 'auc'. See jupyter mlops runs"),
        (["show", "last~99"], 3, "jupyter mlops: There is no last~99"),
        (["runs", "acc >"], 2, "jupyter mlops: Query not understood at position 6"),
        (["runs", "-n", "0"], 2, "jupyter mlops: A listing of 0 runs is empty."),
        (["runs", "--home", "x"], 2, "usage: jupyter mlops"),
        (["--home", "nowhere", "runs"], 3, "jupyter mlops: "),
        (["frobnicate"], 2, "usage: jupyter mlops"),
        ([], 2, "usage: jupyter mlops"),
    ],
)
def test_errors_are_one_line_and_a_code(cli, base, arguments, code, error):
    told = cli(*arguments)

    assert (told.returncode, told.stdout) == (code, "")
    assert told.stderr.startswith(error)
    assert told.stderr.count("\n") == 1 or told.stderr.startswith("usage")
    assert "Traceback" not in told.stderr


def test_where_there_is_no_home_nothing_is_made(cli, tmp_path):
    told = cli("runs", cwd=tmp_path)

    assert (told.returncode, told.stdout) == (3, "")
    assert told.stderr.startswith(f"jupyter mlops: No .mlops in {tmp_path}")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_leaves_early_is_no_error(cli, service, folder):
    run = service.submit(SubmitRun(source="print('line\\n' * 200_000)", namespace={}))
    run.wait(60)

    command = f"{sys.executable} -m jupyter_mlops.cli logs {run.id} | head -n 1"
    told = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=folder, timeout=60)

    assert (told.stdout, told.stderr) == ("line\n", "")


def test_listing_loads_no_heavy_library(folder, base):
    program = """
import sys
from jupyter_mlops.cli import main
for command in (["runs"], ["logs", "base"], ["show", "base"]):
    assert main(command) == 0
print(sorted({"numpy", "pandas", "mlflow", "sklearn", "IPython", "cloudpickle"} & set(sys.modules)))
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=folder, timeout=60)

    assert told.stdout.splitlines()[-1] == "[]", told.stderr


def test_the_script_is_installed_beside_python(folder, base):
    script = Path(sys.executable).parent / "jupyter-mlops"

    told = subprocess.run([script, "show", "base"], capture_output=True, text=True, cwd=folder, timeout=60)

    assert "base" in told.stdout
