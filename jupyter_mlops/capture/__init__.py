"""Cell text and notebook values to what a run needs, and back: names, values, ambient state."""

from ._pickle import PickledValues, dump_values, load_values
from ._refusals import Refusal
from ._snapshot import write_inputs
from ._stored import read_inputs, read_outputs, write_outputs

__all__ = [
    "PickledValues",
    "Refusal",
    "dump_values",
    "load_values",
    "read_inputs",
    "read_outputs",
    "write_inputs",
    "write_outputs",
]
