"""Running a cell in the run's own shell: how it ended, what is in the log, what is shown as an event. No process."""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jupyter_mlops.executor import _widget_views
from jupyter_mlops.executor._cell import CellEnd, run_cell
from jupyter_mlops.executor._display import ERROR_MIME, DisplayLog
from jupyter_mlops.executor._shell import RunExit, RunShell
from jupyter_mlops.executor._streams import open_streams

WIDGET_VIEW = _widget_views.WIDGET_VIEW


class Story:
    """A shell attached to a log in a folder."""

    def __init__(self, folder: Path) -> None:
        self.log_file, self.events_file = folder / "output.log", folder / "display.jsonl"
        self.shell = RunShell.instance(user_module=ModuleType("__main__"))
        self._fd = os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.streams = open_streams(self._fd, self._fd)
        self.shell.attach(self.streams, DisplayLog(self.events_file, self.streams))

    def run(self, cell: str) -> CellEnd:
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = self.streams
        try:
            return run_cell(self.shell, cell)
        finally:
            sys.stdout, sys.stderr = before

    @property
    def log(self) -> str:
        self.streams.flush()
        return self.log_file.read_text()

    @property
    def text(self) -> str:
        """The log without its colours."""
        return re.sub(r"\x1b\[[0-9;]*m", "", self.log)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.events_file.read_text().splitlines()] if self.shows_anything else []

    @property
    def shows_anything(self) -> bool:
        return self.events_file.exists()

    def shown(self, kind: str) -> list[str]:
        return [event["data"].get("text/plain", "") for event in self.events if event["kind"] == kind]

    def close(self) -> None:
        self.streams.flush()
        os.close(self._fd)


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    story = Story(tmp_path)
    yield story
    RunShell.clear_instance()
    story.close()
    story.shell.restore_sys_module_state()


def test_a_cell_that_ends_well_says_nothing_of_its_own(story):
    assert story.run("x = 1\nprint('hello', x)") == CellEnd()
    assert (story.log, story.shell.user_ns["x"], story.shows_anything) == ("hello 1\n", 1, False)


@pytest.mark.parametrize("cell", ["", "\n\n", "# nothing", "pass", "x = 1;"])
def test_b03_a_cell_of_nothing_ends_well(story, cell):
    assert story.run(cell) == CellEnd()
    assert story.log == ""


def test_the_namespace_is_the_module_main(story):
    story.run("import sys\nsame = sys.modules['__main__'].__dict__ is globals()\nclass Net: pass")
    assert (story.shell.user_ns["same"], story.shell.user_ns["Net"].__module__) == (True, "__main__")


# How it may end


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("import sys; sys.exit()", 0),
        ("raise SystemExit(0)", 0),
        ("import sys; sys.exit(3)", 3),
        ("import sys; sys.exit(-1)", 255),
        ("import sys; sys.exit(256)", 0),
        ("import sys; sys.exit(True)", 1),
        ("exit", 0),
        ("exit(7)", 7),
        ("quit()", 0),
    ],
)
def test_f05_an_exit_is_its_code_and_no_traceback(story, cell, code):
    end = story.run(cell)
    assert (end.exit_code, end.error is None, story.log) == (code, code == 0, "")


def test_f05_an_exit_with_text_says_it_and_counts_as_one(story):
    end = story.run("x = 1\nimport sys\nsys.exit('no data: größe')")
    assert (end.exit_code, end.error.type, end.error.line) == (1, "SystemExit", 3)
    assert story.log == "no data: größe\n"


def test_f05_an_exit_that_the_cell_catches_is_none(story):
    assert story.run("try:\n    exit(3)\nexcept SystemExit as told:\n    code = told.code") == CellEnd()
    assert story.shell.user_ns["code"] == 3


def test_f05_finally_runs_before_the_end(story):
    assert story.run("try:\n    raise SystemExit(2)\nfinally:\n    print('closed')").exit_code == 2
    assert story.log == "closed\n"


def test_f01_an_exception_is_told_with_its_line(story):
    end = story.run("a = 1\n\n1 / 0")
    error = end.error
    assert (end.exit_code, error.type, error.message, error.line, error.source) == (
        1,
        "ZeroDivisionError",
        "division by zero",
        3,
        "1 / 0",
    )
    assert story.text.rstrip().endswith("ZeroDivisionError: division by zero")
    assert error.traceback in story.text


def test_f01_the_event_of_an_error_says_where_its_traceback_stands(story):
    story.run("print('before')\n1 / 0")
    (event,) = story.events
    start, end = event["metadata"]["log_range"]
    told = event["data"][ERROR_MIME]
    assert (event["kind"], told["name"], told["message"]) == ("error", "ZeroDivisionError", "division by zero")
    assert story.log_file.read_bytes()[start:end].decode() == told["stack"] + "\n"
    assert story.log[:start] == "before\n"


class Looked(ModuleType):
    """A module that counts how often somebody looks where it comes from."""

    times = 0

    @property
    def __file__(self) -> str:
        Looked.times += 1
        return "looked.py"


def test_a_recursion_without_end_is_shown_without_looking_through_all_modules_for_each_frame(story, monkeypatch):
    monkeypatch.setitem(sys.modules, "looked", Looked("looked"))
    monkeypatch.setattr(Looked, "times", 0)
    end = story.run("def deeper(n):\n    return deeper(n + 1)\ndeeper(0)")
    assert end.error.type == "RecursionError"
    assert "skipping similar frames: deeper" in story.log
    assert Looked.times < 200


def test_a_syntax_error_is_told_before_anything_ran(story):
    end = story.run("print('never')\nx = = 1")
    assert (end.exit_code, end.error.type, end.error.line, "never\n" in story.log) == (1, "SyntaxError", 2, False)


def test_f06_an_interrupt_has_the_code_of_one(story):
    end = story.run("raise KeyboardInterrupt")
    assert (end.exit_code, end.error.type) == (130, "KeyboardInterrupt")


def test_an_exception_inside_captured_output_is_in_the_log_all_the_same(story):
    story.run("%%capture out\nprint('hidden')\n1 / 0")
    assert "ZeroDivisionError" in story.log
    assert "hidden" not in story.log.partition("Traceback")[0]


def test_an_error_in_a_background_callback_does_not_count_for_the_cell(story):
    cell = "import threading\nt = threading.Thread(target=lambda: None)\nt.start(); t.join()\nx = 2"
    assert story.run(cell) == CellEnd()
    assert story.shell.user_ns["x"] == 2


# What it shows


def test_the_last_expression_is_a_result_and_no_text(story):
    story.run("6 * 7")
    assert (story.shown("result"), story.log) == (["42"], "")


@pytest.mark.parametrize("cell", ["6 * 7;", "None", "x = 6 * 7"])
def test_no_result_where_a_notebook_shows_none(story, cell):
    story.run(cell)
    assert not story.shows_anything


def test_displays_stand_where_they_were_made(story):
    story.run("print('one')\ndisplay('first')\nprint('two')\ndisplay('second')")
    assert [(event["offset"], event["data"]["text/plain"]) for event in story.events] == [
        (4, "'first'"),
        (8, "'second'"),
    ]


def test_a_display_that_is_updated_keeps_its_id(story):
    story.run("bar = display('0 %', display_id=True)\nbar.update('50 %')")
    first, second = story.events
    assert (first["kind"], second["kind"]) == ("display", "update")
    assert first["transient"]["display_id"] == second["transient"]["display_id"] != ""


def test_a_value_whose_representation_fails_costs_its_display_only(story):
    end = story.run("class Odd:\n    def __repr__(self): raise ValueError('no')\nx = 1\nOdd()")
    assert (end.exit_code, story.shell.user_ns["x"]) == (0, 1)
    assert story.text.rstrip().endswith("ValueError: no")


def test_a_widget_is_its_static_form_and_that_is_said_once(story, monkeypatch):
    monkeypatch.setattr(_widget_views, "_said", False)
    cell = f"display({{'text/plain': 'IntSlider()', '{WIDGET_VIEW}': {{'model_id': 'x'}}}}, raw=True)\n"
    story.run(cell * 2)
    assert story.shown("display") == ["IntSlider()", "IntSlider()"]
    assert story.log == "[jupyter-mlops] A run has no connection for widgets; they are shown in their static form.\n"


def test_the_lines_of_a_shell_command_are_a_value_and_not_in_the_log(story):
    assert story.run("lines = !printf 'd\\ne\\n'") == CellEnd()
    assert (list(story.shell.user_ns["lines"]), story.log) == (["d", "e"], "")


def test_a_shell_command_inside_captured_output_is_captured(story):
    story.run("%%capture out\n!echo hidden")
    assert story.log == ""
    assert story.shell.user_ns["out"].stdout.split() == ["hidden"]


def test_help_is_text_in_the_output_and_no_pager(story):
    assert story.run("def grow():\n    '''Make it larger.'''\ngrow?") == CellEnd()
    assert any("Make it larger." in text for text in (*story.shown("display"), story.log))


@pytest.mark.parametrize("gui", ["qt", "tk", "osx"])
def test_a_window_is_refused_with_what_to_do(story, gui):
    with pytest.raises(NotImplementedError) as raised:
        story.shell.enable_gui(gui)
    assert str(raised.value) == f"A run cannot show {gui} windows. Use %matplotlib inline."


@pytest.mark.parametrize("gui", [None, "inline"])
def test_inline_needs_no_window(story, gui):
    assert story.shell.enable_gui(gui) is None


def test_the_shell_remembers_what_came_along_of_earlier_cells(story):
    told = ["", "first", "%%train this"]
    inputs = {"_ih": told, "_i": "second", "_ii": "first", "_2": [5], "x": 1}
    story.shell.user_ns.update(inputs)
    story.shell.recall(inputs)
    story.run("found = Out[2] is _2, In[1:], _ih is In, _i, _ii, _iii")
    assert story.shell.user_ns["found"] == (True, ["first", story.shell.user_ns["In"][-1]], True, "second", "first", "")
    assert story.shell.user_ns["In"][-1].startswith("found = ")
    assert told == ["", "first", "%%train this"]


def test_nothing_is_written_about_inputs(story):
    story.run("x = 1")
    story.run("y = x")
    assert story.shell.user_ns["In"][-2:] == ["x = 1", "y = x"]
    assert not list(story.log_file.parent.glob("**/history.sqlite"))


def test_exit_without_parentheses_is_exit(story):
    assert isinstance(story.shell.user_ns["exit"], RunExit)
    with pytest.raises(SystemExit) as raised:
        story.shell.user_ns["exit"](5)
    assert raised.value.code == 5
