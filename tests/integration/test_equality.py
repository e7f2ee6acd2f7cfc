"""A cell gives the same under ``%%train`` as it gives plainly: more than sixty realistic cells, in two real kernels."""

import ast
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import equality_cells
import pytest
from equality_cells import CASES, Case
from jupyter_client.manager import KernelManager

pytestmark = pytest.mark.kernel

PRELUDE = """
import sys
sys.path.insert(0, {folder!r})
from equality_canon import canonical
"""


class Notebook:
    """A kernel that executes cells and answers with what they print."""

    def __init__(self, home: Path) -> None:
        self.manager = KernelManager(kernel_name="python3")
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        self.manager.start_kernel(cwd=str(home), env={**environment, "JUPYTER_MLOPS_HOME": str(home / ".mlops")})
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.run(PRELUDE.format(folder=str(Path(equality_cells.__file__).parent)))

    def run(self, cell: str) -> str:
        printed: list[str] = []

        def collect(message: dict) -> None:
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                printed.append(message["content"]["text"])

        reply = self.client.execute_interactive(cell, timeout=240, output_hook=collect)
        assert reply["content"]["status"] == "ok", "\n".join(reply["content"].get("traceback", []))
        return "".join(printed)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    notebook = Notebook(tmp_path_factory.mktemp("plain"))
    yield notebook
    notebook.close()


@pytest.fixture(scope="module")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    notebook = Notebook(tmp_path_factory.mktemp("tracked"))
    notebook.run("%load_ext jupyter_mlops")
    yield notebook
    notebook.close()


def results_of(notebook: Notebook, case: Case, cell: str) -> list[str]:
    if case.setup:
        notebook.run(case.setup)
    notebook.run(cell)
    printed = notebook.run(f"print([canonical(value) for value in ({case.results},)])")
    return ast.literal_eval(printed.strip().splitlines()[-1])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_run_leaves_what_the_plain_cell_leaves(plain: Notebook, tracked: Notebook, case: Case):
    if importlib.util.find_spec(case.needs) is None:
        pytest.skip(reason="the library that the cell needs is not installed")

    expected = results_of(plain, case, case.cell)
    found = results_of(tracked, case, f"%%train {case.name}\n{case.cell}")

    assert found == expected
