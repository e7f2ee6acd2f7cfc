"""What a cell shows that ends in one of our values: the tables of `%runs`, from Python too."""

import pytest
from runs import write_run

from jupyter_mlops import runs
from jupyter_mlops.magics import unload_ipython_extension
from jupyter_mlops.services import Reproduction, RunDiff, current_service


@pytest.fixture
def run(shell_with_us):
    return runs[write_run(current_service().home, name="<b>base</b>").run_id]


VALUES = {
    "runs": (lambda run: runs, "&lt;b&gt;base&lt;/b&gt;"),
    "page": (lambda run: runs.search("name~base"), "&lt;b&gt;base&lt;/b&gt;"),
    "run": (lambda run: run, "&lt;b&gt;base&lt;/b&gt;"),
    "diff": (lambda run: RunDiff(a=run, b=run, cell="-x = 1\n+x = 2"), "<h4"),
    "reproduction": (lambda run: Reproduction(original=run, again=run), "&lt;b&gt;base&lt;/b&gt;"),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_shown_as_its_magic_shows_it(shell_with_us, run, name):
    made, part = VALUES[name]
    bundle = shell_with_us.display_formatter.format(made(run))[0]
    assert part in bundle["text/html"]
    assert "<b>" not in bundle["text/html"]
    assert bundle["text/plain"] != repr(made(run))


def test_an_empty_home_says_what_to_do_next(shell_with_us):
    assert "%%train" in shell_with_us.display_formatter.format(runs)[0]["text/plain"]


def test_without_the_extension_python_shows_them(shell_with_us, run):
    unload_ipython_extension(shell_with_us)
    assert shell_with_us.display_formatter.format(run)[0] == {"text/plain": repr(run)}
