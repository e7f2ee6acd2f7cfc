"""Models of every kind of signature, exported once; an endpoint's server in a thread of the test, asked by HTTP."""

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.deployment.serving import Limits, ServedModel, Server, Serving, application


class Answer(NamedTuple):
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class Running:
    """A server that runs until `end`."""

    def __init__(self, path: Path, data: bytes, limits: Limits | None, secret: str) -> None:
        self.path = path / "s"
        (path / "model.onnx").write_bytes(data)
        self.model = ServedModel.load(path / "model.onnx", "m", "1")
        self._limits, self._secret = limits, secret
        self._ready = threading.Event()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(20)

    def _run(self) -> None:
        self.loop.run_until_complete(self._serve())
        self.loop.close()

    async def _serve(self) -> None:
        self.serving = Serving(self.model, self._limits, self._secret)
        server = Server(self.serving, application(self.serving))
        server.listen_on_socket(self.path)
        self._ended = asyncio.Event()
        self._ready.set()
        await self._ended.wait()
        await server.close(5.0)

    def end(self) -> None:
        if not self._thread.is_alive():
            return
        self.loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(20)

    def switch(self, model: ServedModel) -> None:
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (self.serving.switch(model), done.set()))
        assert done.wait(5)

    def connection(self) -> http.client.HTTPConnection:
        """One that is kept."""
        return UnixConnection(self.path)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        connection = UnixConnection(self.path)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()


Serve = Callable[..., Running]


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    running = []

    def start(data: bytes, limits: Limits | None = None, secret: str = "") -> Running:
        running.append(Running(tmp_path_factory.mktemp("s"), data, limits, secret))
        return running[-1]

    yield start
    for each in running:
        each.end()


ROWS = 60
KINDS = ("frame", "mixed", "array", "texts", "regressor", "double", "transformer")
"""Columns in one tensor, columns with an input each, no names, texts, one figure, float64, many figures."""


@pytest.fixture(scope="session")
def people() -> pd.DataFrame:
    X = np.random.default_rng(0).normal(size=(ROWS, 2))
    return pd.DataFrame(
        {
            "age": X[:, 0] * 10 + 40,
            "children": np.arange(ROWS) % 4,
            "town": np.array(["Bern", "Köln", "Łódź"])[np.arange(ROWS) % 3],
            "member": np.arange(ROWS) % 2 == 0,
        }
    )


@pytest.fixture(scope="session")
def fitted(people):
    """A model of each kind, and rows as it takes them."""
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    people = people.drop(columns="member")
    numbers = people[["age", "children"]].astype(float)
    answers = np.where(people["age"] > 40, "yes", "no")
    columns = make_column_transformer(
        (StandardScaler(), ["age", "children"]), (OneHotEncoder(handle_unknown="ignore"), ["town"])
    )
    texts = np.array([f"{town} station {place % 5}" for place, town in enumerate(people["town"])], dtype=object)
    vectorizer = TfidfVectorizer(token_pattern="[a-zA-Z0-9_]+")
    forest = RandomForestRegressor(5, random_state=0)
    return {
        "frame": (LogisticRegression().fit(numbers, answers), numbers),
        "mixed": (make_pipeline(columns, LogisticRegression()).fit(people, answers), people),
        "array": (LogisticRegression().fit(numbers.to_numpy(), answers), numbers.to_numpy()),
        "texts": (make_pipeline(vectorizer, LogisticRegression()).fit(texts, answers), texts),
        "regressor": (LinearRegression().fit(numbers, numbers["age"] * 2), numbers),
        "double": (make_pipeline(StandardScaler(), forest).fit(numbers, numbers["age"]), numbers),
        "transformer": (StandardScaler().fit(numbers), numbers),
    }


@pytest.fixture(scope="session")
def bundles(fitted, tmp_path_factory):
    from jupyter_mlops.export import ExportWish, export_model, open_bundle

    folder, made = tmp_path_factory.mktemp("models"), {}
    for kind, (model, rows) in fitted.items():
        export_model(model, rows, folder / f"{kind}.onnx", ExportWish(timed=False, allow_mismatch=ROWS))
        made[kind] = open_bundle(folder / f"{kind}.onnx", kind)
    return made


@pytest.fixture(params=KINDS)
def bundle(request, bundles):
    return bundles[request.param]


@pytest.fixture
def foreign(tmp_path):
    """A file of another program with such inputs and outputs: `(name, type, shape)`."""
    from onnx import TensorProto, helper, save_model

    from jupyter_mlops.export import open_bundle

    def make(*tensors, label="theirs"):
        values = [
            [
                helper.make_tensor_value_info(f"{name}{end}", TensorProto.DataType.Value(kind), shape)
                for name, kind, shape in tensors
            ]
            for end in ("", "_out")
        ]
        nodes = [helper.make_node("Identity", [name], [f"{name}_out"]) for name, _, _ in tensors]
        proto = helper.make_model(
            helper.make_graph(nodes, "theirs", *values), opset_imports=[helper.make_opsetid("", 17)], ir_version=10
        )
        save_model(proto, tmp_path / "theirs.onnx")
        return open_bundle(tmp_path / "theirs.onnx", label)

    return make
