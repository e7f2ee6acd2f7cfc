"""A report that is still too large for a page loses rows, the last first, and terms that hardly matter; it says so."""

from __future__ import annotations

import msgspec

from ..entities import ExplanationReport, FeatureShape, LocalExplanations, plain

LARGEST = 1_200_000
"""Characters of a report in a cell: a view reads no more than two million, and counts six for a short number."""

MOST_TERMS = 500


def fitted(report: ExplanationReport, largest: int = LARGEST) -> ExplanationReport:
    """Return a report of at most so many characters, as far as that can be reached by leaving out."""
    if _size(report) <= largest:
        return report
    short = _with_terms(report, MOST_TERMS)
    named = 0 if report.local is None else len(report.local.rows)
    rows = named
    while _size(short) > largest and rows > 1:
        rows //= 2
        short = _with_rows(short, rows)
    told = []
    if len(report.importance.names) > MOST_TERMS:
        told.append(f"{MOST_TERMS} of {len(report.importance.names):,} terms")
    if rows < named:
        told.append(f"{rows} of {named} rows")
    if not told:
        return short
    note = (
        f"Too large for a page: {' and '.join(told)} are shown. The report itself has all (%explain --save FILE.json)."
    )
    return msgspec.structs.replace(short, notes=(*short.notes, note))


def _size(report: ExplanationReport) -> int:
    return len(msgspec.json.encode(report, enc_hook=plain))


def _with_terms(report: ExplanationReport, most: int) -> ExplanationReport:
    importance, local = report.importance, report.local
    short = msgspec.structs.replace(
        importance,
        names=importance.names[:most],
        features=importance.features[:most],
        scores=importance.scores[:most],
        low=importance.low[:most],
        high=importance.high[:most],
    )
    if local is not None:
        added = tuple(tuple(terms[:most] for terms in outputs) for outputs in local.contributions)
        local = msgspec.structs.replace(local, contributions=added)
    return msgspec.structs.replace(report, importance=short, local=local)


def _with_rows(report: ExplanationReport, most: int) -> ExplanationReport:
    return msgspec.structs.replace(
        report,
        local=None if report.local is None else _first_rows(report.local, most),
        shapes=tuple(_first_curves(shape, most) for shape in report.shapes),
        texts=report.texts[:most],
        images=report.images[:most],
    )


def _first_rows(local: LocalExplanations, most: int) -> LocalExplanations:
    fields = {name: getattr(local, name)[:most] for name in local.__struct_fields__}
    return LocalExplanations(**fields)


def _first_curves(shape: FeatureShape, most: int) -> FeatureShape:
    return msgspec.structs.replace(shape, ice=tuple(output[:most] for output in shape.ice))
