"""The child process: `python -m jupyter_mlops.tensorboard.child`, started by `TensorBoardSupervisor` alone.

It reads its order from standard input, says "ready" on standard output when it listens, and ends when standard input
does: that is the end of the server, however it came.
"""

from __future__ import annotations

import logging
import os
import select
import sys
import threading

from ._application import keep_tensorflow_out, serve
from ._board import Order
from ._checksums import check_with_compiled_code

_LOOK_S = 30.0


def main() -> int:
    """Serve until the server is gone."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    order = Order.from_line(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_server, args=(os.getppid(),), name="mlops-watch", daemon=True).start()
    keep_tensorflow_out()
    check_with_compiled_code()
    server = serve(order)
    os.write(sys.stdout.fileno(), b"ready\n")
    server.serve_forever()
    return 0


def _end_with_the_server(parent: int) -> None:
    """Leave at once when standard input is closed, or when another process has become the parent."""
    while os.getppid() == parent:
        # The look at the parent is for a pipe that a fork of the server keeps open.
        if select.select([sys.stdin.fileno()], [], [], _LOOK_S)[0]:
            break
    os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main())
