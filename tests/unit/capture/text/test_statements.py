"""The flow of a cell against Python itself: jumps out of loops and handlers, errors that are raised and kept in."""

from __future__ import annotations

import contextlib
import random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jupyter_mlops.capture import analyse_cell

NAMES = "abcd"
FUNCTIONS = "fg"
effort = settings(max_examples=300, derandomize=True, suppress_health_check=list(HealthCheck))


class Fault(Exception):
    """What the cells raise."""


class Coin:
    """True or false as it falls; seen as a row of things, it has none, one or two."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def __bool__(self) -> bool:
        return self.chance.random() < 0.5

    def __iter__(self):
        return iter([Coin(self.chance) for _ in range(self.chance.randrange(3))])

    def __call__(self) -> Coin:
        if self.chance.random() < 0.2:
            raise Fault
        return Coin(self.chance)


class World(dict):
    """A namespace that notes what is read of what it was given, and what is bound in the end."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.given = {name: Coin(self.chance) for name in NAMES + FUNCTIONS}
        self.read, self.made, self.left = set(), set(), 60
        super().__init__(self.given, Fault=Fault, suppress=contextlib.suppress, tick=self.tick)

    def tick(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise SystemExit

    def __getitem__(self, name: str) -> object:
        value = super().__getitem__(name)
        if name not in self.made and value is self.given.get(name):
            self.read.add(name)
            # Another coin: where `b = b` goes past `__setitem__`, it would be none that was bound.
            return Coin(self.chance)
        return value

    def __setitem__(self, name: str, value: object) -> None:
        self.made.add(name)
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self.made.discard(name)
        super().__delitem__(name)

    @property
    def bound(self) -> set[str]:
        """Names that hold what the cell has given them; a function's `global x` goes past `__setitem__`."""
        return {name for name in self if name in self.made or self.get(name) is not self.given.get(name)}


class FlowMaker:
    """Writes random cells whose flow is as crooked as Python allows."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def name(self) -> str:
        return self.chance.choice(NAMES)

    def simple(self, kind: str) -> str:
        a, b, f = self.name(), self.name(), self.chance.choice(FUNCTIONS)
        forms = [
            f"{a} = 1",
            f"{a} = {b}",
            f"{b}",
            f"{f}()",
            f"{a} = {f}()",
            f"del {a}",
            f"{a} and ({b} := 1)",
            f"({a} := 2) if {b} else ({b} := 3)",
            f"assert {a}",
            f"assert ({a} := 0) or {b}",
            "raise Fault",
        ]
        forms += ["break", "continue"] * ("loop" in kind) + [f"return {a}", "return"] * ("function" in kind)
        return self.chance.choice(forms)

    def statement(self, depth: int, kind: str) -> str:
        a, b, f = self.name(), self.name(), self.chance.choice(FUNCTIONS)

        def block(inner: str = kind) -> str:
            return "\n".join("    " + line for line in self.block(depth - 1, inner).split("\n"))

        if depth == 0 or self.chance.random() < 0.3:
            return self.simple(kind)
        looped = kind + " loop"
        forms = [
            lambda: f"if {a}:\n{block()}\nelif {b}:\n{block()}",
            lambda: f"while True:\n    tick()\n{block(looped)}",
            lambda: f"while {a}:\n    tick()\n{block(looped)}\nelse:\n{block()}",
            lambda: f"for {a} in {b}:\n{block(looped)}\nelse:\n{block()}",
            lambda: f"for {a} in range(2):\n{block(looped)}",
            lambda: f"try:\n{block()}\nexcept Fault:\n{block()}",
            lambda: f"try:\n{block()}\nexcept ({a}, Fault) as {b}:\n{block()}\nelse:\n{block()}",
            lambda: f"try:\n{block()}\nexcept Fault as {b}:\n{block()}\nfinally:\n{block('function' * ('f' in kind))}",
            lambda: f"try:\n{block()}\nfinally:\n{block('')}",
            lambda: f"with suppress(Exception):\n{block()}",
            lambda: f"match {a}:\n    case {b} if {b}:\n    {block().replace(chr(10), chr(10) + '    ')}",
            lambda: f"def {f}({a}=1):\n{block('function')}",
            lambda: f"def {f}():\n    global {a}\n{block('function')}",
            lambda: f"def {f}():\n    {a} = 1\n    def inner():\n        nonlocal {a}\n        {a} = {b}\n    inner()",
            lambda: f"class C:\n{block('')}",
        ]
        return self.chance.choice(forms)()

    def block(self, depth: int = 3, kind: str = "") -> str:
        return "\n".join(self.statement(depth, kind) for _ in range(self.chance.randint(1, 3)))


def is_python(cell: str) -> bool:
    try:
        compile(cell, "<cell>", "exec")
    except SyntaxError:
        return False
    return True


cells = st.randoms(use_true_random=False).map(lambda chance: FlowMaker(chance).block()).filter(is_python)


@effort
@given(cells, st.integers(0, 7))
@example("while True:\n    try:\n        a = 1\n        break\n    finally:\n        del a", 0)
@example("def f():\n    try:\n        return a\n    finally:\n        b\nf()", 0)
@example("def f():\n    global b\nb = b", 0)
def test_what_happens_on_any_way_through_a_cell_is_foreseen(cell, seed):
    names, world = analyse_cell(cell, transform=str), World(seed)

    try:
        exec(compile(cell, "<cell>", "exec"), world)
        succeeded = True
    except (Exception, SystemExit):
        succeeded = False

    assert world.read <= names.read_first
    assert world.made - {"__annotations__"} <= names.assigns
    if succeeded:
        assert names.surely_assigns <= world.bound


SURE = {
    # how a cell's flow goes: what is bound whenever it succeeds
    "a loop that ends by a break alone": ("while True:\n    x = f()\n    if x:\n        break", "x"),
    "a break before": ("while True:\n    if f():\n        break\n    x = 1", ""),
    "a search that raises when nothing is found": (
        "for row in rows:\n    if row.ok:\n        best = row\n        break\nelse:\n    raise LookupError",
        "row best",
    ),
    "a second try": ("try:\n    x = load()\nexcept OSError:\n    x = make()", "x"),
    "a try that gives up": ("try:\n    x = load()\nexcept OSError as error:\n    raise SystemExit from error", "x"),
    "a try that shrugs": ("try:\n    x = load()\nexcept OSError:\n    pass", ""),
    "whatever happens": ("try:\n    f()\nfinally:\n    x = 1", "x"),
    "an error's name": ("try:\n    f()\nexcept E as e:\n    x = e\nelse:\n    x = e = 1", "x"),
    "what suppresses": ("with suppress(OSError):\n    x = load()\ny = 1", "y"),
    "what does not": ("with open(p) as file:\n    x = file.read()", "file x"),
    "every case": ("match v:\n    case 1:\n        x = 1\n    case _:\n        x = 2", "x"),
    "every case but one": ("match v:\n    case 1:\n        x = 1\n    case 2:\n        x = 2", ""),
    "a last case that asks": ("match v:\n    case 1:\n        x = 1\n    case _ if w:\n        x = 2", ""),
    "a range that has something": ("for i in range(3):\n    x = i", "i x"),
    "a range that has nothing": ("for i in range(0):\n    x = i", ""),
    "a range of unknown length": ("for i in range(n):\n    x = i", ""),
    "a row of stars": ("for i in [*rows]:\n    x = i", ""),
    "an assertion's message": ("assert f(), (x := 1)", ""),
    "after the end": ("raise SystemExit\nx = 1", "x"),
}


@pytest.mark.parametrize("name", SURE)
def test_what_a_cell_has_bound_when_it_has_succeeded(name):
    cell, sure = SURE[name]

    assert analyse_cell(cell, str).surely_assigns == frozenset(sure.split())
