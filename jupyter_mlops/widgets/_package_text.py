"""What is said of a package and of an answered file: the same sentences in the cell's text and in its HTML."""

from __future__ import annotations

from itertools import groupby

from ..entities import Package, ScoreProgress, ScoreReport

_MOST_COLUMNS, _MOST_REASONS = 8, 6


def package_text(package: Package) -> str:
    """Return a package as text, for a terminal."""
    files = package_files(package)
    widest = max((len(name) for name, _ in files), default=0)
    return "\n".join(
        [
            package_head(package),
            *(f"  {name:<{widest}}  {about}" for name, about in files),
            *(f"verified here: {line}" for line in package.checked),
            *(f"note: {line}" for line in package.notes),
            "Next:",
            *(f"    {command}" for command in package.commands),
        ]
    )


def package_files(package: Package) -> list[tuple[str, str]]:
    """Return each file and what it is for; those of one folder that are for the same are a line together."""
    lines = []
    for (folder, about), group in groupby(package.files, lambda file: (file.path.rpartition("/")[0], file.about)):
        paths = [file.path for file in group]
        together = folder and len(paths) > 2
        lines += [(f"{folder}/ ({len(paths)} files)", about)] if together else [(path, about) for path in paths]
    return lines


def package_head(package: Package) -> str:
    """Return target, name and folder in a line."""
    return f"✓ {package.directory}/  {package.name} for {package.target}, {len(package.files)} files"


def score_text(report: ScoreReport) -> str:
    """Return an answered file as text."""
    return "\n".join([score_head(report), *score_lines(report)])


def score_head(report: ScoreReport) -> str:
    """Return what was written, and how quickly."""
    return f"✓ {report.destination}  {report.rows:,} rows from {report.source} · {pace(report.per_second)}"


def score_lines(report: ScoreReport) -> list[str]:
    """Return the sentences behind the first: how many rows have no answer and why, what was taken over, the columns."""
    lines = []
    if report.refused:
        lines.append(f"{report.refused:,} rows could not be asked, and their answers are null:")
        lines += [f"  {each.reason}: {each.rows:,} rows" for each in report.refusals[:_MOST_REASONS]]
        rest = len(report.refusals) - _MOST_REASONS
        lines += [f"  and {rest} more reasons"] if rest > 0 else []
    if report.resumed:
        lines.append(f"{report.resumed:,} rows were answered by an earlier attempt.")
    shown = ", ".join(report.columns[:_MOST_COLUMNS])
    rest = len(report.columns) - _MOST_COLUMNS
    lines.append(f"columns: {shown}{f' and {rest} more' if rest > 0 else ''}")
    return lines


def progress_text(progress: ScoreProgress) -> str:
    """Return how far it is, in a line."""
    if progress.total is None:
        return f"{progress.rows:,} rows answered · {pace(progress.per_second)}"
    share = progress.rows / progress.total if progress.total else 1.0
    left = (progress.total - progress.rows) / progress.per_second if progress.per_second else 0.0
    return (
        f"{progress.rows:,} of {progress.total:,} rows answered ({share:.0%}) · {pace(progress.per_second)} · "
        f"about {left:,.0f} s left"
    )


def pace(per_second: float) -> str:
    """Return rows in a second as people say it."""
    return f"{per_second:,.0f} rows/s"
