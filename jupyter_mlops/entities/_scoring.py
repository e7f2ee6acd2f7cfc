"""What came of answering each row of a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ScoreRefusal:
    """Rows that the model cannot be asked about, for one reason: their answers are null.

    Parameters
    ----------
    reason : str
        The column, and what is wrong with it.
    rows : int
        A row with two reasons counts in both.
    """

    reason: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ScoreProgress:
    """How far it is.

    Parameters
    ----------
    rows : int
        That have their answers, those of an earlier attempt included.
    total : int, optional
        In the file; None where nobody knows before the end.
    per_second : float
        Rows, in this attempt.
    """

    rows: int
    total: int | None
    per_second: float


@dataclass(frozen=True, kw_only=True)
class ScoreReport:
    """A file of rows that was answered.

    Parameters
    ----------
    source, destination : Path
        What was read, and what was written.
    label : str
        What the user calls the model.
    rows : int
        All of them: each has a row in the destination.
    refused : int
        Of these, those whose answers are null.
    refusals : tuple of ScoreRefusal
        Why, the most frequent first.
    columns : tuple of str
        Of the destination.
    resumed : int
        Rows whose answers an earlier attempt had left.
    seconds : float
        That this attempt took.
    """

    source: Path
    destination: Path
    label: str
    rows: int
    refused: int
    refusals: tuple[ScoreRefusal, ...]
    columns: tuple[str, ...]
    resumed: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Rows in a second, in this attempt."""
        return (self.rows - self.resumed) / self.seconds if self.seconds > 0 else 0.0
