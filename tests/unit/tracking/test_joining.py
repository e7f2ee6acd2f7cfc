"""Which cells can start several runs, told from their text."""

import pytest

from jupyter_mlops.tracking._joining import starts_at_most_once

ONCE = {
    "none": "x = 1",
    "with": "import mlflow\nwith mlflow.start_run():\n    fit()",
    "bare": "mlflow.start_run()\nfit()\nmlflow.end_run()",
    "imported": "from mlflow import start_run\nwith start_run(run_name='a') as r: pass",
    "nested inside": "with mlflow.start_run():\n  for c in cs:\n    with mlflow.start_run(nested=True): pass",
    "in a branch": "if x:\n    mlflow.start_run()",
    "resumed": "for r in ids:\n    with mlflow.start_run(run_id=r): pass",
    "ipython": "!ls\nwith mlflow.start_run():\n    %time fit()",
}
SEVERAL = {
    "two": "with mlflow.start_run(): pass\nwith mlflow.start_run(): pass",
    "loop": "for c in cs:\n    with mlflow.start_run(): fit(c)",
    "while": "while True:\n    mlflow.start_run()",
    "function": "def trial(c):\n    with mlflow.start_run(): fit(c)\ntrial(1)",
    "comprehension": "[mlflow.start_run() for c in cs]",
    "lambda": "go = lambda: mlflow.start_run()",
    "ipython": "!ls\nfor c in cs:\n    with mlflow.start_run(): pass",
}


@pytest.mark.parametrize("source", ONCE.values(), ids=ONCE)
def test_a_cell_that_starts_one_run_is_that_run(source: str) -> None:
    assert starts_at_most_once(source)


@pytest.mark.parametrize("source", SEVERAL.values(), ids=SEVERAL)
def test_a_cell_that_can_start_several_gets_child_runs(source: str) -> None:
    assert not starts_at_most_once(source)
