"""References: what a person writes for a run, and what is said when it fits none or several."""

import pytest

from jupyter_mlops.entities import Result, RunStatus
from jupyter_mlops.exceptions import NotFinishedError, UnknownReferenceError, UsageError
from jupyter_mlops.home import LifeLock

A, B, C = "aaaa1111" + "0" * 24, "aaaa2222" + "0" * 24, "bbbb3333" + "0" * 24


@pytest.fixture
def three(make_run):
    """Oldest to newest: A baseline, B wide, C baseline; wide is the best and failed is better still, but failed."""
    make_run("baseline", run_id=A, metrics={"acc": 0.9, "loss": 0.3})
    make_run("wide", run_id=B, metrics={"acc": 0.95, "loss": 0.5})
    make_run("baseline", run_id=C, metrics={"acc": 0.8, "loss": 0.2})
    make_run("failed", metrics={"acc": 1.0, "loss": 0.0}, status=RunStatus.FAILED, experiment="other")


@pytest.mark.parametrize(
    ("reference", "run_id"),
    [
        (A, A),
        ("aaaa1", A),
        ("bbbb", C),
        ("baseline", C),
        ("  wide ", B),
        ("last~1", C),
        ("last~2", B),
        ("last~3", A),
        ("best:acc", B),
        ("best:-loss", C),
        ("best:-acc", C),
        ("best:loss", B),
    ],
)
def test_a_reference_finds_its_run(service, three, reference, run_id):
    assert service.find(reference).id == run_id


def test_last_is_the_newest_run_whatever_became_of_it(service, three):
    assert service.find("last").name == "failed"


def test_an_experiment_narrows_names_and_last(service, three):
    assert service.find("last", experiment="quickstart").id == C


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("aaaa", "'aaaa' is ambiguous: aaaa2222 (wide), aaaa1111 (baseline). Write more of the id."),
        ("baselin", "No run 'baselin'. Did you mean 'baseline'? See %runs."),
        ("zzz", "No run 'zzz'. See %runs."),
        ("aaa", "No run 'aaa'. See %runs."),
        ("f" * 32, f"No run '{'f' * 32}'. See %runs."),
        ("", "No run ''. See %runs."),
        ("state:failed", "No run 'state:failed'. Of a query, mlops.runs.search('state:failed') gives every run."),
        ("last~4", "There is no last~4: 4 runs here. See %runs."),
        ("best:auc", "No finished run has a metric 'auc'. See %runs for those that were logged."),
        ("best:", "best: needs a metric: best:acc (largest) or best:-loss (smallest)."),
    ],
)
def test_a_reference_that_fits_none_says_what_to_do(service, three, reference, message):
    with pytest.raises(UnknownReferenceError) as error:
        service.find(reference)

    assert str(error.value) == message


def test_best_is_never_guessed_but_set_once(service, three):
    with pytest.raises(UnknownReferenceError, match="Experiment 'other' has no main metric"):
        service.find("best")

    service.set_main_metric("-loss", "quickstart")

    assert service.find("best", experiment="quickstart").id == C
    assert service.set_main_metric("acc") == "other"


def test_of_one_finished_run_it_is_the_best(service, make_run):
    make_run("only", experiment="story")
    make_run("failed", status=RunStatus.FAILED, experiment="story")

    assert service.find("best").name == "only"

    make_run("second", experiment="story")
    with pytest.raises(UnknownReferenceError, match="no main metric"):
        service.find("best")


def test_a_run_that_has_delivered_is_among_the_best_while_its_plots_are_logged(service, make_run):
    make_run("ended", metrics={"acc": 0.8})
    going = make_run("delivered", metrics={"acc": 0.9}, status=None)
    alive = LifeLock.acquire(going.directory.executor_lock)
    assert alive is not None
    assert service.find("best:acc").name == "ended"
    going.directory.write(Result(status=RunStatus.FAILED), going.directory.result_file)
    assert service.find("best:acc").name == "ended"
    going.directory.write(Result(status=RunStatus.FINISHED), going.directory.result_file)
    assert service.find("best:acc").name == "delivered"
    alive.release()


def test_a_main_metric_outlives_the_process_and_needs_a_name(service, three, home, launcher):
    service.set_main_metric("acc", "quickstart")

    assert type(service)(home, launcher).find("best", "quickstart").id == B
    with pytest.raises(UsageError, match="needs a name"):
        service.set_main_metric("-", "quickstart")


def test_a_name_that_is_also_the_beginning_of_an_id_is_ambiguous(service, make_run):
    make_run("other", run_id="cafe" + "0" * 28)
    make_run("cafe", run_id="dddd" + "0" * 28)

    with pytest.raises(UnknownReferenceError, match=r"ambiguous: cafe0000 \(other\), dddd0000 \(cafe\)"):
        service.find("cafe")


def test_metrics_that_are_not_a_number_are_never_best(service, make_run):
    make_run("nan", metrics={"acc": float("nan")})
    make_run("low", metrics={"acc": 0.1})

    assert service.find("best:acc").name == "low"


def test_nothing_is_best_before_a_run_has_finished(service, make_run):
    going = make_run("going", run_id=A, metrics={"acc": 0.9}, status=RunStatus.RUNNING)

    with pytest.raises(NotFinishedError) as error:
        service.find("best:acc")

    said = "No finished run has a metric 'acc' yet; under way: aaaa1111 (going). Ask again when they have ended."
    assert (str(error.value), error.value.run_ids) == (said, (going.id,))


def test_what_is_under_way_keeps_nobody_waiting_who_asks_for_the_best_so_far(service, make_run):
    make_run("done", metrics={"acc": 0.5})
    make_run("going", metrics={"acc": 0.9}, status=RunStatus.RUNNING)

    assert service.find("best:acc").name == "done"


def test_b04_a_run_is_found_by_its_name_as_shown_and_as_stored(service, make_run):
    made = make_run("base\u202eline\n2")

    assert made.name == "baseline 2"
    assert service.find("baseline 2") == service.find("base\u202eline\n2") == made


def test_a_handle_is_its_own_reference(service, make_run):
    made = make_run()

    assert service.find(made) is made


def test_a_directory_without_a_spec_is_no_run(service, home, make_run):
    made = make_run()
    home.run(home.new_run_id()).create()

    assert [run.id for run in service] == [made.id]
