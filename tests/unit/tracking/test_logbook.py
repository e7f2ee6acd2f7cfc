"""What a run logged so far, read again and again while it grows."""

import math

import pytest
from runs import submit

from jupyter_mlops.exceptions import RunNotFoundError
from jupyter_mlops.home import Home
from jupyter_mlops.tracking import MetricSpool, RunLogbook, last_values
from jupyter_mlops.tracking._journal import Journal
from jupyter_mlops.tracking._logbook import SPARK_POINTS, Sparkline
from jupyter_mlops.tracking._spool._spool import Series


@pytest.fixture
def run(tmp_path):
    home = Home.create(tmp_path / ".mlops")
    return submit(home, params={"lr": "1e-3"}, tags={"team": "blue", "api_key": "hidden"})


def test_it_grows_with_the_files(run):
    book = RunLogbook(run)
    book.refresh()
    before = (book.metrics, book.params, book.spark("loss"))

    spool, journal = MetricSpool.open(run.path, run.run_id), Journal(run.path)
    spool.log(loss=2.0)
    book.refresh()
    spool.log(loss=1.0, acc=math.nan)
    journal.append("log_param", run.run_id, key="depth", value="3")
    journal.append("set_tag", run.run_id, key="team", value="red")
    book.refresh()
    spool.close()
    journal.close()

    assert before == ({}, {"lr": "0.001"}, ())
    assert (book.metrics["loss"], math.isnan(book.metrics["acc"]), book.spark("loss")) == (1.0, True, (2.0, 1.0))
    assert (book.params, book.tags["team"]) == ({"lr": "0.001", "depth": "3"}, "red")
    assert "hidden" not in book.tags["api_key"]


def test_the_last_value_is_that_of_the_largest_step(run):
    spool = MetricSpool.open(run.path, run.run_id)
    for step, value in ((5, 5.0), (9, 9.0), (7, 7.0)):
        spool.log(acc=value, step=step)
    spool.close()
    book = RunLogbook(run)
    book.refresh()

    assert book.metrics == last_values(run) == {"acc": 9.0}


@pytest.mark.parametrize(
    ("points", "last"),
    [
        ([(3, 10, 1.0), (3, 30, 2.0), (3, 20, 3.0)], 2.0),
        ([(3, 10, 1.0), (3, 10, 2.0), (1, 99, 9.0)], 2.0),
        ([(3, 10, 1.0), (3, 10, math.nan)], 1.0),
        ([(3, 10, math.nan), (3, 10, 1.0)], math.nan),
        ([(-2, 10, 1.0), (-1, 5, 2.0)], 2.0),
    ],
    ids=["later", "greater", "a NaN after", "a NaN before", "below zero"],
)
def test_of_points_at_one_step_the_last_is_the_latest_then_the_greatest(run, points, last):
    spool = MetricSpool.open(run.path, run.run_id)
    for step, time_ms, value in points:
        spool.write_point(Series(run.run_id, "acc"), value, step, time_ms)
    spool.close()
    book = RunLogbook(run)
    book.refresh()

    assert repr(book.metrics) == repr(last_values(run)) == repr({"acc": last})


def test_many_points_are_read_in_pages(run):
    spool = MetricSpool.open(run.path, run.run_id)
    for number in range(120_000):
        spool.log(loss=float(number), step=number)
    spool.close()
    book = RunLogbook(run)
    book.refresh()

    spark = book.spark("loss")

    assert (book.metrics, spark[0], spark[-1], len(spark) <= SPARK_POINTS) == (
        {"loss": 119_999.0},
        0.0,
        119_999.0,
        True,
    )


def test_a_run_that_is_not_there_is_told(run):
    run.spec_file.unlink()

    with pytest.raises(RunNotFoundError):
        RunLogbook(run)


@pytest.mark.parametrize("count", [0, 1, 2, SPARK_POINTS - 1, SPARK_POINTS, SPARK_POINTS + 1, 1000, 12345])
def test_a_sparkline_has_the_first_point_the_last_and_some_between(count):
    spark = Sparkline()
    spark.extend([float(number) for number in range(count)])

    points = spark.points

    assert len(points) <= SPARK_POINTS
    assert list(points) == sorted(set(points))
    assert points[:1] + points[-1:] == ((0.0, count - 1.0) if count else ())
    assert len(points) >= min(count, SPARK_POINTS // 2)


@pytest.mark.parametrize("some", [1, 7, 100, 5_000])
def test_a_sparkline_is_the_same_however_its_points_come(some):
    whole, by_parts = Sparkline(), Sparkline()
    values = [float(number * 7919 % 1000) for number in range(10_001)]
    whole.extend(values)
    for start in range(0, len(values), some):
        by_parts.extend(values[start : start + some])
        by_parts.extend([])

    assert by_parts.points == whole.points
