"""`runs/trends`: the courses that the list draws of other tools' runs, for the rows in sight."""

import json
import shutil
import uuid

import pytest
from stores import make_store, run_row

from jupyter_mlops.entities import Problem, RunPage, RunTrend, RunTrends
from jupyter_mlops.services import MOST_ASKED
from jupyter_mlops.testing import wait_until


@pytest.fixture
def theirs(server, make_run, tmp_path):
    """A run of another tool, in a store that one of ours is tracked in too: its id, and that one."""
    path, run_id = tmp_path / "theirs.db", uuid.uuid4().hex
    make_store(
        path,
        run_row(run_id, "their run"),
        f"INSERT INTO metrics VALUES ('acc', 0.5, 7, '{run_id}', 0, 0), ('acc', 0, 8, '{run_id}', 1, 1);"
        f"INSERT INTO latest_metrics VALUES ('acc', 0, '{run_id}', 1);",
    )
    ours = make_run("ours", tracking_uri=f"sqlite:///{path}", metrics={"acc": 0.5})
    wait_until(lambda: server.get("api/runs", query=f"id:{run_id}").json["total"] == 1)
    yield run_id, ours.id
    shutil.rmtree(ours.directory.path)


def test_courses_are_told_by_id_and_come_with_the_next_page(server, theirs):
    run_id, ours = theirs

    answer = server.get("api/runs/trends", id=[ours, run_id, "f" * 32])

    assert answer.entity(RunTrends) == RunTrends(trends=(RunTrend(run_id=run_id, key="acc", values=(0.5, "NaN")),))
    json.loads(answer.body, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    (run,) = server.get("api/runs", query=f"id:{run_id}").entity(RunPage).runs
    assert run.spark == (0.5, "NaN")


def test_nothing_asked_is_nothing_told(server):
    assert server.get("api/runs/trends").entity(RunTrends) == RunTrends(trends=())


@pytest.mark.parametrize("text", ["", "x", "../../etc", "A" * 32, "a" * 31, "a" * 33, "%00"])
def test_b19_what_is_no_id_is_refused(server, text):
    answer = server.get("api/runs/trends", id=["a" * 32, text])
    assert (answer.status, answer.entity(Problem).field) == (404, "id")


def test_b10_more_than_a_list_has_in_sight_is_refused(server):
    answer = server.get("api/runs/trends", id=[f"{number:032x}" for number in range(MOST_ASKED + 1)])
    assert (answer.status, answer.entity(Problem).message) == (
        400,
        "Courses of at most 100 runs are told at a time, not of 101.",
    )
