"""A long series down-sampled by sqlite: what each stretch keeps, whichever index the store has, whatever is in it."""

import math
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from jupyter_mlops.tracking._catalog._curve import CurvePoint
from jupyter_mlops.tracking._catalog._extremes import FEW, read_extremes

SCHEMA = "CREATE TABLE metrics (key TEXT, value REAL, timestamp INT, run_uuid TEXT, step INT, is_nan INT)"
INDEX = "CREATE INDEX index_metrics_run_uuid_key_step ON metrics (run_uuid, key, step)"
LARGEST = 1.7976931348623157e308
MANY = FEW + 1


@pytest.fixture(params=["", INDEX], ids=["old", "new"])
def database(request: pytest.FixtureRequest) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.execute(SCHEMA)
        opened.execute(request.param)
        yield opened


Row = tuple[object, object]


def log(database: sqlite3.Connection, rows: list[Row], key: str = "loss", run: str = "r") -> None:
    """Add points: value, None for NaN, and step."""
    database.executemany(
        f"INSERT INTO metrics VALUES ('{key}', ?, ?, '{run}', ?, ?)",
        [(0 if value is None else value, at, step, value is None) for at, (value, step) in enumerate(rows)],
    )


def read(database: sqlite3.Connection, last: int = 10**9) -> tuple[int, list[tuple[CurvePoint, ...]]]:
    return read_extremes(database, "r", "loss", last)


def wave(at: int) -> float:
    return math.sin(at / 700) * at % 997


def test_few_points_are_counted_and_left_to_who_reads_them_one_by_one(database: sqlite3.Connection) -> None:
    log(database, [(wave(at), at) for at in range(FEW)])
    assert read(database) == (FEW, [])


def test_a_series_that_nobody_logged_has_no_points(database: sqlite3.Connection) -> None:
    assert read(database) == (0, [])


def test_points_of_others_and_points_that_came_later_do_not_count(database: sqlite3.Connection) -> None:
    log(database, [(0.5, at) for at in range(MANY)])
    alone = read(database)
    log(database, [(9e9, at) for at in range(MANY)], key="other")
    log(database, [(9e9, at) for at in range(MANY)], run="other")
    log(database, [(9e9, 5)])

    assert read(database, MANY) == alone
    assert max(point.value for stretch in read(database)[1] for point in stretch) == 9e9


STEPS: dict[str, Callable[[int], Any]] = {
    "upwards": lambda at: at,
    "downwards": lambda at: -at,
    "far apart": lambda at: at * 10**12,
    "in two clouds": lambda at: at if at % 2 else 10**15 + at,
    "three a step": lambda at: at // 3,
    "one": lambda at: 7,
}


@pytest.mark.parametrize("steps", STEPS)
def test_a_stretch_keeps_its_lowest_and_its_highest_point(database: sqlite3.Connection, steps: str) -> None:
    rows = [(wave(at), STEPS[steps](at)) for at in range(MANY)]
    log(database, rows)

    total, stretches = read(database)

    assert total == MANY
    # Where all are at one step, the order of logging takes its place.
    place = {number: number if steps == "one" else step for number, (_, step) in enumerate(rows, 1)}
    low, high = min(place.values()), max(place.values())
    width = (high - low) // 1000 + 1
    expected: dict[int, list[float]] = {}
    for number, (value, _) in enumerate(rows, 1):
        expected.setdefault((place[number] - low) // width, []).append(value)
    kept = [[point.value for point in stretch] for stretch in stretches]
    assert [(min(values), max(values)) for values in kept] == [
        (min(expected[bucket]), max(expected[bucket])) for bucket in sorted(expected)
    ]
    assert max(map(len, kept)) <= 2


@pytest.mark.parametrize("steps", STEPS)
def test_every_point_that_is_kept_was_logged_and_they_come_in_order(database: sqlite3.Connection, steps: str) -> None:
    rows = [(wave(at), STEPS[steps](at)) for at in range(MANY)]
    log(database, rows)

    points = [point for stretch in read(database)[1] for point in stretch]

    assert [(rows[p.time], p.at) for p in points] == [((p.value, p.step), p.time + 1) for p in points]
    assert [(p.step, p.at) for p in points] == sorted({(p.step, p.at) for p in points})


def test_b07_of_each_kind_that_is_no_number_the_first_of_a_stretch_is_kept(database: sqlite3.Connection) -> None:
    rows: list[Row] = [(wave(at), at) for at in range(MANY)]
    # A stretch is of 21 steps: all of these are in the sixth.
    kinds = {105: None, 106: None, 108: LARGEST, 109: LARGEST, 110: -LARGEST, 111: -LARGEST}
    for at, value in kinds.items():
        rows[at] = (value, at)
    log(database, rows)

    points = [point for stretch in read(database)[1] for point in stretch if not math.isfinite(point.value)]

    told = [(point.step, "nan" if math.isnan(point.value) else point.value) for point in points]
    assert told == [(105, "nan"), (108, math.inf), (110, -math.inf)]


@pytest.mark.parametrize("value", [None, LARGEST, -LARGEST])
def test_a_series_without_any_number_is_kept_too(database: sqlite3.Connection, value: float | None) -> None:
    log(database, [(value, at) for at in range(MANY)])

    total, stretches = read(database)

    assert (total, {len(stretch) for stretch in stretches}) == (MANY, {1})
    assert not any(math.isfinite(point.value) for stretch in stretches for point in stretch)


@pytest.mark.parametrize("stray", ["abc", b"x", None, 2.5, -(2**63), 2**63 - 1, 9e99, -9e99])
def test_b27_a_step_that_is_none_costs_the_series_nothing(database: sqlite3.Connection, stray: object) -> None:
    """A file of somebody else's: a text stands where a step belongs, or a step is at the end of the world."""
    log(database, [(wave(at), stray if at == 7 else at + 5) for at in range(MANY)])

    total, stretches = read(database)

    numbers = [point.value for stretch in stretches for point in stretch]
    everything = [wave(at) for at in range(MANY)]
    assert (total, min(numbers), max(numbers)) == (MANY, min(everything), max(everything))
    assert all(stretches)


@pytest.mark.parametrize("stray", ["abc", b"x", None])
def test_b27_steps_of_which_none_is_one_are_at_the_first(database: sqlite3.Connection, stray: object) -> None:
    """A store with an index finds no stretch of them; then they are read one by one, as few would be."""
    log(database, [(wave(at), stray) for at in range(MANY)])

    total, stretches = read(database)

    assert (total, {point.step for stretch in stretches for point in stretch} <= {0}) == (MANY, True)


def test_b27_values_that_are_none_stand_for_zero_at_most(database: sqlite3.Connection) -> None:
    database.executemany(
        "INSERT INTO metrics VALUES ('loss', ?, ?, 'r', ?, 0)",
        [("abc" if at == 3 else b"\xff" if at == 4 else -1.0, at, at) for at in range(MANY)],
    )
    total, stretches = read(database)

    assert (total, {p.value for stretch in stretches for p in stretch} <= {-1.0, 0.0}) == (MANY, True)


def test_f31_a_store_without_the_table_is_an_error_of_sqlites() -> None:
    with closing(sqlite3.connect(":memory:")) as empty, pytest.raises(sqlite3.OperationalError, match="no such table"):
        read(empty)
