"""TensorBoard on runs and folders: what may be shown, what it is called, and which process shows it."""

from __future__ import annotations

import contextlib
import os
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from ..entities import OpenTensorBoard, RunStatus, RunSummary, TensorBoardInstance
from ..exceptions import RunNotFoundError, UsageError
from ..home import user_runtime_dir
from ..tensorboard import (
    Board,
    ShownFolder,
    ShownRun,
    ShownStoredRun,
    SupervisedBoard,
    TensorBoardSupervisor,
    check_flags,
    directory_name,
    distinct_labels,
)
from ._catalog._catalog import RunCatalog
from ._homes import Homes
from ._names import clean_name
from ._run import Run

MOST_RUNS = 100
"""Runs that one board shows."""

_MOST_FOLDERS = 20
_LONGEST_PATH = 4_000


class TensorBoardService:
    """Opens boards for the Jupyter server. Safe to share between threads; every call may block.

    Parameters
    ----------
    homes : Homes
        Whose runs may be shown.
    catalog : RunCatalog
        Knows the runs that only a store of theirs has: other tools' may be shown too.
    supervisor : TensorBoardSupervisor
        Holds the processes.
    roots : tuple of Path
        Directories below which any folder may be shown; the server's root, unless the administrator adds more.
    """

    def __init__(
        self, homes: Homes, catalog: RunCatalog, supervisor: TensorBoardSupervisor, roots: tuple[Path, ...]
    ) -> None:
        self._homes = homes
        self._catalog = catalog
        self._supervisor = supervisor
        self._roots = roots

    @classmethod
    def below(cls, base_url: str, homes: Homes, catalog: RunCatalog) -> TensorBoardService:
        """Return the service of a Jupyter server, whose proxy is at `<base_url>jupyter-mlops/tensorboard/`.

        Raises
        ------
        HomeError
            There is no place for sockets.
        """
        url_path = "jupyter-mlops/tensorboard/"
        # As a redirect has to have it; a base URL with a space comes encoded from some hubs and plain from others.
        public_path = quote(base_url, safe="/%@~") + url_path
        return cls(homes, catalog, TensorBoardSupervisor(user_runtime_dir(), public_path, url_path), (homes.root,))

    def open(self, wish: OpenTensorBoard) -> TensorBoardInstance:
        """Show runs or folders; equal wishes share one TensorBoard. Returns while it starts.

        Raises
        ------
        RunNotFoundError
            A run is neither in the homes nor in their stores.
        TrackingError
            The store that has a run is not followed any more.
        UsageError
            Nothing is asked for, too much, or what may not be shown.
        MissingExtraError
            TensorBoard is not installed where the server runs.
        """
        flags = check_flags(wish.flags)
        runs = self._runs(wish.run_ids)
        folders = self._folders(wish.logdir)
        if not runs and not folders:
            raise UsageError("TensorBoard needs something to show: runs, or --logdir with a folder of event files.")
        label = ", ".join([run.label for run in runs] + [self._called(folder) for folder in folders])
        board = Board(
            runs=tuple(run for run in runs if isinstance(run, ShownRun)),
            stored_runs=tuple(run for run in runs if isinstance(run, ShownStoredRun)),
            folders=folders,
            flags=flags,
            logdir=wish.logdir,
            label=clean_name(label),
        )
        return self._supervisor.open(board)

    def instances(self) -> tuple[TensorBoardInstance, ...]:
        """Return the boards of this server."""
        return self._supervisor.instances()

    def find(self, board_id: str) -> SupervisedBoard | None:
        """Return a board by its id."""
        return self._supervisor.find(board_id)

    def stop(self, board_id: str) -> bool:
        """End a board; False when there is none of that id."""
        return self._supervisor.stop(board_id)

    def close(self) -> None:
        """End all boards: the server ends."""
        self._supervisor.close()

    def _runs(self, run_ids: tuple[str, ...]) -> tuple[ShownRun | ShownStoredRun, ...]:
        if len(run_ids) > MOST_RUNS:
            raise UsageError(f"TensorBoard shows up to {MOST_RUNS} runs, {len(run_ids)} are asked for. Choose fewer.")
        runs = [self._run(run_id) for run_id in dict.fromkeys(run_ids)]
        labels = distinct_labels([(run.id if isinstance(run, Run) else run.run_id, run.name) for run in runs])
        return tuple(
            ShownRun(label, str(run.directory.path)) if isinstance(run, Run) else self._stored(run, label)
            for run, label in zip(runs, labels, strict=True)
        )

    def _run(self, run_id: str) -> Run | RunSummary:
        """Return a run by its directory, else as its store had it last."""
        try:
            return self._homes.find(run_id)[1]
        except RunNotFoundError as error:
            with contextlib.suppress(RunNotFoundError):
                return self._catalog.stored_summary(run_id)
            raise RunNotFoundError(
                f"{error} TensorBoard shows runs that the list has, and folders with --logdir."
            ) from None

    def _stored(self, run: RunSummary, label: str) -> ShownStoredRun:
        stored = self._catalog.stored_run(run.run_id)
        return ShownStoredRun(
            label=label,
            uri=stored.uri,
            run_id=stored.run_id,
            params=run.params,
            started_s=_seconds(run.started_at) or 0.0,
            ended_s=_seconds(run.ended_at),
            well=run.status is RunStatus.FINISHED,
        )

    def _folders(self, logdir: str) -> tuple[ShownFolder, ...]:
        if not logdir:
            return ()
        if len(logdir) > _LONGEST_PATH or not logdir.isprintable():
            raise UsageError("--logdir is no path: it is too long, or has characters that cannot be seen.")
        parts = [logdir] if self._exists(logdir) else [part for part in logdir.split(",") if part]
        if len(parts) > _MOST_FOLDERS:
            raise UsageError(f"--logdir names {len(parts)} folders; {_MOST_FOLDERS} are possible.")
        folders = [self._folder(part) for part in parts]
        if len(folders) == 1:
            return (folders[0],)
        labels = distinct_labels([(str(number), folder.label) for number, folder in enumerate(folders, 1)])
        return tuple(ShownFolder(label, folder.path) for folder, label in zip(folders, labels, strict=True))

    def _folder(self, text: str) -> ShownFolder:
        """Return the folder of `path` or `name:path`, resolved, if it may be shown."""
        name, colon, rest = text.partition(":")
        named = bool(colon) and "/" not in name and not self._exists(text)
        path = self._path(rest if named else text)
        if "://" in text:
            raise UsageError(f"--logdir {text[:100]!r} is an address. Only folders of this machine can be shown.")
        resolved = Path(os.path.realpath(path))  # `resolve` raises for a link to itself
        if not any(resolved.is_relative_to(root.resolve()) for root in self._allowed()):
            raise UsageError(
                f"--logdir {text[:100]!r} is outside of {self._roots[0]}, which is what this Jupyter server shows. "
                "Start the server in a folder above it, or write the event files to JUPYTER_MLOPS_TENSORBOARD_DIR."
            )
        try:
            resolved.stat()
        except (FileNotFoundError, NotADirectoryError):
            pass  # What a training will write.
        except OSError as error:
            raise UsageError(f"--logdir {text[:100]!r} cannot be opened: {error.strerror}.") from error
        return ShownFolder(directory_name(name) if named else "", str(resolved))

    def _called(self, folder: ShownFolder) -> str:
        """Return what people call a folder: its name, else its path, below the root where it is."""
        path, root = Path(folder.path), self._roots[0].resolve()
        inside = path.is_relative_to(root) and path != root
        return folder.label or str(path.relative_to(root) if inside else path)

    def _exists(self, text: str) -> bool:
        try:
            return self._path(text).exists()
        except OSError:
            return False  # Several folders together may be longer than one name can be.

    def _path(self, text: str) -> Path:
        return self._roots[0] / Path(text)

    def _allowed(self) -> list[Path]:
        """Return the roots and the homes: event files of runs lie there, and may be asked for by path."""
        return [*self._roots, *(service.home.path for _, service in self._homes)]


def _seconds(moment: str) -> float | None:
    """Return a moment of the wire in seconds since 1970; None where there is none."""
    return datetime.fromisoformat(moment).timestamp() if moment else None
