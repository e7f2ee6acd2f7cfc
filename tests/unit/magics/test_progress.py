"""How far a long line is: said after a moment, now and then, with what is left; in the end nothing of it remains."""

import re

import pytest

from jupyter_mlops.magics._progress import Steps, StepsView, stepwise
from jupyter_mlops.magics._view import View


class Shown:
    """A screen that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def show(self, view: View) -> None:
        self.lines.append(repr(view))

    def clear(self) -> None:
        self.lines.append("cleared")


class Watch:
    """A clock that goes on by itself, a step with each look."""

    def __init__(self, step_s: float) -> None:
        self._step_s, self._now = step_s, 0.0

    def __call__(self) -> float:
        self._now += self._step_s
        return self._now


def told(step_s: float, *steps: tuple[str, int, int]) -> list[str]:
    screen = Shown()
    progress = Steps(screen, Watch(step_s))
    for step in steps:
        progress.tell(*step)
    return screen.lines


def test_what_is_quick_says_nothing():
    assert told(0.01, *(("resamples", done, 10) for done in range(11))) == []


def test_what_is_slow_says_how_far_it_is_and_how_long_it_will_take():
    assert told(1.0, *(("resamples", done, 4) for done in (0, 1, 3))) == [
        "0 of 4 resamples · 0 ms - interrupt to stop",
        "1 of 4 resamples · 1.0 s, about 3.0 s left - interrupt to stop",
        "3 of 4 resamples · 2.0 s, about 667 ms left - interrupt to stop",
    ]


def test_a_line_is_not_shown_more_often_than_it_can_be_read():
    shown = told(0.1, *(("resamples", done, 1_000) for done in range(20)))
    assert [line.partition(" ")[0] for line in shown] == ["4", "7", "10", "13", "16", "19"]


def test_each_kind_of_step_has_a_time_of_its_own():
    assert told(1.0, ("columns shuffled", 0, 2), ("columns shuffled", 1, 2), ("shapes", 0, 2), ("shapes", 1, 2))[
        2:
    ] == [
        "0 of 2 shapes · 0 ms - interrupt to stop",
        "1 of 2 shapes · 1.0 s, about 1.0 s left - interrupt to stop",
    ]


def test_a_notebook_shows_a_bar_that_a_screen_reader_can_name():
    page = StepsView("resamples", 1_500, 2_000, 3.0)._repr_html_()

    assert re.search(r"1,500 of 2,000 resamples · 3.0 s, about 1.0 s left", page)
    bar = re.search("<progress[^>]*>", page)[0]
    assert all(part in bar for part in ('aria-label="resamples"', 'max="2000"', 'value="1500"'))
    assert 'role="status"' in page


def test_in_the_end_nothing_remains():
    screen = Shown()
    with stepwise(screen, "Stopped.") as steps:
        steps.tell("resamples", 1, 2)

    assert screen.lines == ["cleared"]


def test_an_interrupt_says_what_it_stopped():
    screen = Shown()
    with (
        pytest.raises(KeyboardInterrupt, match="Stopped; no report was made"),
        stepwise(screen, "Stopped; no report was made."),
    ):
        raise KeyboardInterrupt

    assert screen.lines == ["cleared"]


def test_other_failures_are_what_they_are():
    screen = Shown()
    with pytest.raises(ValueError, match="no"), stepwise(screen, "Stopped."):
        raise ValueError("no")

    assert screen.lines == ["cleared"]
