"""Notebook definitions and aliases on their way to another process."""

import linecache
import sys
import threading
import weakref

import numpy as np
import pytest
from cloudpickle import cloudpickle

from jupyter_mlops.capture import dump_values, load_values
from jupyter_mlops.entities import ValueRef
from jupyter_mlops.exceptions import CannotTravelError, NotRebuiltError


def test_names_of_one_object_are_one_object_after(notebook):
    notebook.run("a = [1]; b = a; pair = (a, {'inner': a})")
    received = notebook.send("a", "b", "pair")
    assert received["a"] is received["b"] is received["pair"][0] is received["pair"][1]["inner"]


def test_a_cycle_comes_back_as_a_cycle(notebook):
    received = notebook.run("a = []; a.append(a)").send("a")
    assert received["a"][0] is received["a"]


def test_a_function_reads_the_receivers_globals(notebook, make_notebook):
    notebook.run("scale = 2\ndef f(x): return x * scale")
    received = make_notebook(scale=10).receive(notebook.pack("f"))
    assert received["f"](3) == 30
    assert received["f"].__globals__ is received.namespace


def test_a_function_sees_what_the_receiver_assigns_later(notebook):
    received = notebook.run("def f(): return later").send("f")
    assert received.run("later = 5\ngiven = f()")["given"] == 5


def test_a_function_keeps_defaults_annotations_attributes_and_text(notebook):
    notebook.run('''
        def f(x: int, y=[1], *, z: "str" = "a") -> float:
            """Say."""
        f.tag = {"a": 1}
    ''')
    f, sent = notebook.send("f")["f"], notebook["f"]
    assert (f.__defaults__, f.__kwdefaults__, f.__annotations__, f.__doc__, f.tag, f.__qualname__, f.__module__) == (
        (sent.__defaults__, sent.__kwdefaults__, sent.__annotations__, sent.__doc__, sent.tag, "f", "__main__")
    )


def test_closures_that_share_a_variable_still_share_it(notebook):
    notebook.run("""
        def counter():
            n = 0
            def up():
                nonlocal n
                n += 1
            return up, lambda: n
        up, count = counter()
        up()
    """)
    received = notebook.send("up", "count").run("up(); seen = count()")
    assert (received["seen"], notebook["count"]()) == (2, 1)


def test_closures_over_nothing_none_and_themselves(notebook):
    notebook.run("""
        def make():
            held = None
            def fact(n): return 1 if n < 2 else n * fact(n - 1)
            def give(): return held
            def later(): return unset
            if held: unset = 1
            return fact, give, later
        fact, give, later = make()
    """)
    received = notebook.send("fact", "give", "later")
    assert (received["fact"](5), received["give"]()) == (120, None)
    with pytest.raises(NameError):
        received["later"]()


def test_lambdas_partials_bound_methods_and_generator_functions(notebook):
    notebook.run("""
        import functools
        class Adder:
            def __init__(self, n): self.n = n
            def add(self, x): return x + self.n
            @classmethod
            def make(cls): return cls(7)
            @staticmethod
            def double(x): return 2 * x
            @property
            def half(self): return self.n / 2
        adder = Adder(1)
        method, made, double = adder.add, Adder.make, Adder.double
        part = functools.partial(adder.add, 10)
        square = lambda x: x * x
        def count(n):
            yield from range(n)
        async def wait(): return 1
    """)
    received = notebook.send("adder", "method", "made", "double", "part", "square", "count", "wait")
    assert received["method"].__self__ is received["adder"]
    received["adder"].n = 5
    assert [received["method"](1), received["part"](), received["made"]().n, received["double"](4)] == [6, 15, 7, 8]
    assert [received["square"](3), list(received["count"](2)), received["adder"].half] == [9, [0, 1], 2.5]


def test_a_function_imports_the_submodules_that_it_uses(notebook):
    notebook.run("import xml.dom.minidom\nimport xml\ndef f(): return xml.dom.minidom.parseString('<a/>')")
    pickled = notebook.pack("f")
    assert b"xml.dom.minidom" in pickled.stream


def test_a_function_of_a_module_lives_on_in_that_module(notebook):
    # Made inside a function of textwrap, so no name leads to it; its globals are the module's own all the same.
    import textwrap

    made = eval("lambda: TextWrapper", vars(textwrap))
    assert load_values(dump_values({"made": made}).stream)["made"].__globals__ is vars(textwrap)


def test_a_function_with_globals_of_its_own_takes_them_along(notebook):
    scope = {"__name__": "__nowhere__", "n": 3}
    exec("def f(): return n", scope)
    assert load_values(dump_values({"f": scope["f"]}).stream)["f"]() == 3


def test_definitions_that_values_need_by_name_are_bound_where_the_name_is_free(notebook, make_notebook):
    notebook.run("""
        class Base: pass
        class Net(Base): pass
        def loss(a): return a
        net = Net()
        net.loss = loss
    """)
    received = make_notebook(loss="mine").receive(notebook.pack("net"))
    assert type(received["net"]) is received["Net"]
    assert received["Net"].__mro__[1] is received["Base"]
    assert received["loss"] == "mine"


def test_what_functools_and_contextlib_wrap(notebook):
    notebook.run("""
        import contextlib, functools
        @functools.lru_cache(maxsize=None)
        def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
        fib.tag = "mine"
        fib(10)
        @functools.singledispatch
        def kind(x): return "any"
        @kind.register
        def _(x: int): return "int"
        kind(1)
        class Lazy:
            made = 0
            @functools.cached_property
            def value(self):
                Lazy.made += 1
                return Lazy.made
            @functools.lru_cache
            def twice(self, x): return 2 * x
        lazy = Lazy()
        @contextlib.contextmanager
        def five(): yield 5
        def wrapped(f):
            @functools.wraps(f)
            def inner(*args): return f(*args) + 1
            return inner
        @wrapped
        def same(x): return x
    """)
    received = notebook.send("fib", "kind", "lazy", "five", "same")
    assert (received["fib"](30), received["fib"].tag, received["fib"].cache_parameters()["maxsize"]) == (
        (832040, "mine", None)
    )
    assert [received["kind"](1), received["kind"]("a"), received["same"](1), received["same"].__wrapped__(1)] == (
        ["int", "any", 2, 1]
    )
    assert (received["lazy"].value, received["lazy"].value, received["lazy"].twice(4)) == (1, 1, 8)
    with received["five"]() as five:
        assert five == 5


def test_a_cached_function_of_a_library_travels_by_name():
    import re

    assert load_values(dump_values({"f": re._compile_repl}).stream)["f"] is re._compile_repl


def test_weak_mappings_hold_what_else_is_held(notebook):
    notebook.run("""
        import weakref
        class Thing: pass
        thing = Thing()
        by_name = weakref.WeakValueDictionary(a=thing)
        notes = weakref.WeakKeyDictionary({thing: 1})
    """)
    received = notebook.send("thing", "by_name", "notes")
    assert received["by_name"]["a"] is received["thing"]
    assert received["notes"][received["thing"]] == 1


def test_local_classes_are_not_bound(notebook):
    notebook.run("def make():\n    class Inner: pass\n    return Inner()\nvalue = make()")
    assert "Inner" not in notebook.send("value")


def test_a_class_sent_beside_its_instance_is_the_instances_class(notebook):
    received = notebook.run("class Net: pass\nnet = Net()").send("net", "Net")
    assert type(received["net"]) is received["Net"]


PLAIN = {
    "dataclass": """
        import dataclasses
        @dataclasses.dataclass
        class P:
            x: int = 1
            y: list = dataclasses.field(default_factory=list)
        value = P(2, [3])
    """,
    "frozen_dataclass": """
        import dataclasses
        @dataclasses.dataclass(frozen=True, slots=True)
        class P:
            x: int
        value = P(2)
    """,
    "enum": """
        import enum
        class Color(enum.Enum):
            RED = 1
            BLUE = 2
        value = (Color.RED, [Color.BLUE])
    """,
    "flag": """
        import enum
        class F(enum.Flag):
            A = enum.auto()
            B = enum.auto()
        value = F.A | F.B
    """,
    "namedtuple": "import collections\nP = collections.namedtuple('P', 'x y')\nvalue = P(1, [2])",
    "typed_namedtuple": """
        import typing
        class P(typing.NamedTuple):
            x: int
            y: str = "a"
        value = P(1)
    """,
    "slots": """
        class S:
            __slots__ = ("a",)
            def __eq__(self, other): return self.a == other.a
        value = S()
        value.a = 1
    """,
    "exception": """
        class E(ValueError):
            def __eq__(self, other): return self.args == other.args
        value = E("x", 1)
    """,
    "list_subclass": "class L(list): pass\nvalue = L([1, 2])",
    "namespace": "import types\nvalue = types.SimpleNamespace(a=1, b=[2])",
    "collections": """
        from collections import Counter, OrderedDict, defaultdict, deque
        value = (OrderedDict(a=1), Counter("aab"), deque([1], 3), defaultdict(list, a=[1]))
    """,
    "standard_values": """
        import datetime, decimal, fractions, pathlib, re, uuid
        value = (
            datetime.datetime(2026, 1, 1), decimal.Decimal("1.1"), fractions.Fraction(1, 3), pathlib.Path("a"),
            re.compile("a"), uuid.UUID(int=1),
        )
    """,
    "builtins": """
        value = (b"x" * 100_000, bytearray(b"y" * 100_000), frozenset({1}), range(3), 1j, ..., NotImplemented, None)
    """,
    "nested": "value = [[{1: {2: (3,)}}], {'a': {frozenset({1}): b'x'}}]",
}


@pytest.mark.parametrize("name", PLAIN)
def test_plain_values_are_equal_after(notebook, name):
    # The sender's own classes are compared with: in one process a class that travels is the class that it was.
    received = notebook.run(PLAIN[name]).send("value")
    assert received["value"] == notebook["value"]
    assert type(received["value"]) is type(notebook["value"])


def test_a_class_with_super_a_metaclass_and_abstract_methods(notebook):
    notebook.run("""
        import abc
        class Meta(abc.ABCMeta):
            def __call__(cls, *args):
                made = super().__call__(*args)
                made.tag = cls.__name__
                return made
        class Base(metaclass=Meta):
            @abc.abstractmethod
            def name(self): ...
            def hello(self): return "base"
        class Net(Base):
            def name(self): return "net"
            def hello(self): return super().hello() + "/" + self.name()
        net = Net()
    """)
    net = notebook.send("net")["net"]
    assert (net.hello(), net.tag) == ("base/net", "Net")


def test_a_dictionary_that_is_its_own_attributes_stays_so(notebook):
    notebook.run("""
        class Bunch(dict):
            def __init__(self, **items):
                super().__init__(items)
                self.__dict__ = self
        bunch = Bunch(a=1, inner=Bunch(b=2))
        bunch.self = bunch
    """)
    bunch = notebook.send("bunch")["bunch"]
    bunch["c"], bunch.inner.b = 3, 4

    assert (bunch.c, bunch["inner"], bunch["self"] is bunch) == (3, {"b": 4}, True)
    assert vars(bunch) is bunch


@pytest.mark.parametrize("attribute", ["dict.__getitem__", "dict.get", "lambda self, name: self"])
def test_a_dictionary_whose_items_are_read_as_attributes(notebook, attribute):
    notebook.run(f"class Bunch(dict):\n    __getattr__ = {attribute}\nbunch = Bunch(a=1)")
    assert notebook.send("bunch")["bunch"] == {"a": 1}


def test_a_declared_type_of_the_notebook_travels_by_value(notebook):
    notebook.run("from typing import NewType\nUser = NewType('User', int)\npair = (User, {'kind': User})")
    received = notebook.send("User", "pair")
    user = received["User"]

    assert (user.__name__, user.__supertype__, user.__module__) == ("User", int, "__main__")
    assert received["pair"][0] is received["pair"][1]["kind"] is user


@pytest.mark.parametrize("kind", ["ParamSpec", "TypeVarTuple", "TypeVar"])
def test_a_variable_of_types_travels_by_value(notebook, kind):
    notebook.run(f"import typing\nP = typing.{kind}('P')\ndef f(a: P): pass")
    received = notebook.send("P", "f")
    assert (received["P"].__name__, received["P"].__module__) == ("P", "__main__")
    assert received["f"].__annotations__ == {"a": received["P"]}


REGISTERING = {
    "a hook": """
        class Base:
            known = []
            def __init_subclass__(cls, **options):
                super().__init_subclass__(**options)
                Base.known.append(cls.__name__)
        known = Base.known
    """,
    "a hook that asks for something": """
        class Base:
            known = []
            def __init_subclass__(cls, *, known, **options):
                super().__init_subclass__(**options)
                known.append(cls.__name__)
        known = Base.known
    """,
    "a metaclass": """
        known = []
        class Meta(type):
            def __init__(cls, name, bases, namespace, **options):
                super().__init__(name, bases, namespace)
                known.extend([name] * bool(bases))
        class Base(metaclass=Meta): pass
    """,
    "an abstract metaclass": """
        import abc
        known = []
        class Meta(abc.ABCMeta):
            def __new__(meta, name, bases, namespace, **options):
                cls = super().__new__(meta, name, bases, namespace)
                known.extend([name] * bool(bases))
                return cls
        class Base(metaclass=Meta):
            @abc.abstractmethod
            def name(self): ...
    """,
}


@pytest.mark.parametrize("name", REGISTERING)
def test_a_class_is_built_again_without_being_registered_again(notebook, name):
    options = ", known=Base.known" if "asks" in name else ""
    notebook.run(REGISTERING[name]).run(f"class Net(Base{options}):\n    def name(self): return 'net'\nnet = Net()")
    packed = notebook.pack("net", "known")
    tracked = cloudpickle._DYNAMIC_CLASS_TRACKER_BY_ID
    here = dict(tracked.items())
    tracked.clear()
    try:
        # Where the classes are not known, as in a run; nor is what the hook reads.
        there = load_values(packed.stream, packed.buffers, namespace={})
    finally:
        tracked.update(here)

    net = type(there["net"])
    assert (net.__name__, there["net"].name(), there["known"]) == ("Net", "net", ["Net"])
    assert [base.__name__ for base in net.__mro__] == ["Net", "Base", "object"]
    assert net.__base__.__subclasses__() == [net]
    assert type(net).__name__ == type(notebook["Net"]).__name__


SLOTTED = {
    "a class": "class C:\n    __slots__ = ('a', 'b')\n    def __init__(self): self.a = 1",
    "one slot": "class C:\n    __slots__ = 'a'\n    def __init__(self): self.a = 1",
    "private": "class C:\n    __slots__ = ('a', '__own')\n    def __init__(self): self.a, self.__own = 1, 2",
    "documented": "class C:\n    __slots__ = {'a': 'text'}\n    def __init__(self): self.a = 1",
    "with attributes": "class C:\n    __slots__ = ('a', '__dict__', '__weakref__')\n    def __init__(s): s.a = s.b = 1",
    "inherited": "class B:\n    __slots__ = ('a',)\nclass C(B):\n    __slots__ = ('b',)\n"
    "    def __init__(s): s.a = s.b = 1",
    "below an open class": "class B: pass\nclass C(B):\n    __slots__ = ('a',)\n    def __init__(s): s.a = s.b = 1",
    "dataclass": "from dataclasses import dataclass\n@dataclass(slots=True)\nclass C:\n    a: int = 1",
    "frozen": "from dataclasses import dataclass\n@dataclass(slots=True, frozen=True)\nclass C:\n    a: int = 1",
    "weak": "from dataclasses import dataclass\n@dataclass(slots=True, weakref_slot=True)\nclass C:\n    a: int = 1",
    "named tuple": "from typing import *\nclass C(NamedTuple):\n    a: int = 1\n    def twice(self): return 2 * self.a",
    "generic named tuple": "from typing import *\nT = TypeVar('T')\nclass C(NamedTuple, Generic[T]):\n    a: int = 1",
    "generic": "from typing import *\nT = TypeVar('T')\nclass C(Generic[T]):\n    __slots__ = ('a',)\n"
    "    def __init__(s): s.a = 1",
}


@pytest.mark.parametrize("name", SLOTTED)
def test_an_object_with_slots_goes_and_comes_back(notebook, name):
    notebook.run(SLOTTED[name] + "\nc = C()")
    tracked = cloudpickle._DYNAMIC_CLASS_TRACKER_BY_ID
    packed = notebook.pack("c")
    here = dict(tracked.items())
    tracked.clear()
    try:
        # Where the class is not known, as in a run.
        there = load_values(packed.stream, packed.buffers, namespace={})
        packed_again = dump_values(there, namespace={})
    finally:
        tracked.update(here)
    back = load_values(packed_again.stream, packed_again.buffers, namespace=dict(notebook.namespace))["c"]

    assert type(there["c"]) is not notebook["C"]
    assert type(back) is notebook["C"]
    assert back.a == there["c"].a == 1
    assert hasattr(there["c"], "__dict__") == hasattr(notebook["c"], "__dict__")
    assert hasattr(there["c"], "__weakref__") == hasattr(notebook["c"], "__weakref__")


def test_a_class_known_here_is_left_as_it_is(notebook):
    notebook.run("class Net:\n    n = 1\nnet = Net()")
    pickled = notebook.pack("net")
    notebook.run("Net.n = 2").receive(pickled)
    assert (notebook["Net"].n, type(notebook["net"]) is notebook["Net"]) == (2, True)


def test_a_class_sent_by_name_comes_back_changed(notebook):
    notebook.run("class Net:\n    n = 1\nkept = Net")
    notebook.run("Net.n = 5")
    pickled = notebook.pack("Net")
    notebook.run("Net.n = 1").receive(pickled)
    assert (notebook["Net"] is notebook["kept"], notebook["Net"].n) == (True, 5)


def test_modules_and_loggers_travel_by_name(notebook):
    notebook.run("import logging, os.path as p\nlog = logging.getLogger('a.b')")
    received = notebook.send("p", "log", "logging")
    assert all(received[name] is notebook[name] for name in ("p", "log", "logging"))


def test_large_buffers_are_out_of_band_and_views_of_live_memory(notebook):
    notebook.run("import numpy as np\nlarge = np.zeros(100_000); small = np.zeros(10)")
    pickled = notebook.pack("large", "small")
    notebook["large"][0] = 7
    assert ([view.nbytes for view in pickled.buffers], pickled.buffer_bytes) == ([800_000], 800_000)
    assert np.frombuffer(pickled.buffers[0])[0] == 7
    assert len(pickled.stream) < 2000


def test_what_was_packed_is_let_go_with_the_result(notebook, without_collector):
    kept = weakref.ref(notebook.run("import numpy as np\ndata = np.zeros(100_000)\ndef f(): return data")["data"])
    pickled = notebook.pack("data", "f")
    del notebook.namespace["data"], notebook.namespace["f"]
    assert kept() is not None
    del pickled
    assert kept() is None


def test_sizes_shapes_and_aliases_are_told():
    array = np.zeros((1000, 100))
    refs = dump_values({"a": array, "b": array, "n": 1}).values
    assert refs[0] == ValueRef("a", "numpy.ndarray", refs[0].size, (1000, 100), buffers=1)
    assert 800_000 < refs[0].size < 801_000
    assert refs[1] == ValueRef("b", "numpy.ndarray", refs[1].size, (1000, 100), same_as="a")
    assert (refs[1].size < 50, refs[2].type, refs[2].same_as) == (True, "int", None)


def test_a_value_whose_shape_raises_travels(notebook):
    notebook.run("class Odd:\n    @property\n    def shape(self): raise RuntimeError\nodd = Odd()")
    assert notebook.pack("odd").values[0].shape is None


def test_a_reference_is_sent_as_a_name_wherever_it_is(notebook, make_notebook):
    notebook.run(
        "data = [1, 2]; n = 5; best = data\nclass Model: pass\nmodel = Model(); model.data = data; model.n = 5"
    )
    pickled = notebook.pack("model", "best", references={"data": notebook["data"], "n": 5})
    mine = ["mine"]
    received = make_notebook().receive(pickled, resolve={"data": mine}.__getitem__)
    assert received["model"].data is received["best"] is mine
    assert received["model"].n == 5


def test_a_reference_without_inputs_is_an_error(notebook, make_notebook):
    notebook.run("data = [1]; best = {'data': data}")
    pickled = notebook.pack("best", references={"data": notebook["data"]})
    with pytest.raises(CannotTravelError, match=r"best could not be rebuilt: .*'data'"):
        make_notebook().receive(pickled)


def test_what_cannot_be_packed_is_left_out_and_the_others_are_whole(notebook):
    notebook.run("import threading\na = [1]; lock = threading.Lock(); b = {'a': a, 'lock': lock}; c = (a,)")
    pickled = notebook.pack("a", "lock", "b", "c")
    assert [(refusal.name, refusal.path) for refusal in pickled.refused] == [("lock", "lock"), ("b", "b['lock']")]
    received = type(notebook)().receive(pickled)
    assert received["c"][0] is received["a"]
    assert "b" not in received


def test_every_value_is_packed_twice_at_most_however_many_cannot_be():
    packed = []

    class Counting:
        def __reduce__(self):
            packed.append(1)
            return list, ()

    values = {f"lock{n}": [threading.Lock()] for n in range(50)} | {"counting": Counting()}
    assert len(dump_values(values).refused) == 50
    assert len(packed) == 2


def test_an_exception_that_takes_other_arguments_than_it_passes_on(notebook, make_notebook):
    notebook.run(
        "class Wrong(ValueError):\n"
        "    def __init__(self, where, why):\n"
        "        super().__init__(f'{where}: {why}')\n"
        "        self.where = where\n"
        "wrong = Wrong('row 3', 'NaN')\n"
        "plain = ValueError('a', 1)"
    )
    received = make_notebook().receive(notebook.pack("wrong", "plain"))
    assert (str(received["wrong"]), received["wrong"].where) == ("row 3: NaN", "row 3")
    assert (type(received["wrong"]).__name__, received["plain"].args) == ("Wrong", ("a", 1))


def test_a_value_that_cannot_be_rebuilt_is_named(notebook, make_notebook):
    notebook.run("class Bad:\n    def __setstate__(self, state): raise KeyError('gone')\nbad = Bad(); bad.x = 1")
    with pytest.raises(CannotTravelError, match="bad could not be rebuilt: KeyError: 'gone'"):
        make_notebook().receive(notebook.pack("bad"))


BAD = "class Bad:\n    def __setstate__(self, state): raise KeyError('gone')\nbad = Bad(); bad.x = [1]\n"


def not_rebuilt(notebook, make_notebook, *names):
    receiver = make_notebook()
    with pytest.raises(NotRebuiltError) as caught:
        receiver.receive(notebook.pack(*names))
    return caught.value, receiver


def test_what_has_nothing_of_a_value_that_cannot_be_rebuilt_is_there(notebook, make_notebook):
    notebook.run(BAD + "shared = [1]; before = [shared]; after = {'same': shared, 'more': 'text'}; last = 5")
    error, _ = not_rebuilt(notebook, make_notebook, "before", "bad", "after", "last")
    assert error.reasons.keys() == {"bad"}
    assert error.rebuilt == {"before": [[1]], "after": {"same": [1], "more": "text"}, "last": 5}
    assert error.rebuilt["after"]["same"] is error.rebuilt["before"][0]


def test_what_holds_a_value_that_cannot_be_rebuilt_is_given_up_too(notebook, make_notebook):
    notebook.run(BAD + "bad.x.append(bad); holder = [bad]; part = bad.x; holders = [holder]; good = 5")
    error, _ = not_rebuilt(notebook, make_notebook, "bad", "holder", "part", "holders", "good")
    assert error.rebuilt == {"good": 5}
    assert error.reasons["holders"] == "holders could not be rebuilt: it has objects in common with bad."
    assert error.reasons.keys() == {"bad", "holder", "part", "holders"}


def test_arrays_behind_a_value_that_cannot_be_rebuilt_are_their_own(notebook, make_notebook):
    notebook.run(
        BAD + "import numpy as np\nfirst, second = np.arange(100_000), np.full(100_000, 2.5)\nbad.x = np.ones(100_000)"
    )
    error, _ = not_rebuilt(notebook, make_notebook, "first", "bad", "second")
    assert error.reasons.keys() == {"bad"}
    np.testing.assert_array_equal(error.rebuilt["first"], np.arange(100_000))
    np.testing.assert_array_equal(error.rebuilt["second"], np.full(100_000, 2.5))


def test_definitions_are_bound_beside_a_value_that_cannot_be_rebuilt(notebook, make_notebook):
    notebook.run(BAD + "class Point:\n    pass\npoint = Point()")
    error, receiver = not_rebuilt(notebook, make_notebook, "bad", "point")
    assert type(error.rebuilt["point"]) is receiver.namespace["Point"]


def test_a_function_whose_file_is_broken_names_the_file(notebook, make_notebook, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "half_written.py").write_text("def f(): return 1\n")
    notebook.run("from half_written import f")
    pickled = notebook.pack("f")
    (tmp_path / "half_written.py").write_text("def f(: return 1\n")
    monkeypatch.delitem(sys.modules, "half_written")
    with pytest.raises(CannotTravelError, match=r"f could not be rebuilt: .*half_written\.py.* Mend that file"):
        make_notebook().receive(pickled)


def test_the_text_of_cells_travels_for_tracebacks(make_notebook):
    import inspect

    source = "def f():\n    return 1\n"
    linecache.cache["<mlops cell 1>"] = (len(source), None, source.splitlines(keepends=True), "<mlops cell 1>")
    sender = make_notebook()
    exec(compile(source, "<mlops cell 1>", "exec"), sender.namespace)
    pickled = sender.pack("f")
    del linecache.cache["<mlops cell 1>"]
    received = make_notebook().receive(pickled)
    assert inspect.getsource(received["f"]) == source
    del linecache.cache["<mlops cell 1>"]


def test_a_deeply_nested_value_is_refused_in_words(notebook):
    notebook.run("deep = []\nfor _ in range(100_000): deep = [deep]")
    assert "nested too deeply" in str(notebook.pack("deep").refused[0])
