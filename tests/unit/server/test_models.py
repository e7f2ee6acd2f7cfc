"""Registered models over HTTP: listed with a mark, registered, their aliases moved; what is refused."""

import pytest
from registries import add_model, make_registry

from jupyter_mlops.entities import RegisteredModel, RegisteredModels
from jupyter_mlops.services._models._explorer import MOST_MODELS, MOST_VERSIONS

RUN = "f" * 32


@pytest.fixture
def registry(home):
    """An empty registry in the server's home, in place of what the story before has left."""
    for path in home.path.glob("mlflow.db*"):
        path.unlink()
    return make_registry(home.path / "mlflow.db")


def listed(server, mark: str = "") -> RegisteredModels:
    answer = server.get("api/models", mark=mark)
    assert answer.status == 200, answer.body
    return answer.entity(RegisteredModels)


def test_nothing_is_registered(server, home, registry):
    found = listed(server)
    assert (found.models, found.total, found.missing, found.unchanged) == ((), 0, (), False)


def test_models_are_listed_with_their_runs(server, registry, make_run):
    run = make_run("wide")
    add_model(registry, "cancer", versions=2, aliases={"champion": 1}, run_id=run.id, description="of the breast")

    (model,) = listed(server).models
    assert (model.name, model.description, model.aliases) == ("cancer", "of the breast", {"champion": 1})
    assert [(version.label, version.run_id, version.run_name) for version in model.versions] == [
        ("cancer/2", run.id, "wide"),
        ("cancer/1", run.id, "wide"),
    ]
    assert server.extension.context.homes.service(model.home_id)


def test_what_has_not_changed_is_not_repeated(server, registry):
    add_model(registry, "cancer")
    first = listed(server)
    again = listed(server, first.mark)
    assert again == RegisteredModels(total=1, mark=first.mark, unchanged=True)

    add_model(registry, "wide")
    changed = listed(server, first.mark)
    assert ([model.name for model in changed.models], changed.unchanged) == (["cancer", "wide"], False)
    assert changed.mark != first.mark


def test_an_answer_is_bounded(server, registry):
    add_model(registry, "many", versions=MOST_VERSIONS + 10, aliases={"first": 1}, description="x" * 5_000)
    for number in range(MOST_MODELS):
        add_model(registry, f"model-{number:03}")

    found = listed(server)
    assert (len(found.models), found.total) == (MOST_MODELS, MOST_MODELS + 1)
    assert [version.version for version in found.models[0].versions] == [*range(30, 10, -1), 1]
    assert (found.models[0].version_count, len(found.models[0].description)) == (MOST_VERSIONS + 10, 1_000)


def test_hostile_texts_travel_without_what_cannot_be_seen(server, registry):
    add_model(registry, "cancer", description="<img src=x>\u202ecnacer", tags={"k": "v"})
    (model,) = listed(server).models
    assert (model.description, model.versions[0].tags) == ("<img src=x>cnacer", {})


def test_a_registry_that_cannot_be_read_is_said_with_200(server, home, registry):
    registry.write_bytes(b"no database" * 1_000)
    found = listed(server)
    assert found.models == ()
    assert "cannot be looked at" in found.missing[0]


def test_an_alias_is_moved_and_a_model_described(server, registry):
    add_model(registry, "cancer", versions=2, aliases={"champion": 1})
    (model,) = listed(server).models
    answer = server.request(
        "PATCH", f"api/models/{model.model_id}", {"aliases": {"champion": 2}, "description": "second", "version": 2}
    )

    assert answer.status == 200, answer.body
    changed = answer.entity(RegisteredModel)
    assert (changed.aliases, changed.versions[0].description) == ({"champion": 2}, "second")
    assert listed(server).models == (changed,)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"aliases": {"champion": 9}}, 404, "has no version 9"),
        ({"aliases": {"latest": 1}}, 400, "is no alias"),
        ({"aliases": {"nobody": None}}, 404, "has no alias nobody"),
        ({"aliases": ["champion"]}, 400, "The body is not as it should be"),
        ({"name": "other"}, 400, "The body is not as it should be"),
        ({"description": "x" * 5_001}, 400, "at most 5,000"),
    ],
)
def test_a_wrong_change_is_refused(server, registry, body, status, words):
    add_model(registry, "cancer", aliases={"champion": 1})
    before = listed(server)
    answer = server.request("PATCH", f"api/models/{before.models[0].model_id}", body)

    assert (answer.status, words in answer.json["message"]) == (status, True)
    assert listed(server) == before


def test_a_version_is_deleted_and_then_the_model_with_all_others(server, registry, make_run):
    run = make_run("wide")
    add_model(registry, "cancer", versions=3, aliases={"champion": 1, "old": 3}, run_id=run.id)
    add_model(registry, "other")
    cancer, other = listed(server).models
    path = f"api/models/{cancer.model_id}"

    assert server.request("DELETE", f"{path}?version=3").status == 204
    left = listed(server).models[0]
    assert ([version.version for version in left.versions], left.aliases) == ([2, 1], {"champion": 1})
    assert server.request("DELETE", f"{path}?version=3").status == 404

    assert server.request("DELETE", path).status == 204
    assert listed(server).models == (other,)
    assert server.get(f"api/runs/{run.id}").status == 200


@pytest.mark.parametrize("version", ["0", "-1", "x", "1.0", "9" * 30, "1;2"])
def test_what_is_no_version_deletes_nothing(server, registry, version):
    add_model(registry, "cancer")
    before = listed(server)
    answer = server.request("DELETE", f"api/models/{before.models[0].model_id}?version={version}")
    assert (answer.status, answer.json["field"], listed(server)) == (400, "version", before)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("model_id", ["x", "0" * 32, "A" * 32, "..%2F..%2Fetc", "0" * 33])
def test_a_model_that_is_not_there(server, registry, model_id, method):
    assert server.request(method, f"api/models/{model_id}", {} if method == "PATCH" else None).status == 404


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"run_id": RUN, "name": "cancer"}, 404, "No run"),
        ({"run_id": "../x", "name": "cancer"}, 404, "32 hex digits"),
        ({"name": "cancer"}, 400, "run_id"),
        ({"run_id": RUN, "name": "cancer", "source": "/etc"}, 400, "source"),
    ],
)
def test_a_wrong_registration_is_refused(server, registry, body, status, words):
    answer = server.request("POST", "api/models", body)
    assert (answer.status, words in answer.json["message"]) == (status, True)


def test_a_run_without_a_model_says_what_to_do(server, registry, make_run):
    run = make_run("wide")
    answer = server.request("POST", "api/models", {"run_id": run.id, "name": "cancer"})
    assert answer.status == 400
    assert answer.json["message"].startswith("Run wide has no model to register")
    assert listed(server).models == ()
