"""What two runs' reports say differently, and what of it cannot be held against each other."""

import pytest

from jupyter_mlops.entities import ExplanationSummary, FairnessGap, FairnessSummary, RunReports
from jupyter_mlops.services._reports._changes import report_figures

GAP = FairnessGap(
    metric="selection_rate",
    label="selection rate",
    by="sex",
    overall=0.41234,
    minimum=0.3,
    maximum=0.5,
    difference=0.2,
    ratio=0.6,
    low=0.15,
    high=0.25,
)


def fairness(*gaps, **more):
    known = {"task": "binary", "made_at": "", "rows": 9, "fingerprint": "f", "model": "m", "sensitive": ("sex",)}
    return FairnessSummary(**{**known, "gaps": gaps, "total": len(gaps), **more})


def importance(**more):
    known = {"method": "permutation", "method_title": "", "task": "binary", "measure": "loss", "fingerprint": "f"}
    return ExplanationSummary(**{**known, "names": ("age", "pay"), "scores": (0.5, "NaN"), "total": 2, **more})


def reports(run_id="a", **parts):
    return RunReports(run_id=run_id, **parts)


def test_a_gap_comes_with_its_interval_and_the_metric_over_all_rows():
    (told, other) = report_figures(reports(fairness=fairness(GAP)), reports("b")).fairness
    assert told == {"selection rate": "0.4123", "selection rate: gap by sex": "0.2 (0.15 to 0.25)"}
    assert other == {}


def test_without_bootstrap_there_is_no_interval():
    from msgspec.structs import replace

    plain = replace(GAP, low=None, high=None)
    (told, _) = report_figures(reports(fairness=fairness(plain)), reports("b")).fairness
    assert told["selection rate: gap by sex"] == "0.2"


def test_within_strata_only_the_gap_is_told():
    from msgspec.structs import replace

    within = fairness(replace(GAP, stratum="full-time"), control=("hours",))
    (told, _) = report_figures(reports(fairness=within), reports("b")).fairness
    assert told == {"selection rate: gap by sex within hours": "0.2 (0.15 to 0.25)"}


def test_importance_is_told_by_term():
    (told, _) = report_figures(reports(explanation=importance()), reports("b")).importance
    assert told == {"age": "0.5", "pay": "NaN"}


@pytest.mark.parametrize("change", [{"fingerprint": "g"}, {"task": "multiclass"}])
def test_gaps_over_other_rows_are_not_compared(change):
    found = report_figures(reports(fairness=fairness(GAP)), reports("b", fairness=fairness(GAP, **change)))
    assert found.fairness == ({}, {})
    assert found.unknown[0].startswith("fairness (the reports are about different rows")


@pytest.mark.parametrize("change", [{"measure": "size"}, {"fingerprint": "g"}, {"task": "regression"}])
def test_importance_that_is_measured_otherwise_is_not_compared(change):
    found = report_figures(reports(explanation=importance()), reports("b", explanation=importance(**change)))
    assert found.importance == ({}, {})
    assert found.unknown[0].startswith("importance (the reports are about different rows, or measure it differently")


def test_problems_of_both_are_told():
    found = report_figures(reports(problems=("One.",)), reports("b", problems=("Two.",)))
    assert found.unknown == ("One.", "Two.")
