"""Single runs, whichever home has them: found, read, changed and deleted as the server asks."""

import pytest

from jupyter_mlops.entities import ChangeRun, Exit, RunDetail, RunReports, RunStatus, RunSummary
from jupyter_mlops.exceptions import RunNotFoundError, UsageError
from jupyter_mlops.home import Home, register_home
from jupyter_mlops.services._artifacts import list_artifacts
from jupyter_mlops.services._deletion import RunLivesError
from jupyter_mlops.services._explorer import RunExplorer
from jupyter_mlops.services._homes import Homes, home_id_of

FOREIGN = RunSummary(
    run_id="f" * 32, home_id="h", source="mlflow", name="theirs", experiment="e", status=RunStatus.FINISHED,
    params={"lr": "1"}, tags={"mlflow.note.content": "a note"},
)  # fmt: skip


class OneStored:
    """What only a store has: one run; keeps what is to become of it."""

    def __init__(self) -> None:
        self.done: list[object] = []

    def summary(self, run_id: str) -> RunSummary:
        if run_id != FOREIGN.run_id:
            raise RunNotFoundError(f"No store has {run_id}.")
        return FOREIGN

    def detail(self, run_id: str) -> RunDetail:
        return RunDetail(summary=self.summary(run_id), note="a note")

    def change(self, run_id: str, change: ChangeRun) -> RunSummary:
        self.done.append(change)
        return self.summary(run_id)

    def delete(self, run_id: str) -> None:
        self.done.append(self.summary(run_id))


@pytest.fixture
def stored() -> OneStored:
    return OneStored()


@pytest.fixture
def explorer(home, tmp_path, monkeypatch, stored) -> RunExplorer:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("JUPYTER_MLOPS_HOME", raising=False)
    return RunExplorer(Homes(tmp_path), stored)


@pytest.fixture
def empty_home(explorer, tmp_path) -> Home:
    """A second home below the root, without runs."""
    other = Home.create(tmp_path / "project" / ".mlops")
    register_home(other.path)
    return other


def test_a_row_says_which_home_has_the_run(explorer, home, make_run):
    run = make_run("ours", metrics={"acc": 0.5})
    row = explorer.summary(run.id)

    assert (row.home_id, row.name, row.metrics) == (home_id_of(home.path), "ours", {"acc": 0.5})


def test_a_run_that_moved_to_another_home_is_found_there(explorer, empty_home, make_run):
    run = make_run("moves", metrics={"acc": 0.5})
    before = explorer.summary(run.id)
    run.directory.path.rename(empty_home.runs / run.id)
    explorer.homes.refresh()
    after = explorer.summary(run.id)

    assert (before.home_id == after.home_id, after.home_id) == (False, home_id_of(empty_home.path))
    assert (after.name, after.metrics) == ("moves", {"acc": 0.5})


def test_a_run_that_goes_on_is_read_anew_each_time(explorer, make_run):
    run = make_run(status=None)
    before = explorer.summary(run.id).status
    run.directory.write(Exit(status=RunStatus.FAILED, ended_at="2026-11-21T08:01:00+00:00"), run.directory.exit_file)

    assert (before.is_terminal, explorer.summary(run.id).status) == (False, RunStatus.FAILED)


def test_what_reads_a_run_is_made_once_and_only_for_the_runs_asked_last(explorer, make_run):
    runs = [make_run(f"run{number}") for number in range(513)]
    first = explorer.reader(runs[0].id)
    second = explorer.reader(runs[1].id)
    assert explorer.reader(runs[0].id) is first
    for run in runs[2:]:
        explorer.reader(run.id)

    assert explorer.reader(runs[0].id) is first
    assert explorer.reader(runs[1].id) is not second


def test_a_run_that_only_a_store_has_is_changed_there(explorer, stored):
    assert explorer.change(FOREIGN.run_id, ChangeRun(archived=True)) == FOREIGN
    explorer.delete(FOREIGN.run_id)

    assert stored.done == [ChangeRun(archived=True), FOREIGN]


def test_a_run_that_only_a_store_has_has_no_files_here(explorer, make_run):
    make_run()
    theirs = FOREIGN.run_id

    assert explorer.detail(theirs) == RunDetail(summary=FOREIGN, note="a note")
    assert explorer.reports(theirs) == RunReports(run_id=theirs)
    with pytest.raises(RunNotFoundError, match=r"^No run f{32} in the homes that this server shows\.$"):
        explorer.summary(theirs)
    for ask in (
        explorer.stop,
        lambda run_id: explorer.artifacts(run_id, ""),
        lambda run_id: explorer.log_part(run_id, 0, 10),
    ):
        with pytest.raises(RunNotFoundError, match=r"^theirs was made by another tool: .* stop or repeat it there\.$"):
            ask(theirs)


def test_ours_and_theirs_are_compared(explorer, make_run):
    run = make_run(params={"lr": "2"}, cell="y = 2")
    found = explorer.compare([FOREIGN.run_id, run.id])

    assert [(row.key, row.values, row.differs) for row in found.params] == [("lr", ("1", "2"), True)]
    assert (found.cells, [reports.run_id for reports in found.reports]) == (("", "y = 2"), [FOREIGN.run_id, run.id])


def test_a_comparison_with_a_run_of_nobody_says_which(explorer, make_run):
    with pytest.raises(RunNotFoundError, match=r"^No store has 0{32}\.$"):
        explorer.compare([make_run().id, "0" * 32])


def test_a_comparison_of_one_is_refused_before_it_is_looked_for(explorer):
    with pytest.raises(UsageError, match="2 to 20 runs can be compared, not 1"):
        explorer.compare(["0" * 32])


def test_a_change_shows_in_what_it_returns_and_in_what_is_read_next(explorer, make_run):
    run = make_run("old", tags={"a": "1", "b": "2"})
    changed = explorer.change(run.id, ChangeRun(name="new", note="why", tags={"a": None, "c": "3"}, archived=True))

    assert (changed.name, changed.tags, changed.archived) == ("new", {"b": "2", "c": "3"}, True)
    assert (explorer.summary(run.id), explorer.detail(run.id).note) == (changed, "why")


def test_the_same_change_again_changes_nothing(explorer, make_run):
    change = ChangeRun(name="new", tags={"a": "1"}, kept=True)
    run = make_run()

    assert explorer.change(run.id, change) == explorer.change(run.id, change)


def test_a_deleted_run_is_nowhere(explorer, make_run):
    run, other = make_run(), make_run("other")
    explorer.summary(run.id)
    explorer.delete(run.id)

    for ask in (explorer.summary, explorer.run, explorer.delete, explorer.stop):
        with pytest.raises(RunNotFoundError, match=f"^No run {run.id} in the homes"):
            ask(run.id)
    with pytest.raises(RunNotFoundError):
        list_artifacts(run, "")
    assert explorer.summary(other.id).name == "other"


def test_a_run_that_lives_is_not_deleted(explorer, make_run):
    run = make_run("alive", status=None)
    with pytest.raises(RunLivesError, match=r"^Run alive has not ended\. Stop it first\.$"):
        explorer.delete(run.id)

    assert explorer.summary(run.id).name == "alive"


def test_stopping_what_has_ended_is_harmless(explorer, make_run):
    run = make_run(status=RunStatus.FINISHED)

    assert explorer.stop(run.id) == explorer.summary(run.id)


@pytest.mark.parametrize("run_id", ["", "..", "a/b", "A" * 32, "a" * 33, "\0", "../" * 20])
def test_what_is_no_id_is_no_run(explorer, make_run, run_id):
    make_run()
    for ask in (explorer.run, explorer.reader, explorer.delete):
        with pytest.raises(RunNotFoundError, match="is no run id: 32 hex digits"):
            ask(run_id)
