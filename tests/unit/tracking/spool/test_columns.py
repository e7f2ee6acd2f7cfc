"""Spools by columns say the same as spools point by point, whatever stands in them."""

from pathlib import Path

from jupyter_mlops.tracking import MetricSpool
from jupyter_mlops.tracking._spool._columns import read_columns
from jupyter_mlops.tracking._spool._reading import read_spool
from jupyter_mlops.tracking._spool._spool import LOST_KEY, RECORD, RECORD_SIZE

RUN = "a" * 32


def by_columns(path: Path, start: int = 0) -> tuple[dict[int, list[tuple[int, int, float]]], int]:
    found: dict[int, list[tuple[int, int, float]]] = {}
    end = start
    for part in read_columns(path, start):
        end = part.end
        for key, columns in part.series.items():
            found.setdefault(key, []).extend(zip(*columns, strict=True))
    return found, end


def one_by_one(path: Path, start: int = 0) -> tuple[dict[int, list[tuple[int, int, float]]], int]:
    page = read_spool(path, start, skip_gaps=True)
    found: dict[int, list[tuple[int, int, float]]] = {}
    for point in page.points:
        found.setdefault(point.key_id, []).append((point.step, point.timestamp, point.value))
    return found, page.end


def test_an_absent_spool_has_no_points(tmp_path):
    assert by_columns(tmp_path / "metrics.spool") == ({}, 0)


def test_one_series_and_many(tmp_path):
    spool = MetricSpool.open(tmp_path, RUN)
    path = tmp_path / "metrics.spool"
    for number in range(5000):
        spool.log(loss=number / 7)
    assert by_columns(path) == one_by_one(path)
    _found, end = by_columns(path)
    for number in range(3000):
        spool.log(loss=-number, acc=float("inf"), lr=1e-300)
    assert by_columns(path) == one_by_one(path)
    assert by_columns(path, end) == one_by_one(path, end)
    spool.close()


def test_series_come_in_the_order_in_which_they_were_logged_first(tmp_path):
    spool = MetricSpool.open(tmp_path, RUN)
    for name in "abcdefgh":
        spool.log({name: 1.0})
    (part,) = read_columns(tmp_path / "metrics.spool", 5 * RECORD_SIZE)
    assert list(part.series) == [6, 7, 8]  # a set of them begins with 8
    spool.close()


def test_f08_gaps_torn_records_and_losses_are_passed_over(tmp_path):
    spool = MetricSpool.open(tmp_path, RUN)
    path = tmp_path / "metrics.spool"
    for number in range(6000):
        spool.log(loss=float(number), acc=0.5)
    spool.close()
    data = bytearray(path.read_bytes())
    data[10 * RECORD_SIZE : 11 * RECORD_SIZE] = bytes(RECORD_SIZE)
    data[20 * RECORD_SIZE + 3] ^= 0xFF
    data[30 * RECORD_SIZE + 24] ^= 0xFF
    step, time, value, _key, _check = RECORD.unpack_from(data, 40 * RECORD_SIZE)
    from jupyter_mlops.tracking._spool._spool import CHECK_FACTOR, CHECK_MASK

    check = (step ^ time ^ LOST_KEY * CHECK_FACTOR) & CHECK_MASK
    RECORD.pack_into(data, 40 * RECORD_SIZE, step, time, value, LOST_KEY, check)
    path.write_bytes(data + b"\1\2\3")
    found, end = by_columns(path)
    assert (found, end) == one_by_one(path)
    assert sum(map(len, found.values())) == 12_000 - 4
