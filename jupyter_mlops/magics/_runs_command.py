"""The `%runs` line as one frozen command: a subcommand word first, else the whole line is a query."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..exceptions import UsageError
from ._arguments import HelpRequested, MagicParser, Subcommand, duration, refuse_python, split_words, without_comment


@dataclass(frozen=True, kw_only=True)
class RunsCommand:
    """What one `%runs` line asks for.

    Parameters
    ----------
    action : str
        A subcommand, or "list".
    query : str
        For "list"; empty for all runs.
    references : tuple of str
        The runs that the action is about.
    names : tuple of str
        For "load": the results to bind; empty for all.
    follow : bool
        For "logs": go on until the run has ended.
    tail : int, optional
        For "logs": the last lines only.
    timeout_s : float, optional
        For "wait".
    notebook : Path, optional
        For "reproduce": write a notebook that does it.
    metric, experiment : str
        For "main".
    dry_run : bool
        For "gc": say what would go.
    """

    action: str
    query: str = ""
    references: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    follow: bool = False
    tail: int | None = None
    timeout_s: float | None = None
    notebook: Path | None = None
    metric: str = ""
    experiment: str = ""
    dry_run: bool = False

    @classmethod
    def parse(cls, line: str) -> RunsCommand:
        """Return the command of a line.

        Raises
        ------
        UsageError
            The line is wrong.
        HelpRequested
            The line asks for help.
        """
        refuse_python("%runs", line)
        first, _, rest = line.strip().partition(" ")
        if first in ("-h", "--help"):
            raise HelpRequested(_overview())
        if first.startswith("-"):
            raise UsageError(f"%runs: unknown option {first[:80]}. %runs -h shows what there is.")
        if first not in _ACTIONS:
            return cls(action="list", query=without_comment(line).strip())
        words = split_words("%runs", rest)
        values = vars(_parser(first).parse_words(_shield(words) if first == "main" else words))
        references = values.pop("references", ())
        return cls(
            action=first,
            references=(references,) if isinstance(references, str) else tuple(references),
            names=tuple(values.pop("names", ())),
            **values,
        )


@cache
def _parser(action: str) -> MagicParser:
    return _ACTIONS[action].parser(f"%runs {action}")


def _one(parser: MagicParser) -> None:
    parser.add_argument("references", nargs=1, metavar="R", help=_REFERENCE)


def _one_or_last(parser: MagicParser) -> None:
    parser.add_argument("references", nargs="?", default="last", metavar="R", help=_REFERENCE)


def _logs(parser: MagicParser) -> None:
    _one_or_last(parser)
    parser.add_argument(
        "-f", "--follow", action="store_true", help="go on until the run has ended; interrupt to stop looking"
    )
    parser.add_argument("-n", "--tail", type=_count, metavar="LINES", help="the last lines only")


def _wait(parser: MagicParser) -> None:
    _one_or_last(parser)
    parser.add_argument(
        "--timeout", dest="timeout_s", type=duration, metavar="D", help="give up after D: 90, 5m, 1h30m"
    )


def _load(parser: MagicParser) -> None:
    _one(parser)
    parser.add_argument("names", nargs="*", metavar="NAME", help="results to bind (default: all)")


def _two(parser: MagicParser) -> None:
    parser.add_argument("references", nargs=2, metavar="R", help=_REFERENCE)


def _reproduce(parser: MagicParser) -> None:
    _one(parser)
    parser.add_argument(
        "--notebook", type=Path, metavar="PATH", help="write a notebook that does it, and start nothing"
    )


def _gc(parser: MagicParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what would be removed, and remove nothing")


def _main(parser: MagicParser) -> None:
    parser.add_argument("metric", metavar="[-]METRIC", help="the metric that decides; with a minus smaller is better")
    parser.add_argument("-e", "--experiment", default="", help="experiment (default: the notebook's)")


_REFERENCE = "id or unique prefix, name, last, last~2, best, best:METRIC or best:-METRIC"

_ACTIONS = {
    "show": Subcommand("Show one run.", _one_or_last),
    "logs": Subcommand("Show what a run has printed.", _logs),
    "stop": Subcommand("Stop a run: SIGINT, SIGTERM, SIGKILL.", _one),
    "wait": Subcommand("Wait until a run has ended.", _wait),
    "load": Subcommand("Bind a run's results in this notebook.", _load),
    "rerun": Subcommand("Run the same cell again with the notebook's present values.", _one),
    "diff": Subcommand("Show how two runs differ.", _two),
    "reproduce": Subcommand("Run the exact inputs again and compare the results.", _reproduce),
    "trust": Subcommand("Sign a run that came from elsewhere as your own: its data may run code here.", _one),
    "gc": Subcommand("Remove what no run needs any more, and data of old runs beyond the quota.", _gc),
    "main": Subcommand("Set the metric that decides which run is best.", _main),
}


ACTIONS = tuple(_ACTIONS)
"""The subcommands."""


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 9 or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no number of lines; write 20")
    return int(text)


def _shield(words: list[str]) -> list[str]:
    """Tell argparse that `-loss` is a metric: options first, then what it must not take for one."""
    options, plain, rest = [], [], list(words)
    while rest:
        word = rest.pop(0)
        if word in ("-e", "--experiment"):
            options += [word, *rest[:1]]
            del rest[:1]
        elif word.startswith("--") or word == "-h":
            options.append(word)
        else:
            plain.append(word)
    return [*options, "--", *plain]


def _overview() -> str:
    width = max(map(len, _ACTIONS))
    lines = [f"  %runs {name:<{width}}  {action.summary}" for name, action in _ACTIONS.items()]
    head = "usage: %runs [QUERY]        list runs, such as  %runs acc > 0.9 and lr < 0.1 state:failed name~base"
    return "\n".join([head, "", *lines, "", f"R is {_REFERENCE}.", "%runs SUBCOMMAND -h shows its options."])
