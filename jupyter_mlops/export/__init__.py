"""Model and rows to an ONNX file that is the same model: converted, compared row by row, written only when equal.

Conversion is skl2onnx's, onnxmltools', tf2onnx', torch's and ebm2onnx'; what is here is the certainty. One converter a
file behind `Converter`; others are found by the entry points `jupyter_mlops.converters`. A `Subject` is a model as it
is asked: estimators take a `Table`, networks `Tensors`. No notebook, no tracking and no view.
"""

from __future__ import annotations

from ._bundle import open_bundle
from ._discovery import converter_names, load_converter, subject_of
from ._edge_rows import edge_rows
from ._export import ExportWish, export_model
from ._files import check_onnx_file, open_session, write_onnx
from ._inputs import InputTensor, inputs_of, missing
from ._network import Network
from ._protocol import Conversion, Converter, NetworkConverter, Variant
from ._quiet import quiet
from ._signature import signature_of
from ._subject import Subject
from ._table import Table
from ._tensors import Tensors
from ._together import rows_together

__all__ = [
    "Conversion",
    "Converter",
    "ExportWish",
    "InputTensor",
    "Network",
    "NetworkConverter",
    "Subject",
    "Table",
    "Tensors",
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
    "rows_together",
    "signature_of",
    "write_onnx",
    "subject_of",
]
