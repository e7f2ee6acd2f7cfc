"""The table of runs as CSV (RFC 4180), safe to open in a spreadsheet: no text of a run becomes a formula there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence

from ..entities import RunSummary
from ..exceptions import UsageError

DEFAULT_COLUMNS = ("name", "experiment", "status", "submitted_at", "duration_s")
MOST_COLUMNS = 500

_FIELDS = (
    "run_id", "name", "experiment", "notebook", "user", "status", "detail", "submitted_at", "started_at", "ended_at",
    "duration_s", "archived", "kept",
)  # fmt: skip
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

Cell = Callable[[RunSummary], str]


def parse_columns(text: str) -> tuple[str, ...]:
    """Return the columns that are asked for: fields, `metric.KEY`, `param.KEY`, `tag.KEY`, with commas between.

    Raises
    ------
    UsageError
        There is no such column, or they are too many.
    """
    columns = tuple(dict.fromkeys(part for part in text.split(",") if part)) or DEFAULT_COLUMNS
    if len(columns) > MOST_COLUMNS:
        raise UsageError(f"A table has at most {MOST_COLUMNS} columns, not {len(columns)}.")
    for column in columns:
        _cell(column)
    return columns


def csv_rows(runs: Sequence[RunSummary], columns: Sequence[str], *, formulas_are_text: bool = True) -> str:
    """Return lines of CSV.

    Parameters
    ----------
    formulas_are_text : bool
        Put `'` before what a spreadsheet would compute; numbers stay numbers.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    cells = [_cell(column) for column in columns]
    for run in runs:
        texts = [cell(run) for cell in cells]
        writer.writerow([_harmless(text) for text in texts] if formulas_are_text else texts)
    return out.getvalue()


def csv_head(columns: Sequence[str]) -> str:
    """Return the line of column names."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_harmless(column) for column in columns])
    return out.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) and not _NUMBER.fullmatch(text) else text


def _cell(column: str) -> Cell:
    namespace, _dot, key = column.partition(".")
    if namespace == "metric" and key:
        return lambda run: _text(run.metrics.get(key))
    if namespace == "param" and key:
        return lambda run: run.params.get(key, "")
    if namespace == "tag" and key:
        return lambda run: run.tags.get(key, "")
    if column in _FIELDS:
        return lambda run: _text(getattr(run, column))
    raise UsageError(f"There is no column {column[:80]!r}. Use {', '.join(_FIELDS)}, metric.KEY, param.KEY or tag.KEY.")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(getattr(value, "value", value))
