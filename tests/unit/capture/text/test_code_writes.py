"""Code that no cell's text shows: what operators, properties, class attributes and closures change."""

import pytest

from jupyter_mlops.capture import changed_unseen, holds_state, reach


def notebook(source):
    """Execute a cell in a namespace that counts as the notebook's."""
    namespace = {"__name__": "__main__"}
    exec(source, namespace)
    return namespace


def class_with(member):
    return notebook(f"class A:\n    shared = []\n    LIMIT = 3\n    def __init__(s): s.n = 0\n    {member}\na = A()")


@pytest.mark.parametrize(
    ("member", "changed"),
    [
        ("def __lshift__(s, o): s.n = o", {"a"}),
        ("def __contains__(s, o): s.seen[o] = 1", {"a"}),
        ("def __getitem__(s, i): s.seen.append(i)", {"a"}),
        ("def __len__(s): del s.n", {"a"}),
        ("p = property(lambda s: setattr(s, 'n', 1))", set()),
        ("def __getitem__(s, i): return s.data.get(i)", set()),
        ("def __len__(s): return len(s.data)", set()),
        ("def add(s): s.n += 1", set()),
        ("def __call__(s): s.n += 1", set()),
        ("def __enter__(s): s.shared.append(1)", {"A", "a"}),
        ("def add(s): s.shared.append(1)", {"A"}),
        ("def add(s): s.shared[0] = 1", {"A"}),
        ("def add(s): return s.shared.index(1)", {"A"}),
        ("def add(s): return len(s.shared)", set()),
        ("def add(s): type(s).LIMIT = 1", {"A"}),
        ("add = classmethod(lambda c: c.shared.append(1))", {"A"}),
        ("def add(s): return [s.shared.append(i) for i in range(2)]", {"A"}),
    ],
)
def test_what_using_an_object_may_change(member, changed):
    assert changed_unseen(class_with(member), ["a"]) == changed


LIBRARY_KINDS = """
import abc, enum, typing
class Color(enum.Enum):
    RED = 1
class Access(enum.Flag):
    READ = 1
class Sized(typing.Protocol):
    size: int
class Base(abc.ABC):
    @abc.abstractmethod
    def fit(self): ...
class Point(typing.NamedTuple):
    x: int = 0
"""


@pytest.mark.parametrize("name", ["Color", "Access", "Sized", "Base", "Point"])
def test_what_python_keeps_in_a_class_for_itself_is_no_state_of_it(name):
    space = notebook(LIBRARY_KINDS)
    assert changed_unseen(space, [name]) == frozenset()
    assert not holds_state(space[name])


def test_a_class_holds_what_it_and_its_bases_hold():
    space = notebook("class A: log = []\nclass B(A): n = 1\nclass C: n, columns, path = 1, ('a',), 'x'")
    assert [holds_state(space[name]) for name in "ABC"] == [True, True, False]


def test_a_property_that_writes():
    space = class_with("@property\n    def p(s):\n        s.n = 1")
    assert changed_unseen(space, ["a", "missing"]) == {"a"}


def test_a_class_by_its_own_name_and_one_that_inherits():
    space = class_with("@classmethod\n    def add(c):\n        c.LIMIT += 1")
    exec("class B(A): pass\nb = B()", space)
    assert changed_unseen(space, ["A"]) == {"A"}
    assert changed_unseen(space, ["b"]) == {"A", "B"}


@pytest.mark.parametrize(
    ("method", "changed"),
    [
        ("def __call__(c):\n        c.made[c] = super().__call__()\n        return c.made[c]", {"Meta"}),
        ("def __init__(c, *a):\n        super().__init__(*a)\n        Meta.made[a[0]] = c", {"Meta"}),
        ("def __new__(m, *a):\n        m.made[a[0]] = c = super().__new__(m, *a)\n        return c", {"Meta"}),
        ("def names(c): return sorted(c.made)", set()),
    ],
)
def test_a_metaclass_that_keeps_what_its_classes_make(method, changed):
    space = notebook(f"class Meta(type):\n    made = {{}}\n    {method}\nclass A(metaclass=Meta): pass\na = A()")
    assert changed_unseen(space, ["A"]) == changed


def test_objects_of_libraries_are_left_to_their_types():
    assert changed_unseen({"x": [1], "n": 5, "t": list}, ["x", "n", "t"]) == frozenset()


OUTER = "def outer():\n    global log, config\n    log, config = [], {}\n"


@pytest.mark.parametrize(
    ("inner", "written"),
    [
        ("log.append(1)", {"log"}),
        ("config['a'] = 1", {"config"}),
        ("config.a = 1", {"config"}),
        ("return [log.append(i) for i in ()]", {"log"}),
        ("return config.get('a'), len(log)", set()),
    ],
)
def test_globals_that_a_closure_writes_into(inner, written):
    space = notebook(f"{OUTER}    def inner():\n        {inner}\n    return inner\nfunction = outer()")
    assert reach(["function"], space).writes == written


@pytest.mark.parametrize("held", ["[call]", "{'a': call}", "type('Net', (), {'hooks': [call]})()"])
def test_globals_that_a_lambda_inside_of_something_writes_into(held):
    space = notebook(f"log, state = [], {{}}\ncall = lambda: (log.append(1), state.get(1))\nhooks = {held}")
    assert reach(["hooks"], space).writes == {"log"}


def test_functions_of_a_cell_are_known_by_their_text():
    assert reach(["f"], notebook("log = []\ndef f(): log.append(1)")).writes == frozenset()
