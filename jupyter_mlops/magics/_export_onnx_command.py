"""The `%export_onnx` line as one frozen command. Its names are looked up later; other mistakes are found here."""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from functools import cache

from ..exceptions import UsageError
from ._arguments import MagicParser, split_words
from ._report_line import name_word


@dataclass(frozen=True, kw_only=True)
class ExportOnnxCommand:
    """What one `%export_onnx` line asks for.

    Parameters
    ----------
    model : str
        A name of the notebook, or a reference to a run.
    data : tuple of str
        Names of rows, with attributes perhaps: one below the other. Empty when not given.
    output : str
        The file; empty for the model's name.
    rtol, atol : float
        What counts as equal.
    allow_mismatch : int
        So many rows may differ.
    opset : int, optional
        Of ONNX.
    quantise : str
        "dynamic" for a smaller file beside; empty for none.
    target : str
        Name of what is true of the rows, for the accuracy of that one; empty when not given.
    trust : bool
        Whether a model by MLflow's address may be loaded that was not made here, which runs code.
    """

    model: str
    data: tuple[str, ...] = ()
    output: str = ""
    rtol: float = 1e-4
    atol: float = 1e-5
    allow_mismatch: int = 0
    opset: int | None = None
    quantise: str = ""
    target: str = ""
    trust: bool = False

    @classmethod
    def parse(cls, line: str) -> ExportOnnxCommand:
        """Return the command of a line.

        Raises
        ------
        UsageError
            The line is wrong.
        HelpRequested
            The line asks for help.
        """
        command = cls(**vars(parser().parse_words(split_words("%export_onnx", line))))
        if command.target and not command.quantise:
            raise UsageError("-y is for the accuracy of a smaller file. Ask for one: --quantise dynamic")
        return command

    @property
    def file(self) -> str:
        """Where the model is written."""
        scheme, _, address = self.model.partition(":/")
        if address and scheme in ("runs", "models"):
            name = address.strip("/").rpartition("/")[2] if scheme == "runs" else address.strip("/").replace("@", "-")
            return self.output or f"{name.replace('/', '-')}.onnx"
        words = self.model.split(".")
        name = words[-1] if all(word.isidentifier() for word in words) else self.model  # a run may be called wide-1.5
        return self.output or f"{name.replace('/', '-')}.onnx"


@cache
def parser() -> MagicParser:
    """Return the parser of the line."""
    found = MagicParser(
        "%export_onnx",
        "Write a model as ONNX, when it answers as the original does on every row; otherwise write nothing.",
    )
    add = found.add_argument
    add("model", metavar="MODEL", help="a fitted model: a name, a run (id, name, last, best), or models:/NAME/3")
    add("-X", "--data", type=_names, default=(), metavar="A,B", help="real rows to compare on (default: X_test, Xte)")
    add("-o", "--output", default="", metavar="FILE", help="the file (default: MODEL.onnx)")
    add("--rtol", type=_tolerance, default=1e-4, metavar="R", help="equal is |a-b| <= atol + rtol*|b| (1e-4)")
    add("--atol", type=_tolerance, default=1e-5, metavar="A", help="see --rtol (1e-5)")
    add("--allow-mismatch", type=_count, default=0, metavar="N", help="so many rows may differ; said in the file")
    add("--opset", type=_opset, metavar="N", help="of ONNX, at most (default: the newest that the converter knows)")
    add("--quantise", default="", type=_quantised, metavar="dynamic", help="also write FILE.int8.onnx, smaller")
    add("-y", "--target", type=name_word, default="", metavar="Y", help="true answers, for the accuracy of that file")
    add("--trust", action="store_true", help="load models:/ or runs:/ that was not made here: that runs code")
    return found


# argparse converts what was not given too, so an empty text passes.


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name_word(part.strip()) for part in text.split(",") if part.strip()))
    if not names:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} names nothing; write names with commas between them")
    return names


def _tolerance(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no tolerance; write a number from 0 up to 1, such as 1e-4")
    return value


def _quantised(text: str) -> str:
    if text not in ("", "dynamic"):
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no way that is known; write dynamic")
    return text


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 12 or int(text) > 10**9:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no number of rows; write 0 or more")
    return int(text)


def _opset(text: str) -> int:
    if not text.isdecimal() or len(text) > 4 or not 11 <= int(text) <= 22:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no opset that can be written; write 11 to 22")
    return int(text)
