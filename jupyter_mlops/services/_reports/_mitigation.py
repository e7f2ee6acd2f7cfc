"""The text of a `%%train` cell that lessens a gap: visible code that a user reads, changes and runs as any other."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from typing import Any

from ...entities import FairnessReport
from ...exceptions import UsageError

RESULT = "mitigated"
"""What the cell calls the new model."""

_SAME_ROWS = "# Fits on the rows of the report. Name others where you have them."

PARENT_TAG = "mlops.mitigates"
"""Tag of a mitigated run: the run that made the model it began with, else that model's name."""


@dataclass(frozen=True, kw_only=True)
class Mitigation:
    """What a mitigation begins with.

    Parameters
    ----------
    mitigator : str
        Fairlearn's class.
    name : str
        The model's name in the notebook.
    model : object
        The model itself.
    X, y : str
        Names of the rows that the report is about, with attributes perhaps; the outcome may be a column of the rows.
    sensitive : tuple of str
        As they were named: columns of the rows, or names of the notebook.
    report : FairnessReport
        What was found.
    run_id : str
        The run that made the model; empty where nobody knows.
    """

    mitigator: str
    name: str
    model: Any
    X: str
    y: str
    sensitive: tuple[str, ...]
    report: FairnessReport
    run_id: str = ""


def mitigation_cell(wanted: Mitigation, namespace: Mapping[str, Any]) -> str:
    """Return a `%%train` cell.

    Parameters
    ----------
    wanted : Mitigation
        What it begins with.
    namespace : Mapping
        The notebook's names: rows to train with are taken from it, `X_train` for `X_test`.

    Raises
    ------
    UsageError
        There is no such mitigator, or it cannot work on this model; the message says why, and which one can.
    """
    mitigator = _possible(wanted, namespace)
    X, y = _rows_to_fit(wanted, namespace)
    outcome = f"{X}[{y!r}]" if _is_column(y, X, namespace) else y
    columns = _columns(wanted.model, _value(X, namespace))
    rows = f"{X}[{columns!r}]" if columns else X if outcome == y else f"{X}.drop(columns={y!r})"
    sensitive = _sensitive(wanted.sensitive, X, namespace, is_of_report=X == wanted.X)
    sensitive += _filled(wanted.sensitive, sensitive, X, namespace)
    parent = wanted.run_id or wanted.name
    head = f"%%train {wanted.name}-{mitigator} -t {shlex.quote(f'{PARENT_TAG}={parent}')}"
    note = [_SAME_ROWS] if X == wanted.X else []
    body = _BODIES[mitigator](wanted, sensitive)
    groups = "" if mitigator == "CorrelationRemover" else ", sensitive_features=sensitive"
    # The semicolon is IPython's: the mitigator that `fit` returns is not shown below the card.
    fit = f"{RESULT}.fit({rows}, {outcome}{groups});"
    compared = ",".join(wanted.sensitive)
    after = f"# Then: %fairness {wanted.name} -X {wanted.X} -y {wanted.y} -s {compared} --compare {RESULT}"
    return "\n".join([head, *note, *body, fit, after])


def _possible(wanted: Mitigation, namespace: Mapping[str, Any]) -> str:
    from ...assessment import MITIGATORS, mitigations

    known = {name.lower(): name for name in MITIGATORS}
    mitigator = known.get(wanted.mitigator.lower())
    classes = _classes(wanted.report)
    reasons = mitigations(wanted.model, _value(wanted.X, namespace), classes, wanted.report.sensitive)
    can = [name for name, reason in reasons.items() if not reason]
    others = f" Possible here: {', '.join(can)}." if can else ""
    if mitigator is None:
        near = get_close_matches(wanted.mitigator.lower(), known, n=1)
        meant = f" Did you mean {known[near[0]]}?" if near else f" There are {', '.join(MITIGATORS)}."
        raise UsageError(f"No mitigator {wanted.mitigator!r}.{meant}")
    if reasons[mitigator]:
        raise UsageError(f"{mitigator} cannot work on {wanted.name}. {reasons[mitigator]}{others}")
    return mitigator


def _classes(report: FairnessReport) -> tuple[Any, ...]:
    """Return the classes as Fairlearn would meet them: whole numbers and truth values are what their texts say."""
    words = {"0": 0, "1": 1, "False": 0, "True": 1}
    return tuple(words.get(text, text) for text in report.classes)


def _rows_to_fit(wanted: Mitigation, namespace: Mapping[str, Any]) -> tuple[str, str]:
    """Return the names of rows and outcome to fit on: those to train with, where the groups of these are known too."""
    X, y = _for_training(wanted.X, namespace), _for_training(wanted.y, namespace)
    columns = getattr(_value(X, namespace), "columns", ())
    names = [wanted.X, *(name for name in wanted.sensitive if name not in columns)]
    names += [] if _is_column(y, X, namespace) else [wanted.y]
    if any(_for_training(name, namespace) == name for name in names):
        return wanted.X, wanted.y
    return X, y


def _for_training(name: str, namespace: Mapping[str, Any]) -> str:
    """Return the name of what belongs to the rows to train with, where the notebook has it; else the name itself."""
    for tested, fitted in (("test", "train"), ("te", "tr"), ("val", "train")):
        if name.endswith(tested) and name.removesuffix(tested) + fitted in namespace:
            return name.removesuffix(tested) + fitted
    return name


def _is_column(name: str, X: str, namespace: Mapping[str, Any]) -> bool:
    """Whether an outcome is a column of the rows, as a line has it: what the notebook calls so comes first."""
    return name.partition(".")[0] not in namespace and name in getattr(_value(X, namespace), "columns", ())


def _value(name: str, namespace: Mapping[str, Any]) -> Any:
    """Return what a name means, with attributes perhaps."""
    first, *attributes = name.split(".")
    return reduce(getattr, attributes, namespace[first])


def _columns(model: Any, X: Any) -> list[str]:
    """Return the columns that the model takes, where the rows have more."""
    names, columns = getattr(model, "feature_names_in_", None), getattr(X, "columns", None)
    if names is None or columns is None or len(names) == len(columns):
        return []
    return [str(name) for name in names]


def _sensitive(wanted: tuple[str, ...], X: str, namespace: Mapping[str, Any], *, is_of_report: bool) -> str:
    """Return the expression of the sensitive features of the rows that are fitted on."""
    columns = getattr(_value(X, namespace), "columns", ())
    absent = [name for name in wanted if name not in columns]
    if not absent:
        return f"{X}[{list(wanted)!r}]" if len(wanted) > 1 else f"{X}[{wanted[0]!r}]"
    if len(wanted) > 1:
        raise UsageError(f"{X} has no column {absent[0]!r}. Make the sensitive features columns of {X}, or name one.")
    return wanted[0] if is_of_report else _for_training(wanted[0], namespace)


def _filled(wanted: tuple[str, ...], sensitive: str, X: str, namespace: Mapping[str, Any]) -> str:
    """Return what makes missing values a group of their own, as they are one in the report; empty where none is."""
    from ...assessment import MISSING

    rows = _value(X, namespace)
    of_rows = set(wanted) <= set(getattr(rows, "columns", ()))
    columns = [rows[name] for name in wanted] if of_rows else [_value(sensitive, namespace)]
    if not any(_has_missing(column) for column in columns):
        return ""
    if not all(hasattr(column, "fillna") for column in columns):
        raise UsageError(f"{sensitive} has missing values, which Fairlearn's mitigators refuse. Fill them with a word.")
    return f'.astype(object).fillna("{MISSING}")'


def _has_missing(column: Any) -> bool:
    import pandas as pd

    return bool(pd.Series(column).isna().any())


def _threshold_optimizer(wanted: Mitigation, sensitive: str) -> list[str]:
    return [
        "from fairlearn.postprocessing import ThresholdOptimizer",
        "",
        f"sensitive = {sensitive}",
        "# The model stays as it is; each group gets a threshold of its own. Or: equalized_odds",
        f"{RESULT} = ThresholdOptimizer(",
        f'    estimator={wanted.name}, prefit=True, predict_method="auto", constraints="demographic_parity"',
        ")",
    ]


def _reduction(mitigator: str, options: str, explained: str) -> Any:
    def body(wanted: Mitigation, sensitive: str) -> list[str]:
        from ...assessment import last_step

        step, _ = last_step(wanted.model)
        weights = f', sample_weight_name="{step}__sample_weight"' if step else ""
        return [
            f"from fairlearn.reductions import DemographicParity, {mitigator}",
            "from sklearn.base import clone",
            "",
            f"sensitive = {sensitive}",
            f"# {explained} Or: EqualizedOdds(), TruePositiveRateParity()",
            f"{RESULT} = {mitigator}(clone({wanted.name}), DemographicParity(){options}{weights})",
        ]

    return body


def _correlation_remover(wanted: Mitigation, _sensitive: str) -> list[str]:
    return [
        "from fairlearn.preprocessing import CorrelationRemover",
        "from sklearn.base import clone",
        "from sklearn.pipeline import make_pipeline",
        "",
        "# Takes out of the other columns what they tell of the sensitive ones, then fits the same kind of model.",
        f"{RESULT} = make_pipeline(",
        f"    CorrelationRemover(sensitive_feature_ids={list(wanted.sensitive)!r}), clone({wanted.name})",
        ")",
    ]


_BODIES = {
    "ThresholdOptimizer": _threshold_optimizer,
    "ExponentiatedGradient": _reduction("ExponentiatedGradient", "", "Trains several models and draws between them."),
    "GridSearch": _reduction("GridSearch", ", grid_size=20", "Trains a model for each of 20 weightings and keeps one."),
    "CorrelationRemover": _correlation_remover,
}
