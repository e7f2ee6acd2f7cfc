"""Tables on disk in chunks: the same rows from any start, whatever their row groups, files and blocks are."""

import gzip

import numpy as np
import pytest

pa = pytest.importorskip("pyarrow")
import pyarrow.parquet as pq  # noqa: E402

from jupyter_mlops.deployment._batch import _source as _batch_source  # noqa: E402
from jupyter_mlops.deployment._batch._source import chunks, identity_of, open_source  # noqa: E402
from jupyter_mlops.exceptions import UsageError  # noqa: E402

ROWS = 1_000
TABLE = pa.table({"n": np.arange(ROWS), "t": [f"row {n}" for n in range(ROWS)], "f": np.arange(ROWS) / 8})


@pytest.fixture(params=["one group", "many groups", "folder", "csv", "csv.gz"])
def path(request, tmp_path):
    if request.param == "folder":
        (tmp_path / "in").mkdir()
        for number, start in enumerate((0, 10, 10, 700)):  # one is empty
            stop = (10, 10, 700, ROWS)[number]
            pq.write_table(TABLE.slice(start, stop - start), tmp_path / f"in/{number}.parquet", row_group_size=64)
        (tmp_path / "in/_SUCCESS").touch()
        (tmp_path / "in/.hidden.parquet").write_text("no Parquet")
        return tmp_path / "in"
    if request.param.startswith("csv"):
        text = TABLE.to_pandas().to_csv(index=False).encode()
        target = tmp_path / f"in.{request.param}"
        target.write_bytes(gzip.compress(text) if target.suffix == ".gz" else text)
        return target
    pq.write_table(TABLE, tmp_path / "in.parquet", row_group_size=ROWS if request.param == "one group" else 7)
    return tmp_path / "in.parquet"


def numbers(path, start, size, monkeypatch):
    monkeypatch.setattr(_batch_source, "_CSV_BLOCK", 2_000)
    source = open_source(path)
    return [table.column("n").to_pylist() for table in chunks(source.batches(["f", "n"], start, size), size)]


@pytest.mark.parametrize("size", [1, 7, 64, 999, 1_000, 5_000])
@pytest.mark.parametrize("start", [0, 1, 63, 64, 700, 999, 1_000])
def test_rows_come_in_chunks_of_one_size_from_any_start(path, start, size, monkeypatch):
    if size == 1 and start < 999:
        start = 990
    read = numbers(path, start, size, monkeypatch)

    assert [int(n) for chunk in read for n in chunk] == list(range(start, ROWS))
    assert all(len(chunk) == size for chunk in read[:-1])


def test_what_a_table_says_of_itself(path):
    source = open_source(path)
    assert source.names == ("n", "t", "f")
    assert source.total == (None if ".csv" in path.name else ROWS)
    assert source.type_of("f") == (None if ".csv" in path.name else pa.float64())


def test_categories_come_as_their_values(tmp_path):
    pq.write_table(pa.table({"t": pa.array(["a", "b", "a"]).dictionary_encode()}), tmp_path / "in.parquet")
    (batch,) = open_source(tmp_path / "in.parquet").batches(["t"], 0, 10)
    assert (batch.column("t").type, batch.column("t").to_pylist()) == (pa.string(), ["a", "b", "a"])


def test_files_of_other_types_are_read_as_the_first(tmp_path):
    pq.write_table(pa.table({"n": [1, 2]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"n": pa.array([3], pa.int32()), "more": ["x"]}), tmp_path / "b.parquet")
    read = [batch.column("n") for batch in open_source(tmp_path).batches(["n"], 0, 10)]
    assert [n for column in read for n in column.to_pylist()] == [1, 2, 3]
    assert {column.type for column in read} == {pa.int64()}


def test_texts_of_a_csv_file_are_what_they_were(tmp_path):
    (tmp_path / "in.csv").write_text('\ufefft,n\n"a, b",1\n"two\nlines",\n"",2\n,3\n"say ""hi""",4\nNA,5\n')
    (batch,) = open_source(tmp_path / "in.csv").batches(["t", "n"], 0, 10)
    assert batch.column("t").to_pylist() == ["a, b", "two\nlines", "", None, 'say "hi"', "NA"]
    assert batch.column("n").to_pylist() == ["1", None, "2", "3", "4", "5"]


def test_a_folder_whose_files_have_not_the_same_columns_is_refused(tmp_path):
    pq.write_table(pa.table({"n": [1], "t": ["x"]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"n": [1]}), tmp_path / "b.parquet")
    with pytest.raises(UsageError, match=r"b\.parquet has no column 't', which a\.parquet has"):
        open_source(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("in.parquet", b"PAR1 and so on", r"cannot be read: .*[^.]\.$"),
        ("in.csv", b"", "cannot be read: Empty CSV"),
        ("in.csv", b"age;fare\n1,5;2\n3;4\n", r"in.csv has one column, 'age;fare', if fields are parted by commas"),
        ("in.csv", b"age\tfare\n1\t2\n", "Write it with commas, or as Parquet"),
        ("in.xlsx", b"PK", "neither Parquet nor CSV by its name"),
        ("in.csv.gz", b"no gzip", "cannot be read"),
    ],
)
def test_what_is_no_table_is_told(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=told):
        open_source(tmp_path / name)


def test_a_header_in_quotes_is_one_name(tmp_path):
    (tmp_path / "in.csv").write_bytes(b'"a;b"\n1\n')
    assert open_source(tmp_path / "in.csv").names == ("a;b",)


def test_a_page_that_was_damaged_is_noticed(tmp_path):
    """When whoever wrote it has left checksums."""
    path = tmp_path / "in.parquet"
    pq.write_table(TABLE, path, write_page_checksum=True, compression="none", use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[2_000:2_010] = b"\xff" * 10
    path.write_bytes(data)
    with pytest.raises(OSError, match=r"(?i)crc checksum"):
        list(open_source(path).batches(["n", "f"], 0, 100))


def test_what_is_not_there_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="There is no file"):
        open_source(tmp_path / "none.parquet")
    with pytest.raises(UsageError, match="no Parquet files"):
        open_source(tmp_path / "empty")
    with pytest.raises(UsageError, match="no regular file"):
        open_source(type(tmp_path)("/dev/null"))


def test_a_file_that_was_written_anew_is_another(tmp_path):
    path = tmp_path / "in.parquet"
    pq.write_table(TABLE, path)
    before = identity_of(path)
    assert identity_of(path) == before
    pq.write_table(TABLE, path)
    assert identity_of(path) != before
