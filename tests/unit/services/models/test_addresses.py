"""Models by MLflow's address: exported in a child process, when they were made here or are trusted."""

import json
import operator
import os
import pickle
import shutil
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from runs import submit

from jupyter_mlops.entities import Manifest
from jupyter_mlops.exceptions import ExportError, MissingExtraError, UsageError
from jupyter_mlops.export import ExportWish, open_bundle
from jupyter_mlops.home import Home
from jupyter_mlops.services import Loading, export_at, export_onnx, is_model_address, service_of, use_service
from jupyter_mlops.testing import wait_until
from jupyter_mlops.tracking import home_store_uri

mlflow = pytest.importorskip("mlflow")
pytest.importorskip("skl2onnx")
pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own: of requirements, and of what SQLAlchemy will change

X = np.random.default_rng(0).normal(size=(40, 2))
QUICK = ExportWish(timed=False)


class _Call:
    def __init__(self, code: str) -> None:
        self.code = code

    def __reduce__(self):
        return (exec, (self.code,))


class Hostile:
    """A model that runs code when it is unpickled, and is another one then."""

    def __init__(self, code: str, model: object) -> None:
        self.code, self.model = code, model

    def __reduce__(self):
        return (operator.getitem, ([_Call(self.code), self.model], 1))


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
    run = submit(home, run_id=run_id, name="wide")
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
        ("/nowhere/model", False),
        ("/" * 9_000, False),
        ("a/\0b", False),
    ],
)
def test_an_address_is_told_by_its_scheme(text, is_one):
    assert is_model_address(text) is is_one


@pytest.fixture(scope="module")
def folder(store, tmp_path_factory):
    """Return a function that writes a model into a folder, with code in it."""
    from mlflow import sklearn as flavor

    clean = tmp_path_factory.mktemp("models") / "clean"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        flavor.save_model(store.model, clean, serialization_format="cloudpickle")

    def write(code: str = "pass") -> str:
        place = clean.with_name(f"hostile-{len(list(clean.parent.iterdir()))}")
        shutil.copytree(clean, place)
        (place / "model.pkl").write_bytes(pickle.dumps(Hostile(code, store.model)))
        return str(place)

    return write


@pytest.fixture(scope="module")
def exported(store, folder, tmp_path_factory):
    """An export of a trusted folder that tells where it is loaded, with a smaller file wished for."""
    place = tmp_path_factory.mktemp("exported")
    told = place / "told"
    code = f"import os; open({str(told)!r}, 'w').write(' '.join([str(os.getpid()), *os.environ]))"
    use_service(service_of(store.home))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_TOKEN", "x")
        report = export_onnx(
            folder(code), X, place / "m.onnx", trust=True, quantise="dynamic", y=X[:, 0] > 0, allow_mismatch=3
        )
    use_service(None)
    return SimpleNamespace(report=report, path=place / "m.onnx", told=told.read_text().split())


def test_b30_what_is_trusted_runs_in_another_process_without_secrets(exported):
    process, *environment = exported.told
    assert int(process) != os.getpid()
    assert "PATH" in environment
    assert "HF_TOKEN" not in environment


def test_b30_what_is_wished_goes_there_and_what_came_of_it_comes_back(exported):
    report = exported.report
    assert (report.run_id, report.parity.differing, report.parity.allowed) == ("", 0, 3)
    assert open_bundle(exported.path).sha256 == report.sha256
    assert report.quantised.problem.startswith("Nothing in it can be quantised")


@pytest.mark.parametrize("address", ["runs:/{}/model", "models:/credit@champion"])
def test_what_a_run_of_this_home_made_is_exported_and_the_run_keeps_it(address, store, runs, tmp_path):
    report = export_at(runs, address.format(store.ours), X, tmp_path / "m.onnx", QUICK)

    assert (report.run_id, report.parity.real.checked, report.parity.differing) == (store.ours, 40, 0)
    kept = store.home.run(store.ours).artifacts / "onnx" / "model.onnx"
    assert kept.read_bytes() == (tmp_path / "m.onnx").read_bytes()
    assert list(tmp_path.iterdir()) == [tmp_path / "m.onnx"]


@pytest.mark.parametrize(
    "address", ["runs:/{unsigned}/model", "runs:/00000000000000000000000000000000/model", "models:/m-1234", "{folder}"]
)
def test_b30_what_was_not_made_here_is_refused_before_anything_is_read(address, store, runs, folder, tmp_path):
    told = tmp_path / "told"
    place = folder(f"open({str(told)!r}, 'w')")

    with pytest.raises(UsageError, match=r"was not made here, and loading a model runs code.*--trust"):
        export_at(runs, address.format(unsigned=store.unsigned, folder=place), X, tmp_path / "m.onnx", QUICK)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("x = bytearray(3 << 30)", ExportError, r"needs more than 1\.5 GiB of memory"),
        ("raise RuntimeError('not today')", UsageError, r"cannot be loaded \(RuntimeError: not today\)"),
    ],
    ids=["memory", "raises"],
)
def test_b30_a_model_that_cannot_be_loaded_is_told(code, kind, said, runs, folder, tmp_path):
    limits = Loading(trusted=True, memory_bytes=3 << 29)

    with pytest.raises(kind, match=said):
        export_at(runs, folder(code), X, tmp_path / "m.onnx", QUICK, loading=limits)

    assert list(tmp_path.iterdir()) == []


def answer(code: str, **words: object) -> str:
    """A program that runs some code and gives an answer."""
    return f"{code}\nopen('answer.json', 'w').write({json.dumps(words)!r})"


ENDS = {
    "time": ("import time; time.sleep(60)", ExportError, r"took more than 1 s\. Give fewer rows"),
    "killed": ("import os; os.kill(os.getpid(), 9)", ExportError, r"ended with signal 9.* may take 1\.5 GiB"),
    "words": ("raise SystemExit('so\\nlast words')", ExportError, r"exit code 1 \(last words\)"),
    "silent": ("pass", ExportError, "ended with exit code 0"),
    "deep": ("open('answer.json', 'w').write('[' * 99_999)", ExportError, "ended with exit code 0"),
    "no report": (answer("", report="{}"), UsageError, "no report"),
    "no library": (answer("", error="get it", kind="MissingExtraError"), MissingExtraError, "get it"),
    "other error": (answer("", error="so", kind="SystemExit"), ExportError, "so"),
}


@pytest.mark.parametrize("end", ENDS)
def test_b30_however_the_process_ends_this_one_goes_on_and_nothing_is_written(end, runs, folder, tmp_path):
    code, kind, said = ENDS[end]
    limits = Loading(trusted=True, wall_s=1.0 if end == "time" else 60.0, memory_bytes=3 << 29, program=program(code))

    with pytest.raises(kind, match=said):
        export_at(runs, folder(), X, tmp_path / "m.onnx", QUICK, loading=limits)

    assert list(tmp_path.iterdir()) == []


def program(code: str) -> tuple[str, ...]:
    return (sys.executable, "-S", "-c", code)


def test_b30_what_the_process_has_started_ends_with_it(runs, folder, tmp_path):
    code = "import os, subprocess; p = subprocess.Popen(['sleep', '600'])\n"
    code += f"open({str(tmp_path / 'pid')!r}, 'w').write(str(p.pid)); os._exit(1)"

    with pytest.raises(ExportError, match="exit code 1"):
        export_at(runs, folder(), X, tmp_path / "m.onnx", QUICK, loading=Loading(trusted=True, program=program(code)))

    child = int((tmp_path / "pid").read_text())
    wait_until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)


@pytest.mark.parametrize(
    ("name", "said"), [("other", "made another file than it says"), ("half", "is no ONNX model, or only a part of one")]
)
def test_b30_a_file_that_is_not_what_the_process_says_is_refused(name, said, runs, exported, folder, tmp_path):
    data = (exported.path.parent / "m.onnx").read_bytes()
    (tmp_path / "other").write_bytes(onnx_of(data))
    (tmp_path / "half").write_bytes(data[:-9])
    (tmp_path / "m.onnx").write_bytes(b"before")
    code = answer(
        f"import shutil; shutil.copy({str(tmp_path / name)!r}, 'out/m.onnx')", report=exported.report.to_json()
    )

    with pytest.raises(ExportError, match=said):
        export_at(runs, folder(), X, tmp_path / "m.onnx", QUICK, loading=Loading(trusted=True, program=program(code)))

    assert (tmp_path / "m.onnx").read_bytes() == b"before"


def onnx_of(data: bytes) -> bytes:
    """Return a valid file that is another one."""
    import onnx

    proto = onnx.load_model_from_string(data)
    proto.doc_string = "another"
    return proto.SerializeToString()


def test_a_store_that_the_notebook_has_chosen_is_another_place(runs, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'theirs.db'}")
    with pytest.raises(UsageError, match=r"models:/credit/1 cannot be read: .*See %models"):
        export_at(runs, "models:/credit/1", X, tmp_path / "m.onnx", QUICK)


def test_b30_another_registry_does_not_say_what_was_made_here(store, runs, tmp_path, monkeypatch):
    theirs = f"sqlite:///{tmp_path / 'theirs.db'}"
    client = mlflow.MlflowClient(theirs, theirs)
    client.create_registered_model("credit")
    client.create_model_version("credit", (tmp_path / "bad").as_uri(), run_id=store.ours)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", theirs)

    with pytest.raises(UsageError, match="was not made here"):
        export_at(runs, "models:/credit/1", X, tmp_path / "m.onnx", QUICK)


@pytest.mark.parametrize("address", ["models:/nobody/1", "models:/credit/99", "models:/credit@nobody"])
def test_what_is_not_there_is_told(address, runs, tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        export_at(runs, address, X, tmp_path / "m.onnx", QUICK)


def test_a_name_that_the_run_has_not_logged_is_told(store, runs, tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        export_at(runs, f"runs:/{store.ours}/nothing_like_it", X, tmp_path / "m.onnx", QUICK)


@pytest.mark.parametrize(
    ("words", "said"),
    [({"quantise": "static"}, "Give 'dynamic'"), ({"y": [1, 0]}, r"Ask for one: quantise='dynamic'")],
    ids=["way", "truth"],
)
def test_words_that_do_not_go_together_are_told_before_anything_is_loaded(words, said, tmp_path):
    with pytest.raises(UsageError, match=said):
        export_onnx("models:/credit/1", X, tmp_path / "m.onnx", **words)
