"""An MLflow tracking server for tests: the REST interface of the real one over MLflow's own sqlite store, with faults.

The real server needs Flask, which the base installation does not have.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from google.protobuf.json_format import ParseDict
from mlflow.entities import (
    DatasetInput,
    ExperimentTag,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
    Metric,
    Param,
    RunTag,
    ViewType,
)
from mlflow.exceptions import MlflowException
from mlflow.protos import service_pb2 as pb
from mlflow.protos.databricks_pb2 import NOT_IMPLEMENTED, RESOURCE_DOES_NOT_EXIST
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from mlflow.utils.proto_json_utils import message_to_json


class TrackingServer:
    """A server on a loopback port.

    Parameters
    ----------
    store : Path
        An empty sqlite store.

    Attributes
    ----------
    mode : str
        "ok", or the fault: "500", "401", "silent" (takes the request, never answers), "cut" (does what was asked, then
        closes without an answer), "slow" (0.3 s for each request).
    """

    def __init__(self, store: Path) -> None:
        self.store = SqlAlchemyStore(f"sqlite:///{store}", str(store.parent / "artifacts"))
        self.mode = "ok"
        self.token = ""
        self.seen: Counter[str] = Counter()
        self.release = threading.Event()
        self.lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self.port = 0

    @property
    def uri(self) -> str:
        """The tracking URI."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, at the same port as before."""
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                self.owner = owner
                super().handle_one_request()

            def do_GET(self) -> None:
                answer(self, owner)

            do_POST = do_PATCH = do_DELETE = do_GET

            def log_message(self, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *args: object) -> None:
                """Connections that clients give up are part of the stories."""

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Refuse connections from now on."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(store: Path) -> Iterator[TrackingServer]:
    """A server that is there for the length of a `with`."""
    server = TrackingServer(store)
    server.start()
    try:
        yield server
    finally:
        server.release.set()
        server.stop()


def answer(request: BaseHTTPRequestHandler, server: TrackingServer) -> None:
    url = urlsplit(request.path)
    length = int(request.headers.get("Content-Length") or 0)
    body = json.loads(request.rfile.read(length) or b"{}") if length else {}
    query = {key: values if key == "run_ids" else values[0] for key, values in parse_qs(url.query).items()}
    place = url.path.removeprefix("/api/2.0/mlflow/")
    server.seen[place] += 1
    if server.mode == "silent":
        server.release.wait(30)
        return
    if server.mode == "slow":
        time.sleep(0.3)
    if server.mode in ("500", "401"):
        send(request, int(server.mode), b"Internal Server Error" if server.mode == "500" else b"You are not logged in")
        return
    if server.token and request.headers.get("Authorization") != f"Bearer {server.token}":
        send(request, 401, b"You are not logged in")
        return
    try:
        with server.lock:
            message = call(server.store, request.command, place, body | query)
        data, code = message_to_json(message).encode(), 200
    except MlflowException as error:
        data, code = error.serialize_as_json().encode(), error.get_http_status_code()
    if server.mode == "cut":
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        request.connection.close()
        return
    send(request, code, data)


def send(request: BaseHTTPRequestHandler, code: int, data: bytes) -> None:
    request.send_response(code)
    request.send_header("Content-Type", "application/json" if code == 200 else "text/plain")
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)


def call(store: SqlAlchemyStore, method: str, place: str, given: dict[str, Any]) -> Any:
    """Do what a request asks of the store; return the message to answer with."""
    parts = place.split("/")
    if parts[0] == "logged-models":
        return models(store, method, parts[1:], given)
    handler = ENDPOINTS.get(place)
    if handler is None:
        raise MlflowException(f"no endpoint {place}", error_code=NOT_IMPLEMENTED)
    return handler(store, given)


def create_experiment(store: Any, given: Any) -> Any:
    tags = [ExperimentTag(tag["key"], tag["value"]) for tag in given.get("tags", ())]
    made = store.create_experiment(given["name"], given.get("artifact_location"), tags)
    return pb.CreateExperiment.Response(experiment_id=made)


def get_experiment_by_name(store: Any, given: Any) -> Any:
    found = store.get_experiment_by_name(given["experiment_name"])
    if found is None:
        raise MlflowException("no such experiment", error_code=RESOURCE_DOES_NOT_EXIST)
    return pb.GetExperimentByName.Response(experiment=found.to_proto())


def create_run(store: Any, given: Any) -> Any:
    tags = [RunTag(tag["key"], tag["value"]) for tag in given.get("tags", ())]
    user, start, name = given.get("user_id", ""), int(given["start_time"]), given.get("run_name", "")
    run = store.create_run(given["experiment_id"], user, start, tags, name)
    return pb.CreateRun.Response(run=run.to_proto())


def update_run(store: Any, given: Any) -> Any:
    status = pb.RunStatus.Value(given["status"]) if "status" in given else None
    end = int(given["end_time"]) if "end_time" in given else None
    info = store.update_run_info(given["run_id"], status, end, given.get("run_name"))
    return pb.UpdateRun.Response(run_info=info.to_proto())


def log_batch(store: Any, given: Any) -> Any:
    metrics = [Metric.from_proto(ParseDict(metric, pb.Metric())) for metric in given.get("metrics", ())]
    params = [Param(param["key"], param["value"]) for param in given.get("params", ())]
    tags = [RunTag(tag["key"], tag["value"]) for tag in given.get("tags", ())]
    store.log_batch(given["run_id"], metrics, params, tags)
    return pb.LogBatch.Response()


def log_metric(store: Any, given: Any) -> Any:
    store.log_metric(given["run_id"], Metric.from_proto(ParseDict(given, pb.LogMetric(), ignore_unknown_fields=True)))
    return pb.LogMetric.Response()


def log_param(store: Any, given: Any) -> Any:
    store.log_param(given["run_id"], Param(given["key"], given["value"]))
    return pb.LogParam.Response()


def set_tag(store: Any, given: Any) -> Any:
    store.set_tag(given["run_id"], RunTag(given["key"], given["value"]))
    return pb.SetTag.Response()


def log_inputs(store: Any, given: Any) -> Any:
    message = ParseDict(given, pb.LogInputs())
    datasets = [DatasetInput.from_proto(dataset) for dataset in message.datasets]
    store.log_inputs(given["run_id"], datasets, [LoggedModelInput.from_proto(model) for model in message.models])
    return pb.LogInputs.Response()


def log_outputs(store: Any, given: Any) -> Any:
    models = [LoggedModelOutput(model["model_id"], int(model.get("step", 0))) for model in given["models"]]
    store.log_outputs(given["run_id"], models)
    return pb.LogOutputs.Response()


def search_runs(store: Any, given: Any) -> Any:
    found = store.search_runs(
        given.get("experiment_ids", []),
        given.get("filter", ""),
        ViewType.from_string(given.get("run_view_type", "ACTIVE_ONLY").lower()),
        int(given.get("max_results", 1000)),
        given.get("order_by"),
    )
    return pb.SearchRuns.Response(runs=[run.to_proto() for run in found])


def search_experiments(store: Any, given: Any) -> Any:
    return pb.SearchExperiments.Response(experiments=[found.to_proto() for found in store.search_experiments()])


def some_points(store: Any, given: Any) -> Any:
    most = int(given["max_results"])
    found = store.get_metric_history_bulk_interval(given["run_ids"], given["metric_key"], most, None, None)
    return pb.GetMetricHistoryBulkInterval.Response(metrics=[point.to_proto() for point in found])


ENDPOINTS: dict[str, Callable[[Any, Any], Any]] = {
    "experiments/create": create_experiment,
    "experiments/get-by-name": get_experiment_by_name,
    "experiments/get": lambda store, given: pb.GetExperiment.Response(
        experiment=store.get_experiment(given["experiment_id"]).to_proto()
    ),
    "experiments/search": search_experiments,
    "metrics/get-history-bulk-interval": some_points,
    "runs/create": create_run,
    "runs/get": lambda store, given: pb.GetRun.Response(run=store.get_run(given["run_id"]).to_proto()),
    "runs/update": update_run,
    "runs/log-batch": log_batch,
    "runs/log-metric": log_metric,
    "runs/log-parameter": log_param,
    "runs/set-tag": set_tag,
    "runs/log-inputs": log_inputs,
    "runs/outputs": log_outputs,
    "runs/search": search_runs,
}


def models(store: Any, method: str, parts: list[str], given: Any) -> Any:
    """The endpoints below `logged-models`."""
    if parts == ["search"]:
        found = store.search_logged_models(given["experiment_ids"], given.get("filter"), max_results=1)
        return pb.SearchLoggedModels.Response(models=[model.to_proto() for model in found])
    if not parts:
        tags = [LoggedModelTag(tag["key"], tag["value"]) for tag in given.get("tags", ())]
        params = [LoggedModelParameter(param["key"], param["value"]) for param in given.get("params", ())]
        run_id, kind = given.get("source_run_id"), given.get("model_type")
        made = store.create_logged_model(given["experiment_id"], given["name"], run_id, tags, params, kind)
        return pb.CreateLoggedModel.Response(model=made.to_proto())
    if method == "PATCH" and len(parts) == 1:
        status = LoggedModelStatus.from_proto(pb.LoggedModelStatus.Value(given["status"]))
        return pb.FinalizeLoggedModel.Response(model=store.finalize_logged_model(parts[0], status).to_proto())
    if parts[1:] == ["tags"]:
        store.set_logged_model_tags(parts[0], [LoggedModelTag(tag["key"], tag["value"]) for tag in given["tags"]])
        return pb.SetLoggedModelTags.Response()
    return pb.GetLoggedModel.Response(model=store.get_logged_model(parts[0]).to_proto())
