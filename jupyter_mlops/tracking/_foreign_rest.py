"""Runs of other tools out of an MLflow server, by its documented REST interface and the standard library alone.

The server is a stranger: answers are cut at 16 MiB, redirects are not followed, and the login that MLflow's own
variables hold is sent to the address that they belong to only.
"""

from __future__ import annotations

import base64
import json
import os
import urllib.error
import urllib.request
from http.client import HTTPMessage
from typing import IO, Any
from urllib.parse import unquote, urlsplit, urlunsplit

LARGEST_ANSWER = 16 << 20


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow nothing: a server could point us to another machine."""


def find_runs(uri: str, timeout_s: float, limit: int) -> list[dict[str, Any]]:
    """Return the newest runs that are not ours, as plain rows.

    Raises
    ------
    OSError, ValueError
        The server cannot be reached, refuses, or answers nonsense.
    """
    experiments = _post(uri, "experiments/search", {"max_results": 1000}, timeout_s).get("experiments", [])
    names = {experiment["experiment_id"]: experiment["name"] for experiment in experiments}
    query = {
        "experiment_ids": list(names),
        "max_results": limit * 2,
        "order_by": ["attributes.start_time DESC"],
        "run_view_type": "ACTIVE_ONLY",
    }
    runs = _post(uri, "runs/search", query, timeout_s).get("runs", []) if names else []
    rows = [_row(run, names) for run in runs]
    return [row for row in rows if "mlops.run_id" not in row["tags"]][:limit]


def _row(run: dict[str, Any], experiments: dict[str, str]) -> dict[str, Any]:
    info, data = run.get("info", {}), run.get("data", {})
    end_time = info.get("end_time")
    return {
        "id": str(info.get("run_id", "")),
        "name": str(info.get("run_name", "")),
        "experiment": experiments.get(info.get("experiment_id"), ""),
        "status": info.get("status", ""),
        "start_time": int(info.get("start_time") or 0),
        "end_time": int(end_time) if end_time else None,
        "metrics": {metric["key"]: float(metric["value"]) for metric in data.get("metrics", ())},
        "params": {param["key"]: str(param.get("value", "")) for param in data.get("params", ())},
        "tags": {tag["key"]: str(tag.get("value", "")) for tag in data.get("tags", ())},
    }


def _post(uri: str, endpoint: str, query: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    parts = urlsplit(uri)
    address = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))
    request = urllib.request.Request(
        f"{address}/api/2.0/mlflow/{endpoint}",
        data=json.dumps(query).encode(),
        headers={"Content-Type": "application/json", **_login(parts.username, parts.password)},
    )
    with urllib.request.build_opener(_NoRedirects).open(request, timeout=timeout_s) as answer:
        data = answer.read(LARGEST_ANSWER + 1)
    if len(data) > LARGEST_ANSWER:
        raise ValueError(f"{endpoint} answers with more than {LARGEST_ANSWER >> 20} MiB")
    value = json.loads(data)
    if not isinstance(value, dict):
        raise ValueError(f"{endpoint} answers with {type(value).__name__}")
    return value


def _login(user: str | None, password: str | None) -> dict[str, str]:
    """Return the login of the address, else that of MLflow's variables."""
    token = os.environ.get("MLFLOW_TRACKING_TOKEN", "")
    user = unquote(user or "") or os.environ.get("MLFLOW_TRACKING_USERNAME", "")
    password = unquote(password or "") or os.environ.get("MLFLOW_TRACKING_PASSWORD", "")
    if user:
        return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
    return {"Authorization": f"Bearer {token}"} if token else {}
