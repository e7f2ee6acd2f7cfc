"""Which flavors a run autologs, and what a warm parent holds for them."""

import pytest
from runs import spec_of

from jupyter_mlops.executor._autolog._autolog import FLAVORS, flavors_of
from jupyter_mlops.executor._autolog._live import FLAVORS as LIVE_FLAVORS
from jupyter_mlops.executor._autolog._live import modules_for_autologging


@pytest.mark.parametrize(
    ("text", "flavors"),
    [
        ("on", FLAVORS),
        ("off", frozenset()),
        ("sklearn,keras", frozenset({"sklearn", "keras"})),
        (" sklearn , spark", frozenset({"sklearn"})),
    ],
)
def test_a_spec_names_its_flavors(text, flavors):
    assert flavors_of(spec_of(autolog=text)) == flavors


def test_every_flavor_that_can_be_asked_for_has_its_part_and_no_other():
    assert {"sklearn", *LIVE_FLAVORS} == FLAVORS


def test_a_warm_parent_holds_what_watches_trainings_and_nothing_for_scikit_learn():
    assert modules_for_autologging(["numpy", "sklearn.base"]) == ()
    theirs, ours = ("mlflow.xgboost", "mlflow.sklearn", "mlflow.lightgbm"), "jupyter_mlops.tracking._store._spooling"
    assert modules_for_autologging(["xgboost", "lightgbm"]) == (*theirs, ours)
