"""What comparisons and collections say, word by word: counts, units and the cases where there is nothing to say."""

from types import SimpleNamespace

import pytest

from jupyter_mlops.entities import RunStatus, ValueRef
from jupyter_mlops.home import CollectionPlan
from jupyter_mlops.magics._comparison_views import CollectionView, DiffView, ReproductionView
from jupyter_mlops.magics._runs_table import RunRow, RunsTable
from jupyter_mlops.magics._travel_view import TravelView
from jupyter_mlops.magics._view import text_table
from jupyter_mlops.services import TravelReport

A = SimpleNamespace(name="wide", id="aa" * 16)
B = SimpleNamespace(name="narrow", id="bb" * 16)


def change(key: str, before: str | None, after: str | None) -> SimpleNamespace:
    return SimpleNamespace(key=key, before=before, after=after)


def diff(**fields: object) -> DiffView:
    facts = ("params", "data", "packages", "metrics", "fairness", "importance", "unknown")
    nothing = {"cell": "", "upstream": "", **dict.fromkeys(facts, ())}
    return DiffView(SimpleNamespace(a=A, b=B, **{**nothing, **fields}))


def test_fairness_and_importance_stand_side_by_side():
    view = diff(
        fairness=(change("Selection rate: gap by sex", "0.21 (0.17 to 0.25)", "0.08 (0.03 to 0.12)"),),
        importance=(change("age", "0.4", None),),
    )
    labels = f"wide ({A.id[:8]})", f"narrow ({B.id[:8]})"
    assert [part.splitlines()[0] for part in repr(view).split("\n\n")] == ["Fairness", "Importance of features"]
    assert "Selection rate: gap by sex  0.21 (0.17 to 0.25)  0.08 (0.03 to 0.12)" in repr(view)
    assert all(text in str(view.element()) for text in (*labels, "0.08 (0.03 to 0.12)", "Importance of features"))


def test_a_diff_tells_texts_first_then_results_then_causes():
    view = diff(
        cell="-a\n+b",
        upstream="-c",
        metrics=(change("acc", "0.9", "0.8"),),
        params=(change("lr", None, "0.1"),),
        data=(change("X", "100 rows", "200 rows"),),
        packages=(change("numpy", "1.26", "2.0"),),
        unknown=("environment", "data"),
    )
    assert repr(view) == (
        "Cell\n-a\n+b\n\n"
        "Upstream cells\n-c\n\n"
        "Metrics\n     wide (aaaaaaaa)  narrow (bbbbbbbb)\nacc              0.9                0.8\n\n"
        "Parameters\n    wide (aaaaaaaa)  narrow (bbbbbbbb)\nlr  -                0.1\n\n"
        "Data\n   wide (aaaaaaaa)  narrow (bbbbbbbb)\nX  100 rows         200 rows\n\n"
        "Packages\n       wide (aaaaaaaa)  narrow (bbbbbbbb)\nnumpy  1.26             2.0\n\n"
        "Not compared: environment, data."
    )


def test_an_empty_value_is_not_an_absent_one():
    assert repr(diff(params=(change("note", "", None),))).splitlines()[-1].split() == ["note", "''", "-"]


def test_a_parameter_that_is_text_is_told_from_one_that_is_a_figure():
    view = diff(params=(change("lr", "0.1", "x+1"),))
    assert repr(view).splitlines()[-1].split() == ["lr", "0.1", "'x+1'"]
    assert "&#x27;x+1&#x27;" in view._repr_html_()


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("0.958333333", "0.9", ["0.9583", "0.9"]),
        ("0.958333333", "0.958333334", ["0.958333333", "0.958333334"]),
        ("nan", "inf", ["NaN", "inf"]),
        (None, "123.456789", ["-", "123.5"]),
    ],
)
def test_metrics_have_as_many_digits_as_tell_them_apart(before, after, shown):
    assert repr(diff(metrics=(change("acc", before, after),))).splitlines()[-1].split() == ["acc", *shown]


# Reproductions


def agreement(name: str, *, equal: bool, how: str = "", largest: float | None = None) -> SimpleNamespace:
    return SimpleNamespace(name=name, equal=equal, how=how, largest=largest)


def reproduction(*, exact: bool, outputs: tuple = (), metrics: tuple = ()) -> ReproductionView:
    return ReproductionView(SimpleNamespace(original=A, again=B, outputs=outputs, metrics=metrics, is_exact=exact))


def test_everything_equal_is_said_with_each_thing_that_was_compared():
    view = reproduction(
        exact=True, outputs=(agreement("model", equal=True),), metrics=(agreement("acc", equal=True, largest=0.0),)
    )
    assert repr(view) == (
        "Run narrow (bbbbbbbb) repeated wide (aaaaaaaa): ✓ everything is equal to the bit.\n"
        "name   kind    result  largest difference\n"
        "model  output  equal\n"
        "acc    metric  equal                    0"
    )


def test_what_differs_says_how_and_by_how_much():
    view = reproduction(exact=False, metrics=(agreement("loss", equal=False, how="within 1e-6", largest=3.21e-7),))
    assert repr(view).splitlines()[1:] == [
        "name  kind    result       largest difference",
        "loss  metric  within 1e-6            3.21e-07",
    ]


def test_nothing_to_compare_is_no_proof():
    assert repr(reproduction(exact=True)) == (
        "Run narrow (bbbbbbbb) repeated wide (aaaaaaaa): neither has results or metrics to compare."
    )


# Collections


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ({"directories": 1}, "1 run"),
        ({"directories": 2}, "2 runs"),
        ({"values": 1}, "1 run's values"),
        ({"values": 3}, "3 runs' values"),
        ({"objects": 1, "leftovers": 2}, "1 object, 2 leftovers"),
        ({"directories": 1, "values": 1, "objects": 1, "leftovers": 1}, "1 run, 1 run's values, 1 object, 1 leftover"),
    ],
)
def test_a_collection_counts_what_goes(counts, text):
    items = {kind: tuple(f"{kind}{i}" for i in range(count)) for kind, count in counts.items()}
    plan = CollectionPlan(home="/h", freed_bytes=1_500_000, remaining_bytes=0, **items)
    assert repr(CollectionView(plan, is_dry=False)) == f"Freed 1.5 MB: {text}. 0 B remain in /h."
    assert repr(CollectionView(plan, is_dry=True)) == f"Would free 1.5 MB: {text}. 0 B remain in /h."


def test_a_collection_of_nothing_says_how_much_is_kept():
    plan = CollectionPlan(home="/h", remaining_bytes=41_300)
    told = "Nothing to remove: 41 KB in /h are within the quota or needed."
    assert [repr(CollectionView(plan, is_dry=is_dry)) for is_dry in (True, False)] == [told, told]


# Travel


def test_a_report_of_nothing_is_still_a_report():
    assert (
        repr(TravelView(TravelReport()))
        == "Nothing travels.\ntotal: 0 B\npending: nothing\nNothing was started (--dry-run)."
    )


def test_a_report_tells_shapes_imports_and_other_runs():
    report = TravelReport(
        values=(ValueRef("X", "numpy.ndarray", 2_400, (100, 3)), ValueRef("n", "int", 5)),
        modules=("numpy", "sklearn.linear_model"),
        upstream={"weights": "cd" * 16},
        pending=("model", "score"),
    )
    assert repr(TravelView(report)) == (
        "name  type           shape      size\n"
        "X     numpy.ndarray  100 x 3  2.4 KB\n"
        "n     int                        5 B\n"
        "total: 2.4 KB\n"
        "imports: numpy, sklearn.linear_model\n"
        "waits for: weights from cdcdcdcd\n"
        "pending: model, score\n"
        "Nothing was started (--dry-run)."
    )


# Tables


def test_a_text_table_has_no_trailing_blanks_whatever_is_empty():
    heads = (("name", False), ("size", True), ("note", False))
    text = text_table(heads, [("a", "1", ""), ("", "", ""), ("größe", "10,000", "x")])
    assert text == "name     size  note\na           1\n\ngröße  10,000  x"


def test_a_table_without_rows_is_its_heads():
    assert text_table((("name", False), ("size", True)), []) == "name  size"


def test_a_page_that_has_more_names_the_query_to_go_on_with():
    row = RunRow("a", "ab" * 16, RunStatus.FINISHED)
    told = repr(RunsTable([row], "acc > 'x'", has_more=True, missing="The store did not answer.")).splitlines()
    assert told[-2:] == [
        "Older runs are not shown: narrow the query, or use mlops.runs.search(\"acc > 'x'\").",
        "The store did not answer.",
    ]


def test_a_query_that_fits_nothing_is_quoted_as_it_was_typed():
    assert repr(RunsTable([], "name~'größe' {x}")) == (
        "No run fits \"name~'größe' {x}\". %runs lists them all; %runs -h shows what a query can say."
    )
