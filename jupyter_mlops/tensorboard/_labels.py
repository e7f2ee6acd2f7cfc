"""What runs are called on a board: names of people, made names of directories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

_LIMIT_BYTES = 120


def distinct_labels(runs: Sequence[tuple[str, str]]) -> list[str]:
    """Return a label for each run, made of its name; where two would be equal, of its id too.

    Parameters
    ----------
    runs : sequence of (str, str)
        Id and name.

    Examples
    --------
    >>> distinct_labels([("1f", "wide/a"), ("2f", "base"), ("3f", "base")])
    ['wide_a', 'base-2f', 'base-3f']
    """
    names = [directory_name(name) for _, name in runs]
    count = Counter(name.casefold() for name in names)
    return [
        name if name and count[name.casefold()] == 1 else "-".join(filter(None, (name, run_id[:8])))
        for (run_id, _), name in zip(runs, names, strict=True)
    ]


def directory_name(name: str) -> str:
    """Return a name that is one part of a path, with nothing in it that a path or a list could give a meaning."""
    plain = "".join("_" if char in '/\\:,*?"<>|' or not char.isprintable() else char for char in name)
    cut = plain.strip(". ").encode("utf-8", "replace")[:_LIMIT_BYTES]
    return cut.decode("utf-8", "ignore").rstrip(". ")
