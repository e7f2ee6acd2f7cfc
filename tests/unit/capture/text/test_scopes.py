"""Which names a scope binds and where a name is looked up: Python's own symbol table is asked the same."""

import ast
import random
import symtable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jupyter_mlops.capture._text._scopes import Scope, argument_names, import_binding, target_names

NAMES = "abcd"
effort = settings(max_examples=150, derandomize=True, suppress_health_check=list(HealthCheck))


class ModuleMaker:
    """Writes random definitions, nested in each other, over a few names."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.count = 0

    def name(self) -> str:
        return self.chance.choice(NAMES)

    def simple(self) -> str:
        a, b, c = (self.name() for _ in range(3))
        forms = [
            f"{a} = {b}",
            f"{a}.x = {b}[{c}] = 1",
            f"({a}, [{b}, *{c}]) = 1",
            f"{a}: {b} = {c}",
            f"{a}: {b}",
            f"{a} += {b}",
            f"del {a}, ({b}.x, {c})",
            f"import {a}.x, {b} as {c}",
            f"from {a} import {b}, x as {c}",
            f"print({a} := {b})",
            f"[{a} for {b} in {c}]",
            f"[({a} := 1) for x in {c} if {b}]",
            f"{{{a}: {b} for {a} in x for {b} in {c}}}",
            f"(lambda {a}, *{b}: {a} + {c})",
            f"(lambda x={a}: ({b} := {c}))",
            f"global {a}",
            f"nonlocal {a}",
            f"async_{a} = yield_{b}",
        ]
        return self.chance.choice(forms)

    def statement(self, depth: int) -> str:
        a, b, c = (self.name() for _ in range(3))

        def block() -> str:
            return "\n".join("    " + line for line in self.block(depth - 1).split("\n"))

        if depth == 0 or self.chance.random() < 0.4:
            return self.simple()
        self.count += 1
        own = f"{self.chance.choice('fg')}{self.count}"
        return self.chance.choice(
            [
                lambda: f"def {own}({a}={b}, /, *, k: {c} = 1):\n{block()}",
                lambda: f"@{a}\nasync def {own}(*{b}, **{c}):\n{block()}",
                lambda: f"class {own}({a}, k={b}):\n{block()}",
                lambda: f"class {a}:\n{block()}",
                lambda: f"def {a}():\n{block()}",
                lambda: f"for {a}, {b}.x in {c}:\n{block()}\nelse:\n{block()}",
                lambda: f"while {a}:\n{block()}",
                lambda: f"with {a} as ({b}, {c}[0]):\n{block()}",
                lambda: f"try:\n{block()}\nexcept {a} as {b}:\n{block()}\nfinally:\n{block()}",
                lambda: f"match {a}:\n case [{b}, *x] | {{'k': {b}, **x}}:\n{block()}",
            ]
        )()

    def block(self, depth: int = 3) -> str:
        return "\n".join(self.statement(depth) for _ in range(self.chance.randint(1, 3)))


def is_python(source: str) -> bool:
    try:
        symtable.symtable(source, "<cell>", "exec")
        ast.parse(source)
    except SyntaxError:
        return False
    return True


modules = st.randoms(use_true_random=False).map(lambda chance: ModuleMaker(chance).block()).filter(is_python)


def definitions(tree: ast.AST, table: symtable.SymbolTable, scope: Scope):
    """Yield every function and class outside comprehensions and lambdas, with its symbol table and its scope."""
    tables = {(child.get_name(), child.get_lineno()): child for child in table.get_children()}
    pending = list(ast.iter_child_nodes(tree))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            lines = [node.lineno, *(decorator.lineno for decorator in node.decorator_list)]
            child = next(tables[node.name, line] for line in lines if (node.name, line) in tables)
            inner = Scope.of_body("class" if isinstance(node, ast.ClassDef) else "function", node.body, scope)
            if not isinstance(node, ast.ClassDef):
                inner.bound |= argument_names(node.args)
            yield child, inner
            yield from definitions(ast.Module(node.body, []), child, inner)
        elif not isinstance(node, ast.Lambda | ast.ListComp | ast.DictComp):
            pending += ast.iter_child_nodes(node)


def every_scope(source: str):
    table = symtable.symtable(source, "<cell>", "exec")
    return definitions(ast.parse(source), table, Scope("module"))


@effort
@given(modules)
@example("def f():\n    import a.b as c, d.e\n    [x := 1 for y in a]\n    del b")
def test_a_scope_binds_what_pythons_symbol_table_calls_local(source):
    for table, scope in every_scope(source):
        local = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_local()}
        declared = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_declared_global()}
        assert (scope.bound, scope.declared_global) == (local, declared), table.get_name()


@effort
@given(modules)
@example("def f():\n    a = 1\n    class g:\n        a = a\n        def h(self):\n            return a")
def test_a_name_is_looked_up_where_pythons_symbol_table_finds_it(source):
    for table, scope in every_scope(source):
        for symbol in table.get_symbols():
            if not symbol.is_referenced():
                continue
            first = next(scope.candidates(symbol.get_name()))
            if symbol.is_local():
                assert first is scope
            elif symbol.is_free():
                assert (first is not scope, first.kind) == (True, "function")
            else:
                assert first.kind == "module"


@pytest.mark.parametrize(
    ("kinds", "bound", "found"),
    [
        # scopes from the outside in; those that bind the name; where it may be found
        (["module"], [], ["module"]),
        (["module", "function"], [1], ["function"]),
        (["module", "function", "function"], [1], ["function"]),
        (["module", "class"], [1], ["class", "module"]),
        (["module", "function", "class"], [1, 2], ["class", "module"]),
        (["module", "class", "function"], [1], ["module"]),
        (["module", "class", "comprehension"], [1], ["module"]),
        (["module", "class", "comprehension"], [1, 2], ["comprehension"]),
        (["module", "function", "class", "function"], [1, 2], ["function"]),
        (["module", "function", "comprehension", "comprehension"], [2], ["comprehension"]),
    ],
)
def test_a_class_body_is_seen_by_itself_alone(kinds, bound, found):
    scope = None
    for number, kind in enumerate(kinds):
        scope = Scope(kind, scope, bound={"x"} if number in bound else set())

    assert [candidate.kind for candidate in scope.candidates("x")] == found


def test_a_global_statement_leads_past_every_function_around_it():
    outer = Scope("function", Scope("module"), bound={"x"})
    inner = Scope("function", outer, declared_global={"x"})

    assert [scope.kind for scope in inner.candidates("x")] == ["module"]


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_an_assignment_expression_binds_outside_of_all_comprehensions(depth):
    scope = function = Scope("function", Scope("module"))
    for _ in range(depth):
        scope = Scope("comprehension", scope)

    assert scope.binder() is function


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("import a.b.c", ["a"]),
        ("import a.b.c as d, e", ["d", "e"]),
        ("from a.b import c as d, e", ["d", "e"]),
        ("from . import a", ["a"]),
    ],
)
def test_an_import_binds_its_first_part_or_its_other_name(statement, names):
    assert [import_binding(alias) for alias in ast.parse(statement).body[0].names] == names


def test_a_target_binds_its_plain_names_and_nothing_that_it_only_reads():
    (statement,) = ast.parse("a, [b, *c], d.e, f[g], (h,) = value").body

    assert target_names(statement.targets[0]) == {"a", "b", "c", "h"}
