"""A package's folder: there as a whole or not at all, and never in the place of what is not ours."""

import json
from dataclasses import replace

import pytest

from jupyter_mlops.deployment._folder import RECORD, drafted
from jupyter_mlops.entities import PackageFile
from jupyter_mlops.exceptions import ExportError, UsageError


def write(directory, **files):
    with drafted(directory, "docker") as draft:
        for name, text in (files or {"a.txt": "a"}).items():
            draft.write(name, text, "a file")


def write_then(directory, happens):
    with drafted(directory, "docker") as draft:
        draft.write("a.txt", "a", "a file")
        happens()


def interrupt():
    raise KeyboardInterrupt


def texts(directory):
    return {
        path.relative_to(directory).as_posix(): path.read_text()
        for path in directory.rglob("*")
        if path.is_file() and path.name != RECORD
    }


def test_a_folder_is_there_when_it_is_whole(tmp_path):
    place = tmp_path / "made"
    with drafted(place, "docker") as draft:
        draft.write("in/side.txt", "text", "a text")
        draft.write("b.bin", b"\x00", "bytes")
        assert not place.exists()

    assert draft.files == (PackageFile("in/side.txt", "a text"), PackageFile("b.bin", "bytes"))
    assert texts(place) == {"in/side.txt": "text", "b.bin": "\x00"}
    assert json.loads((place / RECORD).read_text())["target"] == "docker"
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_what_goes_wrong_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write_then(tmp_path / "made", interrupt)
    assert list(tmp_path.iterdir()) == []


def test_what_goes_wrong_leaves_the_folder_that_was_there(tmp_path):
    write(tmp_path / "made", first="1")
    with pytest.raises(KeyboardInterrupt):
        write_then(tmp_path / "made", interrupt)
    assert texts(tmp_path / "made") == {"first": "1"}


def test_an_own_folder_is_replaced_as_a_whole(tmp_path):
    write(tmp_path / "made", first="1", both="1")
    write(tmp_path / "made", second="2", both="2")
    assert texts(tmp_path / "made") == {"second": "2", "both": "2"}
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "made").mkdir()
    write(tmp_path / "made")
    assert texts(tmp_path / "made") == {"a.txt": "a"}


def changed(place):
    (place / "a.txt").write_text("mine")


def added(place):
    (place / "deep").mkdir()
    (place / "deep" / "mine.txt").write_text("mine")


def removed(place):
    (place / "a.txt").unlink()


def linked(place):
    (place / "link").symlink_to("/etc/passwd")


@pytest.mark.parametrize("what", ["changed", "added", "removed", "linked"])
def test_a_folder_that_somebody_changed_stays(tmp_path, what):
    place = tmp_path / "made"
    write(place)
    globals()[what](place)
    before = texts(place)

    with pytest.raises(UsageError, match=r"was changed since it was written: (a\.txt|deep/mine\.txt|link)\."):
        write(place, other="2")
    assert texts(place) == before


@pytest.mark.parametrize("record", [None, "", "[]", '{"files": []}', "[" * 100_000])
def test_a_folder_of_somebody_else_stays(tmp_path, record):
    place = tmp_path / "made"
    place.mkdir()
    (place / "thesis.tex").write_text("mine")
    if record is not None:
        (place / RECORD).write_text(record)

    with pytest.raises(UsageError, match="files that are not ours"):
        write(place)
    assert texts(place) == {"thesis.tex": "mine"}


def test_a_file_and_a_link_are_no_folders_of_ours(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    for name in ("file", "link"):
        with pytest.raises(UsageError, match="no folder of ours"):
            write(tmp_path / name)


def test_what_appears_meanwhile_stays(tmp_path):
    place = tmp_path / "made"

    def somebody_comes():
        place.mkdir()
        (place / "thesis.tex").write_text("mine")

    with pytest.raises(UsageError, match="not ours"):
        write_then(place, somebody_comes)
    assert texts(place) == {"thesis.tex": "mine"}


def test_a_place_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"There is no folder .*none"):
        write(tmp_path / "none" / "made")


def test_a_long_name_is_no_trouble(tmp_path):
    write(tmp_path / ("m" * 200))
    assert texts(tmp_path / ("m" * 200)) == {"a.txt": "a"}


def test_a_model_is_copied_when_it_is_the_one_that_was_checked(tmp_path, bundles):
    bundle = bundles["frame"]
    with drafted(tmp_path / "made", "docker") as draft:
        assert draft.copy_model(bundle, "model.onnx").read_bytes() == bundle.path.read_bytes()
        with pytest.raises(ExportError, match="has changed since it was checked"):
            draft.copy_model(replace(bundle, sha256="0" * 64), "other.onnx")
        with pytest.raises(ExportError, match="cannot be read: No such file"):
            draft.copy_model(replace(bundle, path=tmp_path / "gone.onnx"), "other.onnx")
    assert list(texts_of(tmp_path / "made")) == ["model.onnx"]


def texts_of(directory):
    return sorted(path.name for path in directory.iterdir() if path.name != RECORD)
