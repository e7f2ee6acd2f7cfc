"""LightGBM's scikit-learn classes by onnxmltools, alone or inside of a pipeline."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ._by_skl2onnx import converted, demand, ways
from ._protocol import Conversion, Variant

if TYPE_CHECKING:
    from onnx import ModelProto


class LightgbmConverter:
    """Converts LGBMClassifier and LGBMRegressor, and what is derived from them."""

    name = "lightgbm"

    def suits(self, model: Any) -> bool:
        """Tell whether LightGBM made the class, and it is one of scikit-learn's kind."""
        own = type(model).__module__.partition(".")[0] == "lightgbm"
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
        register_lightgbm()
        return converted(conversion)


@cache
def register_lightgbm() -> None:
    """Tell skl2onnx about LightGBM's classes.

    Raises
    ------
    MissingExtraError
        onnxmltools is not installed.
    """
    demand("onnxmltools")
    skl2onnx = demand("skl2onnx")
    from lightgbm import LGBMClassifier, LGBMRegressor
    from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm
    from skl2onnx.common import shape_calculator

    skl2onnx.update_registered_converter(
        LGBMClassifier,
        "LightgbmLGBMClassifier",
        shape_calculator.calculate_linear_classifier_output_shapes,
        convert_lightgbm,
        options={"nocl": [True, False], "zipmap": [True, False, "columns"], "raw_scores": [True, False]},
    )
    skl2onnx.update_registered_converter(
        LGBMRegressor,
        "LightgbmLGBMRegressor",
        shape_calculator.calculate_linear_regressor_output_shapes,
        convert_lightgbm,
        options={"split": None},
    )
