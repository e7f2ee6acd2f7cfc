"""What stories about TensorBoard share: runs as they leave their files, a stand-in for the child, ways to wait."""

import socket
from pathlib import Path
from typing import Any, NamedTuple

from jupyter_mlops.home import RunDirectory
from jupyter_mlops.tensorboard import Board, ShownRun, TensorBoardSupervisor

STAND_IN = """
import json, os, pathlib, socket, sys
order = json.loads(sys.stdin.readline())
folder = pathlib.Path(order["folder"]).parent
starts = folder.parent / "starts"
with starts.open("a") as file:
    file.write(".")
{behaviour}
listening = socket.socket(socket.AF_UNIX)
listening.bind(order["socket"])
listening.listen()
os.write(1, b"ready\\n")
sys.stdin.read()
"""
"""Reads its order, leaves a dot for each start, listens, and ends with its server."""


class Stage(NamedTuple):
    """A supervisor of stand-ins, and what they leave."""

    supervisor: TensorBoardSupervisor
    folder: Path

    @property
    def starts(self) -> int:
        return sum(len(file.read_text()) for file in self.folder.glob("tb-*/starts"))


def board_of(*runs: RunDirectory, **fields: Any) -> Board:
    return Board(runs=tuple(ShownRun(run.spec().name, str(run.path)) for run in runs), **fields)


def accepts(path: str) -> bool:
    """Tell whether somebody listens on a unix socket."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(path)
        except OSError:
            return False
        return True
