"""The homes whose runs a server shows: those of the user's list below the server's root, and the server's own.

The list is read again when it has changed, so that a home which a kernel makes appears by itself.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from ..entities import HomeInfo
from ..exceptions import HomeError, RunNotFoundError
from ..home import Home, registered_homes
from ._default import service_of
from ._names import clean_name
from ._run import Run
from ._service import RunService


def home_id_of(path: Path) -> str:
    """Return what names a home on the wire: 12 hex digits, stable for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


class Homes:
    """The homes below a directory, by id. Safe to share between threads.

    Parameters
    ----------
    root : Path
        What the server shows of the file system.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._lock = threading.Lock()
        self._services: dict[str, RunService] = {}
        self._problems: dict[str, HomeInfo] = {}

    def refresh(self) -> bool:
        """Look for homes that came or went; return whether any did."""
        services: dict[str, RunService] = {}
        problems: dict[str, HomeInfo] = {}
        for path in self._paths():
            home_id = home_id_of(path)
            try:
                services[home_id] = self._services.get(home_id) or service_of(Home.open(path))
            except HomeError as error:
                problems[home_id] = HomeInfo(home_id=home_id, label=self._label(path), problem=str(error))
        with self._lock:
            changed = services.keys() != self._services.keys() or problems != self._problems
            self._services, self._problems = services, problems
        return changed

    def __iter__(self) -> Iterator[tuple[str, RunService]]:
        """Yield each readable home's id and service."""
        with self._lock:
            return iter(tuple(self._services.items()))

    def infos(self) -> tuple[HomeInfo, ...]:
        """Return what people should know of each home: where it is, its store, and what is wrong with it."""
        from ..tracking import store_problem

        known = []
        for home_id, service in self:
            problem = store_problem(service.home) if service.home.path.exists() else f"{service.home.path} was deleted."
            known.append(HomeInfo(home_id=home_id, label=self._label(service.home.path), problem=clean_name(problem)))
        return (*known, *self._problems.values())

    def find(self, run_id: str) -> tuple[str, Run]:
        """Return the home's id and the handle of a run.

        Raises
        ------
        RunNotFoundError
            No home here has it, or this is no id.
        """
        found = self._find(run_id)
        if found is None:
            # The first run of a new home is asked for before anybody has looked for homes again.
            self.refresh()
            found = self._find(run_id)
        if found is None:
            raise RunNotFoundError(f"No run {run_id[:32]} in the homes that this server shows.")
        return found

    def _find(self, run_id: str) -> tuple[str, Run] | None:
        for home_id, service in self:
            if service.home.run(run_id).spec_file.exists():
                return home_id, service.get(run_id)
        return None

    def service(self, home_id: str) -> RunService:
        """Return the service of a home.

        Raises
        ------
        HomeError
            There is none of that id.
        """
        service = self._services.get(home_id)
        if service is None:
            raise HomeError(f"No home {home_id[:12]} is shown by this server.")
        return service

    def _paths(self) -> list[Path]:
        """Return the homes to show, the server's own first, each once."""
        found: dict[Path, None] = {}
        try:
            found[Home.find(self.root, create=False).path] = None
        except HomeError:
            pass  # No run was made here yet, which is how everybody begins.
        for path in registered_homes():
            if self._is_shown(path):
                found[path] = None
        return list(found)

    def _is_shown(self, path: Path) -> bool:
        """Tell whether a home of the list lies below the root, and is the user's."""
        try:
            return path.resolve().is_relative_to(self.root.resolve()) and path.stat().st_uid == os.getuid()
        except OSError:
            return False

    def _label(self, path: Path) -> str:
        folder = path.parent
        if not folder.is_relative_to(self.root):
            return clean_name(str(folder))
        relative = str(folder.relative_to(self.root))
        return clean_name(folder.name if relative == "." else relative)
