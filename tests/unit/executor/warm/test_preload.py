import random
import subprocess
import sys
import textwrap
import threading

import pytest

from jupyter_mlops.executor._warm._memory import memory_share
from jupyter_mlops.executor._warm._preload import load_modules, start_anew


def run_python(code):
    def run(*arguments):
        told = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return int(told.stdout.splitlines()[-1])

    return run


def load(*names, skipped=()):
    told = []
    return load_modules(names, frozenset(skipped), told.append), told


def test_modules_are_loaded_in_order_and_each_is_told_first(make_module):
    names = [make_module(name) for name in ("mlops_story_b", "mlops_story_a")]
    assert load(*names) == (True, names)
    assert all(name in sys.modules for name in names)


def test_what_is_there_is_left_alone():
    assert load("json", "json.decoder") == (True, [])


def test_what_is_to_be_skipped_is_not_touched(make_module):
    name = make_module("mlops_story_skipped", "raise SystemExit")
    assert load(name, f"{name}.part", skipped=[name]) == (True, [])


@pytest.mark.parametrize(
    "code", ["1 / 0", "raise SystemExit(3)", "raise KeyboardInterrupt", "import nothing_of_that_name"]
)
def test_a_module_that_raises_does_not_keep_others_from_loading(make_module, code):
    bad, good = make_module("mlops_story_bad", code), make_module("mlops_story_good")
    assert load(bad, good) == (True, [bad, good])
    assert (bad in sys.modules, good in sys.modules) == (False, True)


def test_a_module_that_starts_a_thread_ends_the_loading(make_module):
    code = """
import threading
stop = threading.Event()
thread = threading.Thread(target=stop.wait, daemon=True)
thread.start()
"""
    threads, other = make_module("mlops_story_threads", code), make_module("mlops_story_other")
    assert load(threads, other) == (False, [threads])
    assert other not in sys.modules
    sys.modules[threads].stop.set()
    sys.modules[threads].thread.join()


def test_a_thread_that_ends_meanwhile_hides_none_that_starts(make_module, monkeypatch):
    ending = threading.Event()
    monkeypatch.setattr(sys, "mlops_story_ending", ending, raising=False)
    code = """
import sys, threading
stop = threading.Event()
thread = threading.Thread(target=stop.wait, daemon=True)
thread.start()
sys.mlops_story_ending.set()
while any(other.name == "mlops-story-ending" for other in threading.enumerate()):
    pass
"""
    threading.Thread(target=ending.wait, name="mlops-story-ending", daemon=True).start()
    swapping = make_module("mlops_story_swapping", code)
    assert load(swapping) == (False, [swapping])
    sys.modules[swapping].stop.set()
    sys.modules[swapping].thread.join()


def test_a_rehearsal_leaves_no_metadata_to_read_to_the_first_fit():
    pytest.importorskip("narwhals")
    pytest.importorskip("sklearn")
    read = run_python("""
        import importlib.metadata, sys
        from sklearn.linear_model import LinearRegression
        from jupyter_mlops.executor._warm._preload import load_base, rehearse
        load_base()
        if sys.argv[1] == "rehearsed":
            rehearse()
        read, plain = [], importlib.metadata.PathDistribution.read_text
        def read_text(self, name):
            read.append(name)
            return plain(self, name)
        importlib.metadata.PathDistribution.read_text = read_text
        LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
        print(len(read))
    """)
    assert (read("rehearsed") == 0, read("not rehearsed") > 0) == (True, True)


# In a process of its own: nothing that is frozen is ever collected.
SETTLED = """
import gc, sys
from importlib.machinery import FileFinder
from jupyter_mlops.executor._warm._preload import keep_collector_away, settle

def looked():
    finders = [finder for finder in sys.path_importer_cache.values() if isinstance(finder, FileFinder)]
    return [finder.path for finder in finders if finder._path_mtime != -1]

loop = []
loop.append(loop)
identity = id(loop)
del loop
before = looked()
settle()
print(bool(before), looked(), gc.get_count()[0] < 100, any(id(each) == identity for each in gc.get_objects()))
late = [[]]
assert any(each is late for each in gc.get_objects())
keep_collector_away()
print(any(each is late for each in gc.get_objects()))
"""


def test_before_a_fork_folders_are_forgotten_and_what_is_there_is_no_matter_of_the_collector():
    done = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["True [] True False", "False"]


def test_a_fork_draws_numbers_of_its_own():
    import numpy as np

    before = (random.getstate(), np.random.get_state())
    np.random.seed(0)
    first = np.random.random()
    np.random.seed(0)
    start_anew()
    assert np.random.random() != first
    random.setstate(before[0])
    np.random.set_state(before[1])


def test_memory_is_told_in_bytes():
    assert 1e6 < memory_share() < 1e12
