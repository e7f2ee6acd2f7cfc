"""Cell text and notebook values to what a run needs, and back: names, values, ambient state."""

from ._pickle import PickledValues, dump_values, load_values
from ._refusals import Refusal

__all__ = [
    "PickledValues",
    "Refusal",
    "dump_values",
    "load_values",
]
