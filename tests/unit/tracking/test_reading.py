"""What a run logged, from its directory alone."""

from collections.abc import Callable

from jupyter_mlops.home import RunDirectory
from jupyter_mlops.tracking import (
    ChildRun,
    MetricPoint,
    MetricSpool,
    last_values,
    lost_points,
    read_children,
    read_metrics,
    read_params,
    read_tags,
)
from jupyter_mlops.tracking._journal import Journal
from jupyter_mlops.tracking._record import RunRecords
from jupyter_mlops.tracking._spool._spool import Series


def test_a_run_that_has_not_started_has_what_was_submitted(run: RunDirectory) -> None:
    assert (
        read_params(run),
        read_tags(run),
        last_values(run),
        read_metrics(run),
        read_children(run),
        lost_points(run),
    ) == (
        {"C": "0.001"},
        {"team": "blue"},
        {},
        {},
        (),
        0,
    )


def test_submission_and_journal_are_one(run: RunDirectory) -> None:
    journal = Journal(run.path)
    journal.append("log_param", run.run_id, key="depth", value="3")
    journal.append("set_tag", run.run_id, key="team", value="red")
    journal.append("set_tag", run.run_id, key="gone", value="x")
    journal.append("delete_tag", run.run_id, key="gone")
    journal.append("an operation of a newer version", run.run_id, key="x")
    assert read_params(run) == {"C": "0.001", "depth": "3"}
    assert read_tags(run) == {"team": "red"}


def test_the_last_value_is_that_of_the_largest_step_as_mlflow_has_it(run: RunDirectory) -> None:
    spool = MetricSpool.open(run.path, run.run_id)
    own = Series(run.run_id, "loss")
    for value, step, moment in ((1.0, 5, 10), (2.0, 5, 20), (3.0, 4, 99), (0.5, 5, 20)):
        spool.write_point(own, value, step, moment)
    assert last_values(run) == {"loss": 2.0}
    assert read_metrics(run) == {
        "loss": [MetricPoint(5, 10, 1.0), MetricPoint(5, 20, 2.0), MetricPoint(4, 99, 3.0), MetricPoint(5, 20, 0.5)]
    }


def test_child_runs_have_their_own_params_and_metrics(run: RunDirectory) -> None:
    journal, spool = Journal(run.path), MetricSpool.open(run.path, run.run_id)
    journal.append("create_run", "c" * 32, experiment="cancer", name="trial", tags={"mlflow.parentRunId": run.run_id})
    journal.append("log_param", "c" * 32, key="C", value="2.0")
    spool.write_point(Series("c" * 32, "loss"), 0.5, 0, 1)
    journal.append("update_run", "c" * 32, status="FINISHED", end_time=5)
    assert read_children(run) == (ChildRun("c" * 32, "trial", "FINISHED", {"C": "2.0"}, {"loss": 0.5}),)
    assert (read_params(run), last_values(run)) == ({"C": "0.001"}, {})
    journal.append("delete_run", "c" * 32)
    assert read_children(run) == ()


def test_b38_secrets_given_with_p_and_t_are_masked(make_run: Callable[..., RunDirectory]) -> None:
    from jupyter_mlops.entities import Param

    run = make_run(params=(Param("api_key", "hunter2"),), tags={"db_password": "hunter2"})
    assert (read_params(run), read_tags(run)) == ({"api_key": "[masked]"}, {"db_password": "[masked]"})


def test_b05_long_params_and_tags_are_cut_and_say_so(make_run: Callable[..., RunDirectory]) -> None:
    from jupyter_mlops.entities import Param

    run = make_run(params=(Param("text", "x" * 9_000),), tags={"note": "y" * 9_000})
    assert (len(read_params(run)["text"]), len(read_tags(run)["note"])) == (6_000, 8_000)
    assert read_tags(run)["note"].endswith("[9000 characters, cut]")


def test_records_grow_with_the_files(run: RunDirectory) -> None:
    journal, spool = Journal(run.path), MetricSpool.open(run.path, run.run_id)
    records = RunRecords(run.path, run.spec())
    own = records.runs[run.run_id]
    for number in range(3):
        spool.log(loss=float(number))
        journal.append("set_tag", run.run_id, key="n", value=str(number))
        records.refresh()
        assert (own.metrics, own.tags["n"]) == ({"loss": float(number)}, str(number))


def test_a_run_that_the_cell_puts_into_another_experiment(run: RunDirectory) -> None:
    Journal(run.path).append("move_run", run.run_id, experiment="churn")
    records = RunRecords(run.path, run.spec())
    records.refresh()
    assert records.runs[run.run_id].experiment == "churn"
