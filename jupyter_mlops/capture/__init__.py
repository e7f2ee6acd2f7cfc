"""Cell text and notebook values to what a run needs, and back: names, values, ambient state."""

from ._ambient import AmbientState
from ._digest import digest
from ._environment import environment
from ._imports import import_statements
from ._magics_text import KNOWN_MAGICS
from ._modules import ModuleImport, modules_of
from ._names import CellLine, CellNames, FunctionChanges, analyse_cell, analyse_tree
from ._pickle import PickledValues, dump_values, load_values
from ._provenance import fingerprint, notebook_path, provenance
from ._reach import Reach, reach, reached_names
from ._refusals import Refusal
from ._secrets import is_secret, mask_code, mask_secrets, mask_urls
from ._sharing import Inside, objects_inside
from ._slice import ExecutedCell, backward_slice, with_functions_of
from ._snapshot import write_inputs
from ._stateful import is_stateful
from ._stored import read_inputs, read_outputs, write_outputs
from ._travel import pick_values

__all__ = [
    "KNOWN_MAGICS",
    "AmbientState",
    "CellLine",
    "CellNames",
    "ExecutedCell",
    "FunctionChanges",
    "Inside",
    "ModuleImport",
    "PickledValues",
    "Reach",
    "Refusal",
    "analyse_cell",
    "analyse_tree",
    "backward_slice",
    "digest",
    "dump_values",
    "environment",
    "fingerprint",
    "import_statements",
    "is_secret",
    "is_stateful",
    "load_values",
    "mask_code",
    "mask_secrets",
    "mask_urls",
    "modules_of",
    "notebook_path",
    "objects_inside",
    "pick_values",
    "provenance",
    "reach",
    "reached_names",
    "read_inputs",
    "read_outputs",
    "with_functions_of",
    "write_inputs",
    "write_outputs",
]
