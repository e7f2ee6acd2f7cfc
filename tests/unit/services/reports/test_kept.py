"""A report beside the run that it is about: whole or not at all, replaced by a later one, private."""

import os

import pytest

from jupyter_mlops.exceptions import HomeError
from jupyter_mlops.home import ChangedRuns
from jupyter_mlops.home._survey import survey
from jupyter_mlops.services._artifacts import list_artifacts
from jupyter_mlops.services._reports._kept import keep_report


def test_a_report_is_an_artifact_and_tags(make_run):
    run = make_run("wide")
    keep_report(run, "reports/fairness.json", '{"a": 1}', {"mlops.fairness": "sex 1"})

    assert [entry.path for entry in list_artifacts(run, "reports").entries] == ["reports/fairness.json"]
    assert (run.directory.artifacts / "reports" / "fairness.json").read_text() == '{"a": 1}'
    assert run.tags == {"mlops.fairness": "sex 1"}


def test_a_later_report_replaces_an_earlier_one(make_run):
    run = make_run("wide")
    keep_report(run, "reports/fairness.json", "1", {"kind": "a", "data": "x"})
    keep_report(run, "reports/fairness.json", "2", {"kind": "b", "data": None})

    assert (run.directory.artifacts / "reports" / "fairness.json").read_text() == "2"
    assert run.tags == {"kind": "b"}
    assert [path.name for path in (run.directory.artifacts / "reports").iterdir()] == ["fairness.json"]


def test_reports_of_different_kinds_lie_side_by_side(make_run):
    run = make_run("wide")
    keep_report(run, "reports/fairness.json", "1", {})
    keep_report(run, "reports/explanation.json", "2", {})

    assert len(list_artifacts(run, "reports").entries) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_that_may_not_be_written(make_run):
    run = make_run("wide")
    run.directory.path.chmod(0o500)
    with pytest.raises(HomeError, match="Cannot write"):
        keep_report(run, "reports/fairness.json", "1", {})
    run.directory.path.chmod(0o700)


def test_a_file_where_the_folder_should_be(make_run):
    run = make_run("wide")
    run.directory.artifacts.mkdir()
    (run.directory.artifacts / "reports").write_text("mine")
    with pytest.raises(HomeError, match="Cannot write"):
        keep_report(run, "reports/fairness.json", "1", {})

    assert (run.directory.artifacts / "reports").read_text() == "mine"
    assert run.tags == {}


def test_a_report_is_to_be_shipped(make_run, home):
    run = make_run("wide")
    keep_report(run, "reports/fairness.json", "1", {"mlops.fairness": "sex 1"})

    assert ChangedRuns(home.path).waiting() == {run.id}


def test_a_run_with_a_report_that_is_not_shipped_is_not_collected(make_run, home):
    run = make_run("wide")
    run.directory.tracking_file.write_text('{"done": true}')
    assert [each.is_shipped for each in survey(home).runs] == [True]
    keep_report(run, "reports/fairness.json", "1", {})
    assert [each.is_shipped for each in survey(home).runs] == [False]
