"""Columns: what a row has, which rows fulfil a condition, and what they are sorted by."""

import math

from jupyter_mlops.tracking import NumberColumn, TextColumn, flags_of, mask_of


def rows_of(mask: int, height: int = 12) -> list[int]:
    return [row for row, flag in enumerate(flags_of(mask, height)) if flag]


def test_a_mask_is_one_byte_a_row():
    assert rows_of(mask_of([1, 0, True])) == [0, 2]
    assert rows_of(mask_of([1, 1], start=5) & mask_of([0] * 6 + [1])) == [6]


def test_a_number_stands_where_it_was_put_and_nowhere_else():
    column = NumberColumn()
    column.set(7, None)
    column.set(4, 0.5)
    column.set(9, -1.0)
    column.set(2, 3.0)
    assert [column.get(row) for row in range(12)] == [None, None, 3.0, None, 0.5, *[None] * 4, -1.0, None, None]
    assert (rows_of(column.present), column.count, column.start) == ([2, 4, 9], 3, 2)

    column.set(4, None)
    column.set(11, None)
    column.set(2, 3.5)
    assert (rows_of(column.present), column.count, column.get(2)) == ([2, 9], 2, 3.5)


def test_a_condition_counts_only_where_there_is_a_number():
    column = NumberColumn()
    for row, value in [(1, 0.5), (3, 0.0), (4, math.nan), (6, -math.inf)]:
        column.set(row, value)
    assert rows_of(column.where(lambda held: [value < 0.1 for value in held])) == [3, 6]
    assert rows_of(column.where(lambda held: [value == 0.0 for value in held])) == [3]
    assert rows_of(column.where(lambda held: [value != 0.0 for value in held])) == [1, 4, 6]
    assert [column.sort_key(row) for row in (0, 1, 4, 6)] == [None, 0.5, None, -math.inf]


def test_a_text_is_kept_once_and_found_by_row():
    column = TextColumn()
    for row, text in [(3, "adam"), (5, "sgd"), (4, "adam"), (1, "ADAM")]:
        column.set(row, text)
    column.set(8, None)
    column.set(5, None)
    column.set(10, "adam")
    assert [column.get(row) for row in range(12)] == [
        None, "ADAM", None, "adam", "adam", *[None] * 5, "adam", None
    ]  # fmt: skip
    assert (column.words, column.count) == (["adam", "sgd", "ADAM"], 4)
    assert (rows_of(column.present), rows_of(column.equal_to("adam"))) == ([1, 3, 4, 10], [3, 4, 10])
    assert rows_of(column.equal_to("nobody")) == []
    assert list(column.codes([3, 0, 1])) == [0, -1, 2]


def test_words_are_worked_out_once_and_again_when_more_come():
    column = TextColumn()
    column.set(0, "Straße")
    assert list(column.words_containing("STRASSE")) == [1]
    column.set(1, "1e-3")
    column.set(2, "nan")
    values, others = column.numbers
    assert (others, values[1], [math.isnan(value) for value in values]) == ([0], 0.001, [True, False, True])
    column.set(3, "x")
    assert column.numbers[1] == [0, 3]
    assert [rows_of(column.where(column.words_containing(text))) for text in ("X", "", "a")] == [
        [3], [0, 1, 2, 3], [0, 2],
    ]  # fmt: skip
    assert [list(column.words_equal(text)) for text in ("nan", "NaN")] == [[0, 0, 1, 0], [0, 0, 0, 0]]


def test_texts_sort_as_numbers_first_and_whatever_their_case():
    column = TextColumn()
    texts = ["b", "A", "10", "9", "nan", "-inf"]
    for row, text in enumerate(texts):
        column.set(row, text)
    assert [texts[row] for row in sorted(range(6), key=column.sort_key)] == ["-inf", "9", "10", "A", "b", "nan"]
    assert column.sort_key(6) is None

    states = TextColumn(["RUNNING", "FINISHED"].index)
    states.set(0, "FINISHED")
    states.set(1, "RUNNING")
    assert sorted(range(2), key=states.sort_key) == [1, 0]


def test_an_empty_column_has_nothing():
    for column in (NumberColumn(), TextColumn()):
        assert (column.present, column.count, column.get(3), column.sort_key(3)) == (0, 0, None, None)
        column.set(2, None)
        assert column.present == 0
