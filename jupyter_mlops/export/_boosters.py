"""Boosters by their scikit-learn classes: what XGBoost and LightGBM share, alone or inside of a pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._converters._by_skl2onnx import converted, demand, ways
from ._protocol import Conversion, Variant

if TYPE_CHECKING:
    from onnx import ModelProto


class BoosterConverter:
    """Converts one library's classifier and regressor, and what is derived from them.

    Parameters
    ----------
    name : str
        Of the library, which is its module.
    register : callable
        Tells skl2onnx about the library's classes.
    """

    def __init__(self, name: str, register: Callable[[], None]) -> None:
        self.name = name
        self._register = register

    def suits(self, model: Any) -> bool:
        """Tell whether the library made the class, and it is one of scikit-learn's kind."""
        return type(model).__module__.partition(".")[0] == self.name and hasattr(model, "get_params")

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
        self._register()
        return converted(conversion)


def register_booster(classifier: type, regressor: type, convert: Any, options: dict[str, Any] | None = None) -> None:
    """Tell skl2onnx about a library's classes.

    Parameters
    ----------
    classifier, regressor : type
        The library's own; the alias is made of the library's name and the class'.
    convert : callable
        onnxmltools' converter.
    options : dict, optional
        Of the regressor.
    """
    skl2onnx = demand("skl2onnx")
    from skl2onnx.common import shape_calculator as shapes

    library = classifier.__module__.partition(".")[0].capitalize()
    skl2onnx.update_registered_converter(
        classifier,
        f"{library}{classifier.__name__}",
        shapes.calculate_linear_classifier_output_shapes,
        convert,
        options={"nocl": [True, False], "zipmap": [True, False, "columns"], "raw_scores": [True, False]},
    )
    skl2onnx.update_registered_converter(
        regressor,
        f"{library}{regressor.__name__}",
        shapes.calculate_linear_regressor_output_shapes,
        convert,
        options=options,
    )
