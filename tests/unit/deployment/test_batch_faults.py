"""A file of rows answered under bad luck: full disks, damaged leftovers, odd types, neighbours that are wrong."""

import datetime
import decimal
import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest

pa = pytest.importorskip("pyarrow")
import pyarrow.csv as pc  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from endpoint_models import bundle, column, echo, total  # noqa: E402

from jupyter_mlops.deployment import ScoreWish, score  # noqa: E402
from jupyter_mlops.deployment._batch import _batch  # noqa: E402
from jupyter_mlops.deployment._batch._parts import parts_beside  # noqa: E402
from jupyter_mlops.entities import OnnxTensor, ScoreRefusal  # noqa: E402
from jupyter_mlops.exceptions import ExportError, UsageError  # noqa: E402

ROWS = 60
THREE = {"a": np.arange(ROWS, dtype=float), "b": np.ones(ROWS), "c": np.zeros(ROWS)}
SUMS = [float(n + 1) for n in range(ROWS)]


@pytest.fixture
def sums(tmp_path):
    """A model that sums three columns, and a file of them in small row groups."""
    pq.write_table(pa.table(THREE), tmp_path / "in.parquet", row_group_size=7)
    return bundle(tmp_path, total())


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(_batch, "_PART", 20)


def wish(folder, source="in.parquet", destination="out.parquet", **fields):
    return ScoreWish(source=folder / source, destination=folder / destination, **fields)


def told(path, name="predict"):
    table = pq.read_table(path) if path.suffix == ".parquet" else pc.read_csv(path)
    return table.column(name).to_pylist()


def stop_after(rows):
    def stop(progress):
        if progress.rows >= rows:
            raise KeyboardInterrupt

    return stop


def left_behind(model, asked, rows=30):
    """Break an attempt off, and return the folder that it leaves."""
    with pytest.raises(KeyboardInterrupt):
        score(model, asked, stop_after(rows))
    return asked.destination.with_name(f".{asked.destination.name}.parts")


@contextmanager
def files_of_at_most(size):
    """No file may grow beyond so many bytes: what a full disk does, for this process alone."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# --- leftovers


def flip_last_byte(path):
    data = bytearray(path.read_bytes())
    data[-30] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("destination", ["out.parquet", "out.csv"])
@pytest.mark.parametrize(
    "change", [flip_last_byte, lambda path: path.write_bytes(bytes(path.stat().st_size))], ids=["a bit", "zeros"]
)
def test_a_part_that_was_damaged_is_answered_again(sums, tmp_path, small_parts, destination, change):
    asked = wish(tmp_path, destination=destination, chunk=10)
    folder = left_behind(sums, asked, rows=50)
    change(folder / "part-000001.part")

    report = score(sums, asked)

    assert (report.resumed, report.rows) == (20, ROWS)
    assert told(tmp_path / destination) == SUMS


@pytest.mark.parametrize(
    "line",
    [b"[]", b"17", b"null", b'"text"', b"{}", b'{"size": "many"}', b"{", b"\xff\xfe", b"", b"[" * 5_000],
    ids=["list", "number", "null", "text", "empty object", "wrong type", "torn", "no UTF-8", "empty", "deep"],
)
@pytest.mark.parametrize("place", [0, 1])
def test_any_line_in_the_journal_is_no_reason_to_fail(sums, tmp_path, small_parts, line, place):
    asked = wish(tmp_path, chunk=10)
    journal = left_behind(sums, asked, rows=50) / "journal.jsonl"
    lines = journal.read_bytes().split(b"\n")
    lines[place] = line
    journal.write_bytes(b"\n".join(lines))

    report = score(sums, asked)

    assert report.resumed == 0
    assert told(tmp_path / "out.parquet") == SUMS


def test_a_journal_without_its_last_line_loses_one_part(sums, tmp_path, small_parts):
    asked = wish(tmp_path, chunk=10)
    journal = left_behind(sums, asked, rows=50) / "journal.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))

    assert score(sums, asked).resumed == 20


def test_parts_beyond_the_journal_are_written_again(sums, tmp_path, small_parts):
    asked = wish(tmp_path, chunk=10)
    folder = left_behind(sums, asked, rows=30)
    (folder / "part-000001.part").write_bytes(b"of a process that was killed before its line")
    (folder / "whole.tmp").write_bytes(b"half of an answer")

    assert score(sums, asked).resumed == 20
    assert told(tmp_path / "out.parquet") == SUMS


def test_a_journal_of_an_older_form_is_no_reason_to_fail(sums, tmp_path, small_parts):
    asked = wish(tmp_path, chunk=10)
    journal = left_behind(sums, asked) / "journal.jsonl"
    question, *parts = journal.read_text().splitlines()
    older = json.dumps({**json.loads(question), "form": 1})
    journal.write_text("\n".join([older, *parts, ""]))

    assert score(sums, asked).resumed == 0
    assert told(tmp_path / "out.parquet") == SUMS


def test_where_a_file_stands_in_the_way_of_the_parts_it_is_named(sums, tmp_path):
    (tmp_path / ".out.parquet.parts").write_text("somebody's file")

    with pytest.raises(UsageError, match=r"\.out\.parquet\.parts: File exists"):
        score(sums, wish(tmp_path))

    assert (tmp_path / ".out.parquet.parts").read_text() == "somebody's file"
    assert not (tmp_path / "out.parquet").exists()


# --- disks


@pytest.mark.parametrize("destination", ["out.parquet", "out.csv", "out.csv.gz"])
@pytest.mark.parametrize("size", [0, 300])
def test_on_a_full_disk_it_says_so_and_what_was_there_stays(sums, tmp_path, small_parts, destination, size):
    (tmp_path / destination).write_text("what was there")
    asked = wish(tmp_path, destination=destination, keep=("all",), chunk=10)

    with files_of_at_most(size), pytest.raises(UsageError, match=r"File too large\. What is done stays; ask again\."):
        score(sums, asked)
    assert (tmp_path / destination).read_text() == "what was there"

    assert score(sums, asked).rows == ROWS
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_parts_of_before_the_disk_was_full_are_taken_over(sums, tmp_path, small_parts):
    asked = wish(tmp_path, destination="out.csv", keep=("all",), chunk=10)
    score(sums, wish(tmp_path, destination="whole.csv", keep=("all",)))
    left_behind(sums, asked, rows=50)

    with files_of_at_most((tmp_path / "whole.csv").stat().st_size - 1), pytest.raises(UsageError, match="ask again"):
        score(sums, asked)

    assert score(sums, asked).resumed == ROWS
    assert told(tmp_path / "out.csv") == SUMS


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_named(sums, tmp_path):
    (tmp_path / "theirs").mkdir(mode=0o500)
    with pytest.raises(UsageError, match="Permission denied"):
        score(sums, wish(tmp_path, destination="theirs/out.parquet"))


def test_a_name_that_is_too_long_for_a_file_is_told(sums, tmp_path):
    with pytest.raises(UsageError, match="File name too long"):
        score(sums, wish(tmp_path, destination=f"{'o' * 245}.parquet"))


# --- processes


PROGRAM = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from jupyter_mlops.deployment import ScoreWish, score
    from jupyter_mlops.deployment._batch import _batch
    from jupyter_mlops.export import open_bundle

    model, source, destination, go = sys.argv[1:]
    _batch._PART = 20

    def told(progress):
        if progress.rows == 30:
            print("halfway", flush=True)
            while not Path(go).exists():
                time.sleep(0.01)

    score(open_bundle(model, "sums"), ScoreWish(source=Path(source), destination=Path(destination), chunk=10), told)
    """
)


@pytest.fixture
def halfway(sums, tmp_path):
    """A process that waits in the middle of answering until the file `go` is there."""
    words = [str(sums.path), str(tmp_path / "in.parquet"), str(tmp_path / "out.parquet"), str(tmp_path / "go")]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", PROGRAM, *words], **pipes) as process:
        assert process.stdout.readline() == "halfway\n", process.stderr.read()
        yield process
        process.kill()


def test_two_processes_do_not_write_one_file(halfway, sums, tmp_path):
    with pytest.raises(UsageError, match=r"Another process is writing .*out\.parquet\. Wait for it, or name another"):
        score(sums, wish(tmp_path))
    assert score(sums, wish(tmp_path, destination="other.parquet")).rows == ROWS

    (tmp_path / "go").touch()
    assert halfway.wait(60) == 0
    assert told(tmp_path / "out.parquet") == told(tmp_path / "other.parquet") == SUMS


def test_who_comes_after_a_killed_process_goes_on(halfway, sums, tmp_path, small_parts):
    halfway.kill()
    halfway.wait(60)
    assert score(sums, wish(tmp_path, chunk=10)).resumed == 20


def test_an_interrupt_ends_the_process_and_its_threads(halfway, sums, tmp_path, small_parts):
    halfway.send_signal(signal.SIGINT)
    assert halfway.wait(60) == -signal.SIGINT
    assert "KeyboardInterrupt" in halfway.stderr.read()
    assert not (tmp_path / "out.parquet").exists()
    assert score(sums, wish(tmp_path, chunk=10)).resumed == 20


# --- what changes meanwhile


def test_a_source_that_changes_while_it_is_read_leaves_no_answer(sums, tmp_path):
    def change(progress):
        os.utime(tmp_path / "in.parquet", ns=(progress.rows, progress.rows))

    with pytest.raises(UsageError, match=r"in\.parquet was changed while it was read\. Nothing was written"):
        score(sums, wish(tmp_path, chunk=10), change)
    assert not (tmp_path / "out.parquet").exists()
    assert score(sums, wish(tmp_path, chunk=10)).resumed == 0, "its answers were to other rows"


def test_a_file_that_joins_the_folder_meanwhile_is_noticed(sums, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in.parquet").rename(tmp_path / "in/a.parquet")

    def join(_progress):
        pq.write_table(pa.table(THREE), tmp_path / "in/b.parquet")

    with pytest.raises(UsageError, match="was changed while it was read"):
        score(sums, wish(tmp_path, "in", chunk=30), join)
    assert score(sums, wish(tmp_path, "in")).rows == 2 * ROWS


def test_a_source_that_is_gone_meanwhile_is_told(sums, tmp_path):
    with pytest.raises(UsageError, match=r"in\.parquet: No such file or directory"):
        score(sums, wish(tmp_path), lambda _progress: (tmp_path / "in.parquet").unlink())


def test_a_model_that_was_changed_since_it_was_checked_is_not_asked(sums, tmp_path):
    sums.path.write_bytes(total(factor=2.0))
    with pytest.raises(ExportError, match="has changed since it was checked"):
        score(sums, wish(tmp_path))


# --- neighbours: a row's answer is its own, whatever the others of its chunk hold

BIG = 2**53 + 1


@pytest.mark.parametrize("neighbour", ["7", "", "oops", "0x10", "1.5", "99999999999999999999"])
def test_a_large_whole_number_is_the_same_beside_any_neighbour(tmp_path, neighbour):
    (tmp_path / "in.csv").write_text(f"n,other\n{BIG},x\n{neighbour},x\n{-BIG},x\n")
    model = bundle(tmp_path, echo(column("n", "int64")))

    score(model, wish(tmp_path, "in.csv"))

    assert told(tmp_path / "out.parquet", "n_out")[::2] == [BIG, -BIG]


@pytest.mark.parametrize("neighbour", ["7", "oops"])
@pytest.mark.parametrize(
    ("text", "answer"),
    [("0x10", None), ("5.0", 5), (" 6 ", 6), ("+8", 8), ("1e3", 1000), ("1_000", None), ("inf", None), ("NA", None)],
)
def test_a_text_is_a_number_or_none_beside_any_neighbour(tmp_path, text, answer, neighbour):
    (tmp_path / "in.csv").write_text(f"n,other\n{text},x\n{neighbour},x\n")
    model = bundle(tmp_path, echo(column("n", "int64")))

    score(model, wish(tmp_path, "in.csv"))

    assert told(tmp_path / "out.parquet", "n_out") == [answer, 7 if neighbour == "7" else None]


def numbers_of(kind):
    return OnnxTensor(name="n", type=kind, shape=(None, 1), columns=("n",))


def refusals_of(model, folder, values, arrow_type=None):
    pq.write_table(pa.table({"n": pa.array(values, arrow_type)}), folder / "in.parquet")
    report = score(model, wish(folder))
    return told(folder / "out.parquet", "n_out"), report.refusals


@pytest.mark.parametrize("digits", [20, 38])
def test_decimals_are_whole_numbers_to_the_last_digit(tmp_path, digits):
    model = bundle(tmp_path, echo(numbers_of("int64")))
    values = [decimal.Decimal(BIG), None, decimal.Decimal(2**63 - 1), decimal.Decimal(2**63)]
    found, refusals = refusals_of(model, tmp_path, values, pa.decimal128(digits, 0))

    assert found == [BIG, None, 2**63 - 1, None]
    assert set(refusals) == {ScoreRefusal("n: missing", 1), ScoreRefusal("n: no int64", 1)}


def test_decimals_with_places_are_whole_only_without_them(tmp_path):
    model = bundle(tmp_path, echo(numbers_of("int64")))
    found, refusals = refusals_of(model, tmp_path, [decimal.Decimal("2.00"), decimal.Decimal("2.50")])

    assert (found, refusals) == ([2, None], (ScoreRefusal("n: no int64", 1),))


@pytest.mark.parametrize("kind", [pa.int64(), pa.uint64(), pa.float64(), pa.decimal128(20, 2)], ids=str)
def test_what_is_beyond_a_float_is_refused_from_every_type(tmp_path, kind, foreign):
    model = foreign(("n", "FLOAT16", ["rows", 1]))
    values = [decimal.Decimal(1), decimal.Decimal(70_000)]
    found, refusals = refusals_of(model, tmp_path, values if pa.types.is_decimal(kind) else [1, 70_000], kind)

    assert (found, refusals) == ([1.0, None], (ScoreRefusal("n: beyond float16", 1),))


# --- columns of every type, kept

KEPT = {
    "half": pa.array(np.array([1, 2], np.float16)),
    "decimal": pa.array([decimal.Decimal("1.5"), None]),
    "date": pa.array([datetime.date(2020, 2, 29), None]),
    "moment": pa.array([datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), None], pa.timestamp("us", "UTC")),
    "time": pa.array([datetime.time(1), None]),
    "length": pa.array([datetime.timedelta(days=1), None]),
    "text": pa.array(["a", 'a "b",\nc']),
    "large text": pa.array(["a", None], pa.large_string()),
    "view": pa.array(["a", None], pa.string_view()),
    "category": pa.array(["a", None]).dictionary_encode(),
    "nothing": pa.nulls(2),
    "flag": pa.array([True, None]),
    "bytes": pa.array([b"\xff", None]),
    "fixed bytes": pa.array([b"\xff\xfe", None], pa.binary(2)),
    "list": pa.array([[1], None]),
    "struct": pa.array([{"x": 1}, None]),
    "map": pa.array([[("x", 1)], None], pa.map_(pa.string(), pa.int64())),
}
NOT_IN_CSV = ("bytes", "fixed bytes", "list", "struct", "map")


@pytest.mark.parametrize("name", KEPT)
def test_a_column_of_any_type_is_kept_in_parquet(tmp_path, name):
    pq.write_table(pa.table({"a": [1.0, 2.0], name: KEPT[name]}), tmp_path / "in.parquet")
    score(bundle(tmp_path, total(("a",))), wish(tmp_path, keep=(name,)))

    assert told(tmp_path / "out.parquet", name) == KEPT[name].to_pylist()
    assert told(tmp_path / "out.parquet") == [1.0, 2.0]


@pytest.mark.parametrize("name", [name for name in KEPT if name not in NOT_IN_CSV])
def test_a_column_of_a_plain_type_is_kept_in_csv(tmp_path, name):
    pq.write_table(pa.table({"a": [1.0, 2.0], name: KEPT[name]}), tmp_path / "in.parquet")
    report = score(bundle(tmp_path, total(("a",))), wish(tmp_path, destination="out.csv", keep=(name,)))

    assert report.rows == 2
    assert told(tmp_path / "out.csv") == [1.0, 2.0]


@pytest.mark.parametrize("name", NOT_IN_CSV)
def test_a_column_that_csv_cannot_hold_is_told_before_anything_is_asked(tmp_path, name):
    pq.write_table(pa.table({"a": [1.0, 2.0], name: KEPT[name]}), tmp_path / "in.parquet")
    heard = []

    with pytest.raises(
        UsageError, match=rf"^Column '{name}' holds .*, which CSV cannot\. Write Parquet, or leave it out\.$"
    ):
        score(bundle(tmp_path, total(("a",))), wish(tmp_path, destination="out.csv", keep=(name,)), heard.append)

    assert heard == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "model.onnx"]


def test_files_of_one_folder_whose_types_cannot_meet_are_named(tmp_path):
    pq.write_table(pa.table({"a": [1.0]}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"a": [{"x": 1.0}]}), tmp_path / "2.parquet")
    (tmp_path / "model").mkdir()

    with pytest.raises(UsageError, match=r"Column 'a' is double in one file and struct<x: double> in another"):
        score(
            bundle(tmp_path / "model", total(("a",))),
            ScoreWish(source=tmp_path, destination=tmp_path / "model/out.csv"),
        )


@pytest.mark.parametrize(
    "name", ["a.b", "", "ünï", "🙂", 'a "quoted", name', "two\nlines", "x" * 300, "__index_level_0__"]
)
@pytest.mark.parametrize("source", ["in.parquet", "in.csv", "in.csv.gz"])
def test_columns_may_be_called_anything(tmp_path, name, source):
    table = pa.table({"a": [1.0, 2.0], name: ["x", "y"], "z": [3, 4]})
    if source == "in.parquet":
        pq.write_table(table, tmp_path / source)
    else:
        with (
            pa.CompressedOutputStream(str(tmp_path / source), "gzip")
            if source.endswith("gz")
            else open(tmp_path / source, "wb") as file
        ):
            pc.write_csv(table, file)
    report = score(bundle(tmp_path, total(("a",))), wish(tmp_path, source, keep=(name,)))

    assert report.columns == (name, "predict")
    assert told(tmp_path / "out.parquet", name) == ["x", "y"]


# --- sizes


def test_a_chunk_of_a_row_says_what_one_of_all_says(sums, tmp_path):
    score(sums, wish(tmp_path, destination="one.parquet", chunk=1))
    score(sums, wish(tmp_path, destination="all.parquet", chunk=10_000))
    assert told(tmp_path / "one.parquet") == told(tmp_path / "all.parquet") == SUMS


@pytest.mark.parametrize("source", ["in.parquet", "in.csv"])
def test_a_hundred_thousand_rows_come_in_their_order_from_small_chunks_and_one(tmp_path, source):
    count = 100_000
    table = pa.table({"n": np.arange(count), "other": np.zeros(count)})
    pq.write_table(table, tmp_path / source, row_group_size=777) if source == "in.parquet" else pc.write_csv(
        table, tmp_path / source
    )
    model = bundle(tmp_path, echo(column("n", "int64")))
    small = score(model, wish(tmp_path, source, "small.parquet", chunk=999))
    whole = score(model, wish(tmp_path, source, "whole.parquet", chunk=count))

    assert (small.rows, small.refused, whole.rows) == (count, 0, count)
    assert told(tmp_path / "small.parquet", "n_out") == list(range(count))
    assert pq.read_table(tmp_path / "small.parquet").equals(pq.read_table(tmp_path / "whole.parquet"))


@pytest.mark.parametrize(("text", "rows"), [("a,b,c\n", 0), ("a,b,c\n1,2,3", 1), ("a,b,c\n1,2,3\n\n", 1)])
def test_a_csv_file_of_no_row_or_one(sums, tmp_path, text, rows):
    (tmp_path / "in.csv").write_text(text)
    report = score(sums, wish(tmp_path, "in.csv", "out.csv"))
    assert (report.rows, report.columns) == (rows, ("predict",))
    assert (tmp_path / "out.csv").read_text() == '"predict"\n' + "6\n" * rows


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a,b,c\n1,2\n", "Expected 3 columns, got 2"),
        (b"a,b,c\n1,2,3\n1,2,3,4\n", "Expected 3 columns, got 4"),
        (b"a,b,c\n\xff,2,3\n", "invalid UTF8"),
    ],
    ids=["short row", "long row", "no UTF-8"],
)
def test_a_csv_file_that_is_broken_further_down_is_told(sums, tmp_path, data, problem):
    (tmp_path / "in.csv").write_bytes(data)
    with pytest.raises(UsageError, match=rf"in\.csv cannot be read: .*{problem}"):
        score(sums, wish(tmp_path, "in.csv"))
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize("cut", [3, 40, 400])
def test_a_compressed_file_that_is_cut_short_is_no_shorter_table(sums, tmp_path, cut):
    with pa.CompressedOutputStream(str(tmp_path / "in.csv.gz"), "gzip") as file:
        pc.write_csv(pa.table({name: np.random.default_rng(0).normal(size=2_000) for name in "abc"}), file)
    whole = (tmp_path / "in.csv.gz").read_bytes()
    (tmp_path / "in.csv.gz").write_bytes(whole[:-cut])

    with pytest.raises(UsageError, match=r"in\.csv\.gz"):
        score(sums, wish(tmp_path, "in.csv.gz"))
    assert not (tmp_path / "out.parquet").exists()


def test_who_reads_an_answer_reads_on_while_it_is_replaced(sums, tmp_path):
    score(sums, wish(tmp_path))
    before = (tmp_path / "out.parquet").read_bytes()
    with open(tmp_path / "out.parquet", "rb") as reader:
        score(sums, wish(tmp_path, keep=("all",)))
        assert reader.read() == before
    assert (tmp_path / "out.parquet").read_bytes() != before


def test_many_who_come_and_go_never_have_the_parts_together(tmp_path):
    inside, together, problems = [], [], []

    def come_and_go():
        for _ in range(200):
            try:
                with parts_beside(tmp_path / "out.csv", {"asked": 1}) as parts:
                    inside.append(parts)
                    together.append(len(inside))
                    inside.remove(parts)
            except UsageError:
                continue  # another one has them
            except OSError as error:
                problems.append(repr(error))

    with ThreadPoolExecutor(6) as pool:
        for each in [pool.submit(come_and_go) for _ in range(6)]:
            each.result(60)

    assert (problems, set(together)) == ([], {1})
    assert list(tmp_path.iterdir()) == []
