"""A rehearsal of a shim goes as far as the start of its run, and leaves nothing behind in the process."""

import subprocess
import sys

from jupyter_mlops.home import lock_holder

# In a process of its own: it becomes the parent of orphans, and would stay it.
REHEARSE = """
import os, signal, sys
from pathlib import Path
from jupyter_mlops.launchers import rehearse_shim

def held():
    handlers = [(number, signal.getsignal(number)) for number in sorted(signal.valid_signals())]
    return handlers, signal.pthread_sigmask(signal.SIG_BLOCK, []), sorted(os.listdir("/proc/self/fd"))

before = held()
rehearse_shim(Path(sys.argv[1]))
rehearse_shim(Path(sys.argv[1]))
assert held() == before, (before, held())
"""


def test_a_rehearsal_comes_to_the_start_and_gives_everything_back(tmp_path):
    subprocess.run([sys.executable, "-c", REHEARSE, tmp_path], check=True, timeout=60)
    (run,) = (tmp_path / "runs").iterdir()
    assert sorted(path.name for path in run.iterdir()) == ["inputs.json", "shim.json", "spec.json"]
    assert lock_holder(tmp_path / "slots" / "0.lock") is None
