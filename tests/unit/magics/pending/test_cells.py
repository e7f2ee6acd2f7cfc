"""What a later cell means for pending names: read at once, read by its run, deleted, or anything."""

import ast

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_mlops.magics._pending._cells import CellNeeds, may_leave, read_cell, train_body

transform = TransformerManager().transform_cell


def needs(cell: str, namespace: dict[str, object] | None = None) -> CellNeeds:
    return read_cell(ast.parse(transform(cell)), transform, namespace or {})


def interesting(names: frozenset[str]) -> set[str]:
    """Leave out builtins and what the transformed text itself reads."""
    return {name for name in names if name in {"a", "b", "c", "model", "lr"}}


@pytest.mark.parametrize(
    ("cell", "reads"),
    [
        ("a", {"a"}),
        ("a = 1", set()),
        ("a = 1; a", set()),
        ("a += 1", {"a"}),
        ("a.b = c", {"a", "c"}),
        ("a[b] = 1", {"a", "b"}),
        ("def f(): return a", set()),
        ("def f(): return a\nf()", {"a"}),
        ("def f(x=a): pass", {"a"}),
        ("@a\ndef f(): pass", {"a"}),
        ("class A(b): pass", {"b"}),
        ("[a for a in b]", {"b"}),
        ("if (a := b): pass", {"b"}),
        ("f'{a:{b}}'", {"a", "b"}),
        ("match a:\n    case {'x': b}: b", {"a"}),
        ("try:\n    a\nexcept b:\n    pass", {"a", "b"}),
        ("%time a", {"a"}),
        ("%%time\na", {"a"}),
        ("!echo {a} $b", {"a", "b"}),
        ("a?", {"a"}),
        ("%runs model", set()),
        ("%runs show model", set()),
        ("x = 1\n%runs logs model\na", {"a"}),
    ],
)
def test_what_the_kernel_reads(cell, reads):
    found = needs(cell)
    assert interesting(found.reads) == reads
    assert not found.everything


def test_deleting_is_not_reading():
    found = needs("del a")
    assert (interesting(found.reads), found.deletes) == (set(), {"a"})


def test_reading_then_deleting_is_both():
    found = needs("a; del a")
    assert (interesting(found.reads), found.deletes) == ({"a"}, {"a"})


@pytest.mark.parametrize(
    "cell", ["eval(x)", "globals()", "locals()", "dir()", "vars()", "%who", "%whos", "%run -i x.py"]
)
def test_reads_that_no_tree_shows(cell):
    assert needs(cell).everything


def test_a_train_cell_reads_in_its_run_and_its_line_in_the_kernel():
    found = needs("%%train name -p lr={lr}\nb = a\nmodel.fit(b)")
    assert interesting(found.reads) == {"lr"}
    assert interesting(found.run_reads) == {"a", "model"}


def test_a_train_cell_that_is_not_python_is_left_to_the_magic():
    assert needs("%%train\nx = = 1").run_reads == frozenset()


def test_functions_of_the_notebook_are_followed():
    namespace: dict[str, object] = {"__name__": "__main__"}
    exec("def outer(): return inner()\ndef inner(): return model", namespace)
    assert interesting(needs("outer()", namespace).reads) == {"model"}
    assert interesting(needs("%%train\nx = outer()", namespace).run_reads) == {"model"}


def test_a_notebook_function_that_looks_at_globals_reads_everything():
    namespace: dict[str, object] = {"__name__": "__main__"}
    exec("def look(): return globals()", namespace)
    assert needs("look()", namespace).everything


@pytest.mark.parametrize(
    ("cell", "body"),
    [("%%train a -p b=1\nx = 1\n", "x = 1\n"), ("%%time\nx = 1", ""), ("x = 1", ""), ("", ""), ("%train", "")],
)
def test_the_body_of_a_train_cell(cell, body):
    assert train_body(ast.parse(transform(cell))) == body


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("if c:\n    x = 1", {"x"}),
        ("for i in data:\n    x = i", {"i", "x"}),
        ("x = 1", set()),
        ("if c:\n    x = 1\nelse:\n    x = 2", set()),
        ("if c:\n    x += 1", set()),
        ("x = ", set()),
    ],
)
def test_names_that_a_run_may_leave_as_they_are(cell, names):
    assert may_leave(cell, str) == names
