"""Which arguments the notebook's own functions write into, one syntax form a story; readers change nothing."""

import pytest

from jupyter_mlops.capture import ExecutedCell, analyse_cell, with_functions_of

FILL = "def fill(a, b=None, *rest, c=None, **more):\n    a[:] = 1\n"
MEAN = "def mean(a, b=None):\n    return a.mean() + len(b or ())\n"


def written(cell: str, *earlier: str, behind=lambda _: ()) -> set[str]:
    """Return the lower-case names that a cell changes, among those that it is given: `x`, `y`, `z`."""
    history = [ExecutedCell(source, analyse_cell(source, str)) for source in earlier]
    names = with_functions_of(history, analyse_cell(cell, str), (), behind)
    return {name for name in names.mutates if name in "xyz"}


def test_an_argument_that_a_function_writes_into_is_changed_wherever_the_function_was_defined():
    assert written("fill(x)", FILL) == {"x"}
    assert written(FILL + "fill(x)") == {"x"}


@pytest.mark.parametrize(
    "body",
    [
        "a[:] = 1",
        "a += 1",
        "a[0] += 1",
        "a.b.c = 1",
        "del a[0]",
        "a.fill(0)",
        "a.sort()",
        "a.insert(0, 'n', 1)",
        "a.zero_()",
        "a.loc[0, 'n'] = 1",
        "a.drop(columns='n', inplace=True)",
        "np.copyto(a, 1)",
        "np.add(a, 1, out=a)",
        "np.add.at(a, [0, 0], 1)",
        "rng.shuffle(a)",
        "b = a\n    b[:] = 1",
        "b = a[1:]\n    b[:] = 1",
        "b = np.asarray(a)\n    b[:] = 1",
        "a = np.asarray(a)\n    a[:] = 1",
        "a = a[1:]\n    a[:] = 1",
        "if flag:\n        a = a.copy()\n    a[:] = 1",
        "for i in range(3):\n        a[i] = 1\n        a = a.copy()",
        "for row in a:\n        row[:] = 0",
        "for i, row in enumerate(a):\n        row[:] = 0",
        "[row.fill(0) for row in a]",
        "with scope():\n        a[:] = 1",
        "try:\n        a[:] = 1\n    finally:\n        pass",
        "def inner():\n        a[:] = 1\n    inner()",
        "def inner(b):\n        b[:] = 1\n    inner(a)",
        "inner = lambda b: b.fill(1)\n    inner(a)",
        "(lambda b: b.fill(1))(a)",
        "list(map(lambda b: b.fill(1), [a]))",
        "a[0], b = 1, 2",
        "yield a\n    a[:] = 1",
    ],
)
def test_every_way_to_write_into_a_parameter(body):
    assert written("f(x)", f"def f(a):\n    {body}\n") == {"x"}


@pytest.mark.parametrize(
    "body",
    [
        "return a.mean()",
        "return a + 1",
        "return a[:, 0].sum()",
        "return np.asarray(a).sum()",
        "return model.fit(a)",
        "return model.predict(a)",
        "return a.query('n > 1').groupby('n').size()",
        "return a.astype(float).to(device).cpu().numpy()",
        "a = a.copy()\n    a[:] = 1\n    return a",
        "a = a * 2\n    a += 1",
        "a = np.array(a)\n    a[0] = 1",
        "b = a.copy()\n    b['n'] = 1\n    return b",
        "b = np.zeros(len(a))\n    b[:] = a",
        "out = {}\n    out['a'] = a\n    return out",
        "rows = []\n    rows.append(a.sum())\n    return rows",
        "for value in a:\n        print(value)",
        "return [value + 1 for value in a]",
        "print(a)",
        "def inner(a):\n        a[:] = 1\n    return inner",
        "plt.plot(a); plt.title('t')",
        "global seen\n    seen = a.shape",
    ],
)
def test_a_function_that_only_reads_makes_nothing_wait(body):
    assert written("f(x)", f"def f(a):\n    {body}\n") == set()


@pytest.mark.parametrize(
    ("call", "changed"),
    [
        ("fill(x, y)", {"x"}),
        ("fill(y, x)", {"y"}),
        ("fill(b=y, a=x)", {"x"}),
        ("fill(x[1:])", {"x"}),
        ("fill(x.T)", {"x"}),
        ("fill(x + 1)", set()),
        ("fill(x.copy(), y)", set()),
        ("fill((x, y))", {"x", "y"}),
        ("fill([x, y], z)", {"x", "y"}),
        ("fill(*x)", {"x"}),
        ("fill(y, *x)", {"x", "y"}),
        ("fill(**x)", {"x"}),
        ("total = fill(a=x) or y", {"x"}),
        ("for i in range(3):\n    fill(x)", {"x"}),
        ("for part in x:\n    fill(part)", {"x"}),
        ("[fill(part) for part in x]", {"x"}),
        ("v = x\nfill(v)", {"x"}),
        ("x = 1\nfill(x)", set()),
        ("%time fill(x)", {"x"}),
        ("list(map(fill, x))", {"x"}),
        ("pool.map(fill, [x])", {"x"}),
        ("Parallel()(delayed(fill)(part) for part in x)", {"x"}),
        ("partial(fill, x)()", {"x"}),
        ("partial(fill)(x)", {"x"}),
        ("y.apply(fill)", set()),
        ("(fill if y else mean)(x)", {"x"}),
        ("print(x)", set()),
        ("mean(x, y)", set()),
    ],
)
def test_what_is_given_to_the_parameter_is_changed(call, changed):
    from IPython.core.inputtransformer2 import TransformerManager

    history = [ExecutedCell(source, analyse_cell(source, str)) for source in (FILL, MEAN)]
    names = with_functions_of(history, analyse_cell(call, TransformerManager().transform_cell), ())
    assert {name for name in names.mutates if name in "xyz"} == changed


@pytest.mark.parametrize(
    ("definition", "call", "changed"),
    [
        ("def f(*a):\n    a[0][:] = 1", "f(y, x)", {"x", "y"}),
        ("def f(*a):\n    for one in a:\n        one[:] = 1", "f(y, x)", {"x", "y"}),
        ("def f(a, *rest):\n    rest[0][:] = 1", "f(y, x)", {"x"}),
        ("def f(a, *rest, **named):\n    named['k'][:] = 1", "f(y, z, k=x)", {"x"}),
        ("def f(*, k):\n    k[:] = 1", "f(k=x)", {"x"}),
        ("def f(a, /, k):\n    k[:] = 1", "f(y, x)", {"x"}),
        ("async def f(a):\n    a[:] = 1", "await f(x)", {"x"}),
        ("f = lambda a: a.fill(1)", "f(x)", {"x"}),
        ("f = lambda a: a.sum()", "f(x)", set()),
        ("@jit\ndef f(a, b):\n    a[:] = 1", "f(x, y)", {"x", "y"}),
        ("@jit\ndef f(a):\n    return a.sum()", "f(x)", set()),
        ("class T:\n    def go(self, a):\n        a[:] = 1", "T().go(x)", {"x"}),
        ("class T:\n    def go(self, a):\n        a[:] = 1", "t.go(x)", {"x"}),
        ("class T:\n    def go(self, a):\n        self.n = a.sum()", "t.go(x)", set()),
        ("class T:\n    def __init__(self, a):\n        a[:] = 1", "t = T(x)", {"x"}),
        ("class T:\n    def __init__(self, a):\n        self.a = a", "t = T(x)", set()),
        ("class T:\n    @staticmethod\n    def go(self, a):\n        a[:] = 1", "T.go(y, x)", {"x", "y"}),
        (
            "class T:\n    def go(self, a):\n        self.put(a)\n    def put(self, b):\n        b[:] = 1",
            "t.go(x)",
            {"x"},
        ),
    ],
)
def test_forms_of_definition(definition, call, changed):
    assert written(call, definition) == changed


def test_parameters_are_followed_through_other_functions():
    inner, outer = "def inner(b, c):\n    c[:] = b", "def outer(p, q):\n    inner(p, c=q)"
    assert written("outer(x, y)", inner, outer) == {"y"}
    assert written("outer(x, y)", outer, inner) == {"y"}


def test_functions_that_call_each_other_end():
    assert written("f(x)", "def f(a):\n    g(a)", "def g(a):\n    f(a)\n    a[0] = 1") == {"x"}
    assert written("f(x)", "def f(a):\n    g(a)", "def g(a):\n    f(a)") == set()


def test_a_function_that_is_given_to_another_may_be_called_there():
    assert written("apply(fill, x)", FILL, "def apply(f, a):\n    return f(a)") == {"x"}
    assert written("apply(mean, x)", MEAN, "def apply(f, a):\n    return f(a)") == set()


def test_a_function_that_writes_into_a_global_through_another():
    history = [ExecutedCell(source, analyse_cell(source, str)) for source in (FILL, "def go():\n    fill(x)")]
    assert "x" in with_functions_of(history, analyse_cell("go()", str), {"go"}).mutates


def test_the_last_definition_counts():
    assert written("fill(x)", FILL, "def fill(a):\n    return a.sum()") == set()
    assert written("fill(x)", FILL, "fill = len") == set()


def test_what_a_name_leads_to_is_asked_where_it_is_no_function_itself():
    def behind(name):
        return {"fill"} if name == "prepared" else set()

    assert written("prepared(x)", FILL, behind=behind) == {"x"}
    assert written("other(x)", FILL, behind=behind) == set()


def test_a_failed_cell_defines_nothing():
    history = [ExecutedCell(FILL, analyse_cell(FILL, str), ok=False)]
    assert with_functions_of(history, analyse_cell("fill(x)", str), ()).mutates == frozenset()
