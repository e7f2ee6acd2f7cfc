"""What a run does in ways that its text hardly shows, in a real kernel: the notebook has it afterwards."""

from collections.abc import Iterator

import pytest
from kernels import KernelNotebook

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelNotebook]:
    """One kernel for the module; every story uses names of its own."""
    notebook = KernelNotebook(tmp_path_factory.mktemp("notebook"))
    assert notebook.run("%load_ext jupyter_mlops").ok
    yield notebook
    notebook.close()


def test_objects_with_slots_come_back_changed(notebook):
    notebook.run(
        "from dataclasses import dataclass\nclass Point:\n    __slots__ = ('a', 'b')\n"
        "@dataclass(slots=True)\nclass Row:\n    n: int = 1\npoint, row = Point(), Row()\npoint.a = 1"
    )
    notebook.run("%%train slots\npoint.b = [2]; point.a += 1; row.n = 5")
    assert notebook.run("point.a, point.b, row.n, type(point) is Point, type(row) is Row").value == (
        "(2, [2], 5, True, True)"
    )


def test_what_exec_and_the_namespace_bind(notebook):
    notebook.run("import sys, pandas as pd\nframe = pd.DataFrame({'a': [1]}); count = 1; code = 'told = 3'")
    notebook.run(
        """%%train executed
exec("frame['e'] = 2; count = 11")
exec(code)
globals()['made'] = 7
sys.modules['__main__'].dynamic = 3"""
    )
    assert notebook.run("list(frame), count, made, dynamic, told").value == "(['a', 'e'], 11, 7, 3, 3)"


def test_a_script_leaves_its_names_and_the_card_tells_what_becomes_of_the_others(notebook):
    (notebook.folder / "script.py").write_text("fresh = base + 1\nbase = 100\n")
    notebook.run("base = 1")
    card = notebook.run("%%train scripted\n%run -i script.py")
    assert "The cell binds names that its text does not show" in card.value
    assert notebook.run("fresh").value == "2"
    assert notebook.run("base").value == "1"


def test_everything_that_a_module_has(notebook):
    notebook.run("%%train starred\nimport time\nfrom math import *\ntime.sleep(0.2)\nroot = sqrt(4)")
    assert notebook.run("cos(0), root").value == "(1.0, 2.0)"


def test_an_array_that_a_ufunc_adds_to_in_place(notebook):
    notebook.run("import numpy as np\ncounts = np.zeros(3)")
    notebook.run("%%train counted\nnp.add.at(counts, [0, 0], 1)")
    assert notebook.run("counts.tolist()").value == "[2.0, 0.0, 0.0]"


def test_what_the_notebook_has_registered_holds_in_a_run(notebook):
    notebook.run(
        "import logging, sys, pandas as pd\nlogger = logging.getLogger('nb'); logger.propagate = False\n"
        "logger.setLevel(10); logger.addHandler(logging.StreamHandler(sys.stdout))\nfactor = 2\n"
        "@pd.api.extensions.register_dataframe_accessor('geo')\nclass Geo:\n"
        "    def __init__(self, frame): self.frame = frame\n"
        "    def total(self): return int(self.frame.to_numpy().sum()) * factor"
    )
    notebook.run("%%train registered\nlogger.debug('told')\ntotal = pd.DataFrame({'a': [1, 2]}).geo.total()")
    assert notebook.run("total").value == "6"
    assert "told" in notebook.run("%runs logs registered").value


def test_what_a_decorator_registers(notebook):
    notebook.run(
        "from functools import singledispatch\nclass Registry:\n    def __init__(self): self.items = {}\n"
        "    def add(self, f):\n        self.items[f.__name__] = f\n        return f\n"
        "registry = Registry()\n@singledispatch\ndef show(x): return 'object'"
    )
    notebook.run(
        "%%train registered\nimport time\ntime.sleep(0.2)\n@registry.add\ndef linear(): return 2\n"
        "@show.register\ndef _(x: int): return 'int'"
    )
    assert notebook.run("registry.items['linear'](), show(1)").value == "(2, 'int')"


def test_a_result_that_cannot_be_rebuilt_costs_no_other(notebook):
    notebook.run(
        "%%train odd\nclass Bad:\n    def __setstate__(self, state): raise KeyError('gone')\n"
        "bad = Bad(); bad.x = 1\ngood = [5]"
    )
    assert notebook.run("good").value == "[5]"
    assert "bad could not be rebuilt: KeyError: 'gone'" in notebook.run("bad").error
    assert notebook.run("import jupyter_mlops as mlops; mlops.runs['odd'].result('good')").value == "[5]"
