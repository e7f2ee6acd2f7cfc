"""One run as lists and cards show it."""

import pytest

from jupyter_mlops.entities import Result, RunStatus
from jupyter_mlops.services._summary import SummaryReader, headline


def summary_of(service, run):
    return SummaryReader(run, "home", service.main_metrics).read()


def test_what_a_run_promises_and_returns_is_told_without_imports_and_what_came_out_unchanged(service, make_run):
    run = make_run(pending=("fit", "model", "X"), imports={"fit": "from lib import fit"}, status=None)
    assert summary_of(service, run).returned == ("model", "X")

    result = Result(status=RunStatus.FINISHED, returned=("fit", "model"), released=("X",))
    run = make_run(pending=("fit", "model", "X"), imports={"fit": "from lib import fit"})
    run.directory.write(result, run.directory.result_file, durable=False)
    assert summary_of(service, run).returned == ("model",)


def test_b05_what_a_row_leaves_out_of_a_run_is_counted(service, make_run):
    run = make_run(
        params={f"p{number}": "1" for number in range(1_005)}, tags={f"t{number}": "1" for number in range(2)}
    )
    summary = SummaryReader(run, "h1", service.main_metrics).read()

    assert (len(summary.params), len(summary.tags), summary.left_out) == (1_000, 2, 5)


@pytest.mark.parametrize(
    ("main", "metrics", "shown"),
    [
        ("", ["loss", "acc"], "loss"),
        ("acc", ["loss", "acc"], "acc"),
        ("training_roc_auc", ["loss", "training_score", "training_roc_auc"], "training_roc_auc"),
        ("", ["training_precision_score", "training_score", "test_accuracy"], "test_accuracy"),
        ("", ["training_precision_score", "training_score"], "training_score"),
        ("", ["training_precision_score", "training_f1_score"], "training_precision_score"),
        ("gone", ["system/cpu_utilization_percentage", "loss"], "loss"),
        ("", ["system/cpu_utilization_percentage"], ""),
        ("", [], ""),
    ],
)
def test_the_metric_in_front_is_the_main_one_else_the_cells_own_else_the_estimators_score(main, metrics, shown):
    assert headline(main, metrics) == shown
