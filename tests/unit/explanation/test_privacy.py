"""Differentially private models: explained as what they are, with what was spent, and what was used besides."""

import warnings

import numpy as np
import pandas as pd
import pytest
from interpret.glassbox import ExplainableBoostingClassifier
from interpret.privacy import DPExplainableBoostingClassifier, DPExplainableBoostingRegressor

from jupyter_mlops.explanation import ExplanationWish, explain_model

BOUNDS = {"income": (0, 10), "age": (18, 100)}
TYPES = ["continuous", "continuous", "nominal"]


@pytest.fixture(scope="module")
def people():
    made = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "income": made.normal(3, 1, 400),
            "age": made.integers(20, 70, 400),
            "town": made.choice(["Bern", "Basel"], 400),
        }
    )
    return rows, (rows["income"] > 3).astype(int)


def fitted(model, people):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what InterpretML warns of is what the report must say
        return model.fit(*people)


def test_what_was_spent_is_said_and_the_figures_are_the_models_own(people):
    private = fitted(
        DPExplainableBoostingClassifier(epsilon=2, delta=1e-6, privacy_bounds=BOUNDS, feature_types=TYPES), people
    )
    report = explain_model(private, None, None, name="private")

    assert (report.method, report.model_type) == ("glassbox", "DPExplainableBoostingClassifier")
    assert report.notes == (
        "Differentially private: trained with epsilon 2 and delta 1e-06. "
        "The figures are the model's, and spend no more.",
    )
    importance = dict(zip(private.term_names_, private.term_importances(), strict=True))
    assert dict(zip(report.importance.names, report.importance.scores, strict=True)) == pytest.approx(importance, abs=0)
    assert len(report.shapes) == 3


def test_what_was_used_outside_the_budget_is_said(people):
    private = fitted(DPExplainableBoostingRegressor(random_state=0), people)
    said = explain_model(private, None, None, name="private").notes[1]

    assert said.startswith("Not protected by that: the smallest and the largest value of columns (give privacy_bounds")
    for word in ("feature_types", "privacy_target_min", "random_state"):
        assert word in said


def test_rows_that_are_named_are_not_said_to_be_protected(people):
    private = fitted(DPExplainableBoostingClassifier(privacy_bounds=BOUNDS, feature_types=TYPES), people)
    report = explain_model(private, *people, name="private", wish=ExplanationWish(rows=(0,)))

    assert report.contains_data
    assert report.notes[-1].endswith("Rows that are named are told as they are.")


def test_of_other_models_nothing_is_said(people):
    plain = ExplainableBoostingClassifier(outer_bags=2, max_rounds=5, n_jobs=1).fit(*people)
    assert not [note for note in explain_model(plain, *people, name="plain").notes if "rivate" in note]
