"""Memory-mapped files without descriptors."""

import os

import pytest

from jupyter_mlops.home._mapping import map_private


@pytest.fixture
def descriptor(tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    descriptor = os.open(tmp_path / "file", os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def test_the_bytes_of_a_file_are_memory(descriptor):
    view = map_private(descriptor, 3, writable=True)
    assert (view.tobytes(), view.readonly, view.format, view.nbytes) == (b"abc", False, "B", 3)


def test_memory_for_reading_is_read_only(descriptor):
    assert map_private(descriptor, 3, writable=False).readonly


def test_what_cannot_be_mapped_is_an_error(descriptor):
    with pytest.raises(OSError, match="Invalid argument"):
        map_private(descriptor, 0, writable=True)
