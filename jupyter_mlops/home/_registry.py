"""The user's list of homes: a kernel enters the one it uses, the explorer shows them all. A hint, never the truth."""

from __future__ import annotations

import json
from pathlib import Path

from ._files import read_bytes, write_atomic
from ._locks import exclusive
from ._system import user_data_dir


def register_home(path: Path, file: Path | None = None) -> None:
    """Enter a home into the user's list, unless it is there.

    Parameters
    ----------
    path : Path
        The `.mlops` directory.
    file : Path, optional
        `homes.jsonl` in the user's data directory unless given.

    Raises
    ------
    OSError
        The list cannot be written.
    TimeoutError
        Another process has kept it locked.
    """
    file = file or user_data_dir() / "homes.jsonl"
    path = path.absolute()
    if path in _listed(file):
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with exclusive(file.with_suffix(".lock")):
        _write(file, [*(home for home in _listed(file) if home != path and _is_home(home)), path])


def registered_homes(file: Path | None = None) -> tuple[Path, ...]:
    """Return the homes in the user's list that are still there, the latest entered last."""
    return tuple(home for home in _listed(file or user_data_dir() / "homes.jsonl") if _is_home(home))


def _listed(file: Path) -> list[Path]:
    """Return what the list holds; lines that are not whole are passed over."""
    homes = []
    for line in (read_bytes(file) or b"").splitlines():
        try:
            homes.append(Path(json.loads(line)["path"]))
        except (ValueError, TypeError, KeyError):
            continue
    return homes


def _write(file: Path, homes: list[Path]) -> None:
    """Write the list anew."""
    write_atomic(file, "".join(json.dumps({"path": str(home)}) + "\n" for home in homes).encode())


def _is_home(path: Path) -> bool:
    """Tell whether there is a home at a path, without opening it."""
    return (path / "version").is_file()
