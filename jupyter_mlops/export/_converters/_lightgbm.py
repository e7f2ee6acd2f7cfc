"""LightGBM's scikit-learn classes by onnxmltools."""

from __future__ import annotations

from functools import cache

from .._boosters import BoosterConverter, register_booster
from ._by_skl2onnx import demand


class LightgbmConverter(BoosterConverter):
    """Converts LGBMClassifier and LGBMRegressor, and what is derived from them."""

    def __init__(self) -> None:
        super().__init__("lightgbm", register_lightgbm)


@cache
def register_lightgbm() -> None:
    """Tell skl2onnx about LightGBM's classes.

    Raises
    ------
    MissingExtraError
        onnxmltools is not installed.
    """
    demand("onnxmltools")
    from lightgbm import LGBMClassifier, LGBMRegressor
    from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm

    register_booster(LGBMClassifier, LGBMRegressor, convert_lightgbm, {"split": None})
