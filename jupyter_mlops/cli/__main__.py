"""The command line as a program: `python -m jupyter_mlops.cli`."""

from __future__ import annotations

import sys

from . import main

if __name__ == "__main__":
    sys.exit(main())
