"""XGBoost's scikit-learn classes by onnxmltools, alone or inside of a pipeline."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ._by_skl2onnx import converted, demand, ways
from ._protocol import Conversion, Variant

if TYPE_CHECKING:
    from onnx import ModelProto


class XgboostConverter:
    """Converts XGBClassifier and XGBRegressor, and what is derived from them."""

    name = "xgboost"

    def suits(self, model: Any) -> bool:
        """Tell whether XGBoost made the class, and it is one of scikit-learn's kind."""
        own = type(model).__module__.partition(".")[0] == "xgboost"
        return own and hasattr(model, "get_params")

    def variants(self, model: Any) -> tuple[Variant, ...]:
        """Return onnxmltools' own way, then repairs."""
        return ways(model)

    def convert(self, conversion: Conversion) -> ModelProto:
        """Return the model as onnxmltools converts it.

        Raises
        ------
        ExportError
            It cannot.
        MissingExtraError
            skl2onnx or onnxmltools is not installed.
        """
        register_xgboost()
        return converted(conversion)


@cache
def register_xgboost() -> None:
    """Tell skl2onnx about XGBoost's classes.

    Raises
    ------
    MissingExtraError
        onnxmltools is not installed.
    """
    demand("onnxmltools")
    skl2onnx = demand("skl2onnx")
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
    from skl2onnx.common import shape_calculator
    from xgboost import XGBClassifier, XGBRegressor

    skl2onnx.update_registered_converter(
        XGBClassifier,
        "XgboostXGBClassifier",
        shape_calculator.calculate_linear_classifier_output_shapes,
        convert_xgboost,
        options={"nocl": [True, False], "zipmap": [True, False, "columns"], "raw_scores": [True, False]},
    )
    skl2onnx.update_registered_converter(
        XGBRegressor,
        "XgboostXGBRegressor",
        shape_calculator.calculate_linear_regressor_output_shapes,
        convert_xgboost,
    )
