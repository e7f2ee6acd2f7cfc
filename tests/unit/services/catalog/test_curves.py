"""Curves as the run view asks for them: of our runs and of other tools', few kept in memory, from many threads."""

import math
import shutil
import threading

import msgspec
import pytest
from stores import make_store, run_row

from jupyter_mlops.entities import MetricSeries
from jupyter_mlops.exceptions import RunNotFoundError, TrackingError, UsageError
from jupyter_mlops.services import RunCatalog, RunService
from jupyter_mlops.services._catalog._curves import CurveShelf
from jupyter_mlops.tracking import MetricSpool, SpoolCurves

THEIRS = "a" * 32
THEIR_RUN = f"""
{run_row(THEIRS)}
INSERT INTO metrics VALUES ('acc', 0.5, 7, '{THEIRS}', 0, 0), ('acc', 0, 8, '{THEIRS}', 1, 1);
INSERT INTO latest_metrics VALUES ('acc', 0, '{THEIRS}', 1);
"""


@pytest.fixture
def catalog(service: RunService) -> RunCatalog:
    return RunCatalog([("h1", service)])


def test_a_page_has_a_runs_series_as_the_wire_takes_them(catalog, make_run):
    run = make_run()
    spool = MetricSpool.open(run.directory.path, run.id)
    spool.log(loss=0.5, step=2**53)
    spool.log(loss=math.nan, step=2**60)
    spool.log(acc=-math.inf)
    spool.close()

    series = catalog.curves(run.id).series
    (acc,) = catalog.curves(run.id, ["acc", "nobody"]).series

    assert acc == MetricSeries(run_id=run.id, key="acc", steps=(0,), times=acc.times, values=("-Infinity",), total=1)
    assert [(one.key, one.steps, one.values, one.total) for one in series] == [
        ("loss", (2**53, str(2**60)), (0.5, "NaN"), 2), ("acc", (0,), ("-Infinity",), 1),
    ]  # fmt: skip


def test_b10_a_page_is_bounded_in_points_and_series(catalog, make_run):
    run = make_run()
    spool = MetricSpool.open(run.directory.path, run.id)
    for number in range(50_000):
        spool.log(loss=math.sin(number))
    for number in range(300):
        spool.log({f"m{number}": 1.0})
    spool.close()

    (loss,) = catalog.curves(run.id, ["loss"], 100).series

    assert (50 <= len(loss.values) <= 100, loss.total) == (True, 50_000)
    assert (min(loss.values), max(loss.values)) == (
        min(map(math.sin, range(50_000))),
        max(map(math.sin, range(50_000))),
    )
    assert len(msgspec.json.encode(catalog.curves(run.id, ["loss"]))) < 200_000
    page = catalog.curves(run.id)
    assert (len(page.series), page.total) == (200, 301)
    assert catalog.curves(run.id, ["loss"]).total == 301
    for points in (9, 2001):
        with pytest.raises(UsageError, match="10 to 2000 points"):
            catalog.curves(run.id, (), points)


def test_a_run_of_another_tool_has_its_curves_from_the_store(catalog, home):
    make_store(home.path / "mlflow.db", THEIR_RUN)
    catalog.refresh()

    (acc,) = catalog.curves(THEIRS).series

    assert acc == MetricSeries(run_id=THEIRS, key="acc", steps=(0, 1), times=(7, 8), values=(0.5, "NaN"), total=2)


def test_f31_a_store_that_breaks_is_said(catalog, home):
    make_store(home.path / "mlflow.db", THEIR_RUN)
    catalog.refresh()
    (home.path / "mlflow.db").write_text("no database")

    with pytest.raises(TrackingError, match=f"The store of run {THEIRS} cannot be read: .* Try again."):
        catalog.curves(THEIRS)


def test_a_run_that_is_nowhere_is_not_found(catalog, make_run):
    run = make_run(metrics={"loss": 1.0})
    catalog.refresh()
    assert catalog.curves(run.id).series[0].total == 1
    shutil.rmtree(run.directory.path)
    catalog.refresh()

    for run_id in (run.id, "f" * 32):
        with pytest.raises(RunNotFoundError):
            catalog.curves(run_id)


def test_few_runs_are_kept_and_any_thread_may_ask(tmp_path):
    runs = [f"{number:032x}" for number in range(100)]
    for run_id in runs:
        (tmp_path / run_id).mkdir()
        spool = MetricSpool.open(tmp_path / run_id, run_id)
        spool.log({f"m{number}": 1.0 for number in range(20)})
        spool.close()
    shelf = CurveShelf(lambda run_id: SpoolCurves(tmp_path / run_id, run_id))
    wrong: list[object] = []

    def ask(order: int) -> None:
        try:
            for run_id in runs[::order]:
                page = shelf.page(run_id, (), 10)
                assert [series.total for series in page.series] == [1] * 20
        except BaseException as error:  # told below, where pytest sees it
            wrong.append(error)

    threads = [threading.Thread(target=ask, args=(order,)) for order in (1, -1, 1, -1)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert wrong == []
    assert len(shelf._kept) <= 64
