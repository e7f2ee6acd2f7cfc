"""Cell text and notebook values to what a run needs, and back: names, values, ambient state."""

from ._afterwards import AFTERWARDS, Afterwards
from ._digest import digest
from ._environment import environment
from ._local_modules import changed_files, observe_modules, reached_modules
from ._modules import ModuleImport, modules_of
from ._outputs_by_number import is_output, recall_outputs
from ._pickle import PickledValues, dump_values, load_values
from ._provenance import fingerprint, notebook_path, provenance
from ._reach import Reach, reach, reached_names
from ._refusals import Refusal
from ._secrets import is_secret, mask_code, mask_secrets, mask_urls
from ._sharing import Inside, objects_inside
from ._snapshot import begin_snapshots, write_inputs
from ._stored import read_inputs, read_outputs, write_outputs
from ._surroundings._ambient import AmbientState
from ._surroundings._module_state import MODULE_STATE, ModuleState
from ._surroundings._patches import PATCHES, Patches
from ._surroundings._registrations import registered_names
from ._text._code_writes import changed_in_classes, changed_unseen, holds_state
from ._text._imports import import_statements
from ._text._magics_text import KNOWN_MAGICS, is_known_magic
from ._text._names import CellLine, CellNames, FunctionChanges, analyse_cell, analyse_tree
from ._text._slice import ExecutedCell, backward_slice, with_functions_of
from ._text._stateful import is_stateful
from ._travel import pick_values

__all__ = [
    "AFTERWARDS",
    "KNOWN_MAGICS",
    "MODULE_STATE",
    "PATCHES",
    "Afterwards",
    "AmbientState",
    "CellLine",
    "CellNames",
    "ExecutedCell",
    "FunctionChanges",
    "Inside",
    "ModuleImport",
    "ModuleState",
    "Patches",
    "PickledValues",
    "Reach",
    "Refusal",
    "analyse_cell",
    "analyse_tree",
    "backward_slice",
    "begin_snapshots",
    "changed_files",
    "changed_in_classes",
    "changed_unseen",
    "digest",
    "dump_values",
    "environment",
    "fingerprint",
    "holds_state",
    "import_statements",
    "is_known_magic",
    "is_output",
    "is_secret",
    "is_stateful",
    "load_values",
    "mask_code",
    "mask_secrets",
    "mask_urls",
    "modules_of",
    "notebook_path",
    "objects_inside",
    "observe_modules",
    "pick_values",
    "provenance",
    "reach",
    "reached_modules",
    "reached_names",
    "read_inputs",
    "read_outputs",
    "recall_outputs",
    "registered_names",
    "with_functions_of",
    "write_inputs",
    "write_outputs",
]
