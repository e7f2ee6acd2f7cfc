"""What-if: a row of an explanation is changed in the view, and the kernel that has the model answers."""

from __future__ import annotations

import msgspec

from ._figures import Figure


class WhatIfQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """One row, changed.

    Parameters
    ----------
    request : int
        Number that the answer repeats, so that late answers can be told from the one that is waited for.
    channel : str
        `WhatIf.channel` of the report.
    row : int or None
        One of `LocalExplanations.rows`. None asks only whether the model is there.
    changes : dict
        New values by number of the feature, as text: a category as text, a number as a figure, None for missing.
    """

    request: int
    channel: str
    row: int | None
    changes: dict[str, Figure | None] = {}


class WhatIfAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the model says of it.

    Parameters
    ----------
    predicted : tuple of Figure
        One an output, on the scale of `LocalExplanations.predicted`; empty where there is a problem.
    contributions : tuple of tuple of Figure
        By output and term, as in `LocalExplanations`; empty where the method gives none of a single row.
    problem : str
        Why there is no answer, and what to do; empty where there is one.
    gone : bool
        Whether asking again is in vain: the kernel has not, or has no longer, what this report is about.
    """

    request: int
    predicted: tuple[Figure, ...] = ()
    contributions: tuple[tuple[Figure, ...], ...] = ()
    problem: str = ""
    gone: bool = False
