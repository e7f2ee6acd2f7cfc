"""The warm parent as a program: `python -m jupyter_mlops.executor.warm HOME KEY`.

Holds the libraries that a notebook has imported, so that a run starts by `fork`, in milliseconds. It owns nothing: kill
it, and the next run starts cold. It ends by itself when nobody has asked for anything in ten minutes, when no kernel
that asked lives any more, and when its home or its socket is gone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ._warm._server import serve

if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m jupyter_mlops.executor.warm HOME KEY")
    serve(Path(sys.argv[1]), sys.argv[2])
    # Not by exit(): onnxruntime waits there for a thread that stayed in an earlier generation, for ever.
    os._exit(0)
