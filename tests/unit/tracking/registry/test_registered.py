"""What a registry holds: by SQL, by HTTP, by MLflow in a child; bounded, whatever the registry is."""

import json
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from registries import NOW_MS, add_model, make_registry

from jupyter_mlops.entities import ModelVersion, RegisteredModel, RegisteredModels
from jupyter_mlops.tracking import ONNX_TAG, RUN_TAG, RegistryAddress, model_id_of, registered_models
from jupyter_mlops.tracking._registry._registered import MOST_VERSIONS

RUN = "a" * 32


def address(uri: str | Path) -> RegistryAddress:
    text = f"sqlite:///{uri}" if isinstance(uri, Path) else uri
    return RegistryAddress(text, text)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_registry(tmp_path / "mlflow.db")


def names(found: RegisteredModels) -> list[str]:
    return [model.name for model in found.models]


def test_a_model_with_its_versions(store):
    add_model(
        store,
        "cancer",
        versions=2,
        aliases={"champion": 1, "challenger": 2, "best": 1},
        run_id=RUN,
        tags={"stage": "new", ONNX_TAG: "ff"},
        description="of the breast",
    )

    (model,) = registered_models(address(store)).models
    assert model == RegisteredModel(
        model_id=model_id_of(f"sqlite:///{store}", "cancer"),
        name="cancer",
        description="of the breast",
        created_at="2026-11-18T11:06:40.000+00:00",
        updated_at="2026-11-18T11:06:40.002+00:00",
        version_count=2,
        versions=tuple(
            ModelVersion(
                name="cancer",
                version=version,
                aliases=aliases,
                tags={"stage": "new", ONNX_TAG: "ff"},
                created_at=f"2026-11-18T11:06:40.00{version}+00:00",
                source=f"/models/cancer/{version}",
                run_id=RUN,
                onnx_sha256="ff",
            )
            for version, aliases in ((2, ("challenger",)), (1, ("best", "champion")))
        ),
    )
    assert model.aliases == {"best": 1, "champion": 1, "challenger": 2}


def test_models_come_by_name_and_no_store_is_no_model(store, tmp_path):
    for name in ("wide", "cancer", "Ä"):
        add_model(store, name)

    assert names(registered_models(address(store))) == ["cancer", "wide", "Ä"]
    assert registered_models(address(tmp_path / "none.db")) == RegisteredModels()
    assert not (tmp_path / "none.db").exists()


def test_our_tag_says_the_run_where_the_store_has_another_id(store):
    add_model(store, "cancer", run_id="b" * 32, tags={RUN_TAG: RUN})
    assert registered_models(address(store)).models[0].versions[0].run_id == RUN


def test_a_deleted_version_is_no_version(store):
    add_model(store, "cancer", versions=3)
    with closing(sqlite3.connect(store)) as database, database:
        database.execute("UPDATE model_versions SET current_stage = 'Deleted_Internal' WHERE version = 3")

    (model,) = registered_models(address(store)).models
    assert ([version.version for version in model.versions], model.version_count) == ([2, 1], 2)


def test_a_version_that_is_not_ready_says_why(store):
    add_model(store, "cancer")
    with closing(sqlite3.connect(store)) as database, database:
        database.execute("UPDATE model_versions SET status = 'FAILED_REGISTRATION', status_message = 'no space'")
    assert registered_models(address(store)).models[0].versions[0].status == "FAILED_REGISTRATION no space"


def test_of_many_versions_the_newest_and_those_with_an_alias(store):
    add_model(store, "cancer", versions=MOST_VERSIONS + 50, aliases={"champion": 3})

    (model,) = registered_models(address(store)).models
    shown = [version.version for version in model.versions]
    assert shown == [*range(MOST_VERSIONS + 50, 50, -1), 3]
    assert (model.version_count, model.aliases) == (MOST_VERSIONS + 50, {"champion": 3})


def test_ids_tell_registries_and_names_apart_but_not_logins():
    ids = {model_id_of(uri, name) for uri in ("sqlite:///a", "sqlite:///b") for name in ("x", "y", "\ud800")}
    assert len(ids) == 6
    assert all(len(each) == 32 and set(each) <= set("0123456789abcdef") for each in ids)
    assert model_id_of("http://me:secret@host", "x") == model_id_of("http://host", "x")


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "no such table"), (b"no database, but long enough to be one" * 40, "not a database")],
    ids=["empty", "nonsense"],
)
def test_a_file_that_is_no_store_is_said(tmp_path, data, words):
    path = tmp_path / "mlflow.db"
    path.write_bytes(data)
    (missing,) = registered_models(address(path)).missing
    assert str(path) in missing
    assert words in missing


def test_a_locked_store_costs_no_more_than_the_time_that_is_given(store):
    with closing(sqlite3.connect(store, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = delete")
        database.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        found = registered_models(address(store), 1.0)
        assert time.monotonic() - began < 3.0
    assert "locked" in found.missing[0]


def test_a_store_of_another_schema_is_asked_by_mlflow_itself(store):
    """MLflow refuses it, in its own words; ours would read tables that may mean something else."""
    with closing(sqlite3.connect(store)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")

    (missing,) = registered_models(address(store), 30.0).missing
    assert "says:" in missing


def test_hostile_texts_are_cut(store):
    add_model(store, "cancer", description="<b>" * 100_000, tags={f"k{number}": "v" * 99_999 for number in range(300)})

    (model,) = registered_models(address(store)).models
    assert len(model.description) == 5_000
    assert len(model.versions[0].tags) == 100
    assert {len(text) for text in model.versions[0].tags.values()} == {5_000}


class Server:
    """An MLflow server that answers what it is told to."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.asked: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                endpoint = self.path.partition("?")[0].removeprefix("/api/2.0/mlflow/")
                server.asked.append(self.path)
                data = json.dumps(answers.get(endpoint)).encode()
                self.send_response(200 if endpoint in answers else 404)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.http.server_address[1]}"


@pytest.fixture
def serve() -> Iterator[Callable[[dict[str, Any]], Server]]:
    started = []

    def start(answers: dict[str, Any]) -> Server:
        server = Server(answers)
        threading.Thread(target=server.http.serve_forever, daemon=True).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.http.shutdown()
        server.http.server_close()


def test_a_server_is_asked_by_its_documented_words(serve):
    server = serve(
        {
            "registered-models/search": {
                "registered_models": [
                    {
                        "name": "cancer",
                        "creation_timestamp": str(NOW_MS),
                        "aliases": [{"alias": "champion", "version": "2"}],
                        "tags": [{"key": "team", "value": "blue"}],
                    }
                ]
            },
            "model-versions/search": {
                "model_versions": [
                    {"name": "cancer", "version": "1", "run_id": RUN, "status": "READY", "source": "s3://x"},
                    {"name": "cancer", "version": "2", "tags": [{"key": RUN_TAG, "value": RUN}]},
                    {"name": "another", "version": "1"},
                ]
            },
        }
    )

    (model,) = registered_models(address(server.uri)).models
    assert (model.name, model.aliases, model.tags, model.version_count) == (
        "cancer",
        {"champion": 2},
        {"team": "blue"},
        2,
    )
    assert [(each.version, each.run_id, each.source) for each in model.versions] == [(2, RUN, ""), (1, RUN, "s3://x")]
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"registered_models": 5},
        {"registered_models": [5]},
        {"registered_models": [{}]},
        {"registered_models": [{"name": "x", "aliases": [{"alias": "a", "version": "many"}]}]},
        {"registered_models": [{"name": "x", "aliases": [{"alias": "a"}]}]},
        {"registered_models": [{"name": "x", "tags": {"key": "value"}}]},
    ],
    ids=["list", "number", "numbers", "nameless", "odd version", "no version", "odd tags"],
)
def test_b27_a_server_that_answers_nonsense_is_said(serve, answer):
    server = serve({"registered-models/search": answer, "model-versions/search": {}})
    found = registered_models(address(server.uri))
    assert found.models == ()
    assert found.missing[0].startswith(f"The registry {server.uri} cannot be looked at: ")


def test_b27_a_black_holed_server_is_waited_for_no_longer_than_asked():
    with black_hole() as uri:
        began = time.monotonic()
        found = registered_models(address(uri), 0.5)
        assert time.monotonic() - began < 2.0
    assert found.missing == (f"The registry {uri} cannot be looked at: no answer within 0.5 s.",)


def test_a_login_is_never_shown():
    with black_hole() as uri:
        found = registered_models(address(uri.replace("//", "//me:secret@")), 0.2)
    assert "secret" not in found.missing[0]
    assert uri in found.missing[0]


@contextmanager
def black_hole() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_any_other_registry_is_asked_by_a_child_that_is_ended_in_time():
    began = time.monotonic()
    found = registered_models(address("unknown-scheme://x"), 0.3)
    assert time.monotonic() - began < 3.0
    assert found.missing[0].startswith("The registry unknown-scheme://x cannot be looked at: ")
