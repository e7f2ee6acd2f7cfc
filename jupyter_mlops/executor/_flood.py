"""A cell that floods its log: for as long as it does, text is written in blocks, as into a plain file.

Otherwise every piece is written when it is printed (`_streams`), a system call each. A loop that prints a hundred
thousand pieces a second would do little else, and nobody can read along. In a flood a thread writes every few
milliseconds what is held back, so SIGKILL takes the text of so long, and no more than a block.
"""

from __future__ import annotations

import contextlib
import io
import threading
import time

PIECES = 1000
"""So many pieces ..."""
WITHIN_S = 0.05
"""... within so long are a flood."""
HELD_S = 0.02
"""How long text is held back in one."""


class Flood:
    """Watches the pieces that one text stream writes, and holds them back while there are very many.

    Attributes
    ----------
    lock : RLock
        Held by whoever writes to the log: text that the thread has taken comes before text that is printed then.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._stream: io.TextIOWrapper | None = None
        self._thread: threading.Thread | None = None
        self._over = threading.Event()
        self._pieces = 0
        self._looked_at = time.monotonic()

    def watch(self, stream: io.TextIOWrapper) -> None:
        """Look after a stream that writes through to its file, whose writes call `notice` from now on."""
        self._stream = stream

    def notice(self) -> None:
        """Count a write, with the lock held."""
        self._pieces += 1
        if self._pieces % PIECES:
            return
        now = time.monotonic()
        is_quick, self._looked_at = now - self._looked_at < WITHIN_S, now
        if is_quick and self._thread is None and self._stream is not None and not self._over.is_set():
            self._thread = threading.Thread(
                target=self._hold_back, args=(self._stream,), name="mlops-output", daemon=True
            )
            self._thread.start()

    def let_out(self) -> None:
        """Write what is held back: something is to come after it."""
        if self._thread is not None and self._stream is not None and not self._stream.closed:
            self._stream.flush()

    def end(self) -> None:
        """Hold nothing back any more: an interpreter that ends stops its threads anywhere, also with the lock held."""
        self._over.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _hold_back(self, stream: io.TextIOWrapper) -> None:
        """Be the thread of one flood."""
        # The cell may close its stream, and what a write raises is raised in the cell too.
        with contextlib.suppress(OSError, ValueError):
            with self.lock:
                stream.reconfigure(write_through=False)
            written = -PIECES
            # One write in so long is the thread's own.
            while self._pieces - written > 1 and not self._over.is_set():
                written = self._pieces
                self._over.wait(HELD_S)
                with self.lock:
                    stream.flush()
            with self.lock:
                stream.reconfigure(write_through=True)
                # What was printed between the two steps.
                stream.flush()
        self._thread = None

    # Forks, in this order ---------------------------------------------------------------------------------------------

    def before_fork(self) -> None:
        """Let the child inherit nothing to write, and a lock that this thread holds."""
        self.lock.acquire()
        with contextlib.suppress(OSError, ValueError):
            self.let_out()

    def after_in_parent(self) -> None:
        """Go on."""
        self.lock.release()

    def after_in_child(self) -> None:
        """Hold nothing back in a child: it has no thread to write it."""
        self.lock = threading.RLock()
        self._over = threading.Event()
        self._stream = None
        self._thread = None
