"""What is inside of a model, and the ways that follow from it."""

import pytest
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from jupyter_mlops.exceptions import ExportError, MissingExtraError
from jupyter_mlops.export import InputTensor
from jupyter_mlops.export._converters._by_skl2onnx import FLOAT, converted, demand, parts
from jupyter_mlops.export._protocol import Conversion


class Holder(BaseEstimator):
    """Holds whatever it is given, and nobody converts it."""


def holding(value):
    holder = Holder()
    holder.held = value
    return holder


def test_the_fitted_estimators_of_a_calibration_are_found(X, y):
    model = CalibratedClassifierCV(DecisionTreeClassifier(max_depth=2), cv=2).fit(X, y)

    assert sum(hasattr(part, "tree_") for part in parts(model)) == 2


@pytest.mark.parametrize("kind", [list, dict])
def test_what_holds_itself_ends(kind):
    ring = kind()
    ring.append(ring) if kind is list else ring.update(ring=ring)

    assert [type(part) for part in parts(holding(ring))] == [Holder]


def test_estimators_that_hold_each_other_are_found_once():
    one, two = holding(None), holding(None)
    one.held, two.held = two, one

    assert set(parts(one)) == {one, two}


def test_a_class_is_no_estimator():
    assert [type(part) for part in parts(holding([LogisticRegression]))] == [Holder]


def test_what_nobody_converts_is_told_in_a_line():
    conversion = Conversion(model=holding(1), inputs=(InputTensor("X", "float32", (0,)),), variant=FLOAT)

    with pytest.raises(ExportError) as raised:
        converted(conversion)
    assert "Holder" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_is_not_installed_is_told_with_its_remedy():
    with pytest.raises(MissingExtraError, match=r"needs no_such_library .*pip install 'jupyter_mlops\[onnx\]'"):
        demand("no_such_library")
