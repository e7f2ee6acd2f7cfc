"""An MLflow model: loaded by MLflow, asked as a user asks it, and equal to the file."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.deployment import PackageWish, _mlflow, load_target
from jupyter_mlops.deployment._session import session_of
from jupyter_mlops.exceptions import ExportError

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own, about its options


@pytest.fixture
def packed(bundles, tmp_path):
    def pack(kind):
        return load_target("mlflow").package(bundles[kind], PackageWish(name=kind, directory=tmp_path / kind))

    return pack


def loaded(package):
    import mlflow.pyfunc

    return mlflow.pyfunc.load_model(str(package.directory))


def test_every_kind_is_loaded_and_compared(bundle, packed):
    package = packed(bundle.label)

    assert "its answers to 8 rows are the file's, to the last bit" in package.checked[0]
    assert {"MLmodel", "model.onnx", "requirements.txt"} <= {file.path for file in package.files}
    assert package.commands == (f"mlflow models serve -m {package.directory} --env-manager local",)


def test_a_frame_is_taken_by_its_columns_in_any_order(bundles, packed, fitted):
    model, rows = fitted["frame"]
    answers = loaded(packed("frame")).predict(rows[["children", "age"]])

    assert list(answers) == ["label", "probabilities_no", "probabilities_yes"]
    assert answers["label"].tolist() == model.predict(rows).tolist()
    assert np.allclose(answers[["probabilities_no", "probabilities_yes"]], model.predict_proba(rows), atol=1e-5)


def test_the_signature_says_what_a_frame_must_have(packed):
    signature = loaded(packed("mixed")).metadata.signature

    assert [(each.name, each.type.name) for each in signature.inputs.inputs] == [
        ("age", "double"),
        ("children", "long"),
        ("town", "string"),
    ]
    assert [(each.name, each.type.name) for each in signature.outputs.inputs] == [
        ("label", "string"),
        ("probabilities_no", "float"),
        ("probabilities_yes", "float"),
    ]


def test_a_missing_column_is_named_by_mlflow(packed, fitted):
    with pytest.raises(Exception, match="children"):
        loaded(packed("frame")).predict(fitted["frame"][1][["age"]])


def test_a_model_without_names_takes_arrays(bundles, packed, fitted):
    package = packed("array")
    rows = fitted["array"][1].astype(np.float32)
    answers = loaded(package).predict(rows)
    wanted = session_of(bundles["array"]).run(None, {"X": rows})

    assert answers["label"].tolist() == wanted[0].tolist()
    assert np.array_equal(answers["probabilities"], wanted[1])
    assert any("arrays, not tables" in note for note in package.notes)


def test_a_package_that_was_only_loaded_may_be_replaced(packed):
    for _ in range(2):
        loaded(packed("mixed"))


@pytest.mark.parametrize("kind", ["str", "string", object])
def test_texts_are_taken_as_each_pandas_keeps_them(packed, fitted, kind):
    model, rows = fitted["mixed"]
    package = packed("mixed")
    answers = loaded(package).predict(rows.astype({"town": kind}))

    assert answers["label"].tolist() == model.predict(rows).tolist()
    assert f"pandas=={pd.__version__}" in (package.directory / "requirements.txt").read_text().splitlines()
    assert any("code/_mlflow_texts.py hands texts over" in note for note in package.notes)


def test_what_goes_along_for_texts_needs_nothing_of_ours(packed, fitted, tmp_path):
    """Asked in a process that cannot import this package."""
    rows = fitted["mixed"][1]
    rows.to_json(tmp_path / "rows.json")
    code = "import sys; sys.modules['jupyter_mlops'] = None; import mlflow, pandas as pd; "
    code += "print(mlflow.pyfunc.load_model(sys.argv[1]).predict(pd.read_json(sys.argv[2]))['label'].tolist())"
    command = [sys.executable, "-W", "ignore", "-c", code, str(packed("mixed").directory), str(tmp_path / "rows.json")]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, cwd=tmp_path)

    assert told.stdout.strip() == str(fitted["mixed"][0].predict(rows).tolist())


def test_only_texts_bring_a_file_along(packed):
    package = packed("mixed")
    assert (package.directory / "code" / "_mlflow_texts.py").is_file()
    assert "code/_mlflow_texts.py" in {file.path for file in package.files}
    assert not (packed("frame").directory / "code").exists()


def test_the_flavor_is_mlflows_own(packed):
    import mlflow.onnx

    package = packed("frame")
    flavors = loaded(package).metadata.flavors

    assert flavors["onnx"]["providers"] == ["CPUExecutionProvider"]
    assert flavors["python_function"]["loader_module"] == "mlflow.onnx"
    assert [each.name for each in mlflow.onnx.load_model(str(package.directory)).graph.input] == ["age", "children"]


def test_a_model_of_several_tensors_is_taken_as_they_are(foreign, tmp_path):
    bundle = foreign(("image", "FLOAT", ["n", 2, 2]), ("size", "INT64", ["n"]))
    package = load_target("mlflow").package(bundle, PackageWish(name="theirs", directory=tmp_path / "made"))
    feeds = {"image": np.ones((3, 2, 2), dtype=np.float32), "size": np.arange(3)}
    answers = loaded(package).predict(feeds)

    assert np.array_equal(answers["image_out"], feeds["image"])
    assert np.array_equal(answers["size_out"], feeds["size"])


def test_a_model_that_answers_otherwise_is_not_written(bundles, packed, monkeypatch, tmp_path):
    """As a wrong cut of its outputs would make it."""
    original = _mlflow.by_column

    def swapped(proto, signature, columns):
        made = original(proto, signature, columns)
        first, second = (node for node in made.graph.node if node.op_type == "Gather")
        first.output[0], second.output[0] = second.output[0], first.output[0]
        return made

    monkeypatch.setattr(_mlflow, "by_column", swapped)
    with pytest.raises(ExportError, match="answers 'probabilities' otherwise than the file"):
        packed("frame")
    assert list(tmp_path.iterdir()) == []


def test_what_mlflow_says_of_its_options_stays_away(packed, caplog):
    packed("regressor")
    assert caplog.records == []
