"""XGBoost's scikit-learn classes by onnxmltools."""

from __future__ import annotations

from functools import cache

from .._as_converted import read_as, without_names
from .._boosters import BoosterConverter, register_booster
from ._by_skl2onnx import demand


class XgboostConverter(BoosterConverter):
    """Converts XGBClassifier and XGBRegressor, and what is derived from them."""

    def __init__(self) -> None:
        super().__init__("xgboost", register_xgboost)


@cache
def register_xgboost() -> None:
    """Tell skl2onnx about XGBoost's classes.

    Raises
    ------
    MissingExtraError
        onnxmltools is not installed.
    """
    demand("onnxmltools")
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
    from xgboost import XGBClassifier, XGBRegressor

    register_booster(XGBClassifier, XGBRegressor, read_as(without_names, convert_xgboost))
