"""Runs of other tools out of an MLflow server, and their points, by its documented REST interface.

The standard library is enough for that. The server is a stranger: answers are cut at 16 MiB, redirects are not
followed, and the login that MLflow's own variables hold is sent to the address that they belong to only.
"""

from __future__ import annotations

import base64
import json
import os
import urllib.error
import urllib.request
from http.client import HTTPMessage
from typing import IO, Any, NamedTuple
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

LARGEST_ANSWER = 16 << 20

_LARGEST_REFUSAL = 64 << 10

_POINTS = 10_000
"""Of a page; a point takes some 150 bytes."""


class RestPoint(NamedTuple):
    """One point of a metric; `time` is milliseconds since 1970."""

    step: int
    time: int
    value: float


class ServerRefusalError(OSError):
    """A server has understood what it was asked, and says no: in words, and by MLflow's `code`."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


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


def last_points(uri: str, run_id: str, timeout_s: float) -> dict[str, RestPoint]:
    """Return the newest point of each metric of a run.

    Raises
    ------
    OSError, ValueError
        As in `find_runs`.
    """
    answer = get_answer(uri, "runs/get", {"run_id": run_id}, timeout_s)
    try:
        return {str(told["key"]): _point(told) for told in answer["run"]["data"].get("metrics", ())}
    except _NONSENSE as error:
        raise ValueError(f"runs/get tells no run: {error!r}") from error


def find_run(uri: str, run_id: str, timeout_s: float) -> dict[str, Any] | None:
    """Return one run as a plain row, without its experiment's name; None where it is deleted.

    Raises
    ------
    OSError, ValueError
        As in `find_runs`.
    """
    run = get_answer(uri, "runs/get", {"run_id": run_id}, timeout_s).get("run", {})
    return None if run.get("info", {}).get("lifecycle_stage") == "deleted" else _row(run, {})


def change_run(
    uri: str, run_id: str, name: str | None, tags: dict[str, str | None], timeout_s: float, *, delete: bool
) -> None:
    """Change a run; a tag of None is removed, and one that is not there is no mistake.

    Raises
    ------
    ServerRefusalError
        The server says that this cannot be.
    OSError, ValueError
        As in `find_runs`.
    """
    if delete:
        _post(uri, "runs/delete", {"run_id": run_id}, timeout_s)
        return
    if name is not None:
        _post(uri, "runs/update", {"run_id": run_id, "run_name": name}, timeout_s)
    for key, text in tags.items():
        if text is not None:
            _post(uri, "runs/set-tag", {"run_id": run_id, "key": key, "value": text}, timeout_s)
            continue
        try:
            _post(uri, "runs/delete-tag", {"run_id": run_id, "key": key}, timeout_s)
        except ServerRefusalError as error:
            if error.code != "RESOURCE_DOES_NOT_EXIST":
                raise


def metric_points(uri: str, run_id: str, key: str, token: str, timeout_s: float) -> tuple[list[RestPoint], str | None]:
    """Return a page of a metric's points, in no order, and the token of the next; None where this was the last.

    Parameters
    ----------
    token : str
        What the page before gave; empty for the first.

    Raises
    ------
    OSError, ValueError
        As in `find_runs`.
    """
    query = {"run_id": run_id, "metric_key": key, "max_results": _POINTS}
    answer = get_answer(uri, "metrics/get-history", {**query, "page_token": token} if token else query, timeout_s)
    try:
        points = [_point(told) for told in answer.get("metrics", ())]
    except _NONSENSE as error:
        raise ValueError(f"metrics/get-history tells no points: {error!r}") from error
    following = answer.get("next_page_token")
    # An empty page has no successor, whatever is said: it would never end.
    return points, str(following) if following and points else None


def sampled_points(uri: str, run_ids: list[str], key: str, most: int, timeout_s: float) -> dict[str, list[RestPoint]]:
    """Return some points of a metric of up to 100 runs, in no order: some `most` of each, its last among them.

    MLflow's own pages draw with this question; servers before 2.11 do not know it.

    Raises
    ------
    OSError, ValueError
        As in `find_runs`.
    """
    query = {"run_ids": run_ids, "metric_key": key, "max_results": most}
    answer = get_answer(uri, "metrics/get-history-bulk-interval", query, timeout_s)
    points: dict[str, list[RestPoint]] = {run_id: [] for run_id in run_ids}
    try:
        for told in answer.get("metrics", ()):
            points[told["run_id"]].append(_point(told))
    except _NONSENSE as error:
        raise ValueError(f"metrics/get-history-bulk-interval tells no points: {error!r}") from error
    return points


_NONSENSE = (AttributeError, KeyError, OverflowError, TypeError, ValueError)


def _point(told: dict[str, Any]) -> RestPoint:
    return RestPoint(int(told.get("step", 0)), int(told.get("timestamp", 0)), float(told["value"]))


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
    return _ask(uri, endpoint, json.dumps(query).encode(), timeout_s)


def get_answer(uri: str, endpoint: str, query: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    """Return what a server answers to one question that changes nothing.

    Raises
    ------
    OSError, ValueError
        As in `find_runs`.
    """
    return _ask(uri, f"{endpoint}?{urlencode(query, doseq=True)}", None, timeout_s)


def _ask(uri: str, endpoint: str, body: bytes | None, timeout_s: float) -> dict[str, Any]:
    parts = urlsplit(uri)
    address = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))
    request = urllib.request.Request(
        f"{address}/api/2.0/mlflow/{endpoint}",
        data=body,
        headers={"Content-Type": "application/json", **_login(parts.username, parts.password)},
    )
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=timeout_s) as answer:
            data = answer.read(LARGEST_ANSWER + 1)
    except urllib.error.HTTPError as error:
        with error:  # It is the answer too, with its connection.
            raise _refusal(error) from None
    if len(data) > LARGEST_ANSWER:
        raise ValueError(f"{endpoint.partition('?')[0]} answers with more than {LARGEST_ANSWER >> 20} MiB")
    value = json.loads(data)
    if not isinstance(value, dict):
        raise ValueError(f"{endpoint.partition('?')[0]} answers with {type(value).__name__}")
    return value


def _refusal(answer: urllib.error.HTTPError) -> OSError:
    """Return the error that a server's answer tells: MLflow's own where it is one."""
    try:
        told = json.loads(answer.read(_LARGEST_REFUSAL))
        return ServerRefusalError(str(told["message"]), str(told["error_code"]))
    except (OSError, ValueError, KeyError, TypeError):
        return answer


def _login(user: str | None, password: str | None) -> dict[str, str]:
    """Return the login of the address, else that of MLflow's variables."""
    token = os.environ.get("MLFLOW_TRACKING_TOKEN", "")
    user = unquote(user or "") or os.environ.get("MLFLOW_TRACKING_USERNAME", "")
    password = unquote(password or "") or os.environ.get("MLFLOW_TRACKING_PASSWORD", "")
    if user:
        return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
    return {"Authorization": f"Bearer {token}"} if token else {}
