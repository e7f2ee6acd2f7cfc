"""The `%fairness` line as one frozen command. Its names are looked up later; what else can be wrong is found here."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import cache

from ._arguments import MagicParser, split_words
from ._report_line import file_word, name_word

_MOST_RESAMPLES = 10_000


@dataclass(frozen=True, kw_only=True)
class FairnessCommand:
    """What one `%fairness` line asks for.

    Parameters
    ----------
    model : str
        A name of the notebook, or a reference to a run.
    data, target, weights : str
        Names, with attributes perhaps; target and weights may be columns of the data. Empty when not given.
    sensitive, control : tuple of str
        Columns of the data, or names of the notebook.
    metrics : tuple of str
        By name; empty for the standard set.
    compare : tuple of str
        Further models, as `model`.
    positive : str
        The class that counts as selected; empty for the second one.
    min_group : int
        Withhold smaller groups.
    boot : int, optional
        Resamples; None to decide by the time that they take.
    save : str
        File to write.
    mitigate : str
        Fairlearn's mitigator for which the next cell is written; empty for none.
    """

    model: str
    data: str = ""
    target: str = ""
    weights: str = ""
    sensitive: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    compare: tuple[str, ...] = ()
    positive: str = ""
    min_group: int = 0
    boot: int | None = None
    save: str = ""
    mitigate: str = ""

    @classmethod
    def parse(cls, line: str) -> FairnessCommand:
        """Return the command of a line.

        Raises
        ------
        UsageError
            The line is wrong.
        HelpRequested
            The line asks for help.
        """
        return cls(**vars(_parser().parse_words(split_words("%fairness", line))))


@cache
def _parser() -> MagicParser:
    parser = MagicParser(
        "%fairness",
        "Compare how a model does in groups of people: metrics by group, gaps, and how sure they are.",
    )
    add = parser.add_argument
    add("model", metavar="MODEL", help="a fitted model or predictions: a name, or a run (id, name, last, best)")
    add("-X", "--data", type=name_word, default="", metavar="NAME", help="rows for the model (default: X_test)")
    add("-y", "--target", type=name_word, default="", metavar="NAME", help="the outcome, or a column of -X (y_test)")
    add("-s", "--sensitive", type=_list, default=(), metavar="A,B", help="columns of -X, or names: what to compare by")
    add("--control", type=_list, default=(), metavar="A,B", help="compare only rows that are alike in these")
    add("--metrics", type=_list, default=(), metavar="M,N", help="of scikit-learn or Fairlearn (default: by the task)")
    add("--compare", type=_list, default=(), metavar="R,R", help="further models: names, or runs")
    add("--positive", default="", metavar="CLASS", help="the class that counts as selected (default: the second)")
    add("--weights", type=name_word, default="", metavar="NAME", help="of the rows")
    add("--min-group", type=_count, default=0, metavar="N", help="withhold the figures of groups of fewer rows")
    add("--boot", type=_resamples, metavar="N", help="resamples for intervals (default: 100 where that is quick)")
    add(
        "--save",
        type=file_word,
        default="",
        metavar="FILE",
        help="write the report: FILE.html opens offline, FILE.json is data",
    )
    add("--mitigate", default="", metavar="NAME", help="write the next cell: a run that lessens the gap by NAME")
    return parser


# argparse converts what was not given too, so an empty text passes.


def _list(text: str) -> tuple[str, ...]:
    parts = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not parts:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} names nothing; write names with commas between them")
    return parts


def _count(text: str) -> int:
    if not text.isdecimal() or int(text[:12]) > 10**9:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no number of rows; write 0 or more")
    return int(text[:12])


def _resamples(text: str) -> int:
    if not text.isdecimal() or not int(text[:12]) <= _MOST_RESAMPLES or int(text[:12]) == 1:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} are no resamples; write 2 to {_MOST_RESAMPLES:,}, or 0")
    return int(text[:12])
