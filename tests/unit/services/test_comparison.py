"""Runs side by side: every fact of any of them is a row, with a text for each, in the order of asking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.entities import Comparison, Difference, RunDetail, RunInput, RunReports, RunStatus, RunSummary
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.services._comparison import compare_details, demand_few

FACTS = st.dictionaries(st.sampled_from(["lr", "C", "ß", "a.b"]), st.sampled_from(["0.1", "0.10", "", "nan"]))


def detail(number: int = 0, *, metrics=None, params=None, notebook="", **fields) -> RunDetail:
    summary = RunSummary(
        run_id=f"{number:032x}", home_id="h", source="mlops", name="n", experiment="e", status=RunStatus.FINISHED,
        metrics=metrics or {}, params=params or {}, notebook=notebook,
    )  # fmt: skip
    return RunDetail(summary=summary, **fields)


def compared(*details: RunDetail) -> Comparison:
    return compare_details(details, [RunReports(run_id=detail.summary.run_id) for detail in details])


@given(st.lists(FACTS, min_size=2, max_size=5))
def test_rows_hold_what_each_run_says_and_differ_where_they_do(facts):
    rows = compared(*(detail(number, params=known) for number, known in enumerate(facts))).params

    assert [row.key for row in rows] == sorted({key for known in facts for key in known})
    for row in rows:
        assert row.values == tuple(known.get(row.key, "") for known in facts)
        assert row.differs == any(value != row.values[0] for value in row.values)


@given(st.lists(FACTS, min_size=2, max_size=5))
def test_the_other_way_round_the_same_rows_differ(facts):
    details = [detail(number, packages=known) for number, known in enumerate(facts)]
    rows, mirrored = compared(*details).packages, compared(*details[::-1]).packages

    assert mirrored == tuple(Difference(key=row.key, values=row.values[::-1], differs=row.differs) for row in rows)


@pytest.mark.parametrize(
    ("a", "b", "row"),
    [
        (0.5, 0.5, Difference(key="acc", values=("0.5", "0.5"), differs=False)),
        (0.1 + 0.2, 0.3, Difference(key="acc", values=("0.30000000000000004", "0.3"), differs=True)),
        ("NaN", "NaN", Difference(key="acc", values=("NaN", "NaN"), differs=False)),
        (1e-300, "-Infinity", Difference(key="acc", values=("1e-300", "-Infinity"), differs=True)),
        (0.0, None, Difference(key="acc", values=("0.0", ""), differs=True)),
    ],
)
def test_metrics_are_compared_to_the_last_digit(a, b, row):
    sides = [detail(metrics={} if value is None else {"acc": value}) for value in (a, b)]

    assert compared(*sides).metrics == (row,)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (RunInput(name="X", type="arr", size=9, fingerprint="0123456789abcd", shape="3 x 4"), "arr 3 x 4 0123456789ab"),
        (RunInput(name="X", type="dict", size=1234567), "dict 1,234,567 bytes"),
        (RunInput(name="X", type="", size=0), "0 bytes"),
        (RunInput(name="X", type="Frame", size=5, shape="2 x 1"), "Frame 2 x 1 5 bytes"),
    ],
)  # fmt: skip
def test_data_is_told_by_what_tells_it_apart(data, told):
    assert compared(detail(inputs=(data,)), detail(1)).data == (Difference(key="X", values=(told, ""), differs=True),)


def test_the_same_data_of_another_size_on_disk_is_the_same():
    sides = [detail(inputs=(RunInput(name="X", type="t", size=size, fingerprint="d"),)) for size in (1, 2)]

    assert compared(*sides).data == (Difference(key="X", values=("t d", "t d"), differs=False),)


def test_the_surroundings_are_one_table_and_what_nobody_knows_has_no_row():
    git = {"commit": "0123456789abcdef", "branch": "", "dirty": "yes", "patch": "+x", "patch_cut": ""}
    here = detail(machine={"Host": "a"}, git=git, seeds={"numpy": "5eed"}, notebook="nb.ipynb")
    there = detail(1, machine={"Host": "a"}, notebook="other.ipynb")

    assert compared(here, there).environment == (
        Difference(key="Changes", values=("yes", ""), differs=True),
        Difference(key="Commit", values=("0123456789ab", ""), differs=True),
        Difference(key="Host", values=("a", "a"), differs=False),
        Difference(key="Notebook", values=("nb.ipynb", "other.ipynb"), differs=True),
        Difference(key="Seed of numpy", values=("5eed", ""), differs=True),
    )


def test_runs_cells_and_reports_keep_the_order_of_asking():
    details = [detail(number, cell=f"x = {number}") for number in (3, 1, 2)]
    found = compared(*details)

    assert found == Comparison(
        runs=tuple(known.summary for known in details),
        cells=("x = 3", "x = 1", "x = 2"),
        reports=tuple(RunReports(run_id=f"{number:032x}") for number in (3, 1, 2)),
    )


@pytest.mark.parametrize("count", [2, 20])
def test_two_to_twenty_can_be_compared(count):
    ids = [f"{number:032x}" for number in range(count)]

    assert demand_few(ids) is ids


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([], "2 to 20 runs can be compared, not 0."),
        (["a"], "2 to 20 runs can be compared, not 1."),
        ([str(number) for number in range(21)], "2 to 20 runs can be compared, not 21."),
        (["a"] * 21, "2 to 20 runs can be compared, not 21."),
        (["a", "b", "a"], "A run cannot be compared with itself. Choose another one."),
    ],
)
def test_too_few_too_many_and_the_same_are_refused(ids, message):
    with pytest.raises(UsageError) as refused:
        demand_few(ids)

    assert str(refused.value) == message
