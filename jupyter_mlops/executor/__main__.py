"""The executor as a program, started cold: `python -m jupyter_mlops.executor RUN_DIR`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ._main import main

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m jupyter_mlops.executor RUN_DIR")
    # Everything that wants to act at exit has: unloading large libraries on top costs a second and can crash.
    os._exit(main(Path(sys.argv[1])))
