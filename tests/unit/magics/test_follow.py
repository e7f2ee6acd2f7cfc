"""Following a run in the output of the waiting cell: its text as it is printed, its displays in the end."""

from collections.abc import Iterator

import pytest
from IPython.utils.capture import CapturedIO, capture_output

from jupyter_mlops.magics._log_view import follow
from jupyter_mlops.services import Display


class PrintedRun:
    """A run that has printed and displayed something."""

    def __init__(self, *texts: str, events: tuple[Display, ...] = ()) -> None:
        self._texts = texts
        self._events = events

    def follow(self):
        yield from self._texts

    def displays(self) -> tuple[Display, ...]:
        return self._events


@pytest.fixture
def displayed(shell) -> Iterator[CapturedIO]:
    """What reaches the front end."""
    with capture_output() as captured:
        yield captured


def texts(captured: CapturedIO) -> list[str]:
    return [output.data["text/plain"] for output in captured.outputs]


def event(kind: str, text: str = "", *, seq: int = 0, display_id: str = "") -> Display:
    transient = {"display_id": display_id} if display_id else {}
    return Display(seq=seq, offset=0, kind=kind, data={"text/plain": text} if text else {}, transient=transient)


def test_text_is_written_as_it_was_printed(capsys):
    follow(PrintedRun("epoch 1\r", "epoch 2\n"), with_displays=False)
    assert capsys.readouterr().out == "epoch 1\repoch 2\n"


def test_displays_follow_in_their_last_state(displayed):
    events = (
        event("display", "first", seq=0, display_id="bar"),
        event("display", "figure", seq=1),
        event("update", "last", seq=2, display_id="bar"),
        event("update", "of nothing", seq=3, display_id="unknown"),
        event("result", "42", seq=4),
        event("error", "ValueError", seq=5),
    )
    follow(PrintedRun(events=events), with_displays=True)
    assert texts(displayed) == ["last", "figure", "42"]


def test_what_was_cleared_is_not_shown(displayed):
    events = (event("display", "old", seq=0), event("clear", seq=1), event("display", "new", seq=2))
    follow(PrintedRun(events=events), with_displays=True)
    assert texts(displayed) == ["new"]


def test_an_interrupt_ends_the_looking(displayed):
    class Endless(PrintedRun):
        def follow(self):
            yield "one"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follow(Endless(), with_displays=True)
    assert texts(displayed) == []
