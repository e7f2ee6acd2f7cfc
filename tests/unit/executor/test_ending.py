import errno

import pytest

from jupyter_mlops.exceptions import HomeError
from jupyter_mlops.executor import after_delivery
from jupyter_mlops.executor._deferred import run_deferred
from jupyter_mlops.executor._ending import write_when_there_is_room


class Disk:
    """A disk that takes a file at the third try."""

    def __init__(self, number: int) -> None:
        self.tries = 0
        self._number = number

    def write(self) -> None:
        self.tries += 1
        if self.tries < 3:
            raise HomeError("cannot write") from OSError(self._number, "why")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_f25_what_decides_the_status_is_written_as_soon_as_the_disk_takes_it(number):
    disk = Disk(number)

    write_when_there_is_room(disk.write)

    assert disk.tries == 3


def test_a_directory_that_was_removed_is_not_waited_for():
    with pytest.raises(HomeError):
        write_when_there_is_room(Disk(errno.ENOENT).write)


def test_deferred_work_may_defer_more_and_may_fail(capsys):
    done = []
    after_delivery.append(lambda: after_delivery.append(lambda: done.append("last")))
    after_delivery.append(lambda: 1 / 0)
    after_delivery.append(lambda: done.append("first"))

    run_deferred()

    assert (done, after_delivery) == (["first", "last"], [])
    assert "ZeroDivisionError" in capsys.readouterr().err
