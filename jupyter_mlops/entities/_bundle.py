"""A model that can go elsewhere: one checked ONNX file, what it takes and answers, where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ._onnx import OnnxSignature


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A model that can be deployed.

    Parameters
    ----------
    path : Path
        The file. It was regular, alone and valid when it was looked at.
    sha256 : str
        Of the file then: who copies it compares.
    weights : str
        Name of the file beside it with its weights, which has their digest in it; empty where the file has them itself.
    signature : OnnxSignature
        What it takes and answers.
    label : str
        What the user calls the model: the registered model's name, the run's, or the file's.
    run_id : str
        The run that made it; empty for a file of other origin.
    facts : dict
        The file's own metadata that begins with `jupyter_mlops.`, without this beginning; `registered` is the version
        that was asked for, such as `cancer/3`.
    """

    path: Path
    sha256: str
    weights: str = ""
    signature: OnnxSignature
    label: str = ""
    run_id: str = ""
    facts: dict[str, str]
