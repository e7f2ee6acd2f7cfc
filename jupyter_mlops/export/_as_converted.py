"""Estimators as their converters can read them: settings that say nothing about the answers are others meanwhile."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

from ._own._bins import convert_bins
from ._own._calibration import convert_calibrated
from ._own._categories import convert_categories, shape_of_categories
from ._own._categories import needs_own as needs_own_encoder
from ._own._category_trees import convert_classifier, convert_regressor, shape_of_figure, shape_of_labels
from ._own._category_trees import needs_own as knows_categories
from ._own._clustering import convert_clusters
from ._own._curves import convert_isotonic, convert_splines, shape_of_isotonic, shape_of_splines
from ._own._embedding import convert_embedding, shape_of_embedding
from ._own._functions import convert_function, shape_of_function
from ._own._gaussian_classes import convert_gaussian_classes
from ._own._imputing import convert_imputer, shape_of_imputed
from ._own._imputing import needs_own as needs_own_imputer
from ._own._nearest_imputing import convert_nearest_imputer, shape_of_nearest_imputed
from ._own._neighbours import convert_neighbours_classifier, convert_neighbours_regressor
from ._own._neighbours import needs_own as weighs_neighbours
from ._own._numbers import convert_binarizer, convert_normalizer, convert_power, convert_weights, shape_of_numbers
from ._own._polynomials import convert_polynomials, shape_of_polynomials
from ._own._selecting import convert_selection
from ._own._several_targets import convert_several
from ._own._several_targets import needs_own as classifies_several
from ._own._targets import convert_targets, shape_of_targets
from ._own._targets import needs_own as needs_own_targets
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
    return _predictors(wide) | _transformers(wide)


def _predictors(wide: bool) -> dict[type, Convert]:
    """Return conversions of what predicts, and of clusters."""
    from skl2onnx.common._registration import get_converter
    from skl2onnx.operator_converters.decision_tree import convert_sklearn_decision_tree_classifier
    from skl2onnx.operator_converters.linear_classifier import convert_sklearn_linear_classifier
    from skl2onnx.operator_converters.random_forest import convert_sklearn_random_forest_classifier
    from skl2onnx.operator_converters.voting_classifier import convert_voting_classifier
    from sklearn import (
        calibration,
        cluster,
        discriminant_analysis,
        ensemble,
        gaussian_process,
        isotonic,
        neighbors,
        tree,
    )

    single = _either(False, classifies_several, convert_sklearn_decision_tree_classifier, convert_several)
    forest = _either(False, classifies_several, convert_sklearn_random_forest_classifier, convert_several)
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
        gaussian_process.GaussianProcessClassifier: convert_gaussian_classes,
        isotonic.IsotonicRegression: convert_isotonic,
        neighbors.KNeighborsClassifier: _either(
            wide, weighs_neighbours, get_converter("SklearnKNeighborsClassifier"), convert_neighbours_classifier
        ),
        neighbors.KNeighborsRegressor: _either(
            wide, weighs_neighbours, get_converter("SklearnKNeighborsRegressor"), convert_neighbours_regressor
        ),
        neighbors.RadiusNeighborsClassifier: convert_neighbours_classifier,
        neighbors.RadiusNeighborsRegressor: convert_neighbours_regressor,
        tree.DecisionTreeClassifier: single,
        tree.ExtraTreeClassifier: single,
    }


def _transformers(wide: bool) -> dict[type, Convert]:
    """Return conversions of what stands in front of those."""
    from skl2onnx.common._registration import get_converter
    from skl2onnx.operator_converters.imputer_op import convert_sklearn_imputer
    from skl2onnx.operator_converters.k_bins_discretiser import convert_sklearn_k_bins_discretiser
    from skl2onnx.operator_converters.one_hot_encoder import convert_sklearn_one_hot_encoder
    from sklearn import ensemble, feature_extraction, feature_selection, impute, preprocessing

    selectors = (getattr(feature_selection, name) for name in _SELECTORS)
    return {
        ensemble.RandomTreesEmbedding: convert_embedding,
        feature_extraction.text.TfidfTransformer: convert_weights,
        feature_extraction.text.TfidfVectorizer: convert_words,
        impute.KNNImputer: convert_nearest_imputer,
        impute.SimpleImputer: _either(wide, needs_own_imputer, convert_sklearn_imputer, convert_imputer),
        preprocessing.Binarizer: convert_binarizer,
        preprocessing.FunctionTransformer: convert_function,
        preprocessing.KBinsDiscretizer: _either(
            wide, _never, read_as(_dense, convert_sklearn_k_bins_discretiser), convert_bins
        ),
        preprocessing.Normalizer: convert_normalizer,
        preprocessing.OneHotEncoder: _either(
            wide, needs_own_encoder, convert_sklearn_one_hot_encoder, convert_categories
        ),
        preprocessing.PolynomialFeatures: convert_polynomials,
        preprocessing.PowerTransformer: convert_power,
        preprocessing.SplineTransformer: convert_splines,
        preprocessing.TargetEncoder: _either(
            wide, needs_own_targets, get_converter("SklearnTargetEncoder"), convert_targets
        ),
        **dict.fromkeys(selectors, convert_selection),
    }


def shapes(wide: bool) -> dict[type, Callable[[Any], None]]:
    """Return what comes out of those classes of which skl2onnx says something else, by class; see `conversions`."""
    from skl2onnx.common._registration import get_shape_calculator
    from sklearn import calibration, ensemble, feature_extraction, impute, isotonic, preprocessing

    imputed, encoded = (get_shape_calculator(f"Sklearn{name}") for name in ("Imputer", "TargetEncoder"))
    boosted, figure = (
        get_shape_calculator(f"SklearnHistGradientBoosting{kind}") for kind in ("Classifier", "Regressor")
    )
    return {
        calibration.CalibratedClassifierCV: shape_of_labels,
        ensemble.HistGradientBoostingClassifier: _either(False, knows_categories, boosted, shape_of_labels),
        ensemble.HistGradientBoostingRegressor: _either(False, knows_categories, figure, shape_of_figure),
        ensemble.RandomTreesEmbedding: shape_of_embedding,
        feature_extraction.text.TfidfTransformer: shape_of_numbers,
        impute.KNNImputer: shape_of_nearest_imputed,
        impute.SimpleImputer: _either(wide, needs_own_imputer, imputed, shape_of_imputed),
        isotonic.IsotonicRegression: shape_of_isotonic,
        preprocessing.Binarizer: shape_of_numbers,
        preprocessing.FunctionTransformer: shape_of_function,
        preprocessing.Normalizer: shape_of_numbers,
        preprocessing.OneHotEncoder: partial(shape_of_categories, wide=wide),
        preprocessing.PolynomialFeatures: shape_of_polynomials,
        preprocessing.PowerTransformer: shape_of_numbers,
        preprocessing.SplineTransformer: shape_of_splines,
        preprocessing.TargetEncoder: _either(wide, needs_own_targets, encoded, shape_of_targets),
    }


def parsers() -> dict[type, Callable[..., Any]]:
    """Return how the steps within a model are found, where skl2onnx asks for what it does not know yet, by class."""
    from sklearn.compose import ColumnTransformer

    return {ColumnTransformer: _parsed_columns}


def _parsed_columns(scope: Any, model: Any, inputs: Any, **others: Any) -> Any:
    """Tell a ColumnTransformer how wide is what the step before it gives, which it has seen itself."""
    from skl2onnx._parse import _parse_sklearn_column_transformer

    if len(inputs) == 1 and not inputs[0].type.shape:
        inputs[0].type.shape = [None, model.n_features_in_]
    return _parse_sklearn_column_transformer(scope, model, inputs, **others)


def _never(operator: Any) -> bool:  # noqa: ARG001  as the others are asked
    return False


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
