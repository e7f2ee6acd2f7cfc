"""`runs/ID/metrics`: curves over the wire, of our runs and of those that only a store has."""

import json
import math
import shutil
import uuid

import pytest
from stores import make_store

from jupyter_mlops.entities import Comparison, Difference, MetricPage, Problem, RunDetail
from jupyter_mlops.testing import wait_until
from jupyter_mlops.tracking import MetricSpool


def log(run, **series):
    spool = MetricSpool.open(run.directory.path, run.id)
    for key, values in series.items():
        for value in values:
            spool.log({key: value})
    spool.close()


def test_curves_are_told_by_key(server, make_run):
    run = make_run()
    log(run, loss=[0.5, 0.25], acc=[0.9], **{"a key/with.marks": [1.0]})

    page = server.get(f"api/runs/{run.id}/metrics", key=["loss", "a key/with.marks"], points=50).entity(MetricPage)

    assert [(series.key, series.steps, series.values) for series in page.series] == [
        ("loss", (0, 1), (0.5, 0.25)), ("a key/with.marks", (0,), (1.0,)),
    ]  # fmt: skip
    assert len(server.get(f"api/runs/{run.id}/metrics").entity(MetricPage).series) == 3


def test_b10_a_long_curve_is_small_on_the_wire_and_keeps_its_extremes(server, make_run):
    run = make_run()
    log(run, loss=map(math.sin, range(100_000)))

    answer = server.get(f"api/runs/{run.id}/metrics", key="loss")

    (series,) = answer.entity(MetricPage).series
    assert len(answer.body) <= 200_000
    assert (series.total, min(series.values), max(series.values)) == (
        100_000, min(map(math.sin, range(100_000))), max(map(math.sin, range(100_000))),
    )  # fmt: skip


def test_b07_nan_and_infinities_reach_a_browser(server, make_run):
    run = make_run()
    log(run, loss=[math.nan, math.inf, -math.inf, 1.0])

    body = server.get(f"api/runs/{run.id}/metrics").body

    told = json.loads(body, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert told["series"][0]["values"] == ["NaN", "Infinity", "-Infinity", 1.0]


@pytest.mark.parametrize("points", ["9", "2001", "-1", "1e3", "x"])
def test_b19_points_out_of_bounds_are_refused(server, make_run, points):
    answer = server.get(f"api/runs/{make_run().id}/metrics", points=points)

    assert (answer.status, answer.entity(Problem).field) == (400, "points")


@pytest.mark.parametrize("key", ["__proto__", "constructor", "toString"])
def test_b06_a_key_is_only_a_key(server, make_run, key):
    run = make_run(metrics={key: 0.5})

    assert [s.key for s in server.get(f"api/runs/{run.id}/metrics", key=key).entity(MetricPage).series] == [key]
    assert server.get(f"api/runs/{run.id}/metrics", key=f"{key}2").entity(MetricPage).series == ()


THEIR_RUN = """
INSERT INTO runs VALUES ('THEIRS', 'their run', 'FINISHED', 1760000000000, 1760000060000, 'active', 1);
INSERT INTO metrics VALUES ('acc', 0.5, 7, 'THEIRS', 0, 0), ('acc', 0.75, 8, 'THEIRS', 1, 0);
INSERT INTO latest_metrics VALUES ('acc', 0.75, 'THEIRS', 0);
INSERT INTO params VALUES ('lr', '0.1', 'THEIRS');
INSERT INTO tags VALUES ('mlflow.note.content', 'as *written*', 'THEIRS'),
                        ('mlflow.source.git.commit', 'abc', 'THEIRS');
"""


@pytest.fixture
def theirs(server, make_run, tmp_path):
    """A run of another tool, in a store that one of ours is tracked in too: its id, and that one."""
    path, run_id = tmp_path / "theirs.db", uuid.uuid4().hex
    make_store(path, THEIR_RUN.replace("THEIRS", run_id))
    ours = make_run("ours", tracking_uri=f"sqlite:///{path}", params={"lr": "0.2"}, metrics={"acc": 0.5})
    wait_until(lambda: server.get("api/runs", query=f"id:{run_id}").json["total"] == 1)
    yield run_id, ours
    shutil.rmtree(ours.directory.path)


def test_a_run_of_another_tool_is_shown_drawn_and_compared(server, theirs):
    run_id, ours = theirs
    detail = server.get(f"api/runs/{run_id}").entity(RunDetail)
    (acc,) = server.get(f"api/runs/{run_id}/metrics").entity(MetricPage).series
    comparison = server.get("api/comparisons", id=[ours.id, run_id]).entity(Comparison)

    assert (detail.summary.name, detail.summary.source, detail.summary.params) == ("their run", "mlflow", {"lr": "0.1"})
    assert (detail.note, detail.git["commit"], detail.cell) == ("as *written*", "abc", "")
    assert (acc.steps, acc.times, acc.values) == ((0, 1), (7, 8), (0.5, 0.75))
    assert [run.name for run in comparison.runs] == ["ours", "their run"]
    assert comparison.params == (Difference(key="lr", values=("0.2", "0.1"), differs=True),)


def test_what_only_a_store_has_is_changed_only_where_mlflow_takes_the_store(server, theirs):
    """This one has no schema of MLflow's: it is looked at, and never written to."""
    run_id, _ours = theirs
    stopped = server.request("POST", f"api/runs/{run_id}/stop")
    changed = server.request("PATCH", f"api/runs/{run_id}", {"name": "mine"})
    deleted = server.request("DELETE", f"api/runs/{run_id}")

    assert [answer.status for answer in (stopped, changed, deleted)] == [404, 503, 503]
    assert "has schema none" in changed.json["message"]
    assert server.get(f"api/runs/{run_id}").json["summary"]["name"] == "their run"


def test_f31_a_store_that_cannot_be_read_is_told_with_its_home(server, home, theirs, tmp_path):
    run_id, ours = theirs
    (tmp_path / "theirs.db").write_bytes(b"no database" * 1000)

    # A look at the very moment in which the file is written over finds a part of it, and says that first.
    told = "theirs.db cannot be read: file is not a database"
    wait_until(lambda: told in server.get("api/status").json["homes"][0]["problem"])

    assert server.get("api/runs", query=f"id:{ours.id}").json["total"] == 1
    assert server.get(f"api/runs/{run_id}/metrics").status == 503
