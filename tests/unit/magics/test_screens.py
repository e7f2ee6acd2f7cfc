"""A place in the waiting cell's output: what is shown is replaced, and in the end nothing of it remains."""

import sys
from collections.abc import Collection, Iterator
from typing import Any

import pytest
from IPython.utils.capture import CapturedIO, capture_output

from jupyter_mlops.entities import WAITS_FOR_DISK, RunState, RunStatus
from jupyter_mlops.magics._notice import Notice
from jupyter_mlops.magics._pending._waiting import NotebookScreen, TerminalScreen, WaitingView, wait_for


class Messages:
    """Display messages as a front end gets them."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any, bool]] = []

    def publish(self, data: dict[str, Any], metadata: object = None, **told: Any) -> None:
        transient = told.get("transient") or {}
        self.sent.append((data.get("text/plain", ""), transient.get("display_id"), bool(told.get("update"))))

    def clear_output(self, wait: bool = False) -> None:
        self.sent.append(("cleared", None, wait))

    @property
    def is_publishing(self) -> bool:
        return False


@pytest.fixture
def messages(shell, monkeypatch) -> Messages:
    messages = Messages()
    monkeypatch.setattr(shell.display_pub, "publish", messages.publish)
    monkeypatch.setattr(shell.display_pub, "clear_output", messages.clear_output)
    return messages


@pytest.fixture
def displayed(shell) -> Iterator[CapturedIO]:
    with capture_output() as captured:
        yield captured


class SlowRun:
    """A run that delivers when it has been asked so many times."""

    name = "baseline"

    def __init__(self, times: int, interrupt: bool = False) -> None:
        self._left, self._interrupt = times, interrupt
        self.printed = "epoch 1\nepoch 2\n"
        self.state = RunState(run_id="3fa9" + "0" * 28, status=RunStatus.RUNNING)

    def wait_delivery(self, timeout_s: float | None = None, names: Collection[str] = ()) -> bool:
        self._left -= 1
        if self._interrupt and self._left <= 0:
            raise KeyboardInterrupt
        return self._left <= 0

    def log(self, tail: int | None = None) -> str:
        return self.printed


class Screen:
    """Keeps what is shown, in order."""

    def __init__(self) -> None:
        self.story: list[str] = []

    def show(self, view: Any) -> None:
        self.story.append(repr(view))

    def clear(self) -> None:
        self.story.append("cleared")


# Waiting


def test_a_run_that_is_nearly_done_is_never_shown():
    screen = Screen()
    wait_for(SlowRun(1), ["model"], screen)
    assert screen.story == []


def test_a_longer_wait_is_shown_with_names_time_and_last_lines_and_then_cleared():
    screen = Screen()
    wait_for(SlowRun(3), ["b", "a"], screen)
    told = "waiting for a, b from baseline (00:00) - interrupt to stop waiting, the run goes on\n  epoch 1\n  epoch 2"
    assert screen.story == [told, told, "cleared"]


@pytest.mark.parametrize(("times", "story"), [(1, []), (2, ["cleared"])])
def test_an_interrupt_leaves_nothing_behind(times, story):
    screen = Screen()
    with pytest.raises(KeyboardInterrupt):
        wait_for(SlowRun(times, interrupt=True), ["model"], screen)
    assert screen.story[1:] == story


def test_a_log_that_cannot_be_read_clears_the_screen_as_well():
    class Unreadable(SlowRun):
        def log(self, tail=None):
            raise OSError("gone")

    screen = Screen()
    with pytest.raises(OSError, match="gone"):
        wait_for(Unreadable(3), ["model"], screen)
    assert screen.story == ["cleared"]


def test_f25_a_wait_for_a_run_that_waits_for_the_disk_says_what_to_do():
    run, screen = SlowRun(2), Screen()
    run.printed = ""
    run.state = RunState(run_id="3fa9" + "0" * 28, status=RunStatus.RUNNING, reason=WAITS_FOR_DISK)
    wait_for(run, ["model"], screen)
    assert screen.story == [
        "waiting for model from baseline (00:00, it is waiting for disk space: free some, and it ends)"
        " - interrupt to stop waiting, the run goes on",
        "cleared",
    ]


def test_without_names_it_waits_for_results():
    assert repr(WaitingView([], "r", 3723.9, "")).startswith("waiting for results from r (1:02:03)")


def test_a_status_is_told_to_a_screen_reader():
    assert 'role="status"' in WaitingView(["a"], "r", 1.0, "")._repr_html_()


# In a notebook


def test_what_is_shown_is_replaced_in_its_place(messages):
    screen = NotebookScreen(may_clear=True)
    screen.show(Notice("one"))
    screen.show(Notice("two"))
    (first, first_id, is_first_update), (second, second_id, is_second_update) = messages.sent
    assert (first, is_first_update, second, is_second_update) == ("one", False, "two", True)
    assert first_id == second_id
    assert first_id


def test_before_the_cell_has_shown_anything_the_output_is_cleared_whole(messages):
    screen = NotebookScreen(may_clear=True)
    screen.show(Notice("one"))
    screen.clear()
    assert messages.sent[1:] == [("cleared", None, False)]


def test_within_a_cell_its_own_output_stays_and_ours_becomes_empty(messages):
    screen = NotebookScreen(may_clear=False)
    screen.show(Notice("one"))
    screen.clear()
    ((_, shown_id, _), cleared) = messages.sent
    assert cleared == ("", shown_id, True)


def test_clearing_twice_is_clearing_once(messages):
    screen = NotebookScreen(may_clear=True)
    screen.show(Notice("one"))
    screen.clear()
    screen.clear()
    assert len(messages.sent) == 2


def test_after_clearing_a_new_wait_gets_a_place_of_its_own(messages):
    screen = NotebookScreen(may_clear=False)
    screen.show(Notice("one"))
    screen.clear()
    screen.show(Notice("two"))
    (_, first_id, _), _, (second, second_id, is_update) = messages.sent
    assert (second, is_update, first_id == second_id) == ("two", False, False)


def test_a_view_reaches_the_front_end_as_text_and_html(displayed):
    NotebookScreen(may_clear=True).show(Notice("<one>"))
    (output,) = displayed.outputs
    assert output.data["text/plain"] == "<one>"
    assert "&lt;one&gt;" in output.data["text/html"]


# In a terminal


def test_a_terminal_shows_the_first_line_only_and_overwrites_it(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    screen = TerminalScreen()
    screen.show(Notice("one\nmore"))
    screen.show(Notice("two"))
    screen.clear()
    assert capsys.readouterr().err == "\r\x1b[2Kone\r\x1b[2Ktwo\r\x1b[2K"
