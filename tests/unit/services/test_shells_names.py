"""What a shell calls its own: what of it travels, and when it is the notebook's."""

import pytest
from IPython.core.autocall import ExitAutocall
from IPython.display import display

from jupyter_mlops.capture import Reach, analyse_cell
from jupyter_mlops.services._shells_names import never_made, remembered, shells_own, with_outputs_changed


def shell(**names):
    inputs, outputs = ["", "a"], {}
    own = {"In": inputs, "_ih": inputs, "Out": outputs, "_oh": outputs, "_dh": [], "_i": "", "_1": 1, "_2": [2]}
    return {**own, "display": display, "exit": ExitAutocall(), "quit": ExitAutocall(), **names}


def test_what_the_shell_has_put_there_is_its_own():
    own = shells_own(shell())
    assert {"In", "Out", "_oh", "display", "exit", "quit", "get_ipython", "__name__"} <= own
    assert own.isdisjoint({"_ih", "_dh", "_i", "_1", "_", "x"})


@pytest.mark.parametrize("name", ["In", "Out", "display", "exit", "quit"])
def test_a_name_that_the_notebook_has_given_another_meaning_is_a_name_like_others(name):
    assert name not in shells_own(shell(**{name: "mine"}))


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("x = 1", set()),
        ("Out[2]", set()),
        ("sum(Out.values())", {"_1", "_2"}),
        ("Out[2], Out", {"_1", "_2"}),
        ("In[-1]", {"_ih"}),
        ("_ih", {"_ih"}),
    ],
)
def test_what_is_remembered_travels_under_its_own_names(cell, told):
    names = analyse_cell(cell, str)
    assert remembered(names.reads, names, Reach(), shell()) == told


def test_a_function_of_the_notebook_that_reads_outputs_may_read_any():
    assert remembered((), analyse_cell("f()", str), Reach(names=frozenset(["Out"])), shell()) == {"_1", "_2"}
    assert remembered((), analyse_cell("f()", str), Reach(names=frozenset(["Out"])), shell(Out={})) == frozenset()


def test_an_output_is_changed_under_the_name_that_says_its_number():
    names = with_outputs_changed(analyse_cell("Out[2].append(1); Out[2].b = 1; fit(Out[2])", str), shell())
    assert names.may_change >= {"_2"}
    assert (names.methods["_2"], "_2" in names.mutates, "_2" in names.passed) == ({"append"}, True, True)


def test_a_dictionary_of_the_notebook_is_changed_itself():
    names = analyse_cell("Out[2].append(1)", str)
    assert with_outputs_changed(names, shell(Out={2: []})) is names


def test_no_run_gives_the_shell_what_it_sets_anew():
    assert never_made(analyse_cell("_ = 1; from IPython import get_ipython", str)) >= {"_", "_i", "_ih", "get_ipython"}
    assert never_made(analyse_cell("display = 1", str)).isdisjoint({"display", "Out", "In", "_1"})
