"""Which runs fit: laws of the logic, numbers and texts, and no more reading than needed."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.services import parse_query
from jupyter_mlops.services._matching import matches
from jupyter_mlops.services._query import All, Comparison, Either, FieldTerm, Not


@dataclass
class Facts:
    """A run that notes what was read of it."""

    id: str = "ab12" + "0" * 28
    name: str = "Straße"
    experiment: str = "quickstart"
    status: RunStatus = RunStatus.FAILED
    values: dict = field(default_factory=lambda: {"metric": {}, "param": {}, "tag": {}})
    read: list = field(default_factory=list)

    @property
    def metrics(self):
        self.read.append("metric")
        return self.values["metric"]

    @property
    def params(self):
        self.read.append("param")
        return self.values["param"]

    @property
    def tags(self):
        self.read.append("tag")
        return self.values["tag"]


def facts(**values):
    return Facts(values={"metric": {}, "param": {}, "tag": {}} | values)


KEYS = st.sampled_from(["acc", "lr", "team"])
TERMS = st.one_of(
    st.builds(FieldTerm, st.just("name"), st.sampled_from(["a", "STRASSE", ""]), st.booleans()),
    st.builds(FieldTerm, st.just("state"), st.sampled_from(["FAILED", "FINISHED"]), st.just(True)),
    st.builds(
        Comparison,
        st.sampled_from(["", "metric", "param", "tag"]),
        KEYS,
        st.sampled_from(["=", "==", "!=", "<", "<=", ">", ">=", "~"]),
        st.sampled_from(["0", "1e-3", "0.9", "blue", ""]),
    ),
)
QUERIES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Either, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
RUNS = st.builds(
    lambda metric, param, tag: facts(metric=metric, param=param, tag=tag),
    st.dictionaries(KEYS, st.floats()),
    st.dictionaries(KEYS, st.sampled_from(["0.001", "1", "Blue"])),
    st.dictionaries(KEYS, st.sampled_from(["red", "0.9", "nan"])),
)


@given(QUERIES, QUERIES, RUNS)
def test_the_logic_is_logic(a, b, run):
    def fits(query):
        return matches(query, run)

    assert fits(Not(a)) is not fits(a)
    assert fits(All((a, b))) is (fits(a) and fits(b)) is fits(All((b, a)))
    assert fits(Either((a, b))) is (fits(a) or fits(b))
    assert fits(Not(All((a, b)))) is fits(Either((Not(a), Not(b))))
    assert fits(All()) is True


@given(KEYS, st.sampled_from(["0", "1", "blue", "nan"]), RUNS)
def test_of_a_key_that_a_run_has_every_comparison_has_an_opposite(key, text, run):
    fits = {sign: matches(Comparison("", key, sign, text), run) for sign in ("=", "!=", "<", "<=", ">", ">=", "==")}
    has = any(key in held for held in run.values.values())
    assert fits["="] is fits["=="]
    assert (fits["="] is not fits["!="]) is has
    assert fits["<="] is (fits["<"] or fits["="])
    assert fits[">="] is (fits[">"] or fits["="])
    assert has or not any(fits.values())


@pytest.mark.parametrize(
    ("held", "sign", "wanted", "fits"),
    [
        ("10", ">", "9", True),
        ("1e-3", "=", "0.001", True),
        ("0x10", "=", "16", False),
        (" 5 ", "=", "5", True),
        ("v10", ">", "v9", False),
        ("ten", ">", "9", True),
        ("inf", ">", "1e308", True),
        ("True", "=", "true", False),
        ("True", "~", "true", True),
        ("STRASSE", "~", "straße", True),
        ("", "~", "", True),
        ("", "=", "0", False),
    ],
)
def test_numbers_compare_as_numbers_and_everything_else_as_text(held, sign, wanted, fits):
    assert matches(Comparison("param", "key", sign, wanted), facts(param={"key": held})) is fits


def test_b07_no_comparison_but_unequal_holds_of_a_metric_that_is_not_a_number():
    run = facts(metric={"loss": float("nan")})
    assert [sign for sign in ("=", "!=", "<", "<=", ">", ">=") if matches(Comparison("", "loss", sign, "1"), run)] == [
        "!="
    ]


def test_a_key_is_a_metric_before_a_parameter_before_a_tag():
    run = facts(metric={"a": 1.0}, param={"a": "2", "b": "2"}, tag={"a": "3", "b": "3", "c": "3"})
    assert [matches(parse_query(text), run) for text in ("a = 1", "b = 2", "c = 3", "tag.a = 3", "param.c = 3")] == [
        True,
        True,
        True,
        True,
        False,
    ]


def test_no_more_of_a_run_is_read_than_is_needed():
    run = facts(metric={"acc": 0.9})
    assert not matches(parse_query("name:other acc > 0.5"), run)
    assert matches(parse_query("state:failed or acc > 0.5"), run)
    assert run.read == []
    assert matches(parse_query("acc > 0.5"), run)
    assert run.read == ["metric"]


@pytest.mark.parametrize(
    ("text", "fits"), [("name:Straße", True), ("name:STRASSE", False), ("name~STRASSE", True), ("id:AB", True)]
)
def test_a_name_is_found_in_any_case_and_named_in_its_own(text, fits):
    assert matches(parse_query(text), Facts()) is fits


@pytest.mark.parametrize(
    "text", ["(" * 5_000 + "a" + ")" * 5_000, "not " * 5_000 + "a", "(" * 50_000, "not(" * 3_000 + "a" + ")" * 3_000]
)
def test_b19_a_query_of_any_depth_is_a_query_or_a_usage_error(text):
    with pytest.raises(UsageError, match="nested too deeply"):
        parse_query(text)


def test_a_query_as_deep_as_people_write_fits():
    text = "(" * 40 + "not " * 40 + "name~stra" + ")" * 40
    assert matches(parse_query(text), Facts()) is True


def test_a_long_query_is_read_in_time():
    text = " or ".join(f"name:run{number}" for number in range(2_000)) + " or name:Straße"
    assert matches(parse_query(text), Facts()) is True
