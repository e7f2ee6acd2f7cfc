"""Globals in compiled code: what Python's own symbol table says, from the bytecode alone."""

import builtins
import symtable
import types

import pytest

from jupyter_mlops.capture._text._code_names import CodeNames, code_names


def names_of(source: str) -> CodeNames:
    namespace: dict[str, object] = {}
    exec(compile(source, "<cell>", "exec"), namespace)
    (function,) = [value for value in namespace.values() if isinstance(value, types.FunctionType)]
    return code_names(function.__code__)


FUNCTIONS = {
    # source of one function: what it reads, and what it rebinds
    "def f(x):\n    return x": ("", ""),
    "def f(x=1):\n    return x + y": ("y", ""),
    "def f():\n    x = 1\n    return lambda: x + y": ("y", ""),
    "def f():\n    def g():\n        def h():\n            return x\n        return h\n    return g": ("x", ""),
    "def f():\n    return [a + b for a in c if d]": ("b c d", ""),
    "def f():\n    global x\n    x = y": ("y", "x"),
    "def f():\n    global x\n    del x": ("", "x"),
    "def f():\n    def g():\n        global x\n        x += 1": ("x", "x"),
    "def f():\n    global C\n    class C(B):\n        pass": ("B", "C"),
    "def f():\n    global np\n    import numpy as np": ("", "np"),
    "def f():\n    class A:\n        z = x\n        def g(self):\n            return y": ("x y", ""),
    "async def f():\n    async with a as b:\n        yield await b(c)": ("a c", ""),
    "def f(v):\n    match v:\n        case Point(x=k) if k > limit:\n            return k": ("Point limit", ""),
    "def f():\n    try:\n        g()\n    except E as e:\n        raise F from e": ("E F g", ""),
    "def f():\n    return __name__, __file__": ("", ""),
    "def f():\n    del x[i]\n    y.a = z": ("i x y z", ""),
}
"""Of `del x[i]` in a function, `x` is read: nothing binds it there."""


@pytest.mark.parametrize("source", FUNCTIONS)
def test_a_function_reads_and_rebinds_these_globals(source):
    reads, rebinds = FUNCTIONS[source]

    found = names_of(source)

    assert (found.reads, found.rebinds) == (frozenset(reads.split()), frozenset(rebinds.split()))


@pytest.mark.parametrize("source", FUNCTIONS)
def test_no_other_names_than_the_symbol_tables_are_found(source):
    def outside(table: symtable.SymbolTable) -> set[str]:
        every = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        return every.union(*(outside(child) for child in table.get_children()))

    found = names_of(source)

    known = set().union(*(outside(child) for child in symtable.symtable(source, "<cell>", "exec").get_children()))
    assert (found.reads | found.builtins | found.rebinds) <= known | vars(builtins).keys()


@pytest.mark.parametrize("count", [1, 127, 128, 255, 256, 300])
def test_a_function_with_many_names_is_read_to_the_last(count):
    used = "".join(f"    n{number}.part\n" for number in range(count))

    found = names_of(f"def f():\n{used}    return package.module.Class, __main__.own")

    assert found.reads == {"package", "__main__", "own", *(f"n{number}" for number in range(count))}
    assert {"package.module.Class", "__main__.own"} <= found.chains


def test_a_chain_ends_where_something_else_happens_to_its_object():
    found = names_of("def f():\n    return a.b.c(d.e)[0].g, h.i + j.k")

    assert found.chains == {"a.b.c", "d.e", "h.i", "j.k"}


def test_chains_of_nested_functions_count_as_well():
    assert names_of("def f():\n    return [(lambda: np.linalg.norm)() for _ in x]").chains == {"np.linalg.norm"}


@pytest.mark.parametrize(
    ("body", "dynamic"),
    [
        ("eval('x')", True),
        ("exec(text)", True),
        ("[globals() for _ in y]", True),
        ("model.eval()", False),
        ("print('eval')", False),
    ],
)
def test_code_that_reads_what_it_does_not_show_says_so(body, dynamic):
    assert names_of(f"def f():\n    return {body}").dynamic is dynamic


def test_builtins_are_kept_apart_by_name_for_a_notebook_that_has_its_own():
    found = names_of("def f(x):\n    return sum(map(double, x))")

    assert (found.reads, found.builtins) == ({"double"}, {"sum", "map"})
