"""Static pictures of reports of every size and shape: none fails, and none says more than its report."""

import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.entities import (
    ExplanationReport,
    FairnessFeature,
    FairnessGrouping,
    FairnessMetric,
    FairnessModel,
    FairnessReport,
    FairnessResult,
    FairnessSpread,
    figure,
)
from jupyter_mlops.widgets import explanation_html, fairness_html

figures = st.floats(allow_nan=True, allow_infinity=True).map(figure)
names = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)


def table(rows, columns):
    """Return a strategy of tables of that size."""
    row = st.tuples(*[figures] * columns)
    return st.tuples(*[row] * rows)


@st.composite
def fairness_reports(draw):
    """Draw a report of one feature: some models, metrics and groups, with and without intervals."""
    models, metrics, groups = (draw(st.integers(1, most)) for most in (3, 4, 40))
    is_sure = draw(st.booleans())

    def tables(columns):
        return draw(table(metrics, columns)) if is_sure else ()

    def spread():
        return FairnessSpread(values=draw(table(metrics, 1)), low=tables(1), high=tables(1))

    results = tuple(
        FairnessResult(
            model=model,
            grouping=0,
            by_group=draw(table(metrics, groups)),
            low=tables(groups),
            high=tables(groups),
            minimum=spread(),
            maximum=spread(),
            difference=spread(),
            ratio=spread(),
            difference_to_overall=spread(),
            ratio_to_overall=spread(),
        )
        for model in range(models)
    )
    sizes = tuple(draw(st.one_of(st.none(), st.integers(0, 10**9))) for _ in range(groups))
    return FairnessReport(
        task="binary",
        made_at="2026-01-01T00:00:00+00:00",
        rows=draw(st.integers(0, 10**12)),
        sensitive=(FairnessFeature(name=draw(names), levels=tuple(draw(names) for _ in range(groups))),),
        metrics=tuple(
            FairnessMetric(key=f"m{number}", label=draw(names), kind=draw(st.sampled_from(["share", "count", "value"])))
            for number in range(metrics)
        ),
        models=tuple(FairnessModel(name=draw(names), mitigator=draw(names)) for _ in range(models)),
        overall=tuple(spread() for _ in range(models)),
        groupings=(
            FairnessGrouping(features=(0,), levels=(tuple(range(groups)),), sizes=sizes, total=groups, uncertain=(0,)),
        ),
        results=results,
        min_group=5,
    )


@settings(max_examples=30)
@given(fairness_reports())
def test_every_fairness_report_has_a_picture(report):
    html = fairness_html(report)

    rows = min(30, len(report.groupings[0].sizes))
    counted = sum(metric.kind != "count" for metric in report.metrics)
    gaps = min(40, len(report.results) * counted)
    assert html.count("<tr") == (1 + rows) + (1 + gaps)
    assert html.count("<svg") == rows
    assert "nan" not in html.split("<svg", 1)[1].split("</svg>", 1)[0]


@pytest.mark.parametrize("output", [0, 1])
@given(scores=st.lists(figures, min_size=1, max_size=40), is_sure=st.booleans())
@settings(max_examples=30)
def test_every_explanation_has_a_picture(output, scores, is_sure):
    count = len(scores)
    report = msgspec.convert(
        {
            "method": "permutation",
            "method_title": "Permutation importance",
            "chosen_because": "it explains any model",
            "task": "regression",
            "outputs": ["price"] * (output + 1),
            "scale": "units",
            "features": {"names": [f"f{number}" for number in range(count)], "kinds": ["number"] * count},
            "importance": {
                "measure": "decrease",
                "interval": "one standard deviation" if is_sure else "",
                "names": [f"f{number}" for number in range(count)],
                "features": [[number] for number in range(count)],
                "scores": scores,
                "low": scores if is_sure else [],
                "high": scores if is_sure else [],
            },
        },
        ExplanationReport,
    )

    html = explanation_html(report)

    assert html.count("<tr") == 1 + min(20, count)
    assert ("The first 20 of" in html) == (count > 20)
    drawn = sum(math.isfinite(float(score)) for score in scores[:20])
    assert html.count("<rect") <= drawn
