"""The front end's wire types are what `make types` makes of Python's."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_typescript_says_what_python_says():
    generated = runpy.run_path(str(ROOT / "tools" / "wire_types.py"))["typescript"]()
    assert (ROOT / "src" / "api" / "types.ts").read_text() == generated, "Run `make types` and commit what it writes."
