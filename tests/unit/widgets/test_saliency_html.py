"""Texts and images as HTML: what was written, shaded, and nothing that could be an address or a tag."""

import re
from pathlib import Path

import msgspec
import pytest

from jupyter_mlops.entities import ExplanationReport
from jupyter_mlops.widgets import explanation_html, report_page

REPORTS = Path(__file__).parents[2] / "frontend" / "reports"


def report(kind):
    return ExplanationReport.from_json((REPORTS / f"explanation-{kind}.json").read_text())


def seen(html):
    return re.sub(r"<[^>]*>", "", html)


def test_a_text_stands_as_it_was_written_and_says_which_way_each_piece_works():
    html = explanation_html(report("text"))

    assert "The plot is awful, the cast wonderful." in seen(html)
    awful, wonderful = (
        re.search(rf'<span [^>]*style="([^"]*)"[^>]*>{word}<', html)[1] for word in ("awful", "wonderful")
    )
    assert "underline wavy" in awful
    assert "underline solid" in wonderful
    assert "a straight line below raises it, a wavy one lowers it" in html
    assert "Contains data" in html


def test_b24_a_text_is_text():
    (text,) = report("text").texts
    evil = msgspec.structs.replace(text, tokens=("<script>alert(1)</script>",), scores=((0.5,),))

    html = explanation_html(msgspec.structs.replace(report("text"), texts=(evil,)))

    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize("scores", [(), ((0.0, 0.0),), (("NaN", "Infinity"),)])
def test_a_text_of_which_nothing_counts_is_shown_all_the_same(scores):
    (text,) = report("text").texts
    plain = msgspec.structs.replace(text, tokens=("one ", "two"), scores=scores)

    html = explanation_html(msgspec.structs.replace(report("text"), texts=(plain,)))

    assert "one two" in seen(html)
    assert "underline" not in html


def test_what_is_left_off_is_counted():
    (text,) = report("text").texts
    long = msgspec.structs.replace(text, tokens=("a",) * 600, scores=((0.1,) * 600,), cut=1_000)

    html = explanation_html(msgspec.structs.replace(report("text"), texts=(long,)))

    assert "1,100 more characters are not shown." in html


def test_an_image_stands_beside_itself_shaded_with_signs():
    shown = report("image")
    html = explanation_html(shown)

    assert html.count(f"data:image/png;base64,{shown.images[0].png}") == 2
    assert html.count("<rect") == sum(value != 0 for row in shown.images[0].heat[0] for value in row)
    assert html.count("<path") > 0
    assert "Importance of features" not in html
    assert not re.search(r"NaN|inf", html)


@pytest.mark.parametrize("heat", [(), (((0.0, "NaN"),),)])
def test_an_image_of_which_nothing_counts_is_shown_all_the_same(heat):
    (image,) = report("image").images
    plain = msgspec.structs.replace(image, heat=heat)

    html = explanation_html(msgspec.structs.replace(report("image"), images=(plain,)))

    assert "<img" in html
    assert "<rect" not in html


def test_a_saved_page_may_show_its_own_image_and_no_other(front_end):
    page = report_page(report("image"))

    assert "img-src data:;" in page or 'img-src data:"' in page
    assert not re.search(r"https?:", page.split("</head>")[1])


def test_an_image_is_shaded_for_the_class_that_it_was_taken_for():
    image = report("image")
    assert "adds to the network output of 3." in seen(explanation_html(image))
    assert "adds to the network output of 0." in seen(
        explanation_html(msgspec.structs.replace(image, task="regression"))
    )
