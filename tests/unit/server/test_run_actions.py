"""Deleting, repeating, comparing and exporting runs."""

import csv
import io
import json

import pytest

from jupyter_mlops.entities import (
    Comparison,
    Difference,
    Environment,
    ExplainedFeatures,
    ExplanationReport,
    Importance,
    Problem,
    RunReports,
    RunStatus,
)
from jupyter_mlops.home import LifeLock

EXPLANATION = ExplanationReport(
    method="glassbox",
    method_title="Boosting machine",
    chosen_because="it explains itself",
    task="binary",
    outputs=("ill",),
    scale="log odds",
    features=ExplainedFeatures(names=("age",), kinds=("number",)),
    importance=Importance(measure="mean size", names=("age",), features=((0,),), scores=(0.5,)),
)


def test_an_ended_run_is_deleted_for_good(server, home, make_run):
    run = make_run()

    answer = server.request("DELETE", f"api/runs/{run.id}")

    assert (answer.status, answer.body, run.directory.exists()) == (204, b"", False)
    assert server.get(f"api/runs/{run.id}").status == 404
    assert [path.name for path in home.runs.iterdir() if run.id in path.name] == []


def test_a_run_that_lives_is_not_deleted(server, make_run):
    run = make_run(status=None)
    with LifeLock.acquire(run.directory.executor_lock):
        answer = server.request("DELETE", f"api/runs/{run.id}")

    assert (answer.status, "Stop it first" in answer.entity(Problem).message) == (409, True)
    assert run.directory.exists()


def test_deleting_what_is_not_there_is_told(server):
    assert server.request("DELETE", f"api/runs/{'0' * 32}").status == 404


def test_a_notebook_that_repeats_the_run_is_written_below_the_root(server, make_run):
    run = make_run("base", cell="model = fit(X)")
    (server.root / "again").mkdir()

    answer = server.request("POST", f"api/runs/{run.id}/notebook", {"path": "again/base"})

    assert (answer.status, answer.json) == (201, {"path": "again/base.ipynb"})
    assert run.id in json.dumps(json.loads((server.root / "again" / "base.ipynb").read_text()))


@pytest.mark.parametrize(
    "path",
    ["", " ", "/", "../evil.ipynb", "again/../../evil.ipynb", ".hidden/x.ipynb", "x/.ssh/y.ipynb", "absent/x.ipynb",
     "x.py", "x\0.ipynb", "out/evil.ipynb", "a\nb.ipynb"],
)  # fmt: skip
def test_b11_a_notebook_goes_nowhere_else(server, make_run, tmp_path, path):
    run = make_run()
    link = server.root / "out"
    if not link.exists():
        link.symlink_to(tmp_path.parent)
    for folder in (".hidden", "x/.ssh", "again"):
        (server.root / folder).mkdir(parents=True, exist_ok=True)

    answer = server.request("POST", f"api/runs/{run.id}/notebook", {"path": path})

    assert answer.status == 400
    assert [*tmp_path.parent.glob("*.ipynb"), *server.root.glob(".hidden/*"), *server.root.glob("x/.ssh/*")] == []


def test_a_notebook_replaces_no_file(server, make_run):
    run = make_run()
    (server.root / "mine.ipynb").write_text("mine")

    assert server.request("POST", f"api/runs/{run.id}/notebook", {"path": "mine.ipynb"}).status == 400
    assert (server.root / "mine.ipynb").read_text() == "mine"


def test_runs_are_compared_fact_by_fact(server, make_run):
    runs = [
        make_run(name, params={"lr": lr}, metrics={"acc": acc, "system/cpu": 1.0}, cell=f"lr = {lr}")
        for name, lr, acc in (("a", "0.1", 0.5), ("b", "0.2", 0.5))
    ]
    environment = Environment(python="3.11", platform="Linux", host="box", packages={"numpy": "2.0"})
    runs[0].directory.write(environment, runs[0].directory.environment_file)

    comparison = server.get("api/comparisons", id=[run.id for run in runs]).entity(Comparison)

    assert [run.name for run in comparison.runs] == ["a", "b"]
    assert comparison.params == (Difference(key="lr", values=("0.1", "0.2"), differs=True),)
    assert comparison.metrics == (
        Difference(key="acc", values=("0.5", "0.5"), differs=False),
        Difference(key="system/cpu", values=("1.0", "1.0"), differs=False),
    )
    assert comparison.packages == (Difference(key="numpy", values=("2.0", ""), differs=True),)
    assert Difference(key="Host", values=("box", ""), differs=True) in comparison.environment
    assert comparison.cells == ("lr = 0.1", "lr = 0.2")


def test_runs_are_compared_with_what_they_keep_of_reports(server, make_run):
    runs = [make_run(name) for name in ("a", "b")]
    reports = runs[1].directory.artifacts / "reports"
    reports.mkdir(parents=True)
    (reports / "explanation.json").write_text(EXPLANATION.to_json())
    (reports / "fairness.json").write_text('{"version": 99}')

    first, second = server.get("api/comparisons", id=[run.id for run in runs]).entity(Comparison).reports

    assert first == RunReports(run_id=runs[0].id)
    assert (second.run_id, second.fairness, second.explanation.names) == (runs[1].id, None, ("age",))
    assert "has version 99" in second.problems[0]


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 400), (21, 400), (400, 400)])
def test_two_to_twenty_runs_are_compared(server, make_run, count, status):
    run = make_run()

    assert server.get("api/comparisons", id=[run.id] * count).status == status
    assert server.get("api/comparisons", id=[run.id, run.id]).status == 400
    assert server.get("api/comparisons", id=[run.id, "x"]).status == 404


def table(answer):
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8"), newline="")))


def test_the_table_is_exported_as_it_is_asked_for(server, make_run):
    make_run("one, two", experiment="export", metrics={"acc": 0.5}, params={"note": 'say "x"\nplease'})
    make_run("best", experiment="export", metrics={"acc": 0.9})

    answer = server.get(
        "api/runs.csv", query="experiment:export", sort="metric.acc", columns="name,metric.acc,param.note,status"
    )

    assert table(answer) == [
        ["name", "metric.acc", "param.note", "status"],
        ["best", "0.9", "", "FINISHED"],
        ["one, two", "0.5", 'say "x"\nplease', "FINISHED"],
    ]
    assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"]) == (
        "text/csv; charset=utf-8",
        'attachment; filename="runs.csv"',
    )


def test_b34_no_text_becomes_a_formula(server, make_run):
    risky = {"a": "=1+1", "b": "+cmd", "c": "-2+3", "d": "@SUM(A1)", "e": "\tx", "f": "-0.5", "g": "+1e-3", "h": "a=b"}
    make_run("=HYPERLINK(1)", experiment="formulas", tags=risky, metrics={"loss": -0.25})
    columns = "name,metric.loss," + ",".join(f"tag.{key}" for key in risky)

    safe = table(server.get("api/runs.csv", query="experiment:formulas", columns=columns))[1]
    raw = table(server.get("api/runs.csv", query="experiment:formulas", columns=columns, formulas="raw"))[1]

    assert safe == ["'=HYPERLINK(1)", "-0.25", "'=1+1", "'+cmd", "'-2+3", "'@SUM(A1)", "'\tx", "-0.5", "+1e-3", "a=b"]
    assert raw == ["=HYPERLINK(1)", "-0.25", *risky.values()]


def test_b34_an_old_spreadsheet_is_told_the_encoding(server, make_run):
    make_run("größe", experiment="bom")

    answer = server.get("api/runs.csv", query="experiment:bom", columns="name", bom="true")

    assert answer.body == "\ufeffname\r\ngröße\r\n".encode()


@pytest.mark.parametrize("columns", ["evil", "metric.", "name,__class__", ",".join(f"tag.{n}" for n in range(501))])
def test_a_column_that_is_none_is_refused(server, columns):
    assert server.get("api/runs.csv", columns=columns).status == 400


def test_a_failed_run_keeps_its_state_in_every_form(server, make_run):
    run = make_run("bad", experiment="forms", status=RunStatus.FAILED)

    row = table(server.get("api/runs.csv", query="experiment:forms", columns="run_id,status,archived"))[1]

    assert row == [run.id, "FAILED", ""]
