"""Words that contain a text are found whatever way is the quicker one, and never across two of them."""

import random

import pytest

from jupyter_mlops.tracking._catalog_word_search import WordSearch


@pytest.fixture
def words():
    """Return 2,000 words, some of them empty, twice there, not ASCII, or with what joins them."""
    chance = random.Random(7)
    made = ["".join(chance.choices("abcdé🐍-", k=chance.randrange(8))) for _ in range(1990)]
    return [*made, "", "a\0b", "\0", "needle", "needle-needle", "nee", "dle", "(a|b)", "x" * 5000, "needle"]


@pytest.mark.parametrize(
    "text", ["needle", "dlenee", "a", "ab", "🐍é", "(a|b)", ".", "x" * 4999, "\0", "a\0", "", "nobody has this"]
)
def test_it_finds_what_a_look_at_every_word_finds(words, text):
    assert list(WordSearch(words).containing(text)) == [text in word for word in words]


def test_words_that_come_later_are_found_too(words):
    search = WordSearch(words)
    search.containing("needle")
    words += ["another needle", ""]
    assert list(search.containing("needle")) == ["needle" in word for word in words]


def test_no_words_contain_nothing():
    assert WordSearch([]).containing("a") == b""
