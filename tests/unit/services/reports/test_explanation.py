"""`mlops.explain`: of a model, of a run that made one; what a run keeps of it."""

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

import jupyter_mlops as mlops
from jupyter_mlops.entities import CellError, ExplanationReport, Result, RunStatus
from jupyter_mlops.exceptions import HomeError, RunFailedError, UnknownReferenceError, UsageError
from jupyter_mlops.services import ExplainModel, explain, explain_for, keep_explanation, model_of
from jupyter_mlops.services._reports._explanation import ARTIFACT


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(0).normal(size=(60, 2)), columns=["signal", "noise"])


@pytest.fixture(scope="module")
def labels(table) -> pd.Series:
    return (table["signal"] > 0).astype(int)


@pytest.fixture(scope="module")
def tree(table, labels):
    return DecisionTreeClassifier(max_depth=2, random_state=0).fit(table, labels)


def test_a_model_is_explained(tree, table, labels, current):
    report = explain(tree, table, labels, rows=(3,), metric="balanced_accuracy", sample=50)

    assert isinstance(report, ExplanationReport)
    assert report.importance.names == ("signal", "noise")
    assert report.importance.measure == "decrease of balanced_accuracy when the column is shuffled"
    assert (report.rows_used, report.local.rows, report.run_id, report.model) == (50, (3,), "", "")


def test_labels_in_another_order_than_the_rows_are_refused(tree, table, labels, current):
    turned = pd.Series(labels, index=table.index).iloc[::-1]
    with pytest.raises(UsageError, match=r"^y is not in the order of X"):
        mlops.explain(tree, table, turned)


def test_the_function_stays_a_function(tree, table, labels, current):
    """A package of the same name would take its place once it is imported."""
    assert mlops.explain(tree, table, labels).importance == mlops.explain(tree, table, labels).importance


def test_the_model_of_a_run_is_explained_and_the_run_keeps_the_report(tree, table, labels, deliver, current):
    run = deliver("base", model=tree, score=0.5)

    report = explain("base", table, labels)

    assert (report.run_id, report.model) == (run.id, "base")
    kept = run.directory.artifacts / ARTIFACT
    assert ExplanationReport.from_json(kept.read_text()) == report
    assert kept.stat().st_mode & 0o077 == 0
    assert run.tags["mlops.explanation"] == "permutation 2"
    assert run.tags["mlops.explanation.data"] == report.fingerprint


def test_a_handle_is_a_reference_too(tree, table, labels, deliver, current):
    run = deliver("base", model=tree)
    assert explain(run, table, labels).run_id == run.id


def test_a_later_report_takes_the_place_of_the_earlier(tree, table, labels, deliver, current):
    run = deliver("base", model=tree)
    first = explain(run, table, labels)
    second = explain(run, table[:30], labels[:30])

    kept = ExplanationReport.from_json((run.directory.artifacts / ARTIFACT).read_text())
    assert kept == second
    assert run.tags["mlops.explanation.data"] == second.fingerprint != first.fingerprint


def test_what_a_run_delivered_is_explained_for_that_run(tree, table, labels, deliver, service):
    """The notebook holds the model under a name of its own by now."""
    run = deliver("base", model=tree)
    wanted = ExplainModel(model=tree, data=table, target=labels, name="mine", run_id=run.id)

    report = explain_for(service, wanted)

    assert (report.model, report.run_id) == ("mine", run.id)
    assert (run.directory.artifacts / ARTIFACT).exists()


def test_a_run_that_is_gone_keeps_nothing(tree, table, labels, service):
    wanted = ExplainModel(model=tree, data=table, target=labels, run_id="0" * 32)
    assert explain_for(service, wanted).run_id == ""


def test_of_several_models_one_is_named(tree, table, labels, deliver, service):
    run = deliver("both", wide=tree, deep=tree, score=1)

    with pytest.raises(UsageError, match=r"Run both returned 2 models: deep, wide\. Choose with --result NAME"):
        model_of(run)
    assert model_of(run, "deep").get_depth() == tree.get_depth()
    report = explain_for(service, ExplainModel(model=run, result="wide", data=table, target=labels))
    assert report.model == "both"


def test_what_a_run_made_is_its_model_and_not_what_it_took_along(tree, table, labels, deliver, service):
    run = deliver("mitigated", mitigated=tree, sensitive=[0, 1])
    told = Result(status=RunStatus.FINISHED, returned=("mitigated", "sensitive"), released=("model",))
    run.directory.write(told, run.directory.result_file)

    assert model_of(run).get_depth() == tree.get_depth()


def test_a_run_without_a_model_says_so(deliver):
    with pytest.raises(UsageError, match=r"Run base returned no model: none of its results predicts"):
        model_of(deliver("base", score=0.5))


def test_a_failed_run_says_how(make_run, table, current):
    run = make_run("bad", status=RunStatus.FAILED)
    failed = Result(status=RunStatus.FAILED, exit_code=1, error=CellError(type="ValueError", message="no"))
    run.directory.write(failed, run.directory.result_file)

    with pytest.raises(RunFailedError, match="Run bad failed: ValueError: no"):
        explain("bad", table)


def test_an_unknown_run_is_told(table, current):
    with pytest.raises(UnknownReferenceError, match="No run 'nothing'"):
        explain("nothing", table)


def test_a_home_that_cannot_be_written_is_told(tree, table, labels, deliver, service):
    run = deliver("base", model=tree)
    report = explain_for(service, ExplainModel(model=tree, data=table, target=labels))
    run.directory.artifacts.mkdir(exist_ok=True)
    (run.directory.artifacts / "reports").write_text("a file is in the way")

    with pytest.raises(HomeError, match=r"Cannot write .*reports/explanation\.json"):
        keep_explanation(run, report)
