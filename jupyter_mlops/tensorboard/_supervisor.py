"""The table of boards that one Jupyter server supervises: equal sets of runs share one child."""

from __future__ import annotations

import importlib.util
import sys
import threading
from pathlib import Path

from ..entities import TensorBoardInstance
from ..exceptions import MissingExtraError, UsageError
from ._board import Board
from ._leftovers import clear_leftovers, make_own_folder
from ._process import CHILD
from ._supervised import Limits, SupervisedBoard

MAX_BOARDS = 20
"""Boards that a server supervises at once; each may take 100 MB."""


class TensorBoardSupervisor:
    """Starts boards, finds them, ends them. Safe to share between threads; nothing of it outlives `close`.

    Parameters
    ----------
    folder : Path
        A private directory with a short path, such as `Home.runtime_dir`; servers may share it.
    public_path : str
        Path of the proxy as browsers see it, with the server's base URL, and a slash at the end.
    url_path : str
        The part of it below the base URL.
    command : tuple of str
        The child's program; another one only in tests.
    limits : Limits
        See there.
    """

    def __init__(
        self,
        folder: Path,
        public_path: str,
        url_path: str,
        *,
        command: tuple[str, ...] = CHILD,
        limits: Limits | None = None,
    ) -> None:
        self._parent = folder
        self._public_path = public_path
        self._url_path = url_path
        self._command = command
        self._limits = limits or Limits()
        self._table = threading.Lock()
        self._boards: dict[str, SupervisedBoard] = {}
        self._own: Path | None = None
        clear_leftovers(folder)

    def open(self, board: Board) -> TensorBoardInstance:
        """Show a board: start it, or return the one that shows the same already. Does not wait until it listens.

        Raises
        ------
        MissingExtraError
            TensorBoard is not installed in the server's environment.
        UsageError
            There are too many boards.
        OSError
            There is no place for its files.
        """
        _demand_tensorboard()
        with self._table:
            supervised = self._boards.get(board.board_id)
            if supervised is None:
                self._make_room()
                supervised = self._boards[board.board_id] = self._supervise(board)
        supervised.ensure()
        return supervised.instance()

    def find(self, board_id: str) -> SupervisedBoard | None:
        """Return a board of this server by its id."""
        with self._table:
            return self._boards.get(board_id)

    def instances(self) -> tuple[TensorBoardInstance, ...]:
        """Return how all boards stand, in the order in which they were opened."""
        with self._table:
            boards = list(self._boards.values())
        return tuple(board.instance() for board in boards)

    def stop(self, board_id: str) -> bool:
        """End a board and forget it; False when there is none of that id."""
        with self._table:
            board = self._boards.pop(board_id, None)
        if board is not None:
            board.close()
        return board is not None

    def close(self) -> None:
        """End all boards: the server ends."""
        with self._table:
            boards = list(self._boards.values())
            self._boards.clear()
        for board in boards:
            board.close()
        with self._table:
            if self._own is not None:
                self._lock.release()
                clear_leftovers(self._parent)
                self._own = None

    def _supervise(self, board: Board) -> SupervisedBoard:
        if self._own is None:
            self._own, self._lock = make_own_folder(self._parent)
        board_id = board.board_id
        return SupervisedBoard(
            board,
            self._own / board_id[:12],
            f"{self._public_path}{board_id}",
            f"{self._url_path}{board_id}/",
            self._command,
            self._limits,
        )

    def _make_room(self) -> None:
        """Forget boards that sleep or have failed, the oldest first, before there are too many."""
        for board_id, board in list(self._boards.items()):
            if len(self._boards) < MAX_BOARDS:
                return
            if board.instance().state in ("stopped", "failed"):
                self._boards.pop(board_id).close()
        if len(self._boards) >= MAX_BOARDS:
            raise UsageError(f"{MAX_BOARDS} TensorBoards are open. Close one in the Runs sidebar, then open this one.")


def _demand_tensorboard() -> None:
    if importlib.util.find_spec("tensorboard") is None:
        raise MissingExtraError(
            f"TensorBoard is not installed in the environment of the Jupyter server ({sys.prefix}). "
            'Install it there: pip install "jupyter_mlops[tensorboard]"; the server need not be restarted.'
        )
