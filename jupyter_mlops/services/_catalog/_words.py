"""What there is to choose from in the explorer: its groups, and the keys that may become columns and completions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from ...entities import RunColumns, RunGroup, RunStatus
from ...tracking import NumberColumn, RunTable, TextColumn
from ._selection import grouping

MOST_KEYS = 1000
"""Keys of a kind that are told."""


def read_groups(table: RunTable, rows: list[int], by: str) -> tuple[RunGroup, ...]:
    """Return the groups of rows that come newest first; so do the groups."""
    column = grouping(table, by)
    codes = list(column.codes(rows))
    totals = Counter(codes)
    status = table.texts["status"]
    goes_on = [not RunStatus(word).is_terminal for word in status.words]
    live = Counter(code for code, state in zip(codes, status.codes(rows), strict=True) if goes_on[state])
    keys = [column.words[code] for code in totals]
    labels = notebook_labels(keys) if by == "notebook" else dict(zip(keys, keys, strict=True))
    return tuple(
        RunGroup(key=key, label=labels[key], total=total, live=live[code])
        for key, (code, total) in zip(keys, totals.items(), strict=True)
    )


def notebook_labels(paths: Iterable[str]) -> dict[str, str]:
    """Return how each notebook is called in a list: its file, with as many folders as tell it from the others."""
    labels = dict.fromkeys(paths, "")
    parts, alike = 1, set(labels)
    while alike:
        labels |= {path: "/".join(PurePosixPath(path).parts[-parts:]) for path in alike}
        shared = Counter(labels.values())
        alike = {path for path in alike if shared[labels[path]] > 1 and parts < len(PurePosixPath(path).parts)}
        parts += 1
    return labels


def read_columns(table: RunTable) -> RunColumns:
    """Return the keys that runs have, the most frequent first."""
    return RunColumns(
        params=_frequent(table.params),
        metrics=_frequent(table.metrics),
        tags=_frequent(table.tags),
        experiments=_used(table.texts["experiment"], table.height),
        notebooks=_used(table.texts["notebook"], table.height),
    )


def _frequent(columns: Mapping[str, NumberColumn] | Mapping[str, TextColumn]) -> tuple[str, ...]:
    found = sorted((-column.count, key) for key, column in columns.items() if column.count)
    return tuple(key for _count, key in found[:MOST_KEYS])


def _used(column: TextColumn, height: int) -> tuple[str, ...]:
    counts = Counter(code for code in column.codes(range(height)) if code >= 0)
    words = (column.words[code] for code, _count in counts.most_common(MOST_KEYS + 1))
    return tuple(word for word in words if word)[:MOST_KEYS]
