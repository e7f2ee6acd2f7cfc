"""Changes in homes reach listeners by themselves: new runs, ends, notes; the server stays active while runs go on."""

import sqlite3
import time
import uuid
from contextlib import closing
from typing import Any

import pytest
from stores import make_store, run_row

from jupyter_mlops.entities import ChangeRun, Exit, RunStatus
from jupyter_mlops.server.app import RUNS_CHANGED
from jupyter_mlops.services._homes import home_id_of
from jupyter_mlops.services._user_changes import change_run
from jupyter_mlops.testing import wait_until


@pytest.fixture
def events(server):
    """What listeners to the server's events hear, in order."""
    heard: list[dict[str, Any]] = []

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        heard.append(data)

    server.app.event_logger.add_listener(schema_id=RUNS_CHANGED, listener=listen)
    yield heard
    server.app.event_logger.remove_listener(schema_id=RUNS_CHANGED, listener=listen)


def test_a_new_run_is_noticed_within_a_second_and_told(server, home, events, make_run):
    began = time.monotonic()
    run = make_run(refresh=False)

    wait_until(lambda: any(run.id in event["run_ids"] for event in events))

    assert time.monotonic() - began < 5
    event = next(event for event in events if run.id in event["run_ids"])
    assert (event["home_id"], event["more"]) == (home_id_of(home.path), False)
    page = server.get("api/runs").json
    assert (page["runs"][0]["run_id"], page["cursor"] >= event["cursor"]) == (run.id, True)


def test_the_end_of_a_run_is_noticed(server, events, make_run):
    run = make_run(status=None)
    wait_until(lambda: server.get("api/status").json["scheduled"] > 0)

    run.directory.write(Exit(status=RunStatus.KILLED, ended_at="2026-11-21T09:00:00+00:00"), run.directory.exit_file)

    wait_until(lambda: server.get("api/runs", query=f"id:{run.id}").json["runs"][0]["status"] == "KILLED")
    wait_until(lambda: any(run.id in event["run_ids"] for event in events))  # told after it can be read


def test_what_another_process_says_of_a_run_is_noticed(server, make_run):
    run = make_run("old")

    change_run(run, ChangeRun(name="new"))

    wait_until(lambda: server.get("api/runs", query=f"id:{run.id}").json["runs"][0]["name"] == "new")


def test_f22_the_server_is_active_while_a_run_goes_on(server, make_run):
    settings = server.app.web_app.settings
    settings["last_activity_times"].pop("jupyter_mlops", None)
    run = make_run(status=None)

    wait_until(lambda: "jupyter_mlops" in settings["last_activity_times"])
    first = settings["last_activity_times"]["jupyter_mlops"]
    wait_until(lambda: settings["last_activity_times"]["jupyter_mlops"] > first)

    assert server.app.web_app.last_activity() >= first
    run.directory.write(Exit(status=RunStatus.KILLED, ended_at="2026-11-21T09:00:00+00:00"), run.directory.exit_file)


def until_looked_at_again(server, make_run) -> None:
    """Let two looks pass, one after the other: what the first has told is told when the second has begun."""
    for _ in range(2):
        ended = make_run(refresh=False)
        wait_until(lambda ended=ended: server.get("api/runs", query=f"id:{ended.id}").json["total"] == 1)


def test_f22_a_server_without_live_runs_is_left_to_the_culler(server, make_run):
    times = server.app.web_app.settings["last_activity_times"]
    unfinished = ("live", "scheduled")
    wait_until(lambda: not any(server.get("api/status").json[name] for name in unfinished))
    until_looked_at_again(server, make_run)
    times.pop("jupyter_mlops", None)
    until_looked_at_again(server, make_run)

    assert "jupyter_mlops" not in times


def test_f22_who_wants_idle_servers_culled_says_so(server, make_run):
    settings = server.app.web_app.settings
    server.extension.report_activity = False
    try:
        settings["last_activity_times"].pop("jupyter_mlops", None)
        run = make_run(status=None, refresh=False)
        until_looked_at_again(server, make_run)

        assert "jupyter_mlops" not in settings["last_activity_times"]
    finally:
        server.extension.report_activity = True
        ended = Exit(status=RunStatus.KILLED, ended_at="2026-11-21T09:00:00+00:00")
        run.directory.write(ended, run.directory.exit_file)


def test_what_another_tool_logs_is_seen_within_a_second(server, make_run, tmp_path):
    """Not at the next look at everything, which is rare: the store's file is glanced at."""
    store = make_store(tmp_path / "store.db")
    with closing(sqlite3.connect(store)) as database:
        make_run(tracking_uri=f"sqlite:///{store}")
        wait_until(lambda: store in server.extension.context.catalog.store_files)
        took = []
        for _ in range(3):
            run_id = uuid.uuid4().hex
            database.execute(run_row(run_id))
            database.commit()
            began = time.monotonic()
            wait_until(lambda run_id=run_id: server.get("api/runs", query=f"id:{run_id}").json["total"])
            took.append(time.monotonic() - began)

    assert min(took) < 1


def test_what_a_tab_changes_stands_in_the_list_at_once(server, make_run):
    run = make_run("before")
    took = []
    for name in ("one", "two", "three"):
        began = time.monotonic()
        assert server.request("PATCH", f"api/runs/{run.id}", {"name": name}).status == 200
        wait_until(lambda name=name: server.get("api/runs", query=f"id:{run.id}").json["runs"][0]["name"] == name)
        took.append(time.monotonic() - began)

    assert min(took) < 1


def test_a_home_that_is_moved_away_and_back_takes_its_runs_along(server, home, events, make_run):
    """Also where it is the only one: open lists ask again when they are told, and only then."""
    run = make_run(refresh=False)
    wait_until(lambda: any(run.id in event["run_ids"] for event in events))
    events.clear()
    elsewhere = home.path.with_name("moved")

    home.path.rename(elsewhere)
    try:
        wait_until(lambda: any(run.id in event["run_ids"] for event in events))
        assert server.get("api/runs", query=f"id:{run.id}").json["total"] == 0
        events.clear()
    finally:
        elsewhere.rename(home.path)

    wait_until(lambda: any(run.id in event["run_ids"] for event in events))
    assert server.get("api/runs", query=f"id:{run.id}").json["total"] == 1
