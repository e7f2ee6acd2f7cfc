"""Rows of the table by query, order and group: what a plain filter and sort over the runs would give, at any time."""

from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.entities import RunStatus, RunSummary
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.services._catalog._selection import FIELDS, RunSelection, SelectedRows, Selections, grouping
from jupyter_mlops.tracking import RunTable, mask_of

STATUS_ORDER = ["RUNNING", "SCHEDULED", "FAILED", "KILLED", "FINISHED"]
NAMES = st.sampled_from(["b", "A", "a", "10", "9", "", "ß", "nan"])
FIGURES = st.sampled_from([0.5, -1.0, 10.0, "NaN", "Infinity", "-Infinity", "9007199254740993"])
MOMENTS = st.sampled_from([f"2026-11-21T08:00:0{second}+00:00" for second in range(10)])
KEYS = st.sampled_from(["acc", "lr"])
SUMMARIES = st.builds(
    RunSummary,
    run_id=st.sampled_from([f"{number:032x}" for number in range(12)]),
    home_id=st.just("h"),
    source=st.just("mlops"),
    name=NAMES,
    experiment=st.sampled_from(["one", "two", ""]),
    notebook=st.sampled_from(["a.ipynb", ""]),
    status=st.sampled_from(RunStatus),
    submitted_at=MOMENTS,
    started_at=st.one_of(st.just(""), MOMENTS),
    duration_s=st.one_of(st.none(), st.sampled_from([0.0, 1.0, 2.5])),
    metrics=st.dictionaries(KEYS, FIGURES),
    params=st.dictionaries(KEYS, NAMES),
    archived=st.booleans(),
)
CHANGES = st.lists(st.one_of(SUMMARIES, st.integers(0, 11).map(lambda number: f"{number:032x}")), max_size=12)
"""A run that is entered, or the id of one that is taken away."""
SELECTIONS = st.builds(
    RunSelection,
    query=st.sampled_from(["", "acc > 0", "not state:failed", "name:a or lr = 9"]),
    sort=st.sampled_from([*FIELDS, "metric.acc", "metric.lr", "param.lr", "tag.acc", "metric.nobody"]),
    order=st.sampled_from(["asc", "desc"]),
    group_by=st.sampled_from(["", "", "experiment", "notebook"]),
    group=st.sampled_from(["one", "", "a.ipynb", "nobody"]),
    archived=st.booleans(),
)


def number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return None if value != value else value


def plain_key(run: RunSummary, sort: str) -> object:
    """What a run is sorted by, None where it comes last."""
    if sort.endswith("_at"):
        return getattr(run, sort) or None
    if sort == "duration_s":
        return run.duration_s
    if sort == "status":
        return STATUS_ORDER.index(run.status.value)
    namespace, _, key = sort.partition(".")
    if namespace == "metric":
        return None if key not in run.metrics else number(str(run.metrics[key]))
    text = getattr(run, sort) if not key else {"param": run.params, "tag": run.tags}[namespace].get(key)
    if text is None:
        return None
    return (1, 0.0, text.casefold()) if number(text) is None else (0, number(text), "")


def plain_fits(run: RunSummary, query: str) -> bool:
    acc = run.metrics.get("acc", run.params.get("acc"))
    lr = run.metrics.get("lr", run.params.get("lr"))
    return {
        "": True,
        "acc > 0": acc is not None and greater_than_zero(str(acc)),
        "not state:failed": run.status is not RunStatus.FAILED,
        "name:a or lr = 9": run.name == "a" or (lr is not None and number(str(lr)) == 9.0),
    }[query]


def greater_than_zero(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return text > "0"


def plain(runs: dict[str, RunSummary], rows: dict[str, int], wanted: RunSelection) -> list[str]:
    fit = [
        run
        for run in runs.values()
        if plain_fits(run, wanted.query)
        and (wanted.archived or not run.archived)
        and (not wanted.group_by or getattr(run, wanted.group_by) == wanted.group)
    ]
    fit.sort(key=lambda run: (run.submitted_at, rows[run.run_id]))
    ranked = [run for run in fit if plain_key(run, wanted.sort) is not None]
    ranked.sort(key=lambda run: plain_key(run, wanted.sort))
    unranked = [run for run in fit if plain_key(run, wanted.sort) is None]
    return [run.run_id for run in (*(ranked if wanted.order == "asc" else ranked[::-1]), *unranked[::-1])]


def apply(table: RunTable, runs: dict[str, RunSummary], change: RunSummary | str) -> None:
    if isinstance(change, str):
        assert table.remove(change) == (runs.pop(change, None) is not None)
    else:
        table.put(change)
        runs[change.run_id] = change


@settings(max_examples=100)
@given(st.lists(st.tuples(CHANGES, st.lists(SELECTIONS, min_size=1, max_size=3)), min_size=1, max_size=4))
def test_after_any_changes_a_selection_is_what_a_plain_filter_and_sort_give(steps):
    table, runs = RunTable(), {}
    selections = Selections(table)
    asked = []
    for changes, wishes in steps:
        for change in changes:
            apply(table, runs, change)
        asked += wishes
        for wanted in asked:  # the earlier ones too: their orders are mended, not made
            rows = selections.rows(wanted)
            found = [table.summary(row).run_id for row in rows.whole()]
            assert found == plain(runs, {run_id: table.row(run_id) for run_id in runs}, wanted)
            assert rows.total == len(found)


@given(st.lists(st.booleans(), max_size=20), st.lists(st.tuples(st.integers(0, 25), st.integers(1, 25)), max_size=6))
def test_parts_in_any_order_are_slices_of_the_whole(flags, parts):
    order = sorted(range(len(flags)), key=lambda row: (row * 7) % 11)
    rows = SelectedRows(iter(order), mask_of(flags), len(flags))
    whole = [row for row in order if flags[row]]

    assert [rows.part(offset, limit) for offset, limit in parts] == [whole[start : start + n] for start, n in parts]
    assert (rows.whole(), rows.total) == (whole, len(whole))


def test_rows_are_looked_for_only_as_far_as_somebody_asks():
    looked = []
    order = reduce(lambda rows, note: (note(row) or row for row in rows), [looked.append], iter(range(100)))
    rows = SelectedRows(order, mask_of([1] * 100), 100)

    assert (rows.part(2, 3), len(looked)) == ([2, 3, 4], 5)
    assert (rows.part(0, 5), len(looked)) == ([0, 1, 2, 3, 4], 5)


@pytest.fixture
def table() -> RunTable:
    table = RunTable()
    known = {"home_id": "h", "source": "mlops", "experiment": "e", "status": RunStatus.FINISHED}
    for digit in "abc":
        table.put(RunSummary(run_id=digit * 32, name=digit, **known))
    return table


def test_a_selection_is_answered_once_until_something_changes(table):
    selections = Selections(table)
    first = selections.rows(RunSelection())
    again = selections.rows(RunSelection())
    table.remove("a" * 32)
    after = selections.rows(RunSelection())

    assert (again is first, after is first, after.total) == (True, False, 2)


def test_many_different_selections_are_answered_and_the_first_is_still_true(table):
    selections = Selections(table)
    totals = [selections.rows(RunSelection(query=f"name:b or name:{number}")).total for number in range(100)]

    assert totals == [1] * 100
    assert selections.rows(RunSelection()).total == 3


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (RunSelection(order=""), "Runs are sorted asc or desc, not ''."),
        (RunSelection(order="x" * 90), f"Runs are sorted asc or desc, not {'x' * 80!r}."),
        (RunSelection(group_by="user"), "Runs cannot be grouped by 'user'. Use experiment or notebook."),
        *[
            (
                RunSelection(sort=sort),
                f"Runs cannot be sorted by {sort!r}. Use submitted_at, name, status, duration_s, started_at, ended_at, "
                "experiment, notebook, user, metric.KEY, param.KEY or tag.KEY.",
            )
            for sort in ("", "Name", "home_id", "metric", "metric.", ".acc", "metrics.acc", "params.", "tag")
        ],
    ],
)
def test_what_means_nothing_is_refused_and_kept_nowhere(table, wanted, message):
    selections = Selections(table)
    for _ in range(2):
        with pytest.raises(UsageError) as refused:
            selections.rows(wanted)
        assert str(refused.value) == message


@pytest.mark.parametrize("key", ["a.b", " ", ".", "größe", "metric.acc", "x" * 10_000])
def test_a_key_of_any_spelling_can_be_sorted_by(table, key):
    table.put(RunSummary(run_id="b" * 32, home_id="h", source="mlops", name="b", experiment="e",
                         status=RunStatus.FAILED, metrics={key: 1.0}))  # fmt: skip
    rows = Selections(table).rows(RunSelection(sort=f"metric.{key}", order="asc")).whole()

    assert table.summary(rows[0]).name == "b"


def test_runs_are_grouped_by_the_column_of_that_name(table):
    assert grouping(table, "experiment") is table.texts["experiment"]
    assert grouping(table, "notebook") is table.texts["notebook"]
