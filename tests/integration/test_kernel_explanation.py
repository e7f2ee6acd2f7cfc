"""`%explain` in a real kernel: a model that a run still makes is waited for, and the run keeps what is said of it."""

from collections.abc import Iterator

import pytest
from kernels import GATE, KernelNotebook

from jupyter_mlops.entities import ExplanationReport

pytestmark = pytest.mark.kernel

DATA = """
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
X_test, y_test = load_iris(return_X_y=True, as_frame=True)
"""
FIT = "%%train fitted\ngate('fitted')\nmodel = LogisticRegression(max_iter=500).fit(X_test, y_test)"


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelNotebook]:
    notebook = KernelNotebook(tmp_path_factory.mktemp("notebook"))
    notebook.run(GATE.format(folder=str(notebook.folder)))
    notebook.run(DATA)
    yield notebook
    notebook.close()


def test_a_pending_model_is_waited_for_and_its_run_keeps_the_report(notebook):
    notebook.run(FIT)
    explaining = notebook.begin("%explain model -X X_test -y y_test -o report")
    notebook.until_shown(explaining, "waiting for model from fitted")
    notebook.release("fitted")

    assert notebook.finish(explaining).value.startswith("model: Permutation importance and partial dependence")
    directory = notebook.directory("fitted")
    kept = ExplanationReport.from_json((directory.artifacts / "reports" / "explanation.json").read_text())
    assert (kept.model, kept.run_id, kept.outputs) == ("model", directory.run_id, ("0", "1", "2"))
    assert notebook.run("report.importance.names[0]").value == repr(kept.importance.names[0])


def test_the_usual_names_and_a_run_are_enough(notebook):
    shown = notebook.run("%explain fitted")

    assert shown.ok
    assert "fitted: Permutation importance" in shown.value


ASK = """
from jupyter_mlops.entities import ExplanationReport
class Front:
    'The front end of one comm: what it is sent, and the way to the kernel.'
    comm_id, primary, sent = 'front', False, []
    def on_msg(self, asked): self.ask = lambda **data: asked({'content': {'data': data}})
    def send(self, data): self.sent.append(data)
front = Front()
manager = get_ipython().kernel.comm_manager
manager.targets['jupyter-mlops.what-if'](front, {})
view = get_ipython().display_formatter.format(shown)[0]['application/vnd.jupyter-mlops.explanation+json']
front.ask(request=1, channel=view['what_if']['channel'], row=100, changes={'3': 0.1})
changed = X_test.iloc[[100]].assign(**{'petal width (cm)': 0.1})
front.sent[0]['predicted'] == tuple(model.predict_proba(changed)[0])
"""


def test_a_view_asks_what_if_over_a_comm(notebook):
    notebook.run("model = LogisticRegression(max_iter=500).fit(X_test, y_test)")
    notebook.run("shown = %explain model -X X_test -y y_test --rows 100")

    assert notebook.run(ASK).value == "True"
    assert notebook.run("front.ask(request=2, channel='x', row=0); front.sent[1]['gone']").value == "True"
