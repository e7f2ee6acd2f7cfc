"""Elements escape what stands in them; nothing else makes markup."""

from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.widgets._markup import markup, paragraph, table, tag


def test_text_and_elements_keep_their_order():
    made = tag("p", "a", None, tag("b", "c"), "d", "e", tag("i"), "f")

    assert markup(made) == "<p>a<b>c</b>de<i></i>f</p>"


def test_attributes_that_are_none_are_left_out():
    made = tag("td", class_="a", stroke_width=1.5, title=None)

    assert markup(made) == '<td class="a" stroke-width="1.5"></td>'


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_text_never_becomes_markup(text):
    made = markup(tag("bdi", text, title=text))

    assert made.count("<") == made.count(">") == 2
    assert made.count('"') == 2


def test_a_paragraph_leaves_out_what_is_empty():
    assert markup(paragraph("One.", "", "Two.")) == '<p style="margin:4px 0;">One. Two.</p>'


def test_a_table_names_its_columns_and_its_rows():
    made = markup(table("Gaps", [("metric", False), ("gap", True)], [["accuracy", "0.2"]]))

    assert 'aria-label="Gaps"' in made
    assert made.count('scope="col"') == 2
    assert made.count('scope="row"') == 1
    assert 'font-variant-numeric:tabular-nums;font-weight:normal">0.2</td>' in made
