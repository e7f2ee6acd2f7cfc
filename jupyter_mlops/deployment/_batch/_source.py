"""Rows of a file, in chunks of one size: Parquet, a folder of Parquet files, or CSV. A chunk or two in memory."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ...exceptions import MissingExtraError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

_BUFFER = 1 << 17
_CSV_BLOCK = 4 << 20
PARQUET = (".parquet", ".pq")
CSV = (".csv", ".csv.gz")


class Source(Protocol):
    """A table on disk. Its files are those that it was opened with: `identity` tells when one has changed."""

    names: tuple[str, ...]
    """Of all columns, in order."""

    total: int | None
    """Rows; None where only reading tells."""

    def type_of(self, name: str) -> pa.DataType | None:
        """Return a column's type; None for texts of a CSV file, which may be anything."""

    def batches(self, columns: list[str], start: int, size: int) -> Iterator[pa.RecordBatch]:
        """Yield some columns of the rows from `start` on, at most so many at a time."""


def open_source(path: Path) -> Source:
    """Return the table that a path names.

    Raises
    ------
    MissingExtraError
        pyarrow is not installed.
    UsageError
        It is no table that can be read.
    """
    arrow = demand_arrow()
    try:
        if path.is_dir():
            files = sorted(
                each for each in path.iterdir() if _is_parquet(each) and not each.name.startswith((".", "_"))
            )
            if not files:
                raise UsageError(f"{path} has no Parquet files. Name a file, or a folder that has some.")
            return _Parquet(files)
        _regular(path)
        return _Parquet([path]) if _is_parquet(path) else _Csv(path)
    except arrow.ArrowInvalid as error:
        raise UsageError(f"{path} cannot be read: {str(error).rstrip('.')}.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from None


def demand_arrow() -> Any:
    """Return pyarrow.

    Raises
    ------
    MissingExtraError
        It is not installed.
    """
    try:
        import pyarrow
    except ImportError as error:
        raise MissingExtraError("Files of rows are read with pyarrow: pip install 'jupyter_mlops[batch]'.") from error
    return pyarrow


def identity_of(path: Path) -> list[list[str | int]]:
    """Return what tells that a table is still the same: name, size, times and number of each file."""
    files = sorted(each for each in path.iterdir() if _is_parquet(each)) if path.is_dir() else [path]
    facts = [(file.name, file.stat()) for file in files]
    return [[name, fact.st_size, fact.st_mtime_ns, fact.st_ctime_ns, fact.st_ino] for name, fact in facts]


def chunks(batches: Iterator[pa.RecordBatch], size: int) -> Iterator[pa.Table]:
    """Yield the same rows in tables of exactly so many; the last may have fewer."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        rest = batch
        while count + rest.num_rows >= size:
            taken = size - count
            yield pa.Table.from_batches([*waiting, rest.slice(0, taken)])
            rest, waiting, count = rest.slice(taken), [], 0
        if rest.num_rows:
            waiting.append(rest)
            count += rest.num_rows
    if waiting:
        yield pa.Table.from_batches(waiting)


@dataclass
class _Parquet:
    files: list[Path]

    def __post_init__(self) -> None:
        import pyarrow.parquet as pq

        for file in self.files:
            _regular(file)
        self._schemas = [pq.read_schema(file) for file in self.files]
        self.names = tuple(self._schemas[0].names)
        self.total: int | None = sum(pq.read_metadata(file).num_rows for file in self.files)
        for file, schema in zip(self.files, self._schemas, strict=True):
            other = next((name for name in self.names if name not in schema.names), "")
            if other:
                raise UsageError(f"{file} has no column {other!r}, which {self.files[0].name} has. Give them one form.")

    def type_of(self, name: str) -> pa.DataType | None:
        """Return a column's type, that of the first file."""
        return self._schemas[0].field(name).type

    def batches(self, columns: list[str], start: int, size: int) -> Iterator[pa.RecordBatch]:
        """Yield rows; whole row groups before `start` are not read."""
        import pyarrow.parquet as pq

        skip = start
        for file in self.files:
            # Otherwise whole row groups are read at once.
            with pq.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False, page_checksum_verification=True) as table:
                groups: list[int] = []
                for group in range(table.num_row_groups):
                    rows = table.metadata.row_group(group).num_rows
                    if not groups and skip >= rows:
                        skip -= rows
                    else:
                        groups.append(group)
                first, skip = (skip, 0) if groups else (0, skip)
                for batch in table.iter_batches(size, row_groups=groups, columns=columns):
                    dropped = min(first, batch.num_rows)
                    first -= dropped
                    yield _like(batch.slice(dropped), columns, self)


@dataclass
class _Csv:
    path: Path

    total: int | None = None

    def __post_init__(self) -> None:
        from pyarrow import csv

        self._refuse_other_separators()
        with csv.open_csv(
            self.path, read_options=csv.ReadOptions(block_size=_CSV_BLOCK), parse_options=_parsing()
        ) as reader:
            self.names = tuple(reader.schema.names)

    def _refuse_other_separators(self) -> None:
        """Say what is wrong with a file of one column that has several: by its rows, no one would guess it."""
        import pyarrow as pa

        with pa.input_stream(str(self.path), compression="detect") as file:
            head = file.read(_CSV_BLOCK).partition(b"\n")[0].decode("utf-8", "replace").strip("\ufeff\r")
        if not any(comma_or_quote in head for comma_or_quote in ',"') and any(other in head for other in ";\t|"):
            raise UsageError(
                f"{self.path} has one column, {head[:100]!r}, if fields are parted by commas. "
                "Write it with commas, or as Parquet."
            )

    def type_of(self, name: str) -> pa.DataType | None:  # noqa: ARG002 - of every column the same
        """Return None: a text can be a number."""
        return None

    def batches(self, columns: list[str], start: int, size: int) -> Iterator[pa.RecordBatch]:  # noqa: ARG002
        """Yield rows, all columns as texts; an empty field is none, an empty text in quotes is one."""
        import pyarrow as pa
        from pyarrow import csv

        convert = csv.ConvertOptions(
            include_columns=columns,
            column_types=dict.fromkeys(columns, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        )
        reading = csv.ReadOptions(block_size=_CSV_BLOCK)
        skip = start
        with csv.open_csv(self.path, read_options=reading, parse_options=_parsing(), convert_options=convert) as reader:
            for batch in reader:
                dropped = min(skip, batch.num_rows)
                skip -= dropped
                yield batch.slice(dropped)


def _parsing() -> Any:
    from pyarrow import csv

    return csv.ParseOptions(newlines_in_values=True)


def _like(batch: pa.RecordBatch, columns: list[str], source: _Parquet) -> pa.RecordBatch:
    """Return a batch with its columns in the order that was asked for, in the types of the first file."""
    import pyarrow as pa

    arrays, names = [], []
    for name in columns:
        array, wanted = batch.column(name), plain_type(source.type_of(name))
        try:
            arrays.append(array if array.type == wanted else array.cast(wanted))
        except pa.ArrowNotImplementedError as error:  # of two files in a folder
            raise UsageError(f"Column {name!r} is {wanted} in one file and {array.type} in another: {error}.") from None
        names.append(name)
    return pa.RecordBatch.from_arrays(arrays, names)


def plain_type(kind: pa.DataType | None) -> pa.DataType:
    """Return the type in which a column is read: of categories, that of their values; of views, what they show."""
    import pyarrow as pa

    if kind is None or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_binary_view(kind):
        return pa.binary()
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_parquet(path: Path) -> bool:
    return path.name.lower().endswith(PARQUET)


def _regular(path: Path) -> None:
    """Raise unless it is a file that can be read twice, in a form that is known."""
    if not path.exists():
        raise UsageError(f"There is no file {path}.")
    if not stat.S_ISREG(path.stat().st_mode):
        raise UsageError(f"{path} is no regular file, and could not be read again after a break. Copy it to one.")
    if not path.name.lower().endswith((*PARQUET, *CSV)):
        raise UsageError(f"{path} is neither Parquet nor CSV by its name. Known: {', '.join((*PARQUET, *CSV))}.")
