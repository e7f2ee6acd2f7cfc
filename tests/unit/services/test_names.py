"""Names: whatever comes in, what is stored and shown is short, visible and in one direction (RELIABILITY B4)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.services._names import NAME_LIMIT, clean_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("baseline", "baseline"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("one\ntwo\tthree", "one two three"),
        ("nul\0byte", "nulbyte"),
        ("right\u202eto left", "rightto left"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("isolate\u2066d\u2069", "isolated"),
        ("   ", ""),
        ("", ""),
        ("\u200d", ""),
        ("e\u0301tude", "\u00e9tude"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        ("a" * 10_000, "a" * NAME_LIMIT),
        ("b" * 1_000_000, "b" * NAME_LIMIT),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("esc \x1b[31mred", "esc [31mred"),
    ],
)
def test_b04_a_name_is_made_safe(text, name):
    assert clean_name(text) == name


@given(st.text(max_size=600))
def test_b04_cleaning_is_stable_and_leaves_nothing_invisible(text):
    name = clean_name(text)

    assert clean_name(name) == name
    assert len(name) <= NAME_LIMIT
    assert unicodedata.is_normalized("NFC", name)
    assert not [char for char in name if unicodedata.category(char) in ("Cc", "Cs") or char in "\u202e\u2066\u200f"]
