"""The explorer's queries over many runs of MLflow's local store, its first building, and the curve of a long metric.

Ours are whole requests to a real Jupyter server over HTTP. The peer of a page is `mlflow server` on the same file where
`MLFLOW_SERVER_PYTHON` names a Python that has it, else MLflow's own client in this process, with no server between.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from ._figure import Figure, reported, timed_ms, times_better, within
from ._mlflow_server import MlflowInProcess, PagePeer, page_peer
from ._server import JupyterServer
from ._stores import fill_sqlite

RUNS, QUICK_RUNS = 100_000, 10_000
POINTS = 1_000_000
TEAMS = ("red", "green", "blue", "yellow")


class Search(NamedTuple):
    """One kind of page: what we are asked the n-th time, and the same for MLflow. No two questions are alike."""

    name: str
    ours: Callable[[int], dict[str, Any]]
    theirs: dict[str, Any]


SEARCHES = (
    Search(
        "by start time",
        lambda n: {"query": f"epoch < {200 + n}"},
        {"order_by": ["attributes.start_time DESC"]},
    ),
    Search(
        "by a metric",
        lambda n: {"query": f"epoch < {200 + n}", "sort": "metric.acc"},
        {"order_by": ["metrics.acc DESC"]},
    ),
    Search(
        "filtered by a metric",
        lambda n: {"query": f"acc > 0.9{n}"},
        {"filter_string": "metrics.acc > 0.95", "order_by": ["attributes.start_time DESC"]},
    ),
    Search(
        "filtered by a tag",
        lambda n: {"query": f"team = {TEAMS[n % 4]} epoch < {200 + n}"},
        {"filter_string": "tags.team = 'red'", "order_by": ["attributes.start_time DESC"]},
    ),
    Search(
        "name search",
        lambda n: {"query": f"name~forest-{n:02}"},
        {"filter_string": "attributes.run_name ILIKE '%forest-12%'", "order_by": ["attributes.start_time DESC"]},
    ),
)


def figures(quick: bool) -> Iterator[Figure]:
    """Yield building, pages, changes, and curves, over 100,000 runs (10,000 when quick)."""
    from jupyter_mlops.home import Home

    for name in ("MLFLOW_TRACKING_URI", "JUPYTER_MLOPS_HOME"):
        os.environ.pop(name, None)
    runs = QUICK_RUNS if quick else RUNS
    with tempfile.TemporaryDirectory(prefix="mlops-bench-") as directory:
        root = Path(directory)
        store = Home.create(root / ".mlops").path / "mlflow.db"
        fill_sqlite(store, runs)
        run_id = _oldest(store)
        _log_long_metric(store, run_id, POINTS // 10 if quick else POINTS)
        # The oldest run's experiment: the list draws its long metric.
        store.with_name("main_metrics.json").write_text(json.dumps({"experiment-01": "long"}))
        peer = MlflowInProcess(store)
        with JupyterServer(root) as server:
            yield from building(server, peer, runs)
            with page_peer(store) as page_of:
                yield from pages(server, page_of, runs, quick)
            yield from changes(server, store, quick)
            yield from curves(server, peer, run_id)
            yield from trends(server, run_id, runs)
        with JupyterServer(root) as server:
            yield from building(server, None, runs)
        yield from our_curves(root, POINTS // 10 if quick else POINTS)


def building(server: JupyterServer, peer: MlflowInProcess | None, runs: int) -> Iterator[Figure]:
    """Yield how long the catalog is being built from the server's first answer on, and what it answers meanwhile."""
    started = time.perf_counter()
    meanwhile = []
    while server.json("status")["building"]:
        if time.perf_counter() - started > len(meanwhile):
            meanwhile.append(timed_ms(lambda: server.get("runs")))
        time.sleep(0.1)
    elapsed_s = time.perf_counter() - started
    assert server.json("runs", limit=1)["total"] >= runs
    if peer is None:
        yield within(f"catalog: {runs:,} runs are there again in the next server", [elapsed_s], 10, "s")
        return
    yield within(f"catalog: first build over {runs:,} runs", [elapsed_s], 10, "s")
    if meanwhile:  # a small store may be built before anybody asks
        yield within("catalog: a page while it is being built", meanwhile, 500, quantile=0.95)
    pages, token, spent = 3, None, time.perf_counter()
    for _ in range(pages):
        token = peer.page(1000, token, order_by=["attributes.start_time DESC"])
    spent = (time.perf_counter() - spent) / pages * (runs / 1000)
    yield reported(
        f"catalog: first build over {runs:,} runs",
        [elapsed_s],
        f"search_runs, the time of {pages} pages of 1,000 taken for all of {runs // 1000}",
        [spent],
        "s",
    )


def pages(server: JupyterServer, peer: PagePeer, runs: int, quick: bool) -> Iterator[Figure]:
    """Yield the time of pages of 50, each of another query."""
    for search in SEARCHES:
        ours = [ask(server, search, number) for number in range(21 if quick else 61)][1:]
        theirs = [ask_peer(peer, search) for _ in range(2 if quick else 5)]
        name = f"catalog: page of 50 of {runs:,}, {search.name}"
        yield within(name, ours, 20, quantile=0.95)
        # The goal is one for 100,000 runs.
        yield reported(name, ours, peer.name, theirs) if quick else times_better(name, ours, peer.name, theirs, 20)
    scroll = [timed_ms(lambda n=n: server.get("runs", limit=50, offset=50 * n)) for n in range(60)]
    yield within(f"catalog: the next 50 of {runs:,}", scroll, 20, quantile=0.95)
    keys = ("loss", "val_acc", "val_loss")
    first = [timed_ms(lambda key=key: server.get("runs", sort=f"metric.{key}")) for key in keys]
    yield within(f"catalog: first sort of {runs:,} by a metric (once in a server's life)", first, 500)


def ask(server: JupyterServer, search: Search, number: int) -> float:
    """Return the milliseconds of a page of ours."""
    return timed_ms(lambda: server.get("runs", limit=50, **search.ours(number)))


def ask_peer(peer: PagePeer, search: Search) -> float:
    """Return the milliseconds of the peer's page."""
    return timed_ms(lambda: peer.page(**search.theirs))


def changes(server: JupyterServer, store: Path, quick: bool) -> Iterator[Figure]:
    """Yield how soon a query finds what another tool has written to the store."""
    waited = []
    with closing(sqlite3.connect(store)) as database:
        for number in range(5 if quick else 20):
            name = f"changed-{number}"
            database.execute("UPDATE runs SET name = ? WHERE rowid = (SELECT max(rowid) - ? FROM runs)", (name, number))
            database.execute(
                "INSERT INTO tags (key, value, run_uuid) SELECT ?, '1', run_uuid FROM runs WHERE name = ?", (name, name)
            )
            database.commit()
            started = time.perf_counter()
            while not server.json("runs", query=f"tag.{name} = 1")["total"]:
                time.sleep(0.005)
            waited.append((time.perf_counter() - started) * 1000)
            time.sleep(0.5)
    yield within("catalog: a change to the store is found", waited, 1000, quantile=0.95)


def curves(server: JupyterServer, peer: MlflowInProcess, run_id: str) -> Iterator[Figure]:
    """Yield the time of a long curve out of MLflow's store, and its size, against the peer's whole history."""
    first = timed_ms(lambda: server.get(f"runs/{run_id}/metrics", key="long"))
    cached = [timed_ms(lambda: server.get(f"runs/{run_id}/metrics", key="long")) for _ in range(10)]
    body = server.json(f"runs/{run_id}/metrics", key="long")
    (series,) = body["series"]
    size = len(server.get(f"runs/{run_id}/metrics", key="long"))
    total = series["total"]
    name = f"catalog: curve of {total:,} points of a store"
    yield within(f"{name}, first", [first / 1000], 1.5, "s")
    yield within(f"{name}, again", cached, 100)
    yield within(f"{name}, on the wire", [size / 1000], 200, "kB")
    extremes = min(series["values"]), max(series["values"])
    wrong = float(extremes != (_long_value(_LOWEST_AT), _long_value(_HIGHEST_AT)))
    yield within(f"{name}, extremes that are not exact", [wrong], 0, "")
    # A minute and more for all of them: a tenth of the points is enough to see it.
    theirs = [timed_ms(lambda: peer.history(run_id, "tenth")) * 10 / 1000]
    peer_name = "get_metric_history, ten times the time of a tenth of the points"
    yield reported(f"{name}, first", [first / 1000], peer_name, theirs, "s")


def trends(server: JupyterServer, run_id: str, runs: int) -> Iterator[Figure]:
    """Yield how soon a list has the trends of the rows in sight, and that of a long metric."""
    pages = [server.json("runs", limit=60, offset=60 * number)["runs"] for number in range(20)]
    sights = [[run["run_id"] for run in page] for page in pages]
    first = [timed_ms(lambda ids=ids: server.get("runs/trends", id=ids)) for ids in sights]
    again = [timed_ms(lambda ids=ids: server.get("runs/trends", id=ids)) for ids in sights]
    yield within(f"catalog: trends of 60 rows of {runs:,}, first", first, 100, quantile=0.95)
    yield within(f"catalog: trends of 60 rows of {runs:,}, again", again, 50, quantile=0.95)
    long = timed_ms(lambda: server.get("runs/trends", id=run_id))
    (trend,) = server.json("runs/trends", id=run_id)["trends"]
    assert (trend["key"], len(trend["values"]) > 20) == ("long", True)
    yield within("catalog: trend of the long metric, first", [long], 100)


def our_curves(root: Path, points: int) -> Iterator[Figure]:
    """Yield the time of a long curve out of a run directory."""
    from .tensorboard import long_run

    run = long_run(root / "own" / ".mlops", points)
    os.environ["JUPYTER_MLOPS_HOME"] = str(root / "own" / ".mlops")
    try:
        with JupyterServer(root / "own") as server:
            first = timed_ms(lambda: server.get(f"runs/{run.name}/metrics", key="loss"))
            again = [timed_ms(lambda: server.get(f"runs/{run.name}/metrics", key="loss")) for _ in range(10)]
            (series,) = server.json(f"runs/{run.name}/metrics", key="loss")["series"]
    finally:
        del os.environ["JUPYTER_MLOPS_HOME"]
    assert (series["total"], max(series["values"]), min(series["values"])) == (points, 1.0, 1 / points)
    yield within(f"catalog: curve of {points:,} points of a run of ours, first", [first / 1000], 1.5, "s")
    yield within(f"catalog: curve of {points:,} points of a run of ours, again", again, 100)


_LOWEST_AT, _HIGHEST_AT = 12_345, 54_321


def _long_value(at: int) -> float:
    return -2.5 if at == _LOWEST_AT else 7.25 if at == _HIGHEST_AT else (at * 7919 % 100_003) / 100_003


def _oldest(store: Path) -> str:
    with closing(sqlite3.connect(store)) as database:
        return str(database.execute("SELECT run_uuid FROM runs ORDER BY rowid LIMIT 1").fetchone()[0])


def _log_long_metric(store: Path, run_id: str, points: int) -> None:
    """Give a run a metric of so many points, and one of a tenth of them."""
    with closing(sqlite3.connect(store)) as database, database:
        database.execute("PRAGMA synchronous = OFF")
        for key, count in (("long", points), ("tenth", points // 10)):
            rows = ((key, _long_value(at), 1_760_000_000_000 + at, at, run_id) for at in range(count))
            query = "INSERT INTO {} (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, 0, ?)"
            database.executemany(query.format("metrics"), rows)
            last = (key, _long_value(count - 1), 1_760_000_000_000 + count, count - 1, run_id)
            database.execute(query.format("latest_metrics"), last)
