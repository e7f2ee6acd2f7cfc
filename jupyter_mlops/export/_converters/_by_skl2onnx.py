"""What the three converters share: one call of skl2onnx, with the repairs that a variant asks for.

The libraries' own way comes first. What follows answers known ways in which it is not the same model: float32 rounding
carries values over a tree's thresholds, single operators round more than the plain ones they stand for, a locale is
not on every machine.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...exceptions import ExportError, MissingExtraError
from .._as_converted import conversions, parsers, shapes
from .._graph import break_ties, cast_around_trees, one_opset_a_domain, with_locale
from .._own._around import inside, write_around
from .._protocol import Conversion, Variant
from .._reasons import named_reason
from .._repairs._exact_trees import exact_thresholds
from .._repairs._missing_in_trees import send_missing_values

if TYPE_CHECKING:
    from onnx import ModelProto

NEWEST_OPSET = 22
"""The newest that skl2onnx 1.20 knows and onnxruntime 1.20 and later runs."""

_PLAIN = frozenset({"LinearClassifier", "LinearRegressor", "Scaler"})
"""Operators that round more than the plain ones they stand for."""
_RIDGES = {"RidgeClassifier", "RidgeClassifierCV"}
_VECTORIZERS = {"CountVectorizer", "TfidfVectorizer"}
_WORD = r"(?u)\b\w\w+\b"
"""What vectorizers take for a word unless they are told otherwise."""


@dataclass(frozen=True, kw_only=True)
class Way(Variant):
    """A variant, with what is done differently.

    Parameters
    ----------
    plain : bool
        Write plain operators where there is a choice.
    missing : bool
        Let trees send missing values where scikit-learn's send them.
    trees : str
        What stands before a tree of a double graph: "cast" to float32, "exact" thresholds, or "" for nothing.
    step : bool
        Cast to float32 before the last step of a pipeline, as the trees in it do.
    ties : bool
        Choose the first of classes with as many votes.
    locale : str
        Of text operators; empty for skl2onnx' own.
    """

    plain: bool = False
    missing: bool = False
    trees: str = ""
    step: bool = False
    ties: bool = False
    locale: str = ""


def _tied(way: Way) -> Way:
    return replace(way, name=f"{way.name}; ties as scikit-learn decides them", ties=True)


FLOAT = Way(name="float32")
PLAIN = Way(name="float32, plain operators", plain=True)
NUMBERS = Way(name="float32, whole numbers as float32", whole_numbers=False)
MISSING = Way(name="float32, missing values as scikit-learn's trees send them", missing=True)
TIES = Way(name="float32, ties and missing values as scikit-learn decides them", missing=True, ties=True)
DOUBLE = Way(name="double", precision="float64", trees="cast", plain=True)
DOUBLE_NUMBERS = replace(DOUBLE, name="double, whole numbers as double", missing=True, whole_numbers=False)
CAST = Way(name="double up to the trees, then scikit-learn's own cast", precision="float64", trees="cast", missing=True)
STEP = Way(
    name="double up to the last step, then scikit-learn's own cast", precision="float64", missing=True, step=True
)
STEP_TIES, CAST_TIES, NUMBERS_TIES = map(_tied, (STEP, CAST, DOUBLE_NUMBERS))
EXACT = Way(name="double, adjusted thresholds", precision="float64", trees="exact", missing=True, whole_numbers=False)
LOCALE = Way(name="texts in the locale C.UTF-8", locale="C.UTF-8", needs="the locale C.UTF-8")
LOCALE_DOUBLE = Way(
    name="double, texts in the locale C.UTF-8", precision="float64", locale="C.UTF-8", needs="the locale C.UTF-8"
)


def ways(model: Any) -> tuple[Way, ...]:
    """Return the ways to try for a model of scikit-learn's kind, the cheapest first."""
    names = {type(part).__name__ for part in parts(model)}
    if names & _VECTORIZERS:
        return FLOAT, LOCALE, LOCALE_DOUBLE
    trees = names & _TREES or any(name.endswith(("Forest", "ForestClassifier", "ForestRegressor")) for name in names)
    if not trees:
        return FLOAT, NUMBERS, PLAIN, DOUBLE, DOUBLE_NUMBERS
    exact = (EXACT,) if names & _DOUBLE_TREES else ()
    between = (STEP, STEP_TIES) if len(getattr(inside(model), "steps", ())) > 1 else ()
    found = FLOAT, MISSING, TIES, NUMBERS, *between, CAST, CAST_TIES, *exact, DOUBLE_NUMBERS, NUMBERS_TIES
    return tuple(way for way in found if way.ties) if names & _VOTING else found


_DOUBLE_TREES = {
    "HistGradientBoostingClassifier", "HistGradientBoostingRegressor", "LGBMClassifier", "LGBMRegressor",
}  # fmt: skip
_TREES = _DOUBLE_TREES | {
    "AdaBoostClassifier", "AdaBoostRegressor", "BaggingClassifier", "BaggingRegressor", "DecisionTreeClassifier",
    "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor", "ExtraTreesClassifier", "ExtraTreesRegressor",
    "GradientBoostingClassifier", "GradientBoostingRegressor", "RandomTreesEmbedding", "XGBClassifier", "XGBRegressor",
}  # fmt: skip

_VOTING = {"ExtraTreesClassifier", "RandomForestClassifier"}
"""Of equal votes, a sum in float32 is one time more and one time less, and no hundred rows need show it."""


def parts(model: Any) -> Iterator[Any]:
    """Yield a model and every estimator inside of it."""
    seen, waiting = set(), [model]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (list, tuple, dict)):
            if id(part) not in seen:  # one can hold itself
                seen.add(id(part))
                waiting += part.values() if isinstance(part, dict) else part
        elif type(part).__name__ == "ndarray" and part.dtype == object:  # scikit-learn's gradient boosting
            waiting += part.ravel().tolist()
        elif isinstance(part, type) or id(part) in seen:
            continue
        elif hasattr(part, "get_params"):
            seen.add(id(part))
            yield part
            waiting += vars(part).values()
        elif type(part).__name__ == "_CalibratedClassifier":  # no estimator itself, it holds a fitted one
            seen.add(id(part))
            waiting.append(part.estimator)


def converted(conversion: Conversion) -> ModelProto:
    """Return what skl2onnx makes of a model in one of the `ways`.

    Raises
    ------
    ExportError
        It cannot.
    MissingExtraError
        It is not installed.
    """
    way = conversion.variant if isinstance(conversion.variant, Way) else FLOAT
    within = inside(conversion.model)
    try:
        if within is not conversion.model:
            proto = converted(replace(conversion, model=within))
            write_around(proto, conversion.model)
            return proto
        proto = _called(conversion, way)
    except (ExportError, MissingExtraError):
        raise
    except Exception as error:  # whatever a converter raises means that it cannot
        raise ExportError(_short(error)) from error
    if way.missing:
        send_missing_values(proto, parts(conversion.model))
    if way.trees == "exact":
        exact_thresholds(proto, parts(conversion.model))
    if way.trees:
        cast_around_trees(proto)
    if way.ties:
        break_ties(proto)
    if way.locale:
        with_locale(proto, way.locale)
    one_opset_a_domain(proto)
    return proto


def _called(conversion: Conversion, way: Way) -> ModelProto:
    skl2onnx = demand("skl2onnx")
    from skl2onnx.common import data_types as types
    from sklearn.base import is_classifier

    kinds = {
        "float32": types.FloatTensorType,
        "float64": types.DoubleTensorType,
        "int64": types.Int64TensorType,
        "bool": types.BooleanTensorType,
        "str": types.StringTensorType,
    }
    given = [(tensor.name, kinds[tensor.element](list(tensor.shape))) for tensor in conversion.inputs]
    model = _with_cast(conversion.model) if way.step else conversion.model
    options, other = _options(model, way, {"zipmap": False} if is_classifier(conversion.model) else {})
    wide = way.precision == "float64"

    def call(options: Any) -> ModelProto:
        made: ModelProto = skl2onnx.convert_sklearn(
            model,
            initial_types=given,
            target_opset=_opsets(conversion),
            options=options,
            black_op=set(_PLAIN) if way.plain else None,
            custom_conversion_functions=conversions(wide),
            custom_shape_calculators=shapes(wide),
            custom_parsers=parsers(),
        )
        return made

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return call(options)
        except NameError:  # skl2onnx' word for an option that a class has not
            return call(other)


def _options(model: Any, way: Way, plain: dict[str, bool]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Return skl2onnx' options for a model, and those for one whose class has not all of them.

    Of LinearSVC and of ridges, it knows no scores in double but raw ones; a pipeline hands its options to its steps.
    Words it splits at letters beyond ASCII, which Python's default pattern does not.
    """
    raw = {"raw_scores": way.plain}
    own: dict[Any, Any] = {}
    words: dict[Any, Any] = {}
    for part in parts(model):
        if type(part).__name__ in _RIDGES:
            own[id(part)] = raw | plain
        elif type(part).__name__ in _VECTORIZERS and (part.analyzer, part.token_pattern) == ("word", _WORD):
            words[id(part)] = {"tokenexp": r"[\p{L}\p{N}_]{2,}"}
    machines = {id(part): raw for part in parts(model) if type(part).__name__ == "LinearSVC"}
    own |= words
    return {id(model): plain} | own if own else plain, machines | words  # those of all and of one do not go together


def _opsets(conversion: Conversion) -> int | dict[str, int]:
    """Return versions as both libraries want them: boosters and isolation one of `ai.onnx.ml`, mixtures none."""
    opset = conversion.opset or NEWEST_OPSET
    kinds = {type(part) for part in parts(conversion.model)}
    older = any(
        kind.__module__.startswith(("lightgbm", "xgboost")) or kind.__name__ == "IsolationForest" for kind in kinds
    )
    return {"": opset, "ai.onnx.ml": 3} if older else opset


def _with_cast(model: Any) -> Any:
    """Return a pipeline of the same fitted steps, with a cast to float32 before the last."""
    from skl2onnx.sklapi import CastTransformer

    return type(model)([*model.steps[:-1], ("cast_to_float32", CastTransformer()), model.steps[-1]])


def demand(name: str) -> Any:
    """Return a module that the extra `onnx` installs.

    Raises
    ------
    MissingExtraError
        It is not there.
    """
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtraError(
            f"An export to ONNX needs {name} ({error}). Install with pip install 'jupyter_mlops[onnx]'."
        ) from error


def _short(error: Exception) -> str:
    """Return why a converter could not: what it says beyond its first line are its own instructions."""
    kind = type(error).__name__
    if kind == "InvalidInputLengthException":
        return "it takes one table of numbers, and the rows have texts or categories: encode them in a step before it"
    unknown = re.search(r"<class '.*?([^'.]+)'>", str(error))
    if kind in ("MissingShapeCalculator", "MissingConverter") and unknown:
        return (
            f"skl2onnx knows no {unknown[1]}: do what it does before the model, "
            "or register a conversion with skl2onnx.update_registered_converter"
        )
    return named_reason(error)
