"""Runs as CSV: what a program reads back is what the run said, and what a spreadsheet opens computes nothing."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.entities import RunStatus, RunSummary
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.services._csv import DEFAULT_COLUMNS, MOST_COLUMNS, csv_head, csv_rows, parse_columns

BEGINNINGS = ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
CELLS = st.one_of(
    st.text(),
    st.builds(str.__add__, st.sampled_from(BEGINNINGS), st.text()),
    st.sampled_from(
        ["=1+1", '=cmd|" /C calc"!A0', "-1+cmd|' /C calc'!A0", "-1", "+1e5", "-.5", "-1-1", "a,b", '"', "-"]
    ),
)


def summary(**fields) -> RunSummary:
    known = {"run_id": "a" * 32, "home_id": "h", "source": "mlops", "name": "n", "experiment": "e"}
    return RunSummary(**{**known, "status": RunStatus.FINISHED, **fields})


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def cells(run: RunSummary, *columns: str, **more: bool) -> list[str]:
    (row,) = read(csv_rows([run], columns, **more))
    return row


def is_number(text: str) -> bool:
    try:
        return float(text) == float(text) and abs(float(text)) != float("inf") and text == text.strip()
    except ValueError:
        return False


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_what_was_written_raw_is_read_as_it_was(rows):
    runs = [summary(name=name, params={"note": note}) for name, note in rows]

    assert read(csv_rows(runs, ("name", "param.note"), formulas_are_text=False)) == [list(row) for row in rows]


@given(CELLS, CELLS)
def test_no_text_begins_as_a_formula_unless_it_is_a_number(name, note):
    found = cells(summary(name=name, tags={"note": note}), "name", "tag.note")

    for told, text in zip(found, (name, note), strict=True):
        assert told in (text, f"'{text}")
        assert not told.startswith(tuple(BEGINNINGS)) or is_number(told)


@pytest.mark.parametrize("text", ["-1", "+1", "-1.5", "-1.", "-.5", "+2E-10", "-1e+5", "0", "", "'=1", "a=1", " =1"])
def test_numbers_and_plain_texts_stay_as_they_are(text):
    assert cells(summary(name=text, params={"other": "x"}), "name", "param.other") == [text, "x"]


@pytest.mark.parametrize(
    "text", ["-", "+", "-1+1", "-e5", "-1e", "-Infinity", "--1", "-1 ", "-1\n", "-0x10", "=1", "+.", "-1,5"]
)
def test_what_only_looks_like_a_number_is_made_text(text):
    assert cells(summary(name=text), "name") == [f"'{text}"]


@pytest.mark.parametrize(
    ("column", "fields", "text"),
    [
        ("run_id", {}, "a" * 32),
        ("status", {}, "FINISHED"),
        ("archived", {}, ""),
        ("kept", {"kept": True}, "yes"),
        ("duration_s", {}, ""),
        ("duration_s", {"duration_s": 0.0}, "0.0"),
        ("metric.loss", {"metrics": {"loss": -1.5}}, "-1.5"),
        ("metric.loss", {"metrics": {"loss": 1e-300}}, "1e-300"),
        ("metric.loss", {"metrics": {"loss": "NaN"}}, "NaN"),
        ("metric.loss", {"metrics": {"loss": "-Infinity"}}, "'-Infinity"),
        ("metric.loss", {"metrics": {"loss": "9007199254740993"}}, "9007199254740993"),
        ("metric.loss", {"metrics": {"acc": 1.0}}, ""),
        ("metric.val.loss", {"metrics": {"val.loss": 2.0}}, "2.0"),
        ("param.status", {"params": {"status": "mine"}}, "mine"),
        ("tag.team", {"tags": {"team": 'ü,\n"x"'}}, 'ü,\n"x"'),
    ],
)
def test_each_column_tells_its_fact(column, fields, text):
    assert cells(summary(**fields), column, "name") == [text, "n"]


def test_a_row_with_one_empty_cell_is_still_a_row():
    assert csv_rows([summary(), summary()], ("user",)) == '""\r\n""\r\n'


def test_no_runs_make_no_rows():
    assert csv_rows([], DEFAULT_COLUMNS) == ""


def test_the_head_names_the_columns_and_lines_end_as_rfc_4180_says():
    assert csv_head(parse_columns("name,metric.a b,tag.=1,name")) == "name,metric.a b,tag.=1\r\n"


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", DEFAULT_COLUMNS),
        (",,", DEFAULT_COLUMNS),
        ("status", ("status",)),
        ("status,,name,status", ("status", "name")),
        ("metric.a.b,param.=x,tag. ", ("metric.a.b", "param.=x", "tag. ")),
    ],
)
def test_columns_are_asked_for_by_name_and_told_once(text, columns):
    assert parse_columns(text) == columns


@pytest.mark.parametrize(
    "column", ["metric", "metric.", "param.", "Name", " name", "__class__", "metrics", "home.id", "spark"]
)
def test_what_is_no_column_is_refused_with_those_that_are(column):
    with pytest.raises(UsageError) as refused:
        parse_columns(f"name,{column}")

    assert str(refused.value) == (
        f"There is no column {column!r}. Use run_id, name, experiment, notebook, user, status, detail, submitted_at, "
        "started_at, ended_at, duration_s, archived, kept, metric.KEY, param.KEY or tag.KEY."
    )


def test_a_table_is_as_wide_as_it_may_be_and_no_wider():
    keys = [f"metric.{number}" for number in range(MOST_COLUMNS + 1)]

    assert parse_columns(",".join(keys[:-1])) == tuple(keys[:-1])
    with pytest.raises(UsageError, match=r"^A table has at most 500 columns, not 501\.$"):
        parse_columns(",".join(keys))
