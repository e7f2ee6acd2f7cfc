"""The static pictures of reports: readable without a script, and text whatever the text is."""

import re
from html.parser import HTMLParser

import msgspec
import pytest

from jupyter_mlops.widgets import explanation_html, fairness_html

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

    groups, gaps = page.rows[:9], page.rows[9:]
    assert groups[0] == ["sex and age", "rows", "accuracy", ""]
    assert groups[1] == ["female · 19 to 39", "38", "", "0.6316 (0.4677 to 0.7783)0.6316 (0.4772 to 0.7748)"]
    assert groups[3][0] == "female · 50 to 59 uncertain"
    assert gaps[0] == ["metric", "model", "all rows", "lowest", "highest", "largest gap", "ratio"]
    assert gaps[1][:6] == ["accuracy", "logistic", "0.7557", "0.6316", "0.875", "0.2434 (0.1834 to 0.4899)"]
    assert len(gaps) == 1 + 2 * 9
    assert "In brackets: where 95 % of 100 resamples of the rows lie." in page.text


def test_groups_that_are_withheld_are_named_without_figures(controlled):
    page = Page(fairness_html(controlled))

    withheld = next(row for row in page.rows if row[0].startswith("female · 19 to 39 (high)"))
    assert withheld == ["female · 19 to 39 (high) withheld", "< 10", "", "--"]
    assert "Figures of groups of fewer than 10 rows are withheld." in page.text
    assert "accuracy (low)" in {row[0] for row in page.rows}


def test_an_explanation_is_a_table_of_what_matters_and_one_of_each_row(explanation):
    page = Page(explanation_html(explanation))

    assert page.rows[:2] == [["feature", "", "importance"], ["worst area", "", "4.425 (2.285 to 6.566)"]]
    assert ["worst area = 2019", "7.642"] in page.rows
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

    assert [row[3] for row in page.rows[1:9]] == ["--"] * 8
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
