"""Names that a cell binds by an import and in no other way."""

import pytest

from jupyter_mlops.capture import import_statements


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("import numpy as np", {"np": "import numpy as np"}),
        ("import os.path", {"os": "import os.path"}),
        ("import os, sys", {"os": "import os", "sys": "import sys"}),
        ("from a.b import c, d as e", {"c": "from a.b import c", "e": "from a.b import d as e"}),
        ("from a import *", {}),
        ("from . import a", {}),
        ("from __future__ import annotations", {}),
        ("if x:\n    import a", {}),
        ("def f():\n    import a", {}),
        ("import a\na = 1", {}),
        ("import a\nfor a in b: pass", {}),
        ("import a\ndef a(): pass", {}),
        ("import a\nfrom b import a", {}),
        ("import a\ndel a", {}),
        ("import a\ndef f():\n    global a\n    a = 1", {}),
        ("import a\nif x:\n    import b as a", {}),
        ("import a\ndef f():\n    from . import a", {}),
        ("import a\nimport b\nif x:\n    import b.c", {"a": "import a"}),
        ("import a\ntry:\n    x\nexcept E as a:\n    pass", {}),
        ("import a, b, c\nmatch x:\n    case [a, *b]: pass\n    case {**c}: pass", {}),
        ("import a\nx = a.b", {"a": "import a"}),
        ("import ä as größe", {"größe": "import ä as größe"}),
        ("x = = 1", {}),
    ],
)
def test_names_that_a_cell_only_imports(cell, found):
    assert import_statements(cell, str) == found
