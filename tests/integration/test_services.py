"""Runs through the services with real processes: submitted, delivered, chained, failed, stopped, reproduced."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_mlops.entities import Origin, Param, RunStatus
from jupyter_mlops.exceptions import MissingObjectError, RunFailedError, UntrustedManifestError
from jupyter_mlops.home import CRASH_POINTS, Home
from jupyter_mlops.launchers import LocalLauncher
from jupyter_mlops.services import RunService, SubmitRun
from jupyter_mlops.testing import wait_until


@pytest.fixture
def service(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    home = Home.create(tmp_path / ".mlops")
    return RunService(home, LocalLauncher(home))


def submit(service, source, namespace=None, **fields):
    return service.submit(SubmitRun(source=textwrap.dedent(source), namespace=namespace or {}, **fields))


def finished(run):
    assert run.wait(60).status is RunStatus.FINISHED, run.log()
    return run


def test_a_run_gives_back_what_it_made_and_releases_what_it_left_alone(service):
    X, y = np.arange(40.0).reshape(20, 2), np.repeat([0, 1], 10)
    model = LogisticRegression()

    run = submit(
        service,
        """
        print("fitting", C)
        model.fit(X, y)
        model.C = C
        seen = X
        len(X)
        """,
        {"model": model, "X": X, "y": y},
        name="base",
        params=(Param("C", "0.5"),),
    )

    results = finished(run).results()
    assert set(results) == {"model", "seen"}
    assert results["model"].score(X, y) == 1.0
    assert (results["model"].C, model.C) == (0.5, 1.0)
    assert not hasattr(model, "coef_")
    assert run.log() == "fitting 0.5\n"
    assert [display.data["text/plain"] for display in run.displays()] == ["20"]
    assert np.array_equal(run.result("seen"), X)


def test_what_the_caller_still_has_comes_back_as_the_very_object(service):
    X, box = np.zeros(100_000), []

    run = finished(submit(service, "box.append(X)\nalias = X", {"X": X, "box": box}))

    held = run.results(held={"X": X})
    fresh = run.results()
    assert held["alias"] is X
    assert held["box"][0] is X
    assert fresh["alias"] is fresh["box"][0]
    assert fresh["alias"] is not X


def test_a_name_that_no_run_returned_is_told_with_the_reason(service):
    run = finished(submit(service, "x = 1\ndel gone\nbad = open('/dev/null')", {"gone": [1]}, name="base"))

    for name, message in {
        "y": "Run base returns no y. It returned x.",
        "gone": "Run base deleted gone.",
        "bad": "Run base could not return bad: ",
    }.items():
        with pytest.raises(RunFailedError) as error:
            run.result(name)
        assert str(error.value).startswith(message)


def test_a_run_waits_for_the_run_that_makes_its_input(service, tmp_path):
    go = tmp_path / "go"
    waits = f"import os, time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.01)\n"
    first = submit(service, f"{waits}box = [1]\nother = box")
    second = submit(service, "box.append(other is box)", pending={"box": first.id, "other": first.id})
    third = submit(service, "len(box)", pending={"box": second.id, "other": first.id}, returns=("box",))

    assert third.state.status is RunStatus.SCHEDULED
    go.touch()
    assert finished(third).result("box") == [1, True]
    assert finished(second).result("box") == [1, True]
    assert first.result("box") == [1]


def test_a_released_name_comes_from_the_run_that_made_it(service):
    first = submit(service, "class Box: pass\nbox = Box()\nbox.x = 1")
    second = finished(submit(service, "def look(b): pass\nlook(box)", pending={"box": first.id}))

    assert second.directory.result().released == ("box",)
    assert second.result("box").x == 1


def test_a_failed_run_is_told_with_its_line_and_fails_those_that_wait(service):
    first = submit(service, "import time\ntime.sleep(0.3)\nx = 1 / 0", name="bad")
    second = submit(service, "y = x", name="next", pending={"x": first.id})

    assert first.wait(60).status is RunStatus.FAILED
    assert second.wait(60).status is RunStatus.FAILED
    assert second.state.reason == "upstream run bad failed"
    with pytest.raises(
        RunFailedError, match=r"Run bad failed: ZeroDivisionError: division by zero \(cell line 3: x = 1 / 0\)"
    ):
        first.result("x")
    with pytest.raises(RunFailedError, match="Run next is FAILED: upstream run bad failed"):
        second.results()


def test_a_run_is_stopped_and_followed_to_its_end(service):
    run = submit(service, "import time\nfor i in range(1000):\n    print(i, flush=True)\n    time.sleep(0.02)")
    text = ""
    for piece in run.follow():
        text += piece
        if "3\n" in text:
            run.stop()

    assert run.wait(60).status is RunStatus.KILLED
    assert text == run.log()
    assert run.log(tail=2).count("\n") == 2
    with pytest.raises(RunFailedError, match="stopped by user"):
        run.results()


def test_results_outlive_the_process_that_asked_for_them(service, tmp_path):
    program = """
        import sys
        from jupyter_mlops import runs, train

        scale = 3
        class Model:
            def predict(self, x):
                return x * scale
        def fit(x, power=1):
            model = Model()
            model.fitted = x ** power
            return model

        run = train(fit, x=2, power=2, name="base")
        print(run.id)
    """
    environment = {**os.environ, "JUPYTER_MLOPS_HOME": str(service.home.path)}
    told = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        timeout=60,
    )
    reader = """
        from jupyter_mlops import runs
        model = runs["base"].result("result")
        print(model.fitted, model.predict(5), runs.last.params, runs.last.id)
    """
    read = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(reader)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        timeout=60,
    )

    assert read.stdout == f"4 15 {{'x': '2', 'power': '2'}} {told.stdout.strip()}\n"


def test_a_reproduction_is_equal_to_the_bit(service):
    source = """
        import numpy as np, random
        noise = np.random.rand(20_000) + random.random()
        fitted = model.fit(X, y)
    """
    X = np.random.rand(50, 2)
    namespace = {"model": LogisticRegression(C=2), "X": X, "y": (X[:, 0] > 0.5).astype(int)}
    original = finished(submit(service, source, namespace, name="base"))
    X[:] = 0

    again = service.reproduce("base")
    found = service.compare_reproduction(original, again)

    assert again.spec.origin == Origin("reproduce", original.id)
    assert (found.is_exact, [item.name for item in found.outputs]) == (True, ["fitted", "model", "noise"])
    assert service.diff(original, again).is_empty
    assert again.id != original.id


def test_a_reproduction_says_by_how_much_it_is_not_the_same(service, tmp_path):
    source = "offset = float(open('offset').read())\nX = X + offset\ns = str(offset)"
    (tmp_path / "offset").write_text("0.5")
    original = finished(submit(service, source, {"X": np.zeros(4)}))
    (tmp_path / "offset").write_text("0.25")

    found = service.compare_reproduction(original, service.reproduce(original))

    told = {item.name: (item.equal, item.how, item.largest) for item in found.outputs}
    assert told == {
        "X": (False, "float64[4]: 4 of 4 by at most 0.25", 0.25),
        "offset": (False, "0.5 against 0.25", 0.25),
        "s": (False, "'0.5' against '0.25'", None),
    }


def test_a_run_whose_inputs_were_collected_cannot_be_reproduced(service):
    original = finished(submit(service, "y = X.sum()", {"X": np.ones(50_000)}))
    for file in list(service.home.objects.files()):
        file.unlink()

    with pytest.raises(MissingObjectError, match="400,000 bytes of its inputs were collected"):
        service.reproduce(original)
    assert [run.id for run in service] == [original.id]


def test_what_came_from_elsewhere_is_not_unpickled_until_it_is_trusted(service, tmp_path, monkeypatch):
    run = finished(submit(service, "x = [1]"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "another user"))
    stranger = RunService(Home.open(service.home.path), service.launcher)

    with pytest.raises(UntrustedManifestError, match="trust"):
        stranger.get(run.id).result("x")
    with pytest.raises(UntrustedManifestError):
        stranger.reproduce(run.id)

    assert stranger.trust(run.id) == ("inputs.json", "outputs.json")
    assert stranger.get(run.id).result("x") == [1]


def test_f36_a_flood_keeps_its_head_its_tail_and_the_place_of_what_is_missing(service, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_LOG_CAP_BYTES", "256k")
    source = "import time\nfor i in range(100_000):\n    print(f'line {i:06}')\n    if i % 5000 == 0: time.sleep(0.02)"

    run = finished(submit(service, source))

    text = run.log()
    assert run.output.size == 100_000 * 12
    assert text.startswith("line 000000\nline 000001\n")
    assert text.endswith("line 099998\nline 099999\n")
    assert "bytes not kept: the log reached its cap]" in text
    assert "\0" not in text
    assert run.log(tail=1) == "line 099999\n"
    assert "".join(run.follow()) == text


SUBMISSION = """
    from pathlib import Path
    from jupyter_mlops.home import Home
    from jupyter_mlops.launchers import LocalLauncher
    from jupyter_mlops.services import RunService, SubmitRun
    home = Home.open(Path({home!r}))
    service = RunService(home, LocalLauncher(home))
    service.submit(SubmitRun(source="import time; time.sleep(0.2); y = sum(x)", namespace={{"x": [1, 2]}}))
"""


@pytest.mark.parametrize("point", [point for point in CRASH_POINTS if point.startswith("submit.")])
def test_f12_a_kernel_that_dies_while_it_submits_leaves_no_ghost(service, point):
    program = textwrap.dedent(SUBMISSION.format(home=str(service.home.path)))
    died = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "JUPYTER_MLOPS_CRASH_AT": point},
        capture_output=True,
        timeout=60,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr

    wait_until(lambda: all(run.status.is_terminal for run in service), within_s=15)

    runs = list(service)
    if point == "submit.directory":
        assert runs == []
    elif point == "submit.launched":
        assert [run.status for run in runs] == [RunStatus.FINISHED]
        assert runs[0].result("y") == 3
    else:
        assert [(run.status, run.state.reason) for run in runs] == [(RunStatus.FAILED, "never started")]


def test_f12_a_submission_resolves_within_five_seconds(service):
    program = textwrap.dedent(SUBMISSION.format(home=str(service.home.path)))
    environment = {**os.environ, "JUPYTER_MLOPS_CRASH_AT": "submit.inputs"}
    subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, timeout=60)
    died = time.monotonic()

    (ghost,) = service
    ghost.wait(10)

    assert time.monotonic() - died < 6
    assert ghost.status is RunStatus.FAILED


def test_a_notebook_that_reproduces_a_run_is_valid(service, tmp_path):
    import nbformat

    run = finished(submit(service, "text = '```'\nx = 1", name="base `x`", params=(Param("C", "1"),)))

    path = service.reproduce_notebook(run, tmp_path / "again")

    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert path == Path(tmp_path / "again.ipynb")
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code", "code", "markdown"]
    assert run.id in notebook.cells[1].source
    assert "text = '```'" in notebook.cells[4].source
    environment = {**os.environ, "JUPYTER_MLOPS_HOME": str(service.home.path)}
    program = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    ran = subprocess.run(
        [sys.executable, "-m", "IPython", "-c", f"{program}\nprint(mlops.runs.compare(original, again).is_exact)"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ran.stdout.splitlines()[-1:], ran.stderr) == (["True"], "")
