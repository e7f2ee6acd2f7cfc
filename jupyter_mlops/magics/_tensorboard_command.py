"""The `%tensorboard` line as one frozen command: runs of ours, or whatever TensorBoard's own magic takes."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ..exceptions import UsageError
from ..tensorboard import HONOURED, MEANINGLESS, REFUSED, check_flags
from ._arguments import MagicParser, split_words

_LEAST_HEIGHT, _HEIGHT, _MOST_HEIGHT = 200, 800, 5_000


@dataclass(frozen=True, kw_only=True)
class TensorBoardCommand:
    """What one `%tensorboard` line asks for.

    Parameters
    ----------
    references : tuple of str
        Runs; empty when only a folder is asked for.
    logdir : str
        `path`, or `name:path,name:path`, as typed.
    flags : dict
        TensorBoard's own flags that change what is shown.
    height : int
        Pixels.
    """

    references: tuple[str, ...] = ()
    logdir: str = ""
    flags: dict[str, str] = field(default_factory=dict)
    height: int = _HEIGHT

    @classmethod
    def parse(cls, line: str) -> TensorBoardCommand:
        """Return the command of a line; without anything it is about the last run.

        Raises
        ------
        UsageError
            The line is wrong.
        HelpRequested
            The line asks for help.
        """
        values = vars(_parser().parse_words(split_words("%tensorboard", line)))
        references = tuple(values.pop("references"))
        logdir, spec = values.pop("logdir"), values.pop("logdir_spec")
        if logdir and spec:
            raise UsageError("%tensorboard: --logdir and --logdir_spec are two words for one thing; write one of them.")
        height = values.pop("height")
        flags = check_flags({name: value for name, value in values.items() if value is not None})
        if not references and not logdir and not spec:
            references = ("last",)
        return cls(references=references, logdir=logdir or spec, flags=flags, height=height)

    def absolute_logdir(self, folder: Path) -> str:
        """Return `logdir` with whole paths, seen from a folder; addresses stay, for the server to refuse."""
        whole = _absolute(self.logdir, folder)
        if not self.logdir or Path(whole).exists() or not set(",:") & set(self.logdir):
            return whole
        return ",".join(_named_absolute(part, folder) for part in self.logdir.split(","))


def _absolute(text: str, folder: Path) -> str:
    return text if not text or "://" in text else str(folder / Path(text).expanduser())


def _named_absolute(part: str, folder: Path) -> str:
    name, colon, path = part.partition(":")
    if colon and "/" not in name and not path.startswith("//"):
        return f"{name}:{_absolute(path, folder)}"
    return _absolute(part, folder)


@cache
def _parser() -> MagicParser:
    parser = MagicParser(
        "%tensorboard",
        "Show runs in TensorBoard, here in the notebook. Runs that wrote no event files show their metrics and "
        "parameters. TensorBoard's own flags work too; those about hosts and ports change nothing: there is no port.",
    )
    parser.add_argument("references", nargs="*", metavar="R", help="runs: id, name, last, last~2, best (default: last)")
    parser.add_argument("--logdir", default="", help="a folder with event files, of your own")
    parser.add_argument("--logdir_spec", default="", help="several: name:path,name:path")
    parser.add_argument("--height", type=_pixels, default=_HEIGHT, metavar="PIXELS", help="of the frame (default: 800)")
    for name in sorted(HONOURED):
        parser.add_argument(f"--{name}", help=argparse.SUPPRESS)
    # Their values may be left out, as `--bind_all` and `--inspect` are written.
    for name in sorted(MEANINGLESS | REFUSED):
        parser.add_argument(f"--{name}", nargs="?", const="", help=argparse.SUPPRESS)
    return parser


def _pixels(text: str) -> int:
    if not text.isdecimal() or not _LEAST_HEIGHT <= int(text[:9]) <= _MOST_HEIGHT:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no height; write {_LEAST_HEIGHT} to {_MOST_HEIGHT} pixels")
    return int(text)
