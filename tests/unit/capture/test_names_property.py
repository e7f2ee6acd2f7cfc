"""The analysis against Python itself: random cells are analysed, then executed in a namespace that notes
what happens to it."""

from __future__ import annotations

import ast
import contextlib
import random
import symtable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jupyter_mlops.capture import analyse_cell

NAMES = "abcd"
FUNCTIONS = "fg"


class Thing:
    """Supports every operation; its parts and its methods' results are itself. It tells of changes and calls."""

    def __init__(self, name, world):
        object.__setattr__(self, "_told", (name, world))

    def _changed(self):
        name, world = self._told
        world.changed.add(name)

    def _fresh(self):
        return Thing(None, self._told[1])

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return self

    def __setattr__(self, attribute, value):
        self._changed()

    def __delattr__(self, attribute):
        self._changed()

    def __getitem__(self, key):
        return self

    def __setitem__(self, key, value):
        self._changed()

    def __delitem__(self, key):
        self._changed()

    def __call__(self, *arguments, **keywords):
        self._changed()
        for argument in [*arguments, *keywords.values()]:
            parts = argument if isinstance(argument, list | tuple) else [argument]
            for part in parts:
                if isinstance(part, Thing):
                    part._changed()
        return self

    def __iadd__(self, other):
        self._changed()
        return self

    def __add__(self, other):
        return self._fresh()

    __radd__ = __add__

    def __iter__(self):
        return iter([self] * self._told[1].chance.randrange(3))

    def keys(self):
        return []

    def __bool__(self):
        return self._told[1].chance.random() < 0.5

    def __enter__(self):
        self._changed()
        return self

    def __exit__(self, *error):
        return False


class World(dict):
    """A namespace that notes which names are read before they are assigned, bound and removed."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.changed, self.read_first, self.bound, self.removed, self._made = set(), set(), set(), set(), set()
        self._given = {name: Thing(name, self) for name in NAMES + FUNCTIONS}
        super().__init__(self._given, E=Exception)

    def __getitem__(self, name):
        value = super().__getitem__(name)
        # `global x; x = 1` in a function goes past __setitem__, but then the value is another one.
        if name not in self._made and value is self._given.get(name):
            self.read_first.add(name)
        return value

    def __setitem__(self, name, value):
        self._made.add(name)
        self.bound.add(name)
        super().__setitem__(name, value)

    def __delitem__(self, name):
        self._made.discard(name)
        self.removed.add(name)
        super().__delitem__(name)


def indented(block):
    return "\n".join("    " + line for line in block.split("\n"))


class CellMaker:
    """Writes random cells over a few names."""

    def __init__(self, chance):
        self.chance = chance

    def name(self):
        return self.chance.choice(NAMES)

    def function(self):
        return self.chance.choice(FUNCTIONS)

    def expression(self, depth=2):
        n, f = self.name, self.function
        if depth == 0:
            return self.chance.choice([n(), "1", f"{n()}.x", f"{n()}[0]"])

        def e():
            return self.expression(depth - 1)

        forms = [
            lambda: n(),
            lambda: f"{n()}.fit({e()})",
            lambda: f"{f()}({e()})",
            lambda: f"{f()}({e()}, *{n()}, k={e()})",
            lambda: f"{f()}([{e()}, {n()}])",
            lambda: f"({e()} + {e()})",
            lambda: f"({n()} := {e()})",
            lambda: f"[{e()} for {n()} in {n()} if {e()}]",
            lambda: f"[{e()} for {n()}, {n()} in {n()}]",
            lambda: f"{{1: {e()} for {n()} in {n()}}}",
            lambda: f"({e()} if {e()} else {e()})",
            lambda: f"({e()} and {e()})",
            lambda: f"(lambda {n()}=1, x={n()}: {e()})()",
            lambda: f"f'{{{n()}}}'",
            lambda: f"[{e()}, {e()}]",
        ]
        return self.chance.choice(forms)()

    def simple(self, kind):
        n, f, e = self.name, self.function, self.expression
        forms = [
            lambda: e(),
            lambda: f"{n()} = {e()}",
            lambda: f"{f()} = {n()}",
            lambda: f"{n()}, {n()} = {e()}, {e()}",
            lambda: f"{n()}, *{n()} = {e()}",
            lambda: f"{n()} = {n()} = {e()}",
            lambda: f"{n()}.x = {e()}",
            lambda: f"{n()}[{n()}] = {e()}",
            lambda: f"{n()} += {e()}",
            lambda: f"{n()}.x[0] += {e()}",
            lambda: f"del {n()}",
            lambda: f"del {n()}[0], {n()}.x",
            lambda: f"{n()}: {n()} = {e()}",
            lambda: f"{n()}: {n()}",
            lambda: f"import os as {n()}",
            lambda: f"assert {e()}, {e()}",
            lambda: f"{f()} = lambda: {e()}",
        ]
        if "loop" in kind:
            forms += [lambda: "break", lambda: "continue"]
        if "while" in kind:
            forms.append(lambda: "break")
        if "function" in kind:
            forms.append(lambda: f"return {e()}")
        return self.chance.choice(forms)()

    def statement(self, depth, kind):
        n, f, e = self.name, self.function, lambda: self.expression(1)
        outside = kind.replace("loop", "").replace("while", "")

        def block(inner=kind):
            return indented(self.block(depth - 1, inner))

        forms = [
            lambda: self.simple(kind),
            lambda: f"if {e()}:\n{block()}\nelse:\n{block()}",
            lambda: f"for {n()} in {e()}:\n{block(outside + 'loop')}\nelse:\n{block()}",
            lambda: f"for {n()} in range(2):\n{block(outside + 'loop')}",
            lambda: f"for {n()} in [{n()}, {n()}]:\n{block(outside + 'loop')}",
            lambda: f"while {e()}:\n{block(outside + 'while')}\n    break",
            lambda: f"try:\n{block()}\nexcept E as {n()}:\n{block()}\nelse:\n{block()}\nfinally:\n{block()}",
            lambda: f"try:\n{block()}\nfinally:\n{block()}",
            lambda: f"with {e()} as {n()}:\n{block()}",
            lambda: f"match {e()}:\n{indented(self.case(block))}\n{indented(self.case(block))}",
            lambda: f"def {f()}({n()}=1, x={n()}):\n{block('function')}",
            lambda: f"def {f()}(x=1):\n    global {n()}\n{block('function')}\n    return {e()}",
            lambda: f"class {f()}:\n{block('class')}\n    def fit(self, x=1): return {e()}",
        ]
        return self.chance.choice(forms if depth else forms[:1])()

    def case(self, block):
        pattern = self.chance.choice([f"{self.name()} if {self.name()}", f"[{self.name()}, *_]"])
        return f"case {pattern}:\n{block()}"

    def block(self, depth=2, kind="module"):
        return "\n".join(self.statement(depth, kind) for _ in range(self.chance.randint(1, 3)))


def is_python(cell):
    """Whether the cell compiles; a random one may capture a name twice in a pattern, or read a global too early."""
    try:
        compile(cell, "<cell>", "exec")
    except SyntaxError:
        return False
    return True


cells = st.randoms(use_true_random=False).map(lambda chance: CellMaker(chance).block()).filter(is_python)
effort = settings(max_examples=120, derandomize=True, suppress_health_check=list(HealthCheck))


def execute(cell, seed):
    world = World(seed)
    with contextlib.suppress(Exception):
        exec(compile(cell, "<cell>", "exec"), world)
        return world, True
    return world, False


@effort
@given(cells, st.integers(0, 3))
@example("b = a\nb.x = 1", 0)
def test_what_a_cell_does_is_what_its_analysis_says(cell, seed):
    names = analyse_cell(cell, transform=str)

    world, succeeded = execute(cell, seed)

    assert world.read_first <= names.read_first
    assert world.bound - {"__annotations__"} <= names.assigns
    assert world.removed <= names.deletes
    assert world.changed & set(NAMES) <= names.may_change | names.passed
    if succeeded:
        assert names.surely_assigns <= world.keys()


@effort
@given(cells)
def test_names_are_those_of_the_symbol_table(cell):
    names = analyse_cell(cell, transform=str)

    def globals_of(table):
        # A class body looks names that it binds up outside as long as it has not bound them.
        local = table.get_type() == "function"
        own = {symbol.get_name() for symbol in table.get_symbols() if not local or symbol.is_global()}
        return own.union(*(globals_of(child) for child in table.get_children()))

    assert names.reads | names.assigns | names.deletes <= globals_of(symtable.symtable(cell, "<cell>", "exec"))


@effort
@given(cells)
def test_every_cell_can_be_unparsed_and_means_the_same(cell):
    assert without_lines(analyse_cell(ast.unparse(ast.parse(cell)), transform=str)) == without_lines(
        analyse_cell(cell, transform=str)
    )


def without_lines(names):
    return (names.reads, names.read_first, names.assigns, names.surely_assigns, names.may_change, names.passed)


@effort
@given(st.text(alphabet="abx =+:.,()[]{}%!?$\n\t#'\"@;0\\", max_size=40))
def test_any_text_is_a_cell_or_a_syntax_error(text):
    from IPython.core.inputtransformer2 import TransformerManager

    with contextlib.suppress(SyntaxError):
        analyse_cell(text, TransformerManager().transform_cell)
        return
    with pytest.raises(SyntaxError):
        analyse_cell(text, TransformerManager().transform_cell)
