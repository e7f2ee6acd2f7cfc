"""The smaller parts around a shell: imports, completion, name errors, history, errors of magics, waiting."""

import signal
import sys
import threading
import traceback

import pytest
from IPython.core.completer import provisionalcompleter

from jupyter_mlops.exceptions import CannotTravelError, UsageError
from jupyter_mlops.home import Home
from jupyter_mlops.launchers import LocalLauncher
from jupyter_mlops.magics._arguments import HelpRequested
from jupyter_mlops.magics._edge import magic_edge
from jupyter_mlops.magics._history import CellHistory, number_of_running_cell
from jupyter_mlops.magics._pending._completion import PendingCompletions
from jupyter_mlops.magics._pending._imported import import_into
from jupyter_mlops.magics._pending._waiting import NotebookScreen, TerminalScreen, WaitingView, interruptible
from jupyter_mlops.magics._shown_errors import ShownErrors
from jupyter_mlops.services import Runs, RunService

# Imports


def test_importing_binds_just_the_name():
    namespace: dict[str, object] = {}
    assert import_into(namespace, "from json import dumps as d")
    assert list(namespace) == ["d"]


@pytest.mark.parametrize("statement", ["import no_such_module_at_all", "from json import no_such_name"])
def test_an_import_that_fails_binds_nothing(statement):
    namespace: dict[str, object] = {}
    assert not import_into(namespace, statement)
    assert namespace == {}


# Completion


def completions_of(shell, text: str) -> list[str]:
    with provisionalcompleter():
        return [completion.text for completion in shell.Completer.completions(text, len(text))]


def test_completion_offers_names_that_are_absent(shell):
    completions = PendingCompletions(shell, lambda: ["unfinished_model", "other"])
    completions.register()
    try:
        assert "unfinished_model" in completions_of(shell, "unfin")
        assert "other" not in completions_of(shell, "unfin")
    finally:
        completions.unregister()
    assert "unfinished_model" not in completions_of(shell, "unfin")


# Errors on their way to the user


@pytest.fixture
def shown_errors(shell, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)  # pytest's own would swallow the text
    errors = ShownErrors(shell, lambda error: "model comes from run baseline." if "model" in str(error) else "")
    errors.register()
    yield errors
    errors.unregister()


def test_a_traceback_in_the_shell_carries_the_note(shell, shown_errors, capsys):
    shell.run_cell("model")
    assert "model comes from run baseline." in capsys.readouterr().out
    shell.run_cell("something_else")
    assert "baseline" not in capsys.readouterr().out


def test_a_thread_carries_the_note(shown_errors, capsys):
    thread = threading.Thread(target=lambda: exec("model", {}))
    thread.start()
    thread.join()
    assert "model comes from run baseline." in capsys.readouterr().err


def functions_on_the_way(error: BaseException) -> list[str]:
    return [frame.name for frame in traceback.extract_tb(error.__traceback__)]


def test_an_error_of_ours_ends_at_the_users_line(shell, shown_errors, tmp_path):
    home = Home.create(tmp_path / ".mlops")
    shell.user_ns["runs"] = Runs(RunService(home, LocalLauncher(home)))
    shell.run_cell("def look():\n    return runs['nope']")

    error = shell.run_cell("look()").error_in_exec

    assert str(error) == "No run 'nope'. See %runs."
    assert functions_on_the_way(error)[-2:] == ["<module>", "look"]


def test_an_error_of_a_library_keeps_its_frames(shell, shown_errors):
    error = shell.run_cell("import json\njson.loads('{')").error_in_exec

    assert functions_on_the_way(error)[-3:] == ["loads", "decode", "raw_decode"]


def test_unregistering_puts_the_hooks_back(shell):
    before = threading.excepthook
    errors = ShownErrors(shell, lambda error: "")
    errors.register()
    errors.unregister()
    assert threading.excepthook is before
    assert "showtraceback" not in vars(shell)


# History


def test_the_number_of_a_cell_is_known_while_it_runs(shell):
    seen = []
    look = lambda info: seen.append(number_of_running_cell(shell))  # noqa: E731 - one that can be unregistered
    shell.events.register("pre_run_cell", look)
    try:
        numbers = [shell.run_cell(cell, store_history=True).execution_count for cell in ("a = 1", "1 +", "a", "1 / 0")]
    finally:
        shell.events.unregister("pre_run_cell", look)
    assert seen[-1] == numbers[-1]
    assert set(seen) <= set(numbers)


def test_history_keeps_what_was_executed_and_how_it_went(shell):
    history = CellHistory(shell)
    history.register()
    try:
        for cell in ("a = 1", "b = a", "1 / 0", "x = = 1", "  "):
            shell.run_cell(cell, store_history=True)
        shell.run_cell("hidden = 1", store_history=False)
        shell.run_cell("silent = 1", silent=True)
    finally:
        history.unregister()
    assert [(cell.source, sorted(cell.names.assigns), cell.ok) for cell in history.cells] == [
        ("a = 1", ["a"], True),
        ("b = a", ["b"], True),
        ("1 / 0", [], False),
    ]


# Errors of magics


def shown_by(error: BaseException) -> list[str]:
    return error._render_traceback_()


def test_our_errors_keep_their_type_and_lose_their_traceback():
    @magic_edge
    def magic():
        raise CannotTravelError("lock cannot travel.")

    with pytest.raises(CannotTravelError) as raised:
        magic()
    assert shown_by(raised.value) == ["\x1b[31mCannotTravelError\x1b[39m: lock cannot travel."]


def test_other_errors_are_bugs_and_keep_theirs():
    @magic_edge
    def magic():
        raise RuntimeError("odd")

    with pytest.raises(RuntimeError) as raised:
        magic()
    assert not hasattr(raised.value, "_render_traceback_")


def test_a_syntax_error_becomes_one_that_points_to_the_cells_line():
    @magic_edge
    def magic():
        raise SyntaxError("invalid syntax", ("<cell>", 2, 5, "y = = 2\n"))

    with pytest.raises(UsageError) as raised:
        magic()
    assert str(raised.value) == (
        "The cell is not Python: invalid syntax (line 2). Nothing was started.\n    y = = 2\n        ^"
    )


def test_a_syntax_error_without_a_place_claims_none():
    @magic_edge
    def magic():
        raise SyntaxError("source code cannot contain null bytes")

    with pytest.raises(UsageError) as raised:
        magic()
    assert str(raised.value) == "The cell is not Python: source code cannot contain null bytes. Nothing was started."


def test_a_magic_that_goes_well_gives_what_it_gives():
    @magic_edge
    def magic(line, *, cell):
        """Say it."""
        return line, cell

    assert (magic("a", cell="b"), magic.__doc__) == (("a", "b"), "Say it.")


def test_an_error_from_another_error_shows_neither_cause_nor_context():
    @magic_edge
    def magic():
        try:
            raise OSError("disk")
        except OSError as error:
            raise CannotTravelError("no room") from error

    with pytest.raises(CannotTravelError) as raised:
        magic()
    assert (raised.value.__cause__, raised.value.__suppress_context__) == (None, True)


def test_an_interrupt_is_short_too():
    @magic_edge
    def magic():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as raised:
        magic()
    assert "the run goes on" in shown_by(raised.value)[0]


def test_help_is_a_view():
    @magic_edge
    def magic():
        raise HelpRequested("usage: ...\n")

    assert repr(magic()) == "usage: ..."


# Waiting


def test_an_interrupt_raises_inside_and_the_handler_is_put_back():
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt), interruptible():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_thread_may_wait_without_touching_signals():
    entered = []

    def wait():
        with interruptible():
            entered.append(True)

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join()
    assert entered == [True]


def test_a_terminal_that_is_none_shows_nothing(capsys):
    screen = TerminalScreen()
    screen.show(WaitingView(["a"], "run", 1.0, ""))
    screen.clear()
    assert capsys.readouterr() == ("", "")


def test_a_terminal_overwrites_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    screen = TerminalScreen()
    screen.show(WaitingView(["a"], "run", 1.0, "line"))
    screen.clear()
    assert capsys.readouterr().err == (
        "\r\x1b[2Kwaiting for a from run (00:01) - interrupt to stop waiting, the run goes on\r\x1b[2K"
    )


def test_a_screen_that_never_showed_anything_has_nothing_to_clear(capsys):
    NotebookScreen(may_clear=True).clear()
    assert capsys.readouterr() == ("", "")
