"""Names for elsewhere: valid whatever the user calls a model."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.deployment._names import dns_label, file_name


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("wide", "wide"),
        ("Wide_2.5 (best)", "wide-2-5-best"),
        ("2nd", "m-2nd"),
        ("--a--", "a"),
        ("Größe", "grosse"),
        ("naïve", "naive"),
        ("a" * 80, "a" * 40),
        ("a" * 39 + "-b", "a" * 39),
    ],
)
def test_a_label_says_what_the_name_said(text, label):
    assert dns_label(text) == label


@pytest.mark.parametrize("text", ["", "模型", "🙂", "...", "\ud800"])
def test_a_text_without_such_letters_gets_a_digest(text):
    assert re.fullmatch(r"model-[0-9a-f]{6}", dns_label(text))
    assert re.fullmatch(r"model_[0-9a-f]{6}", file_name(text))


def test_different_texts_without_such_letters_get_different_names():
    assert dns_label("模型") != dns_label("模式")


@given(st.text())
def test_every_text_gives_a_valid_label(text):
    """DNS-1035, which is what a Service wants."""
    assert re.fullmatch(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?", dns_label(text))


@given(st.text())
def test_every_text_gives_the_name_of_a_folder(text):
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}", file_name(text))


@given(st.text())
def test_a_name_that_was_made_stays(text):
    assert dns_label(dns_label(text)) == dns_label(text)
    assert file_name(file_name(text)) == file_name(text)
