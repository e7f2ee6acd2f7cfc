"""``python -m benchmarks [NAME ...] [--quick]``: print one JSON line a figure; exit 0 whatever they say."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import tempfile
import traceback
from pathlib import Path


def names() -> list[str]:
    """Return the benchmarks, in alphabetical order."""
    return [m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if not m.name.startswith("_")]


def main() -> None:
    """Run the benchmarks that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"one of: {', '.join(names())}; all when none is given")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions and smaller data")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.name) - set(names()))
    if unknown:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are: {', '.join(names())}")
    with tempfile.TemporaryDirectory(prefix="mlops-bench-") as private:
        # The user's signing key and list of homes stay as they are.
        os.environ["XDG_DATA_HOME"] = private
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        for name in arguments.name or names():
            report(name, quick=arguments.quick)


def report(name: str, *, quick: bool) -> None:
    """Print a benchmark's figures; one that breaks is told in a line of its own, and the others go on."""
    try:
        for figure in importlib.import_module(f"benchmarks.{name}").figures(quick=quick):
            print(figure.line(), flush=True)
    except Exception as error:  # noqa: BLE001  a broken peer must not hide the other figures; the line below tells
        traceback.print_exc()
        print(json.dumps({"name": name, "error": f"{type(error).__name__}: {error}", "ok": False}), flush=True)


if __name__ == "__main__":
    main()
