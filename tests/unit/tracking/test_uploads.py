"""Artifacts are sent once each, whole, and again when they change."""

import os
import socket
from pathlib import Path

import pytest

from jupyter_mlops.entities import decode, encode
from jupyter_mlops.tracking._cursor import Cursor
from jupyter_mlops.tracking._uploads import HIDDEN_PREFIX, upload


class Repository:
    """Keeps what is sent to it; refuses a name if told so."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.sent: list[tuple[str, bytes]] = []

    def log_artifact(self, path: str, target: str | None) -> None:
        if self.refused and Path(path).name == self.refused:
            raise OSError("no space left over there")
        self.sent.append((Path(target or "", Path(path).name).as_posix(), Path(path).read_bytes()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "artifacts"
    (folder / "model" / "data").mkdir(parents=True)
    (folder / "b.txt").write_bytes(b"b")
    (folder / "a.txt").write_bytes(b"a")
    (folder / "model" / "data" / "weights ü.bin").write_bytes(bytes(range(256)))
    return folder


WHOLE = [("a.txt", b"a"), ("b.txt", b"b"), ("model/data/weights ü.bin", bytes(range(256)))]


def test_every_file_goes_to_its_own_place(tmp_path: Path, folder: Path) -> None:
    repository, cursor = Repository(), Cursor()
    upload(folder, repository, tmp_path, cursor)
    assert repository.sent == WHOLE
    assert cursor.artifacts == {
        f"artifacts/{name}": f"{len(data)}:{(folder / name).stat().st_mtime_ns}" for name, data in WHOLE
    }


def test_what_was_sent_is_not_sent_again_and_what_changed_is(tmp_path: Path, folder: Path) -> None:
    cursor = Cursor()
    upload(folder, Repository(), tmp_path, cursor)
    again = Repository()
    upload(folder, again, tmp_path, cursor)
    assert again.sent == []
    (folder / "a.txt").write_bytes(b"other")
    os.utime(folder / "b.txt", ns=(1, 1))
    upload(folder, again, tmp_path, cursor)
    assert again.sent == [("a.txt", b"other"), ("b.txt", b"b")]


def test_after_a_failure_only_the_rest_is_sent(tmp_path: Path, folder: Path) -> None:
    cursor = Cursor()
    first = Repository(refused="b.txt")
    with pytest.raises(OSError, match="over there"):
        upload(folder, first, tmp_path, cursor)
    second = Repository()
    upload(folder, second, tmp_path, cursor)
    assert (first.sent, second.sent) == (WHOLE[:1], WHOLE[1:])


RAW = os.fsdecode(b"\xff.bin")
"""A name that is no UTF-8, as Python says it."""


def test_a_name_that_is_no_text_is_sent_once_and_remembered(tmp_path: Path, folder: Path) -> None:
    (folder / RAW).write_bytes(b"raw")
    cursor, repository = Cursor(), Repository()
    assert upload(folder, repository, tmp_path, cursor) == ()
    assert repository.sent == sorted([*WHOLE, (RAW, b"raw")], key=lambda sent: (sent[0].count("/"), sent[0]))
    assert upload(folder, repository, tmp_path, decode(encode(cursor), Cursor)) == ()
    assert len(repository.sent) == 4


def test_a_name_that_the_store_cannot_say_does_not_hold_up_the_others(tmp_path: Path, folder: Path) -> None:
    class OverHttp(Repository):
        def log_artifact(self, path: str, target: str | None) -> None:
            Path(path).name.encode()
            super().log_artifact(path, target)

    (folder / RAW).write_bytes(b"raw")
    cursor, repository = Cursor(), OverHttp()
    assert upload(folder, repository, tmp_path, cursor) == (r"artifacts/\udcff.bin",)
    assert repository.sent == WHOLE
    assert upload(folder, repository, tmp_path, cursor) == ()


def test_f28_a_file_that_is_being_written_is_not_sent(tmp_path: Path, folder: Path) -> None:
    (folder / f"{HIDDEN_PREFIX}1234.c.txt").write_bytes(b"half")
    repository = Repository()
    upload(folder, repository, tmp_path, Cursor())
    assert repository.sent == WHOLE


def test_the_hidden_name_is_the_one_that_mlflow_gives() -> None:
    from jupyter_mlops.tracking._staged_artifacts import HIDDEN_PREFIX as WRITTEN

    assert WRITTEN == HIDDEN_PREFIX


def test_b12_links_pipes_and_sockets_are_left_alone(tmp_path: Path, folder: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("hunter2")
    (folder / "link").symlink_to(secret / "key")
    (folder / "folder").symlink_to(secret)
    (folder / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        before = Path.cwd()
        os.chdir(folder)
        try:
            listener.bind("socket")
        finally:
            os.chdir(before)
        repository = Repository()
        upload(folder, repository, tmp_path, Cursor())
    assert repository.sent == WHOLE


def test_a_run_without_artifacts_has_nothing_to_send(tmp_path: Path) -> None:
    repository, cursor = Repository(), Cursor()
    upload(tmp_path / "absent", repository, tmp_path, cursor)
    assert (repository.sent, cursor) == ([], Cursor())


def test_our_ids_in_an_mlmodel_file_become_the_stores(tmp_path: Path, folder: Path) -> None:
    (folder / "MLmodel").write_text("run_id: aaaa\nmodel_id: m-bbbb\nname: ü\n")
    (folder / "notes.txt").write_text("run_id: aaaa")
    repository = Repository()
    upload(folder, repository, tmp_path, Cursor(), {"aaaa": "1111", "bbbb": "2222"})
    sent = dict(repository.sent)
    assert sent["MLmodel"].decode() == "run_id: 1111\nmodel_id: m-2222\nname: ü\n"
    assert sent["notes.txt"] == b"run_id: aaaa"
    assert (folder / "MLmodel").read_text() == "run_id: aaaa\nmodel_id: m-bbbb\nname: ü\n"


def test_without_other_ids_an_mlmodel_file_is_sent_byte_for_byte(tmp_path: Path, folder: Path) -> None:
    (folder / "MLmodel").write_bytes(b"\xff\xfe no text\r\n")
    repository = Repository()
    upload(folder, repository, tmp_path, Cursor(), {})
    assert dict(repository.sent)["MLmodel"] == b"\xff\xfe no text\r\n"
