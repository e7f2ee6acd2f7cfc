"""`%fairness`: looks up what the line names, asks the service, and shows the report as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..exceptions import UsageError
from ._fairness_command import FairnessCommand
from ._fairness_view import FairnessView
from ._named_values import is_name, model_or_run, value_named
from ._notice import Notice
from ._report_line import save_as

if TYPE_CHECKING:
    from ..assessment import FairnessQuestion
    from ..entities import FairnessReport
    from ..services import Run
    from ._session import NotebookSession

_DEFAULTS = ("X_test", "y_test")
"""What scikit-learn's users call the rows that a model has not seen."""


def fairness(session: NotebookSession, line: str) -> FairnessView | Notice:
    """Do what a `%fairness` line asks for; with `--mitigate` that is the next cell, and no second dashboard beside it.

    Raises
    ------
    MlopsError
        The line is wrong, a name is not there, or model and data do not go together.
    KeyboardInterrupt
        The user stopped it.
    """
    from ..assessment import cut_for_view
    from ..services import assess_for

    command = FairnessCommand.parse(line)
    asked = question(session, command)
    with session.steps("Stopped; no report was made. --boot 0 leaves out the intervals.") as steps:
        asked = replace(asked, tell=steps.tell)
        report = assess_for(session.runs, asked, result=command.model)
    told = []
    if command.mitigate:
        cell, bound = _mitigation(session, command, asked, report)
        session.shell.set_next_input(cell)
        told += [bound] if bound else []
        told.append("The next cell is a run that lessens the gap: read it, change it, run it.")
    if command.save:
        save_as(command.save, report, cut_for_view(report))
        told.append(f"Saved as {command.save}.")
    return Notice(" ".join(told)) if command.mitigate else FairnessView(report, " ".join(told))


def _mitigation(
    session: NotebookSession, command: FairnessCommand, asked: FairnessQuestion, report: FairnessReport
) -> tuple[str, str]:
    """Return the cell, and what had to be bound for it, in a sentence."""
    from ..services import Mitigation, mitigation_cell

    namespace = session.shell.user_ns
    if "X" not in asked.data:
        raise UsageError("A mitigator is fitted on rows: name them with -X.")
    name, model, bound = command.model, asked.models[command.model], ""
    run_id = asked.run_ids.get(name, "")
    if not is_name(name, namespace):
        run, run_id = model, model.id
        name, model = _bind_model(session, run, command.model)
        bound = f"Bound {name} from {run.name} ({run.id[:8]}), as %runs load does."
    wanted = Mitigation(
        mitigator=command.mitigate,
        name=name,
        model=model,
        X=asked.data["X"],
        y=asked.data["y"],
        sensitive=command.sensitive,
        report=report,
        run_id=run_id,
    )
    return mitigation_cell(wanted, namespace), bound


def _bind_model(session: NotebookSession, run: Run, result: str) -> tuple[str, Any]:
    """Bind a run's model as `%runs load` would, under a name that nothing else has; return both."""
    from ..services import named_model_of

    told = run.directory.result()
    name, model = named_model_of(run, result if told is not None and result in told.returned else "")
    namespace, origins = session.shell.user_ns, session.pending.deliveries.origins
    # A name that another run is still to give is taken too.
    is_other = name in namespace and origins.run_id(namespace[name]) != run.id
    if is_other or name in session.pending.ledger.pending:
        name = f"{name}_{run.id[:8]}"
    session.bind({name: model}, made_by=run.id)
    return name, model


def question(session: NotebookSession, command: FairnessCommand) -> FairnessQuestion:
    """Return what a command asks, its names looked up in the notebook.

    Raises
    ------
    UsageError
        A name or column is not there.
    """
    from ..assessment import FairnessQuestion
    from ..services import named_columns

    namespace = session.shell.user_ns
    data, target = command.data or _default(0, namespace), command.target or _default(1, namespace)
    X = value_named(data, namespace) if data else None
    X, y = _outcome(target, X, namespace)
    models = {command.model: model_or_run(command.model, session)}
    models |= {_called(word, model): model for word in command.compare for model in [model_or_run(word, session)]}
    origins = session.pending.deliveries.origins
    made_by = {name: run_id for name, model in models.items() if (run_id := origins.run_id(model))}
    names = {"X": data, "y": target, "weights": command.weights}
    return FairnessQuestion(
        models=models,
        X=X,
        y=y,
        sensitive=named_columns(command.sensitive, X, namespace),
        control=named_columns(command.control, X, namespace),
        metrics=command.metrics,
        weights=_column(command.weights, X, namespace) if command.weights else None,
        positive=command.positive or None,
        min_group=command.min_group,
        boot=command.boot,
        data={what: name for what, name in names.items() if name},
        run_ids=made_by,
    )


def _called(word: str, model: Any) -> str:
    """Return what a model is called: of a run by its id, as *Mitigate* writes it, people know the name."""
    from ..services import Run

    is_by_id = isinstance(model, Run) and model.id.startswith(word)
    return f"{model.name} ({word})" if is_by_id else word


def _default(place: int, namespace: Mapping[str, Any]) -> str:
    return _DEFAULTS[place] if _DEFAULTS[place] in namespace else ""


def _outcome(target: str, X: Any, namespace: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return rows and outcome; one that is no name of the notebook is a column of the rows."""
    if not target:
        raise UsageError("There is no outcome to compare predictions with. Name it with -y, and the rows with -X.")
    columns = getattr(X, "columns", None)
    if columns is not None and target not in namespace and target in columns:
        return X.drop(columns=target), X[target]
    return X, value_named(target, namespace)


def _column(name: str, X: Any, namespace: Mapping[str, Any]) -> Any:
    columns = getattr(X, "columns", None)
    return X[name] if columns is not None and name in columns else value_named(name, namespace)
