"""The static pictures of reports: readable without a script, and text whatever the text is."""

import re
from html.parser import HTMLParser

import msgspec
import pytest

from jupyter_mlops.entities import figure_text
from jupyter_mlops.widgets import explanation_html, fairness_html
from jupyter_mlops.widgets._estimate import Estimate

MARKUP = "<img src=x onerror=alert(1)>\"'</td></table><script>alert(1)</script>"
SAFE = {"div", "p", "span", "bdi", "table", "thead", "tbody", "tr", "th", "td"}
DRAWN = {"svg", "line", "circle", "rect", "polyline"}


class Page(HTMLParser):
    """What a browser would make of it: tags, attributes, and the rows of tables as text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.rows, self.text = set(), set(), [], ""
        self._in_cell = False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self._in_cell = self._in_cell and tag not in ("td", "th")

    def handle_data(self, data):
        self.text += data
        if self._in_cell:
            self.rows[-1][-1] += data


def everywhere(value, text):
    """Put a text into every free text of a report."""
    if isinstance(value, dict):
        return {key: each if key in KEPT else everywhere(each, text) for key, each in value.items()}
    if isinstance(value, list):
        return [everywhere(each, text) for each in value]
    return text if isinstance(value, str) and value not in ("NaN", "Infinity", "-Infinity") else value


KEPT = {"task", "better", "kind", "kinds", "form", "forms", "made_at"}


def hostile(report):
    plain = msgspec.json.decode(report.to_json())
    return type(report).from_json(msgspec.json.encode(everywhere(plain, MARKUP)))


def test_a_fairness_report_is_a_table_of_groups_and_one_of_gaps(fairness):
    page = Page(fairness_html(fairness))

    grouping, (result, other) = fairness.groupings[-1], (r for r in fairness.results if r.grouping == 2)
    count = len(grouping.sizes)
    groups, gaps = page.rows[: count + 1], page.rows[count + 1 :]
    assert groups[0] == ["sex and age", "rows", "selection rate", ""]
    for group, row in enumerate(groups[1:]):
        mark = " uncertain" if group in grouping.uncertain else ""
        assert row[:3] == [fairness.group_name(grouping, group) + mark, str(grouping.sizes[group]), ""]
        assert row[3] == f"{estimate(result, 2, group)}{estimate(other, 2, group)}"
    assert gaps[0] == ["metric", "model", "all rows", "lowest", "highest", "largest gap", "ratio"]
    assert gaps[1][:3] == ["accuracy", "logistic", figure_text(fairness.overall[0].values[1][0])]
    assert gaps[1][5] == spread_text(result.difference, 1)
    assert len(gaps) == 1 + 2 * 9
    assert "In brackets: where 95% of 100 resamples of the rows lie." in page.text


def estimate(result, metric, group):
    """Return a group's figure as it should be written."""
    return Estimate(*(table[metric][group] for table in (result.by_group, result.low, result.high)))


def spread_text(spread, metric):
    """Return a statistic over the groups as it should be written."""
    return str(Estimate(*(table[metric][0] for table in (spread.values, spread.low, spread.high))))


def test_groups_that_are_withheld_are_named_without_figures(controlled):
    page = Page(fairness_html(controlled))

    grouping = controlled.groupings[-1]
    group = grouping.suppressed[0]
    name = f"{controlled.group_name(grouping, group)} ({controlled.stratum_name(grouping.strata[group])})"
    withheld = next(row for row in page.rows if row[0].startswith(name))
    assert withheld == [name, "withheld", "", 2 * "\N{EN DASH}"]
    assert "Withheld are groups of fewer than 10 rows, and others that would tell their figures." in page.text
    assert "accuracy (low)" in {row[0] for row in page.rows}


def test_an_explanation_is_a_table_of_what_matters_and_one_of_each_row(explanation):
    page = Page(explanation_html(explanation))

    assert page.rows[:2] == [["feature", "", "importance"], ["worst area", "", "4.425 (2.3 to 6.6)"]]
    assert ["worst area = 2019", "+7.642"] in page.rows
    assert "Along worst area, from 185.2 to 4254, the log odds of malignant lies between" in page.text
    assert "Contains data: values of single rows." in page.text


def test_an_explanation_without_interval_rows_and_shapes_says_so(explanation):
    importance = msgspec.structs.replace(explanation.importance, interval="", low=(), high=())
    bare = msgspec.structs.replace(explanation, importance=importance, local=None, shapes=(), contains_data=False)

    page = Page(explanation_html(bare))

    assert page.rows[1] == ["worst area", "", "4.425"]
    assert "How sure that is the method does not say." in page.text
    assert "polyline" not in page.tags
    assert "Contains data" not in page.text


def test_b24_text_of_a_report_is_text(fairness, controlled, explanation):
    for html in (
        fairness_html(hostile(fairness)),
        fairness_html(hostile(controlled)),
        explanation_html(hostile(explanation)),
    ):
        page = Page(html)
        assert page.tags <= SAFE | DRAWN
        assert not {name for name in page.attributes if name.startswith("on") or name in ("src", "href")}
        assert MARKUP in page.text


def test_there_is_no_script_no_style_sheet_and_no_address(fairness, explanation):
    for html in (fairness_html(fairness), explanation_html(explanation)):
        assert not re.search(r"<script|<style|<link|https?:|url\(|class=\"(?!mlops-View)", html)


def test_a_figure_that_is_none_is_a_dash_and_has_no_dot(fairness):
    empty = [
        msgspec.structs.replace(
            result, by_group=tuple(tuple("NaN" for _ in row) for row in result.by_group), low=(), high=()
        )
        for result in fairness.results
    ]
    page = Page(fairness_html(msgspec.structs.replace(fairness, results=tuple(empty))))

    assert [row[3] for row in page.rows[1:9]] == [2 * "\N{EN DASH}"] * 8
    assert "circle" not in page.tags


def test_infinity_is_a_figure(explanation):
    scores = ("Infinity", *explanation.importance.scores[1:])
    importance = msgspec.structs.replace(explanation.importance, scores=scores, low=(), high=())

    page = Page(explanation_html(msgspec.structs.replace(explanation, importance=importance)))

    assert page.rows[1] == ["worst area", "", "∞"]


def test_a_report_of_nothing_says_so(fairness):
    nothing = msgspec.structs.replace(fairness, groupings=(), results=())

    assert Page(fairness_html(nothing)).text == "The fairness report is empty."


def test_many_groups_are_cut_with_a_word(fairness):
    count = 500
    levels = tuple(f"code {number}" for number in range(count))
    feature = msgspec.structs.replace(fairness.sensitive[0], name="postcode", levels=levels)
    grouping = msgspec.structs.replace(
        fairness.groupings[0],
        features=(0,),
        levels=(tuple(range(count)),),
        sizes=tuple(range(1, count + 1)),
        uncertain=(),
        total=10_000,
    )
    row = tuple(number / count for number in range(count))
    result = msgspec.structs.replace(
        fairness.results[0], grouping=0, by_group=(row,) * len(fairness.metrics), low=(), high=()
    )
    many = msgspec.structs.replace(fairness, sensitive=(feature,), groupings=(grouping,), results=(result,))

    html = fairness_html(many)

    page = Page(html)
    assert "Shown are the 30 largest of 10,000 groups" in page.text
    assert [row[0] for row in page.rows[1:31]] == [f"code {number}" for number in range(470, 500)]
    assert len(html) < 40_000


@pytest.mark.parametrize("digits", [0, 3, 5])
def test_the_size_stays_small(fairness, digits):
    assert len(fairness_html(msgspec.structs.replace(fairness, digits=digits))) < 40_000


def with_models(report, count):
    """Return a report of as many models, each as the first."""
    ours = [result for result in report.results if result.model == 0]
    return msgspec.structs.replace(
        report,
        models=tuple(msgspec.structs.replace(report.models[0], name=f"model {number}") for number in range(count)),
        overall=report.overall[:1] * count,
        results=tuple(msgspec.structs.replace(each, model=number) for number in range(count) for each in ours),
    )


def test_what_a_picture_leaves_out_is_said(fairness, controlled):
    few, many = (Page(fairness_html(with_models(report, count))) for report, count in ((fairness, 4), (controlled, 5)))
    assert "Shown are the first" not in few.text
    assert "Shown are the first 4 of 5 models; JupyterLab's view shows all." in many.text
    assert re.search("Below are the first 40 of [0-9]+ gaps[.]", many.text)
