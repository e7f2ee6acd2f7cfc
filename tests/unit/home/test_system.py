"""Directories of the user, and file systems that are not this machine's."""

import os
import tempfile
from pathlib import Path

import pytest

from jupyter_mlops.exceptions import HomeError
from jupyter_mlops.home import on_network_filesystem
from jupyter_mlops.home._system import runtime_dir_of, user_data_dir

HOME = Path("/somewhere/.mlops")

MOUNTS = r"""
/dev/vda / ext4 rw 0 0
server:/export /home nfs4 rw 0 0
/dev/vdb /home/fast xfs rw 0 0
//server/share /mnt/my\040share cifs rw 0 0
host:/x /mnt/ssh fuse.sshfs rw 0 0
tmpfs /mnt/hidden tmpfs rw 0 0
server:/x /mnt/hidden nfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/tmp/x", False),
        ("/home/me/project", True),
        ("/home", True),
        ("/homework", False),
        ("/home/fast/project", False),
        ("/mnt/my share/x", True),
        ("/mnt/ssh/x", True),
        ("/mnt/hidden/x", True),
    ],
)
def test_a_network_file_system_is_told_by_its_nearest_mount(tmp_path, path, answer):
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert on_network_filesystem(Path(path), mounts) is answer


def test_where_mounts_are_not_told_nothing_is_assumed(tmp_path):
    assert not on_network_filesystem(tmp_path, tmp_path / "no")


def test_this_machine_tells_its_mounts(tmp_path):
    assert on_network_filesystem(tmp_path) in (True, False)


def test_the_data_directory_follows_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert user_data_dir() == tmp_path / "jupyter-mlops"


@pytest.mark.parametrize("unusable", ["", "relative/path"])
def test_else_it_is_below_the_users_home(tmp_path, monkeypatch, unusable):
    monkeypatch.setenv("XDG_DATA_HOME", unusable)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_data_dir() == tmp_path / ".local" / "share" / "jupyter-mlops"


@pytest.fixture
def temporary(monkeypatch):
    """A short temporary directory that the package takes for the system's."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
        yield Path(folder)


def test_sockets_lie_in_the_runtime_directory(temporary, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(temporary))
    assert runtime_dir_of(HOME).parent == temporary / "jupyter-mlops"
    assert runtime_dir_of(HOME) == runtime_dir_of(HOME)
    assert runtime_dir_of(HOME) != runtime_dir_of(Path("/elsewhere/.mlops"))


@pytest.mark.parametrize("unusable", ["", "relative", "/does/not/exist", "/proc"])
def test_else_in_the_temporary_directory(temporary, monkeypatch, unusable):
    monkeypatch.setenv("XDG_RUNTIME_DIR", unusable)
    assert runtime_dir_of(HOME).parent == temporary / f"jupyter-mlops-{os.getuid()}"


def test_a_long_temporary_directory_is_passed_over(temporary, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / ("long" * 25)))
    folder = runtime_dir_of(HOME)
    assert folder.parent == Path(f"/tmp/jupyter-mlops-{os.getuid()}")
    folder.rmdir()


def test_what_others_could_enter_is_closed(temporary):
    base = temporary / f"jupyter-mlops-{os.getuid()}"
    base.mkdir()
    base.chmod(0o777)
    assert [path.stat().st_mode & 0o777 for path in (runtime_dir_of(HOME), base)] == [0o700, 0o700]


def test_a_link_that_somebody_put_there_first_is_refused(temporary):
    (temporary / "elsewhere").mkdir()
    (temporary / f"jupyter-mlops-{os.getuid()}").symlink_to(temporary / "elsewhere")
    with pytest.raises(HomeError, match="is not yours"):
        runtime_dir_of(HOME)


@pytest.mark.root
def test_a_directory_of_another_user_is_refused(temporary):
    base = temporary / f"jupyter-mlops-{os.getuid()}"
    base.mkdir()
    os.chown(base, 65534, 65534)
    with pytest.raises(HomeError, match=r"is not yours\. Remove it, or set XDG_RUNTIME_DIR"):
        runtime_dir_of(HOME)


def test_a_runtime_directory_that_cannot_be_used_is_passed_over(temporary, monkeypatch):
    runtime = temporary / "run"
    runtime.mkdir()
    (runtime / "jupyter-mlops").touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    assert runtime_dir_of(HOME).parent == temporary / f"jupyter-mlops-{os.getuid()}"
