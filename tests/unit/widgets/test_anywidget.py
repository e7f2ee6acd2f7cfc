"""Reports as widgets: the data and the module that draws it, and a model that answers its view's questions."""

import json

import msgspec
import pandas as pd
import pytest

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.explanation import ExplanationWish, explain_model
from jupyter_mlops.widgets import report_widget

pytest.importorskip("anywidget")
comm = pytest.importorskip("comm")

X = pd.DataFrame({"age": [20.0, 30.0, 40.0, 50.0], "pay": [4.0, 1.0, 3.0, 2.0]})


class Payroll:
    """A model that answers with the age, and raises where somebody is too old."""

    _estimator_type = "regressor"

    def fit(self, X, y):
        self.n_features_in_ = 2
        return self

    def predict(self, X):
        if (X["age"] > 100).any():
            raise ValueError("nobody is so old")
        return X["age"].to_numpy()


class View(comm.base_comm.BaseComm):
    """The front end's side of a widget: asks, and hears what it is answered."""

    def __init__(self, widget):
        self.heard = []
        super().__init__(target_name="jupyter.widget")
        widget.comm = self
        self.what_if = json.loads(widget.report)["what_if"]

    def publish_msg(self, msg_type, data=None, **_rest):
        if msg_type == "comm_msg":
            self.heard.append(data)

    def ask(self, **question):
        content = {"request": 1, "channel": self.what_if["channel"], "row": 0, "changes": {}} | question
        self.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})
        answered = self.heard.pop()
        assert answered["method"] == "custom"
        return answered["content"]


@pytest.fixture(scope="module")
def model():
    return Payroll().fit(X, X["age"])


@pytest.fixture(scope="module")
def named(model):
    return explain_model(model, X, X["age"], wish=ExplanationWish(rows=(0, 2)))


@pytest.fixture
def shown(front_end):
    """Show a report as a widget, which is closed when the test ends."""
    widgets = []

    def show(*report_and_model):
        widgets.append(report_widget(*report_and_model))
        return widgets[-1]

    yield show
    for widget in widgets:
        widget.close()


@pytest.mark.parametrize("kind", ["fairness", "explanation"])
def test_a_widget_has_the_report_and_its_module(kind, shown, request):
    report = msgspec.structs.replace(request.getfixturevalue(kind))
    widget = shown(report)
    told = json.loads(widget.report) | ({"what_if": None} if kind == "explanation" else {})
    assert told == json.loads(report.to_json())
    assert f"export function show() {{}} // {kind}" in str(widget._esm)


def test_its_view_asks_the_model_what_if(shown, model, named):
    view = View(shown(named, model, X, X["age"]))
    assert (view.what_if["least"], view.what_if["most"]) == ([20.0, 1.0], [50.0, 4.0])
    assert view.ask(row=None, request=0) == {
        "request": 0,
        "predicted": (),
        "contributions": (),
        "problem": "",
        "gone": False,
    }
    assert view.ask(row=2)["predicted"] == (40.0,)
    assert view.ask(row=2, changes={"0": 41.5})["predicted"] == (41.5,)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"row": 1}, "Row 1 is none of the rows that were explained."),
        ({"row": "all"}, "This is no question: "),
        ({"changes": {"7": 1}}, "There is no column 7."),
        ({"changes": {"0": "old"}}, "age: 'old' is no number."),
        ({"changes": {"0": 101}}, "Payroll cannot read X: nobody is so old."),
        ({"channel": "of another kernel"}, "This kernel does not know the model"),
    ],
)
def test_b24_what_cannot_be_answered_is_said_and_the_next_is_answered(shown, model, named, question, said):
    view = View(shown(named, model, X))
    assert view.ask(**question)["problem"].startswith(said)
    assert view.ask()["predicted"] == (20.0,)


def test_a_report_alone_has_nobody_to_ask(shown, named):
    view = View(shown(named))
    assert view.what_if == {"channel": "", "least": [], "most": [], "whole": []}
    assert view.ask()["gone"]


def test_a_report_without_rows_asks_nothing(shown, named):
    assert json.loads(shown(msgspec.structs.replace(named, local=None)).report)["what_if"] is None


def test_a_model_that_cannot_be_asked_is_refused(shown, model, named, fairness):
    with pytest.raises(UsageError, match="about other rows than these"):
        shown(named, model, X + 1)
    with pytest.raises(UsageError, match="names no rows of a table"):
        shown(msgspec.structs.replace(named, local=None), model, X)
    with pytest.raises(UsageError, match=r"A fairness report asks no model\. Give report_widget the report alone\."):
        shown(fairness, model, X)


def test_where_no_widget_is_drawn_its_picture_stands(shown, fairness, named):
    for report, title, picture in (
        (fairness, "Fairness report", "Gaps between groups"),
        (named, "Explanation of model", "Importance of features"),
    ):
        data, _ = shown(report)._repr_mimebundle_()
        assert data["text/plain"].startswith(title.split(" of ")[0])
        assert picture in data["text/html"]
        assert "application/vnd.jupyter.widget-view+json" in data
