"""The parts of a kernel's surroundings that travel, and those that must not: filters, logging, paths, environment."""

import decimal
import logging
import os
import pickle
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.capture import AmbientState
from jupyter_mlops.capture._reducers._active import is_loaded
from jupyter_mlops.capture._surroundings._ambient import LogHandler, _category
from jupyter_mlops.capture._surroundings._libraries import ASPECTS


class Outer:
    class Careful(UserWarning):
        """A category inside a class."""


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger without handlers, and as it was afterwards."""
    handlers, level = logging.root.handlers[:], logging.root.level
    logging.root.handlers[:] = []
    yield logging.root
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture
def surroundings() -> Iterator[None]:
    """Put back what taking on a state changes for the whole process."""
    cwd, path, environment = Path.cwd(), sys.path[:], dict(os.environ)
    limit, context = sys.getrecursionlimit(), decimal.getcontext().copy()
    yield
    os.chdir(cwd)
    sys.path[:] = path
    os.environ.clear()
    os.environ.update(environment)
    sys.setrecursionlimit(limit)
    decimal.setcontext(context)


def plain(state: AmbientState) -> dict[str, object]:
    """Return a state as values that can be compared, which decimal contexts cannot."""
    return {**vars(state), "decimal": repr(state.decimal)}


def test_a_state_is_equal_after_its_journey():
    state = AmbientState.capture()
    assert plain(pickle.loads(pickle.dumps(state))) == plain(state)


def test_two_captures_of_one_moment_are_equal():
    assert plain(AmbientState.capture()) == plain(AmbientState.capture())


# Warning filters


def test_filters_are_told_in_order_with_their_categories_by_name():
    with warnings.catch_warnings():
        warnings.resetwarnings()
        warnings.filterwarnings("ignore", "min.*", Outer.Careful, module="a", lineno=3)
        warnings.simplefilter("error", DeprecationWarning)
        filters = AmbientState.capture().filters
    assert filters == (
        ("error", None, "builtins:DeprecationWarning", None, 0),
        ("ignore", re.compile("min.*", re.I), f"{__name__}:Outer.Careful", re.compile("a"), 3),
    )


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("builtins:UserWarning", UserWarning),
        (f"{__name__}:Outer.Careful", Outer.Careful),
        ("builtins:NoSuchWarning", None),
        ("no_such_module:Warning", None),
        (f"{__name__}:Outer.Careful.deeper", None),
        (f"{__name__}:ASPECTS", None),
    ],
)
def test_a_category_is_found_where_it_is_loaded_and_nothing_is_imported(name, category):
    before = set(sys.modules)
    assert _category(name) is category
    assert set(sys.modules) == before


# Logging


def test_what_basic_config_makes_is_told(root):
    root.handlers[:] = []
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s", datefmt="%H:%M")
    state = AmbientState.capture()
    assert state.handlers == (LogHandler("stderr", logging.NOTSET, "%(levelname)s %(message)s", "%H:%M"),)
    assert state.levels[""] == logging.INFO


def test_a_handler_without_a_format_writes_as_logging_does_by_default(root):
    root.addHandler(logging.StreamHandler(sys.stdout))
    assert AmbientState.capture().handlers == (LogHandler("stdout", logging.NOTSET, logging.BASIC_FORMAT, None),)


def test_handlers_that_live_in_the_kernel_stay_there(root, tmp_path):
    class Json(logging.Formatter):
        """Somebody's own."""

    own_format = logging.StreamHandler(sys.stdout)
    own_format.setFormatter(Json())
    with (tmp_path / "log").open("w") as file:
        handlers = [
            logging.FileHandler(tmp_path / "other", delay=True),
            logging.StreamHandler(file),
            logging.NullHandler(),
            own_format,
        ]
        root.handlers[:] = handlers
        assert AmbientState.capture().handlers == ()


def test_only_levels_that_were_set_are_told(root):
    logging.getLogger("mlops_story.quiet").setLevel(logging.ERROR)
    logging.getLogger("mlops_story.usual")
    levels = AmbientState.capture().levels
    told = {name: level for name, level in levels.items() if name.startswith("mlops_story")}
    logging.getLogger("mlops_story.quiet").setLevel(logging.NOTSET)
    assert told == {"mlops_story.quiet": logging.ERROR}


# Directory, paths, environment


def test_preparing_takes_on_what_values_need(surroundings, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLOPS_STORY", "größe=1")
    monkeypatch.syspath_prepend(tmp_path / "lib")
    sys.setrecursionlimit(4321)
    state = AmbientState.capture()
    monkeypatch.chdir("/")
    os.environ.pop("MLOPS_STORY")
    os.environ["MLOPS_STORY_OF_THE_RUN"] = "gone"
    os.environ["JUPYTER_MLOPS_STORY"] = "kept"
    sys.path.remove(str(tmp_path / "lib"))
    sys.setrecursionlimit(5000)

    state.prepare()

    assert (Path.cwd(), sys.path[0], sys.getrecursionlimit()) == (tmp_path, str(tmp_path / "lib"), 4321)
    assert {name: value for name, value in os.environ.items() if "MLOPS_STORY" in name} == {
        "MLOPS_STORY": "größe=1",
        "JUPYTER_MLOPS_STORY": "kept",
    }


def test_preparing_twice_is_preparing_once(surroundings):
    state = AmbientState.capture()
    state.prepare()
    once = AmbientState.capture()
    state.prepare()
    assert plain(AmbientState.capture()) == plain(once)


def test_the_path_keeps_its_identity_for_those_who_hold_it(surroundings):
    held = sys.path
    AmbientState.capture().prepare()
    assert sys.path is held


def test_a_kernel_whose_directory_is_gone_still_submits(surroundings, tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PWD", str(folder))
    folder.rmdir()
    state = AmbientState.capture()
    assert state.cwd == str(folder)
    with pytest.raises(FileNotFoundError):
        state.prepare()


@pytest.mark.parametrize("name", ["JPY_PARENT_PID", "JPY_INTERRUPT_EVENT", "IPY_INTERRUPT_EVENT"])
def test_what_ties_a_kernel_to_its_server_is_not_told(monkeypatch, name):
    monkeypatch.setenv(name, "1")
    assert name not in AmbientState.capture().environment


def test_the_imported_libraries_are_top_level_and_none_of_pythons_own():
    imported = AmbientState.capture().imported
    assert "pytest" in imported
    assert [name for name in imported if "." in name or name in sys.stdlib_module_names] == []


def test_what_is_imported_and_forgotten_later_is_noticed(monkeypatch):
    monkeypatch.setitem(sys.modules, "made_up_library", ModuleType("made_up_library"))
    assert "made_up_library" in AmbientState.capture().imported
    del sys.modules["made_up_library"]
    assert "made_up_library" not in AmbientState.capture().imported
    monkeypatch.setitem(sys.modules, "another_library", ModuleType("another_library"))
    del sys.modules["another_library"]
    sys.modules["one_more_library"] = ModuleType("one_more_library")
    try:
        assert {"another_library", "one_more_library"}.intersection(AmbientState.capture().imported) == {
            "one_more_library"
        }
    finally:
        del sys.modules["one_more_library"]


# Libraries


def test_each_library_has_a_key_of_its_own_and_generators_come_last():
    keys = [aspect.key for aspect in ASPECTS]
    assert len(set(keys)) == len(keys)
    random = [aspect.is_random for aspect in ASPECTS]
    assert random == sorted(random)


def test_only_loaded_libraries_are_asked():
    told = AmbientState.capture().libraries
    loaded = {aspect.key for aspect in ASPECTS if is_loaded(aspect.module)}
    assert set(told) <= loaded
    assert "random random state" in told


@settings(max_examples=20)
@given(seed=st.integers(), drawn=st.integers(min_value=0, max_value=5))
def test_a_generators_state_is_what_the_next_numbers_come_from(seed, drawn):
    import random

    (aspect,) = (aspect for aspect in ASPECTS if aspect.key == "random random state")
    before = random.getstate()
    random.seed(seed)
    for _ in range(drawn):
        random.random()
    state = pickle.loads(pickle.dumps(aspect.read()))
    expected = [random.random() for _ in range(3)]
    random.seed()
    aspect.write(state)
    found = [random.random() for _ in range(3)]
    random.setstate(before)
    assert found == expected


def test_pandas_options_travel_only_where_they_were_changed():
    pandas = pytest.importorskip("pandas")
    (aspect,) = (aspect for aspect in ASPECTS if aspect.name == "pandas options")
    with pandas.option_context("display.max_rows", 7, "display.precision", 2):
        changed = aspect.read()
    assert {key: changed[key] for key in ("display.max_rows", "display.precision")} == {
        "display.max_rows": 7,
        "display.precision": 2,
    }
    assert "display.max_rows" not in (aspect.read() or {})


def test_numpy_options_come_back_as_they_were():
    import numpy as np

    (aspect,) = (aspect for aspect in ASPECTS if aspect.name == "numpy options")
    before = aspect.read()
    with np.printoptions(precision=2, suppress=True), np.errstate(divide="ignore"):
        state = pickle.loads(pickle.dumps(aspect.read()))
    aspect.write(state)
    text = str(np.array([1 / 3]))
    aspect.write(before)
    assert (text, str(np.array([1 / 3])), aspect.read()) == ("[0.33]", "[0.33333333]", before)
