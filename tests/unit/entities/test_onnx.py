"""The report of an export as a value: what its counts mean, and which JSON is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.entities import (
    OnnxCard,
    OnnxDomain,
    OnnxGraph,
    OnnxLatency,
    OnnxNode,
    OnnxParity,
    OnnxQuantised,
    OnnxReport,
    OnnxRows,
    OnnxTensor,
    OnnxTry,
    figure,
    figure_value,
)
from jupyter_mlops.exceptions import UsageError

LEAST = {
    "made_at": "2026-11-21T00:00:00+00:00",
    "file": "m.onnx",
    "sha256": "0" * 64,
    "size": 1,
    "converter": "sklearn",
    "variant": "float32",
    "precision": "float32",
    "inputs": [],
    "outputs": [],
    "operators": {},
    "opsets": {},
    "parity": {"real": {}, "edge": {}, "largest": 0.0, "rtol": 0.0, "atol": 0.0},
}
NOTHING = "This is no report of an export"
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
COUNTS = st.integers(0, 2**53)
ROWS = st.builds(OnnxRows, given=COUNTS, checked=COUNTS, differing=COUNTS, labels=COUNTS)
FIGURES = st.floats(0).map(figure)
FINITE = st.floats(0, 1e300)
PARITIES = st.builds(
    OnnxParity,
    real=ROWS,
    edge=ROWS,
    largest=FIGURES,
    rtol=FINITE,
    atol=FINITE,
    allowed=COUNTS,
    domain=st.lists(st.builds(OnnxDomain, reason=WORDS, rows=COUNTS), max_size=2).map(tuple),
    batches=st.lists(COUNTS, max_size=2).map(tuple),
)
TENSORS = st.builds(
    OnnxTensor,
    name=WORDS,
    type=st.sampled_from(["float32", "str"]),
    shape=st.lists(st.none() | COUNTS, max_size=3).map(tuple),
    columns=st.lists(WORDS, max_size=2).map(tuple),
    method=WORDS,
)
NODES = st.builds(
    OnnxNode,
    label=WORDS,
    kind=st.sampled_from(["input", "step", "output"]),
    operators=st.lists(WORDS, max_size=2).map(tuple),
    count=COUNTS,
    layer=COUNTS,
    place=st.floats(-100, 100),
)
GRAPHS = st.builds(
    OnnxGraph,
    nodes=st.lists(NODES, max_size=3).map(tuple),
    links=st.lists(st.tuples(COUNTS, COUNTS), max_size=3).map(tuple),
    total=COUNTS,
    grouped=st.booleans(),
)
LATENCIES = st.builds(
    OnnxLatency, rows=COUNTS, onnx_p50=FINITE, onnx_p95=FINITE, original_p50=FINITE, original_p95=FINITE
)
QUANTISED = st.builds(
    OnnxQuantised,
    kind=WORDS,
    problem=WORDS,
    file=WORDS,
    sha256=WORDS,
    size=COUNTS,
    parity=st.none() | PARITIES,
    latency=st.lists(LATENCIES, max_size=1).map(tuple),
    measure=st.sampled_from(["", "accuracy", "R2"]),
    score=FINITE,
    original_score=FINITE,
)
REPORTS = st.builds(
    OnnxReport,
    version=st.just(1),
    made_at=WORDS,
    file=WORDS,
    sha256=WORDS,
    size=COUNTS,
    model=WORDS,
    converter=WORDS,
    variant=WORDS,
    repaired=st.booleans(),
    precision=st.sampled_from(["float32", "float64"]),
    inputs=st.lists(TENSORS, max_size=2).map(tuple),
    outputs=st.lists(TENSORS, max_size=2).map(tuple),
    operators=st.dictionaries(WORDS, COUNTS, max_size=2),
    opsets=st.dictionaries(WORDS, COUNTS, max_size=2),
    parity=PARITIES,
    tried=st.lists(st.builds(OnnxTry, variant=WORDS, differing=COUNTS, problem=WORDS), max_size=2).map(tuple),
    graph=st.none() | GRAPHS,
    quantised=st.none() | QUANTISED,
    versions=st.dictionaries(WORDS, WORDS, max_size=2),
    notes=st.lists(WORDS, max_size=2).map(tuple),
)


@given(REPORTS)
def test_whatever_is_in_a_report_survives_its_json(report):
    assert OnnxReport.from_json(report.to_json()) == report
    assert OnnxReport.from_json(report.to_json().encode()) == report


@pytest.mark.parametrize("value", [0.0, 1e-300, float("inf")])
def test_the_largest_difference_is_a_figure_also_where_it_is_none(value):
    parity = OnnxParity(real=OnnxRows(), edge=OnnxRows(), largest=figure(value), rtol=0.0, atol=0.0)

    assert figure_value(parity.largest) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "5",
        "null",
        "[]",
        "{}",
        '{"version": "1"}',
        '{"version": 1.5}',
        json.dumps(LEAST | {"precision": "float16"}),
        json.dumps(LEAST | {"size": "1"}),
        json.dumps(LEAST | {"inputs": [{"name": "X", "type": "float32", "shape": ["rows"]}]}),
        b"\xff\xfe",
        json.dumps(LEAST, ensure_ascii=False).replace("m.onnx", "\ud800"),
        json.dumps(LEAST)[:-1] + ', "later": ' + "[" * 100_000,
    ],
    ids=lambda text: repr(text)[:24],
)
def test_what_is_no_report_is_refused_in_one_way(text):
    with pytest.raises(UsageError, match=f"^{NOTHING}: "):
        OnnxReport.from_json(text)


def test_a_refusal_names_the_field():
    with pytest.raises(UsageError, match=r"Expected `int`, got `str` - at `[$][.]size`[.]$"):
        OnnxReport.from_json(json.dumps(LEAST | {"size": "1"}))


def test_the_least_that_a_report_says_is_enough():
    report = OnnxReport.from_json(json.dumps(LEAST))

    assert (report.version, report.repaired, report.tried, report.latency, report.notes) == (1, False, (), (), ())
    assert report.parity.holds is False


def test_what_a_later_version_adds_is_no_obstacle():
    added = json.dumps(LEAST | {"added_later": [1]})

    assert OnnxReport.from_json(added) == OnnxReport.from_json(json.dumps(LEAST))


@pytest.mark.parametrize("version", [2, 99])
def test_a_newer_report_is_refused_with_what_to_do_even_where_its_form_is_another(version):
    with pytest.raises(UsageError) as refused:
        OnnxReport.from_json(json.dumps({"version": version, "inputs": "of another form"}))
    assert str(refused.value) == (
        f"The report of this export has version {version}, and this package reads up to 1. Upgrade jupyter_mlops."
    )


def test_a_report_cannot_be_changed():
    report = OnnxReport.from_json(json.dumps(LEAST))
    with pytest.raises(AttributeError):
        report.file = "another"


@given(real=ROWS, edge=ROWS, allowed=COUNTS)
def test_a_file_may_be_written_when_rows_were_compared_and_no_more_differ_than_allowed(real, edge, allowed):
    parity = OnnxParity(real=real, edge=edge, largest=0.0, rtol=0.0, atol=0.0, allowed=allowed)

    assert parity.differing == real.differing + edge.differing
    assert parity.holds == (real.checked > 0 and real.differing + edge.differing <= allowed)


@pytest.mark.parametrize(
    ("ours", "theirs", "times"), [(0.5, 2.0, 4.0), (2.0, 0.5, 0.25), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)]
)
def test_how_many_times_quicker_is_by_the_medians(ours, theirs, times):
    latency = OnnxLatency(rows=1, onnx_p50=ours, onnx_p95=9.0, original_p50=theirs, original_p95=99.0)

    assert latency.times == times


@given(REPORTS, WORDS, st.dictionaries(WORDS, WORDS, max_size=2))
def test_a_card_is_its_report_and_where_the_notebook_has_the_file(report, path, usage):
    """Who knows reports only reads a card as one."""
    card = OnnxCard.of(report, path, usage)

    assert OnnxReport.from_json(card.to_json()) == report
    assert (card.path, card.usage) == (path, usage)
    assert all(getattr(card, name) == getattr(report, name) for name in report.__struct_fields__)


def test_a_report_of_before_there_were_drawings_has_none():
    report = OnnxReport.from_json(json.dumps(LEAST))

    assert (report.graph, report.quantised) == (None, None)
