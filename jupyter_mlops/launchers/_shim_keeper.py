"""Making sure, at the end of a run, that somebody ships it to the tracking store. Standard library only.

The shim does it and not the executor, because what the executor leaves behind is ended with the run; and last,
because the keeper then finds the run's true status. A kernel does the same when it submits, so this one matters when
the kernel has gone.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..home._locks import lock_holder

_OF_A_RUN = ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME")


def start_keeper(home: Path, command: tuple[str, ...]) -> None:
    """Start a keeper for a home unless one works there; it outlives this process, which never waits for it.

    Parameters
    ----------
    home : Path
        Handed to the command as its last argument; gets `keeper.log`.
    command : tuple of str
        The keeper's command line; empty for none.
    """
    if not command or lock_holder(home / "keeper.lock") is not None:
        return
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_RUN}
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.fspath(home / "keeper.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    try:
        os.posix_spawn(command[0], [*command, os.fspath(home)], environment, file_actions=actions, setsid=True)
    except OSError:
        # The next submission starts one.
        pass
