"""Methods by name: ours, and what other packages add by an entry point."""

from importlib.metadata import EntryPoint, EntryPoints
from importlib.util import find_spec

import pytest

from jupyter_mlops import _installed
from jupyter_mlops.entities import ExplainedFeatures, Importance
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.explanation import (
    Explained,
    Suitability,
    _discovery,
    explain_model,
    explainer_names,
    load_explainer,
)


class Oracle:
    """A method of another package, which explains everything before all others."""

    name = "oracle"

    def suits(self, subject):
        return Suitability(99, "it knows everything")

    def explain(self, subject, wish):
        return Explained(
            title="The oracle",
            scale="prediction",
            importance=Importance(measure="what it says", names=("a",), features=((0,),), scores=(float("nan"),)),
            features=ExplainedFeatures(names=("a",), kinds=("number",)),
            outputs=subject.task.outputs,
        )


@pytest.fixture
def with_oracle(monkeypatch):
    """As if a package with this entry point were installed."""
    point = EntryPoint("oracle", f"{__name__}:Oracle", _discovery.GROUP)
    monkeypatch.setattr(EntryPoint, "load", lambda _: Oracle)
    monkeypatch.setattr(_installed, "entry_points", lambda group: EntryPoints([point] if group == point.group else []))
    _installed.installed.cache_clear()
    yield
    _installed.installed.cache_clear()


def test_ours_are_known():
    assert {"glassbox", "gradients", "permutation"} <= set(explainer_names())
    assert all(load_explainer(name).name == name for name in ("glassbox", "gradients", "permutation"))


def test_another_packages_method_is_found_and_may_win(with_oracle, logistic, numbers):
    assert "oracle" in explainer_names()
    report = explain_model(logistic, *numbers)

    assert (report.method, report.chosen_because) == ("oracle", "it knows everything")


def test_a_method_that_was_asked_for_is_taken(with_oracle, logistic, numbers):
    report = explain_model(logistic, *numbers, method="permutation")
    assert (report.method, report.chosen_because) == ("permutation", "--method permutation asked for it")


def test_a_method_itself_can_be_given(logistic, numbers):
    assert explain_model(logistic, *numbers, method=Oracle()).method_title == "The oracle"


def test_an_unknown_method_is_told_with_the_known_ones():
    with pytest.raises(UsageError, match=r"No method named 'lime'\. Known: auto, glassbox, gradients, permutation"):
        load_explainer("lime")


@pytest.mark.skipif(find_spec("shap") is not None, reason="the package is installed here")
def test_shap_says_what_it_needs_and_what_to_do_instead(logistic, numbers):
    said = (
        r"--method shap does not explain .*: the package is not installed; pip install 'jupyter_mlops\[shap\]', or use"
    )
    with pytest.raises(UsageError, match=said):
        explain_model(logistic, *numbers, method="shap")


def test_a_method_that_does_not_suit_says_why(logistic, numbers):
    with pytest.raises(UsageError, match=r"--method gradients does not explain Pipeline: gradients need a Keras model"):
        explain_model(logistic, *numbers, method="gradients")
