"""A home's registry: which one it is, what is found in it, what is refused before anybody is asked to change it."""

from pathlib import Path

import msgspec
import pytest
from registries import add_model, make_registry

from jupyter_mlops.entities import (
    ChangeModel,
    ChangeRun,
    Fingerprint,
    ModelParity,
    OnnxParity,
    OnnxReport,
    OnnxRows,
    Provenance,
)
from jupyter_mlops.entities import RunStatus as Status
from jupyter_mlops.exceptions import (
    ModelNotFoundError,
    RunNotFoundError,
    TrackingError,
    UnknownReferenceError,
    UsageError,
)
from jupyter_mlops.services import Models, ModelService, bundle_of
from jupyter_mlops.services._deletion import delete_run
from jupyter_mlops.services._models._lineage import VersionRuns, onnx_report, parity_of
from jupyter_mlops.services._models._service import address_of
from jupyter_mlops.services._user_changes import change_run


@pytest.fixture
def store(home) -> Path:
    return make_registry(home.path / "mlflow.db")


@pytest.fixture
def service_of_models(service) -> ModelService:
    return ModelService(service)


def report(differing: int = 0) -> OnnxReport:
    rows = OnnxRows(given=100, checked=100, differing=differing, labels=100)
    return OnnxReport(
        made_at="2026-11-21T00:00:00+00:00",
        file="model.onnx",
        sha256="0" * 64,
        size=1,
        converter="sklearn",
        variant="float32",
        precision="float32",
        inputs=(),
        outputs=(),
        operators={},
        opsets={},
        parity=OnnxParity(real=rows, edge=OnnxRows(checked=14), largest=0.0, rtol=1e-4, atol=1e-5, allowed=differing),
    )


def keep(run, differing: int = 0) -> None:
    path = run.directory.artifacts / "reports" / "onnx.json"
    path.parent.mkdir(parents=True)
    path.write_text(report(differing).to_json())


@pytest.mark.parametrize(
    ("tracking", "registry", "expected"),
    [
        ("", "", ("{home}", "{home}")),
        ("http://tracking", "", ("http://tracking", "http://tracking")),
        ("", "http://registry", ("{home}", "http://registry")),
        ("http://tracking", "http://registry", ("http://tracking", "http://registry")),
        ("sqlite:///x.db", "", ("{cwd}/x.db", "{cwd}/x.db")),
    ],
)
def test_the_registry_is_the_one_that_mlflow_would_take(
    service_of_models, home, tmp_path, monkeypatch, tracking, registry, expected
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking)
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", registry)
    own = f"sqlite:///{home.path}/mlflow.db"
    assert service_of_models.address == tuple(uri.format(home=own, cwd=f"sqlite:///{tmp_path}") for uri in expected)


def test_a_home_without_a_store_has_no_models(service_of_models):
    assert service_of_models.list().models == ()
    with pytest.raises(ModelNotFoundError, match="No model 'cancer' is registered"):
        service_of_models.find("cancer")


def test_versions_know_their_runs(service_of_models, store, make_run):
    run = make_run("wide")
    keep(run)
    add_model(store, "cancer", versions=2, aliases={"champion": 1}, run_id=run.id)
    add_model(store, "other", run_id="f" * 32)

    cancer, other = service_of_models.model("cancer"), service_of_models.model("other")
    assert [(each.run_name, each.parity) for each in cancer.versions] == [
        ("wide", ModelParity(state="equal", rows=114))
    ] * 2
    assert [(each.run_id, each.run_name) for each in other.versions] == [("f" * 32, "")]
    assert service_of_models.run_of(cancer.versions[0]) == run
    with pytest.raises(RunNotFoundError, match=r"The run of other/1 \(ffffffff\) is not here"):
        service_of_models.run_of(other.versions[0])


def test_a_listing_tells_the_runs_of_versions_that_it_shows(service_of_models, store, make_run):
    """The newest, and those with an alias: a registry may hold more versions than there is time for."""
    run = make_run("wide")
    add_model(store, "cancer", versions=4, aliases={"champion": 2}, run_id=run.id)
    (model,) = service_of_models.list().models
    assert {each.version: each.run_name for each in model.versions} == {4: "wide", 3: "", 2: "wide", 1: ""}


def test_what_was_read_of_a_run_is_kept_until_it_changes(service, store, service_of_models, make_run):
    run = make_run("wide")
    add_model(store, "cancer", run_id=run.id)
    version, runs = service_of_models.find("cancer"), VersionRuns(service)
    assert (runs.told(version).run_name, runs.told(version).parity.state) == ("wide", "")
    keep(run)
    assert runs.told(version).parity.state == "equal"
    change_run(run, ChangeRun(name="wider"))
    assert runs.told(version).run_name == "wider"
    delete_run(run, service.home)
    bare = msgspec.structs.replace(version, run_name="", parity=ModelParity())
    assert runs.told(bare) == bare


@pytest.mark.parametrize("run_id", ["../../../etc/passwd", "..", "A" * 32, "x" * 32, "", "a" * 31])
def test_b27_a_run_id_of_a_registry_is_no_path(service_of_models, store, run_id):
    add_model(store, "cancer", run_id=run_id[:32], tags={"mlops.run_id": run_id} if run_id else None)
    version = service_of_models.find("cancer")
    assert (version.run_id, version.run_name) == (run_id, "")
    assert service_of_models.lineage("cancer").run is None


def test_lineage_names_the_data_and_the_reports(service_of_models, store, make_run):
    run = make_run("wide")
    keep(run, differing=2)
    data = Fingerprint(name="X", type="pandas.DataFrame", digest="ab" * 8, shape=(100, 3))
    run.directory.write(Provenance(fingerprints=(data,)), run.directory.provenance_file)
    add_model(store, "cancer", run_id=run.id)

    lineage = service_of_models.lineage("cancer/1")
    assert (lineage.run, lineage.data, lineage.onnx) == (run, (data,), report(2))
    assert lineage.version.parity == ModelParity(state="differs", rows=114, differing=2)
    assert lineage.reports is not None
    assert (lineage.reports.fairness, lineage.reports.explanation) == (None, None)


def test_a_report_that_cannot_be_read_is_none(make_run):
    run = make_run()
    assert onnx_report(run) is None
    keep(run)
    assert onnx_report(run) == report()
    (run.directory.artifacts / "reports" / "onnx.json").write_text("{")
    assert onnx_report(run) is None
    assert parity_of(report()) == ModelParity(state="equal", rows=114)


def test_a_registry_that_cannot_be_looked_at_is_no_empty_one(service_of_models, home):
    (home.path / "mlflow.db").write_bytes(b"no database" * 1000)
    assert service_of_models.list().missing
    for ask in (service_of_models.find, service_of_models.model, service_of_models.delete):
        with pytest.raises(TrackingError, match="cannot be looked at"):
            ask("cancer")


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (ChangeModel(aliases={"v3": 1}), UsageError, "is no alias"),
        (ChangeModel(aliases={"champion": 9}), ModelNotFoundError, "has no version 9"),
        (ChangeModel(aliases={"nobody": None}), ModelNotFoundError, "has no alias nobody"),
        (ChangeModel(description="x" * 5_001), UsageError, "at most 5,000"),
        (ChangeModel(description="x", version=9), ModelNotFoundError, "has no version 9"),
    ],
    ids=["alias", "version", "no alias", "text", "version of text"],
)
def test_what_would_be_refused_is_refused_before_anything_is_changed(service_of_models, store, change, error, words):
    add_model(store, "cancer", aliases={"champion": 1})
    before = service_of_models.list()
    with pytest.raises(error, match=words):
        service_of_models.change("cancer", change)
    assert service_of_models.list() == before


def test_tags_are_looked_at_first(service_of_models, store):
    add_model(store, "cancer")
    for tags, words in (
        ({"mlops.run_id": "x"}, "it stays"),
        ({"absent": None}, "has no tag 'absent'"),
        ({"": "x"}, "key"),
        ({"k": "x" * 5_001}, "at most 5,000"),
    ):
        with pytest.raises(UsageError, match=words):
            service_of_models.tag("cancer", tags)


@pytest.mark.parametrize("status", [None, Status.FINISHED], ids=["running", "finished"])
def test_what_cannot_be_registered_says_why(service_of_models, make_run, status):
    run = make_run("wide", status=status)
    words = "has no model to register" if status else "has not ended"
    if status is None:
        run.directory.executor_file.write_text('{"pid": 1, "start_time": 1, "boot_id": ""}')
    with pytest.raises(UsageError, match=words):
        service_of_models.register(run, "cancer")
    with pytest.raises(UsageError, match="is no name of a model"):
        service_of_models.register(run, "a/b")
    with pytest.raises(UsageError, match="is no alias"):
        service_of_models.register(run, "cancer", aliases=["latest"])


def test_models_of_python(service, store):
    add_model(store, "cancer", versions=2, aliases={"champion": 1})
    models = Models(service)

    assert models["cancer@champion"].label == "cancer/1"
    assert [model.name for model in models] == ["cancer"]
    assert (len(models), "cancer/2" in models, "cancer/3" in models) == (1, True, False)
    assert models.lineage("cancer").version.label == "cancer/2"
    assert repr(models) == f"<Models of {service.home.path}>"


def test_what_is_neither_run_nor_model_says_so(service, store, make_run):
    make_run("wide")
    with pytest.raises(UnknownReferenceError, match=r"No run 'cancer'.*No registered model is called so either"):
        bundle_of(service, "cancer")
    with pytest.raises(ModelNotFoundError, match="No model 'cancer' is registered"):
        bundle_of(service, "cancer@champion")
    with pytest.raises(ModelNotFoundError):
        bundle_of(service, "models:/wide")


def test_an_ambiguous_run_is_said_where_the_registry_is_silent(service, home):
    (home.path / "mlflow.db").write_bytes(b"no database" * 1000)
    with pytest.raises(UnknownReferenceError, match="No run 'cancer'"):
        bundle_of(service, "cancer")


def test_a_version_without_its_run_and_file_says_how_to_fetch_it(service, store):
    add_model(store, "cancer", run_id="f" * 32, tags={"mlops.onnx.sha256": "0" * 64})
    with pytest.raises(UsageError, match=r"download_artifacts\('models:/cancer/1'\)"):
        bundle_of(service, "models:/cancer")


def test_what_is_listed_travels(service_of_models, store):
    add_model(store, "cancer")
    found = service_of_models.list()
    assert msgspec.json.decode(msgspec.json.encode(found), type=type(found)) == found


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, ("{home}", "{home}")),
        ({"tracking_uri": "http://tracking"}, ("http://tracking", "http://tracking")),
        (
            {"tracking_uri": "sqlite:///x.db", "registry_uri": "http://registry", "cwd": "/work"},
            ("sqlite:////work/x.db", "http://registry"),
        ),
        ({"tracking_uri": "databricks"}, ("databricks", "databricks-uc")),
        ({"tracking_uri": "databricks://mine"}, ("databricks://mine", "databricks-uc://mine")),
    ],
    ids=["own", "tracking", "both", "databricks", "profile"],
)
def test_a_run_remembers_the_registry_of_its_notebook(service, home, make_run, monkeypatch, spec, expected):
    """A server, which has no notebook's environment, registers a run where its notebook would have."""
    run = make_run("wide")
    found = msgspec.structs.replace(run.spec, **spec)
    run.directory.write(found, run.directory.spec_file)
    run = service.get(run.id)
    del run.__dict__["spec"]
    own = f"sqlite:///{home.path}/mlflow.db"

    assert address_of(service, run) == tuple(uri.format(home=own) for uri in expected)
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", "http://chosen")
    assert address_of(service, run) == (own, "http://chosen")
