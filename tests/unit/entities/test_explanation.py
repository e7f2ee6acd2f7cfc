"""An explanation report survives its JSON, whatever numbers and texts are in it, and refuses what is none."""

import math

import msgspec
import pytest

from jupyter_mlops.entities import (
    EXPLANATION_VERSION,
    ExplainedFeatures,
    ExplanationReport,
    FeatureShape,
    ImageSaliency,
    Importance,
    LocalExplanations,
    TextSaliency,
    WhatIf,
    figure,
    figure_value,
)
from jupyter_mlops.exceptions import UsageError

REPORT = ExplanationReport(
    method="permutation",
    method_title="Permutation importance",
    chosen_because="it explains any model",
    task="binary",
    classes=("<b>no</b>", "yes"),
    outputs=("yes",),
    scale="probability",
    features=ExplainedFeatures(names=("age", "<img onerror>"), kinds=("number", "category"), missing=(0, 3)),
    importance=Importance(
        measure="decrease of accuracy",
        names=("age", "<img onerror>"),
        features=((0,), (1,)),
        scores=(0.25, "NaN"),
        low=(0.125, "-Infinity"),
        high=(0.375, "Infinity"),
    ),
    shapes=(FeatureShape(feature=1, form="bars", grid=("a", "NaN"), values=((0.5, 0.75),), density=(3, 1)),),
    local=LocalExplanations(rows=(7,), values=((41.0, "a"),), predicted=((0.5,),)),
    contains_data=True,
)


def test_a_report_survives_its_json():
    assert ExplanationReport.from_json(REPORT.to_json()) == REPORT


def test_a_report_cannot_be_changed():
    with pytest.raises(AttributeError):
        REPORT.task = "regression"


def test_fields_that_a_later_version_adds_are_no_obstacle():
    assert ExplanationReport.from_json(REPORT.to_json()[:-1] + ',"added_later":[1]}') == REPORT


def test_a_newer_version_is_refused_with_the_next_step():
    newer = REPORT.to_json().replace(f'"version":{EXPLANATION_VERSION}', '"version":99')
    with pytest.raises(UsageError, match=r"has version 99; this jupyter_mlops reads up to 2\. Update"):
        ExplanationReport.from_json(newer)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": "x"}', '{"version": 1}'])
def test_what_is_no_report_is_refused(text):
    with pytest.raises(UsageError, match="This is no explanation report"):
        ExplanationReport.from_json(text)


def test_the_frame_has_one_row_a_term_and_real_numbers():
    frame = REPORT.to_frame()

    assert list(frame.columns) == ["term", "importance", "low", "high"]
    assert frame["term"].tolist() == ["age", "<img onerror>"]
    assert frame["importance"].tolist()[0] == 0.25
    assert math.isnan(frame["importance"][1])
    assert frame["low"].tolist() == [0.125, -math.inf]


def test_without_an_interval_the_frame_has_no_columns_for_it():
    importance = Importance(measure="coefficient", names=("a",), features=((0,),), scores=(1.5,))
    report = ExplanationReport(
        method="glassbox",
        method_title="t",
        chosen_because="c",
        task="regression",
        outputs=("price",),
        scale="price",
        features=ExplainedFeatures(names=("a",), kinds=("number",)),
        importance=importance,
    )
    assert report.to_frame().to_dict("list") == {"term": ["a"], "importance": [1.5]}


@pytest.mark.parametrize("value", [0.1, 1e300, -0.0, 5.0, 2.0**60, math.inf, -math.inf])
def test_a_figure_is_its_number_again(value):
    assert figure_value(figure(value)) == value


def test_not_a_number_stays_that():
    assert math.isnan(figure_value(figure(math.nan)))


def test_a_report_of_the_first_version_is_read_without_what_came_later():
    first = REPORT.to_json().replace(f'"version":{EXPLANATION_VERSION}', '"version":1')
    for field in ('"what_if":null,', '"texts":[],', '"images":[],'):
        assert field in first
        first = first.replace(field, "")
    assert ExplanationReport.from_json(first) == msgspec.structs.replace(REPORT, version=1)


def test_rows_that_are_text_and_images_survive_the_json():
    texts = (TextSaliency(row=3, feature=0, tokens=("<b>", " ", "é"), scores=((0.0, 0.0, -1.5),), cut=7),)
    images = (ImageSaliency(row=3, png="aGk=", width=2, height=1, heat=(((0.5, "NaN"),),)),)
    report = msgspec.structs.replace(REPORT, texts=texts, images=images)
    assert ExplanationReport.from_json(report.to_json()) == report


def test_a_report_says_how_its_rows_can_be_asked_again():
    what_if = WhatIf(channel="c0de", least=(0.0,), most=(9.5,), whole=(False,))
    report = msgspec.structs.replace(REPORT, what_if=what_if)
    assert ExplanationReport.from_json(report.to_json()).what_if == what_if
