"""Words that contain a text are found whatever way is the quicker one, and never across two of them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.tracking._catalog._word_search import WordSearch


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


LETTERS = st.sampled_from(["a", "b", "A", ".", "\\", "(", "\n", "é", "ß", "🐍", "\0", "\ud800"])
TEXTS = st.lists(LETTERS, max_size=4).map("".join)


@given(st.lists(TEXTS, max_size=30), st.lists(TEXTS, max_size=30), st.lists(TEXTS, min_size=1, max_size=4))
def test_whatever_is_asked_of_whatever_words_the_answer_is_that_of_in(words, later, asked):
    search = WordSearch(words)
    for more in (later, []):
        answers = {text: list(search.containing(text)) for text in asked}
        assert answers == {text: [text in word for word in words] for text in asked}
        words += more


@given(st.lists(TEXTS, min_size=1, max_size=3), TEXTS.filter(bool))
def test_a_rare_text_among_many_words_is_found_at_its_place(few, text):
    """So many words have nothing of it that they are searched end to end."""
    words = [*few, *["x" * (at % 5) for at in range(400)], *few]
    assert list(WordSearch(words).containing(text)) == [text in word for word in words]


@given(TEXTS.filter(bool), TEXTS.filter(bool))
def test_what_two_neighbours_make_together_is_in_neither(left, right):
    words = ["x"] * 200 + [left, right] + ["x"] * 200
    together = left + right
    assert sum(WordSearch(words).containing(together)) == (together in left) + (together in right)
