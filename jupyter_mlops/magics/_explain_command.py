"""The `%explain` line as one frozen command. Its names are looked up later; what else can be wrong is found here."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from functools import cache

from ._arguments import MagicParser, split_words
from ._report_line import file_word, name_word

_ROWS = re.compile(r"\d{1,12}(?:,\d{1,12})*,?")
_MOST_ROWS = 20


@dataclass(frozen=True, kw_only=True)
class ExplainCommand:
    """What one `%explain` line asks for.

    Parameters
    ----------
    model : str
        A name of the notebook, or a reference to a run.
    data, target : str
        Names, with attributes perhaps; the target may be a column of the data. Empty when not given.
    method : str
        "auto", or the name of a method.
    rows : tuple of int
        Explained one by one, from 0.
    metric : str
        scikit-learn's name of what shuffling is measured by; empty for the model's own score.
    sample : int, optional
        At most so many rows.
    result : str
        Which of a run's results.
    save : str
        File to write; its ending says how.
    output : str
        Name that the report is bound to; empty for none.
    """

    model: str
    data: str = ""
    target: str = ""
    method: str = "auto"
    rows: tuple[int, ...] = ()
    metric: str = ""
    sample: int | None = None
    result: str = ""
    save: str = ""
    output: str = ""

    @classmethod
    def parse(cls, line: str) -> ExplainCommand:
        """Return the command of a line.

        Raises
        ------
        UsageError
            The line is wrong.
        HelpRequested
            The line asks for help.
        """
        return cls(**vars(_parser().parse_words(split_words("%explain", line))))


@cache
def _parser() -> MagicParser:
    parser = MagicParser(
        "%explain",
        "Explain what a model does with its features: what matters, how the answer follows each column, and single "
        "rows when --rows names them.",
    )
    add = parser.add_argument
    add("model", metavar="MODEL", help="a fitted model: a name, or a run that returned one (id, name, last, best)")
    add("-X", "--data", type=name_word, default="", metavar="NAME", help="rows for the model (default: X_test)")
    add("-y", "--target", type=name_word, default="", metavar="NAME", help="their labels: a name, or a column of -X")
    methods = "glassbox, permutation, gradients, words, pixels, shap (default: auto)"
    add("--method", default="auto", metavar="M", help=methods)
    add("--rows", type=_rows, default=(), metavar="I,J", help="explain these rows, from 0; their values are stored")
    add("--metric", default="", metavar="NAME", help="what shuffling is measured by, such as roc_auc")
    add("--sample", type=_count, metavar="N", help="look at so many rows at most (default: 10,000)")
    add("--result", default="", metavar="NAME", help="which of the run's results, when it returned several models")
    add("--save", type=file_word, default="", metavar="FILE", help="write the report: FILE.json, or FILE.html")
    add("-o", "--output", type=_plain_name, default="", metavar="NAME", help="bind the report to a name")
    return parser


# argparse converts what was not given too, so an empty text passes.


def _plain_name(text: str) -> str:
    if text and not text.isidentifier():
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no name")
    return text


def _rows(text: str) -> tuple[int, ...]:
    if not _ROWS.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text[:60]!r} are no rows; write their numbers, from 0: --rows 3,17")
    rows = tuple(dict.fromkeys(int(part) for part in text.split(",") if part))
    if len(rows) > _MOST_ROWS:
        raise argparse.ArgumentTypeError(f"{len(rows)} rows are too many to look at; name up to {_MOST_ROWS}")
    return rows


def _count(text: str) -> int:
    if not text.isdecimal() or not 2 <= int(text[:12]) <= 10**9:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no number of rows; write 2 or more")
    return int(text[:12])
