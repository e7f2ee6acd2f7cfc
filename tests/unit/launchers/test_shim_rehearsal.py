"""A rehearsal of a shim goes as far as the start of its run, and leaves nothing behind in the process."""

import signal
from pathlib import Path

from jupyter_mlops.home import lock_holder
from jupyter_mlops.launchers import rehearse_shim


def test_a_rehearsal_comes_to_the_start_and_gives_everything_back(tmp_path):
    open_before, handlers = descriptors(), [signal.getsignal(number) for number in (15, 17)]
    rehearse_shim(tmp_path)
    rehearse_shim(tmp_path)
    (run,) = (tmp_path / "runs").iterdir()
    assert sorted(path.name for path in run.iterdir()) == ["inputs.json", "shim.json", "spec.json"]
    assert lock_holder(tmp_path / "slots" / "0.lock") is None
    assert descriptors() == open_before
    assert [signal.getsignal(number) for number in (15, 17)] == handlers


def descriptors():
    return {path.name for path in Path("/proc/self/fd").iterdir()}
