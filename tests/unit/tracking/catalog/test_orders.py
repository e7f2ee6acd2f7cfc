"""Orders: kept right run by run, whatever changes; equals by age, rows without a value last."""

import math
import random

from jupyter_mlops.entities import RunStatus, RunSummary
from jupyter_mlops.tracking import RunOrders, RunTable


def put(table: RunTable, number: int, acc: object = None, minute: int = 0) -> None:
    table.put(
        RunSummary(
            run_id=f"{number:032x}",
            home_id="h",
            source="mlops",
            name=f"run {number}",
            experiment="e",
            status=RunStatus.FINISHED,
            submitted_at=f"2026-11-21T08:{minute:02}:00+00:00",
            metrics={} if acc is None else {"acc": acc},
        )
    )


def by_acc(table: RunTable, orders: RunOrders, *, descending: bool = True) -> list[int]:
    return list(orders.rows("metric.acc", table.metrics["acc"], descending=descending))


def expected(table: RunTable, *, descending: bool = True) -> list[int]:
    """Return the order by the plainest means."""
    values = {row: table.metrics["acc"].get(row) for row in range(table.height)}
    ages = {row: (table.numbers["submitted_at"].get(row) or 0.0, row) for row in values}
    has = [row for row, value in values.items() if value is not None and not math.isnan(value)]
    rest = [row for row in values if row not in has]
    has.sort(key=lambda row: (values[row], ages[row]), reverse=descending)
    return has + sorted(rest, key=ages.get, reverse=True)


def test_equals_stand_by_age_and_runs_without_a_value_last():
    table = RunTable()
    for number, (acc, minute) in enumerate([(0.5, 1), (0.9, 2), (None, 3), (0.5, 4), ("NaN", 5)]):
        put(table, number, acc, minute)
    orders = RunOrders(table)
    assert by_acc(table, orders) == [1, 3, 0, 4, 2]
    assert by_acc(table, orders, descending=False) == [0, 3, 1, 4, 2]


def test_an_order_stays_right_through_any_changes():
    chance = random.Random(7)
    table = RunTable()
    orders = RunOrders(table)
    for step in range(300):
        number, acc = chance.randrange(60), chance.choice([None, "NaN", 0.1, 0.2, chance.random()])
        if chance.random() < 0.2:
            table.remove(f"{number:032x}")
        else:
            put(table, number, acc, chance.randrange(5))
        if step % 3 == 0 and "acc" in table.metrics:
            assert by_acc(table, orders) == expected(table)
            assert by_acc(table, orders, descending=False) == expected(table, descending=False)


def test_many_changes_at_once_are_sorted_anew():
    table = RunTable()
    orders = RunOrders(table)
    put(table, 0, 0.5)
    assert by_acc(table, orders) == [0]
    for number in range(1200):
        put(table, number, number / 7 % 1)
    assert by_acc(table, orders) == expected(table)


def test_orders_that_nobody_asks_for_are_let_go():
    table = RunTable()
    orders = RunOrders(table)
    put(table, 0, 0.5)
    for number in range(100):
        orders.rows(f"metric.{number}", table.metrics["acc"], descending=True)
    assert len(orders._orders) == 32
