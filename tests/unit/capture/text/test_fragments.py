"""Lines of transformed code and lines as typed."""

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_mlops.capture._text._fragments import align_lines
from jupyter_mlops.capture._text._magics_text import split_options

ALIGNED = [
    ("a\nb", (1, 2)),
    ("\n\na\nb", (3, 4)),
    ("!ls \\\n  -l \\\n  x\nb", (1, 4)),
    ("x = %time \\\n  f()\nb", (1, 3)),
    ("a\n%time f()\nb", (1, 2, 3)),
    ("%%time\na\nb", (1,)),
    ("    a\n    b", (1, 2)),
    ("x = (1 + \\\n  2)\nb", (1, 2, 3)),
    (">>> a\n>>> b", (1, 2)),
    ("a?\nb", (1, 2)),
]


@pytest.mark.parametrize(("cell", "lines"), ALIGNED)
def test_each_line_of_code_knows_where_it_was_typed(cell, lines):
    code = TransformerManager().transform_cell(cell)

    assert align_lines(cell, code).lines == lines


def test_lines_beyond_the_map_keep_their_distance():
    lines = align_lines("a\nb", "a\nb\n", first_line=10)

    assert [lines[number] for number in (1, 2, 3)] == [10, 11, 12]


OPTIONS = [
    # text, letters, options, code
    ("f(x)", "n:o", {}, "f(x)"),
    ("-n 10 f(x)", "n:o", {"n": ["10"]}, "f(x)"),
    ("-n10 -o f(x)", "n:o", {"n": ["10"], "o": []}, "f(x)"),
    ("-oq f(x)", "oq", {"o": [], "q": []}, "f(x)"),
    ("-on10 f(x)", "n:o", {"o": [], "n": ["10"]}, "f(x)"),
    ("--no-raise-error f(x)", "", {}, "f(x)"),
    ("-x", "n:", {}, "-x"),
    ("-l 5 -l 6 f", "l:", {"l": ["5", "6"]}, "f"),
    ("", "n:", {}, ""),
]


@pytest.mark.parametrize(("text", "letters", "options", "code"), OPTIONS)
def test_the_options_of_a_magic_are_split_from_its_code(text, letters, options, code):
    assert split_options(text, letters) == (options, code)
