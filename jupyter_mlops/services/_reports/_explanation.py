"""`mlops.explain`: a model, or the run that made it, becomes an explanation report; a run keeps what is said of it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...entities import ExplanationReport
from ...exceptions import UsageError
from .._default import current_service
from .._edge import python_edge
from .._run import Run
from ._kept import keep_report
from ._row_order import demand_one_order

if TYPE_CHECKING:
    from ...explanation import ExplanationWish
    from .._service import RunService

ARTIFACT = "reports/explanation.json"
"""Where a run keeps the report, below its artifacts; a later one replaces it."""

METHOD_TAG, DATA_TAG = "mlops.explanation", "mlops.explanation.data"
"""Tags of a run with a report: method and version, and the fingerprint of the data."""


@dataclass(frozen=True, kw_only=True)
class ExplainModel:
    """What is to be explained.

    Parameters
    ----------
    model : object
        Fitted; or a `Run`, whose model is taken.
    result : str
        Which of the run's results; empty when it has one model only.
    data, target : object, optional
        Rows and their labels.
    method : str
        Name of a method, or "auto".
    wish : ExplanationWish, optional
        How.
    name : str
        What the user calls the model; a run's own name unless given.
    run_id : str
        Of the run that made the model, where `model` is what the run has delivered.
    """

    model: Any
    result: str = ""
    data: Any = None
    target: Any = None
    method: str = "auto"
    wish: ExplanationWish | None = field(default=None)
    name: str = ""
    run_id: str = ""


@python_edge
def explain(
    model: Any,
    X: Any = None,
    y: Any = None,
    *,
    method: str = "auto",
    rows: tuple[int, ...] = (),
    metric: str = "",
    sample: int | None = None,
) -> ExplanationReport:
    """Explain what a model does with its features.

    Parameters
    ----------
    model : object, Run or str
        A fitted model; or a run, or a reference to one such as `last`, that returned one. Then the run is waited for,
        and keeps the report.
    X : DataFrame, array or sequence of texts, optional
        Rows as the model takes them: a table, texts, or images for a network. InterpretML's models need none.
    y : Series or array, optional
        Their labels.
    method : str
        "auto", "glassbox", "permutation", "gradients", "words", "pixels", "shap", or one that an entry point adds.
    rows : tuple of int
        Rows to explain one by one, from 0; what they hold is stored in the report.
    metric : str
        What shuffling is measured by, a name of scikit-learn's such as "roc_auc".
    sample : int, optional
        At most so many rows are looked at where a method asks the model many times.

    Raises
    ------
    UsageError
        Model and data do not go together, or the run returned no model.
    RunFailedError
        The run failed or was stopped.

    Examples
    --------
    >>> report = explain(model, X_test, y_test)
    >>> report.to_frame().head(1)
            term  importance       low      high
    0  worst area    4.425480  2.285317  6.565644
    """
    from ...explanation import SAMPLE, ExplanationWish

    runs = current_service()
    wish = ExplanationWish(rows=tuple(rows), metric=metric, sample=SAMPLE if sample is None else sample)
    found = runs.find(model) if isinstance(model, str) else model
    return explain_for(runs, ExplainModel(model=found, data=X, target=y, method=method, wish=wish))


def explain_for(runs: RunService, command: ExplainModel) -> ExplanationReport:
    """Do what a command asks for; wait for the run when it names one, and let it keep the report.

    Raises
    ------
    UsageError
        Model and data do not go together, or the run returned no model.
    RunFailedError
        The run failed or was stopped.
    """
    from ...explanation import explain_model

    demand_one_order({"X": command.data, "y": command.target})
    command = with_model(command)
    run = _still_there(runs, command.run_id)
    report = explain_model(
        command.model,
        command.data,
        command.target,
        method=command.method,
        wish=command.wish,
        name=command.name or (run.name if run else ""),
        run_id=run.id if run else "",
    )
    if run is not None:
        keep_explanation(run, report)
    return report


def with_model(command: ExplainModel) -> ExplainModel:
    """Return a command whose model is there: a run is waited for, and its model taken.

    Raises
    ------
    UsageError
        The run returned no model.
    RunFailedError
        The run failed or was stopped.
    """
    run = command.model
    if not isinstance(run, Run):
        return command
    model = model_of(run, command.result)
    return dataclasses.replace(command, model=model, name=command.name or run.name, run_id=run.id)


def _still_there(runs: RunService, run_id: str) -> Run | None:
    """Return the run that delivered a model, unless it was collected since."""
    run = runs.get(run_id) if run_id else None
    return run if run is not None and run.exists else None


def model_of(run: Run, name: str = "") -> Any:
    """Wait for a run and return the model among its results; raise as `named_model_of`."""
    return named_model_of(run, name)[1]


def named_model_of(run: Run, name: str = "") -> tuple[str, Any]:
    """Wait for a run and return the model among its results with its name: what it made, before what it took along.

    Raises
    ------
    UsageError
        There is none, there are several, or the one that is named is no model.
    RunFailedError
        The run failed or was stopped.
    """
    if name:
        return name, run.result(name)
    run.wait_delivery()
    run.raise_failure()
    told = run.directory.result()
    made = tuple(sorted({*told.returned, *told.changed})) if told else ()
    models = _models(run.results(made)) or _models(run.results())
    if len(models) == 1:
        return next(iter(models.items()))
    if not models:
        raise UsageError(f"Run {run.name} returned no model: none of its results predicts. See %runs show {run.name}.")
    raise UsageError(
        f"Run {run.name} returned {len(models)} models: {', '.join(models)}. Choose with --result NAME. "
        f"A line without this option takes one by its name, after %runs load {run.name}."
    )


def _models(results: dict[str, Any]) -> dict[str, Any]:
    from ...explanation import is_model

    return {name: value for name, value in results.items() if is_model(value)}


def keep_explanation(run: Run, report: ExplanationReport) -> None:
    """Write a report to a run's artifacts, and what tells it from others to the run's tags.

    Raises
    ------
    HomeError
        The home may not be written.
    """
    tags = {METHOD_TAG: f"{report.method} {report.version}", DATA_TAG: report.fingerprint or None}
    keep_report(run, ARTIFACT, report.to_json(), tags)
