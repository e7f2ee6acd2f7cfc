"""What groups are called."""

import pytest

from jupyter_mlops.services._catalog._words import notebook_labels


@pytest.mark.parametrize(
    ("paths", "labels"),
    [
        (["/w/a.ipynb", "/w/b.ipynb"], ["a.ipynb", "b.ipynb"]),
        (["/w/red/a.ipynb", "/w/blue/a.ipynb", "/w/b.ipynb"], ["red/a.ipynb", "blue/a.ipynb", "b.ipynb"]),
        (["/w/x/red/a.ipynb", "/w/y/red/a.ipynb", "/w/a.ipynb"], ["x/red/a.ipynb", "y/red/a.ipynb", "w/a.ipynb"]),
        (["a.ipynb", "red/a.ipynb"], ["a.ipynb", "red/a.ipynb"]),
        (["", "a.ipynb"], ["", "a.ipynb"]),
        ([], []),
    ],
)
def test_a_notebook_is_called_by_its_file_and_as_many_folders_as_tell_it_from_others(paths, labels):
    assert notebook_labels(paths) == dict(zip(paths, labels, strict=True))
