"""Names of people as names of directories: nothing in them leads anywhere."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.tensorboard import directory_name, distinct_labels


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("baseline", "baseline"),
        ("wide & deep (v2)", "wide & deep (v2)"),
        ("lr=0.1/deep", "lr=0.1_deep"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("gs://bucket,x:y", "gs___bucket_x_y"),
        ("новая модель", "новая модель"),
        ("a\nb\x00c", "a_b_c"),
        ("..", ""),
        (" .hidden. ", "hidden"),
    ],
)
def test_b04_a_name_becomes_one_part_of_a_path(name, label):
    assert directory_name(name) == label


@given(
    st.lists(st.tuples(st.uuids().map(lambda u: u.hex), st.text(max_size=300)), max_size=8, unique_by=lambda r: r[0])
)
def test_labels_are_distinct_and_safe_whatever_the_names(runs):
    labels = distinct_labels(runs)
    assert len({label.casefold() for label in labels}) == len(runs)
    for label in labels:
        assert PurePosixPath(label).parts == (label,)
        assert label not in (".", "..")
        assert len(label.encode()) < 200


def test_only_equal_names_get_a_piece_of_the_id():
    runs = [("1" * 32, "base"), ("2" * 32, "wide"), ("3" * 32, "Base"), ("4" * 32, "")]
    assert distinct_labels(runs) == ["base-11111111", "wide", "Base-33333333", "44444444"]
