"""What runs keep of reports, in short and side by side; every story is about real reports of real models."""

import msgspec
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from jupyter_mlops.assessment import FairnessQuestion, analyse
from jupyter_mlops.entities import RunReports
from jupyter_mlops.explanation import explain_model
from jupyter_mlops.services import Change
from jupyter_mlops.services._diff import diff_runs
from jupyter_mlops.services._reports._explanation import keep_explanation
from jupyter_mlops.services._reports._fairness import FAIRNESS_ARTIFACT
from jupyter_mlops.services._reports._kept import keep_report
from jupyter_mlops.services._reports._summaries import (
    MOST_GAPS,
    MOST_TERMS,
    summarise_explanation,
    summarise_fairness,
    summarise_reports,
)

ROWS = 120


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    made = np.random.default_rng(0)
    people = {"sex": np.tile(["f", "m"], ROWS // 2), "town": np.repeat(["north", "south", "west"], ROWS // 3)}
    return pd.DataFrame({"signal": made.normal(size=ROWS), "noise": made.normal(size=ROWS), **people})


@pytest.fixture(scope="module")
def outcome(table) -> pd.Series:
    return ((table["signal"] + (table["sex"] == "m")) > 0.5).astype(int)


@pytest.fixture(scope="module")
def models(table, outcome):
    columns = table[["signal", "noise"]]
    return LogisticRegression().fit(columns, outcome), DecisionTreeClassifier(max_depth=1).fit(columns, outcome)


@pytest.fixture
def assess(table, outcome):
    def assessed(models, **more):
        sensitive = {name: table[name] for name in more.pop("by", ("sex",))}
        asked = {"models": models, "X": table, "y": outcome, "sensitive": sensitive, "boot": 0}
        return analyse(FairnessQuestion(**asked | more))

    return assessed


def keep_fairness(run, report):
    keep_report(run, FAIRNESS_ARTIFACT, report.to_json(), {})


def test_a_run_without_reports_has_none(make_run):
    run = make_run()
    assert summarise_reports(run) == RunReports(run_id=run.id)


def test_a_gap_is_what_the_report_says(assess, models):
    report = assess({"model": models[0]}, by=("sex", "town"), metrics=("accuracy", "selection_rate"), boot=20)
    summary = summarise_fairness(report, "")

    assert [(gap.metric, gap.by) for gap in summary.gaps] == [
        (metric, by) for metric in ("accuracy_score", "selection_rate") for by in ("sex", "town", "sex and town")
    ]
    gap, result = summary.gaps[4], report.results[1]
    spreads = (result.minimum, result.maximum, result.difference, result.ratio)
    assert (gap.minimum, gap.maximum, gap.difference, gap.ratio) == tuple(each.values[1][0] for each in spreads)
    assert (gap.overall, gap.low, gap.high) == (
        report.overall[0].values[1][0],
        result.difference.low[1][0],
        result.difference.high[1][0],
    )
    assert (summary.sensitive, summary.rows, summary.total) == (("sex", "town"), ROWS, 6)


def test_of_several_models_it_is_the_runs_own(assess, models):
    report = assess({"a": models[0], "b": models[1]}, run_ids={"b": "f" * 32})
    assert [summarise_fairness(report, run_id).model for run_id in ("f" * 32, "0" * 32)] == ["b", "a"]


def test_within_control_features_the_widest_gap_counts(assess, models, table):
    report = assess({"model": models[0]}, control={"town": table["town"]}, metrics=("selection_rate",))
    (gap,) = summarise_fairness(report, "").gaps
    differences = report.results[0].difference.values[0]

    assert gap.difference == max(differences)
    assert gap.stratum == report.stratum_name(differences.index(max(differences)))
    assert gap.overall == report.overall[0].values[0][differences.index(max(differences))]


def test_summaries_are_bounded_and_say_so(assess, models, table):
    report = assess({"model": models[0]})
    many = tuple(msgspec.structs.replace(report.metrics[0], key=f"m{number}") for number in range(MOST_GAPS + 1))
    one = report.results[0]

    def repeated(spread):
        return msgspec.structs.replace(spread, values=spread.values[:1] * len(many))

    names = ("minimum", "maximum", "difference", "ratio")
    result = msgspec.structs.replace(one, **{name: repeated(getattr(one, name)) for name in names})
    wide = msgspec.structs.replace(
        report, metrics=many, results=(result,), overall=tuple(repeated(each) for each in report.overall)
    )
    summary = summarise_fairness(wide, "")
    assert (len(summary.gaps), summary.total) == (MOST_GAPS, MOST_GAPS + 1)

    columns = pd.DataFrame({f"x{number}": table["signal"] for number in range(MOST_TERMS + 5)})
    tree = DecisionTreeClassifier(max_depth=1).fit(columns, table["signal"] > 0)
    short = summarise_explanation(explain_model(tree, columns, method="permutation"))
    assert (len(short.names), len(short.scores), short.total) == (MOST_TERMS, MOST_TERMS, MOST_TERMS + 5)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ('{"version": 99}', "has version 99"),
        ("no report", "This is no fairness report"),
        ('{"version": 1, "task": "binary"}', "This is no fairness report"),
    ],
)
def test_a_report_that_cannot_be_read_is_told(make_run, kept, said):
    run = make_run()
    keep_report(run, FAIRNESS_ARTIFACT, kept, {})
    found = summarise_reports(run)

    assert found.fairness is None
    assert said in found.problems[0]


def test_a_link_out_of_the_run_is_no_report(make_run, tmp_path, assess, models):
    run = make_run()
    outside = tmp_path / "outside.json"
    outside.write_text(assess({"model": models[0]}).to_json())
    (run.directory.artifacts / "reports").mkdir(parents=True)
    (run.directory.artifacts / FAIRNESS_ARTIFACT).symlink_to(outside)

    assert summarise_reports(run) == RunReports(run_id=run.id)


def test_two_runs_differ_in_what_their_reports_say(make_run, assess, models, table, outcome):
    runs = make_run("a"), make_run("b")
    columns = table[["signal", "noise"]]
    for run, model in zip(runs, models, strict=True):
        keep_fairness(run, assess({"model": model}, metrics=("selection_rate",)))
        keep_explanation(run, explain_model(model, columns, outcome, method="permutation"))
    found = diff_runs(*runs)

    first, second = (summarise_reports(run) for run in runs)
    gaps = [f"{each.fairness.gaps[0].difference:.4g}" for each in (first, second)]
    assert Change("selection rate: gap by sex", *gaps) in found.fairness
    scores = [dict(zip(each.explanation.names, each.explanation.scores, strict=True)) for each in (first, second)]
    assert Change("signal", *(f"{each['signal']:.4g}" for each in scores)) in found.importance
    assert not found.is_empty
    assert not any("fairness" in told or "importance" in told for told in found.unknown)


def test_classes_are_told_apart_in_a_difference(make_run, table):
    columns, three = table[["signal", "noise"]], table["town"]
    runs = make_run("a"), make_run("b")
    for run, depth in zip(runs, (1, 3), strict=True):
        model = DecisionTreeClassifier(max_depth=depth).fit(columns, three)
        question = FairnessQuestion(models={"m": model}, X=columns, y=three, sensitive={"sex": table["sex"]})
        keep_fairness(run, analyse(question))
    keys = [change.key for change in diff_runs(*runs).fairness]

    assert len(set(keys)) == len(keys)
    assert all(any(town in key for key in keys) for town in ("north", "south", "west"))


def test_reports_about_other_rows_are_not_compared(make_run, assess, models, table, outcome):
    runs = make_run("a"), make_run("b")
    keep_fairness(runs[0], assess({"model": models[0]}))
    keep_fairness(runs[1], assess({"model": models[0]}, by=("town",)))
    columns = table[["signal", "noise"]]
    keep_explanation(runs[0], explain_model(models[0], columns, outcome, method="permutation"))
    keep_explanation(runs[1], explain_model(models[0], columns[:60], outcome[:60], method="permutation"))
    found = diff_runs(*runs)

    assert (found.fairness, found.importance) == ((), ())
    assert sum("different rows" in told for told in found.unknown) == 2


def test_a_report_that_one_run_has_stands_alone(make_run, assess, models):
    runs = make_run("a"), make_run("b")
    keep_fairness(runs[0], assess({"model": models[0]}, metrics=("accuracy",)))

    assert [change.after for change in diff_runs(*runs).fairness] == [None, None]
    assert [change.before for change in diff_runs(*reversed(runs)).fairness] == [None, None]
