"""scikit-learn by skl2onnx: estimators, pipelines, column transformers, with XGBoost and LightGBM inside of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._own._chains import register_chains
from .._protocol import Conversion, Variant
from ._by_skl2onnx import converted, demand, parts, ways
from ._lightgbm import register_lightgbm
from ._xgboost import register_xgboost

if TYPE_CHECKING:
    from onnx import ModelProto


class SklearnConverter:
    """Converts what scikit-learn fits, and what is made of it."""

    name = "sklearn"

    def suits(self, model: Any) -> bool:
        """Tell whether scikit-learn made the class, or the class is built on its base."""
        return any(kind.__module__.partition(".")[0] == "sklearn" for kind in type(model).__mro__)

    def variants(self, model: Any) -> tuple[Variant, ...]:
        """Return skl2onnx' own way, then repairs by what the model is made of."""
        return ways(model)

    def convert(self, conversion: Conversion) -> ModelProto:
        """Return the model as skl2onnx converts it.

        Raises
        ------
        ExportError
            It cannot.
        MissingExtraError
            skl2onnx, or onnxmltools for a booster inside, is not installed.
        """
        kinds = {type(part) for part in parts(conversion.model)}
        inside = {kind.__module__.partition(".")[0] for kind in kinds}
        if any(kind.__name__ in ("ClassifierChain", "RegressorChain") for kind in kinds):
            demand("skl2onnx")
            register_chains()
        if "xgboost" in inside:
            register_xgboost()
        if "lightgbm" in inside:
            register_lightgbm()
        return converted(conversion)
