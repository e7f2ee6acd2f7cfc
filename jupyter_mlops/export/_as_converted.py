"""Estimators as their converters can read them: settings that say nothing about the answers are others meanwhile."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

from ._own._calibration import convert_calibrated
from ._own._categories import convert_categories, shape_of_categories
from ._own._categories import needs_own as needs_own_encoder
from ._own._category_trees import convert_classifier, convert_regressor, shape_of_figure, shape_of_labels
from ._own._category_trees import needs_own as knows_categories
from ._own._clustering import convert_clusters
from ._own._curves import convert_isotonic, convert_splines, shape_of_isotonic, shape_of_splines
from ._own._functions import convert_function, shape_of_function
from ._own._imputing import convert_imputer, shape_of_imputed
from ._own._imputing import needs_own as needs_own_imputer
from ._own._numbers import convert_binarizer, convert_normalizer, convert_power, convert_weights, shape_of_numbers
from ._own._selecting import convert_selection
from ._own._several_targets import convert_several
from ._own._several_targets import needs_own as classifies_several
from ._own._words import convert_words

Convert = Callable[[Any, Any, Any], None]
"""A conversion as skl2onnx calls it: with a scope, an operator and a container."""

_SELECTORS = (
    "GenericUnivariateSelect", "RFE", "RFECV", "SelectFdr", "SelectFpr", "SelectFromModel", "SelectFwe", "SelectKBest",
    "SelectPercentile", "VarianceThreshold",
)  # fmt: skip


def conversions(wide: bool) -> dict[type, Convert]:
    """Return conversions of classes that skl2onnx refuses or makes others of, by class.

    Parameters
    ----------
    wide : bool
        Whether the file computes in double.
    """
    from skl2onnx.common._registration import get_converter
    from skl2onnx.operator_converters.decision_tree import convert_sklearn_decision_tree_classifier
    from skl2onnx.operator_converters.imputer_op import convert_sklearn_imputer
    from skl2onnx.operator_converters.k_bins_discretiser import convert_sklearn_k_bins_discretiser
    from skl2onnx.operator_converters.linear_classifier import convert_sklearn_linear_classifier
    from skl2onnx.operator_converters.one_hot_encoder import convert_sklearn_one_hot_encoder
    from skl2onnx.operator_converters.random_forest import convert_sklearn_random_forest_classifier
    from skl2onnx.operator_converters.voting_classifier import convert_voting_classifier
    from sklearn import (
        calibration,
        cluster,
        discriminant_analysis,
        ensemble,
        feature_extraction,
        feature_selection,
        impute,
        isotonic,
        preprocessing,
        tree,
    )

    single = _either(False, classifies_several, convert_sklearn_decision_tree_classifier, convert_several)
    forest = _either(False, classifies_several, convert_sklearn_random_forest_classifier, convert_several)
    selectors = (getattr(feature_selection, name) for name in _SELECTORS)
    return {
        calibration.CalibratedClassifierCV: convert_calibrated,
        cluster.KMeans: convert_clusters,
        cluster.MiniBatchKMeans: convert_clusters,
        discriminant_analysis.LinearDiscriminantAnalysis: read_as(_logistic, convert_sklearn_linear_classifier),
        ensemble.ExtraTreesClassifier: forest,
        ensemble.HistGradientBoostingClassifier: _either(
            False, knows_categories, get_converter("SklearnHistGradientBoostingClassifier"), convert_classifier
        ),
        ensemble.HistGradientBoostingRegressor: _either(
            False, knows_categories, get_converter("SklearnHistGradientBoostingRegressor"), convert_regressor
        ),
        ensemble.RandomForestClassifier: forest,
        ensemble.VotingClassifier: read_as(_unflattened, convert_voting_classifier),
        feature_extraction.text.TfidfTransformer: convert_weights,
        feature_extraction.text.TfidfVectorizer: convert_words,
        impute.SimpleImputer: _either(wide, needs_own_imputer, convert_sklearn_imputer, convert_imputer),
        isotonic.IsotonicRegression: convert_isotonic,
        preprocessing.Binarizer: convert_binarizer,
        preprocessing.FunctionTransformer: convert_function,
        preprocessing.KBinsDiscretizer: read_as(_dense, convert_sklearn_k_bins_discretiser),
        preprocessing.Normalizer: convert_normalizer,
        preprocessing.OneHotEncoder: _either(
            wide, needs_own_encoder, convert_sklearn_one_hot_encoder, convert_categories
        ),
        preprocessing.PowerTransformer: convert_power,
        preprocessing.SplineTransformer: convert_splines,
        tree.DecisionTreeClassifier: single,
        tree.ExtraTreeClassifier: single,
        **dict.fromkeys(selectors, convert_selection),
    }


def shapes(wide: bool) -> dict[type, Callable[[Any], None]]:
    """Return what comes out of those classes of which skl2onnx says something else, by class; see `conversions`."""
    from skl2onnx.common._registration import get_shape_calculator
    from sklearn import calibration, ensemble, feature_extraction, impute, isotonic, preprocessing

    imputed = get_shape_calculator("SklearnImputer")
    boosted, figure = (
        get_shape_calculator(f"SklearnHistGradientBoosting{kind}") for kind in ("Classifier", "Regressor")
    )
    return {
        calibration.CalibratedClassifierCV: shape_of_labels,
        ensemble.HistGradientBoostingClassifier: _either(False, knows_categories, boosted, shape_of_labels),
        ensemble.HistGradientBoostingRegressor: _either(False, knows_categories, figure, shape_of_figure),
        feature_extraction.text.TfidfTransformer: shape_of_numbers,
        impute.SimpleImputer: _either(wide, needs_own_imputer, imputed, shape_of_imputed),
        isotonic.IsotonicRegression: shape_of_isotonic,
        preprocessing.Binarizer: shape_of_numbers,
        preprocessing.FunctionTransformer: shape_of_function,
        preprocessing.Normalizer: shape_of_numbers,
        preprocessing.OneHotEncoder: partial(shape_of_categories, wide=wide),
        preprocessing.PowerTransformer: shape_of_numbers,
        preprocessing.SplineTransformer: shape_of_splines,
    }


def _either(wide: bool, needs: Callable[[Any], bool], theirs: Callable[..., None], ours: Callable[..., None]) -> Any:
    """Return what is ours in a file of double, and for operators that skl2onnx has no counterpart for; else theirs."""

    def either(*given: Any) -> None:
        operator = next(each for each in given if hasattr(each, "raw_operator"))
        (ours if wide or needs(operator) else theirs)(*given)

    return either


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


def _logistic(model: Any) -> None:
    """Let two classes share by the logistic function, as scikit-learn's do: skl2onnx takes a softmax of both scores."""
    from sklearn.linear_model import LogisticRegression

    if len(model.classes_) == 2:
        model.__class__ = LogisticRegression


def _unflattened(vote: Any) -> None:
    vote.flatten_transform = False  # the shape of `transform`, which no output answers
