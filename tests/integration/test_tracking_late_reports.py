"""Reports that are made of a run after it was shipped are in its store too: whole, once, whatever dies meanwhile."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from tracked_cells import MLFLOWS_OWN, Tracked, until

from jupyter_mlops.entities import ChangeRun
from jupyter_mlops.home import ChangedRuns, RunDirectory
from jupyter_mlops.services import Run, RunService
from jupyter_mlops.services._deletion import delete_run
from jupyter_mlops.services._reports._kept import keep_report
from jupyter_mlops.services._user_changes import change_run
from jupyter_mlops.tracking import has_unshipped_runs
from jupyter_mlops.tracking._keeper import TRACKED
from jupyter_mlops.tracking.keeper import has_work

pytestmark = pytest.mark.filterwarnings(MLFLOWS_OWN)


class Idle:
    """A launcher that is asked for nothing."""

    name = "local"


@pytest.fixture
def shipped(tracked: Tracked) -> Callable[[], Run]:
    """Return a function that gives a run of which the store has everything."""

    def make() -> Run:
        run = tracked.submit()
        tracked.end(run)
        tracked.keep()
        assert tracked.cursor(run).done
        return RunService(tracked.home, Idle()).get(run.run_id)  # type: ignore[arg-type]  # nothing is launched

    return make


def report(run: Run, text: str) -> None:
    keep_report(run, "reports/fairness.json", text, {"mlops.fairness": f"sex {text}"})


def stored(tracked: Tracked, run: RunDirectory) -> tuple[str, str]:
    """Return tag and artifact as MLflow gives them."""
    client = tracked.client()
    tag = client.get_run(run.run_id).data.tags.get("mlops.fairness", "")
    names = [item.path for item in client.list_artifacts(run.run_id, "reports")]
    if not names:
        return tag, ""
    assert names == ["reports/fairness.json"]
    return tag, Path(client.download_artifacts(run.run_id, names[0])).read_text()


def test_a_later_report_reaches_the_store(tracked: Tracked, shipped: Callable[[], Run]) -> None:
    run = shipped()
    assert not has_work(tracked.home)
    report(run, "1")
    assert has_work(tracked.home)
    assert has_unshipped_runs(tracked.home)
    assert tracked.keep() == ""
    assert stored(tracked, run.directory) == ("sex 1", "1")
    assert not has_work(tracked.home)
    assert run.id not in ChangedRuns(tracked.home.path)
    assert (tracked.home.path / TRACKED).read_text().split() == [run.id]


def test_one_that_comes_while_a_keeper_works_needs_no_other(tracked: Tracked, shipped: Callable[[], Run]) -> None:
    run = shipped()
    with tracked.keeper(JUPYTER_MLOPS_KEEPER_IDLE_S="30"):
        for text in ("1", "2"):
            report(run, text)
            until(lambda text=text: stored(tracked, run.directory) == (f"sex {text}", text))


@pytest.mark.parametrize("point", ["keeper.again", "keeper.told"])
def test_f02_a_keeper_that_is_killed_over_a_report_loses_nothing(
    tracked: Tracked, shipped: Callable[[], Run], point: str
) -> None:
    run = shipped()
    report(run, "1")
    with tracked.keeper(JUPYTER_MLOPS_CRASH_AT=point) as keeper:
        keeper.wait()
    assert keeper.returncode == -signal.SIGKILL
    assert run.id in ChangedRuns(tracked.home.path)
    tracked.keep()
    assert stored(tracked, run.directory) == ("sex 1", "1")
    assert run.id not in ChangedRuns(tracked.home.path)


def test_a_later_report_replaces_the_earlier_one_in_the_store(tracked: Tracked, shipped: Callable[[], Run]) -> None:
    run = shipped()
    for text in ("1", "22"):
        report(run, text)
        tracked.keep()
        assert stored(tracked, run.directory) == (f"sex {text}", text)


def test_name_note_and_tags_that_a_user_changes_later_are_told(tracked: Tracked, shipped: Callable[[], Run]) -> None:
    run = shipped()
    change_run(run, ChangeRun(name="best", note="why", tags={"team": None, "stage": "paper"}, archived=True))
    tracked.keep()
    found = tracked.client().get_run(run.id)
    assert found.info.run_name == "best"
    kept = {key: found.data.tags.get(key) for key in ("mlflow.note.content", "team", "stage", "mlops.archived")}
    assert kept == {"mlflow.note.content": "why", "team": None, "stage": "paper", "mlops.archived": "true"}


def test_a_run_that_was_deleted_since_is_forgotten(tracked: Tracked, shipped: Callable[[], Run]) -> None:
    run = shipped()
    report(run, "1")
    delete_run(run, tracked.home)
    tracked.keep()
    assert not ChangedRuns(tracked.home.path).waiting() | ChangedRuns(tracked.home.path).taken()


def test_a_report_of_a_run_that_is_still_on_its_way_is_shipped_with_it(tracked: Tracked) -> None:
    directory = tracked.submit()
    run = RunService(tracked.home, Idle()).get(directory.run_id)  # type: ignore[arg-type]  # nothing is launched
    tracked.end(directory)
    report(run, "1")
    tracked.keep()
    assert stored(tracked, directory) == ("sex 1", "1")
    assert not has_work(tracked.home)
