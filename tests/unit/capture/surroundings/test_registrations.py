"""What a notebook has registered with libraries is registered in its run: two programs, one that registers."""

import pytest

TAKE_ON = """
import pickle, sys
from jupyter_mlops.capture import load_values
with open(sys.argv[1], "rb") as file:
    stream, buffers = pickle.load(file)
globals().update(load_values(stream, buffers, apply_ambient=True))
# A layer has its library as a base class.
assert "keras" in sys.modules or not {"pandas", "matplotlib"} & sys.modules.keys(), "taking it on imports nothing"
"""
SEND = """
import pickle, sys
from jupyter_mlops.capture import AmbientState, dump_values, reach, registered_names
names = registered_names(globals())
names |= reach(names, globals()).names
pickled = dump_values({name: globals()[name] for name in names}, ambient=AmbientState.capture())
with open(sys.argv[1], "wb") as file:
    pickle.dump((pickled.stream, list(map(bytes, pickled.buffers))), file)
"""

CASES = {
    "a handler of the notebook's own class": (
        """
        import logging
        class Keep(logging.Handler):
            def __init__(self):
                super().__init__(level=20)
                self.kept = []
            def emit(self, record): self.kept.append(shout(record.getMessage()))
        def shout(text): return text.upper()
        logging.getLogger("nb").addHandler(Keep())
        """,
        """
        import logging
        lg = logging.getLogger("nb")
        lg.warning("hi"); lg.debug("no")
        print(type(lg.handlers[0]).__name__, lg.handlers[0].kept, len(lg.handlers))
        """,
    ),
    "a stream": (
        """
        import logging, sys
        lg = logging.getLogger("nb"); lg.propagate = False; lg.setLevel(10)
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        lg.addHandler(handler)
        """,
        "import logging; logging.getLogger('nb').debug('told')",
    ),
    "filters": (
        """
        import logging, sys
        class NoSecrets(logging.Filter):
            def filter(self, record): return word not in record.getMessage()
        word = "secret"
        lg = logging.getLogger("nb"); lg.propagate = False
        lg.addHandler(logging.StreamHandler(sys.stdout))
        lg.addFilter(NoSecrets()); lg.addFilter(lambda record: record.levelno < 40)
        """,
        """
        import logging
        word = "secret"
        lg = logging.getLogger("nb")
        lg.warning("hello"); lg.warning("a secret"); lg.error("too loud")
        print(len(lg.filters))
        """,
    ),
    "silence": (
        """
        import logging
        logging.disable(logging.WARNING)
        logging.getLogger("off").disabled = True
        """,
        """
        import logging
        print(logging.root.manager.disable, logging.getLogger("off").disabled, logging.getLogger("on").disabled)
        """,
    ),
    "an accessor": (
        """
        import pandas as pd
        @pd.api.extensions.register_dataframe_accessor("geo")
        class Geo:
            def __init__(self, frame): self.frame = frame
            def total(self): return self.frame.to_numpy().sum() * factor
        factor = 2
        """,
        "import pandas as pd; factor = 2; print(pd.DataFrame({'a': [1, 2]}).geo.total())",
    ),
    "a colormap": (
        """
        import matplotlib
        from matplotlib.colors import ListedColormap
        matplotlib.colormaps.register(ListedColormap(["red", "blue"]), name="mine")
        """,
        "import matplotlib; print(matplotlib.colormaps['mine'](0.9))",
    ),
    "a pickler": (
        """
        import copyreg
        class Odd:
            def __init__(self, n): self.n = n
        def reduce(odd): return Odd, (odd.n + 1,)
        copyreg.pickle(Odd, reduce)
        """,
        "import copyreg; print([r.__name__ for r in copyreg.dispatch_table.values() if r.__name__ == 'reduce'])",
    ),
    "a layer of Keras": (
        """
        import keras
        @keras.saving.register_keras_serializable()
        class Scale(keras.layers.Layer):
            def call(self, x): return x * 2
        """,
        """
        from keras import saving
        print(saving.get_registered_name(Scale), saving.get_registered_object("Custom>Scale") is Scale)
        """,
    ),
}  # fmt: skip


@pytest.fixture
def exchange(python, tmp_path):
    """Return what a program prints after `setup`, and another that has taken its state on."""

    def exchange(setup, show):
        import textwrap

        setup, show = textwrap.dedent(setup), textwrap.dedent(show)
        file = tmp_path / "ambient"
        there = python(setup + SEND + show, file)
        here = python(TAKE_ON + show, file)
        return there, here

    return exchange


@pytest.mark.parametrize("name", CASES)
def test_a_run_has_what_the_kernel_has(exchange, name):
    there, here = exchange(*CASES[name])
    assert there == here != ""


def test_a_log_file_is_gone_on_with(python, tmp_path, exchange):
    file = tmp_path / "nb.log"
    setup = f"import logging\nlogging.getLogger('nb').addHandler(logging.FileHandler({str(file)!r}, mode='w'))\n"
    exchange(setup, "import logging; logging.getLogger('nb').error('told'); print(1)")
    assert file.read_text() == "told\ntold\n"


def test_what_cannot_be_packed_stays_and_the_others_go(exchange):
    setup = """
        import logging
        class Keep(logging.Handler):
            def emit(self, record): pass
        stuck, free = Keep(), Keep()
        stuck.items = (n for n in range(3))
        logging.getLogger("nb").addHandler(stuck)
        logging.getLogger("nb").addHandler(free)
    """
    there, here = exchange(setup, "import logging; print(len(logging.getLogger('nb').handlers))")
    assert (there.strip(), here.strip()) == ("2", "1")
