"""What columns are, how data lie along them, what tells data from other data, and what a page gets of a long report."""

import math
import subprocess
import sys

import msgspec
import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.entities import (
    ExplainedFeatures,
    ExplanationReport,
    FeatureInteraction,
    FeatureShape,
    Importance,
)
from jupyter_mlops.explanation import cut_for_view
from jupyter_mlops.explanation._columns import MOST_CATEGORIES, categories_of, cell, density_of, is_number
from jupyter_mlops.explanation._cut import MOST_INTERACTIONS, MOST_POINTS, MOST_SHAPES, SMALL
from jupyter_mlops.explanation._fingerprint import fingerprint_of


@pytest.mark.parametrize(
    ("column", "numeric"),
    [
        (pd.Series([1, 2]), True),
        (pd.Series([1.5, None]), True),
        (pd.Series([1, None], dtype="Int64"), True),
        (pd.Series([True, False]), False),
        (pd.Series(["a", "b"]), False),
        (pd.Series(["a", "b"], dtype="category"), False),
        (pd.Series(pd.to_datetime(["2026-01-01"])), False),
    ],
    ids=lambda value: str(getattr(value, "dtype", value)),
)
def test_numbers_are_numbers_and_flags_are_not(column, numeric):
    assert is_number(column) is numeric


def test_categories_come_by_frequency_and_ties_by_text():
    assert categories_of(pd.Series(["b", "a", "c", "c", "c", "a", "b", None])) == ["c", "a", "b"]


def test_categories_are_few_and_none_is_one_rows_own():
    column = pd.Series([str(number % 50) for number in range(200)] + ["alone"])
    found = categories_of(column)

    assert len(found) == MOST_CATEGORIES
    assert "alone" not in found


def test_density_counts_every_number_once():
    edges, counts = density_of(pd.Series([0.0, 1.0, 1.0, 10.0, np.nan, np.inf]))

    assert (edges[0], edges[-1], sum(counts)) == (0.0, 10.0, 4)
    assert len(edges) == len(counts) + 1


def test_values_that_hardly_differ_have_a_density():
    edges, counts = density_of(pd.Series([1e6, np.nextafter(1e6, 2e6)]))
    assert (len(edges), counts) == (2, (2.0,))


def test_density_of_nothing_is_nothing():
    assert density_of(pd.Series([np.nan, np.nan])) == ((), ())
    assert density_of(pd.Series(["a", "b"])) == ((), ())


@pytest.mark.parametrize(
    ("value", "figure"),
    [(1, 1.0), (np.float32(0.5), 0.5), (True, "True"), ("<b>", "<b>"), (None, "None"), (math.nan, "NaN")],
)
def test_a_value_of_the_data_is_a_number_or_text(value, figure):
    assert cell(value) == figure


FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None], "c": pd.Categorical(["u", "v"])})


@pytest.mark.parametrize(
    "other",
    [
        FRAME.assign(a=[1.0, 2.5]),
        FRAME.assign(a=FRAME["a"].astype("float32")),
        FRAME.rename(columns={"a": "A"}),
        FRAME[["b", "a", "c"]],
        FRAME.assign(b=["x", "y"]),
        FRAME.assign(c=["v", "u"]),
        FRAME[:1],
    ],
)
def test_other_data_have_another_fingerprint(other):
    assert fingerprint_of(other) != fingerprint_of(FRAME)


def test_the_fingerprint_is_the_same_for_a_copy_and_in_another_process():
    assert fingerprint_of(FRAME.copy()) == fingerprint_of(FRAME)
    program = (
        "import numpy as np; from jupyter_mlops.explanation._fingerprint import fingerprint_of;"
        "print(fingerprint_of(np.arange(6.0).reshape(2, 3)))"
    )
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert fingerprint_of(np.arange(6.0).reshape(2, 3)) == there.strip()


def test_the_shape_of_an_array_is_part_of_its_fingerprint():
    assert fingerprint_of(np.zeros((2, 3))) != fingerprint_of(np.zeros((3, 2)))
    assert fingerprint_of(None) == ""


def long_report(points: int, shapes: int, pairs: int = 0) -> ExplanationReport:
    values = [math.sin(number / 7) for number in range(points)]
    values[points // 3] = 99.0
    shape = FeatureShape(
        feature=0,
        form="steps",
        grid=tuple(map(float, range(points + 1))),
        values=(tuple(values),),
        low=(tuple(value - 1 for value in values),),
        high=(tuple(value + 1 for value in values),),
    )
    pair = FeatureInteraction(
        features=(0, 1), forms=("bars", "bars"), left_grid=("a",), right_grid=("b",), values=((1.0,),)
    )
    return ExplanationReport(
        method="glassbox",
        method_title="t",
        chosen_because="c",
        task="regression",
        outputs=("price",),
        scale="price",
        features=ExplainedFeatures(names=("a", "b"), kinds=("number", "category")),
        importance=Importance(measure="m", names=("a",), features=((0,),), scores=(1.0,)),
        shapes=(shape,) * shapes,
        interactions=(pair,) * pairs,
    )


def test_a_small_report_is_shown_as_it_is():
    report = long_report(points=SMALL // 3, shapes=1)
    assert cut_for_view(report) is report


def test_a_long_shape_keeps_its_ends_and_its_peak():
    shape = cut_for_view(long_report(points=1_000, shapes=3)).shapes[0]

    assert len(shape.values[0]) <= MOST_POINTS
    assert len(shape.grid) == len(shape.values[0]) + 1
    assert (shape.grid[0], shape.grid[-1]) == (0.0, 1000.0)
    peak = shape.values[0].index(99.0)
    assert (shape.grid[peak], shape.low[0][peak], shape.high[0][peak]) == (333.0, 98.0, 100.0)


def test_what_is_not_shown_is_told():
    report = long_report(points=1_000, shapes=40, pairs=50)
    view = cut_for_view(report)

    assert (len(view.shapes), len(view.interactions)) == (MOST_SHAPES, MOST_INTERACTIONS)
    assert view.notes[-1].startswith(
        "Shown here: 5 digits, 20 of 40 shapes, 4 of 50 interactions, at most 128 points of a shape."
    )
    assert len(view.to_json()) < 150_000


def test_a_large_report_has_the_digits_that_are_shown_and_a_few_more():
    view = cut_for_view(long_report(points=100, shapes=40))

    assert view.shapes[0].values[0][1] == 0.14237
    assert len(view.shapes[0].values[0]) == 100
    assert "points of a shape" not in view.notes[-1]


def test_lines_keep_one_value_a_point_and_words_stay_words():
    line = tuple(map(float, range(500)))
    shape = FeatureShape(feature=0, form="line", grid=line, values=(line,), ice=((line, ("NaN",) * 500),))
    bars = FeatureShape(feature=1, form="bars", grid=("a", "1.23456789"), values=((1.23456789, "Infinity"),))
    report = msgspec.structs.replace(long_report(points=3, shapes=0), shapes=(shape,) * 8 + (bars,))

    *_, thin, words = cut_for_view(report).shapes
    assert thin.grid == thin.values[0] == thin.ice[0][0]
    assert set(thin.ice[0][1]) == {"NaN"}
    assert (words.grid, words.values) == (("a", "1.23456789"), ((1.2346, "Infinity"),))
