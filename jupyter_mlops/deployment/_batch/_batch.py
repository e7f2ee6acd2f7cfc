"""A file of rows through a model: read in chunks, asked with onnxruntime, written in parts, resumable after any end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ...entities import Bundle, OnnxTensor, ScoreProgress, ScoreRefusal, ScoreReport
from ...exceptions import ExportError, UsageError
from .._example import example_feeds
from .._session import session_of
from ._columns import Refused, Rows, columns_for, find_column, rows_of
from ._parts import Parts, parts_beside
from ._sink import Sink, form_of
from ._source import Source, chunks, demand_arrow, identity_of, open_source, plain_type

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK = 1 << 15
"""Rows that are asked at a time."""

_PART = 1 << 18
"""Rows that are lost at most when a process is killed: a part has as many chunks as fit, and one at least."""

_FORM = 2
"""Of parts and journal; another one begins anew."""


@dataclass(frozen=True, kw_only=True)
class ScoreWish:
    """What is to be answered.

    Parameters
    ----------
    source : Path
        A Parquet or CSV file (`.gz` too), or a folder of Parquet files.
    destination : Path
        A Parquet or CSV file. What was there is replaced in one step, or stays.
    keep : tuple of str
        Columns of the source that the destination has too; `("all",)` for all.
    chunk : int
        Rows at a time.
    """

    source: Path
    destination: Path
    keep: tuple[str, ...] = ()
    chunk: int = CHUNK

    def __post_init__(self) -> None:
        if not 1 <= self.chunk <= 10_000_000:
            raise UsageError(f"chunk is {self.chunk!r}, which is no number of rows. Give 1 to 10,000,000.")


def score(bundle: Bundle, wish: ScoreWish, progress: Callable[[ScoreProgress], None] | None = None) -> ScoreReport:
    """Answer each row of a file with a model.

    Parameters
    ----------
    bundle : Bundle
        The model.
    wish : ScoreWish
        What is read and written.
    progress : callable, optional
        Is told how far it is, after each chunk.

    Raises
    ------
    ExportError
        The model cannot be run, or fails on rows.
    UsageError
        Model and file do not go together, or one of the files cannot be read or written.
    MissingExtraError
        pyarrow or onnxruntime is not installed.
    """
    arrow = demand_arrow()
    started = time.monotonic()
    _refuse_places(wish)
    try:
        plan = _Plan.of(bundle, wish)
        with parts_beside(wish.destination, plan.question(bundle)) as parts:
            resumed = parts.rows
            plan.answer(parts, _Teller(progress, plan.source.total, resumed))
            if plan.files != identity_of(wish.source):
                raise UsageError(f"{wish.source} was changed while it was read. Nothing was written; ask again.")
            plan.sink.assemble(part.path for part in parts.finished)
            parts.remove()
    except arrow.ArrowInvalid as error:
        raise UsageError(f"{wish.source} cannot be read: {' '.join(str(error).split())[:240].rstrip('.')}.") from None
    except OSError as error:
        raise UsageError(
            f"{error.filename or wish.destination}: {error.strerror or error}. What is done stays; ask again."
        ) from None
    return _report(plan, parts, resumed, time.monotonic() - started)


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What goes where."""

    bundle: Bundle
    wish: ScoreWish
    files: list[list[str | int]]
    source: Source
    columns: dict[str, tuple[str, ...]]
    kept: tuple[str, ...]
    refused: Refused
    session: Any
    answers: tuple[tuple[OnnxTensor, tuple[str, ...]], ...]
    schema: pa.Schema
    sink: Sink

    @classmethod
    def of(cls, bundle: Bundle, wish: ScoreWish) -> _Plan:
        import pyarrow as pa

        form_of(wish.destination)
        source = open_source(wish.source)
        files = identity_of(wish.source)
        columns = columns_for(bundle.signature, source)
        kept = source.names if wish.keep == ("all",) else wish.keep
        for name in kept:
            find_column(name, source.names, "which is to be kept")
        session = session_of(bundle)
        answers = tuple((tensor, _answer_names(tensor, width)) for tensor, width in _widths(bundle, session))
        fields = [pa.field(name, plain_type(source.type_of(name))) for name in kept]
        fields += [pa.field(name, _arrow_type(tensor.type)) for tensor, names in answers for name in names]
        twice = [name for name, count in Counter(field.name for field in fields).items() if count > 1]
        if twice:
            raise UsageError(f"Column {twice[0]!r} would be there twice: kept, and as an answer. Do not keep it.")
        schema = pa.schema(fields)
        return cls(
            bundle=bundle,
            wish=wish,
            files=files,
            source=source,
            columns=columns,
            kept=kept,
            refused=Refused.of(bundle.facts),
            session=session,
            answers=answers,
            schema=schema,
            sink=Sink(wish.destination, schema),
        )

    def question(self, bundle: Bundle) -> dict[str, Any]:
        """Return what an earlier attempt must have been asked too, for its parts to be of use."""
        import onnxruntime
        import pyarrow as pa

        return {
            "form": _FORM,
            "model": bundle.sha256,
            "source": str(self.wish.source.absolute()),
            "files": self.files,
            "schema": str(self.schema),
            "kept": list(self.kept),
            "chunk": self.wish.chunk,
            "versions": [onnxruntime.__version__, pa.__version__],
        }

    def answer(self, parts: Parts, tell: _Teller) -> None:
        """Write the parts that are not there yet."""
        wanted = list(dict.fromkeys([*self.kept, *(name for names in self.columns.values() for name in names)]))
        batches = self.source.batches(wanted, parts.rows, self.wish.chunk)
        per_part = max(1, _PART // self.wish.chunk)
        with closing(_ahead(chunks(batches, self.wish.chunk))) as tables:
            table = next(tables, None)
            while table is not None:
                rows, refused, reasons = 0, 0, Counter[str]()
                with self.sink.part(parts.next_file()) as write:
                    for _ in range(per_part):
                        asked = rows_of(table, self.bundle.signature, self.columns, self.refused)
                        write(self._answered(table, asked, parts.rows + rows))
                        rows += table.num_rows
                        refused += 0 if asked.held is None else int((~asked.held).sum())
                        reasons.update(asked.reasons)
                        tell(parts.rows + rows)
                        table = next(tables, None)
                        if table is None:
                            break
                parts.add(rows, refused, reasons)

    def _answered(self, table: pa.Table, asked: Rows, start: int) -> pa.Table:
        """Return a chunk's kept columns beside its answers."""
        import pyarrow as pa

        arrays: list[Any] = [table.column(name) for name in self.kept]
        count = table.num_rows if asked.held is None else int(asked.held.sum())
        told = self._told(asked, start) if count else [None] * len(self.answers)
        for (tensor, names), values in zip(self.answers, told, strict=True):
            if values is not None and values.size != count * len(names):
                raise ExportError(f"The model answered {values.shape} in {tensor.name!r} to {count:,} rows.")
            for place in range(len(names)):
                column = None if values is None else values.reshape(count, -1)[:, place]
                arrays.append(_spread(column, asked, table.num_rows, _arrow_type(tensor.type)))
        return pa.Table.from_arrays(arrays, schema=self.schema)

    def _told(self, asked: Rows, start: int) -> Any:
        try:
            return self.session.run([tensor.name for tensor, _ in self.answers], asked.feeds)
        except Exception as error:  # onnxruntime has many kinds of error, and no root of its own
            raise ExportError(
                f"The model fails on the rows from {start:,} on: {' '.join(str(error).split())[:240]}. "
                "What was answered before stays; a smaller --chunk tells nearer where."
            ) from error


class _Teller:
    """Tells how far it is."""

    def __init__(self, progress: Callable[[ScoreProgress], None] | None, total: int | None, resumed: int) -> None:
        self._progress, self._total, self._resumed = progress, total, resumed
        self._started = time.monotonic()

    def __call__(self, rows: int) -> None:
        if self._progress is not None:
            seconds = time.monotonic() - self._started
            pace = (rows - self._resumed) / seconds if seconds > 0 else 0.0
            self._progress(ScoreProgress(rows=rows, total=self._total, per_second=pace))


def _refuse_places(wish: ScoreWish) -> None:
    """Raise when the answer has no place, or would take the question's."""
    place = wish.destination
    if place.is_dir():
        raise UsageError(f"{place} is a folder. Name a file in it, such as {place / 'answers.parquet'}.")
    if not place.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {place.parent}. Make it first.")
    if place.exists() and wish.source.exists() and place.samefile(wish.source):
        raise UsageError(f"{place} is the file that is read. Name another.")
    if wish.source.is_dir() and place.resolve().parent == wish.source.resolve():
        raise UsageError(f"{place} would be read as a part of {wish.source} next time. Name a file elsewhere.")


def _widths(bundle: Bundle, session: Any) -> Iterator[tuple[OnnxTensor, int]]:
    """Yield each output with the figures that a row has in it, as the model answers a made-up row."""
    names = [tensor.name for tensor in bundle.signature.outputs]
    try:
        told = session.run(names, example_feeds(bundle.signature, 2))
    except Exception:  # noqa: BLE001  the model may not like what was made up; its signature tells then
        told = [None] * len(names)
    for tensor, values in zip(bundle.signature.outputs, told, strict=True):
        width = values.size // 2 if values is not None else 1
        for size in tensor.shape[1:] if values is None else ():
            width *= size or 0
        if len(tensor.shape) > 2 or not width:
            raise UsageError(f"The model's output {tensor.name!r} is no row of figures, and a table cannot hold it.")
        yield tensor, width


def _answer_names(tensor: OnnxTensor, width: int) -> tuple[str, ...]:
    """Return the columns of an output: called as the method that says the same, with the classes behind it."""
    name = tensor.method or tensor.name
    if width == 1:
        return (name,)
    ends = tensor.columns if len(tensor.columns) == width else tuple(map(str, range(width)))
    return tuple(f"{name}_{end}" for end in ends)


def _arrow_type(kind: str) -> Any:
    import pyarrow as pa

    if kind not in _ARROW:
        raise UsageError(f"The model answers {kind}, and a table has no such type.")
    return getattr(pa, _ARROW[kind])()


_ARROW = {"str": "string", "bool": "bool_"} | {
    kind: kind
    for kind in (
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float16",
        "float32",
        "float64",
    )
}


def _spread(values: Any, asked: Rows, count: int, kind: Any) -> Any:
    """Return a column of answers with nulls where nothing could be asked."""
    import numpy as np
    import pyarrow as pa

    if values is None:
        return pa.nulls(count, kind)
    if asked.held is None:
        return pa.array(np.ascontiguousarray(values), kind)
    whole = np.zeros(count, dtype=values.dtype)
    whole[asked.held] = values
    return pa.array(whole, kind, mask=~asked.held)


def _report(plan: _Plan, parts: Parts, resumed: int, seconds: float) -> ScoreReport:
    reasons = Counter[str]()
    for part in parts.finished:
        reasons.update(part.reasons)
    return ScoreReport(
        source=plan.wish.source,
        destination=plan.wish.destination,
        label=plan.bundle.label,
        rows=parts.rows,
        refused=sum(part.refused for part in parts.finished),
        refusals=tuple(ScoreRefusal(reason, count) for reason, count in reasons.most_common()),
        columns=tuple(plan.schema.names),
        resumed=resumed,
        seconds=seconds,
    )


_Item = TypeVar("_Item")


def _ahead(items: Iterator[_Item]) -> Generator[_Item, None, None]:
    """Yield what an iterator yields, while a thread already asks for the next."""
    nothing: Any = object()
    with ThreadPoolExecutor(1, thread_name_prefix="mlops-batch") as thread:
        coming = thread.submit(next, items, nothing)
        while (item := coming.result()) is not nothing:
            coming = thread.submit(next, items, nothing)
            yield item
