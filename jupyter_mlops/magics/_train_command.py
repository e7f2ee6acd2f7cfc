"""The `%%train` line as one frozen command. What can be wrong about it is found here, before anything starts."""

from __future__ import annotations

import argparse
import keyword
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from ..entities import AUTOLOG_FLAVORS, Param, RunExport
from ..exceptions import UsageError
from ._arguments import MagicParser, duration, split_words


@dataclass(frozen=True, kw_only=True)
class TrainCommand:
    """What one `%%train` line asks for.

    Parameters
    ----------
    cell : str
        The body, without the magic's line.
    name, experiment : str
        Empty when not given.
    params : tuple of Param
        `-p KEY=VALUE`; each key once, a Python identifier.
    tags : dict
        `-t KEY=VALUE`.
    output : str
        Name that the `Run` handle is bound to; empty for none.
    returns : tuple of str, optional
        `--returns`; None when the cell itself tells, empty for `none`.
    launcher : str
        `--on`; empty for the default.
    timeout_s : float, optional
        `--timeout`, in seconds.
    wait, dry_run : bool
        Block until the end; show what would travel and start nothing.
    autolog : str
        "on", "off" or a comma-separated list of flavors.
    export : RunExport, optional
        `--export onnx:MODEL[,X]`.
    """

    cell: str
    name: str = ""
    params: tuple[Param, ...] = ()
    experiment: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    output: str = ""
    returns: tuple[str, ...] | None = None
    launcher: str = ""
    timeout_s: float | None = None
    wait: bool = False
    autolog: str = "on"
    dry_run: bool = False
    export: RunExport | None = None

    @classmethod
    def parse(cls, line: str, cell: str) -> TrainCommand:
        """Return the command of a line and its cell.

        Raises
        ------
        UsageError
            The line is wrong or the cell is empty.
        HelpRequested
            The line asks for help.
        """
        values = _parser().parse_words(split_words("%%train", line))
        if not cell.strip():
            raise UsageError("%%train: the cell is empty. Put the code to run below the %%train line.")
        return cls(
            cell=cell,
            name=values.name,
            params=_unique(values.param),
            experiment=values.experiment,
            tags=dict(values.tag),
            output=values.output or "",
            returns=values.returns,
            launcher=values.on,
            timeout_s=values.timeout,
            wait=values.wait,
            autolog=values.autolog,
            dry_run=values.dry_run,
            export=values.export,
        )


@cache
def _parser() -> MagicParser:
    parser = MagicParser("%%train", "Run this cell as a tracked run that outlives the kernel.")
    add = parser.add_argument
    add("name", nargs="?", default="", metavar="NAME", help="name of the run; need not be unique")
    add("-p", "--param", action="append", default=[], type=_param, metavar="K=V",
        help="bind K in the run before the first line, and record it; V is a Python literal, else text")  # fmt: skip
    add("-e", "--experiment", default="", help="experiment of the run (default: the notebook's)")
    add("-t", "--tag", action="append", default=[], type=_tag, metavar="K=V", help="tag the run")
    add("-o", "--output", type=_name, metavar="VAR", help="bind the run's handle to VAR at once")
    add("--returns", type=_returns, metavar="NAMES", help="exactly what comes back, comma-separated; none for nothing")
    add("--on", default="", metavar="LAUNCHER", help="where to run (default: this machine)")
    add("--timeout", type=duration, metavar="D", help="stop the run after D of running: 90, 90s, 5m, 1h30m")
    add("--wait", action="store_true", help="block until the run has ended, for scripts and CI")
    add("--autolog", default="on", type=_autolog, metavar="on|off|FLAVORS", help="MLflow autologging (default: on)")
    add("--export", type=_export, metavar="onnx:MODEL[,X]",
        help="write MODEL as ONNX at the end, compared on rows X (default: X_test, Xte); the run keeps it")  # fmt: skip
    add("--dry-run", action="store_true", help="show what would travel and what would be pending; start nothing")
    return parser


def _param(text: str) -> Param:
    key, value = _pair(text)
    return Param(_name(key), value)


def _tag(text: str) -> tuple[str, str]:
    key, value = _pair(text)
    if not key.strip():
        raise argparse.ArgumentTypeError(f"{text[:60]!r} has no key; write K=V")
    return key, value


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} has no '='; write K=V")
    return key, value


def _name(text: str) -> str:
    if not text.isidentifier() or keyword.iskeyword(text):
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no Python name")
    return text


def _returns(text: str) -> tuple[str, ...]:
    if text.strip() == "none":
        return ()
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise argparse.ArgumentTypeError("no names; write model,history or none")
    return tuple(dict.fromkeys(_name(name) for name in names))


def _export(text: str) -> RunExport:
    kind, colon, names = text.partition(":")
    if kind != "onnx" or not colon:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} says not how; write onnx:MODEL or onnx:MODEL,X")
    model, *rows = (_name(name.strip()) for name in names.split(","))
    if len(rows) > 1:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} names too much; write onnx:MODEL,X")
    return RunExport(model, *rows)


def _autolog(text: str) -> str:
    for flavor in () if text in ("on", "off") else text.split(","):
        if flavor not in AUTOLOG_FLAVORS:
            near = get_close_matches(flavor, ("on", "off", *AUTOLOG_FLAVORS), n=1)
            meant = f"; did you mean {near[0]}?" if near else f": say on, off, or some of {','.join(AUTOLOG_FLAVORS)}"
            raise argparse.ArgumentTypeError(f"{flavor[:60]!r} is no flavor that is autologged{meant}")
    return text


def _unique(params: list[Param]) -> tuple[Param, ...]:
    seen: set[str] = set()
    for param in params:
        if param.key in seen:
            raise UsageError(f"%%train: the parameter {param.key} is given twice. Keep one -p {param.key}=...")
        seen.add(param.key)
    return tuple(params)
