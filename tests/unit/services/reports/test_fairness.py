"""`mlops.fairness`: of models and of runs that made them; what a run keeps of it."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import jupyter_mlops as mlops
from jupyter_mlops.assessment import FairnessQuestion
from jupyter_mlops.entities import FairnessReport, RunStatus
from jupyter_mlops.exceptions import RunFailedError, UnknownReferenceError, UsageError
from jupyter_mlops.services import assess_for, fairness, named_columns
from jupyter_mlops.services._reports._fairness import DATA_TAG, FAIRNESS_ARTIFACT, KIND_TAG


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    made = np.random.default_rng(0)
    return pd.DataFrame({"signal": made.normal(size=80), "sex": np.tile(["f", "m"], 40)})


@pytest.fixture(scope="module")
def outcome(table) -> pd.Series:
    return (table["signal"] > 0).astype(int)


@pytest.fixture(scope="module")
def model(table, outcome) -> LogisticRegression:
    return LogisticRegression().fit(table[["signal"]], outcome)


def kept(run) -> FairnessReport:
    return FairnessReport.from_json((run.directory.artifacts / FAIRNESS_ARTIFACT).read_bytes())


def test_it_is_at_the_front_door():
    assert mlops.fairness is fairness


def test_a_model_is_assessed(table, outcome, model, current):
    report = fairness(
        model, table, outcome, sensitive="sex", metrics=["accuracy"], boot=20, uncertain_below=50, min_group=2
    )

    assert [metric.key for metric in report.metrics] == ["accuracy_score"]
    assert (report.bootstrap.samples, report.uncertain_below, report.min_group) == (20, 50, 2)
    assert (report.models[0].name, report.models[0].run_id) == ("model", "")


def test_features_are_a_list_of_columns_and_names(table, outcome, model, current):
    town = pd.Series(np.tile(["a", "a", "b", "b"], 20), name="town")
    report = fairness(model, table, outcome, sensitive=[town, "sex"], control=[town.rename("region")], boot=0)

    assert [feature.name for feature in report.sensitive] == ["town", "sex"]
    assert [feature.name for feature in report.control] == ["region"]
    with pytest.raises(UsageError, match="The feature has no name"):
        fairness(model, table, outcome, sensitive=[town.rename(None)], boot=0)


def test_a_run_is_assessed_and_keeps_the_report(table, outcome, model, current, deliver):
    run = deliver("wide", model=model, scores=[1.0])
    report = fairness(run, table, outcome, sensitive=["sex"], boot=0)

    assert (report.models[0].name, report.models[0].run_id) == ("wide", run.id)
    assert kept(run) == report
    assert {key: run.tags[key] for key in (KIND_TAG, DATA_TAG)} == {
        KIND_TAG: "sex 1",
        DATA_TAG: report.fingerprint,
    }
    assert (run.directory.artifacts / "reports").stat().st_mode & 0o077 == 0


def test_models_and_runs_are_compared_and_each_run_keeps_the_report(table, outcome, model, current, deliver):
    first, second = deliver("first", model=model), deliver("second", model=model)
    models = {"mine": model, "first": "first", "second": second, "guess": np.ones(80, dtype=int)}
    report = fairness(models, table, outcome, sensitive="sex", boot=0)

    assert [found.run_id for found in report.models] == ["", first.id, second.id, ""]
    assert kept(first) == kept(second) == report


def test_a_model_of_the_notebook_that_a_run_made_is_kept_with_the_run(table, outcome, model, current, deliver):
    run = deliver("wide", model=model)
    question = FairnessQuestion(
        models={"model": model}, X=table, y=outcome, sensitive={"sex": table["sex"]}, boot=0, run_ids={"model": run.id}
    )

    report = assess_for(current, question)

    assert kept(run) == report


def test_of_several_models_that_a_run_returned_the_one_of_the_same_name_is_taken(
    table, outcome, model, service, deliver
):
    run = deliver("wide", model=model, other=LogisticRegression())
    question = FairnessQuestion(models={"last": run}, X=table, y=outcome, sensitive={"sex": table["sex"]}, boot=0)

    assert assess_for(service, question, result="model").models[0].run_id == run.id
    with pytest.raises(UsageError, match="returned 2 models"):
        assess_for(service, question)


def test_a_run_that_failed_is_told(table, outcome, current, make_run):
    run = make_run("broken", status=RunStatus.FAILED)
    with pytest.raises(RunFailedError, match="broken"):
        fairness(run, table, outcome, sensitive="sex")


def test_a_run_that_nobody_knows(table, outcome, current):
    with pytest.raises(UnknownReferenceError, match="No run 'nobody'"):
        fairness("nobody", table, outcome, sensitive="sex")


@pytest.mark.parametrize("name", ["y", "sex", "stage", "weights"])
def test_rows_in_another_order_are_refused_wherever_they_stand(table, outcome, model, current, name):
    turned = table.iloc[::-1]
    given = {"y": outcome, "sex": table["sex"], "stage": table["sex"], "weights": table["signal"].abs()}
    given[name] = given[name].loc[turned.index]
    with pytest.raises(UsageError, match=rf"^{name} is not in the order of X"):
        fairness(
            model,
            table[["signal"]],
            given["y"],
            sensitive={"sex": given["sex"]},
            control={"stage": given["stage"]},
            weights=given["weights"],
        )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"bot": 3}, "fairness has no option bot. Did you mean boot?"),
        ({"confidence": 0.9}, "fairness has no option confidence. There are weights, positive, bins, min_group,"),
        ({"boot": "3"}, "boot is '3', and a whole number is wanted."),
        ({"min_group": 2.5}, "min_group is 2.5, and a whole number is wanted."),
        ({"bins": None}, "bins is None, and a whole number is wanted."),
        ({"seed": True}, "seed is True, and a whole number is wanted."),
    ],
)
def test_an_option_that_cannot_be_meant_is_told_by_its_name(table, outcome, model, current, options, said):
    with pytest.raises(UsageError) as told:
        fairness(model, table, outcome, sensitive="sex", **options)

    assert str(told.value).startswith(said)


@pytest.mark.parametrize("options", [{"boot": None}, {"boot": np.int64(2)}, {"min_group": np.int32(2)}])
def test_numpys_whole_numbers_are_whole_numbers(table, outcome, model, current, options):
    assert fairness(model, table, outcome, sensitive="sex", metrics="count", **options).rows == len(table)


def test_without_an_outcome(table, model, current):
    with pytest.raises(UsageError, match="Give y"):
        fairness(model, table, sensitive="sex")


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("sex", ["sex"]),
        (["sex", "signal"], ["sex", "signal"]),
        ({"gender": [1, 2]}, ["gender"]),
        (pd.Series([1], name="town"), ["town"]),
        (pd.DataFrame({"a": [1], "b": [2]}), ["a", "b"]),
        ((), []),
    ],
)
def test_columns_are_named_in_many_ways(table, wanted, names):
    assert list(named_columns(wanted, table)) == names


def test_a_column_that_is_not_there(table):
    with pytest.raises(UsageError, match=r"X has no column 'sexx'\. Did you mean sex"):
        named_columns("sexx", table)
    with pytest.raises(UsageError, match=r"X has no column 'qqqq'\. Its columns are signal, sex"):
        named_columns("qqqq", table)
    with pytest.raises(UsageError, match=r"X has no columns with names\. Give the column itself"):
        named_columns("sex", np.ones((3, 2)))
    with pytest.raises(UsageError, match="has no name"):
        named_columns(np.ones(3), table)
