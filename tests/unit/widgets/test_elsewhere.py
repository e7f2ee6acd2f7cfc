"""Reports in pages that are not ours: exported notebooks hold tables, pictures and no address."""

import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter, MarkdownExporter

from jupyter_mlops.entities import ExplanationReport, FairnessReport
from jupyter_mlops.widgets import explanation_html, fairness_html

REPORTS = Path(__file__).parents[2] / "frontend" / "reports"
FAIRNESS = "application/vnd.jupyter-mlops.fairness+json"
EXPLANATION = "application/vnd.jupyter-mlops.explanation+json"

KINDS = [
    "fairness",
    "fairness_control",
    "explanation",
    "explanation-pipeline",
    "explanation-what-if",
    "explanation-text",
]


class Page(HTMLParser):
    """What stands in a page: tables as rows of cells, how many pictures, and every address."""

    def __init__(self, html):
        super().__init__()
        self.tables, self.pictures, self.addresses, self._open = {}, 0, [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.addresses += [value for name, value in attributes if name in ("src", "href", "xlink:href", "action")]
        self.pictures += tag == "svg"
        if tag == "table":
            self._open = given.get("aria-label") or f"table {len(self.tables)}"
            self.tables[self._open] = []
        elif tag == "tr" and self._open:
            self.tables[self._open].append([])
        elif tag in ("td", "th") and self._open:
            self.tables[self._open][-1].append("")

    def handle_endtag(self, tag):
        self._open = "" if tag == "table" else self._open

    def handle_data(self, data):
        if self._open and self.tables[self._open] and self.tables[self._open][-1]:
            self.tables[self._open][-1][-1] += data.strip()


def bundle(kind):
    """Return an output's data as a magic makes it: our data, the static HTML, and a text."""
    text = (REPORTS / f"{kind}.json").read_text()
    if kind.startswith("fairness"):
        return {FAIRNESS: {}, "text/html": fairness_html(FairnessReport.from_json(text)), "text/plain": "a report"}
    return {EXPLANATION: {}, "text/html": explanation_html(ExplanationReport.from_json(text)), "text/plain": "a report"}


def exported(exporter, kind):
    cell = nbformat.v4.new_code_cell("%report", outputs=[nbformat.v4.new_output("display_data", data=bundle(kind))])
    body, _ = exporter.from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    return body


def ours(body):
    """Return the part of an exported page that is a report."""
    return re.search(r'<div class="mlops-View".*</div>', body, re.DOTALL)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_an_exported_page_holds_tables_and_a_picture_and_asks_no_address(kind):
    page = Page(ours(exported(HTMLExporter(template_name="basic"), kind)))

    assert page.pictures > 0
    assert page.addresses == []
    assert all(len(set(map(len, rows))) == 1 for rows in page.tables.values())


@pytest.mark.parametrize("kind", ["fairness", "explanation"])
def test_a_reader_of_markdown_sees_the_same_tables(kind):
    page = Page(exported(MarkdownExporter(), kind))

    assert page.tables == Page(bundle(kind)["text/html"]).tables


def test_b24_a_name_that_is_markup_stays_text_in_an_exported_page():
    evil = '<img src="http://127.0.0.1:1/x.png"><script>alert(1)</script>'
    text = (REPORTS / "explanation.json").read_text()
    report = ExplanationReport.from_json(text.replace("worst area", evil.replace('"', '\\"')))

    page = Page(explanation_html(report))

    assert evil in [row[0] for row in page.tables["Importance of features"]]
    assert page.addresses == []
