"""`mlops.fairness`: models, or the runs that made them, become a fairness report; such a run keeps it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from numbers import Integral
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from ...entities import FairnessReport
from ...exceptions import UsageError
from .._default import current_service
from .._edge import python_edge
from .._run import Run
from ._columns import named_columns
from ._explanation import model_of
from ._kept import keep_report
from ._row_order import demand_one_order

if TYPE_CHECKING:
    from ...assessment import FairnessQuestion, MetricName
    from .._service import RunService

FAIRNESS_ARTIFACT = "reports/fairness.json"
"""Where a run keeps the report, below its artifacts; a later one replaces it."""

KIND_TAG, DATA_TAG = "mlops.fairness", "mlops.fairness.data"
"""Tags of a run with a report: the features compared and the version, and the fingerprint of the rows."""


_COUNTS = ("bins", "min_group", "uncertain_below", "boot", "seed")


class FairnessOptions(TypedDict, total=False):
    """What else `fairness` may be told; see `FairnessQuestion`."""

    weights: Any
    positive: Any
    bins: int
    min_group: int
    uncertain_below: int
    boot: int | None
    seed: int


@python_edge
def fairness(
    models: Any,
    X: Any = None,
    y: Any = None,
    *,
    sensitive: Any,
    control: Any = (),
    metrics: Sequence[MetricName] = (),
    **options: Unpack[FairnessOptions],
) -> FairnessReport:
    """Compare how models do in groups of people.

    Parameters
    ----------
    models : object
        A fitted model, predictions, a run or a reference to one such as `last`; or a mapping of names to these.
    X : DataFrame or array, optional
        Rows that the models predict from; not needed for predictions.
    y : Series or array
        The outcome.
    sensitive, control : str, list of str, mapping, Series or DataFrame
        Columns of `X` by name, or columns themselves: the features to compare, and those to hold fixed.
    metrics : sequence of str or callable
        By their names in scikit-learn or Fairlearn, or functions; by default the standard set of the task.
    **options
        `weights`, `positive` (the class that counts as selected), `bins` (of continuous features; 0 for none),
        `min_group` (withhold smaller groups), `uncertain_below` (mark smaller groups), `boot` (resamples for
        intervals), `seed`.

    Raises
    ------
    UsageError
        Models and data do not go together, or a column is not there.
    RunFailedError
        A run failed or was stopped.

    Examples
    --------
    >>> report = fairness(model, X_test, y_test, sensitive=["sex", "race"])
    >>> report.results[0].disparities["demographic_parity_difference"]
    (0.21547379032258063,)
    """
    from ...assessment import FairnessQuestion

    _demand_options(options)
    runs = current_service()
    question = FairnessQuestion(
        models=models if isinstance(models, Mapping) else {_name(models): models},
        X=X,
        y=_given(y),
        sensitive=named_columns(sensitive, X),
        control=named_columns(control, X),
        metrics=(metrics,) if isinstance(metrics, str) else tuple(metrics),
        **options,
    )
    return assess_for(runs, question)


def assess_for(runs: RunService, question: FairnessQuestion, result: str = "") -> FairnessReport:
    """Answer a question whose models may be runs, or references to runs; wait for these, and let them keep the report.

    Parameters
    ----------
    runs : RunService
        Finds them.
    question : FairnessQuestion
        What is asked. `run_ids` names the runs of models that are there already.
    result : str
        Which result of a run is its model, where a run has one of that name.

    Raises
    ------
    UsageError
        Models and data do not go together, or a run returned no model.
    RunFailedError
        A run failed or was stopped.
    """
    from ...assessment import analyse

    columns = {**question.control, **question.sensitive, "weights": question.weights}
    demand_one_order({"X": question.X, "y": question.y} | columns)
    found = {name: runs.find(model) if isinstance(model, str) else model for name, model in question.models.items()}
    made_by = {name: model for name, model in found.items() if isinstance(model, Run)}
    made_by |= {name: runs.get(run_id) for name, run_id in question.run_ids.items() if name not in made_by}
    models = {name: _model(model, result) if isinstance(model, Run) else model for name, model in found.items()}
    run_ids = {name: run.id for name, run in made_by.items()}
    report = analyse(dataclasses.replace(question, models=models, run_ids=run_ids))
    for run in dict.fromkeys(made_by.values()):
        if run.exists:
            _keep(run, report)
    return report


def _model(run: Run, result: str) -> Any:
    """Return a run's model: the result of that name where it returned one, else the only model among its results."""
    run.wait_delivery()
    run.raise_failure()
    told = run.directory.result()
    return model_of(run, result if told is not None and result in told.returned else "")


def _keep(run: Run, report: FairnessReport) -> None:
    features = ", ".join(feature.name for feature in report.sensitive)
    tags = {KIND_TAG: f"{features} {report.version}", DATA_TAG: report.fingerprint}
    keep_report(run, FAIRNESS_ARTIFACT, report.to_json(), tags)


def _name(model: Any) -> str:
    return model.name if isinstance(model, Run) else model if isinstance(model, str) else "model"


def _demand_options(options: Mapping[str, Any]) -> None:
    """Raise `UsageError` for an option that is none, and for a count that is no whole number."""
    known = FairnessOptions.__annotations__
    for name, value in options.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."
            raise UsageError(f"fairness has no option {name}. {meant}")
        is_none = value is None and name == "boot"
        if name in _COUNTS and not is_none and (isinstance(value, bool) or not isinstance(value, Integral)):
            raise UsageError(f"{name} is {value!r}, and a whole number is wanted.")


def _given(y: Any) -> Any:
    if y is None:
        raise UsageError("There is no outcome to compare predictions with. Give y.")
    return y
