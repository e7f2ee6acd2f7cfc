"""Two ways to ask a session whose answer hangs on the batch: here it says how many rows there were."""

import numpy as np
import pytest

from jupyter_mlops.export._sessions import RowByRow, Together


class Counting:
    """Answers each row with itself, and with how many came with it."""

    name = "counting"

    def __init__(self):
        self.asked = []

    def run(self, names, feeds):
        rows = len(feeds["x"])
        self.asked.append(rows)
        return [feeds["x"], np.full((rows, 1), rows)]


ROWS = np.array([[1.0, np.nan], [2.0, 3.0], [1.0, np.nan]])
TEXTS = np.array([["Bern"], ["Köln"], ["Bern"]], dtype=object)


def ask(session, rows=slice(None)):
    return [answer.tolist() for answer in session.run(["x", "count"], {"x": ROWS[rows], "town": TEXTS[rows]})]


def test_row_by_row_no_row_sees_another():
    session = Counting()
    by_row = RowByRow(session)

    assert ask(by_row)[1] == [[1], [1], [1]]
    assert session.asked == [1, 1, 1]
    assert np.array_equal(by_row.first, ROWS, equal_nan=True)


def test_row_by_row_keeps_what_was_said_first():
    by_row = RowByRow(Counting())
    assert len(by_row.first) == 0
    ask(by_row, slice(0, 0))
    ask(by_row, slice(0, 2))
    ask(by_row)

    assert len(by_row.first) == 2


def test_together_one_row_is_what_it_was_beside_the_others():
    session = Counting()
    together = Together(session)

    assert ask(together)[1] == [[3], [3], [3]]
    assert [ask(together, [at])[1] for at in range(3)] == [[[3]], [[3]], [[3]]]
    assert session.asked == [3]


def test_together_a_row_that_nobody_asked_about_is_asked_alone():
    session = Counting()
    together = Together(session)
    ask(together, [0])

    assert ask(together, [1])[1] == [[1]]
    assert session.asked == [1, 1]


@pytest.mark.parametrize("kind", [RowByRow, Together])
def test_no_rows_and_what_else_a_session_has_are_the_sessions(kind):
    session = kind(Counting())

    assert ask(session, slice(0, 0)) == [[], []]
    assert session.name == "counting"
    with pytest.raises(AttributeError):
        session.unknown  # noqa: B018
