"""Whose objects the value of an expression may be, against the objects themselves; and what is sure where ways meet."""

import ast
import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.capture import analyse_cell
from jupyter_mlops.capture._text._effects import Flow, is_in_place, last_name, shared_names, writes_into_arguments

NAMES = "abc"
effort = settings(max_examples=200, derandomize=True)


class Thing:
    """Its parts, its attributes and what its methods return are itself; a copy of it, and a sum with it, are new."""

    def __init__(self, owner: str = "") -> None:
        self.owner = owner

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> object:
        return self

    def __iter__(self):
        return iter([self])

    def __call__(self, *_: object) -> object:
        return self

    def __add__(self, _: object) -> object:
        return Thing()

    def copy(self) -> object:
        return Thing()


class Writer:
    """Writes random expressions over three names."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def expression(self, depth: int = 3) -> str:
        n = self.chance.choice(NAMES)
        if depth == 0:
            return self.chance.choice([n, "1", f"{n}.x", f"{n}.x[0].y", f"{n}.copy()", f"{n}.get()"])

        def e() -> str:
            return self.expression(depth - 1)

        forms = [
            lambda: f"[{e()}, {e()}]",
            lambda: f"({e()}, *[{e()}])",
            lambda: f"{{'k': {e()}, **{{'l': {e()}}}}}",
            lambda: f"({e()} if {e()} else {e()})",
            lambda: f"({e()} and {e()})",
            lambda: f"({e()} or {e()})",
            lambda: f"[{e()}, {e()}][0]",
            lambda: f"[{e()}] + [{e()}]",
            lambda: f"[{e()}] * 2",
            lambda: f"dict(k={e()}, l={e()})",
            lambda: f"list([{e()}])",
            lambda: f"next(iter([{e()}]))",
            lambda: f"list(zip([{e()}], [{e()}]))",
            lambda: f"max([{e()}], key=id)",
            lambda: f"[{e()} for x in [{e()}]]",
            lambda: f"[x for x in [{e()}] if {e()}]",
            lambda: f"{{1: x for x in [{e()}]}}",
            lambda: f"(lambda: {e()})()",
            lambda: f"({n} + {e()})",
        ]
        return self.chance.choice(forms)()


def owners(value: object) -> set[str]:
    if isinstance(value, Thing):
        return {value.owner} - {""}
    if isinstance(value, dict):
        return owners([*value.values()])
    if isinstance(value, Iterable) and not isinstance(value, str):
        return set().union(*map(owners, value))
    return set()


def shared(text: str) -> set[str]:
    return set(shared_names(ast.parse(text, mode="eval").body))


@effort
@given(st.randoms(use_true_random=False).map(lambda chance: Writer(chance).expression()))
def test_an_object_that_a_value_holds_is_one_that_it_is_said_to_share(text):
    value = eval(text, {name: Thing(name) for name in NAMES})

    assert owners(value) <= shared(text)


NONE = ["x + 1", "x + [1, 2]", "-x", "x < y", "not x", "f'{x}'", "x.shape[0]", "x.mean()", "x.copy().y", "lambda: x"]


@pytest.mark.parametrize("text", NONE)
def test_a_value_made_anew_shares_nothing(text):
    assert shared(text) == set()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[x] + rest", {"x", "rest"}),
        ("rest + [x, 1]", {"x", "rest"}),
        ("{'a': x} | others", {"x", "others"}),
        ("[x] * 3", {"x"}),
        ("dict(a=x, **others)", {"x", "others"}),
        ("dict(pairs, a=x)", {"pairs", "x"}),
        ("f(x)", {"f()"}),
        ("np.asarray(x)", {"np", "x"}),
        ("(lambda x, y: x or z)(1, 2)", {"z"}),
        ("[f(i) for i in x]", {"f()", "x"}),
    ],
)
def test_a_value_that_may_hold_others_shares_with_each(text, names):
    assert shared(text) == names


@pytest.mark.parametrize(
    ("cell", "changed"),
    [
        ("models = dict(first=model)\nmodels['first'].fit(X)", {"model"}),
        ("for model in [first] + others:\n    model.fit(X)", {"first", "others"}),
        ("both = {'a': first} | others\nboth['b'].weight = 1", {"first", "others"}),
        ("grown = rows + [1, 2]\ngrown[0] = 3", set()),
    ],
)
def test_a_change_through_a_row_of_objects_is_a_change_to_each(cell, changed):
    assert analyse_cell(cell, str).may_change == changed


# Where ways meet

flows = st.builds(Flow, st.sets(st.sampled_from("abcde")).map(set), st.booleans())


def seen(flow: Flow) -> tuple[set[object], bool]:
    return flow.sure, flow.dead


@effort
@given(st.lists(flows, min_size=1), st.randoms(use_true_random=False))
def test_it_does_not_matter_in_which_order_ways_meet(ways, chance):
    shuffled = ways[:]
    chance.shuffle(shuffled)

    assert seen(Flow.join(shuffled)) == seen(Flow.join(ways))


@effort
@given(st.lists(flows, min_size=1), st.lists(flows, min_size=1))
def test_ways_may_meet_in_two_places_instead_of_one(some, others):
    assert seen(Flow.join([Flow.join(some), Flow.join(others)])) == seen(Flow.join([*some, *others]))


@effort
@given(st.lists(flows, min_size=1))
def test_after_ways_have_met_only_what_every_living_one_has_is_sure(ways):
    joined, living = Flow.join(ways), [way for way in ways if not way.dead]

    assert joined.dead is (not living)
    assert all(joined.sure <= way.sure for way in living)


@effort
@given(flows)
def test_a_way_that_meets_itself_is_itself(way):
    assert seen(Flow.join([way, way.fork()])) == seen(way)


def test_a_branch_leaves_the_way_that_it_comes_from_alone():
    way = Flow({"a"})

    way.fork().sure.add("b")

    assert way.sure == {"a"}


# Calls that write


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("np.add(x, y, out=z)", ["z"]),
        ("np.fill_diagonal(x, 0)", ["x"]),
        ("nn.init.zeros_(w)", ["w"]),
        ("_(text)", []),
        ("_private_(x)", []),
        ("pd.eval('a = b', inplace=True, target=df)", ["'a = b'", "df"]),
        ("pd.eval('a = b', inplace=False, target=df)", []),
        ("drop(x, inplace=flag)", ["x"]),
        ("setattr(x, 'a', 1)", ["x"]),
        ("shuffle()", []),
        ("f(x)", []),
    ],
)
def test_a_call_tells_by_its_text_what_it_writes_into(text, written):
    call = ast.parse(text, mode="eval").body

    assert [ast.unparse(argument) for argument in writes_into_arguments(call)] == written


@pytest.mark.parametrize(("given", "found"), [("True", True), ("0", False), ("None", False), ("flag", True)])
def test_in_place_is_whatever_is_not_plainly_false(given, found):
    assert is_in_place(ast.parse(f"f(inplace={given})", mode="eval").body) is found


@pytest.mark.parametrize(("text", "name"), [("a", "a"), ("a.b.c", "c"), ("a[0]", ""), ("a()", ""), ("a().b", "b")])
def test_a_function_is_known_by_its_last_name(text, name):
    assert last_name(ast.parse(text, mode="eval").body) == name
