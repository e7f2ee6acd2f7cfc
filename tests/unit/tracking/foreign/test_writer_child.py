"""Changes of other tools' runs by MLflow's own client, in its own store."""

import io
import json
import sqlite3
from contextlib import closing

import pytest
from mlflow import MlflowClient
from mlflow.entities import ViewType

from jupyter_mlops.tracking._foreign._writer_child import _client, answer, serve
from jupyter_mlops.tracking._local_store import prepare_store


@pytest.fixture(scope="module")
def uri(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("theirs") / "mlflow.db"
    prepare_store(path, owned=True)
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def client(uri) -> MlflowClient:
    return MlflowClient(uri)


@pytest.fixture
def run_id(client) -> str:
    return client.create_run("0", run_name="theirs", tags={"stage": "old", "mlflow.note.content": "why"}).info.run_id


def wish(uri: str, run_id: str, **fields: object) -> dict:
    return {"uri": uri, "run_id": run_id, "name": None, "tags": {}, "delete": False, **fields}


def test_name_and_tags_are_what_mlflow_shows(uri, client, run_id):
    tags = {"stage": None, "never": None, "mlops.archived": "true", "mlflow.note.content": "because"}

    assert answer(wish(uri, run_id, name="renamed", tags=tags)) == {}
    run = client.get_run(run_id)
    assert run.info.run_name == "renamed"
    assert run.data.tags == {
        "mlflow.runName": "renamed", "mlops.archived": "true", "mlflow.note.content": "because",
    }  # fmt: skip


def test_a_deleted_run_can_be_restored(uri, client, run_id):
    assert answer(wish(uri, run_id, delete=True)) == {}
    assert run_id in [run.info.run_id for run in client.search_runs(["0"], run_view_type=ViewType.DELETED_ONLY)]
    client.restore_run(run_id)
    assert client.get_run(run_id).data.tags["stage"] == "old"


def test_what_mlflow_refuses_is_told_with_its_code(uri):
    told = answer(wish(uri, "0" * 32, tags={"a": "b"}))

    assert (told["code"], "0" * 32 in told["error"]) == ("RESOURCE_DOES_NOT_EXIST", True)


def test_f33_a_store_of_another_schema_is_left_as_it_is(tmp_path):
    path = tmp_path / "older.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('0')"
        )
    before = path.read_bytes()
    told = answer(wish(f"sqlite:///{path}", "0" * 32, delete=True))

    assert ("has schema 0" in told["error"], path.read_bytes() == before) == (True, True)


def test_f31_a_store_that_is_not_there_is_not_made(tmp_path):
    path = tmp_path / "none.db"
    told = answer(wish(f"sqlite:///{path}", "0" * 32, delete=True))

    assert ("is not made yet" in told["error"], path.exists()) == (True, False)


def test_an_address_of_no_store_is_told(uri):
    assert "nonsense" in answer(wish("nonsense://x", "0" * 32))["error"]


def test_a_line_is_a_wish_and_prints_go_elsewhere(uri, client, run_id, capsys):
    answers = io.StringIO()
    wishes = [wish(uri, run_id, tags={"n": "1"}), wish(uri, "0" * 32, delete=True)]
    serve(io.StringIO("".join(json.dumps(one) + "\n" for one in wishes)), answers)

    ready, *told = answers.getvalue().splitlines()
    told = [json.loads(line) for line in told]
    assert (ready, told[0], told[1]["code"]) == ("", {}, "RESOURCE_DOES_NOT_EXIST")
    assert (client.get_run(run_id).data.tags["n"], capsys.readouterr().out) == ("1", "")


def teardown_module() -> None:
    _client.cache_clear()
