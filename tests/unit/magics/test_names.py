"""Names and parameters for people: how wide they are, where they are cut, and text told from figures."""

import pytest

from jupyter_mlops.magics._names import cut_middle, param_text, told_apart, width


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("abc", 3), ("größe", 5), ("学習", 4), ("🚀", 2), ("e\u0301", 1), ("a\u200db", 2), ("…", 1)],
)
def test_width(text, cells):
    assert width(text) == cells


@pytest.mark.parametrize(
    ("text", "longest", "cut"),
    [
        ("short", 5, "short"),
        ("abcdefghij", 5, "ab…ij"),
        ("abcdefghij", 6, "abc…ij"),
        ("学習学習学習", 7, "学習…習"),
        ("学習学習学習", 12, "学習学習学習"),
        ("ab", 1, "…"),
    ],
)
def test_a_name_is_cut_in_the_middle(text, longest, cut):
    assert cut_middle(text, longest) == cut
    assert width(cut) <= longest


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1.0", "k=1.0"),
        ("[1, 2]", "k=[1, 2]"),
        ("None", "k=None"),
        ("'quoted'", "k='quoted'"),
        ("adam", "k='adam'"),
        ("x+1", "k='x+1'"),
        ("it's", 'k="it\'s"'),
        ("", "k=''"),
        ("7" * 300, f"k='{'7' * 29}…{'7' * 28}'"),
    ],
)
def test_text_stands_in_quotes_and_a_literal_does_not(text, shown):
    assert param_text("k", text) == shown


def test_only_runs_of_the_same_name_need_their_ids():
    assert told_apart([("a" * 32, "x"), ("b" * 32, "y")]) == {"a" * 32: "x", "b" * 32: "y"}
    assert told_apart([("a" * 32, "x"), ("b" * 32, "x")]) == {"a" * 32: "x (aaaaaaaa)", "b" * 32: "x (bbbbbbbb)"}
    assert told_apart([("a" * 32, "x")], own="x") == {"a" * 32: "x (aaaaaaaa)"}
    assert told_apart([]) == {}
