"""The query language: what it means, which runs fit, and how it says what it did not understand."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.services._matching import matches
from jupyter_mlops.services._query import All, Comparison, Either, FieldTerm, Not, parse_query


@dataclass
class Facts:
    """A run as a query sees it."""

    id: str = "ab12" + "0" * 28
    name: str = "baseline"
    experiment: str = "quickstart"
    status: RunStatus = RunStatus.FINISHED
    metrics: dict = field(default_factory=lambda: {"acc": 0.93, "val loss": 0.2, "nan": float("nan")})
    params: dict = field(default_factory=lambda: {"lr": "0.01", "solver": "lbfgs", "acc": "param"})
    tags: dict = field(default_factory=lambda: {"team": "Blue Whale", "version": "10"})


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", All()),
        ("   ", All()),
        ("base", FieldTerm("name", "base", exact=False)),
        ("acc > 0.9", Comparison("", "acc", ">", "0.9")),
        ("acc>=0.9", Comparison("", "acc", ">=", "0.9")),
        ("lr = 1e-3", Comparison("", "lr", "=", "1e-3")),
        ("loss < -1.5", Comparison("", "loss", "<", "-1.5")),
        ("metric.val.loss < 1", Comparison("metric", "val.loss", "<", "1")),
        ("val/loss < 1", Comparison("", "val/loss", "<", "1")),
        ("param.lr != 0.1", Comparison("param", "lr", "!=", "0.1")),
        ('tag.team ~ "blue whale"', Comparison("tag", "team", "~", "blue whale")),
        ('"val loss" < 0.3', Comparison("", "val loss", "<", "0.3")),
        (r'"a \"b\"" = 1', Comparison("", 'a "b"', "=", "1")),
        ("acc≥0.9", Comparison("", "acc", ">=", "0.9")),
        ("acc ≠ 0", Comparison("", "acc", "!=", "0")),
        ("tag.team = “Blue Whale”", Comparison("tag", "team", "=", "Blue Whale")),
        ("day >= 2026-11-01", Comparison("", "day", ">=", "2026-11-01")),
        ("version > '1.10.2'", Comparison("", "version", ">", "1.10.2")),
        ("loss < inf", Comparison("", "loss", "<", "inf")),
        ("solver < m", Comparison("", "solver", "<", "m")),
        ("state:failed", FieldTerm("state", "FAILED", exact=True)),
        ("state:Stopped", FieldTerm("state", "KILLED", exact=True)),
        ("state:queued", FieldTerm("state", "SCHEDULED", exact=True)),
        ("name~base", FieldTerm("name", "base", exact=False)),
        ("name:'my run'", FieldTerm("name", "my run", exact=True)),
        ("experiment:digits", FieldTerm("experiment", "digits", exact=True)),
        ("state != failed", Not(FieldTerm("state", "FAILED", exact=True))),
        ("Name != base", Not(FieldTerm("name", "base", exact=True))),
        ("'name' != base", Comparison("", "name", "!=", "base")),
        ("param.name < 3", Comparison("param", "name", "<", "3")),
        ("solver = 'and'", Comparison("", "solver", "=", "and")),
        ("'or'", FieldTerm("name", "or", exact=False)),
        ("order", FieldTerm("name", "order", exact=False)),
        ("not state:failed", Not(FieldTerm("state", "FAILED", exact=True))),
        ("a b", All((FieldTerm("name", "a", exact=False), FieldTerm("name", "b", exact=False)))),
        ("a and b", All((FieldTerm("name", "a", exact=False), FieldTerm("name", "b", exact=False)))),
        ("a OR b", Either((FieldTerm("name", "a", exact=False), FieldTerm("name", "b", exact=False)))),
        (
            "acc > 0.9 and lr < 0.1 state:failed name~base",
            All(
                (
                    Comparison("", "acc", ">", "0.9"),
                    Comparison("", "lr", "<", "0.1"),
                    FieldTerm("state", "FAILED", exact=True),
                    FieldTerm("name", "base", exact=False),
                )
            ),
        ),
        (
            "(a or b) not c",
            All(
                (
                    Either((FieldTerm("name", "a", exact=False), FieldTerm("name", "b", exact=False))),
                    Not(FieldTerm("name", "c", exact=False)),
                )
            ),
        ),
    ],
)
def test_a_query_is_read(text, query):
    assert parse_query(text) == query


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("acc >", "position 6: expected a value after '>'. acc >>>>"),
        ("(acc > 1", "position 9: expected ')'"),
        ("a )", "position 3: unexpected ')'. a >>>)"),
        ("state:gone", "position 7: no state 'gone' (there are scheduled, running, finished, failed, killed)"),
        ("colour:red", "position 7: 'colour' cannot stand before ':' (state, name, experiment, id can)"),
        ("name~'open", "position 6: this quote is not closed"),
        ("> 3", "position 1: expected a word"),
        ("a or", "position 5: expected a word"),
        ("not", "position 4: expected a word"),
        ("a ! b", "position 3: unexpected '!'"),
        ("acc > and", "position 7: expected a value after '>', not 'and'"),
        ("acc > and lr < 0.1", "position 7: expected a value after '>', not 'and'"),
        ("acc > 0.9 and and lr < 1", "position 15: expected a word, not 'and'"),
        ("OR", "position 1: expected a word, not 'OR'"),
        ("not or a", "position 5: expected a word, not 'or'"),
        ("acc > 0.5 && lr < 1", "position 11: expected a word, not '&&'"),
        ("a , b", "position 3: expected a word, not ','"),
        ("acc > 50%", "position 7: '50%' is no number"),
        ("lr > 0,5", "position 6: '0,5' is no number (in quotes it is a text)"),
        ("acc > 0x10", "position 7: '0x10' is no number"),
        ("lr < 1e-", "position 6: '1e-' is no number"),
        ("lr < 1e", "position 6: '1e' is no number"),
        ("lr < -", "position 6: '-' is no number"),
        ("version > 1.10.2", "position 11: '1.10.2' is no number"),
        ("name~“base", "position 6: this quote is not closed"),
        ("acc>0.5, lr<1", "position 5: '0.5,' is no number"),
        ("acc>0.9and lr<1", "position 5: '0.9and' is no number"),
        ("experiment > 3", "position 12: 'experiment' cannot stand before '>'"),
    ],
)
def test_a_wrong_query_says_where(text, message):
    with pytest.raises(UsageError) as error:
        parse_query(text)

    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", True),
        ("BASE", True),
        ("wide", False),
        ("acc > 0.9", True),
        ("acc > 0.93", False),
        ("metric.acc >= 0.93", True),
        ("param.acc = param", True),
        ("lr < 0.1", True),
        ("lr = 1e-2", True),
        ("lr != 0.01", False),
        ("solver = lbfgs", True),
        ("solver ~ BFG", True),
        ("version > 9", True),
        ("team ~ whale", True),
        ("nan > 0", False),
        ("nan != 0", True),
        ("nan = nan", True),
        ("nan == NaN", True),
        ("nan != nan", False),
        ("nan <= nan", True),
        ("acc = nan", False),
        ("acc != nan", True),
        ("acc > '50%'", False),
        ("acc < 'high'", False),
        ("acc = high", False),
        ("acc != high", True),
        ("acc ~ 93", True),
        ("team > Alpha", True),
        ("version < '10.0.1'", True),
        ("absent != 3", False),
        ("not absent = 3", True),
        ('"val loss" < 0.3', True),
        ("state:finished", True),
        ("state:failed or name:baseline", True),
        ("state:failed name:baseline", False),
        ("experiment:quick", False),
        ("experiment~quick", True),
        ("id:AB12", True),
        ("(wide or base) and not state:failed", True),
    ],
)
def test_a_run_fits_a_query(text, fits):
    assert matches(parse_query(text), Facts()) is fits


@given(st.text(alphabet="ab01.<>=!~:()'\" nothadr\\", max_size=40))
def test_b01_any_text_is_a_query_or_a_usage_error(text):
    try:
        query = parse_query(text)
    except UsageError:
        return
    assert matches(query, Facts()) in (True, False)
