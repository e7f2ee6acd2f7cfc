"""Answers on disk: each part in a form that is quick to write, put together into Parquet or CSV in the end.

What a file holds depends on the rows and on the libraries only, not on where an attempt broke off.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...exceptions import UsageError
from ...home import crash_point
from ._source import CSV, PARQUET

if TYPE_CHECKING:
    import pyarrow as pa

_COPIED = 1 << 20


class Sink:
    """Writes parts, and makes one file of them.

    Parameters
    ----------
    destination : Path
        OUT; its name tells the form.
    schema : pyarrow.Schema
        Of the answer.

    Raises
    ------
    UsageError
        The form is unknown, or cannot hold a column.
    """

    def __init__(self, destination: Path, schema: pa.Schema) -> None:
        self._destination = destination
        self._schema = schema
        self._is_csv = form_of(destination) == "csv"
        if self._is_csv:
            _refuse_what_csv_cannot(schema)

    @contextmanager
    def part(self, path: Path) -> Iterator[Callable[[pa.Table], None]]:
        """Give what writes a table into a part; the part is safe on disk when the block ends well."""
        import pyarrow as pa
        from pyarrow import csv

        with open(path, "wb") as file:
            if self._is_csv:
                yield lambda table: csv.write_csv(table, file, csv.WriteOptions(include_header=False))
            else:
                with pa.ipc.new_stream(file, self._schema) as writer:
                    yield writer.write_table
            file.flush()
            os.fsync(file.fileno())

    def assemble(self, parts: Iterable[Path]) -> None:
        """Put parts together and give the whole its name, in one step."""
        temporary = self._destination.with_name(f".{self._destination.name}.parts") / "whole.tmp"
        (self._as_csv if self._is_csv else self._as_parquet)(temporary, parts)
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        crash_point("batch.whole")
        temporary.rename(self._destination)
        crash_point("batch.named")

    def _as_parquet(self, path: Path, parts: Iterable[Path]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        with pq.ParquetWriter(path, self._schema) as writer:
            for part in parts:
                with pa.OSFile(str(part)) as file, pa.ipc.open_stream(file) as reader:
                    for batch in reader:
                        writer.write_batch(batch)

    def _as_csv(self, path: Path, parts: Iterable[Path]) -> None:
        from pyarrow import csv

        with open(path, "wb") as raw, _compressed(raw, self._destination) as file:
            csv.write_csv(self._schema.empty_table(), file)
            for part in parts:
                with open(part, "rb") as source:
                    while piece := source.read(_COPIED):
                        file.write(piece)


def form_of(path: Path) -> str:
    """Return `parquet` or `csv`.

    Raises
    ------
    UsageError
        The name tells neither.
    """
    name = path.name.lower()
    if not name.endswith((*PARQUET, *CSV)):
        raise UsageError(f"{path} is neither Parquet nor CSV by its name. Known: {', '.join((*PARQUET, *CSV))}.")
    return "parquet" if name.endswith(PARQUET) else "csv"


def _compressed(file: Any, destination: Path) -> Any:
    """Return what compresses into a file where its name asks for it; no time and no name stand in it."""
    from contextlib import nullcontext

    if not destination.name.lower().endswith(".gz"):
        return nullcontext(file)
    return gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0)


def _refuse_what_csv_cannot(schema: pa.Schema) -> None:
    import pyarrow as pa
    from pyarrow import csv

    for field in schema:
        kind = field.type
        try:
            csv.write_csv(pa.table({"": pa.nulls(1, kind)}), pa.BufferOutputStream())
            is_binary = (
                pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
            )
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            is_binary = True
        if is_binary:
            raise UsageError(f"Column {field.name!r} holds {kind}, which CSV cannot. Write Parquet, or leave it out.")
