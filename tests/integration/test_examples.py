"""The example notebooks run from top to bottom, and give what they give when ``%%train`` is taken away."""

import ast
import importlib.util
import os
import shlex
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.kernel

EXAMPLES = Path(__file__).parents[2] / "examples"
NEEDS = {
    "explanations": "interpret",
    "fairness": "fairlearn",
    "keras-digits": "keras",
    "onnx": "onnxscript",
    "pytorch": "torch",
}
OURS = ("%%train", "%explain", "%export_onnx", "%fairness", "%runs", "%tensorboard")
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.ipynb"))


def executed(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """Return a notebook after Restart-and-Run-All in a directory of its own."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    client = NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(folder)}})
    client.execute(env={**environment, "JUPYTER_MLOPS_HOME": str(folder / ".mlops")})
    return notebook


def without_train(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook as somebody would have written it who does not know the extension."""
    for cell in notebook.cells:
        first, _, rest = cell.source.partition("\n")
        if cell.cell_type != "code":
            continue
        cell.metadata["ours"] = first.startswith(OURS)
        if first.startswith("%%train"):
            cell.source = "\n".join([*assignments(first), rest])
        elif first.startswith(OURS):
            cell.source = ""
        cell.source = cell.source.replace("%load_ext jupyter_mlops\n", "")
        # Outside a run there is nothing to log into.
        cell.source = cell.source.replace("mlops.log(", "dict(").replace("mlflow.log_metric(", "dict.fromkeys(")
    return notebook


def assignments(line: str) -> list[str]:
    """Return what ``-p`` gives as plain assignments."""
    words = shlex.split(line)
    pairs = [words[i + 1].split("=", 1) for i, word in enumerate(words) if word == "-p"]
    return [f"{name} = {ast.literal_eval(value)!r}" for name, value in pairs]


def results(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the values that cells ended with, without our own tables and cards."""
    return [
        output["data"]["text/plain"]
        for cell in notebook.cells
        if cell.cell_type == "code" and not cell.metadata.get("ours", cell.source.startswith(OURS))
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]


def read(name: str) -> nbformat.NotebookNode:
    return nbformat.read(EXAMPLES / f"{name}.ipynb", as_version=4)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_gives_what_it_gives_without_train(name: str, tmp_path: Path):
    if importlib.util.find_spec(NEEDS.get(name, "sklearn")) is None:
        pytest.skip(reason="the library that the notebook needs is not installed")
    plain, tracked = tmp_path / "plain", tmp_path / "tracked"
    plain.mkdir()
    tracked.mkdir()

    expected = results(executed(without_train(read(name)), plain))
    found = results(executed(read(name), tracked))

    assert expected
    assert found == expected


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_stored_without_outputs(name: str):
    cells = [cell for cell in read(name).cells if cell.cell_type == "code"]

    assert [cell.execution_count or cell.outputs for cell in cells if cell.execution_count or cell.outputs] == []
