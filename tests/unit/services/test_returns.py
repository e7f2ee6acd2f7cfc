"""`--returns` lists what comes back: a name that the cell never has is a slip, told before anything starts."""

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_mlops.entities import Param
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.services import SubmitRun
from jupyter_mlops.services._promises import decide_promises

CELL = "model = fit(X)\nhistory = model.history"


def notebook(**names):
    """Return a namespace as a kernel has it: functions given as source belong to it."""
    namespace = {"__name__": "__main__"}
    for name, value in names.items():
        if isinstance(value, str) and value.startswith("def "):
            exec(value, namespace)
        else:
            namespace[name] = value
    return namespace


def ask(source, returns, namespace=None, **fields):
    transform = TransformerManager().transform_cell
    command = SubmitRun(source=source, namespace=namespace or {}, returns=returns, transform=transform, **fields)
    return decide_promises(command)


@pytest.mark.parametrize(
    ("returns", "told"),
    [
        (("modle",), "--returns modle: the cell neither assigns nor reads modle. Did you mean model?"),
        (("model", "hist"), "--returns hist: the cell neither assigns nor reads hist. Did you mean history?"),
        (
            ("accuracy",),
            "--returns accuracy: the cell neither assigns nor reads accuracy. It can return history, model, X.",
        ),
        (
            ("modle", "histroy"),
            "--returns modle,histroy: the cell neither assigns nor reads them. Did you mean model, history?",
        ),
        (
            ("modle", "accuracy"),
            "--returns modle,accuracy: the cell neither assigns nor reads them. Did you mean model? It can return "
            "history, model, X.",
        ),
    ],
)
def test_a_name_that_the_cell_never_has_is_refused(returns, told):
    with pytest.raises(UsageError) as refused:
        ask(CELL, returns, notebook(X=[1]))

    assert str(refused.value) == told


def test_a_cell_that_makes_nothing_can_return_nothing():
    with pytest.raises(UsageError, match="It has no name to return; leave --returns out"):
        ask("print(1)", ("x",))


def test_a_name_of_the_notebook_that_the_cell_does_not_touch_is_refused():
    with pytest.raises(UsageError, match="neither assigns nor reads Xtest"):
        ask(CELL, ("model", "Xtest"), notebook(X=[1], Xtest=[2]))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("x = 1", "x"),
        ("if ready:\n    x = 1", "x"),
        ("for x in range(3): pass", "x"),
        ("import numpy as x", "x"),
        ("with open('f') as x: pass", "x"),
        ("(x := 1)", "x"),
        ("def x(): pass", "x"),
        ("%%capture x\nprint(1)", "x"),
        ("%time x = 1", "x"),
        ("x = !ls", "x"),
        ("globals()['x'] = 1", "x"),
        ("print(old)", "old"),
        ("del old", "old"),
        ("count()", "n"),
        ("y = C * 2", "C"),
        ("print(owed)", "owed"),
    ],
)
def test_what_the_cell_binds_reads_or_reaches_can_come_back(source, name):
    namespace = notebook(old=[1], n=0, count="def count():\n    global n\n    n += 1")

    found = ask(source, (name,), namespace, params=(Param("C", "3"),), pending={"owed": "r1"})

    assert found.pending == (name,)


@pytest.mark.parametrize(
    "source",
    [
        "exec(code)",
        "from math import *",
        "from .mine import *",
        "%run script.py",
        "globals().update(found)",
        "%%sql -d shop\nselect 1",
        "%%time\n%some_magic\n",
        "y = %some_magic of mine",
        "get_ipython().run_cell('x = 1')",
        "make()",
    ],
)
def test_a_name_that_may_come_unseen_is_believed(source):
    namespace = notebook(code="x = 1", found={}, make="def make():\n    globals()['x'] = 1")

    assert ask(source, ("x",), namespace).pending == ("x",)


def test_magics_that_bind_nothing_excuse_no_slip():
    with pytest.raises(UsageError, match="Did you mean model"):
        ask(f"%%time\n{CELL}", ("modle",), notebook(X=[1]))
