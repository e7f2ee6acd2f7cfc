"""Registries of several homes in one list: each once, remote ones not at every look, changes where the model is."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from registries import add_model, make_registry

from jupyter_mlops.entities import ChangeModel, RegisterModel
from jupyter_mlops.exceptions import ModelNotFoundError, RunNotFoundError
from jupyter_mlops.home import Home
from jupyter_mlops.services import Homes, ModelExplorer
from jupyter_mlops.services._models._explorer import MOST_REGISTRIES


@pytest.fixture(autouse=True)
def no_environment(monkeypatch, tmp_path):
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "JUPYTER_MLOPS_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def homes(tmp_path) -> Homes:
    """Two homes below one root."""
    from jupyter_mlops.home import register_home

    for name in ("a", "b"):
        (tmp_path / "root" / name).mkdir(parents=True)
        register_home(Home.create(tmp_path / "root" / name / ".mlops").path)
    homes = Homes(tmp_path / "root")
    homes.refresh()
    return homes


def store_of(homes: Homes, number: int) -> Path:
    service = sorted((service for _id, service in homes), key=lambda each: str(each.home.path))[number]
    path = service.home.path / "mlflow.db"
    return path if path.exists() else make_registry(path)


def test_models_of_all_homes_by_name(homes):
    add_model(store_of(homes, 0), "wide")
    add_model(store_of(homes, 1), "cancer")
    add_model(store_of(homes, 1), "wide")

    found = ModelExplorer(homes).list()
    assert [model.name for model in found.models] == ["cancer", "wide", "wide"]
    assert (len({model.model_id for model in found.models}), len({model.home_id for model in found.models})) == (3, 2)


def test_a_registry_that_all_share_is_listed_once(homes, monkeypatch, tmp_path):
    shared = make_registry(tmp_path / "shared.db")
    add_model(shared, "cancer")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{shared}")

    found = ModelExplorer(homes).list()
    assert ([model.name for model in found.models], found.total) == (["cancer"], 1)


def test_registries_that_runs_name_are_listed_too(homes, tmp_path):
    named = make_registry(tmp_path / "named.db")
    add_model(named, "cancer")
    stores = ["", f"sqlite:///{named}", *(f"sqlite:///{tmp_path}/{number}.db" for number in range(50))]
    explorer = ModelExplorer(homes, lambda _home_id: stores)

    assert [model.name for model in explorer.list().models] == ["cancer"]
    assert len(list(explorer._services())) == len(list(homes)) + MOST_REGISTRIES


def test_a_change_goes_to_the_registry_of_the_model(homes):
    for number in (0, 1):
        add_model(store_of(homes, number), "cancer", versions=2, aliases={"champion": 1})
    explorer = ModelExplorer(homes)
    _first, second = explorer.list().models

    changed = explorer.change(second.model_id, ChangeModel(aliases={"champion": 2}))
    assert (changed.model_id, changed.home_id, changed.aliases) == (second.model_id, second.home_id, {"champion": 2})
    assert [model.aliases for model in explorer.list().models] == [{"champion": 1}, {"champion": 2}]


def test_what_is_deleted_is_deleted_where_it_is_registered(homes):
    for number in (0, 1):
        add_model(store_of(homes, number), "cancer", versions=2)
    explorer = ModelExplorer(homes)
    first, second = explorer.list().models

    explorer.delete(second.model_id, 2)
    assert [len(model.versions) for model in explorer.list().models] == [2, 1]
    explorer.delete(second.model_id, None)
    assert [model.model_id for model in explorer.list().models] == [first.model_id]


def test_what_is_not_there_is_said(homes):
    explorer = ModelExplorer(homes)
    with pytest.raises(ModelNotFoundError, match="No such model is registered here"):
        explorer.delete("0" * 32, None)
    with pytest.raises(ModelNotFoundError, match="No such model is registered here"):
        explorer.change("0" * 32, ChangeModel())
    with pytest.raises(RunNotFoundError):
        explorer.register(RegisterModel(run_id="0" * 32, name="cancer"))


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A registry over HTTP with one model, and what it was asked."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            model = {"registered_models": [{"name": "cancer"}]}
            data = json.dumps(model if "registered-models" in self.path else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_address[1]}", asked
    running.shutdown()
    running.server_close()


def test_a_server_is_not_asked_at_every_look(homes, server, monkeypatch):
    uri, asked = server
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    explorer = ModelExplorer(homes)

    first = explorer.list()
    assert explorer.list(first.mark).unchanged
    assert len(asked) == 2
    explorer._forget()  # as after a change
    assert [model.name for model in explorer.list().models] == ["cancer"]
    assert len(asked) == 4
