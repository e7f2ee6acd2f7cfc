"""Estimators as their converters can read them: settings that say nothing about the answers are others meanwhile."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

Convert = Callable[[Any, Any, Any], None]
"""A conversion as skl2onnx calls it: with a scope, an operator and a container."""


def conversions() -> dict[type, Convert]:
    """Return skl2onnx' own conversions of classes whose default settings it refuses, by class."""
    from skl2onnx.operator_converters.k_bins_discretiser import convert_sklearn_k_bins_discretiser
    from skl2onnx.operator_converters.voting_classifier import convert_voting_classifier
    from sklearn.ensemble import VotingClassifier
    from sklearn.preprocessing import KBinsDiscretizer

    return {
        KBinsDiscretizer: read_as(_dense, convert_sklearn_k_bins_discretiser),
        VotingClassifier: read_as(_unflattened, convert_voting_classifier),
    }


def read_as(changed: Callable[[Any], None], convert: Convert) -> Convert:
    """Return a conversion that reads a changed copy of the estimator: the model itself is only read.

    Parameters
    ----------
    changed : callable
        Changes the copy, which shares what the estimator holds.
    convert : callable
        The conversion.
    """

    def conversion(scope: Any, operator: Any, container: Any) -> None:
        given = operator.raw_operator
        operator.raw_operator = copy.copy(given)
        changed(operator.raw_operator)
        try:
            convert(scope, operator, container)
        finally:
            operator.raw_operator = given

    return conversion


def without_names(model: Any) -> None:
    """Let XGBoost's trees know columns by their places alone: onnxmltools takes `f1` for the second column."""
    booster = model.get_booster().copy()
    booster.feature_names = booster.feature_types = None
    model._Booster = booster  # where `get_booster` looks


def _dense(bins: Any) -> None:
    if bins.encode == "onehot":  # the same figures, and ONNX has no sparse ones
        bins.encode = "onehot-dense"


def _unflattened(vote: Any) -> None:
    vote.flatten_transform = False  # the shape of `transform`, which no output answers
