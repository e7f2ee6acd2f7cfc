"""Registered models end to end: a run, a keeper, MLflow's registry, and MLflow's own loading of what was registered."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from tracked_cells import MLFLOWS_OWN, until

import jupyter_mlops as mlops
from jupyter_mlops.entities import ChangeModel, ModelParity, RegisterModel
from jupyter_mlops.exceptions import ModelNotFoundError, TrackingError, UsageError
from jupyter_mlops.home import Home, LifeLock, register_home
from jupyter_mlops.services import (
    Homes,
    ModelExplorer,
    ModelService,
    Run,
    SubmitRun,
    bundle_of,
    current_service,
    export_onnx,
    service_of,
    use_service,
)
from jupyter_mlops.services._deletion import delete_run
from jupyter_mlops.services._models._source import registered_file

pytest.importorskip("skl2onnx")
pytestmark = [pytest.mark.keeper, pytest.mark.filterwarnings(MLFLOWS_OWN)]

X = np.random.default_rng(0).normal(size=(60, 2))
LOAD = """
import sys, json, numpy as np, warnings
warnings.simplefilter("ignore")
import mlflow
mlflow.set_tracking_uri(sys.argv[1])
X = np.asarray(json.loads(sys.argv[3]), dtype="float32")
native = mlflow.onnx.load_model(sys.argv[2])
answer = mlflow.pyfunc.load_model(sys.argv[2]).predict(X)
print(json.dumps([native.ir_version > 0, next(iter(answer.values())).tolist()]))
"""
LOAD_LOGGED = """
import sys, json, numpy as np
import mlflow
mlflow.set_tracking_uri(sys.argv[1])
print(json.dumps([True, mlflow.sklearn.load_model(sys.argv[2]).predict(json.loads(sys.argv[3])).tolist()]))
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory):
    """A home whose stories build on each other's versions: a keeper and MLflow take seconds."""
    patch = pytest.MonkeyPatch()
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        patch.delenv(name)
    patch.setenv("JUPYTER_MLOPS_KEEPER", "on")
    patch.setenv("JUPYTER_MLOPS_KEEPER_IDLE_S", "1")
    service = service_of(Home.create(tmp_path_factory.mktemp("models") / "home"))
    use_service(service)
    yield service
    use_service(None)
    patch.undo()


@pytest.fixture(scope="module")
def run(runs, tmp_path_factory):
    """A run that returned a model, logged none, and was exported."""
    run = trained("wide", "off")
    export_onnx(run, X, tmp_path_factory.mktemp("files") / "model.onnx")
    return run


def keeper_gone(home: Home) -> Iterator[LifeLock]:
    """Wait until no keeper works, and let none begin."""
    found: list[LifeLock] = []
    until(lambda: found.append(lock) or True if (lock := LifeLock.acquire(home.keeper_lock)) else False)
    yield found[0]


def trained(name: str, autolog: str) -> Run:
    cell = "model = LogisticRegression().fit(X, X[:, 0] > 0)"
    names = {"X": X, "LogisticRegression": LogisticRegression}
    run = current_service().submit(SubmitRun(source=cell, namespace=names, name=name, autolog=autolog))
    run.wait()
    return run


@pytest.fixture(scope="module")
def registered(runs, run):
    return mlops.models.register(run, "cancer", description="the first", aliases=["champion"], tags={"stage": "new"})


@pytest.fixture(scope="module")
def logged(runs, registered):
    """A version of the same model whose run has logged it by autologging, and was never exported."""
    return mlops.models.register(trained("logged", "on"), "cancer")


@pytest.fixture(scope="module")
def expected(run) -> list[bool]:
    return [bool(label) for label in run.result("model").predict(X[:5])]


def loaded(runs, uri: str, program: str = LOAD) -> list[bool]:
    """Return what a model answers that a fresh process has loaded by MLflow's own words."""
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            program,
            ModelService(runs).address.tracking_uri,
            uri,
            repr(X[:5].tolist()),
        ],
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")},
        cwd=runs.home.path.parent,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    is_model, answer = json.loads(done.stdout.strip().splitlines()[-1])
    assert is_model
    return [bool(label) for label in answer]


def test_a_run_becomes_a_version(run, registered):
    assert (registered.label, registered.aliases, registered.description) == ("cancer/1", ("champion",), "the first")
    assert (registered.run_id, registered.run_name, registered.status) == (run.id, "wide", "READY")
    assert registered.tags["stage"] == "new"
    assert registered.parity == ModelParity(state="equal", rows=registered.parity.rows)
    assert registered.parity.rows > len(X)


def test_mlflow_loads_it_by_its_alias(runs, registered, expected):
    assert loaded(runs, "models:/cancer@champion") == expected


def test_a_version_is_what_can_be_deployed(runs, run, registered):
    for reference in ("cancer/1", "cancer@champion", "models:/cancer@champion"):
        bundle = bundle_of(runs, reference)
        assert (bundle.sha256, bundle.run_id, bundle.label) == (registered.onnx_sha256, run.id, "cancer")
        assert bundle.facts["registered"] == "cancer/1"


def test_a_later_export_leaves_the_version_as_it_was(runs, run, registered, tmp_path):
    before = bundle_of(runs, "cancer/1")
    report = export_onnx(run, X, tmp_path / "again.onnx", opset=17)

    assert report.sha256 != registered.onnx_sha256
    assert bundle_of(runs, run).sha256 == report.sha256
    assert bundle_of(runs, "cancer/1") == before
    assert before.path.read_bytes() != bundle_of(runs, run).path.read_bytes()


def test_the_model_that_a_run_has_logged_is_its_version(runs, logged, expected):
    assert (logged.label, logged.run_name, logged.onnx_sha256) == ("cancer/2", "logged", "")
    assert logged.parity == ModelParity()
    assert loaded(runs, "models:/cancer/2", LOAD_LOGGED) == expected


def test_a_version_that_was_never_exported_is_exported_on_rows(runs, logged):
    with pytest.raises(UsageError, match="not exported yet"):
        bundle_of(runs, "cancer/2")
    assert bundle_of(runs, "cancer/2", X).facts["registered"] == "cancer/2"


def test_a_run_and_a_model_of_one_name(runs, run, registered, logged):
    """The run wins; `models:/` says the model."""
    named = mlops.models.register(run, "logged")

    assert bundle_of(runs, "logged").run_id == logged.run_id
    assert bundle_of(runs, "models:/logged").run_id == run.id == bundle_of(runs, "logged/1").run_id
    assert mlops.models.delete("logged") == named.name
    with pytest.raises(ModelNotFoundError, match="No model 'logged' is registered"):
        bundle_of(runs, "models:/logged")


def test_an_alias_is_set_moved_and_removed(registered, logged):
    assert mlops.models.alias("cancer/1", "challenger").aliases == {"challenger": 1, "champion": 1}
    assert mlops.models.alias("cancer/2", "challenger").aliases == {"challenger": 2, "champion": 1}
    assert mlops.models["cancer@challenger"].label == "cancer/2"
    assert mlops.models.unalias("cancer", "challenger").aliases == {"champion": 1}
    with pytest.raises(ModelNotFoundError, match=r"cancer has no alias challenger\. Its aliases: @champion\."):
        mlops.models.unalias("cancer", "challenger")


def test_words_of_a_version(runs, registered):
    service = ModelService(runs)
    service.change("cancer", ChangeModel(description="of the breast", version=None))
    service.change("cancer", ChangeModel(description="", version=1))
    tagged = service.tag("cancer/1", {"reviewed": "yes", "stage": None})

    assert service.model("cancer").description == "of the breast"
    assert (tagged.description, tagged.tags.get("reviewed"), "stage" in tagged.tags) == ("", "yes", False)
    with pytest.raises(UsageError, match="it stays"):
        service.tag("cancer/1", {"mlops.run_id": "0" * 32})


def test_lineage_leads_to_run_data_and_reports(runs, run, registered):
    lineage = mlops.models.lineage("cancer@champion")

    assert (lineage.run, lineage.version.label) == (run, "cancer/1")
    assert {fingerprint.name for fingerprint in lineage.data} == {
        fingerprint.name for fingerprint in run.provenance.fingerprints
    }
    assert lineage.onnx is not None
    assert lineage.reports is not None
    assert lineage.reports.fairness is None


def test_a_version_outlives_its_run(runs, tmp_path):
    """The file is the registry's: whoever removes the run directory can still deploy what was registered."""
    run = trained("gone", "off")
    export_onnx(run, X, tmp_path / "gone.onnx")
    version = mlops.models.register(run, "gone-model")
    delete_run(run, runs.home)

    kept = mlops.models["gone-model"]
    assert (kept.run_id, kept.run_name, kept.parity) == (run.id, "", ModelParity())
    assert bundle_of(runs, "gone-model").sha256 == version.onnx_sha256
    assert mlops.models.lineage("gone-model").run is None


def test_a_deleted_version_is_gone_and_its_number_is_not_used_again(runs, run, registered, logged):
    third = mlops.models.register(run, "cancer")
    assert mlops.models.delete(third.label) == "cancer/3"
    assert "cancer/3" not in mlops.models
    assert "cancer/2" in mlops.models
    assert run.exists


def test_the_front_end_registers_a_run_in_its_home(runs, run, registered):
    register_home(runs.home.path)
    homes = Homes(runs.home.path.parent)
    homes.refresh()
    explorer = ModelExplorer(homes)
    made = explorer.register(RegisterModel(run_id=run.id, name="wide net", description="d", aliases=("challenger",)))

    assert (made.label, made.run_name, made.description, made.aliases) == ("wide net/1", "wide", "d", ("challenger",))
    listed = explorer.list()
    assert "wide net" in [model.name for model in listed.models]
    assert explorer.list(listed.mark).unchanged


def test_what_is_registered_is_laid_out_once(runs, run, registered):
    """A second registration of the same file writes and ships nothing, and is quick."""
    folder = registered_file(run, registered.onnx_sha256).parent
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    again = mlops.models.register(run, "again")

    assert again.onnx_sha256 in {registered.onnx_sha256, bundle_of(runs, run).sha256}
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert sorted(before) == ["MLmodel", "model.onnx", "python_env.yaml", "requirements.txt"]


def test_a_file_that_was_exchanged_is_not_deployed(runs, run, tmp_path):
    version = mlops.models.register(run, "exchanged")
    place = registered_file(run, version.onnx_sha256)
    other = export_onnx(LogisticRegression().fit(X, X[:, 1] > 0), X, tmp_path / "other.onnx")
    kept = place.read_bytes()
    place.write_bytes((tmp_path / "other.onnx").read_bytes())

    assert other.sha256 != version.onnx_sha256
    with pytest.raises(UsageError, match="is not the file that was registered as exchanged/1"):
        bundle_of(runs, "exchanged/1")
    place.write_bytes(kept)


def test_a_run_without_a_model_says_what_to_do(runs):
    run = mlops.train(lambda: 1, name="nothing")
    with pytest.raises(UsageError, match=r"Run nothing has no model to register.*-X X_test"):
        mlops.models.register(run, "nothing")


def test_a_run_that_cannot_be_shipped_is_registered_later(runs, tmp_path, monkeypatch):
    """The keeper is held off: the wait is bounded, and the message says that the model is kept."""
    run = trained("held", "off")
    export_onnx(run, X, tmp_path / "held.onnx")
    held = next(iter(keeper_gone(runs.home)))
    with held, pytest.raises(TrackingError, match=r"not in its tracking store after 0 s .* register it again later"):
        ModelService(runs).register(run, "held", timeout_s=0.2)

    monkeypatch.setenv("JUPYTER_MLOPS_KEEPER", "off")  # then nobody comes, and nobody waits
    with pytest.raises(TrackingError, match=r"the keeper, which ships runs, is switched off[.] Unset"):
        ModelService(runs).register(run, "held")


def test_a_registered_model_is_served(runs, run, registered, expected, tmp_path, monkeypatch):
    """The champion at an endpoint that has the model's name, whatever the version is called."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    endpoint = mlops.deploy("cancer@champion")
    try:
        assert endpoint.name == "cancer"
        assert [bool(label) for label in endpoint.predict(X[:5])] == expected
    finally:
        endpoint.stop()
