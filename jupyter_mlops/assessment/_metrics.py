"""Metrics by name: which function of scikit-learn or Fairlearn it is, what it wants, which way is better.

No metric is written here. A name is looked up in `fairlearn.metrics`, then in `sklearn.metrics`, with or without its
ending: `accuracy` is `accuracy_score`. A disparity of Fairlearn's is a statistic of the report, so its name asks for
the metric below it: `demographic_parity_difference` for `selection_rate`.
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from ..exceptions import UsageError
from ._question import MetricName

Task = Literal["binary", "multiclass", "regression", "score"]
Better = Literal["higher", "lower", ""]
Wants = Literal["labels", "scores", "probabilities"]

STANDARD: dict[Task, tuple[str, ...]] = {
    "binary": (
        "count", "accuracy_score", "selection_rate", "true_positive_rate", "false_positive_rate",
        "false_negative_rate", "true_negative_rate", "precision_score", "f1_score", "roc_auc_score",
    ),
    "multiclass": ("count", "accuracy_score", "balanced_accuracy_score", "f1_score", "precision_score", "recall_score"),
    "regression": ("count", "mean_prediction", "mean_absolute_error", "root_mean_squared_error", "r2_score"),
    "score": ("count", "mean_prediction", "roc_auc_score", "average_precision_score", "brier_score_loss"),
}  # fmt: skip

PER_CLASS = ("selection_rate", "true_positive_rate", "false_positive_rate")
"""What each class of several is asked, held against the rest."""

_ENDINGS = ("", "_score", "_rate", "_error", "_loss")
_AVERAGES = re.compile(r"(.+)_(macro|micro|weighted)")
_DISPARITY = re.compile(r"(.+)_(?:difference|ratio|group_min|group_max)")
_NAMED_DISPARITIES = {
    "demographic_parity": ("selection_rate",),
    "equalized_odds": ("true_positive_rate", "false_positive_rate"),
    "equal_opportunity": ("true_positive_rate",),
}
_NEITHER_WAY = ("count", "selection_rate", "mean_prediction")
_LOWER = ("false_positive_rate", "false_negative_rate", "zero_one_loss")
_COUNTS = ("count",)
_SHARES = re.compile(
    r"accuracy|balanced_accuracy|precision|recall|f1|fbeta|jaccard|roc_auc|average_precision|brier|zero_one|hamming"
)
_SCORED = ("y_score", "y_proba", "y_prob", "pred_decision", "probas_pred")
_OF_PROBABILITIES = ("log_loss", "brier_score_loss", "d2_log_loss_score", "d2_brier_score")
_OF_TWO_CLASSES = ("true_positive_rate", "true_negative_rate", "false_positive_rate", "false_negative_rate")


@dataclass(frozen=True)
class Metric:
    """A metric that can be computed.

    Parameters
    ----------
    function : callable
        Of truth and prediction; `sample_weight` too where `weighs`.
    wants : str
        Which prediction it is of.
    of_class : int, optional
        Number of the class that is held against the rest.
    own : bool
        The user's function, which gets labels as they are; others get 0 and 1 for two classes.
    """

    key: str
    label: str
    function: Callable[..., Any]
    wants: Wants = "labels"
    better: Better = ""
    kind: Literal["share", "count", "value"] = "value"
    weighs: bool = False
    of_class: int | None = None
    own: bool = False


def resolve_metrics(names: Sequence[MetricName], task: Task, classes: Sequence[str]) -> list[Metric]:
    """Return the metrics of a report.

    Parameters
    ----------
    names : sequence of str or callable
        Empty for the standard set.
    task : str
        Of the report.
    classes : sequence of str
        Of the outcome; metrics of one class against the rest are there once for each.

    Raises
    ------
    UsageError
        There is no metric of a name; the message says which is near.
    """
    found: dict[str, Metric] = {}
    for name in names or STANDARD[task]:
        for metric in _resolve(name, task, classes):
            apart = _apart(metric, found)
            found.setdefault(apart.key, apart)
    if not names and task == "multiclass":
        found |= {metric.key: metric for name in PER_CLASS for metric in _each_class(_named(name), classes)}
    return list(found.values())


def _apart(metric: Metric, found: Mapping[str, Metric]) -> Metric:
    """Return a metric under a key of its own: functions of the user's may share a name, as all lambdas do."""
    number, key = 1, metric.key
    while key in found and found[key].function is not metric.function and (metric.own or found[key].own):
        number += 1
        key = f"{metric.key} {number}"
    return metric if number == 1 else replace(metric, key=key, label=f"{metric.label} {number}")


def _resolve(name: MetricName, task: Task, classes: Sequence[str]) -> Iterator[Metric]:
    if not isinstance(name, str):
        yield _callable(name)
        return
    disparity = _DISPARITY.fullmatch(name)
    if disparity and not _in_sklearn(name):
        bases = _NAMED_DISPARITIES.get(disparity[1], (disparity[1],))
        for base in bases:
            yield from _resolve(base, task, classes)
        return
    metric = _named(name)
    if task == "multiclass" and metric.key in ("selection_rate", *_OF_TWO_CLASSES):
        yield from _each_class(metric, classes)
    elif task == "multiclass" and _accepts(metric.function, "average") and not _AVERAGES.fullmatch(name):
        yield replace(metric, function=partial(metric.function, average="macro"), label=f"{metric.label} (macro)")
    else:
        yield metric


def _each_class(metric: Metric, classes: Sequence[str]) -> Iterator[Metric]:
    for number, name in enumerate(classes):
        yield replace(metric, key=f"{metric.key}:{name}", label=f"{metric.label}: {name}", of_class=number)


def _named(name: str) -> Metric:
    average = _AVERAGES.fullmatch(name)
    key, function = _lookup(average[1] if average else name)
    metric = _described(key, function)
    if average and _accepts(function, "average"):
        averaged = partial(function, average=average[2])
        return replace(metric, key=f"{key}_{average[2]}", label=f"{metric.label} ({average[2]})", function=averaged)
    return metric


def _lookup(name: str) -> tuple[str, Callable[..., Any]]:
    import fairlearn.metrics
    import sklearn.metrics

    wanted = name.strip().replace("-", "_").replace(" ", "_").lower()
    for module in (fairlearn.metrics, sklearn.metrics):
        for ending in _ENDINGS:
            function = getattr(module, wanted + ending, None)
            if inspect.isfunction(function) and _takes_two(function):
                return wanted + ending, function
    known = sorted(set(_metric_names(fairlearn.metrics)) | set(_metric_names(sklearn.metrics)))
    near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise UsageError(f"No metric {name!r} in scikit-learn or Fairlearn.{meant}")


def _metric_names(module: Any) -> Iterator[str]:
    for name in dir(module):
        function = getattr(module, name)
        if inspect.isfunction(function) and _takes_two(function) and not _DISPARITY.fullmatch(name):
            yield name


def _in_sklearn(name: str) -> bool:
    import sklearn.metrics

    return inspect.isfunction(getattr(sklearn.metrics, name, None))


def _takes_two(function: Callable[..., Any]) -> bool:
    """Whether a function makes one number of truth and prediction, as a curve or a plot does not."""
    names = list(inspect.signature(function).parameters)
    returns_a_number = not re.search(r"curve|matrix|report|pairwise|make_|check_|_support|plot", function.__name__)
    return names[:1] == ["y_true"] and returns_a_number and "sensitive_features" not in names


def _described(key: str, function: Callable[..., Any]) -> Metric:
    plain = re.sub(r"_(score|rate)$", "", key) if not key.endswith("_rate") else key
    is_share = bool(_SHARES.match(key)) or key.endswith("_rate")
    return Metric(
        key=key,
        label=plain.replace("_", " "),
        function=function,
        wants=_wants(key, function),
        better=_better(key),
        kind="count" if key in _COUNTS else "share" if is_share else "value",
        weighs=_accepts(function, "sample_weight"),
    )


def _better(key: str) -> Better:
    if key in _NEITHER_WAY:
        return ""
    return "lower" if key in _LOWER or key.endswith(("_error", "_loss", "_deviance")) else "higher"


def _wants(key: str, function: Callable[..., Any]) -> Wants:
    if key in _OF_PROBABILITIES:
        return "probabilities"
    names = list(inspect.signature(function).parameters)
    return "scores" if names[1:2] and names[1] in _SCORED else "labels"


def _callable(function: Callable[..., Any]) -> Metric:
    """Return the user's function as a metric; scikit-learn's and Fairlearn's own are known by their names."""
    if not callable(function):
        raise UsageError(f"{function!r} is no metric. Give the name of one, or a function of y_true and y_pred.")
    inner: Any = function.func if isinstance(function, partial) else function
    name = getattr(inner, "__name__", type(inner).__name__)
    keywords = function.keywords if isinstance(function, partial) else {}
    is_library = str(getattr(inner, "__module__", "")).startswith(("sklearn.", "fairlearn."))
    try:
        weighs = _accepts(function, "sample_weight")
    except (TypeError, ValueError):  # a callable without a signature, such as one written in C
        return Metric(key=name, label=name.replace("_", " "), function=function, own=True)
    described = replace(_described(name, inner), function=function, weighs=weighs)
    named = ", ".join(f"{key}={value}" for key, value in keywords.items())
    if named:
        described = replace(described, key=f"{name}({named})", label=f"{described.label} ({named})")
    return described if is_library and "pos_label" not in keywords else replace(described, own=True, better="")


def _accepts(function: Callable[..., Any], parameter: str) -> bool:
    return parameter in inspect.signature(function).parameters
