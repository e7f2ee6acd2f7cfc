"""`%explain`: what a line asks for, what names mean, and what the cell shows."""

import ast
import json

import msgspec
import numpy as np
import pandas as pd
import pytest
from runs import write_run
from sklearn.tree import DecisionTreeClassifier

from jupyter_mlops import load_ipython_extension, unload_ipython_extension
from jupyter_mlops.entities import ExplanationReport, Importance, WhatIf
from jupyter_mlops.exceptions import UnknownReferenceError, UsageError
from jupyter_mlops.explanation import ExplanationWish, explain_model
from jupyter_mlops.home import Home
from jupyter_mlops.magics._arguments import HelpRequested
from jupyter_mlops.magics._explain import MIME_TYPE, ExplanationView
from jupyter_mlops.magics._explain_command import ExplainCommand
from jupyter_mlops.magics._pending._cells import read_cell
from jupyter_mlops.services import current_service


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("model", ExplainCommand(model="model")),
        ("model -X X_test -y y_test", ExplainCommand(model="model", data="X_test", target="y_test")),
        ("best:acc -X data.X", ExplainCommand(model="best:acc", data="data.X")),
        ("last~1 --result deep  # the second", ExplainCommand(model="last~1", result="deep")),
        ("model --rows 3,17,3, --method gradients", ExplainCommand(model="model", rows=(3, 17), method="gradients")),
        ("model --metric roc_auc --sample 500", ExplainCommand(model="model", metric="roc_auc", sample=500)),
        (
            "model --save 'my report.HTML' -o report",
            ExplainCommand(model="model", save="my report.HTML", output="report"),
        ),
    ],
)
def test_a_line_is_one_command(line, command):
    assert ExplainCommand.parse(line) == command


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "the following arguments are required: MODEL"),
        ("model --mehtod shap", "unknown option --mehtod - did you mean --method"),
        ("model more", "unknown argument more"),
        ("model -X", "expected one argument"),
        ("model -X df[cols]", "'df[cols]' is no name; assign it first: X = df[cols]"),
        ("model -X $(rm)", "is no name"),
        ("model --rows first", "'first' are no rows; write their numbers"),
        ("model --rows -1", "'-1' are no rows"),
        ("model --rows " + ",".join(map(str, range(21))), "21 rows are too many to look at; name up to 20"),
        ("model --sample 1", "'1' is no number of rows"),
        ("model --sample 99999999999999999999", "is no number of rows"),
        ("model --save report.pdf", "'report.pdf' says not how: end it with .html or .json"),
        ("model -o 'a b'", "'a b' is no name"),
        ("'unbalanced", "no closing quotation"),
        ("(model)", "looks like Python"),
    ],
)
def test_b01_a_wrong_line_is_one_sentence(line, message):
    with pytest.raises(UsageError) as caught:
        ExplainCommand.parse(line)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_help_has_at_most_twelve_options():
    with pytest.raises(HelpRequested) as caught:
        ExplainCommand.parse("-h")
    assert str(caught.value).count("\n  -") <= 12


@pytest.fixture
def home(launcher) -> Home:
    return current_service().home


@pytest.fixture
def notebook(shell_with_us):
    """A shell with a frame, its labels and a tree that knows them."""
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)), columns=["signal", "noise"])
    labels = (table["signal"] > 0).map({True: "<b>yes</b>", False: "no"}).rename("answer")
    tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(table, labels)
    shell_with_us.user_ns.update(tree=tree, X=table, y=labels, both=table.assign(answer=labels))
    return shell_with_us


def run(shell, cell: str):
    result = shell.run_cell(cell, store_history=True)
    result.raise_error()
    return result.result


def error_of(shell, cell: str) -> str:
    result = shell.run_cell(cell, store_history=True)
    error = result.error_before_exec or result.error_in_exec
    assert error is not None
    return f"{type(error).__name__}: {error}"


def finished(home: Home, name: str, **outputs) -> str:
    """Make a run that has returned some values, and return its id."""
    return write_run(home, name=name, outputs=outputs).run_id


def test_a_name_that_a_run_owes_is_waited_for(notebook):
    """The line is somebody's magic to the shell's transformer: every word in it may be a name that it reads."""
    cell = notebook.transform_cell("%explain model -X X_test -y data.target -o report")
    needs = read_cell(ast.parse(cell), notebook.transform_cell, notebook.user_ns)

    assert {"model", "X_test", "data"} <= needs.reads
    assert not needs.everything


def test_a_model_of_the_notebook_is_explained(notebook):
    view = run(notebook, "%explain tree -X X -y y")

    assert view.report.model == "tree"
    assert view.report.importance.names == ("signal", "noise")
    lines = repr(view).splitlines()
    assert lines[0].startswith(
        "tree: Permutation importance and partial dependence (scikit-learn), because it explains"
    )
    assert lines[1].split() == ["term", "importance", "low", "high"]
    assert "Importance: decrease of accuracy when the column is shuffled." in lines


def test_the_bundle_is_data_with_a_picture_for_others(notebook):
    bundle = run(notebook, "%explain tree -X X -y y")._repr_mimebundle_()

    assert set(bundle) == {"text/plain", "text/html", MIME_TYPE}
    json.dumps(bundle[MIME_TYPE])
    assert list(bundle[MIME_TYPE]["classes"]) == ["<b>yes</b>", "no"]
    assert "<b>" not in bundle["text/html"]
    assert "<script" not in bundle["text/html"]


def test_labels_may_be_a_column_of_the_rows(notebook):
    one, two = run(notebook, "%explain tree -X both -y answer"), run(notebook, "%explain tree -X X -y y")
    assert one.report.importance == two.report.importance


def test_attributes_are_names_too(notebook):
    run(notebook, "from types import SimpleNamespace; data = SimpleNamespace(X=X, y=y)")
    assert run(notebook, "%explain tree -X data.X -y data.y").report.rows == 40


def test_the_usual_names_are_taken_unless_others_are_given(notebook):
    notebook.user_ns.update(X_test=notebook.user_ns["X"][:30], y_test=notebook.user_ns["y"][:30])

    assert run(notebook, "%explain tree").report.rows == 30
    assert run(notebook, "%explain tree -X X -y y").report.rows == 40


def test_the_report_is_bound_and_shows_itself(notebook):
    view = run(notebook, "%explain tree -X X -y y --rows 0,1 -o report")

    assert run(notebook, "report") is view.report
    shown, _ = notebook.display_formatter.format(view.report)
    assert shown[MIME_TYPE]["contains_data"] is True
    assert "Contains data" in shown["text/plain"]


def test_the_report_is_saved_as_data(notebook, tmp_path):
    view = run(notebook, "%explain tree -X X -y y --save report.json")

    assert ExplanationReport.from_json((tmp_path / "report.json").read_text()) == view.report
    assert "Saved as report.json." in repr(view)


@pytest.mark.usefixtures("built_views")
def test_the_report_is_saved_as_a_page(notebook, tmp_path):
    run(notebook, "%explain tree -X X -y y --save report.html")

    page = (tmp_path / "report.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert "<b>yes" not in page


def test_a_place_that_cannot_be_written_is_told(notebook):
    message = error_of(notebook, "%explain tree -X X -y y --save /proc/nothing/report.json")
    assert message.startswith("UsageError: Cannot write /proc/nothing/report.json:")


def test_the_model_of_a_run_is_explained_and_the_run_keeps_the_report(notebook, home):
    run_id = finished(home, "base", model=notebook.user_ns["tree"])

    view = run(notebook, "%explain last -X X -y y")

    assert (view.report.run_id, view.report.model) == (run_id, "base")
    kept = home.run(run_id).artifacts / "reports" / "explanation.json"
    assert ExplanationReport.from_json(kept.read_text()) == view.report


def test_one_of_a_runs_models_is_named(notebook, home):
    tree = notebook.user_ns["tree"]
    finished(home, "both", wide=tree, deep=tree)

    message = error_of(notebook, "%explain last -X X -y y")
    assert "Run both returned 2 models: deep, wide. Choose with --result NAME." in message
    assert run(notebook, "%explain last --result deep -X X -y y").report.model == "both"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("tre -X X", "UsageError: tre is not defined here. Did you mean tree? No run 'tre'."),
        ("no.thing -X X", "UnknownReferenceError: No run 'no.thing'."),
        ("tree -X x", "UsageError: x is not defined here."),
        ("tree -X X -y answers", "UsageError: answers is not defined here."),
        ("tree -X X.nothing", "UsageError: X.nothing: DataFrame has no nothing."),
        ("X -X X", "UsageError: DataFrame is no model that can be explained"),
        ("tree", "UsageError: Permutation importance needs data: say which with -X"),
        ("tree -X X -y y --rows 40", "UsageError: There is no row 40: X has 40 rows, 0 to 39."),
        ("tree -X X -y y --method words", "UsageError: --method words does not explain"),
    ],
)
def test_a_wrong_name_is_told_with_the_next_step(notebook, line, message):
    assert error_of(notebook, f"%explain {line}").startswith(message)


def test_an_unknown_reference_lists_what_it_may_mean(notebook, home):
    finished(home, "tree-wide", model=1)
    assert UnknownReferenceError.__name__ in error_of(notebook, "%explain best:acc -X X")


def test_unloading_takes_the_magic_away(notebook):
    unload_ipython_extension(notebook)
    assert "explain" not in notebook.magics_manager.magics["line"]
    load_ipython_extension(notebook)


def test_a_view_of_many_terms_tells_how_many_more_there_are(notebook):
    report = run(notebook, "%explain tree -X X -y y").report
    many = msgspec.structs.replace(
        report.importance,
        names=tuple(f"x{number}" for number in range(20)),
        features=((0,),) * 20,
        scores=("NaN",) * 20,
        low=(0.0,) * 20,
        high=(1.0,) * 20,
    )
    view = ExplanationView(msgspec.structs.replace(report, importance=many))

    assert "5 more terms are in report.to_frame()." in repr(view)
    assert "NaN" in repr(view)


def test_a_view_without_terms_says_nothing_of_importance(notebook):
    report = run(notebook, "%explain tree -X X -y y").report
    none = Importance(measure="", interval="", names=(), features=(), scores=(), low=(), high=())
    said = repr(ExplanationView(msgspec.structs.replace(report, importance=none)))

    assert "mportance" not in said.partition("\n")[2]
    assert "term" not in said


def test_a_view_of_named_rows_says_how_to_ask_what_if():
    made = np.random.default_rng(0)
    data = pd.DataFrame({"a": made.normal(size=20), "b": made.normal(size=20)})
    model = DecisionTreeClassifier(max_depth=2).fit(data, data["a"] > 0)
    report = explain_model(model, data, wish=ExplanationWish(rows=(4,)))
    what_if = WhatIf(channel="c0de", least=(0.0, 0.0), most=(1.0, 1.0), whole=(False, False))
    shown = ExplanationView(report, what_if=what_if)._repr_mimebundle_()[MIME_TYPE]

    assert shown["what_if"]["channel"] == "c0de"
    assert report.what_if is None, "what is stored outlives the kernel"
