"""What a cell takes along and what it promises: the rules of DESIGN 3.3, one story a rule."""

import functools
import gzip
import types
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from jupyter_mlops.capture import ExecutedCell, analyse_cell
from jupyter_mlops.entities import Param, RunExport
from jupyter_mlops.services import SubmitRun
from jupyter_mlops.services._promises import decide_promises


@dataclass
class Told:
    """What the tests look at of a decision."""

    captured: set = field(default_factory=set)
    pending: set = field(default_factory=set)
    watched: set = field(default_factory=set)
    upstream: dict = field(default_factory=dict)


def notebook(**names):
    """Return a namespace as a kernel has it: functions given as source belong to it."""
    inputs, outputs = ["", "5"], {1: 5}
    namespace = {"__name__": "__main__", "In": inputs, "_ih": inputs, "Out": outputs, "_oh": outputs, "_": 5, "_1": 5}
    namespace |= {"_i": "5", "_dh": [], "get_ipython": None}
    for name, value in names.items():
        if isinstance(value, str) and "def " in value:
            exec(value, namespace)
        else:
            namespace[name] = value
    return namespace


def decide(source, namespace, **fields):
    found = decide_promises(SubmitRun(source=source, namespace=namespace, **fields))
    return Told(set(found.captured), set(found.pending), set(found.watched), dict(found.upstream))


MODEL, X, FRAME = LogisticRegression(), np.zeros(3), pd.DataFrame({"a": [1]})
SHOW = "from functools import singledispatch\n@singledispatch\ndef show(x): pass"


@pytest.mark.parametrize(
    ("source", "names", "told"),
    [
        ("y = x + 1", {"x": 1}, Told({"x"}, {"y"})),
        ("model.fit(X)", {"model": MODEL, "X": X}, Told({"model", "X"}, {"model"}, {"X"})),
        ("X[0] = 1", {"X": X}, Told({"X"}, {"X"})),
        ("for s in clone(X):\n    pass", {"clone": clone, "X": X}, Told({"clone", "X"}, {"s"}, {"X"})),
        ("f.calls = 1", {"f": "def f(): pass"}, Told({"f"}, {"f"})),
        ("X += 1", {"X": X}, Told({"X"}, {"X"})),
        ("del d['a']", {"d": {}}, Told({"d"}, {"d"})),
        ("o.a.b = 1", {"o": types.SimpleNamespace()}, Told({"o"}, {"o"})),
        ("f.drop(columns='a', inplace=True)", {"f": FRAME}, Told({"f"}, {"f"})),
        (
            "g(model, X)",
            {"g": "def g(m, x): pass", "model": MODEL, "X": X},
            Told({"g", "model", "X"}, {"model"}, {"X"}),
        ),
        ("h = len(FRAME)", {"FRAME": FRAME}, Told({"FRAME"}, {"h"}, {"FRAME"})),
        ("print(x)", {"x": 1}, Told({"x"})),
        ("append(items)", {"append": "def append(l): l.append(1)", "items": []}, Told({"append", "items"}, {"items"})),
        ("show.register(int, g)", {"show": SHOW, "g": "def g(x): pass"}, Told({"show", "g"}, {"show"})),
        ("@show.register\ndef g(x: int): pass", {"show": SHOW}, Told({"show"}, {"show", "g"})),
        ("f.describe()", {"f": "def f(): return 1"}, Told({"f"})),
        ("pair(t)", {"pair": "def pair(t): pass", "t": (1, 2)}, Told({"pair", "t"}, set(), {"t"})),
        ("del x", {"x": 1}, Told({"x"}, {"x"})),
        ("nothing", {}, Told()),
        ("for _ in range(3): pass", {}, Told()),
        ("y = _", {}, Told({"_"}, {"y"})),
        ("x = 1\nx.bit_length()", {"x": 5}, Told(set(), {"x"})),
        ("def f(): return k\nf()", {"k": 1}, Told({"k"}, {"f"})),
        ("np.random.seed(0); y = np.ones(2)", {"np": np}, Told({"np"}, {"y"})),
        ("get_ipython(); display; exit", {}, Told()),
        ("y = Out[1] + _oh[2]", {"_2": 6}, Told({"_1", "_2"}, {"y"})),
        ("y = list(Out.values())", {"_2": 6}, Told({"_1", "_2"}, {"y"})),
        ("y = last()", {"last": "def last(): return Out[max(Out)]"}, Told({"last", "_1"}, {"y"})),
        ("Out[2].append(1)", {"_2": [0], "_3": [0]}, Told({"_2"}, {"_2"})),
        ("fill(Out[2])", {"_2": [0], "fill": "def fill(l): l.append(1)"}, Told({"_2", "fill"}, {"_2"})),
        ("y = In[1], _i, _dh", {}, Told({"_ih", "_i", "_dh"}, {"y"})),
        ("y = Out['a'] + In", {"Out": {"a": 1}, "In": 2}, Told({"Out", "In"}, {"y"}, {"Out"})),
        ("Out = 1; display = 2", {}, Told(set(), {"Out", "display"})),
        ("display(1)", {"display": "def display(x): pass"}, Told({"display"})),
        ("from IPython import get_ipython", {}, Told()),
    ],
)
def test_a_cell_promises_what_it_may_change(source, names, told):
    assert decide(source, notebook(**names)) == told


@pytest.mark.parametrize("attribute", [dict.__getitem__, dict.get], ids=["item", "get"])
def test_an_object_whose_attributes_are_anything_is_not_asked_for_them(attribute):
    settings = type("Settings", (dict,), {"__getattr__": attribute, "__setattr__": dict.__setitem__})(lr=1)
    assert decide("settings.lr = 2", notebook(settings=settings)) == Told({"settings"}, {"settings"})


def test_what_a_function_of_an_earlier_cell_changes_is_promised_by_the_cell_that_calls_it():
    cell = "def train(): model.fit(X, settings['y'])"
    namespace = notebook(model=MODEL, X=X, settings={"y": X}, train=cell)
    history = (ExecutedCell(cell, analyse_cell(cell, str)),)

    assert decide("train()", namespace, history=history) == Told(
        {"train", "model", "X", "settings"}, {"model", "settings"}, {"X"}
    )


FILL = "def fill(a): a[:] = 1"
WRITES = {
    "prepared = partial(fill)": lambda fill: functools.partial(fill),
    "prepared = lru_cache(fill)": lambda fill: functools.lru_cache(fill),
    "prepared = {'f': fill}['f']": lambda fill: fill,
}


def given_to(call, definition, **names):
    """Decide on a cell that uses a function of an earlier cell."""
    function = definition.partition("(")[0].removeprefix("def ")
    space = notebook(X=X, **{function: definition})
    space |= {name: make(space[function]) for name, make in names.items()}
    return decide(call, space, history=(ExecutedCell(definition, analyse_cell(definition, str)),))


def test_an_array_that_a_notebook_function_fills_is_promised():
    assert given_to("fill(X)", FILL) == Told({"fill", "X"}, {"X"})


def test_an_array_that_a_notebook_function_reads_is_not():
    assert given_to("total(X)", "def total(a): return a.sum()") == Told({"total", "X"}, set(), {"X"})


@pytest.mark.parametrize("make", WRITES.values(), ids=WRITES)
def test_a_function_behind_another_name_counts(make):
    assert "X" in given_to("prepared(X)", FILL, prepared=make).pending


def test_a_number_that_is_given_is_no_promise():
    space = notebook(n=3, fill=FILL)
    assert decide("fill(n)", space, history=(ExecutedCell(FILL, analyse_cell(FILL, str)),)).pending == set()


def test_a_pending_name_that_a_notebook_function_fills_is_decided():
    history = (ExecutedCell(FILL, analyse_cell(FILL, str)),)
    assert undecided("fill(Z)", {"Z": "r1"}, history=history) == (set(), {"Z"})


PIPE = Pipeline([("fit", MODEL)])
HELD = types.SimpleNamespace(X=X, model=MODEL)


@pytest.mark.parametrize(
    ("source", "names", "told"),
    [
        ("l[0]['w'] = 2", {"l": [FRAME], "df": FRAME}, Told({"l", "df"}, {"l", "df"})),
        ("pipe.fit(1)", {"pipe": PIPE, "clf": MODEL}, Told({"pipe", "clf"}, {"pipe", "clf"})),
        ("fit(1)", {"fit": PIPE.fit, "clf": MODEL, "p": PIPE}, Told({"fit", "clf", "p"}, {"fit", "clf", "p"})),
        ("t[0]['b'] = 2", {"t": (OPTIONS := {}, 1), "o": OPTIONS}, Told({"t", "o"}, {"t", "o"})),
        ("a.append(1)", {"a": OPTIONS, "b": OPTIONS}, Told({"a", "b"}, {"a", "b"})),
        ("f(h)", {"f": "def f(h): pass", "h": HELD, "X": X}, Told({"f", "h", "X"}, {"h"}, {"X"})),
        ("h.a = 1", {"h": HELD, "X": X, "m": MODEL}, Told({"h", "X", "m"}, {"h", "X", "m"})),
        ("l[0] = 2", {"l": [X], "_X": X, "n": 0}, Told({"l"}, {"l"})),
        ("df = 1\nl[0]['w'] = 2", {"l": [FRAME], "df": FRAME}, Told({"l"}, {"l", "df"})),
        ("y = len(l)", {"l": [FRAME], "df": FRAME}, Told({"l"}, {"y"}, {"l"})),
    ],
)
def test_a_name_inside_of_what_may_change_goes_along(source, names, told):
    assert decide(source, notebook(**names)) == told


COUNTING = "class Count:\n    log = []\n    def __lshift__(self, n): self.log.append(n)\ncount = Count()"
CLOSING = "def outer():\n    global kept\n    kept = []\n    return lambda: kept.append(2)\nkeep = outer()"


CONFIG = """
class CFG:
    path, columns, history, model = Path("."), ("a",), [], {}
    @classmethod
    def show(cls): pass
class Small(CFG): pass
cfg = CFG
def note(n): CFG.history.append(n)
"""


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("CFG.history.append(1)", Told({"CFG"}, {"CFG"})),
        ("CFG.model['a'].fit(1)", Told({"CFG"}, {"CFG"})),
        ("note(1)", Told({"CFG", "note"}, {"CFG"})),
        ("def f(n): CFG.history.append(n)\nf(1)", Told({"CFG"}, {"CFG", "f"})),
        ("h = CFG.history\nh.append(1)", Told({"CFG"}, {"CFG", "h"})),
        ("cfg.history.append(1)", Told({"CFG", "cfg"}, {"CFG", "cfg"})),
        ("Small.history.append(1)", Told({"CFG", "Small"}, {"CFG", "Small"})),
        ("CFG.history.count(1)", Told({"CFG"}, set(), {"CFG"})),
        ("CFG.path.mkdir()", Told({"CFG"}, set(), {"CFG"})),
        ("CFG.show()", Told({"CFG"}, set(), {"CFG"})),
        ("y = len(CFG.columns)", Told({"CFG"}, {"y"}, {"CFG"})),
    ],
)
def test_what_a_class_of_the_notebook_holds_may_change(source, told):
    space = notebook(Path=Path)
    exec(CONFIG, space)
    history = (ExecutedCell(CONFIG, analyse_cell(CONFIG, str)),)
    assert decide(source, space, history=history) == told


@pytest.mark.parametrize(
    ("setup", "source", "told"),
    [
        (COUNTING, "count << 1", Told({"Count", "count"}, {"Count", "count"})),
        (COUNTING, "Count()", Told({"Count"}, {"Count"})),
        (COUNTING, "y = 1", Told(set(), {"y"})),
        ("s = {}\ncbs = [lambda: s.update(n=1)]", "for c in cbs: c()", Told({"cbs", "s"}, {"c", "cbs", "s"})),
        (CLOSING, "keep()", Told({"keep", "kept"}, {"kept"})),
    ],
)
def test_what_code_changes_that_no_text_shows_is_promised(setup, source, told):
    space = notebook()
    exec(setup, space)
    assert decide(source, space) == told


def test_a_name_inside_of_what_an_earlier_run_changes_waits_for_that_run():
    found = decide("l[0]['w'] = 2", notebook(), pending={"l": "r1", "df": "r1"}, before={"l": [FRAME], "df": FRAME})
    assert found == Told(set(), {"l", "df"}, set(), {"df": "r1", "l": "r1"})


def test_what_an_earlier_run_owes_and_holds_what_a_cell_changes_comes_along_from_there():
    """`trainer.train()` in one run, `model.fit(X)` in the next: the trainer's model is the model."""
    before = {"trainer": types.SimpleNamespace(model=MODEL), "model": MODEL, "other": [LogisticRegression()]}
    found = decide("model.fit(X)", notebook(X=X), pending=dict.fromkeys(before, "r1"), before=before)
    assert found == Told({"X"}, {"model", "trainer"}, {"X"}, {"model": "r1", "trainer": "r1"})


def test_what_an_earlier_run_owes_does_not_wait_for_what_it_does_not_have_from_there():
    before = {"trainer": types.SimpleNamespace(model=MODEL)}
    found = decide("model.fit(X)", notebook(X=X, model=MODEL), pending={"trainer": "r1"}, before=before)
    assert found == Told({"X", "model"}, {"model"}, {"X"})


def test_a_parameter_is_not_the_notebooks_object():
    assert decide("l[0] = 2", notebook(l=[FRAME], df=FRAME), params=(Param("df", "3"),)) == Told({"l"}, {"l"})


def test_an_explicit_list_leaves_the_others_where_they_are():
    assert decide("l[0] = 2", notebook(l=[FRAME], df=FRAME), returns=("l",)) == Told({"l"}, {"l"})


def test_what_a_notebook_function_reads_travels_with_it():
    namespace = notebook(data=X, scale=2, g="def g(): return data * scale", f="def f(): return g()")

    assert decide("y = f()", namespace) == Told({"f", "g", "data", "scale"}, {"y"}, {"data"})


def test_a_global_that_a_notebook_function_assigns_is_promised():
    namespace = notebook(n=0, count="def count():\n    global n\n    n += 1")

    assert decide("count()", namespace).pending == {"n"}


def test_the_open_of_the_shell_stays_and_one_of_the_user_travels(monkeypatch, tmp_path):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    shell_open = InteractiveShell().user_ns["open"]
    reads = "text = open('notes.txt')"
    assert decide_promises(SubmitRun(source=reads, namespace={"open": shell_open})).captured == ()
    assert decide_promises(SubmitRun(source=reads, namespace={"open": gzip.open})).captured == ("open",)


def test_a_pending_name_comes_from_its_run_and_may_change():
    found = decide("score = f(model, X)", notebook(X=X, f="def f(m, x): pass"), pending={"model": "r1", "other": "r2"})

    assert found == Told({"X", "f"}, {"model", "score"}, {"X"}, {"model": "r1"})


def undecided(source, pending, **fields):
    found = decide_promises(SubmitRun(source=source, namespace=notebook(), pending=pending, **fields))
    return set(found.undecided), set(found.pending)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("m = fit(Z)", ({"Z"}, {"m", "Z"})),
        ("m = fit(Z, W)", ({"Z", "W"}, {"m", "Z", "W"})),
        ("m = Z.mean() + Z[0]", (set(), {"m"})),
        ("fit(Z)\nZ[0] = 1", (set(), {"Z"})),
        ("fit(Z)\nZ += 1", (set(), {"Z"})),
        ("fit(Z)\nZ = 1", (set(), {"Z"})),
        ("fit(Z)\ndel Z", (set(), {"Z"})),
        ("fit(Z)\nZ.sort()", (set(), {"Z"})),
        ("fit(Z, inplace=True)", (set(), {"Z"})),
    ],
)
def test_whether_a_call_changes_a_value_that_is_still_to_come_is_for_the_run_to_say(source, found):
    assert undecided(source, {"Z": "r1", "W": "r2"}) == found


def test_an_explicit_list_leaves_nothing_undecided():
    assert undecided("m = fit(Z)", {"Z": "r1"}, returns=("Z",)) == (set(), {"Z"})


def test_a_pending_name_is_reached_through_a_notebook_function():
    found = decide("score = f()", notebook(f="def f(): return model"), pending={"model": "r1"})

    assert found.upstream == {"model": "r1"}


def test_a_pending_name_that_the_cell_makes_anew_is_not_waited_for():
    assert decide("model = 1", notebook(), pending={"model": "r1"}) == Told(set(), {"model"})


def test_parameters_shadow_names_and_do_not_travel():
    found = decide("y = C * 2", notebook(C=1), params=(Param("C", "3"),))

    assert found == Told(set(), {"y"})


@pytest.mark.parametrize(("returns", "pending"), [((), set()), (("y",), {"y"}), (("model", "y"), {"model", "y"})])
def test_returns_replaces_the_list(returns, pending):
    found = decide("model.fit(X)\ny = 1", notebook(model=MODEL, X=X), returns=returns)

    assert (found.captured, found.pending) == ({"model", "X"}, pending)
    assert found.watched == {"X", "model"} - pending


@pytest.mark.parametrize(
    ("source", "pending"),
    [
        ("import numpy as np\ny = np.ones(1)", {"y"}),
        ("from sklearn.linear_model import LogisticRegression\nm = LogisticRegression()", {"m"}),
        ("from elsewhere import LogisticRegression", {"LogisticRegression"}),
        ("import pandas as np", set()),
        ("import json", {"json"}),
    ],
)
def test_importing_again_what_the_notebook_has_is_no_promise(source, pending):
    assert decide(source, notebook(np=np, LogisticRegression=LogisticRegression)).pending == pending


def test_a_cell_with_eval_takes_everything_along():
    found = decide("y = eval('x + z')", notebook(x=1, z=X, _hidden=2))

    assert (found.captured, found.pending, found.watched) == ({"x", "z"}, {"y"}, {"z"})


def test_a_syntax_error_has_the_line_of_the_cell():
    with pytest.raises(SyntaxError) as error:
        decide("x = 1\ny = = 2", notebook())

    assert error.value.lineno == 2


@pytest.mark.parametrize(
    ("source", "captured", "upstream"),
    [
        ("model = 1", {"X_test"}, {}),
        ("other = 1", {"X_test", "model"}, {}),
        ("model = X_test = 1", set(), {}),
        ("model = C", {"X_test"}, {}),
    ],
)
def test_what_a_run_exports_goes_along_unless_the_cell_makes_it(source, captured, upstream):
    names = notebook(model=MODEL, X_test=X, unread=FRAME)
    told = decide(source, names, export=RunExport("model"), params=(Param("C", "1"),))

    assert (told.captured, told.upstream) == (captured, upstream)


@pytest.mark.parametrize(
    ("source", "rows", "captured"),
    [
        ("model = 1", {"Xte": X}, {"Xte"}),
        ("model = 1", {"Xte": X, "X_test": X}, {"X_test"}),
        ("model = Xte = 1", {"X_test": X}, set()),
        ("model = 1", {"X": X}, set()),
    ],
)
def test_rows_that_nobody_has_named_are_known_by_their_usual_names(source, rows, captured):
    assert decide(source, notebook(**rows), export=RunExport("model")).captured == captured


def test_rows_that_an_earlier_run_delivers_are_waited_for():
    told = decide("model = 1", notebook(), export=RunExport("model", "rows"), pending={"rows": "a" * 32})

    assert (told.captured, told.upstream) == (set(), {"rows": "a" * 32})


def test_an_export_promises_nothing():
    told = decide("model = 1", notebook(X_test=X), export=RunExport("model"))

    assert told.pending == {"model"}
