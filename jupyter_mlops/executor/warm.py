"""The warm parent as a program: `python -m jupyter_mlops.executor.warm HOME KEY`.

Holds the libraries that a notebook has imported, so that a run starts by `fork`, in milliseconds. It owns nothing: kill it, and the
next run starts cold. It ends by itself: when nobody has asked for anything in ten minutes, when no kernel that asked lives
any more, when its home or its socket is gone.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from ._warm_server import serve

if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m jupyter_mlops.executor.warm HOME KEY")
    # Started in the background of a shell, which makes programs deaf to it: the runs that are forked must not be.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    serve(Path(sys.argv[1]), sys.argv[2])
