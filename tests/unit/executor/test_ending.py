import errno
from pathlib import Path

import pytest

from jupyter_mlops.exceptions import HomeError
from jupyter_mlops.executor import after_delivery
from jupyter_mlops.executor._deferred import run_deferred
from jupyter_mlops.executor._ending import write_when_there_is_room
from jupyter_mlops.home import LifeLock, is_flagged


class Disk:
    """A disk that takes a file at the third try; what the lock's flag says is noted at each."""

    def __init__(self, number: int, lock: Path) -> None:
        self.told: list[bool] = []
        self._number = number
        self._lock = lock

    def write(self) -> None:
        self.told.append(is_flagged(self._lock))
        if len(self.told) < 3:
            raise HomeError("cannot write") from OSError(self._number, "why")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_f25_what_decides_the_status_is_written_as_soon_as_the_disk_takes_it(number, tmp_path):
    lock = tmp_path / "executor.lock"
    disk = Disk(number, lock)

    with LifeLock.acquire(lock):
        write_when_there_is_room(disk.write, lock)
        after = is_flagged(lock)

    assert (disk.told, after) == ([False, True, True], False)


def test_a_directory_that_was_removed_is_not_waited_for(tmp_path):
    disk = Disk(errno.ENOENT, tmp_path / "executor.lock")

    with pytest.raises(HomeError):
        write_when_there_is_room(disk.write, tmp_path / "executor.lock")

    assert disk.told == [False]


def test_deferred_work_may_defer_more_and_may_fail(capsys):
    done = []
    after_delivery.append(lambda: after_delivery.append(lambda: done.append("last")))
    after_delivery.append(lambda: 1 / 0)
    after_delivery.append(lambda: done.append("first"))

    run_deferred()

    assert (done, after_delivery) == (["first", "last"], [])
    assert "ZeroDivisionError" in capsys.readouterr().err
