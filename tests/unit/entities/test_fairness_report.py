"""A fairness report as a value: JSON and back, frames, names of groups."""

import json
import math
from pathlib import Path

import msgspec
import pytest

from jupyter_mlops.entities import (
    FairnessFeature,
    FairnessGrouping,
    FairnessMetric,
    FairnessModel,
    FairnessReport,
    FairnessResult,
    FairnessSpread,
)
from jupyter_mlops.exceptions import UsageError

REPORTS = Path(__file__).parents[2] / "frontend" / "reports"
SPREAD = FairnessSpread(values=((0.25, "NaN"),))


def report(**changes) -> FairnessReport:
    """Two groups in each of two strata, one metric, one model; one group is withheld."""
    made = FairnessReport(
        task="binary",
        made_at="2026-01-01T00:00:00+00:00",
        rows=100,
        sensitive=(FairnessFeature(name="sex", levels=("f", "<b>m</b>")),),
        control=(FairnessFeature(name="age", levels=("18 to 40", "40 to 90"), edges=(18.0, 40.0, 90.0)),),
        strata=((0,), (1,)),
        metrics=(FairnessMetric(key="selection_rate", label="selection rate", kind="share"),),
        models=(FairnessModel(name="model"),),
        overall=(SPREAD,),
        groupings=(
            FairnessGrouping(
                features=(0,),
                levels=((0, 1, 0, 1),),
                strata=(0, 0, 1, 1),
                sizes=(40, 30, 25, None),
                uncertain=(2, 3),
                suppressed=(3,),
                total=4,
            ),
        ),
        results=(
            FairnessResult(
                model=0,
                grouping=0,
                by_group=((0.5, 0.25, 1.0, "NaN"),),
                minimum=SPREAD,
                maximum=SPREAD,
                difference=SPREAD,
                ratio=SPREAD,
                difference_to_overall=SPREAD,
                ratio_to_overall=SPREAD,
            ),
        ),
    )
    return msgspec.structs.replace(made, **changes)


def test_json_gives_the_report_back():
    assert FairnessReport.from_json(report().to_json()) == report()
    assert FairnessReport.from_json(report().to_json().encode()) == report()


def test_nan_is_a_word_so_that_every_reader_of_json_can_read_it():
    text = report().to_json()

    assert json.loads(text, parse_constant=pytest.fail)["results"][0]["by_group"] == [[0.5, 0.25, 1.0, "NaN"]]


def test_a_frame_has_one_row_for_each_group_and_metric():
    frame = report().to_frame()

    assert frame.columns.tolist() == [
        "model", "grouping", "group", "stratum", "metric", "value", "low", "high", "size", "uncertain", "suppressed",
    ]  # fmt: skip
    assert frame.drop(columns=["low", "high"]).iloc[0].tolist() == [
        "model", "sex", "f", "18 to 40", "selection_rate", 0.5, 40, False, False,
    ]  # fmt: skip
    assert math.isnan(frame["value"].iloc[3])
    assert frame["size"].isna().tolist() == [False, False, False, True]


def test_by_group_has_one_row_for_each_group():
    found = report().by_group

    assert found.columns.tolist() == ["selection_rate"]
    assert found.index.names == ["model", "grouping", "group", "stratum"]
    assert found.loc[("model", "sex", "<b>m</b>", "18 to 40"), "selection_rate"] == 0.25


def test_without_control_features_there_is_no_stratum():
    grouping = msgspec.structs.replace(report().groupings[0], strata=(), levels=((0, 1),), sizes=(40, 30))
    result = msgspec.structs.replace(report().results[0], by_group=((0.5, 0.25),))
    plain = report(control=(), strata=(), groupings=(grouping,), results=(result,))

    assert "stratum" not in plain.to_frame()
    assert plain.by_group.index.tolist() == [("model", "sex", "f"), ("model", "sex", "<b>m</b>")]


@pytest.mark.parametrize("name", ["fairness.json", "fairness_control.json"])
def test_a_stored_report_can_be_read_for_ever(name):
    """Written by version 1. When the form changes, this file stays, and a new one is written beside it."""
    found = FairnessReport.from_json(REPORTS.joinpath(name).read_text())

    assert found.version == 1
    assert len(found.to_frame()) == sum(len(result.by_group) * len(result.by_group[0]) for result in found.results)


def test_fields_of_a_later_minor_change_are_passed_over():
    data = json.loads(report().to_json()) | {"colour": "blue"}

    assert FairnessReport.from_json(json.dumps(data)) == report()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (report(version=99).to_json(), "version 99.*Upgrade"),
        ("[]", "no fairness report"),
        ("{", "no fairness report"),
        ('{"version": 1}', "no fairness report.*task"),
    ],
)
def test_what_cannot_be_read_is_refused(text, message):
    with pytest.raises(UsageError, match=message):
        FairnessReport.from_json(text)
