"""What surrounds a cell is the same in its run: two programs, one that sets things and one that takes them on."""

import sys

import pytest

from jupyter_mlops.capture import AmbientState

TAKE_ON = """
import pickle, sys
with open(sys.argv[1], "rb") as file:
    ambient = pickle.load(file)
heavy = {"numpy", "pandas", "sklearn", "matplotlib", "torch", "tensorflow", "keras"}
ambient.prepare()
ambient.apply()
assert not heavy & sys.modules.keys(), "taking it on imports nothing"
"""
SEND = """
from jupyter_mlops.capture import AmbientState
import pickle, sys
with open(sys.argv[1], "wb") as file:
    pickle.dump(AmbientState.capture(), file)
"""


@pytest.fixture
def exchange(python, tmp_path):
    """Return what a program prints after `setup` in the kernel, and in a process that took the kernel's state on."""

    def exchange(setup, show):
        import textwrap

        setup, show = textwrap.dedent(setup), textwrap.dedent(show)
        file = tmp_path / "ambient"
        there = python(setup + SEND + show, file)
        here = python(TAKE_ON + show, file)
        return there, here

    return exchange


CASES = {
    "process": (
        """
        import os, sys, locale, decimal
        os.makedirs("/tmp/mlops-cwd", exist_ok=True)
        os.chdir("/tmp/mlops-cwd")
        os.environ["MY_SETTING"] = "mine"
        sys.path.insert(0, "/tmp/mlops-cwd/lib")
        sys.setrecursionlimit(1234)
        decimal.getcontext().prec = 7
        """,
        """
        import os, sys, decimal
        print(os.getcwd(), os.environ["MY_SETTING"], sys.path[0], sys.getrecursionlimit(), decimal.Decimal(1) / 3)
        """,
    ),
    "random": ("import random; random.seed(3); random.random()", "import random; print(random.random())"),
    "numpy": (
        """
        import numpy as np
        np.random.seed(3); np.random.normal(); np.set_printoptions(precision=3); np.seterr(divide="ignore")
        """,
        "import numpy as np; print(np.random.normal(), np.array([1 / 3]), np.geterr())",
    ),
    "pandas": (
        "import pandas as pd; pd.options.display.float_format = '{:.1f}'.format; pd.options.display.max_rows = 5",
        "import pandas as pd; print(pd.DataFrame({'a': [0.25] * 9}))",
    ),
    "matplotlib": (
        """
        import matplotlib
        matplotlib.use("agg")
        matplotlib.rcParams.update({"lines.linewidth": 9, "axes.prop_cycle": matplotlib.cycler(color="rb")})
        """,
        "import matplotlib; print(matplotlib.rcParams['lines.linewidth'], matplotlib.rcParams['axes.prop_cycle'])",
    ),
    "sklearn": (
        "import sklearn; sklearn.set_config(transform_output='pandas')",
        "import sklearn; print(sklearn.get_config())",
    ),
    "logging": (
        """
        import logging
        logging.basicConfig(level=logging.INFO, format="%(levelname)s:%(message)s")
        logging.getLogger("a.b").setLevel(50)
        """,
        """
        import logging, sys
        print(logging.root.level, logging.getLogger("a.b").level, [h.formatter._fmt for h in logging.root.handlers])
        """,
    ),
    "imports that draw": (
        "import random, xgboost; random.seed(3)",
        "import random, xgboost; print(random.random())",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_run_has_what_the_kernel_has(exchange, name):
    there, here = exchange(*CASES[name])
    assert there == here != ""


def test_warning_filters_wait_for_the_library_of_their_category(exchange):
    show = """
        import warnings
        from sklearn.exceptions import ConvergenceWarning
        with warnings.catch_warnings(record=True) as told:
            warnings.warn("mine", UserWarning)
            warnings.warn("theirs", ConvergenceWarning)
        print([str(warning.message) for warning in told])
    """
    setup = """
        import warnings
        from sklearn.exceptions import ConvergenceWarning
        warnings.filterwarnings("always", "min.*", UserWarning)
        warnings.filterwarnings("ignore", category=ConvergenceWarning)
    """
    there, here = exchange(setup, show)
    assert there == here == "['mine']\n"


@pytest.mark.torch
def test_torch_goes_on_where_it_was(exchange):
    pytest.importorskip("torch")
    there, here = exchange(
        """
        import torch
        torch.manual_seed(3); torch.rand(1); torch.set_default_dtype(torch.float64); torch.set_grad_enabled(False)
        torch.use_deterministic_algorithms(True, warn_only=True); torch.set_num_threads(1)
        """,
        """
        import torch
        print(torch.rand(2), torch.is_grad_enabled(), torch.are_deterministic_algorithms_enabled())
        print(torch.get_num_threads(), torch.get_default_device(), torch.get_float32_matmul_precision())
        """,
    )
    assert there == here != ""


@pytest.mark.torch
def test_torch_as_it_is_by_default_loads_nothing_more(exchange):
    pytest.importorskip("torch")
    there, here = exchange("import torch", "import sys, torch; print('torch._inductor' in sys.modules)")
    assert there == here == "False\n"


@pytest.mark.keras
def test_keras_and_tensorflow_go_on_where_they_were(exchange):
    pytest.importorskip("keras")
    there, here = exchange(
        """
        import keras, tensorflow as tf
        keras.utils.set_random_seed(3); keras.random.normal((2,)); tf.random.normal((2,)); keras.layers.Dense(1)
        tf.random.set_global_generator(tf.random.Generator.from_seed(1)); keras.config.set_floatx("float64")
        """,
        """
        import keras, tensorflow as tf, random, numpy as np
        print(keras.random.normal((2,)), tf.random.normal((2,)), random.random(), np.random.rand())
        print(keras.layers.Dense(1).name, keras.config.floatx(), tf.random.get_global_generator().normal([1]))
        print(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]).get_weights())
        """,
    )
    assert there == here != ""


def test_what_ties_a_kernel_to_its_server_stays_behind(monkeypatch):
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    monkeypatch.setenv("MINE", "1")
    kept = AmbientState.capture().environment.keys() & {"JPY_PARENT_PID", "MINE"}
    assert kept == {"MINE"}


def test_variables_of_the_run_itself_are_not_replaced(python, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_RUN_ID", "kernel's")
    monkeypatch.setenv("GONE", "1")
    python("import os; del os.environ['GONE']\n" + SEND, tmp_path / "ambient")
    monkeypatch.setenv("JUPYTER_MLOPS_RUN_ID", "run's")
    told = python(
        TAKE_ON + "import os; print(os.environ['JUPYTER_MLOPS_RUN_ID'], 'GONE' in os.environ)", tmp_path / "ambient"
    )
    assert told == "run's False\n"


def test_seeds_say_whether_two_runs_began_alike():
    import random

    random.seed(1)
    first = AmbientState.capture().seeds()
    random.seed(1)
    assert AmbientState.capture().seeds() == first
    random.random()
    assert AmbientState.capture().seeds()["random"] != first["random"]


def test_capturing_draws_no_random_numbers_and_imports_nothing():
    import random

    state, modules = random.getstate(), set(sys.modules)
    AmbientState.capture()
    assert (random.getstate(), set(sys.modules)) == (state, modules)


def test_a_directory_that_is_gone_is_an_error(tmp_path, python):
    folder = tmp_path / "gone"
    folder.mkdir()
    python(f"import os; os.chdir({str(folder)!r})\n" + SEND, tmp_path / "ambient")
    folder.rmdir()
    program = TAKE_ON.replace("ambient.prepare()", "try: ambient.prepare()\nexcept FileNotFoundError: print('gone')")
    assert python(program, tmp_path / "ambient") == "gone\n"
