"""`mlops.score_file`: a file of rows through a run's or a file's model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..entities import ScoreProgress, ScoreReport
from ._bundles import bundle_of
from ._default import current_service
from ._edge import python_edge
from ._run import Run

if TYPE_CHECKING:
    from ..deployment import ScoreWish
    from ._service import RunService


@python_edge
def score_file(
    what: str | Path | Run,
    source: str | Path,
    destination: str | Path,
    *,
    columns: str | Sequence[str] = (),
    chunk: int | None = None,
    X: Any = None,
    progress: Callable[[ScoreProgress], None] | None = None,
) -> ScoreReport:
    """Answer each row of a file with a model, in bounded memory; after a break the same call goes on.

    Parameters
    ----------
    what : str, Path or Run
        A run or a reference to one, such as `best`; or an ONNX file.
    source : path
        A Parquet or CSV file (`.csv.gz` too), or a folder of Parquet files.
    destination : path
        A Parquet or CSV file. It appears when all rows have their answers.
    columns : str or sequence of str
        Columns of the source that the destination has too; `"all"` for all.
    chunk : int, optional
        Rows at a time.
    X : DataFrame, array or list of str, optional
        Real rows, where the run was not exported yet.
    progress : callable, optional
        Is told how far it is.

    Raises
    ------
    UsageError
        Model and file do not go together; the message names the column.
    ExportError
        The model cannot be exported as the same model, or fails on rows.
    MissingExtraError
        pyarrow is not installed.

    Examples
    --------
    >>> report = score_file("best", "people.parquet", "answers.parquet", columns=["id"])
    >>> report.rows, report.refused
    (10000000, 12)
    """
    from ..deployment import CHUNK, ScoreWish

    wish = ScoreWish(
        source=Path(source).expanduser(),
        destination=Path(destination).expanduser(),
        keep=(columns,) if isinstance(columns, str) else tuple(columns),
        chunk=CHUNK if chunk is None else chunk,
    )
    return score_for(current_service(), what, wish, X, progress)


def score_for(
    runs: RunService,
    what: str | Path | Run,
    wish: ScoreWish,
    X: Any = None,
    progress: Callable[[ScoreProgress], None] | None = None,
) -> ScoreReport:
    """Answer a file's rows; see `score_file`."""
    from ..deployment import score

    return score(bundle_of(runs, what, X), wish, progress)
