"""A query over columns gives the verdict that `matches` gives run by run, for any query and any runs."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.entities import RunStatus, RunSummary
from jupyter_mlops.services._catalog._query import fitting
from jupyter_mlops.services._matching import matches
from jupyter_mlops.services._query import NAMESPACES, All, Comparison, Either, FieldTerm, Not, parse_query
from jupyter_mlops.tracking import RunTable, flags_of

TEXTS = st.sampled_from(
    ["0.1", "1e-1", "0.5", "10", "9", "nan", "inf", "adam", "Adam", "", "STRASSE", "straße", " 0.5 "]
)
KEYS = st.sampled_from(["acc", "lr", "team"])
FIGURES = st.sampled_from([0.1, 0.5, 10.0, -1.0, "NaN", "Infinity", "-Infinity"])
NAMES = st.sampled_from(["baseline", "Wide", "wide net", ""])
TERMS = st.one_of(
    st.builds(FieldTerm, st.sampled_from(["name", "experiment"]), NAMES, st.booleans()),
    st.builds(FieldTerm, st.just("state"), st.sampled_from(list(RunStatus.__members__)), st.just(True)),
    st.builds(FieldTerm, st.just("id"), st.sampled_from(["0", "00", "F", "1"]), st.booleans()),
    st.builds(
        Comparison,
        st.sampled_from(["", *NAMESPACES]),
        KEYS,
        st.sampled_from(["=", "==", "!=", "<", "<=", ">", ">=", "~"]),
        TEXTS,
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
RUNS = st.lists(
    st.builds(
        RunSummary,
        run_id=st.integers(0, 2**128 - 1).map(lambda number: f"{number:032x}"),
        home_id=st.just("h"),
        source=st.just("mlops"),
        name=NAMES,
        experiment=NAMES,
        status=st.sampled_from(RunStatus),
        metrics=st.dictionaries(KEYS, FIGURES, max_size=3),
        params=st.dictionaries(KEYS, TEXTS, max_size=3),
        tags=st.dictionaries(KEYS, TEXTS, max_size=3),
    ),
    max_size=8,
    unique_by=lambda run: run.run_id,
)


@dataclass(frozen=True)
class Facts:
    """A summary as `matches` asks for a run."""

    run: RunSummary

    id = property(lambda self: self.run.run_id)
    name = property(lambda self: self.run.name)
    experiment = property(lambda self: self.run.experiment)
    status = property(lambda self: self.run.status)
    metrics = property(lambda self: {key: float(figure) for key, figure in self.run.metrics.items()})
    params = property(lambda self: self.run.params)
    tags = property(lambda self: self.run.tags)


def found(query: object, runs: list[RunSummary]) -> list[RunSummary]:
    table = RunTable()
    for run in runs:
        table.put(run)
    flags = flags_of(fitting(query, table), table.height)
    return [run for run in runs if flags[table.row(run.run_id)]]


@settings(max_examples=400)
@given(QUERIES, RUNS)
def test_columns_and_runs_agree(query, runs):
    assert found(query, runs) == [run for run in runs if matches(query, Facts(run))]


@pytest.mark.parametrize("text", ["", "acc > 0.2", "not acc > 0.2", "nobody = 1", "not nobody = 1"])
def test_a_removed_run_fits_nothing(text):
    run = RunSummary(
        run_id="a" * 32, home_id="h", source="mlops", name="n", experiment="e", status=RunStatus.FAILED,
        metrics={"acc": 0.5},
    )  # fmt: skip
    table = RunTable()
    table.put(run)
    table.remove(run.run_id)
    assert fitting(parse_query(text), table) == 0
