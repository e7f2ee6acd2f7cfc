"""InterpretML's boosting machines by ebm2onnx: additive tables that are looked up, exact but for float32 scores."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from ...exceptions import ExportError
from .._protocol import Conversion, Variant
from .._reasons import named_reason
from ._by_skl2onnx import demand

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET = 16
"""The one that ebm2onnx writes."""

FLOAT = Variant(name="float32")
DOUBLE = Variant(name="double", precision="float64")
_WORDS = {"float32": "float", "float64": "double", "int64": "int", "bool": "bool", "str": "str"}


class EbmConverter:
    """Converts ExplainableBoostingClassifier and ExplainableBoostingRegressor."""

    name = "ebm"

    def suits(self, model: Any) -> bool:
        """Tell whether it is one of InterpretML's boosting machines."""
        kind = type(model)
        return kind.__module__.partition(".")[0] == "interpret" and hasattr(model, "term_scores_")

    def variants(self, model: Any) -> tuple[Variant, ...]:  # noqa: ARG002  all are converted alike
        """Return float32, then double: a rounded number can fall into the next bin."""
        return FLOAT, DOUBLE

    def convert(self, conversion: Conversion) -> ModelProto:
        """Return the model as ebm2onnx writes it, with inputs of rows and columns.

        Raises
        ------
        ExportError
            It cannot.
        MissingExtraError
            ebm2onnx is not installed.
        """
        ebm2onnx = demand("ebm2onnx")
        if conversion.opset not in (None, OPSET):
            raise ExportError(f"ebm2onnx writes opset {OPSET} only. Leave --opset out")
        model, first = _as_ordinary(conversion.model), conversion.inputs[0]
        classifies = hasattr(conversion.model, "classes_")
        whole = len(conversion.inputs) == 1 and len(first.places) == len(model.feature_names_in_) > 1
        columns = {tensor.name: _WORDS[tensor.element] for tensor in conversion.inputs}
        dtype: Any = (first.name, _WORDS[first.element]) if whole else columns
        try:
            proto: ModelProto = ebm2onnx.to_onnx(model, dtype, predict_proba=classifies)
        except Exception as error:  # whatever a converter raises means that it cannot
            raise ExportError(named_reason(error)) from error
        if not whole:
            for given in proto.graph.input:
                given.type.tensor_type.shape.dim.add().dim_value = 1
        return proto


def _as_ordinary(model: Any) -> Any:
    """Return a copy that ebm2onnx knows: a differentially private model predicts as any other, by its tables."""
    from interpret.glassbox import ExplainableBoostingClassifier, ExplainableBoostingRegressor

    ordinary = copy.copy(model)
    if hasattr(model, "classes_"):
        ordinary.__class__ = ExplainableBoostingClassifier
    else:
        ordinary.__class__ = ExplainableBoostingRegressor
        ordinary.classes_ = (0,)  # ebm2onnx 3.3 asks for them to know how wide a pair of features is
    return ordinary
