"""Which of the kernel's modules a warm parent may hold: installed ones, and none that belongs to the kernel itself."""

from __future__ import annotations

import sys
import sysconfig
from functools import cache

from ._warm_key import site_folders

_NAMES = """
    ipykernel jupyter_client jupyter_core jupyter_mlops zmq tornado comm debugpy nest_asyncio
    pytest _pytest pluggy pip setuptools pkg_resources _distutils_hack nbclient nbformat papermill
"""
_OURS = frozenset(("__main__", "__mp_main__", "jupyter_mlops"))
_OF_THE_KERNEL = frozenset(_NAMES.split()) | _OURS


class KernelModules:
    """Sorts this process' modules, again only when there are new ones."""

    def __init__(self) -> None:
        self._count = -1
        self.installed: tuple[str, ...] = ()
        self.foreign: tuple[str, ...] = ()

    def refresh(self) -> None:
        """Look again."""
        if len(sys.modules) == self._count:
            return
        modules = list(sys.modules.items())
        self._count = len(modules)
        places = {name: _file(module) for name, module in modules}
        sites = tuple(f"{folder}/" for folder in site_folders())
        self.installed = tuple(
            name
            for name, file in places.items()
            if file.startswith(sites) and name.partition(".")[0] not in _OF_THE_KERNEL
        )
        self.foreign = tuple(
            name
            for name, file in places.items()
            if file and "." not in name and name not in _OURS and not file.startswith((*sites, *_standard_folders()))
        )


def _file(module: object) -> str:
    """Return where a module was loaded from, without waking one that loads itself when it is touched."""
    try:
        file = object.__getattribute__(module, "__dict__").get("__file__")
    except AttributeError:
        return ""
    return file if isinstance(file, str) else ""


@cache
def _standard_folders() -> tuple[str, ...]:
    return tuple(f"{sysconfig.get_path(name)}/" for name in ("stdlib", "platstdlib"))
