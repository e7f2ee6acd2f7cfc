"""The extension loads with the server and says what it shows."""

from jupyter_mlops.entities import RunStatus, ServerStatus
from jupyter_mlops.server._context import ServerContext
from jupyter_mlops.services._homes import home_id_of


def test_the_server_tells_its_homes_and_what_is_unfinished(server, home, make_run):
    make_run(status=RunStatus.FINISHED)
    make_run(status=None)

    status = server.get("api/status").entity(ServerStatus)

    assert [(info.home_id, info.label, info.problem) for info in status.homes] == [
        (home_id_of(home.path), server.root.name, "")
    ]
    assert (status.wire_version, status.live, status.scheduled) == (1, 0, 1)


def test_an_answer_is_json_that_nobody_stores(server):
    answer = server.get("api/status")

    assert (answer.status, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        200,
        "application/json",
        "no-store",
    )


def test_a_run_is_found_from_the_first_request_on(server, make_run):
    """Tabs that were open before a restart ask before the homes were looked at again."""
    run = make_run("early")

    context = ServerContext(server.root)

    assert context.explorer.detail(run.id).summary.name == "early"
    context.pool.shutdown()
