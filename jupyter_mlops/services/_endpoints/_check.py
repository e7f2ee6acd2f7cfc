"""A test of an endpoint: rows sent as its clients send them, timed, and compared with the model that it comes from."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ...entities import EndpointAgreement, EndpointTest
from ...exceptions import DeploymentError, MlopsError, UsageError
from .._reports._explanation import model_of
from ._rows import body_of, rows_of, step_of

if TYPE_CHECKING:
    from ...deployment import EndpointClient
    from ...export import Table, Tensors
    from .._service import RunService
    from ._endpoints import LocalEndpoint

_TIMED = 200
_RTOL, _ATOL = 1e-4, 1e-5


def check_endpoint(runs: RunService, endpoint: LocalEndpoint, X: Any) -> EndpointTest:
    """Send rows to an endpoint, and compare with the model of its run where that is at hand.

    Parameters
    ----------
    runs : RunService
        Finds the run.
    endpoint : LocalEndpoint
        That is tested; one that is down is started.
    X : DataFrame, array or list of str
        Rows, as the model takes them.

    Raises
    ------
    DeploymentError
        The endpoint does not answer.
    UsageError
        There are no rows.
    """
    if X is None:
        raise UsageError(f"There are no rows to send. Name them: %deploy test {endpoint.name} -X X_test")
    table = rows_of(X, endpoint.stand().inputs)
    if not len(table):
        raise UsageError("X has no rows to send.")
    version = endpoint.directory.record().serving
    with endpoint.client() as client:
        seconds = _timed(client, table)
        answered, found, refused = _answers(client, table)
    agreements, note = _compared(runs, version.run_id, endpoint, X, answered, found)
    return EndpointTest(
        name=endpoint.name,
        number=version.number,
        rows=len(table),
        answered=int(answered.sum()),
        refused=dict(refused.most_common(5)),
        agreements=agreements,
        note=note,
        timed=len(seconds),
        p50_s=float(np.quantile(seconds, 0.5)),
        p95_s=float(np.quantile(seconds, 0.95)),
    )


def _timed(client: EndpointClient, table: Table | Tensors) -> list[float]:
    """Return how long answers to single rows take, the connection kept."""
    bodies = [body_of(table, row, row + 1) for row in range(min(len(table), _TIMED))]
    client.ask("POST", "/invocations", bodies[0])
    seconds = []
    for body in bodies:
        began = time.perf_counter()
        client.ask("POST", "/invocations", body)
        seconds.append(time.perf_counter() - began)
    return seconds


def _answers(client: EndpointClient, table: Table | Tensors) -> tuple[Any, dict[str, list[Any]], Counter[str]]:
    """Return which rows are answered, each output's values for these, and why others are not: found by halves."""
    answered = np.zeros(len(table), dtype=bool)
    found: dict[str, list[Any]] = {}
    refused: Counter[str] = Counter()

    def ask(begin: int, end: int) -> None:
        reply = client.ask("POST", "/invocations", body_of(table, begin, end))
        if reply.status >= 500:
            raise DeploymentError(f"The endpoint failed: {reply.problem}")
        if not reply.problem:
            answered[begin:end] = True
            found.setdefault("", []).extend(reply.data["predictions"])
            for name, values in reply.data.get("outputs", {}).items():
                found.setdefault(name, []).extend(values)
        elif end - begin == 1:
            refused[reply.problem] += 1
        else:
            middle = (begin + end) // 2
            ask(begin, middle)
            ask(middle, end)

    step = step_of(table)
    for begin in range(0, len(table), step):
        ask(begin, min(begin + step, len(table)))
    return answered, found, refused


def _compared(
    runs: RunService, run_id: str, endpoint: LocalEndpoint, X: Any, answered: Any, found: dict[str, list[Any]]
) -> tuple[tuple[EndpointAgreement, ...], str]:
    """Return how each output agrees with the original's method, or why that cannot be said."""
    from ...export import subject_of

    if not run_id:
        return (), "Not compared: the file names no run that its model comes from."
    if not answered.any():
        return (), "Not compared: no row was answered."
    try:
        subject = subject_of(model_of(runs.get(run_id)))
        rows = subject.rows(X).take(answered)
    except MlopsError as error:
        return (), f"Not compared: the original is not at hand ({error})"
    agreements = []
    for place, output in enumerate(endpoint.stand().outputs):
        values = found.get(output.name if place else "")
        if not output.method or values is None:
            continue
        try:
            wanted = subject.said((output.method,), rows)[output.method]
        except Exception as error:  # noqa: BLE001  whatever a model raises, it does not take these rows
            return (
                (),
                f"Not compared: the original does not take these rows ({type(error).__name__}: {str(error)[:160]}).",
            )
        agreements.append(_agreement(output.name, output.method, values, wanted))
    return tuple(agreements), "" if agreements else "Not compared: no output says what a method of the original says."


def _agreement(name: str, method: str, values: list[Any], wanted: np.ndarray[Any, Any]) -> EndpointAgreement:
    """Compare one output: labels by being equal, figures by being near."""
    wanted = wanted.reshape(len(wanted), -1)
    given = np.array(values, dtype=object).reshape(len(wanted), -1)
    if wanted.dtype.kind not in "f":
        same = (given == wanted.astype(object)).all(axis=1)
        return EndpointAgreement(output=name, method=method, rows=len(wanted), equal=int(same.sum()), largest=None)
    figures = given.astype(np.float64)  # None, which stands for NaN in JSON, becomes NaN again
    gap = np.abs(figures - wanted)
    near = (gap <= _ATOL + _RTOL * np.abs(wanted)) | (np.isnan(figures) & ~np.isfinite(wanted))
    largest = float(gap[np.isfinite(gap)].max(initial=0.0))
    return EndpointAgreement(
        output=name, method=method, rows=len(wanted), equal=int(near.all(axis=1).sum()), largest=largest
    )
