"""What a run's cell finds of the cells before it, in a real kernel: outputs and inputs, as the plain cell would."""

import ast
from collections.abc import Iterator

import pytest
from kernels import KernelNotebook

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelNotebook]:
    notebook = KernelNotebook(tmp_path_factory.mktemp("notebook"))
    yield notebook
    notebook.close()


def number_of(notebook: KernelNotebook, expression: str) -> int:
    """Show a value in a cell; return the cell's number."""
    return int(notebook.run(expression).reply["execution_count"])


def test_an_output_travels_and_what_the_run_does_to_it_is_seen_under_each_of_its_names(notebook):
    notebook.run("kept = [5]")
    shown = number_of(notebook, "kept")
    notebook.run(
        f"%%train outputs\nlength = len(Out[{shown}])\nOut[{shown}].append(6)\nsame = Out[{shown}] is _{shown}"
    )
    found = notebook.run(f"length, same, kept, Out[{shown}], _{shown}, kept is Out[{shown}]")
    assert found.value == "(1, True, [5, 6], [5, 6], [5, 6], True)"


def test_inputs_and_the_last_ones_are_what_the_plain_cell_finds(notebook):
    first = number_of(notebook, "40 + 2")
    notebook.run("plain = In[-2:], _i, _ii, len(In)")
    notebook.run(f"%%train inputs\nfound = In[-2:], _i, _ii, len(In)\nearlier = In[{first}], _{first}, _ih is In")
    plain, found, earlier = ast.literal_eval(notebook.run("plain, found, earlier").value)
    assert plain == (["40 + 2", "plain = In[-2:], _i, _ii, len(In)"], "40 + 2", plain[2], plain[3])
    assert found[0] == [plain[0][-1], f"found = In[-2:], _i, _ii, len(In)\nearlier = In[{first}], _{first}, _ih is In"]
    assert found[1:] == (plain[0][-1], "40 + 2", plain[3] + 1)
    assert earlier == ("40 + 2", 42, True)


def test_an_output_that_cannot_travel_is_refused_only_where_it_may_be_read(notebook):
    notebook.run("import threading")
    lock, shown = number_of(notebook, "threading.Lock()"), number_of(notebook, "7")
    refused = notebook.run("%%train every\nevery = {number: str(value) for number, value in Out.items()}")
    assert refused.error == (
        f"CannotTravelError: _{lock} is a _thread.lock, read in line 1: every = {{number: str(value) for number, value "
        "in Out.items()}. It lives in one process only; name the outputs that the cell needs, such as Out[3]."
    )
    notebook.run(f"%%train one\none = Out[{shown}]")
    assert notebook.run("one").value == "7"


def test_names_of_the_shell_that_the_notebook_uses_for_its_own(notebook):
    """Given layers called as many people call them; when a run uses them; then they are the notebook's."""
    notebook.run("In, Out = 3, {3: [1]}\ndef display(x):\n    return x + 1")
    notebook.run("%%train layers\ngot = Out[In], display(In)\nOut[In].append(2)\nquit = 'never'")
    assert notebook.run("got, Out, quit").value == "(([1, 2], 4), {3: [1, 2]}, 'never')"


def test_matches_and_closed_files_come_back(notebook):
    notebook.run("import re\nfound = re.search('(b+)', 'aabbb')")
    notebook.run(
        "%%train texts\nlong = found[1]\nwith open('notes.txt', 'w') as file: file.write(long)\n"
        "words = list(re.finditer(r'\\w', 'ab c'))"
    )
    assert notebook.run("long, file.name, file.closed, [word.span() for word in words]").value == (
        "('bbb', 'notes.txt', True, [(0, 1), (1, 2), (3, 4)])"
    )
