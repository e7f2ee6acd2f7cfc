"""A question is refused in words before any model is asked; what is left out has the documented answer."""

import math

import pytest

from jupyter_mlops.assessment import FairnessQuestion
from jupyter_mlops.exceptions import UsageError

ASKED = {"models": {"m": [0, 1]}, "y": [0, 1], "sensitive": {"sex": ["f", "m"]}}


@pytest.mark.parametrize("name", ["boot", "min_group", "uncertain_below", "bins", "seed"])
def test_what_is_counted_cannot_be_negative(name: str):
    with pytest.raises(UsageError, match=f"^{name} is -1; it cannot be negative\\.$"):
        FairnessQuestion(**ASKED, **{name: -1})


@pytest.mark.parametrize("name", ["boot", "min_group", "uncertain_below", "bins", "seed"])
def test_none_at_all_is_a_count_too(name: str):
    assert getattr(FairnessQuestion(**ASKED, **{name: 0}), name) == 0


def test_of_several_features_that_are_named_twice_the_first_by_the_alphabet_is_told():
    features = {"sex": [1, 2], "age": [1, 2]}

    with pytest.raises(UsageError, match=r"^age is both a sensitive and a control feature\. Name it once\.$"):
        FairnessQuestion(models=ASKED["models"], y=[0, 1], sensitive=features, control=features)


def test_no_model_is_told_before_no_feature():
    with pytest.raises(UsageError, match=r"^There is no model\. Name one, or give predictions\.$"):
        FairnessQuestion(models={}, y=[], sensitive={})


def test_questions_share_nothing_that_one_of_them_could_change():
    first, second = FairnessQuestion(**ASKED), FairnessQuestion(**ASKED)

    first.control["race"] = ["a", "b"]

    assert (second.control, second.data, second.run_ids) == ({}, {}, {})


def test_data_is_not_looked_at_yet():
    assert math.isnan(FairnessQuestion(models={"m": object()}, y=math.nan, sensitive={"sex": None}).y)
