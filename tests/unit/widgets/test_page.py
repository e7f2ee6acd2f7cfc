"""A report as one file: whole, offline, and with nothing in it that ends its script."""

import json
import re

import msgspec
import pytest

from jupyter_mlops.exceptions import MlopsError, UsageError
from jupyter_mlops.widgets import _page, report_page, save_report


def script(page, id_):
    """Return what the page's program reads from one of its elements."""
    text = re.search(rf'<script type="application/json" id="{id_}">(.*?)</script>', page, re.DOTALL)[1]
    return json.loads(text)


@pytest.mark.parametrize("kind", ["fairness", "explanation"])
def test_a_page_holds_the_report_the_module_and_the_static_picture(kind, front_end, request):
    report = request.getfixturevalue(kind)

    page = report_page(report)

    assert script(page, "data") == json.loads(report.to_json())
    assert script(page, "module") == (front_end / f"{kind}.js").read_text()
    assert '<div class="mlops-View"' in page
    assert ".mlops-Report { color: #222 }" in page


def test_a_page_asks_no_address(fairness, front_end):
    page = report_page(fairness)

    assert not re.search(r"https?:|//[a-z]|src=|href=|@import|url\(", page.split("</head>")[1])
    assert "default-src 'none'" in page


def test_b24_nothing_in_a_report_ends_the_script_around_it(explanation, front_end):
    name = "</script><script>alert(1)</script><!-- {static} %s"
    hostile = msgspec.structs.replace(explanation, model=name, notes=(name,))

    page = report_page(hostile)

    assert script(page, "data")["model"] == name
    assert page.count("<script") == 3
    assert "<!--" not in page
    assert "<title>Explanation of &lt;/script&gt;" in page


def test_a_page_is_saved_as_one_file(fairness, front_end, tmp_path):
    path = save_report(fairness, tmp_path / "report.html")

    assert path == tmp_path / "report.html"
    assert path.read_text("utf-8") == report_page(fairness)


def test_a_name_that_is_no_unicode_is_saved(explanation, front_end, tmp_path):
    odd = msgspec.structs.replace(explanation, model="a\u2028b\x00c")

    assert script(save_report(odd, tmp_path / "report.html").read_text("utf-8"), "data")["model"] == "a\u2028b\x00c"


def test_a_place_that_cannot_be_written_is_named(fairness, front_end, tmp_path):
    with pytest.raises(UsageError, match=r"Cannot write .*gone/report\.html: No such file or directory\. Choose"):
        save_report(fairness, tmp_path / "gone" / "report.html")


def test_without_a_front_end_the_next_step_is_said(fairness, tmp_path, monkeypatch):
    monkeypatch.setattr(_page, "_STATIC", tmp_path)

    with pytest.raises(MlopsError, match=r"was not built .*Install jupyter_mlops from a wheel, or run `make labext"):
        save_report(fairness, tmp_path / "report.html")

    assert list(tmp_path.iterdir()) == []
