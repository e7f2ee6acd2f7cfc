"""A run's points as they come, batch by batch, each once."""

import math

from jupyter_mlops.tracking import MetricSpool, MetricTail, Point
from jupyter_mlops.tracking._spool._spool import RECORD_SIZE

CHILD = "c" * 32


def taken(tail: MetricTail, *, ended: bool = False) -> dict[tuple[str, str], list[float]]:
    """Return the values that are new, by run and key."""
    found: dict[tuple[str, str], list[float]] = {}
    for run_id, key, points in tail.read(ended=ended):
        found.setdefault((run_id, key), []).extend(point.value for point in points)
    return found


def test_each_point_comes_once_and_in_order(run):
    spool = MetricSpool.open(run.path, run.run_id)
    tail = MetricTail(run.path)
    assert taken(tail) == {}

    spool.log(loss=1.0, acc=0.5)
    spool.log(loss=math.inf)
    assert taken(tail) == {(run.run_id, "loss"): [1.0, math.inf], (run.run_id, "acc"): [0.5]}
    assert taken(tail) == {}

    spool.log(lr=0.1)
    spool.close()
    assert taken(tail, ended=True) == {(run.run_id, "lr"): [0.1]}


def test_a_batch_has_whole_points(run):
    spool = MetricSpool.open(run.path, run.run_id)
    spool.log(loss=0.25)
    spool.close()
    ((run_id, key, (point,)),) = MetricTail(run.path).read(ended=True)
    assert (run_id, key, point) == (run.run_id, "loss", Point(1, 0, point.timestamp, 0.25))


def test_child_runs_and_other_processes_have_their_own_batches(run):
    for run_id in (run.run_id, CHILD):
        spool = MetricSpool.open(run.path, run_id)
        spool.log(loss=1.0)
    assert taken(MetricTail(run.path)) == {(run.run_id, "loss"): [1.0], (CHILD, "loss"): [1.0]}


def test_counting_reads_nothing_away(run):
    spool = MetricSpool.open(run.path, run.run_id)
    for _ in range(3):
        spool.log(loss=1.0)
    tail = MetricTail(run.path)
    assert tail.count(ended=False) == {(run.run_id, "loss"): 3}
    assert taken(tail) == {(run.run_id, "loss"): [1.0] * 3}
    assert tail.count(ended=False) == {}


def test_a_slot_that_is_not_filled_is_waited_for_until_the_run_has_ended(run):
    spool = MetricSpool.open(run.path, run.run_id)
    for value in (1.0, 2.0, 3.0):
        spool.log(loss=value)
    spool.close()
    with run.metrics_file.open("r+b") as file:
        file.seek(RECORD_SIZE)
        file.write(bytes(RECORD_SIZE))

    living = MetricTail(run.path)
    assert taken(living) == {(run.run_id, "loss"): [1.0]}
    assert taken(living, ended=True) == {(run.run_id, "loss"): [3.0]}


def test_many_points_come_in_batches_of_bounded_size(run):
    spool = MetricSpool.open(run.path, run.run_id)
    for step in range(120_000):
        spool.log(loss=float(step))
    spool.close()
    sizes = [len(points) for _, _, points in MetricTail(run.path).read(ended=True)]
    assert (sum(sizes), max(sizes)) == (120_000, 50_000)
