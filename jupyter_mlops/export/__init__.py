"""Model and rows to an ONNX file that is the same model: converted, compared row by row, written only when equal.

Conversion is skl2onnx's and onnxmltools'; what is here is the certainty. One converter a file behind `Converter`;
others are found by the entry points `jupyter_mlops.converters`. No notebook, no tracking and no view.
"""

from __future__ import annotations

from ._bundle import open_bundle
from ._discovery import converter_names, load_converter
from ._edge_rows import edge_rows
from ._export import ExportWish, export_model
from ._files import check_onnx_file, open_session
from ._inputs import InputTensor, inputs_of, missing
from ._original import quiet, said
from ._protocol import Conversion, Converter, Variant
from ._signature import signature_of
from ._table import Table

__all__ = [
    "Conversion",
    "Converter",
    "ExportWish",
    "InputTensor",
    "Table",
    "Variant",
    "check_onnx_file",
    "converter_names",
    "edge_rows",
    "export_model",
    "inputs_of",
    "load_converter",
    "missing",
    "open_bundle",
    "open_session",
    "quiet",
    "said",
    "signature_of",
]
