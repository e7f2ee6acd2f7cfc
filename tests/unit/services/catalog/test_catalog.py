"""The catalog: pages, groups and columns over the runs of homes, kept true by refreshes."""

from itertools import count

import pytest
from msgspec.structs import replace

from jupyter_mlops.entities import Exit, RunColumns, RunGroup, RunStatus, UserRecord
from jupyter_mlops.exceptions import RunNotFoundError, TrackingError, UsageError
from jupyter_mlops.home import Home, LifeLock
from jupyter_mlops.services import Run, RunCatalog, RunSelection, RunService


@pytest.fixture
def catalog(service: RunService) -> RunCatalog:
    return RunCatalog([("h1", service)])


@pytest.fixture
def make_run(make_run):
    """Return a function that puts a run into the home, each a second younger than the one before."""
    seconds = count()

    def make(name: str, **fields: object) -> Run:
        run = make_run(name, **fields)
        spec = replace(run.directory.spec(), submitted_at=f"2026-11-21T08:00:{next(seconds):02}.000+00:00")
        run.directory.write(spec, run.directory.spec_file, durable=False)
        return run

    return make


def refreshed(catalog: RunCatalog) -> RunCatalog:
    catalog.refresh()
    while catalog.building:
        catalog.refresh()
    return catalog


def names(catalog: RunCatalog, *arguments: object, **more: object) -> list[str]:
    return [run.name for run in catalog.page(RunSelection(*arguments, **more)).runs]


def test_a_page_holds_summaries_newest_first(catalog, make_run):
    for number in range(5):
        make_run(f"run{number}", metrics={"acc": number / 10}, params={"lr": "0.1"})

    assert (catalog.page().runs, catalog.page().building) == ((), True)
    page = refreshed(catalog).page(offset=1, limit=2)

    assert ([run.name for run in page.runs], page.total, page.offset, page.building) == (
        ["run3", "run2"], 5, 1, False,
    )  # fmt: skip
    run = page.runs[0]
    assert (run.home_id, run.source, run.status, run.metrics, run.params, run.duration_s) == (
        "h1", "mlops", RunStatus.FINISHED, {"acc": 0.3}, {"lr": "0.1"}, 60.0,
    )  # fmt: skip


def test_runs_are_found_sorted_and_grouped(catalog, make_run):
    make_run("a", metrics={"acc": 0.5}, experiment="one")
    make_run("b", metrics={"acc": 0.9}, experiment="two", status=RunStatus.FAILED)
    make_run("c", metrics={"loss": 0.1}, experiment="one")
    refreshed(catalog)

    assert names(catalog, "", "metric.acc") == ["b", "a", "c"]
    assert names(catalog, "", "metric.acc", "asc") == ["a", "b", "c"]
    assert names(catalog, "", "metric.nobody") == ["c", "b", "a"]
    assert names(catalog, "", "name", "asc") == ["a", "b", "c"]
    assert names(catalog, "", "status", "asc") == ["b", "a", "c"]
    assert names(catalog, "acc > 0.4 state:finished") == ["a"]
    assert names(catalog, group_by="experiment", group="one") == ["c", "a"]
    assert catalog.groups().groups == (
        RunGroup(key="one", label="one", total=2), RunGroup(key="two", label="two", total=1),
    )  # fmt: skip
    assert catalog.groups("acc > 0.4").groups[0] == RunGroup(key="two", label="two", total=1)
    assert catalog.groups(by="notebook").groups == (RunGroup(key="", label="", total=3),)
    assert catalog.columns() == RunColumns(metrics=("acc", "loss"), experiments=("one", "two"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"query": "acc >"}, "expected a value"),
        ({"sort": "__class__"}, "cannot be sorted by '__class__'. Use submitted_at"),
        ({"sort": "metric."}, "cannot be sorted"),
        ({"order": "up"}, "asc or desc, not 'up'"),
        ({"group_by": "status"}, "cannot be grouped by 'status'. Use experiment or notebook"),
    ],
)
def test_what_means_nothing_is_refused(catalog, arguments, message):
    with pytest.raises(UsageError, match=message):
        catalog.page(RunSelection(**arguments))


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"limit": 0}, "A page holds 1 to 1000 runs, not 0"),
        ({"limit": 1001}, "A page holds 1 to 1000 runs, not 1001"),
        ({"offset": -1}, "begins at 0 or later"),
    ],
)
def test_b10_a_page_is_bounded(catalog, part, message):
    with pytest.raises(UsageError, match=message):
        catalog.page(**part)


def test_a_refresh_tells_what_came_changed_and_went(catalog, make_run, home):
    run = make_run("first", status=None)
    before = refreshed(catalog).cursor
    assert catalog.refresh().run_ids == ()
    assert catalog.page().runs[0].status is RunStatus.SCHEDULED

    directory = run.directory
    directory.write(Exit(status=RunStatus.KILLED, ended_at="2026-11-21T09:00:00+00:00"), directory.exit_file)
    new = make_run("second")
    changes = catalog.refresh()
    assert (set(changes.run_ids), changes.cursor > before) == ({run.id, new.id}, True)
    assert [found.status for found in catalog.page().runs] == [RunStatus.FINISHED, RunStatus.KILLED]

    for path in directory.path.iterdir():
        path.unlink()
    directory.path.rmdir()
    assert catalog.refresh().run_ids == (run.id,)
    assert names(catalog) == ["second"]


def test_what_a_user_says_of_an_ended_run_is_seen(catalog, make_run):
    run = make_run("first")
    refreshed(catalog)
    run.directory.write(UserRecord(name="renamed", tags={"team": "red"}, archived=True), run.directory.user_file)

    assert catalog.refresh().run_ids == (run.id,)
    assert names(catalog) == []
    assert names(catalog, "team = red", archived=True) == ["renamed"]
    assert catalog.groups().groups == ()
    assert [catalog.count(status) for status in (RunStatus.FINISHED, RunStatus.FAILED)] == [1, 0]
    assert catalog.groups(archived=True).groups == (RunGroup(key="quickstart", label="quickstart", total=1),)


def test_a_live_run_shows_what_it_logs_and_counts_in_its_group(catalog, make_run):
    from jupyter_mlops.tracking import MetricSpool

    run = make_run("live", status=None)
    lock = LifeLock.acquire(run.directory.executor_lock)
    assert lock is not None
    with lock:
        refreshed(catalog)
        spool = MetricSpool.open(run.directory.path, run.id)
        spool.log(acc=0.25)
        assert catalog.refresh().run_ids == (run.id,)
        page = catalog.page(RunSelection("acc < 0.5 state:running"))
        assert [(found.name, found.metrics) for found in page.runs] == [("live", {"acc": 0.25})]
        assert catalog.groups().groups[0].live == 1
        spool.close()


def test_a_directory_becomes_a_run_when_its_submission_says_so(catalog, make_run, home):
    run_id = home.new_run_id()
    home.run(run_id).create()
    assert names(refreshed(catalog)) == []
    home.run(run_id).path.rmdir()
    make_run("late", run_id=run_id)
    assert catalog.refresh().run_ids == (run_id,)
    assert names(catalog) == ["late"]


def test_homes_come_and_go(service, make_run, tmp_path, launcher):
    make_run("here")
    other = RunService(Home.create(tmp_path / "elsewhere" / ".mlops"), launcher)
    homes = [("h1", service)]
    catalog = refreshed(RunCatalog(homes))
    homes.append(("h2", other))
    directory = other.home.run("f" * 32)
    directory.create()
    directory.write(replace(service.find("here").spec, run_id="f" * 32, name="there"), directory.spec_file)
    refreshed(catalog)
    assert sorted((run.name, run.home_id) for run in catalog.page().runs) == [("here", "h1"), ("there", "h2")]

    del homes[0]
    refreshed(catalog)
    assert names(catalog) == ["there"]


def test_a_deleted_home_has_no_runs(catalog, make_run, home):
    import shutil

    make_run("here")
    refreshed(catalog)
    shutil.rmtree(home.path)
    catalog.refresh()
    assert names(catalog) == []


def test_a_run_that_was_not_read_yet_may_still_come_and_is_not_called_gone(catalog):
    with pytest.raises(TrackingError, match=r"is not among the runs that were read so far; .* Try again in a moment\."):
        catalog.stored_summary("a" * 32)
    with pytest.raises(RunNotFoundError):
        refreshed(catalog).stored_summary("a" * 32)


def test_building_is_bounded_and_goes_on(catalog, make_run):
    for number in range(60):
        make_run(f"run{number}")
    catalog.refresh(budget_s=0.0)
    assert (catalog.page().total, catalog.building, catalog.page().building) == (50, True, True)
    assert names(catalog)[0] == "run59"
    catalog.refresh(budget_s=0.0)
    assert (catalog.page().total, catalog.building) == (60, False)


def test_the_cursor_grows_from_one_server_to_the_next(service, make_run):
    make_run("first")
    first = refreshed(RunCatalog([("h1", service)]))
    assert RunCatalog([("h1", service)]).cursor >= first.cursor - 1
    assert first.page().cursor == first.cursor
