"""Stores of many runs, the same for the same seed: ``python -m benchmarks._stores sqlite 100000 PATH [SEED]``.

`sqlite` makes MLflow's local store, as other tools would have filled it; `home` makes a `.mlops` with run directories.
"""

from __future__ import annotations

import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

EPOCH_MS = 1_760_000_000_000
MODELS = ("logistic", "forest", "boosting", "mlp", "convnet")
TEAMS = ("red", "green", "blue", "yellow")


class MadeRun(NamedTuple):
    """One run of a store."""

    run_id: str
    name: str
    experiment: int
    status: str
    start_ms: int
    end_ms: int
    metrics: dict[str, float]
    params: dict[str, str]
    tags: dict[str, str]


def made_runs(runs: int, seed: int = 1) -> Iterator[MadeRun]:
    """Yield runs, oldest first, a minute apart: 5 metrics, 5 parameters and 4 tags each, in 20 experiments."""
    chance = random.Random(seed)
    for number in range(runs):
        model = chance.choice(MODELS)
        start_ms = EPOCH_MS + number * 60_000
        name = f"{model}-{chance.randrange(10**6):06}"
        accuracy = chance.random()
        yield MadeRun(
            run_id=f"{chance.getrandbits(128):032x}",
            name=name,
            experiment=1 + number * 20 // runs,
            status="FAILED" if chance.random() < 0.05 else "FINISHED",
            start_ms=start_ms,
            end_ms=start_ms + chance.randrange(1000, 3_600_000),
            metrics={
                "acc": accuracy,
                "loss": 1 - accuracy + chance.gauss(0, 0.01),
                "val_acc": accuracy * chance.random(),
                "val_loss": chance.expovariate(1.0),
                "epoch": float(chance.randrange(1, 100)),
            },
            params={
                "lr": f"{10 ** chance.uniform(-5, 0):.6g}",
                "batch_size": str(chance.choice((16, 32, 64, 128))),
                "model": model,
                "depth": str(chance.randrange(1, 20)),
                "optimizer": chance.choice(("adam", "sgd", "rmsprop")),
            },
            tags={
                "mlflow.runName": name,
                "mlflow.user": chance.choice(("ana", "bo", "chen")),
                "mlflow.source.name": f"notebooks/{model}.ipynb",
                "team": chance.choice(TEAMS),
            },
        )


def fill_sqlite(path: Path, runs: int, seed: int = 1) -> None:
    """Make MLflow's local store with runs that other tools have logged, its planner's statistics included."""
    from jupyter_mlops.tracking._local_store import analyze, prepare_store

    prepare_store(path, owned=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous = OFF")
        for number in range(1, 21):
            fields = (number, f"experiment-{number:02}", f"{path.parent}/artifacts/{number}")
            database.execute(
                "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time,"
                " last_update_time) VALUES (?, ?, ?, 'active', 0, 0)",
                fields,
            )
        for run in made_runs(runs, seed):
            _insert(database, run)
        database.commit()
    analyze(path)


def _insert(database: sqlite3.Connection, run: MadeRun) -> None:
    database.execute(
        "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,"
        " end_time, source_version, lifecycle_stage, artifact_uri, experiment_id)"
        " VALUES (?, ?, 'UNKNOWN', '', '', ?, ?, ?, ?, '', 'active', ?, ?)",
        (
            run.run_id, run.name, run.tags["mlflow.user"], run.status, run.start_ms, run.end_ms, run.run_id,
            run.experiment,
        ),
    )  # fmt: skip
    points = [(key, value, run.end_ms, run.run_id) for key, value in run.metrics.items()]
    for table in ("metrics", "latest_metrics"):
        database.executemany(
            f"INSERT INTO {table} (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, 0, 0, ?)", points
        )
    for table, texts in (("params", run.params), ("tags", run.tags)):
        rows = [(key, text, run.run_id) for key, text in texts.items()]
        database.executemany(f"INSERT INTO {table} (key, value, run_uuid) VALUES (?, ?, ?)", rows)


def fill_home(path: Path, runs: int, seed: int = 1) -> None:
    """Make a home with the directories of runs that have ended."""
    from datetime import UTC, datetime

    from jupyter_mlops.entities import Exit, Param, RunSpec, RunStatus
    from jupyter_mlops.home import Home
    from jupyter_mlops.tracking import MetricSpool
    from jupyter_mlops.tracking._spool._reading import trim_spool

    home = Home.create(path)
    for run in made_runs(runs, seed):
        directory = home.run(run.run_id)
        directory.create()
        began, ended = (datetime.fromtimestamp(ms / 1000, UTC).isoformat() for ms in (run.start_ms, run.end_ms))
        spec = RunSpec(
            run_id=run.run_id,
            name=run.name,
            experiment=f"experiment-{run.experiment:02}",
            sequence=home.next_sequence(run.run_id),
            submitted_at=began,
            python=sys.executable,
            cwd="/",
            params=tuple(Param(key, text) for key, text in run.params.items()),
            tags=run.tags,
        )
        directory.write(spec, directory.spec_file, durable=False)
        spool = MetricSpool.open(directory.path, run.run_id)
        spool.log(**run.metrics)
        spool.close()
        trim_spool(directory.metrics_file)
        seconds = (run.end_ms - run.start_ms) / 1000
        end = Exit(status=RunStatus(run.status), started_at=began, ended_at=ended, duration_s=seconds)
        directory.write(end, directory.exit_file, durable=False)


if __name__ == "__main__":
    kind, count, where, *chosen = sys.argv[1:]
    {"sqlite": fill_sqlite, "home": fill_home}[kind](Path(where), int(count), *map(int, chosen))
