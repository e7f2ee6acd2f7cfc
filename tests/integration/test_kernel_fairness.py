"""`%fairness` in a real kernel: it waits for a pending model, its run keeps the report, the next cell mitigates."""

from collections.abc import Iterator

import pytest
from kernels import GATE, KernelNotebook

from jupyter_mlops.entities import FairnessReport

pytestmark = pytest.mark.kernel

DATA = """import numpy as np, pandas as pd
made = np.random.default_rng(0)
X_train, X_test = (
    pd.DataFrame({"a": made.normal(size=200), "woman": made.integers(0, 2, 200)}) for _ in range(2)
)
y_train, y_test = ((X["a"] - 0.8 * X["woman"] > -0.3).astype(int) for X in (X_train, X_test))"""

FIT = """from sklearn.linear_model import LogisticRegression
model = LogisticRegression().fit(X_train, y_train)"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelNotebook]:
    notebook = KernelNotebook(tmp_path_factory.mktemp("notebook"))
    assert notebook.run(GATE.format(folder=str(notebook.folder))).ok
    assert notebook.run(DATA).ok
    yield notebook
    notebook.close()


def kept(notebook: KernelNotebook, name: str) -> FairnessReport:
    """Return the report that lies beside a run."""
    return FairnessReport.from_json((notebook.directory(name).artifacts / "reports" / "fairness.json").read_bytes())


def test_a_pending_model_is_waited_for_and_its_run_keeps_the_report(notebook):
    notebook.run(f"%%train first\ngate('first')\n{FIT}")
    waiting = notebook.begin("%fairness model -s woman --metrics selection_rate --boot 0")
    notebook.until_shown(waiting, "waiting for model from first")
    notebook.release("first")
    shown = notebook.finish(waiting)

    assert shown.ok, shown.error
    assert shown.value.splitlines()[0] == "model: binary, 200 rows, by woman"
    report = kept(notebook, "first")
    assert report.models[0].run_id == notebook.directory("first").run_id
    assert notebook.directory("first").user().tags["mlops.fairness.data"] == report.fingerprint


def test_a_cell_shows_data_a_still_picture_and_text(notebook):
    notebook.run(f"%%train shown\n{FIT}")
    output = notebook.run("%fairness model -s woman --boot 0")
    (data,) = (m["content"]["data"] for m in output.messages if m["msg_type"] == "execute_result")

    assert set(data) == {"application/vnd.jupyter-mlops.fairness+json", "text/html", "text/plain"}
    assert data["application/vnd.jupyter-mlops.fairness+json"]["version"] == 1


def test_a_mitigation_is_the_next_cell_and_runs_as_it_stands(notebook):
    notebook.run(f"%%train plain\n{FIT}")
    asked = notebook.run("%fairness model -s woman --metrics selection_rate --boot 0 --mitigate ThresholdOptimizer")
    (payload,) = asked.reply["payload"]
    assert (payload["source"], payload["replace"]) == ("set_next_input", False)

    assert notebook.run(payload["text"]).ok
    compared = notebook.run("%fairness model -s woman --compare mitigated --metrics selection_rate --boot 0")

    assert compared.ok, compared.error
    plain, mitigated = (result.difference.values[0][0] for result in kept(notebook, "plain").results)
    assert mitigated < plain / 2
    parent = notebook.directory("plain").run_id
    assert notebook.directory("model-ThresholdOptimizer").spec().tags == {"mlops.mitigates": parent}

    # By its run too: what the run took along is none of its models.
    again = notebook.run("%fairness model -s woman --compare model-ThresholdOptimizer --metrics accuracy --boot 0")
    assert again.ok, again.error


def test_runs_are_compared_by_their_references(notebook):
    for name in ("one", "two"):
        notebook.run(f"%%train {name}\n{FIT}")
        assert notebook.until_ended(name) == "FINISHED"
    output = notebook.run("%fairness one -s woman --compare last --metrics accuracy --boot 0")

    assert output.value.splitlines()[0] == "one, last: binary, 200 rows, by woman"
    assert kept(notebook, "one") == kept(notebook, "two")


def test_a_run_that_is_compared_by_its_id_is_called_by_its_name(notebook):
    notebook.run(f"%%train named\n{FIT}")
    assert notebook.until_ended("named") == "FINISHED"
    short = notebook.directory("named").run_id[:8]
    output = notebook.run(f"%fairness model -s woman --compare {short} --metrics accuracy --boot 0")

    assert output.ok, output.error
    assert [model.name for model in kept(notebook, "named").models] == ["model", f"named ({short})"]


def test_the_best_run_is_waited_for_while_none_has_finished(notebook):
    log = "import jupyter_mlops as mlops\nmlops.log(share=0.5)"
    notebook.run(f"%%train only\ngate('only')\n{FIT}\n{log}")
    waiting = notebook.begin("%fairness best:share -s woman --metrics accuracy --boot 0")
    notebook.until_shown(waiting, "waiting for results from only")
    notebook.release("only")
    shown = notebook.finish(waiting)

    assert shown.ok, shown.error
    assert shown.value.splitlines()[0] == "best:share: binary, 200 rows, by woman"


def test_a_mitigation_of_a_run_binds_its_model_under_a_name_that_is_free(notebook):
    notebook.run(f"%%train early\n{FIT}")
    notebook.run(f"%%train late\n{FIT}")
    asked = notebook.run("%fairness early -s woman --metrics selection_rate --boot 0 --mitigate ThresholdOptimizer")
    run_id = notebook.directory("early").run_id
    name = f"model_{run_id[:8]}"

    assert asked.ok, asked.error
    assert f"Bound {name} from early ({run_id[:8]}), as %runs load does." in asked.value
    (payload,) = asked.reply["payload"]
    assert payload["text"].startswith(f"%%train {name}-ThresholdOptimizer -t mlops.mitigates={run_id}\n")
    assert notebook.run(payload["text"]).ok
    assert notebook.until_ended(f"{name}-ThresholdOptimizer") == "FINISHED"
    again = notebook.run("%fairness early -s woman --metrics accuracy --boot 0 --mitigate ThresholdOptimizer")
    assert again.reply["payload"][0]["text"] == payload["text"]


def test_the_value_of_mlops_fairness_shows_itself(notebook):
    notebook.run(f"%%train value\n{FIT}")
    output = notebook.run(
        "import jupyter_mlops as mlops\n"
        "mlops.fairness(model, X_test, y_test, sensitive='woman', metrics=['accuracy'], boot=0)"
    )

    assert output.value.splitlines()[0] == "model: binary, 200 rows, by woman"
    assert "accuracy" in output.html


def test_an_error_is_one_line(notebook):
    output = notebook.run("%fairness y_test -s wooman --boot 0")

    assert output.error == "UsageError: X has no column 'wooman', and wooman is not defined here. Did you mean woman?"
    assert len(output.traceback.splitlines()) == 1


def test_intervals_can_be_interrupted(notebook):
    begun = notebook.begin("print('begun', flush=True)\n%fairness y_test -s woman --boot 10000")
    notebook.until_shown(begun, "begun")
    notebook.interrupt()
    output = notebook.finish(begun)

    assert output.reply["ename"] == "KeyboardInterrupt"
    assert notebook.run("1 + 1").value == "2"
