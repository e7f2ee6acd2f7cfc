"""The kernel's side of the warm parent: start it, tell it what to hold, ask it for a shim.

Whatever goes wrong here, the answer is a cold start: a warm parent is an accelerator and owns nothing.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ..entities import encode
from ..exceptions import MlopsError
from ..home import Home, RunDirectory, lock_holder, packed_environment, process_start_time, write_atomic
from ._cold import start_detached
from ._shim_settings import ShimSettings
from ._warm_key import warm_key
from ._warm_line import SpareLine
from ._warm_modules import KernelModules
from ._warm_wire import Owner, WarmReply, WarmRequest, ask_warm_parent

_PATIENCE_S = 0.5
_RESTART_AFTER_S = 5.0


class WarmClient:
    """One kernel's connection to the warm parent of its home.

    Parameters
    ----------
    home : Home
        Its runtime directory has the sockets.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._modules = KernelModules()
        self._owner = Owner(os.getpid(), process_start_time(os.getpid()) or 0)
        self._key = ""
        self._address = Path()
        self._line: SpareLine | None = None
        self._told: tuple[str, ...] = ()
        self._started_at = float("-inf")
        self.is_wanted = False

    def warm_up(self) -> None:
        """See that a warm parent for this kernel's present state is there or on its way; cheap when it is."""
        self.is_wanted = True
        self._modules.refresh()
        key = warm_key()
        is_told = key == self._key and self._told == self._modules.installed
        if is_told and lock_holder(self._address.with_suffix(".lock")) is not None:
            self._hold_line()
            return
        if self._key and key != self._key:
            self._drop_line()
            self._ask(self._key, WarmRequest(ask="release", owner=self._owner))
        self._key, self._told = key, self._modules.installed
        self._address = self._socket(key)
        if self._ask(key, self._preload()) is None:
            self._start(key)

    def submit(
        self, run: RunDirectory, settings: ShimSettings, cold: tuple[str, ...] = (), given: Sequence[int] = ()
    ) -> bool:
        """Give a run to a shim that waits for one, or have one forked; tell whether that was done.

        Parameters
        ----------
        run : RunDirectory
            Filled.
        settings : ShimSettings
            Of its shim.
        cold : tuple of str
            Command line of an executor, for the case that a warm one would not do.
        given : sequence of int
            Descriptors of the run's lock as being on its way: they stay open until the shim has read which run it is.
        """
        self._modules.refresh()
        request = WarmRequest(
            ask="run",
            owner=self._owner,
            run_dir=os.fspath(run.path),
            settings=settings.to_json(),
            environment=packed_environment(),
            cold=cold,
            foreign=self._modules.foreign,
        )
        key = warm_key()
        if key == self._key and self._line is not None and self._line.submit(request, given):
            return True
        reply = self._ask(key, request, given=given)
        return reply is not None and reply.shim_pid is not None

    def status(self) -> WarmReply | None:
        """Return how the warm parent is, its memory included; None when there is none."""
        return self._ask(warm_key(), WarmRequest(ask="status", owner=self._owner))

    def retire(self) -> None:
        """End the warm parent; runs that it has forked go on."""
        self.is_wanted = False
        self._drop_line()
        self._ask(warm_key(), WarmRequest(ask="retire", owner=self._owner), patience_s=10 * _PATIENCE_S)

    def _hold_line(self) -> None:
        if self._line is None or not self._line.is_open:
            self._line = SpareLine.open(self._address, WarmRequest(ask="hold", owner=self._owner))

    def _drop_line(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _preload(self) -> WarmRequest:
        return WarmRequest(ask="preload", owner=self._owner, modules=self._modules.installed)

    def _ask(
        self, key: str, request: WarmRequest, patience_s: float = _PATIENCE_S, given: Sequence[int] = ()
    ) -> WarmReply | None:
        # Looking the directory of the sockets up takes a while, and submissions nearly always have the same key.
        path = self._address if key == self._key else self._socket(key)
        return ask_warm_parent(path, request, patience_s, given) if path.exists() else None

    def _socket(self, key: str) -> Path:
        return self._home.socket(f"{key}.sock")

    def _start(self, key: str) -> None:
        now = time.monotonic()
        if now - self._started_at < _RESTART_AFTER_S:
            return
        self._started_at = now
        try:
            # It reads this when it starts; later requests come by the socket.
            first = encode(self._preload())
            write_atomic(self._home.socket(f"{key}.json"), first, durable=False)
            start_detached(
                [sys.executable, "-P", "-m", "jupyter_mlops.executor.warm", os.fspath(self._home.path), key],
                environment=dict(os.environ),
            )
        except (OSError, MlopsError):
            # Runs start cold until the next attempt.
            pass
