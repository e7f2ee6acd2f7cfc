"""What the notebook's own functions, classes and instances lead to. Each test is a small notebook."""

import functools

import pytest

from jupyter_mlops.capture import Reach, reach, reached_names


def notebook(*cells: str) -> dict[str, object]:
    namespace: dict[str, object] = {"__name__": "__main__"}
    for cell in cells:
        exec(cell, namespace)
    return namespace


REACHED = [
    # definitions, the name used, what it reaches
    ("def f(): return x", "f", "x"),
    ("def f(): return g()\ndef g(): return x", "f", "g x"),
    ("def f(n): return f(n - 1)", "f", "f"),
    ("from collections import defaultdict\nd = defaultdict(lambda: x)", "d", "x"),
    (
        "from collections import defaultdict\nd = defaultdict(lambda: defaultdict(lambda: x))\nd[1]",
        "d",
        "defaultdict x",
    ),
    ("from collections import defaultdict\nclass D(defaultdict): pass\nd = D(lambda: x)", "d", "x"),
    ("from collections import deque\nd = deque([lambda: x], maxlen=3)", "d", "x"),
    ("m = map(lambda n: n + x, [1])", "m", "x"),
    ("m = filter(lambda n: n > x, [1])", "m", "x"),
    ("def f(): return g()\ndef g(): return f() + x", "f", "f g x"),
    ("def f():\n    def inner(): return x\n    return inner", "f", "x"),
    ("def f(): return [x for _ in range(3)]", "f", "x"),
    ("f = lambda: x", "f", "x"),
    ("fs = [lambda: x, lambda: y]", "fs", "x y"),
    ("fs = {'a': lambda: x}", "fs", "x"),
    ("fs = [('a', [lambda: x])]", "fs", "x"),
    ("def make(n):\n    def f(): return n() + x\n    return f\ndef n(): return y\nf = make(n)", "f", "x y"),
    ("def f(a=lambda: x, *, b=lambda: y): pass", "f", "x y"),
    ("class T: pass\ndef f(a: T): return T", "f", "T"),
    ("class A:\n    def f(self): return x", "A", "x"),
    ("class A:\n    def f(self): return x\na = A()", "a", "x"),
    ("class A:\n    def f(self): return x\nclass B(A):\n    def g(self): return y", "B", "x y"),
    ("class A:\n    @property\n    def p(self): return x", "A", "x"),
    ("class A:\n    @staticmethod\n    def s(): return x\n    @classmethod\n    def c(cls): return y", "A", "x y"),
    ("class A:\n    f = lambda self: x", "A", "x"),
    ("class M(type):\n    def f(cls): return x\nclass A(metaclass=M): pass", "A", "x"),
    ("class A:\n    class B:\n        def f(self): return x", "A", "x"),
    ("class A:\n    def f(self): return x\nm = A().f", "m", "x"),
    ("class A: pass\na = A()\na.callback = lambda: x", "a", "x"),
    ("class A:\n    __slots__ = ('callback', 'empty')\na = A()\na.callback = lambda: x", "a", "x"),
    ("class A(dict):\n    def f(self): return x\na = A(g=lambda: y)", "a", "x y"),
    ("def f(): return super and print(max(x))", "f", "x"),
    ("max = min\ndef f(): return max(x)", "f", "max x"),
    ("def f():\n    x = 1\n    return x", "f", ""),
    ("def f(): return __name__", "f", ""),
    ("def g():\n    yield x\n    yield y\nit = g()", "it", "x y"),
    ("async def c(): return x", "c", "x"),
    ("x = [1]", "x", ""),
    ("x = 1", "absent", ""),
]


@pytest.mark.parametrize(("cell", "name", "reached"), REACHED)
def test_what_a_name_reaches(cell, name, reached):
    namespace = notebook("x = y = 1", cell)

    assert reached_names([name], namespace) == set(reached.split())


def test_wrappers_of_libraries_are_looked_through():
    namespace = notebook(
        "import functools",
        "x = y = z = w = 1",
        "def f(a=1): return x",
        "part = functools.partial(f, 2, key=lambda: y)",
        "@functools.lru_cache\ndef cached(): return z",
        "@functools.singledispatch\ndef generic(a): return w",
    )

    found = {name: reached_names([name], namespace) for name in ("part", "cached", "generic")}

    assert found == {"part": {"x", "y"}, "cached": {"z"}, "generic": {"w"}}


def test_a_function_inside_an_estimator_is_found():
    namespace = notebook(
        "from sklearn.pipeline import make_pipeline",
        "from sklearn.preprocessing import FunctionTransformer, StandardScaler",
        "factor = 2",
        "def scale(X): return X * factor",
        "pipeline = make_pipeline(StandardScaler(), FunctionTransformer(scale))",
    )

    assert reached_names(["pipeline"], namespace) == {"factor"}


def test_names_that_a_run_still_owes_are_reached_although_the_namespace_lacks_them():
    namespace = notebook("def f(): return model.predict(X)", "X = 1")

    assert reached_names(["f"], namespace) == {"model", "X"}


def test_code_of_libraries_is_not_the_notebooks():
    namespace = notebook("import json", "from textwrap import dedent", "def f(): return json.dumps(dedent('a'))")

    assert reached_names(["f", "json", "dedent"], namespace) == {"json", "dedent"}


def test_functions_of_another_main_belong_to_the_notebook():
    """A kernel may run user code in a namespace that is not the module's own dictionary."""
    namespace = notebook("def f(): return x")

    assert reached_names(["f"], dict(namespace)) == {"x"}


def test_rebinding_chains_and_unseen_reads_are_told():
    namespace = notebook(
        "import os",
        "def f():\n    global count\n    count += 1\n    return os.path.join('a'), eval('x')",
    )

    assert reach(["f"], namespace) == Reach(
        names=frozenset({"count", "os"}),
        definitions=frozenset({"f"}),
        rebinds=frozenset({"count"}),
        attribute_chains=frozenset({"os.path.join"}),
        dynamic=True,
    )


def test_definitions_are_told_by_the_name_of_the_notebook():
    namespace = notebook(
        "class Base:\n    def run(self): return helper()",
        "class Trainer(Base): pass",
        "def helper(): return 1",
        "def outer():\n    def inner(): pass\n    return inner",
        "t, alias, inner = Trainer(), helper, outer()",
    )

    found = {name: reach([name], namespace).definitions for name in ("t", "alias", "inner")}

    assert found == {"t": {"Base", "Trainer", "helper"}, "alias": {"helper"}, "inner": {"outer"}}


def test_objects_that_refer_to_themselves_end():
    namespace = notebook(
        "class Node: pass",
        "node = Node()",
        "node.self = node",
        "node.items = [node]",
        "node.f = lambda: (node, x)",
    )

    assert reached_names(["node"], namespace) == {"node", "x"}


def test_no_code_of_the_objects_runs():
    class Touchy:
        def __getattr__(self, name):
            raise AssertionError(name)

        @property
        def __class__(self):
            raise AssertionError("__class__")

        def __iter__(self):
            raise AssertionError("__iter__")

    class TouchyList(Touchy, list):
        pass

    Touchy.__module__ = "__main__"

    assert reached_names(["t", "ts"], {"t": Touchy(), "ts": TouchyList([1])}) == set()


def test_large_containers_are_data_and_not_searched():
    namespace = notebook("def f(): return x", "small = [f, 1]", "big = [f] * 100_000")

    assert reached_names(["big"], namespace) == set()
    assert reached_names(["small"], namespace) == {"x"}


def test_a_hundred_thousand_library_objects_are_given_up_but_own_code_is_not():
    deep = functools.reduce(lambda inner, _: [inner] * 2, range(50), [])
    namespace = notebook("def f(): return x")
    namespace["deep"] = [deep] * 900

    assert reached_names(["deep", "f"], namespace) == {"x"}
