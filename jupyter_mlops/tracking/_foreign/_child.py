"""`python -m jupyter_mlops.tracking._foreign._child LIMIT`: asks any store by MLflow for the runs of other tools.

The address comes through stdin, JSON rows go to stdout. A process of its own, so that whoever asks may end it.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def find_runs(uri: str, limit: int) -> list[dict[str, Any]]:
    """Return the newest runs that are not ours, as plain rows."""
    from mlflow import MlflowClient

    client = MlflowClient(uri)
    names = {experiment.experiment_id: experiment.name for experiment in client.search_experiments()}
    runs = client.search_runs(list(names), max_results=limit * 2, order_by=["attributes.start_time DESC"])
    rows = [
        {
            "id": run.info.run_id,
            "name": run.info.run_name or "",
            "experiment": names.get(run.info.experiment_id, ""),
            "status": run.info.status,
            "start_time": run.info.start_time or 0,
            "end_time": run.info.end_time,
            "metrics": dict(run.data.metrics),
            "params": dict(run.data.params),
            "tags": dict(run.data.tags),
        }
        for run in runs
    ]
    return [row for row in rows if "mlops.run_id" not in row["tags"]][:limit]


if __name__ == "__main__":
    json.dump(find_runs(sys.stdin.read(), int(sys.argv[1])), sys.stdout)
