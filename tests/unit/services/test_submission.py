"""A submission: what can be refused is refused before a file is written, and a failure leaves nothing behind."""

import stat
import threading
from pathlib import Path

import numpy as np
import pytest

from jupyter_mlops.capture import ExecutedCell, analyse_cell
from jupyter_mlops.entities import Fingerprint, Origin, Param, RunStatus, Upstream
from jupyter_mlops.exceptions import (
    CannotTravelError,
    HomeError,
    LauncherNotFoundError,
    LaunchError,
    UsageError,
)
from jupyter_mlops.home import Home, RunDirectory
from jupyter_mlops.services import RunService, SubmitRun, TravelReport
from jupyter_mlops.tracking import RunRecords

FILES = ["cell.py", "inputs.json", "inputs.pickle", "provenance.json", "spec.json"]


def files(run):
    return sorted(path.name for path in run.directory.path.iterdir())


def test_a_cell_becomes_a_directory_that_says_everything(service, launcher, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    history = [ExecutedCell(source, analyse_cell(source, str)) for source in ("x = [1]", "unrelated = 2")]

    run = service.submit(
        SubmitRun(
            source="x.append(C)\ny = up",
            namespace={"x": [1]},
            name="  base\nline ",
            experiment="digits",
            params=(Param("C", "3"),),
            tags={"team": "blue"},
            timeout_s=60.0,
            autolog="off",
            pending={"up": "r" * 32, "unread": "s" * 32},
            history=history,
            notebook="/nb/quick.ipynb",
            cell_id="c1",
        )
    )

    spec = run.spec
    assert launcher.submitted == [spec]
    assert (spec.name, spec.experiment, spec.params, spec.tags) == (
        "base line",
        "digits",
        (Param("C", "3"),),
        {"team": "blue"},
    )
    assert (spec.pending, spec.watched, spec.upstream) == (("x", "y"), (), (Upstream("up", "r" * 32),))
    assert (spec.timeout_s, spec.autolog, spec.cwd, spec.launcher) == (60.0, "off", str(tmp_path), "local")
    assert (run.cell, run.provenance.upstream_cells) == ("x.append(C)\ny = up", ("x = [1]",))
    assert (run.provenance.notebook, run.provenance.cell_id) == ("/nb/quick.ipynb", "c1")
    assert "random" in " ".join(run.provenance.seeds).lower()
    assert (files(run), [value.name for value in run.captured]) == (FILES, ["x"])
    assert run.status is RunStatus.SCHEDULED


@pytest.mark.parametrize(
    ("fields", "environment", "experiment"),
    [
        ({}, {}, "Default"),
        ({"notebook": "/nb/quick start.ipynb"}, {}, "quick start"),
        ({"notebook": "/nb/quick.ipynb"}, {"MLFLOW_EXPERIMENT_NAME": "told"}, "told"),
        ({"experiment": " own\0 "}, {"MLFLOW_EXPERIMENT_NAME": "told"}, "own"),
    ],
)
def test_the_experiment_is_the_first_that_somebody_named(service, monkeypatch, fields, environment, experiment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert service.submit(SubmitRun(source="1", namespace={}, **fields)).experiment == experiment


def test_the_tracking_store_of_the_environment_is_the_runs(service, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://tracking")

    spec = service.submit(SubmitRun(source="1", namespace={})).spec

    assert (spec.tracking_uri, spec.registry_uri) == ("http://tracking", "")


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "\0"])
def test_b04_a_run_without_a_name_gets_one_from_its_id(service, name):
    run = service.submit(SubmitRun(source="1", namespace={}, name=name))

    assert run.spec.name == f"run-{run.id[:6]}"


def test_b05_tags_are_made_safe_and_keep_their_lines(service):
    tags = {"no\u202ete\n": "line one\nline\u2066 two\0", "k" * 300: "v" * 9000}

    run = service.submit(SubmitRun(source="1", namespace={}, tags=tags))

    assert run.spec.tags == {"note": "line one\nline two", "k" * 250: "v" * 9000}


def test_who_submitted_is_recorded(service, monkeypatch):
    monkeypatch.setenv("LOGNAME", "eve")
    run = service.submit(SubmitRun(source="1", namespace={}))
    assert run.spec.user == "eve"
    assert RunRecords(run.directory.path, run.spec).runs[run.id].user == "eve"


def test_b38_secrets_are_in_no_plain_file(service):
    run = service.submit(
        SubmitRun(
            source="len(api_key), len(store), lr",
            namespace={},
            params=(Param("api_key", "'hunter2'"), Param("store", "http://me:hunter2@host"), Param("lr", "0.1")),
            tags={"password": "hunter2"},
        )
    )

    plain = "".join(path.read_text() for path in run.directory.path.iterdir() if path.name != "inputs.pickle")
    assert "hunter2" not in plain
    assert run.spec.params == (Param("lr", "0.1"),)
    assert run.spec.shown_params == (Param("lr", "0.1"), Param("api_key", "***"), Param("store", "***"))
    assert run.params == {"lr": "0.1", "api_key": "[masked]", "store": "[masked]"}
    assert run.spec.tags == {"password": "***"}
    assert {value.name for value in run.captured} == {"api_key", "store"}


def test_b38_secrets_in_the_cells_above_are_masked(service, tmp_path):
    cells = ["password = 'hunter2'", "store = connect('db://me:hunter2@host', password=password)"]
    history = [ExecutedCell(source, analyse_cell(source, str)) for source in cells]
    run = service.submit(SubmitRun(source="store.read(token='hunter2')", namespace={"store": 1}, history=history))

    masked = ("password = '***'", "store = connect('db://me:***@host', password=password)")
    assert run.provenance.upstream_cells == masked
    assert "hunter2" not in service.reproduce_notebook(run, tmp_path / "again.ipynb").read_text()


def test_b38_only_the_user_can_read_a_run(service):
    run = service.submit(SubmitRun(source="1", namespace={}))

    modes = {stat.S_IMODE(path.stat().st_mode) for path in run.directory.path.iterdir()}
    assert (stat.S_IMODE(run.directory.path.stat().st_mode), modes) == (0o700, {0o600})


def test_data_is_fingerprinted_by_content(service):
    small, large = np.arange(10), np.zeros(1 << 20)

    runs = [service.submit(SubmitRun(source="X + Z", namespace={"X": small, "Z": large})) for _ in range(2)]
    prints = [run.provenance.fingerprints for run in runs]

    assert prints[0] == prints[1]
    assert [print_.name for print_ in prints[0]] == ["X", "Z"]
    assert prints[0][0] == Fingerprint(
        name="X", type="numpy.ndarray", digest=prints[0][0].digest, shape=(10,), columns=("int64",)
    )
    assert (len(prints[0][0].digest), prints[0][1].digest) == (32, "")


@pytest.mark.parametrize(
    ("returns", "imports"), [(None, {"np": "import numpy as np"}), (("np", "x"), {})], ids=["inferred", "listed"]
)
def test_what_is_only_imported_is_told_from_what_is_made(service, returns, imports):
    command = SubmitRun(source="import numpy as np\nx = np.ones(3)", namespace={}, returns=returns)
    run = service.submit(command)
    assert (set(run.spec.pending), run.spec.imports) == ({"np", "x"}, imports)
    assert service.dry_run(command).pending == tuple(name for name in ("np", "x") if name not in imports)


def test_what_a_cell_imports_again_comes_back_and_is_no_result_either(service):
    """Given a name that the notebook has imported before; when a cell imports it; then nobody waits for it."""
    command = SubmitRun(source="import numpy as np\nx = np.ones(3)", namespace={"np": np})
    spec = service.submit(command).spec
    assert (spec.pending, spec.imports) == (("x",), {"np": "import numpy as np"})


def nothing_was_started(service, launcher):
    return launcher.submitted == [] and list(service.home.runs.iterdir()) == []


@pytest.mark.parametrize("source", ["", "  \n\t\n"])
def test_b03_an_empty_cell_is_refused(service, launcher, source):
    with pytest.raises(UsageError, match="The cell is empty"):
        service.submit(SubmitRun(source=source, namespace={}))

    assert nothing_was_started(service, launcher)


def test_b03_a_syntax_error_starts_nothing(service, launcher):
    with pytest.raises(SyntaxError) as error:
        service.submit(SubmitRun(source="x = 1\n\nif x\n", namespace={}))

    assert error.value.lineno == 3
    assert nothing_was_started(service, launcher)


def test_f40_what_cannot_travel_is_named_before_anything_starts(service, launcher):
    namespace = {"lock": threading.Lock(), "lines": (line for line in "ab"), "x": 1}

    with pytest.raises(CannotTravelError) as error:
        service.submit(SubmitRun(source="x\nwith lock:\n    list(lines)", namespace=namespace))

    assert "lock is a _thread.lock, read in line 2: with lock:" in str(error.value)
    assert "lines is a generator, read in line 3" in str(error.value)
    assert nothing_was_started(service, launcher)


def test_f40_more_than_the_limit_is_refused_with_a_figure(service, launcher, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_CAPTURE_LIMIT_BYTES", "1m")

    with pytest.raises(CannotTravelError, match=r"limit is 1 MiB: X \(numpy.ndarray"):
        service.submit(SubmitRun(source="X", namespace={"X": np.zeros(1 << 18)}))

    assert nothing_was_started(service, launcher)


def test_a_cell_with_eval_leaves_behind_what_it_does_not_mention_and_cannot_take(service):
    run = service.submit(SubmitRun(source="eval('x')", namespace={"x": 1, "lock": threading.Lock()}))

    assert [value.name for value in run.captured] == ["x"]


def test_submodules_that_only_attributes_reach_travel_unseen(service):
    import xml.dom.minidom

    run = service.submit(SubmitRun(source="xml.dom.minidom.parseString('<a/>')", namespace={"xml": xml}))

    assert [value.name for value in run.captured] == ["xml"]
    assert "__mlops_submodules__" in run.directory.inputs().names


@pytest.mark.parametrize("error", [LaunchError("no process"), HomeError("no room"), OSError("no fork")])
def test_a_launch_that_fails_leaves_nothing(service, launcher, error):
    def refuse(spec):
        raise error

    launcher.submit = refuse

    with pytest.raises(type(error)):
        service.submit(SubmitRun(source="1", namespace={}))

    assert list(service.home.runs.iterdir()) == []


def test_a_submission_that_is_interrupted_asks_whoever_started_to_stop(service, launcher):
    def interrupt(spec):
        raise KeyboardInterrupt

    launcher.submit = interrupt

    with pytest.raises(KeyboardInterrupt):
        service.submit(SubmitRun(source="1", namespace={}))

    (run,) = service
    assert run.directory.stop_requested() == "user"


class ObstructedHome(Home):
    """A home where one file of a run cannot be written: a directory in its place stands for any refusal of the disk."""

    obstacle = ""

    def run(self, run_id):
        return ObstructedDirectory(self.runs / run_id, self.signer, self.obstacle)


class ObstructedDirectory(RunDirectory):
    def __init__(self, path, signer, obstacle):
        super().__init__(path, signer)
        self._obstacle = obstacle

    def create(self):
        super().create()
        (self.path / self._obstacle / "in the way").mkdir(parents=True)


@pytest.mark.parametrize("file", ["inputs.pickle", "inputs.json", "cell.py", "provenance.json", "spec.json"])
def test_a_file_that_cannot_be_written_leaves_nothing(home, launcher, file):
    obstructed = ObstructedHome(home.path)
    obstructed.obstacle = file
    service = RunService(obstructed, launcher)

    with pytest.raises(HomeError, match=f"Cannot write .*{file}"):
        service.submit(SubmitRun(source="1", namespace={}))

    assert nothing_was_started(service, launcher)


def test_threads_may_submit_at_once(service, launcher):
    def submit(number):
        service.submit(SubmitRun(source=f"x = {number}", namespace={}, name=f"run{number}"))

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(run.name for run in service) == sorted(f"run{number}" for number in range(16))
    assert len({spec.sequence for spec in launcher.submitted}) == 16


def test_an_unknown_launcher_is_refused_first(service, launcher):
    with pytest.raises(LauncherNotFoundError, match="No launcher named 'slurm'"):
        service.submit(SubmitRun(source="1", namespace={}, launcher="slurm"))

    assert nothing_was_started(service, launcher)


def test_f27_a_home_that_may_not_be_written_is_told_with_its_path(service, launcher):
    service.home.runs.rmdir()
    service.home.runs.write_text("not a directory")

    with pytest.raises(HomeError, match=f"Cannot make {service.home.runs}"):
        service.submit(SubmitRun(source="1", namespace={}))

    assert launcher.submitted == []


def test_a_dry_run_tells_and_writes_nothing(service, launcher):
    namespace = {"x": [1], "a": np.zeros(4), "lock": threading.Lock(), "np": np}
    fields = {"namespace": namespace, "pending": {"up": "r" * 32}}

    report = service.dry_run(SubmitRun(source="x.append(np.linalg.norm(a))\ny = up", **fields))
    refused = service.dry_run(SubmitRun(source="lock.acquire()", **fields))

    assert [(value.name, value.type) for value in report.values] == [("a", "numpy.ndarray"), ("x", "list")]
    assert report == TravelReport(
        values=report.values,
        modules=("numpy", "numpy.linalg"),
        pending=("x", "y"),
        watched=("a",),
        upstream={"up": "r" * 32},
    )
    assert report.size == sum(value.size for value in report.values)
    assert refused.values == ()
    assert refused.refused.startswith("lock is a _thread.lock")
    assert nothing_was_started(service, launcher)


def test_a_rerun_without_the_names_that_the_cell_reads_is_refused(service):
    first = service.submit(SubmitRun(source="y = x + z + k", namespace={"x": np.ones(2), "z": 1, "k": 2}, name="base"))
    with pytest.raises(UsageError) as error:
        service.rerun(first, {"k": 2}, pending={})
    assert str(error.value) == (
        "x and z are not defined here, and the cell of base reads them. Run the cells above first, or "
        "%runs reproduce base, which uses the run's own inputs."
    )
    assert [run.id for run in service] == [first.id]
    assert service.rerun(first, {"k": 2, "z": 1}, pending={"x": first.id}).spec.upstream


def test_a_rerun_is_the_same_cell_with_the_present_names(service):
    first = service.submit(
        SubmitRun(source="y = x * C", namespace={"x": 1}, name="base", params=(Param("C", "2"),), returns=("y",))
    )

    again = service.rerun(first, {"x": np.ones(3)}, pending={})

    assert (again.spec.name, again.cell, again.spec.params) == ("base", first.cell, first.spec.params)
    assert (again.spec.pending, again.spec.explicit_returns) == (("y",), True)
    assert again.spec.origin == Origin("rerun", first.id)
    assert [value.type for value in again.captured] == ["numpy.ndarray"]


def test_submissions_are_in_order_across_services(service, home, launcher):
    runs = [RunService(home, launcher).submit(SubmitRun(source="1", namespace={})) for _ in range(3)]

    assert [run.id for run in service] == [run.id for run in reversed(runs)]


def test_a_removed_working_directory_is_a_clear_error(service, launcher, tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    Path(gone).rmdir()

    with pytest.raises(UsageError, match="working directory"):
        service.submit(SubmitRun(source="1", namespace={}))

    assert nothing_was_started(service, launcher)
