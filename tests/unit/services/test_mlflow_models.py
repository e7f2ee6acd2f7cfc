"""Models by MLflow's address: loaded by their flavor when this user made them here, or says that he trusts them."""

import os
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from jupyter_mlops.entities import Manifest, RunSpec
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.home import Home
from jupyter_mlops.services import export_onnx, is_model_address, model_at, service_of, use_service
from jupyter_mlops.tracking import home_store_uri

mlflow = pytest.importorskip("mlflow")
sklearn = pytest.importorskip("sklearn")
pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own: of requirements, and of what SQLAlchemy will change

X = np.random.default_rng(0).normal(size=(40, 2))
CANARY: list[str] = []


class Canary:
    """Tells when it is unpickled."""

    def predict(self, X):
        return X[:, 0]

    def __reduce__(self):
        return (_sing, ())


def _sing():
    CANARY.append("loaded")
    return Canary()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A home whose own store has three logged models, one of them also registered."""
    from mlflow import sklearn as flavor
    from mlflow.tracking._tracking_service import utils
    from sklearn.linear_model import LogisticRegression

    home = Home.create(tmp_path_factory.mktemp("home") / ".mlops")
    uri = home_store_uri(home.path)
    model = LogisticRegression().fit(X, X[:, 0] > 0)
    before = os.environ.get("MLFLOW_TRACKING_URI")
    with warnings.catch_warnings(), utils._use_tracking_uri(uri):
        warnings.simplefilter("ignore")
        client = mlflow.MlflowClient(uri, uri)
        experiment = client.create_experiment("x", artifact_location=(home.path / "kept").as_uri())
        ids = []
        for _ in range(2):
            with mlflow.start_run(experiment_id=experiment) as run:
                flavor.log_model(model, name="model")
            ids.append(run.info.run_id)
        client.create_registered_model("credit")
        source = next(Path(home.path / "kept").rglob("MLmodel")).parent
        client.create_model_version("credit", source.as_uri(), run_id=ids[0])
        client.set_registered_model_alias("credit", "champion", "1")
    assert os.environ.get("MLFLOW_TRACKING_URI") == before
    _made(home, ids[0], signed=True)
    _made(home, ids[1], signed=False)
    return SimpleNamespace(home=home, model=model, ours=ids[0], unsigned=ids[1])


def _made(home: Home, run_id: str, *, signed: bool) -> None:
    """Write a run's directory, as the service does; without a signature, as one from an archive is."""
    run = home.run(run_id)
    run.create()
    spec = RunSpec(
        run_id=run_id, name="wide", experiment="", sequence=1, submitted_at="", python="python", cwd="/",
    )  # fmt: skip
    run.write(spec, run.spec_file)
    manifest = Manifest(values=(), stream_sha256="")
    run.write(home.signer.sign(manifest) if signed else manifest, run.inputs_file)


@pytest.fixture
def runs(store, monkeypatch):
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.delenv(name, raising=False)
    return service_of(store.home)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("runs:/0123/model", True),
        ("models:/credit/3", True),
        ("models:/credit@champion", True),
        ("runs:", False),
        ("models:/", False),
        ("last", False),
        ("model.onnx", False),
        ("https://example.org/model", False),
        (5, False),
    ],
)
def test_an_address_is_told_by_its_scheme(text, is_one):
    assert is_model_address(text) is is_one


@pytest.mark.parametrize("address", ["runs:/{}/model", "models:/credit/1", "models:/credit@champion"])
def test_what_a_run_of_this_home_made_is_loaded_by_its_flavor(address, store, runs):
    loaded = model_at(runs, address.format(store.ours))

    assert type(loaded.model).__name__ == "LogisticRegression"
    assert (loaded.model.coef_ == store.model.coef_).all()
    assert loaded.run_id == store.ours


@pytest.mark.parametrize(
    "address", ["runs:/{unsigned}/model", "runs:/00000000000000000000000000000000/model", "models:/m-1234"]
)
def test_b30_what_was_not_made_here_is_refused_before_anything_is_read(address, store, runs):
    with pytest.raises(UsageError, match=r"was not made here, and loading a model runs code.*--trust"):
        model_at(runs, address.format(unsigned=store.unsigned))


def test_b30_what_is_trusted_is_loaded_and_is_no_run_of_ours(store, runs):
    loaded = model_at(runs, f"runs:/{store.unsigned}/model", trusted=True)

    assert type(loaded.model).__name__ == "LogisticRegression"
    assert loaded.run_id == ""


def test_b30_a_pickle_that_is_refused_has_not_run(store, runs):
    import cloudpickle

    place = next(Path(store.home.path / "kept").rglob("model.pkl"), None)
    if place is None:
        place = next(path for path in Path(store.home.path / "kept").rglob("model*") if path.is_file())
    before = place.read_bytes()
    place.write_bytes(cloudpickle.dumps(Canary()))
    try:
        with pytest.raises(UsageError, match="was not made here"):
            model_at(runs, f"runs:/{store.unsigned}/model")
        assert CANARY == []
    finally:
        place.write_bytes(before)


def test_a_store_that_the_notebook_has_chosen_is_another_place(store, runs, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'theirs.db'}")
    with pytest.raises(UsageError, match=r"models:/credit/1 cannot be read: .*See %models"):
        model_at(runs, "models:/credit/1")


@pytest.mark.parametrize("address", ["models:/nobody/1", "models:/credit/99", "models:/credit@nobody"])
def test_what_is_not_there_is_told(address, runs):
    with pytest.raises(UsageError, match="cannot be read"):
        model_at(runs, address)


def test_a_name_that_the_run_has_not_logged_is_told(store, runs):
    with pytest.raises(UsageError, match="cannot be read"):
        model_at(runs, f"runs:/{store.ours}/nothing_like_it")


def test_the_process_is_tracking_where_it_was(store, runs):
    before = mlflow.get_tracking_uri(), os.environ.get("MLFLOW_TRACKING_URI")
    model_at(runs, f"runs:/{store.ours}/model")

    assert (mlflow.get_tracking_uri(), os.environ.get("MLFLOW_TRACKING_URI")) == before


def test_an_address_is_exported_and_its_run_keeps_the_file(store, runs, tmp_path):
    pytest.importorskip("skl2onnx")
    use_service(runs)
    try:
        report = export_onnx(f"runs:/{store.ours}/model", X, tmp_path / "m.onnx")
    finally:
        use_service(None)

    assert (report.run_id, report.parity.differing) == (store.ours, 0)
    assert (store.home.run(store.ours).artifacts / "onnx" / "model.onnx").read_bytes() == (
        tmp_path / "m.onnx"
    ).read_bytes()
