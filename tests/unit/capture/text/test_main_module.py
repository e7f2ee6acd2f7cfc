"""`__main__.x` read as `x`: what the rewritten statements say, and that the cell itself is left as it is."""

import ast

import pytest

from jupyter_mlops.capture._text._main_module import without_main_module


def rewritten(cell: str) -> str:
    return "\n".join(ast.unparse(statement) for statement in without_main_module(ast.parse(cell).body))


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("__main__.x", "x"),
        ("__main__.x.y", "x.y"),
        ("__main__.x = 1", "x = 1"),
        ("del __main__.x", "del x"),
        ("sys.modules['__main__'].x", "sys\nx"),
        ("sys.modules['__main__'].x = 1", "sys\nx = 1"),
        ("getattr(sys.modules['__main__'], 'x')", "sys\ngetattr(globals(), 'x')"),
        ("if a:\n    import sys\n    sys.modules['__main__'].x", "if a:\n    import sys\n    sys\n    x"),
        ("if sys.modules['__main__'].x:\n    y", "sys\nif x:\n    y"),
        ("def f():\n    return a.modules['__main__'].x", "def f():\n    a\n    return x"),
        ("import __main__ as m\nm.x", "import __main__ as m\nx"),
        ("from __main__ import x, y as z", "x = x\nz = y"),
        ("from __main__ import *", "from __main__ import *"),
        ("vars(__main__)", "vars(globals())"),
        ("__main__.__dict__['x']", "globals()['x']"),
        ("def f():\n    return __main__.x", "def f():\n    return x"),
    ],
)
def test_the_module_is_left_out(cell, told):
    assert rewritten(cell) == told


@pytest.mark.parametrize("cell", ["x.y", "if __name__ == '__main__':\n    main()", "names = ['__main__']"])
def test_other_cells_are_the_very_same(cell):
    body = ast.parse(cell).body
    assert without_main_module(body) is body


def test_the_cell_itself_is_not_changed():
    tree = ast.parse("print(__main__.x)")
    without_main_module(tree.body)
    assert ast.unparse(tree) == "print(__main__.x)"
