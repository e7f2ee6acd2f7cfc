"""Changes what a tracking store has of a run: on an MLflow server by its REST interface, elsewhere by MLflow's client.

The client lives in a child process that is kept for half a minute, so that a thousand changes load MLflow once.
Whatever a store does, nobody waits longer than some seconds, and what it says is told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time

import msgspec

from ...exceptions import MlopsError, TrackingError, UsageError
from .._keeper_start import keeper_environment
from .._uris import without_credentials
from ._pipes import is_heard
from ._rest import ServerRefusalError, change_run

START_S = 120.0
"""For so long a child may load MLflow, which takes two seconds, and more than twenty on a machine that is busy."""

PATIENCE_S = 20.0
"""For so long an answer is waited for; after that the child is ended."""

IDLE_S = 30.0
"""After so long without a wish the child is ended."""

CHILD = (sys.executable, "-m", "jupyter_mlops.tracking._foreign._writer_child")
"""How the child is started."""

_MISTAKES = frozenset({"INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"})


class StoreChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to become of a run in its store.

    Parameters
    ----------
    run_id : str
        The store's id.
    name : str, optional
        Its new name.
    tags : dict
        To set; one of None is removed.
    delete : bool
        Delete it, as MLflow does: it can be restored there until its garbage collection.
    """

    run_id: str
    name: str | None = None
    tags: dict[str, str | None] = {}
    delete: bool = False


class StoreWriter:
    """Changes runs in stores, one after the other. Safe to share between threads.

    Parameters
    ----------
    command : tuple of str
        The child's program; another one only in tests.
    start_s, patience_s, idle_s : float
        See `START_S`, `PATIENCE_S` and `IDLE_S`.
    """

    def __init__(
        self,
        command: tuple[str, ...] = CHILD,
        *,
        start_s: float = START_S,
        patience_s: float = PATIENCE_S,
        idle_s: float = IDLE_S,
    ) -> None:
        self._command = command
        self._start_s = start_s
        self._patience_s = patience_s
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._idle = threading.Timer(idle_s, self._let_go)
        self._is_closed = False

    def change(self, uri: str, change: StoreChange) -> None:
        """Change a run in the store at an address.

        Raises
        ------
        UsageError
            The store says that this cannot be.
        TrackingError
            It did not answer in time, or could not do it.
        """
        ask = self._ask_server if uri.startswith(("http://", "https://")) else self._ask_child
        answer = ask(uri, change)
        if "error" in answer:
            shown = without_credentials(uri)
            text = " ".join(answer["error"].split())[:500].replace(uri, shown).rstrip(".")
            kind: type[MlopsError] = UsageError if answer.get("code") in _MISTAKES else TrackingError
            raise kind(f"The tracking store {shown} says: {text}.")

    def close(self) -> None:
        """End the child, also in the midst of a change; there is no other one afterwards."""
        self._is_closed = True
        if (child := self._child) is not None:
            child.kill()
        with self._lock:
            self._end()

    def _ask_server(self, uri: str, change: StoreChange) -> dict[str, str]:
        try:
            change_run(uri, change.run_id, change.name, change.tags, self._patience_s, delete=change.delete)
        except ServerRefusalError as error:
            return {"error": str(error), "code": error.code}
        except (OSError, ValueError) as error:
            return {"error": f"{type(error).__name__}: {error}"}
        return {}

    def _ask_child(self, uri: str, change: StoreChange) -> dict[str, str]:
        # Addresses go through stdin: they may hold passwords, and arguments are visible to everybody.
        line = msgspec.json.encode({"uri": uri, **msgspec.structs.asdict(change)}) + b"\n"
        with self._lock:
            self._idle.cancel()
            try:
                return self._answer(line)
            except TimeoutError:
                self._end()
                why = f"no answer within {self._patience_s:g} s, as if another program had it locked"
                return {"error": f"{why}; look whether it was done"}
            except (OSError, ValueError) as error:
                self._end()
                return {"error": f"MLflow cannot be asked ({type(error).__name__}); try again"}
            finally:
                self._idle = threading.Timer(self._idle_s, self._let_go)
                self._idle.daemon = True
                self._idle.start()

    def _answer(self, line: bytes) -> dict[str, str]:
        """Return what the child answers to a wish.

        Raises
        ------
        TimeoutError
            Nothing, for too long.
        OSError, ValueError
            It cannot be started, or has ended.
        """
        if self._is_closed:
            raise OSError("closed")
        child = self._child or self._start()
        assert child.stdin is not None
        child.stdin.write(line)
        child.stdin.flush()
        answer = json.loads(_read_line(child, self._patience_s))
        return {key: str(value) for key, value in answer.items()}

    def _start(self) -> subprocess.Popen[bytes]:
        """Return a child that has loaded MLflow, and said so by an empty line."""
        self._child = child = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=keeper_environment(),
        )
        _read_line(child, self._start_s)
        return child

    def _let_go(self) -> None:
        """End a child that has nothing to do; a change that has just begun is waited for, and its child ended too."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        """Make sure that there is no child. Under the lock."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()


def _read_line(child: subprocess.Popen[bytes], patience_s: float) -> bytes:
    """Return what a child says until the end of a line; less where it has ended.

    Raises
    ------
    TimeoutError
        It says nothing for too long.
    """
    pipe, end = child.stdout, time.monotonic() + patience_s
    assert pipe is not None
    line = b""
    while not line.endswith(b"\n"):
        if not is_heard(pipe.fileno(), end - time.monotonic()):
            raise TimeoutError
        some = os.read(pipe.fileno(), 65536)
        if not some:
            break
        line += some
    return line
