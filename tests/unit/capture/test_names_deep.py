"""Cells that are deeper than a walk over their tree may usually go: Python runs them, so they are read as well."""

import ast
import builtins
import sys

import pytest

from jupyter_mlops.capture import analyse_cell, analyse_tree

TERMS = 700
"""Fewer than Python's own compiler takes, more than a recursive walk has frames for."""

DEEP = {
    "a sum": ("x = " + " + ".join(["a"] * TERMS), {"a"}, {"x"}),
    "a text in pieces": ("x = " + " + ".join(["'line'"] * TERMS + ["b"]), {"b"}, {"x"}),
    "methods one after another": ("x = a" + ".strip()" * (TERMS // 2), {"a"}, {"x"}),
    "a long elif": (
        "if a == 0:\n    x = 0\n" + "".join(f"elif a == {i}:\n    x = {i}\n" for i in range(TERMS)),
        {"a"},
        {"x"},
    ),
    "conditions within conditions": ("x = " + "a if c else " * TERMS + "b", {"a", "b", "c"}, {"x"}),
    "negations": ("x = " + "not " * TERMS + "a", {"a"}, {"x"}),
    "in a function": ("def f():\n    return " + " + ".join(["a"] * TERMS), {"a"}, {"f"}),
}


@pytest.mark.parametrize("name", DEEP)
def test_b03_a_deep_cell_that_python_runs_is_read(name):
    cell, reads, assigns = DEEP[name]
    compile(cell, "<cell>", "exec")

    names = analyse_cell(cell, str)

    assert (set(names.reads) - set(dir(builtins)), set(names.assigns)) == (reads, assigns)


def test_b03_the_shells_own_tree_is_read_as_well():
    names = analyse_tree(ast.parse(DEEP["a sum"][0]), str)
    assert (names.reads, names.assigns) == ({"a"}, {"x"})


def test_python_s_limit_is_afterwards_what_it_was():
    before = sys.getrecursionlimit()
    analyse_cell(DEEP["a sum"][0] + "\n", str)
    assert sys.getrecursionlimit() == before


def test_the_limit_is_put_back_after_a_cell_that_is_no_python():
    before = sys.getrecursionlimit()
    with pytest.raises(SyntaxError):
        analyse_cell(DEEP["a sum"][0] + "\n%%time\nx = = 1", lambda text: text)
    assert sys.getrecursionlimit() == before


@pytest.mark.parametrize("term", ["a", "a.sum()", "f(a, b)", "a.layers[0].grow()", "(a := b)", "[a for a in b]"])
def test_a_deep_cell_means_what_a_shallow_one_does(term):
    def meaning(terms: int) -> tuple[object, ...]:
        names = analyse_cell("x = " + " + ".join([term] * terms) + "\nmodel.fit(x)", str)
        return names.reads, names.read_first, names.assigns, names.surely_assigns, names.may_change, names.passed

    assert meaning(TERMS) == meaning(3)
