import io
import sys
import threading
import zipfile

import pytest

from jupyter_mlops.capture import dump_values, load_values


def travelled(value):
    pickled = dump_values({"file": value}, namespace={})
    assert pickled.refused == ()
    return load_values(pickled.stream, namespace={})["file"]


@pytest.mark.parametrize("mode", ["r", "w", "a", "r+", "w+t", "x", "rb", "wb", "r+b", "ab"])
def test_a_closed_file_is_one_again(tmp_path, monkeypatch, mode):
    monkeypatch.chdir(tmp_path)
    name = "new.txt" if mode == "x" else "notes.txt"
    (tmp_path / "notes.txt").write_text("kept")
    with open(name, mode) as file:
        pass
    found = travelled(file)
    assert (type(found), found.name, found.mode, found.closed) == (type(file), name, file.mode, True)
    with pytest.raises(ValueError, match="closed file"):
        found.seek(0)


def test_a_closed_files_encoding_is_kept(tmp_path):
    with (tmp_path / "notes.txt").open("w", encoding="latin-1", errors="replace") as file:
        pass
    found = travelled(file)
    assert (found.encoding, found.errors, found.name) == ("latin-1", "replace", file.name)


@pytest.mark.parametrize("name", ["stdout", "stderr", "__stdout__", "__stderr__"])
def test_where_prints_go_is_where_they_go_in_the_other_process(monkeypatch, name):
    """Given a bar that prints to a stream of this process; when it has travelled; then it prints to one of that one."""
    monkeypatch.setattr(sys, name, io.TextIOWrapper(io.BytesIO()))
    pickled = dump_values({"bar": {"fp": getattr(sys, name)}}, namespace={})
    monkeypatch.setattr(sys, name.strip("_"), io.StringIO())
    assert pickled.refused == ()
    assert load_values(pickled.stream, namespace={})["bar"]["fp"] is getattr(sys, name.strip("_"))


class KernelStream(io.TextIOBase):
    """As ipykernel's: it holds what no other process can have."""

    def __init__(self, told=0):
        self.lock, self.told = threading.Lock() if told == 0 else None, told


def test_a_kernels_stream_is_the_other_processs_own(monkeypatch):
    monkeypatch.setattr(sys, "stdout", KernelStream())
    pickled = dump_values({"out": sys.stdout, "other": KernelStream(told=5)}, namespace={})
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    found = load_values(pickled.stream, namespace={})
    assert (found["out"] is sys.stdout, found["other"].told) == (True, 5)


def test_an_open_file_is_refused_with_a_remedy(tmp_path):
    with (tmp_path / "notes.txt").open("w") as file:
        (refusal,) = dump_values({"file": file}, namespace={}).refused
    assert str(refusal) == "file is a _io.TextIOWrapper. It lives in one process only; open it inside the cell."


def test_a_file_without_a_name_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("member", "text")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive, io.BufferedReader(io.BytesIO(b"")) as file:
        pass
    assert [refusal.type for refusal in dump_values({"file": file}, namespace={}).refused] == ["_io.BufferedReader"]
